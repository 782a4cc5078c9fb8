package report

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"
)

const byteOrderMark = "\uFEFF"

// needsGuard says whether a value begins with what a spreadsheet may take for a
// formula (half and full width), or with an apostrophe, so that taking one off
// always gives the value back.
func needsGuard(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch r {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n', '\'':
		return true
	default:
		return false
	}
}

// csvFile writes one table. encoding/csv is not used: with CRLF rows it also
// rewrites line ends inside of values, which would change them.
type csvFile struct {
	w   *bufio.Writer
	row []byte
	raw []byte
}

func newCSV(w io.Writer, t Table, bom bool) (*csvFile, error) {
	f := &csvFile{w: bufio.NewWriterSize(w, 64<<10)}
	if bom {
		if _, err := f.w.WriteString(byteOrderMark); err != nil {
			return nil, err
		}
	}
	header := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		header[i] = WordCell(c.Name)
	}
	return f, f.write(header)
}

func (f *csvFile) write(cells []Cell) error {
	f.row = f.row[:0]
	for i, c := range cells {
		if i > 0 {
			f.row = append(f.row, ',')
		}
		f.appendField(c)
	}
	f.row = append(f.row, '\r', '\n')
	_, err := f.w.Write(f.row)
	return err
}

func (f *csvFile) appendField(c Cell) {
	f.raw = f.raw[:0]
	if c.set && c.kind == Text && needsGuard(c.text) {
		f.raw = append(f.raw, '\'')
	}
	f.raw = c.appendTo(f.raw)
	if !bytes.ContainsAny(f.raw, ",\"\r\n") {
		f.row = append(f.row, f.raw...)
		return
	}
	f.row = append(f.row, '"')
	for _, b := range f.raw {
		if b == '"' {
			f.row = append(f.row, '"')
		}
		f.row = append(f.row, b)
	}
	f.row = append(f.row, '"')
}

func (f *csvFile) flush() error { return f.w.Flush() }
