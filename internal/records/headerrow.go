package records

import "slices"

// maxAbove is among how many rows the header is looked for.
const maxAbove = 20

// sheet takes the rows of a format in which the header is a row like any
// other, perhaps below a title or a date. The header is the row that names
// the most fields, the first of several.
type sheet struct {
	in    *intake
	held  []heldRow // the first rows, until the header is found
	found bool
}

// heldRow is a row whose meaning depends on the header; one that could not be
// taken apart has a text and a reason instead of cells.
type heldRow struct {
	number       int
	cells        []cell
	text, reason string
	open         bool // no line end closes it
}

// row takes a row; the slice may be used again.
func (s *sheet) row(number int, cells []cell) error {
	if s.found {
		return s.in.row(number, cells)
	}
	if blank(cells) {
		return nil
	}
	return s.hold(heldRow{number: number, cells: slices.Clone(cells)})
}

// broken takes a row that could not be taken apart into cells.
func (s *sheet) broken(number int, text, reason string) error {
	if s.found {
		return s.in.broken(number, text, reason)
	}
	return s.hold(heldRow{number: number, text: text, reason: reason})
}

// open takes the last row of a file whose end no line end marks.
func (s *sheet) open(number int, cells []cell, text string) error {
	row := heldRow{number: number, cells: slices.Clone(cells), text: text, open: true}
	if s.found {
		return s.release(row)
	}
	return s.hold(row)
}

func (s *sheet) hold(row heldRow) error {
	s.held = append(s.held, row)
	if len(s.held) < maxAbove {
		return nil
	}
	return s.settle()
}

// end settles what a short file has left open.
func (s *sheet) end() error {
	if s.found {
		return nil
	}
	if len(s.held) == 0 {
		return errEmpty
	}
	return s.settle()
}

// settle picks the header and goes on with the rows below it.
func (s *sheet) settle() error {
	best, most := 0, 0
	for i, row := range s.held {
		if n := s.in.named(texts(row.cells)); n > most {
			best, most = i, n
		}
	}
	s.found = true
	if err := s.in.header(texts(s.held[best].cells)); err != nil {
		return err
	}
	for _, row := range s.held[best+1:] {
		if err := s.release(row); err != nil {
			return err
		}
	}
	s.held = nil
	return nil
}

func (s *sheet) release(row heldRow) error {
	switch {
	case row.reason != "":
		return s.in.broken(row.number, row.text, row.reason)
	case row.open && len(row.cells) < s.in.mapping.width: // somebody is still writing it
		return s.in.broken(row.number, row.text, "is cut off: the file ends in the middle of it; write the file again")
	}
	return s.in.row(row.number, row.cells)
}

func texts(cells []cell) []string {
	names := make([]string, len(cells))
	for i, c := range cells {
		names[i] = c.text
	}
	return names
}

// named counts the fields that a row would name as a header; 0 when records
// could not be told by it.
func (s Source) named(names []string) int {
	have, n, key := newHeadings(names), 0, false
	for _, field := range Fields() {
		if slices.ContainsFunc(s.candidates(field, have), func(name string) bool { return len(have.under(name)) > 0 }) {
			n++
			key = key || field == ChargeID || field == OrderRef
		}
	}
	if !key {
		return 0
	}
	return n
}
