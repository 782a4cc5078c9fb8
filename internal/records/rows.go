package records

import "strings"

// Between a format and its meaning passes a row of cells. A format's reader
// (CSV, workbook, JSON lines, query) knows bytes and drivers; an intake knows
// what the cells mean, counts them and hands records to the Sink:
//
//	in, err := newIntake(s, sink, Reading{Format: "query", ReadAt: now})
//	err = in.header(names)      // once; an error is one of the source
//	err = in.row(number, cells) // for every row; the slice may be used again
//	reading, err := in.done()
//
// Errors of header, row and done end the reading: the sink's, or those of the
// source as a whole. A row that cannot be read is none, it goes to the Sink.

// cell is one value of a row.
type cell struct {
	text  string // as the format has it; "" is no value (NULL, null, an empty cell)
	kind  kind
	fault string // why the cell cannot be read and what to do, see type fault; "" when it can
}

// kind is what the format itself says of a cell.
type kind uint8

const (
	plain  kind = iota // text: everything in a CSV file, text and times with or without a zone in a database
	number             // a number exactly as written: JSON, NUMERIC and integers of a database
	double             // the decimal text of a binary floating-point number: workbooks, REAL and DOUBLE of a database
	truth              // true or false
)

// value is the cell's text without blanks around it; "" where the cell says in
// some way that there is none.
func (c cell) value() string {
	text := strings.TrimSpace(c.text)
	if len(text) > len("null") {
		return text
	}
	switch strings.ToLower(text) {
	case "null", "none", "nan", `\n`, "n/a", "-", "–", "—":
		return ""
	}
	return text
}

// blank reports whether nothing at all stands in a row.
func blank(row []cell) bool {
	for _, c := range row {
		if c.fault != "" || strings.TrimSpace(c.text) != "" {
			return false
		}
	}
	return true
}

// rowText is what a row is known by when it is read again: its cells without
// the empty ones at its end, which programs add and drop as they like.
func rowText(row []cell) string {
	texts := make([]string, len(row))
	for i, c := range row {
		texts[i] = c.text
	}
	return strings.TrimRight(strings.Join(texts, "\x1f"), "\x1f")
}
