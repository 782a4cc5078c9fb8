package report

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree lists what stands below a folder, with the text of small files.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		got[filepath.ToSlash(rel)] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func put(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func bookOfRun(run int64) Book {
	b := sampleBook()
	b.Run = run
	return b
}

func csvOnly(dir string) Options {
	o := sampleOptions(dir)
	o.Formats = []string{FormatCSV}
	return o
}

func names(m map[string]string) []string {
	var got []string
	for n := range m {
		got = append(got, n)
	}
	slices.Sort(got)
	return got
}

func TestNothingIsLeftBesideTheFolder(t *testing.T) {
	dir := sampleDir(t)
	for run := range int64(2) {
		mustWrite(t, sampleOptions(dir), bookOfRun(run+1))
	}
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v %v", entries, err)
	}
	if got := tree(t, dir)[manifestName]; !strings.Contains(got, `"run": 2,`) {
		t.Errorf("manifest is %s", got)
	}
}

func TestModesDoNotDependOnTheUmask(t *testing.T) {
	for _, mask := range []int{0o000, 0o077} {
		old := syscall.Umask(mask)
		dir := filepath.Join(t.TempDir(), "reports", "2026-11-20")
		_, err := Write(t.Context(), sampleOptions(dir), sampleBook())
		syscall.Umask(old)
		if err != nil {
			t.Fatal(err)
		}
		_ = filepath.WalkDir(filepath.Dir(dir), func(path string, e fs.DirEntry, _ error) error {
			info, err := e.Info()
			if err != nil {
				t.Fatal(err)
			}
			want := fs.FileMode(fileMode)
			if e.IsDir() {
				want = folderMode
			}
			if info.Mode().Perm() != want {
				t.Errorf("umask %03o: %s is %o, want %o", mask, path, info.Mode().Perm(), want)
			}
			return nil
		})
	}
}

// After a cut at any step, Recover leaves one whole folder, and the next write
// goes through.
func TestSwapThatIsCutShort(t *testing.T) {
	for _, tc := range []struct{ step, run string }{
		{"sync", `"run": 1,`},
		{"set the old folder aside", `"run": 1,`},
		{"put the new folder in place", `"run": 1,`},
		{"remove the old folder", `"run": 2,`},
	} {
		t.Run(tc.step, func(t *testing.T) {
			dir := sampleDir(t)
			mustWrite(t, csvOnly(dir), bookOfRun(1))
			put(t, filepath.Join(dir, "notes.txt"), "mine")
			d := realDisk()
			d.step = func(step string) error {
				if step == tc.step {
					return errCut
				}
				return nil
			}
			_, err := write(t.Context(), csvOnly(dir), bookOfRun(2), d, limits{maxSheetRows, maxSheetBytes})
			if !errors.Is(err, errCut) {
				t.Fatalf("got %v", err)
			}
			if err := Recover(filepath.Dir(dir)); err != nil {
				t.Fatal(err)
			}
			got := tree(t, filepath.Dir(dir))
			if !strings.Contains(got["2026-11-20/manifest.json"], tc.run) || got["2026-11-20/notes.txt"] != "mine" || len(got) != 11 {
				t.Errorf("want %s, notes and nothing else: %v", tc.run, names(got))
			}
			mustWrite(t, csvOnly(dir), bookOfRun(3))
		})
	}
}

func TestRecoverLeavesOtherThingsAlone(t *testing.T) {
	parent := t.TempDir()
	for _, name := range []string{".new-notes/a", ".new-7/a", "x/a", ".old-", ".new-8"} {
		put(t, filepath.Join(parent, name), "")
	}
	if err := Recover(parent); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".new-8", ".new-notes/a", ".old-", "x/a"}, names(tree(t, parent))); diff != "" {
		t.Error(diff)
	}
	if err := Recover(filepath.Join(parent, "missing")); err != nil {
		t.Error(err)
	}
}

func TestRecoverDoesNotChooseBetweenTwoFoldersThatMayBothMatter(t *testing.T) {
	parent := t.TempDir()
	put(t, filepath.Join(parent, ".old-a", manifestName), "{}")
	put(t, filepath.Join(parent, "a", "thesis.txt"), "")
	if err := Recover(parent); err == nil || !strings.Contains(err.Error(), "keep one of them") {
		t.Errorf("got %v", err)
	}
	if got := tree(t, parent); len(got) != 2 {
		t.Errorf("left: %v", names(got))
	}
}

// fullDisk takes n bytes per file.
type fullDisk struct {
	io.WriteCloser
	left int
}

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, &fs.PathError{Op: "write", Path: "charges.csv", Err: syscall.ENOSPC}
	}
	return d.WriteCloser.Write(p)
}

func TestAFailedWriteLeavesThePreviousFolder(t *testing.T) {
	full := func(left int) disk {
		d := realDisk()
		d.create = func(path string) (io.WriteCloser, error) {
			f, err := createFile(path)
			return &fullDisk{f, left}, err
		}
		return d
	}
	denied := realDisk()
	denied.create = func(path string) (io.WriteCloser, error) {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	}
	broken := bookOfRun(2)
	broken.Tables[3].Rows = brokenRows(errSource)
	wrong := bookOfRun(2)
	wrong.Tables[0].Rows = rowsOf([][]Cell{{tx("main")}})
	kind := bookOfRun(2)
	kind.Tables[8].Rows = rowsOf([][]Cell{{tx("main"), wd("THB"), wd("captured"), tx("1"), thb(1)}})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tc := range []struct {
		name string
		ctx  context.Context
		disk disk
		book Book
		want string
	}{
		{"no space at once", t.Context(), full(0), bookOfRun(2), "no space left on device: free some space and try again; the ledger keeps what was fetched"},
		{"no space later", t.Context(), full(8000), bookOfRun(2), "no space left on device: free some space"},
		{"not writable", t.Context(), denied, bookOfRun(2), "let this user write in "},
		{"ledger fails", t.Context(), realDisk(), broken, "write capture_deadlines: row 1: ledger is gone"},
		{"row of another table", t.Context(), realDisk(), wrong, "write charges: row 1: 1 cells for 24 columns"},
		{"cell of another kind", t.Context(), realDisk(), kind, `column count: "1" is of another kind`},
		{"interrupted", gone, realDisk(), bookOfRun(2), context.Canceled.Error()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := sampleDir(t)
			mustWrite(t, sampleOptions(dir), bookOfRun(1))
			before := tree(t, filepath.Dir(dir))
			_, err := write(tc.ctx, sampleOptions(dir), tc.book, tc.disk, limits{maxSheetRows, maxSheetBytes})
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), dir) {
				t.Errorf("got %v, want %q with the folder", err, tc.want)
			}
			if diff := cmp.Diff(before, tree(t, filepath.Dir(dir))); diff != "" {
				t.Errorf("the folder changed:\n%.2000s", diff)
			}
		})
	}
}

func TestARenameThatFailsBringsTheOldFolderBack(t *testing.T) {
	dir := sampleDir(t)
	mustWrite(t, csvOnly(dir), bookOfRun(1))
	before := tree(t, filepath.Dir(dir))
	d := realDisk()
	d.step = func(step string) error {
		if step == "put the new folder in place" { // the new folder vanishes
			return os.RemoveAll(filepath.Join(filepath.Dir(dir), ".new-2"))
		}
		return nil
	}
	if _, err := write(t.Context(), csvOnly(dir), bookOfRun(2), d, limits{maxSheetRows, maxSheetBytes}); err == nil {
		t.Fatal("no error")
	}
	if diff := cmp.Diff(before, tree(t, filepath.Dir(dir))); diff != "" {
		t.Errorf("the folder changed:\n%.2000s", diff)
	}
}

func TestAnOpenWorkbookStaysAndGetsANeighbour(t *testing.T) {
	const book = "reconciliation-2026-11-20.xlsx"
	for _, lock := range []string{".~lock." + book + "#", "~$" + book} {
		t.Run(lock, func(t *testing.T) {
			dir := sampleDir(t)
			mustWrite(t, sampleOptions(dir), bookOfRun(1))
			before := tree(t, dir)[book]
			put(t, filepath.Join(dir, lock), "somchai")
			r := mustWrite(t, sampleOptions(dir), bookOfRun(2))
			got := tree(t, dir)
			if !r.Neighbour || r.Workbook != "reconciliation-2026-11-20-2.xlsx" || got[r.Workbook] == "" {
				t.Errorf("result %+v", r)
			}
			if got[book] != before || got[lock] != "somchai" {
				t.Error("the open workbook or its lock changed")
			}
			err := os.Remove(filepath.Join(dir, lock))
			try(t, err)
			o := sampleOptions(dir)
			_, _, o.Taken, err = EditedWorkbooks(filepath.Dir(dir))
			try(t, err)
			r = mustWrite(t, o, bookOfRun(3))
			got = tree(t, dir)
			if _, left := got["reconciliation-2026-11-20-2.xlsx"]; r.Neighbour || left || got[book] == before {
				t.Errorf("closed again, but %+v in %v", r, names(got))
			}
		})
	}
}

func TestFilesThatAUserAddedStay(t *testing.T) {
	dir := sampleDir(t)
	mustWrite(t, sampleOptions(dir), bookOfRun(1))
	put(t, filepath.Join(dir, "notes.txt"), "mine")
	put(t, filepath.Join(dir, "mails", "a.eml"), "mail")
	if err := os.Symlink("notes.txt", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, csvOnly(dir), bookOfRun(2))
	got := tree(t, dir)
	if got["notes.txt"] != "mine" || got["mails/a.eml"] != "mail" || got["link"] != "mine" {
		t.Errorf("left: %v", names(got))
	}
	if _, old := got["reconciliation-2026-11-20.xlsx"]; old {
		t.Error("a workbook of the run before was left")
	}
}

func TestAFolderThatIsNotOursIsRefused(t *testing.T) {
	dir := sampleDir(t)
	put(t, filepath.Join(dir, "thesis.txt"), "x")
	_, err := Write(t.Context(), sampleOptions(dir), sampleBook())
	if err == nil || !strings.Contains(err.Error(), "not a report folder: name a new or an empty one") {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(map[string]string{"2026-11-20/thesis.txt": "x"}, tree(t, filepath.Dir(dir))); diff != "" {
		t.Error(diff)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for want, change := range map[string]func(*Options){
		"use en, ja or th":          func(o *Options) { o.Language = "fr" },
		"use gregorian or buddhist": func(o *Options) { o.Calendar = "mayan" },
		"use csv or xlsx":           func(o *Options) { o.Formats = []string{"pdf"} },
		"name at least one of csv":  func(o *Options) { o.Formats = nil },
		"is not an absolute path":   func(o *Options) { o.Dir = "reports" },
	} {
		o := sampleOptions(sampleDir(t))
		change(&o)
		if _, err := Write(t.Context(), o, sampleBook()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
