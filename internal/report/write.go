package report

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Write writes the whole report folder, or leaves what is there untouched.
func Write(ctx context.Context, o Options, b Book) (Result, error) {
	return write(ctx, o, b, realDisk(), limits{rows: maxSheetRows, bytes: maxSheetBytes})
}

func write(ctx context.Context, o Options, b Book, d disk, l limits) (Result, error) {
	sp, err := newSpeech(o.Language, o.Calendar)
	if err != nil {
		return Result{}, err
	}
	if err := checkFormats(o.Formats); err != nil {
		return Result{}, err
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	b.AsOf = b.AsOf.In(o.Zone)
	f, err := openFolder(o.Dir, b.Run, d)
	if err != nil {
		return Result{}, advise(o.Dir, b.Run, err)
	}
	w := &writing{options: o, book: b, folder: f, speech: sp, limits: l, digest: newDigest()}
	if err := w.build(ctx); err != nil {
		f.discard()
		return Result{}, advise(o.Dir, b.Run, err)
	}
	if err := f.swap(); err != nil {
		if !errors.Is(err, errCut) {
			f.discard()
		}
		return Result{}, advise(o.Dir, b.Run, err)
	}
	w.result.Dir = f.target()
	return w.result, nil
}

// errCut is how tests end a swap the way a power cut does.
var errCut = errors.New("cut short")

func checkFormats(formats []string) error {
	if len(formats) == 0 {
		return fmt.Errorf("report formats: name at least one of %s, %s", FormatCSV, FormatXLSX)
	}
	for _, f := range formats {
		if f != FormatCSV && f != FormatXLSX {
			return fmt.Errorf("report format %q: use %s or %s", f, FormatCSV, FormatXLSX)
		}
	}
	return nil
}

// writing is one call of Write.
type writing struct {
	options  Options
	book     Book
	folder   *folder
	speech   speech
	limits   limits
	digest   *digest
	workbook *xlsxFile
	result   Result
}

func (w *writing) build(ctx context.Context) error {
	var out *outFile
	if slices.Contains(w.options.Formats, FormatXLSX) {
		var err error
		if out, err = w.openWorkbook(); err != nil {
			return err
		}
		defer func() { _ = out.file.Close() }() // a second time after success
	}
	for _, t := range w.book.Tables {
		rows, err := w.writeTable(ctx, t)
		if err != nil {
			return fmt.Errorf("write %s: %w", t.Table.Name, err)
		}
		if out != nil {
			out.rows += rows
		}
	}
	if out != nil {
		if err := w.closeWorkbook(out); err != nil {
			return fmt.Errorf("write %s: %w", out.name, err)
		}
	}
	if err := w.writeManifest(); err != nil {
		return fmt.Errorf("write %s: %w", manifestName, err)
	}
	if err := w.folder.carry(); err != nil {
		return fmt.Errorf("keep the files that were added to the folder: %w", err)
	}
	return ctx.Err()
}

func (w *writing) openWorkbook() (*outFile, error) {
	name, neighbour := w.folder.workbookName()
	w.result.Workbook, w.result.Neighbour = name, neighbour
	out, err := w.folder.createOut(name)
	if err != nil {
		return nil, err
	}
	w.workbook, err = newXLSX(out, w.speech, w.margins(), w.limits)
	if err != nil {
		return nil, errors.Join(err, out.file.Close())
	}
	return out, nil
}

func (w *writing) closeWorkbook(out *outFile) error {
	if err := w.workbook.audit(w.book, w.result.Files); err != nil {
		return err
	}
	if err := w.workbook.summary(w.book, w.folder.name, w.digest); err != nil {
		return err
	}
	if err := w.workbook.finish(w.reportTitle(), w.book.AsOf); err != nil {
		return err
	}
	return w.keep(out)
}

// keep closes a file and remembers it for audit, manifest and result.
func (w *writing) keep(out *outFile) error {
	f, err := out.close()
	if err != nil {
		return err
	}
	w.result.Files = append(w.result.Files, f)
	slices.SortFunc(w.result.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

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

func (w *writing) writeManifest() error {
	raw, err := manifestOf(w.book, w.book.AsOf, w.result.Files).bytes()
	if err != nil {
		return err
	}
	out, err := w.folder.createOut(manifestName)
	if err != nil {
		return err
	}
	if _, err := out.Write(raw); err != nil {
		return errors.Join(err, out.file.Close())
	}
	return w.keep(out)
}

// advise adds where it happened and what to do next.
func advise(dir string, run int64, err error) error {
	again := fmt.Sprintf("run `reconcile report --run %d`", run)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("reports folder %s: %w", dir, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("reports folder %s: %w: free some space and %s", dir, err, again)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("reports folder %s: %w: let this user write in %s and %s", dir, err, filepath.Dir(dir), again)
	default:
		return fmt.Errorf("reports folder %s: %w", dir, err)
	}
}
