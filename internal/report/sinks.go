package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// writeTable sends the rows of one table to all formats in one pass.
func (w *writing) writeTable(ctx context.Context, t Filled) (int64, error) {
	s, err := w.openSinks(t.Table)
	if err != nil {
		return 0, err
	}
	defer s.abandon()
	observe := w.digest.observer(t.Table)
	var n int64
	for row, err := range t.Rows {
		if err == nil {
			err = checkRow(t.Table, row)
		}
		if err == nil && n%256 == 0 {
			err = ctx.Err()
		}
		if err == nil {
			err = s.write(row)
		}
		if err != nil {
			return n, fmt.Errorf("row %d: %w", n+1, err)
		}
		observe(row)
		n++
	}
	return n, s.close(n)
}

// sinks are the places that a table's rows go to.
type sinks struct {
	w    *writing
	out  *outFile
	csv  *csvFile
	xlsx *xlsxFile
}

func (w *writing) openSinks(t Table) (*sinks, error) {
	s := &sinks{w: w, xlsx: w.workbook}
	if slices.Contains(w.options.Formats, FormatCSV) {
		var err error
		if s.out, err = w.folder.createOut(t.Name + ".csv"); err != nil {
			return nil, err
		}
		if s.csv, err = newCSV(s.out, t, w.options.BOM); err != nil {
			return nil, errors.Join(err, s.out.file.Close())
		}
	}
	if s.xlsx != nil {
		if err := s.xlsx.begin(t); err != nil {
			s.abandon()
			return nil, err
		}
	}
	return s, nil
}

func (s *sinks) write(row []Cell) error {
	if s.csv != nil {
		if err := s.csv.write(row); err != nil {
			return err
		}
	}
	if s.xlsx != nil {
		return s.xlsx.write(row)
	}
	return nil
}

func (s *sinks) close(rows int64) error {
	if s.xlsx != nil {
		if err := s.xlsx.end(); err != nil {
			return err
		}
	}
	if s.csv == nil {
		return nil
	}
	if err := s.csv.flush(); err != nil {
		return err
	}
	out := s.out
	out.rows, s.out = rows, nil
	return s.w.keep(out)
}

// abandon closes the file of a table that was not finished.
func (s *sinks) abandon() {
	if s.out != nil {
		_ = s.out.file.Close()
	}
}

// checkRow finds a row that was put together for another table.
func checkRow(t Table, row []Cell) error {
	if len(row) != len(t.Columns) {
		return fmt.Errorf("%d cells for %d columns", len(row), len(t.Columns))
	}
	for i, c := range row {
		if !c.fits(t.Columns[i].Kind) {
			return fmt.Errorf("column %s: %q is of another kind", t.Columns[i].Name, c)
		}
	}
	return nil
}
