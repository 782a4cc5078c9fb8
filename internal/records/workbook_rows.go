package records

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// maxColumns is how many columns a sheet of Excel can have.
const maxColumns = 16384

// readRows hands the rows of a sheet on. Hidden rows are rows, and of merged
// cells the first holds the value.
func (w *workbook) readRows(ctx context.Context, part string, out *sheet) error {
	x, err := w.tokens(part)
	if err != nil {
		return err
	}
	defer x.close()
	var cells []cell
	for number := 1; ; number++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		start, err := x.start("row")
		if errors.Is(err, io.EOF) {
			return out.end()
		}
		if err != nil {
			return brokenPart(part, err)
		}
		if n, err := strconv.Atoi(attribute(start, "r")); err == nil {
			number = n
		}
		if cells, err = w.row(x, cells[:0]); err != nil {
			return brokenPart(part, err)
		}
		if err := out.row(number, cells); err != nil {
			return err
		}
	}
}

// row takes the cells of a row that has just begun. Cells without a value may
// be left out in the file.
func (w *workbook) row(x *tokens, cells []cell) ([]cell, error) {
	for {
		token, err := x.next()
		if err != nil {
			return nil, unfinished(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			at, ok := columnOf(attribute(t, "r"), len(cells))
			if !ok {
				return nil, errors.New("a cell stands in no column")
			}
			for len(cells) <= at {
				cells = append(cells, cell{})
			}
			kind, style := attribute(t, "t"), attribute(t, "s")
			raw, err := x.cell()
			if err != nil {
				return nil, err
			}
			cells[at] = w.cell(raw, kind, style)
		case xml.EndElement:
			if t.Name.Local == "row" {
				return cells, nil
			}
		}
	}
}

// columnOf reads the column of a reference such as AB12, from 0; a cell
// without one is the next.
func columnOf(reference string, next int) (int, bool) {
	n := 0
	for _, r := range strings.ToUpper(strings.TrimRight(reference, "0123456789")) {
		if r < 'A' || r > 'Z' || n > maxColumns {
			return 0, false
		}
		n = n*26 + int(r-'A') + 1
	}
	if n == 0 {
		n = next + 1
	}
	return n - 1, n <= maxColumns
}

func attribute(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// rawCell is what stands in a cell of the file.
type rawCell struct {
	value   string // of <v>
	inline  string // of <is>
	formula bool
	stored  bool // a value, if only an empty one
}

// cell takes what stands in a cell that has just begun.
func (x *tokens) cell() (rawCell, error) {
	var c rawCell
	inValue := false
	for {
		token, err := x.next()
		if err != nil {
			return c, unfinished(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			inValue = t.Name.Local == "v"
			c.stored = c.stored || inValue
			c.formula = c.formula || t.Name.Local == "f"
			if t.Name.Local == "is" {
				if c.inline, err = x.text("is"); err != nil {
					return c, err
				}
			}
		case xml.CharData:
			if inValue {
				c.value += string(t)
			}
		case xml.EndElement:
			inValue = false
			if t.Name.Local == "c" {
				return c, nil
			}
		}
	}
}

// cell says what a cell holds. A formula counts with the value that Excel
// stored beside it.
func (w *workbook) cell(raw rawCell, kind, style string) cell {
	if raw.formula && (!raw.stored || (raw.value == "" && kind != "str")) {
		return cell{fault: "is a formula whose result is not stored; open the file in Excel or LibreOffice and save it"}
	}
	switch kind {
	case "s":
		return w.shared(raw.value)
	case "inlineStr":
		return cell{text: raw.inline}
	case "str":
		return cell{text: unescaped(raw.value)}
	case "b":
		return cell{text: strconv.FormatBool(raw.value == "1"), kind: truth}
	case "e":
		return cell{text: raw.value, fault: "is an error of a formula; correct it in the workbook"}
	case "d":
		return cell{text: raw.value, kind: number}
	}
	return w.number(raw.value, style)
}

func (w *workbook) shared(index string) cell {
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= len(w.strings) {
		return cell{text: index, fault: "is a text that the workbook does not hold; save it again as .xlsx"}
	}
	return cell{text: w.strings[i]}
}

// number gives a number, with the zeros in front that its format shows.
func (w *workbook) number(value, style string) cell {
	i, err := strconv.Atoi(style)
	if err != nil || i < 0 || i >= len(w.padding) || w.padding[i] == 0 {
		return cell{text: value, kind: double}
	}
	whole, ok := roundDouble(value)
	if !ok || strings.IndexFunc(whole, notDigit) >= 0 {
		return cell{text: value, kind: double}
	}
	if missing := w.padding[i] - len(whole); missing > 0 {
		whole = strings.Repeat("0", missing) + whole
	}
	return cell{text: whole, kind: number}
}
