package records

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// csvRows reads the rows of a text file. They are numbered as a spreadsheet
// program numbers them: a line break inside a cell begins no row, an empty
// line is one.
type csvRows struct {
	*csv.Reader
	tape   *tape
	out    *sheet
	line   int // where the last row began
	inside int // line breaks inside cells so far
	cells  []cell
}

// readCSV hands the rows of a text file to the intake.
func readCSV(ctx context.Context, in *intake, text io.Reader) error {
	buffered := bufio.NewReaderSize(text, sniffed)
	comma, err := in.delimiter(buffered)
	if err != nil {
		return err
	}
	in.out.Delimiter = delimiterName(comma)
	tape := &tape{in: buffered}
	rows := &csvRows{Reader: newCSV(tape, comma), tape: tape, out: &sheet{in: in}}
	for err == nil {
		if err = ctx.Err(); err == nil {
			err = rows.next()
		}
	}
	if errors.Is(err, io.EOF) {
		return rows.out.end()
	}
	return err
}

func newCSV(text io.Reader, comma rune) *csv.Reader {
	r := csv.NewReader(text)
	r.Comma = comma
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	return r
}

// next reads one row; io.EOF ends the file.
func (r *csvRows) next() error {
	r.tape.begin(r.InputOffset())
	values, err := r.Read()
	if bad, ok := errors.AsType[*csv.ParseError](err); ok {
		return r.bad(bad)
	}
	if errors.Is(err, errLongRow) {
		return fmt.Errorf("below line %d %w", r.line, err)
	}
	if err != nil {
		return err
	}
	r.line, _ = r.FieldPos(0)
	number := r.line - r.inside
	r.cells = r.cells[:0]
	for _, value := range values {
		r.cells = append(r.cells, cell{text: unwrapped(value)})
		r.inside += strings.Count(value, "\n")
	}
	if text := r.tape.since(r.InputOffset()); r.tape.ended() && !strings.HasSuffix(text, "\n") {
		return r.out.open(number, r.cells, text)
	}
	return r.out.row(number, r.cells)
}

// unwrapped takes a text out of the formula ="000123", in which programs wrap
// ids so that Excel keeps their zeros.
func unwrapped(value string) string {
	if inner, ok := strings.CutPrefix(value, `="`); ok && strings.HasSuffix(inner, `"`) {
		return strings.TrimSuffix(inner, `"`)
	}
	return value
}

// bad takes a row with a quote where none may stand. When the quote took in
// the rest of the file, the file is cut off, or nobody can tell where its rows
// end.
func (r *csvRows) bad(err *csv.ParseError) error {
	text := r.tape.since(r.InputOffset())
	if strings.Count(text, `"`)%2 == 1 && r.tape.ended() {
		return fmt.Errorf("a quote opens in the row that begins on line %d and is never closed; write the file again", err.StartLine)
	}
	number := err.StartLine - r.inside
	r.inside += err.Line - err.StartLine
	return r.out.broken(number, strings.TrimRight(text, "\r\n"), `has a double quote where none may stand; `+
		`a text with a quote must stand in quotes, and the quote be doubled`)
}
