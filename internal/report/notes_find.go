package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"reconcile/internal/ledger"
)

// EditedWorkbooks finds the workbooks below the reports folder root that are not
// as they were written, and reads what finance typed into them: the reports'
// own, wherever below root, also under another name. Folders that begin with a
// dot are left out.
//
// Problems are sentences for people: a workbook that is open or cannot be read,
// or of which something cannot be told. Taken are the SHA-256 of the workbooks
// that were read whole: Options.Taken lets only those be replaced, once the
// ledger has taken what they say.
func EditedWorkbooks(root string) (books []ledger.EditedWorkbook, problems []string, taken map[string]bool, err error) {
	// With the separator a root that is a link is followed.
	s := noteSearch{root: root + string(filepath.Separator), manifests: map[string]manifest{}, taken: map[string]bool{}}
	err = filepath.WalkDir(s.root, s.visit)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("read what was typed into the workbooks below %s: %w", root, err)
	}
	return s.books, s.problems, s.taken, err
}

type noteSearch struct {
	root      string
	manifests map[string]manifest // by folder
	books     []ledger.EditedWorkbook
	problems  []string
	taken     map[string]bool
}

// visit is called for every file and folder.
func (s *noteSearch) visit(path string, e fs.DirEntry, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // removed meanwhile
	case err != nil && e != nil && e.IsDir():
		s.problem("%v: workbooks in this folder were not read", err)
		return fs.SkipDir
	case err != nil:
		return err
	case e.IsDir() && strings.HasPrefix(e.Name(), ".") && path != s.root:
		return fs.SkipDir
	case isWorkbook(e):
		s.workbook(path)
	}
	return nil
}

// isWorkbook leaves out the lock files that Excel puts beside open workbooks.
func isWorkbook(e fs.DirEntry) bool {
	name := e.Name()
	return e.Type().IsRegular() && strings.EqualFold(filepath.Ext(name), ".xlsx") &&
		!strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "~$")
}

func (s *noteSearch) problem(format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

// workbook reads one workbook if it is one of ours that was edited. One that
// changes while it is read is left to the next run.
func (s *noteSearch) workbook(path string) {
	m := s.manifest(filepath.Dir(path))
	want, named := m.Files[filepath.Base(path)]
	sum, _, err := readFile(path)
	if err == nil && named && sum == want.SHA256 {
		return
	}
	if hasLock(path) {
		s.problem("%s is open; what was typed into it is read by the next run", path)
		return
	}
	book := ledger.EditedWorkbook{Path: path, SHA256: sum, Written: want.SHA256, Run: m.Run}
	var n notes
	if err == nil {
		n, err = readTyped(&book, named)
	}
	if errors.Is(err, ErrNotOurs) {
		return
	}
	if again, _, hashErr := readFile(path); err == nil && (hashErr != nil || again != sum) {
		err = fmt.Errorf("read workbook %s: it was saved while it was read", path)
	}
	if err != nil {
		s.problem("%v; what was typed into it was not read: save it again as .xlsx, without a password, or move it out of the reports folder", err)
		return
	}
	for _, what := range n.said {
		s.problem("%s: %s", path, what)
	}
	s.books = append(s.books, book)
	s.taken[sum] = len(n.said) == 0
}

// manifest is that of a folder, an empty one where there is none.
func (s *noteSearch) manifest(dir string) manifest {
	m, ok := s.manifests[dir]
	if !ok {
		m, _ = readManifest(dir)
		s.manifests[dir] = m
	}
	return m
}

// readTyped reads what the workbook itself says. One that no manifest names must
// say by its Audit sheet that it is ours.
func readTyped(book *ledger.EditedWorkbook, named bool) (notes, error) {
	info, err := os.Stat(book.Path)
	if err != nil {
		return notes{}, err
	}
	book.SavedAt = ledger.InstantOf(info.ModTime())
	if !named {
		stamp, err := ReadStamp(book.Path)
		if err != nil {
			return notes{}, err
		}
		book.Run = stamp.Run
	}
	w, err := openWorkbookFile(book.Path)
	if err != nil {
		return notes{}, err
	}
	defer func() { _ = w.Close() }()
	n := notes{file: w, rows: map[noteKey]*noteRow{}}
	if err := n.read(); err != nil {
		return notes{}, fmt.Errorf("read workbook %s: %w", book.Path, err)
	}
	book.Cells = n.cells()
	return n, nil
}
