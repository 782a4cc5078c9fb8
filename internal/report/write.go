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
	f, err := openFolder(o.Dir, b.Run, o.Taken, d)
	if err != nil {
		return Result{}, advise(o.Dir, err)
	}
	w := &writing{options: o, book: b, folder: f, speech: sp, limits: l, digest: newDigest()}
	if err := w.build(ctx); err != nil {
		f.discard()
		return Result{}, advise(o.Dir, err)
	}
	if err := f.swap(); err != nil {
		if !errors.Is(err, errCut) {
			f.discard()
		}
		return Result{}, advise(o.Dir, err)
	}
	w.result.Dir, w.result.Neighbour = f.target(), w.result.Neighbour || f.rescued
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
	if err := w.workbook.summary(w.book, w.book.days(), w.digest); err != nil {
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
func advise(dir string, err error) error {
	const again = "try again; the ledger keeps what was fetched"
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
