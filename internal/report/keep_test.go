package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// typeNote edits a workbook as finance does.
func typeNote(t *testing.T, workbook, note string) {
	t.Helper()
	changeBook(t, workbook, func(f *excelize.File) { try(t, f.SetCellStr("Breaks", noteCol+"2", note)) })
}

func xlsxOnly(dir string) Options {
	o := sampleOptions(dir)
	o.Formats = []string{FormatXLSX}
	return o
}

func TestAWorkbookIsReplacedOnceItsNotesAreTaken(t *testing.T) {
	root, workbook := noteRoot(t, "en")
	dir := filepath.Dir(workbook)
	typeNote(t, workbook, "typed")
	typed := sumOf(t, workbook)
	r := mustWrite(t, xlsxOnly(dir), bookOfRun(43))
	if r.Workbook != "reconciliation-2026-11-20-2.xlsx" || !r.Neighbour || sumOf(t, workbook) != typed {
		t.Fatalf("nobody had read it: %+v", r)
	}
	o := xlsxOnly(dir)
	o.Taken = findNotes(t, root).taken
	r = mustWrite(t, o, bookOfRun(44))
	if r.Workbook != noteBook || r.Neighbour || sumOf(t, workbook) == typed {
		t.Errorf("it was read: %+v", r)
	}
	if diff := cmp.Diff([]string{"manifest.json", noteBook}, names(tree(t, dir))); diff != "" {
		t.Errorf("left:\n%s", diff)
	}
}

// Whatever finance does between the reading of the notes and the last rename,
// what they saved is in the folder afterwards.
func TestWhatIsSavedWhileAReportIsWrittenStays(t *testing.T) {
	for _, step := range []string{"sync", "set the old folder aside", "put the new folder in place", "remove the old folder"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			root, workbook := noteRoot(t, "en")
			dir := filepath.Dir(workbook)
			typeNote(t, workbook, "typed")
			o := xlsxOnly(dir)
			o.Taken = findNotes(t, root).taken
			aside := filepath.Join(root, ".old-2026-11-20", noteBook)
			d := realDisk()
			d.step = func(at string) error {
				if at == step {
					if _, err := os.Stat(aside); err == nil {
						typeNote(t, aside, "late")
					} else {
						typeNote(t, workbook, "late")
					}
				}
				return nil
			}
			r, err := write(t.Context(), o, bookOfRun(43), d, limits{maxSheetRows, maxSheetBytes})
			try(t, err)
			if r.Workbook != noteBook || !r.Neighbour {
				t.Errorf("%+v", r)
			}
			got := findNotes(t, root)
			if len(got.books) != 1 || filepath.Base(got.books[0].Path) != "reconciliation-2026-11-20-2.xlsx" || got.cells[firstID][2] != "late" {
				t.Errorf("%q in %v", got.cells[firstID], names(tree(t, root)))
			}
		})
	}
}

func TestWhatIsTypedSurvivesASwapThatIsCutShort(t *testing.T) {
	for _, step := range []string{"set the old folder aside", "put the new folder in place", "remove the old folder"} {
		root, workbook := noteRoot(t, "en")
		typeNote(t, workbook, "typed")
		o := xlsxOnly(filepath.Dir(workbook))
		o.Taken = findNotes(t, root).taken
		d := realDisk()
		d.step = func(at string) error {
			if at == step {
				return errCut
			}
			return nil
		}
		if _, err := write(t.Context(), o, bookOfRun(43), d, limits{maxSheetRows, maxSheetBytes}); err == nil {
			t.Fatal("it was not cut short")
		}
		try(t, Recover(root))
		if got := findNotes(t, root); got.cells[firstID][2] != "typed" {
			t.Errorf("%s: %q in %v", step, got.cells[firstID], names(tree(t, root)))
		}
	}
}

func TestACopyThatFinanceMadeStaysWhateverItIsCalled(t *testing.T) {
	root, workbook := noteRoot(t, "en")
	dir := filepath.Dir(workbook)
	content, err := os.ReadFile(workbook)
	try(t, err)
	put(t, filepath.Join(dir, "Nok.xlsx"), string(content))
	put(t, filepath.Join(dir, "reconciliation-2026-11-20-2.xlsx"), "no workbook at all")
	typeNote(t, filepath.Join(dir, "Nok.xlsx"), "typed")
	o := xlsxOnly(dir)
	o.Taken = findNotes(t, root).taken
	r := mustWrite(t, o, bookOfRun(43))
	got := tree(t, dir)
	if r.Neighbour || r.Workbook != noteBook || got["reconciliation-2026-11-20-2.xlsx"] != "no workbook at all" || !strings.HasPrefix(got["Nok.xlsx"], "PK") {
		t.Errorf("%+v in %v", r, names(got))
	}
}
