package records

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

func TestFormatsAgree(t *testing.T) {
	formats := map[string]func(t *testing.T, b book) (bookReader, bool){
		"csv": func(t *testing.T, b book) (bookReader, bool) {
			return openedText(t, "books.csv", "", separated(b, ','), nil)
		},
		"csv with a byte order mark": func(t *testing.T, b book) (bookReader, bool) {
			return openedText(t, "books.csv", "", "\ufeff"+separated(b, ','), nil)
		},
		"csv with semicolons": func(t *testing.T, b book) (bookReader, bool) {
			return openedText(t, "books.csv", "", separated(b, ';'), nil)
		},
		"csv of a title and columns": func(t *testing.T, b book) (bookReader, bool) {
			o, ok := openedText(t, "books.csv", "", "\"Orders; November, 2026\"\r\n\r\n"+separated(b, ','), nil)
			o.first = 4
			return o, ok
		},
		"tsv": func(t *testing.T, b book) (bookReader, bool) {
			return openedText(t, "books.tsv", "", separated(b, '\t'), nil)
		},
		"csv in Shift_JIS": func(t *testing.T, b book) (bookReader, bool) {
			return openedText(t, "books.csv", "shift_jis", separated(b, ','), japanese.ShiftJIS)
		},
		"csv in Windows-874": func(t *testing.T, b book) (bookReader, bool) {
			return openedText(t, "books.csv", "windows-874", separated(b, ','), charmap.Windows874)
		},
		"csv in UTF-16": func(t *testing.T, b book) (bookReader, bool) {
			return openedText(t, "books.csv", "", separated(b, '\t'), unicode.UTF16(unicode.LittleEndian, unicode.UseBOM))
		},
		"jsonl": func(t *testing.T, b book) (bookReader, bool) {
			o, ok := openedText(t, "books.jsonl", "", jsonText(t, b), nil)
			o.first = 1
			return o, ok
		},
		"xlsx": openedWorkbook,
	}
	for name, open := range formats {
		t.Run(name, func(t *testing.T) { conformance(t, open) })
	}
}

// openedText is a text file, in an encoding if it can hold the text.
func openedText(t *testing.T, name, configured, text string, as encoding.Encoding) (bookReader, bool) {
	if as != nil {
		encoded, err := as.NewEncoder().String(text)
		if err != nil {
			return bookReader{}, false
		}
		text = encoded
	}
	return openedFile(file(t, name, text), configured), true
}

func openedFile(f File, configured string) bookReader {
	return bookReader{first: 2, read: func(s Source, sink Sink) (Reading, error) {
		s.Encoding = configured
		return s.ReadFile(context.Background(), f, sink)
	}}
}

func separated(b book, comma rune) string {
	var out strings.Builder
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = comma, true
	_ = w.Write(b.header)
	for _, row := range b.rows {
		_ = w.Write(texts(row))
	}
	w.Flush()
	return out.String()
}

func jsonText(t *testing.T, b book) string {
	var out strings.Builder
	for _, row := range b.rows {
		object := map[string]any{}
		for i, c := range row {
			switch {
			case c.text == "":
				object[b.header[i]] = nil
			case c.kind == plain:
				object[b.header[i]] = c.text
			default:
				object[b.header[i]] = json.RawMessage(c.text)
			}
		}
		text, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
		out.WriteString("\n")
	}
	return out.String()
}

func openedWorkbook(t *testing.T, b book) (bookReader, bool) {
	rows := append([][]cell{line(b.header...)}, b.rows...)
	return openedFile(workbookFile(t, func(f *excelize.File) { fillSheet(t, f, "Sheet1", rows) }), ""), true
}

// workbookFile writes a workbook with excelize.
func workbookFile(t testing.TB, fill func(*excelize.File)) File {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	fill(f)
	path := filepath.Join(t.TempDir(), "books.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return found(t, path)
}

func fillSheet(t testing.TB, f *excelize.File, name string, rows [][]cell) {
	t.Helper()
	for i, row := range rows {
		for j, c := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err == nil {
				err = setCell(f, name, at, c)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

func setCell(f *excelize.File, name, at string, c cell) error {
	switch {
	case c.text == "":
		return nil
	case c.kind == truth:
		return f.SetCellBool(name, at, c.text == "true")
	case c.kind == plain:
		return f.SetCellStr(name, at, c.text)
	}
	return f.SetCellDefault(name, at, c.text)
}
