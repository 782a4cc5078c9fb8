package job_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// write saves a book by the sandbox's clock, in the format that its name says.
func (s bookshop) write(name string, rows ...row) {
	s.t.Helper()
	columns := columnsOf(rows)
	switch filepath.Ext(name) {
	case ".xlsx":
		s.save(name, workbookOf(s.t, columns, rows))
	case ".jsonl":
		s.save(name, linesOf(s.t, rows))
	default:
		s.save(name, csvOf(s.t, columns, rows))
	}
}

// save saves the bytes of a file by the sandbox's clock.
func (s bookshop) save(name string, content []byte) {
	s.t.Helper()
	now := s.server.Clock()
	s.do(os.WriteFile(s.path(name), content, 0o600), os.Chtimes(s.path(name), now, now))
}

// columnsOf is every column of the rows; those of paid where there is no row.
func columnsOf(rows []row) []string {
	seen := row{}
	for _, r := range rows {
		maps.Copy(seen, r)
	}
	if len(rows) == 0 {
		seen = paid("", "")
	}
	return slices.Sorted(maps.Keys(seen))
}

func csvOf(t *testing.T, columns []string, rows []row) []byte {
	t.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	lines := [][]string{columns}
	for _, r := range rows {
		lines = append(lines, r.cells(columns))
	}
	must(t, w.WriteAll(lines))
	return out.Bytes()
}

func (r row) cells(columns []string) []string {
	var cells []string
	for _, c := range columns {
		cells = append(cells, r[c])
	}
	return cells
}

func linesOf(t *testing.T, rows []row) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, r := range rows {
		must(t, json.NewEncoder(&out).Encode(r))
	}
	return out.Bytes()
}

func workbookOf(t *testing.T, columns []string, rows []row) []byte {
	t.Helper()
	f := excelize.NewFile()
	must(t, f.SetSheetRow("Sheet1", "A1", &columns))
	for i, r := range rows {
		cells := r.cells(columns)
		must(t, f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+2), &cells))
	}
	out, err := f.WriteToBuffer()
	must(t, err)
	must(t, f.Close())
	return out.Bytes()
}

// dated gives a file another time of its last change.
func (s bookshop) dated(name string, at time.Time) {
	s.t.Helper()
	s.do(os.Chtimes(s.path(name), at, at))
}

// remove takes a file away.
func (s bookshop) remove(name string) {
	s.t.Helper()
	if err := os.Remove(s.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.t.Fatal(err)
	}
}
