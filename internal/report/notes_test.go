package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"reconcile/internal/ledger"
)

const (
	noteBook = "reconciliation-2026-11-20.xlsx"
	firstID  = "brk_9f0000000000000b" // in row 2 of the sample's breaks
	secondID = "brk_9f0000000000000a"
)

// noteRoot is a reports folder with the sample in it.
func noteRoot(t *testing.T, language string) (root, workbook string) {
	t.Helper()
	root = t.TempDir()
	o := sampleOptions(filepath.Join(root, "2026-11-20"))
	o.Language, o.Formats = language, []string{FormatXLSX}
	mustWrite(t, o, sampleBook())
	return root, filepath.Join(root, "2026-11-20", noteBook)
}

// found is what EditedWorkbooks says of a root, its cells by break.
type found struct {
	books    []ledger.EditedWorkbook
	problems []string
	taken    map[string]bool
	cells    map[string][3]string
}

func findNotes(t *testing.T, root string) found {
	t.Helper()
	f := found{cells: map[string][3]string{}}
	var err error
	f.books, f.problems, f.taken, err = EditedWorkbooks(root)
	try(t, err)
	for _, b := range f.books {
		for _, c := range b.Cells {
			f.cells[c.Break] = [3]string{c.Owner, c.Resolution, c.Note}
		}
	}
	return f
}

func sumOf(t *testing.T, path string) string {
	t.Helper()
	sum, _, err := readFile(path)
	try(t, err)
	return sum
}

// columns of the sample's breaks
const (
	ownerCol, resolutionCol, noteCol = "R", "S", "T"
)

func TestWhatWasTypedIsReadBackInEveryLanguage(t *testing.T) {
	for language, tc := range map[string]struct{ sheet, accepted string }{
		"en": {"Breaks", "Accepted "}, "ja": {"差異", "承認済み"}, "th": {"รายการไม่ตรงกัน", "ยอมรับแล้ว"},
	} {
		root, workbook := noteRoot(t, language)
		written := sumOf(t, workbook)
		changeBook(t, workbook, func(f *excelize.File) {
			try(t, f.SetCellValue(tc.sheet, ownerCol+"2", "สมชาย"))
			try(t, f.SetCellValue(tc.sheet, resolutionCol+"2", tc.accepted))
			try(t, f.SetCellValue(tc.sheet, noteCol+"2", "=1+1 \n 山田 <&> \"x\""))
			try(t, f.SetCellValue(tc.sheet, noteCol+"4", nil)) // emptied
			try(t, f.SetCellValue(tc.sheet, noteCol+"3", 12.5))
			try(t, f.SetCellValue(tc.sheet, resolutionCol+"3", "later"))
		})
		saved := time.Date(2026, 11, 21, 4, 5, 6, 0, time.UTC)
		try(t, os.Chtimes(workbook, saved, saved))
		got := findNotes(t, root)
		if len(got.books) != 1 || len(got.problems) > 0 {
			t.Fatalf("%s: %+v", language, got)
		}
		if sum := sumOf(t, workbook); !got.taken[sum] || got.books[0].SHA256 != sum {
			t.Errorf("%s: it is not told that the workbook of %s was read whole", language, sum)
		}
		b := got.books[0]
		if b.Path != workbook || b.Written != written || b.Run != 42 || b.SavedAt != ledger.InstantOf(saved) || len(b.Cells) != 12 {
			t.Errorf("%s: %+v", language, b)
		}
		for id, want := range map[string][3]string{
			firstID:                {"สมชาย", "accepted", "=1+1 \n 山田 <&> \"x\""},
			secondID:               {"", "later", "12.5"},
			"brk_9f00000000000001": {"Somchai", "open", ""},
			"brk_9f00000000000005": {"花子", "accepted", "送料の値引き"},
			"brk_9f00000000000007": {"", "fixed", "merged"},
		} {
			if got.cells[id] != want {
				t.Errorf("%s: %s says %q, want %q", language, id, got.cells[id], want)
			}
		}
	}
}

func TestEveryTextThatIsTypedComesBackAsItIs(t *testing.T) {
	root, workbook := noteRoot(t, "en")
	var texts []string
	for _, text := range append(hostileTexts(), strings.Repeat("x", maxCellText), strings.Repeat("ก", maxCellText)) {
		if text == valid(text) && !strings.ContainsAny(text, "\x00\x0b\x0c\x1f\ufffe\uffff\r") && len([]rune(text)) <= maxCellText && !strings.Contains(text, "_x") && !strings.Contains(text, "\U0001F600") {
			texts = append(texts, text) // what a spreadsheet lets people type
		}
	}
	changeBook(t, workbook, func(f *excelize.File) {
		for i, text := range texts {
			row := fmt.Sprint(i + 20)
			try(t, f.SetCellStr("Breaks", "A"+row, "main"))
			try(t, f.SetCellStr("Breaks", "B"+row, "brk_"+row))
			try(t, f.SetCellStr("Breaks", noteCol+row, text))
		}
	})
	got := findNotes(t, root)
	for i, text := range texts {
		if note := got.cells[fmt.Sprintf("brk_%d", i+20)][2]; note != text {
			t.Errorf("%.60q was typed, %.60q is read", text, note)
		}
	}
}

func TestNotesAreFoundWhereverTheyWereMoved(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, f *excelize.File){
		"title rows":         func(t *testing.T, f *excelize.File) { try(t, f.InsertRows("Breaks", 1, 3)) },
		"columns in between": func(t *testing.T, f *excelize.File) { try(t, f.InsertCols("Breaks", "B", 4)) },
		"column taken out":   func(t *testing.T, f *excelize.File) { try(t, f.RemoveCol("Breaks", "O")) },
		"another tab":        func(t *testing.T, f *excelize.File) { try(t, f.SetSheetName("Breaks", "Somchai's")) },
		"hidden": func(t *testing.T, f *excelize.File) {
			try(t, f.SetRowVisible("Breaks", 2, false))
			try(t, f.SetColVisible("Breaks", noteCol, false))
		},
		"other sheets gone": func(t *testing.T, f *excelize.File) {
			try(t, f.DeleteSheet("Charges"))
			try(t, f.DeleteSheet("Audit"))
		},
		"row moved": func(t *testing.T, f *excelize.File) {
			try(t, f.DuplicateRowTo("Breaks", 2, 9))
			try(t, f.RemoveRow("Breaks", 2))
		},
		"row copied": func(t *testing.T, f *excelize.File) { try(t, f.DuplicateRowTo("Breaks", 2, 9)) },
		"sheet copied before it": func(t *testing.T, f *excelize.File) {
			to, err := f.NewSheet("A copy")
			try(t, err)
			from, err := f.GetSheetIndex("Breaks")
			try(t, err)
			try(t, f.CopySheet(from, to))
			try(t, f.MoveSheet("A copy", "Summary"))
			try(t, f.SetCellStr("A copy", noteCol+"2", ""))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, workbook := noteRoot(t, "en")
			changeBook(t, workbook, func(f *excelize.File) {
				try(t, f.SetCellStr("Breaks", ownerCol+"2", "Nok"))
				try(t, f.SetCellStr("Breaks", noteCol+"2", "asked"))
				change(t, f)
			})
			got := findNotes(t, root)
			if len(got.problems) > 0 || len(got.cells) != 12 || !got.taken[sumOf(t, workbook)] {
				t.Errorf("%q, %d cells, taken %v", got.problems, len(got.cells), got.taken)
			}
			if want := [3]string{"Nok", "open", "asked"}; got.cells[firstID] != want {
				t.Errorf("%q, want %q", got.cells[firstID], want)
			}
		})
	}
}

// What cannot be told is said, and such a workbook must not be replaced.
func TestNotesThatCannotBeToldAreNamed(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(t *testing.T, f *excelize.File)
		want   string
		cells  [3]string // of the first break
	}{
		"formula without a value": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellFormula("Breaks", noteCol+"2", "1+1")) },
			"Breaks, row 2: T2 holds the error value =1+1, so the row was not read: type a text",
			[3]string{},
		},
		"column without its title": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellStr("Breaks", noteCol+"1", "Comment")) },
			"the sheet Breaks has no column Note, so nothing of it was read: give the column its title back",
			[3]string{},
		},
		"two texts": {
			func(t *testing.T, f *excelize.File) {
				try(t, f.SetCellStr("Breaks", ownerCol+"2", "Nok"))
				try(t, f.DuplicateRowTo("Breaks", 2, 9))
				try(t, f.SetCellStr("Breaks", ownerCol+"9", "Ben"))
				try(t, f.SetCellStr("Breaks", noteCol+"9", "seen"))
			},
			"break " + firstID + " stands there twice with another owner: Nok (Breaks, row 2) counts, Ben (Breaks, row 9) does not: keep one of the rows",
			[3]string{"Nok", "open", "seen"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, workbook := noteRoot(t, "en")
			changeBook(t, workbook, func(f *excelize.File) { tc.change(t, f) })
			var want []string
			if tc.want != "" {
				want = []string{workbook + ": " + tc.want}
			}
			got := findNotes(t, root)
			if diff := cmp.Diff(want, got.problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if got.cells[firstID] != tc.cells || got.taken[sumOf(t, workbook)] != (want == nil) {
				t.Errorf("%q, taken %v", got.cells[firstID], got.taken)
			}
		})
	}
}

func TestWorkbooksThatCannotBeReadAreNamedAndKept(t *testing.T) {
	const unread = "; what was typed into it was not read: save it again as .xlsx, without a password, or move it out of the reports folder"
	for name, tc := range map[string]struct {
		spoil func(t *testing.T, workbook string)
		want  string
	}{
		"open": {
			func(t *testing.T, workbook string) {
				put(t, filepath.Join(filepath.Dir(workbook), "~$"+noteBook), "")
			}, "BOOK is open; what was typed into it is read by the next run",
		},
		"password": {
			func(t *testing.T, workbook string) {
				f, err := excelize.OpenFile(workbook)
				try(t, err)
				try(t, errors.Join(f.SaveAs(workbook, excelize.Options{Password: "1"}), f.Close()))
			}, "read workbook BOOK: it is not an .xlsx workbook, or one with a password" + unread,
		},
		"cut short": {
			func(t *testing.T, workbook string) { try(t, os.Truncate(workbook, 5000)) },
			"read workbook BOOK: it is not an .xlsx workbook, or one with a password" + unread,
		},
		"empty": {
			func(t *testing.T, workbook string) { try(t, os.Truncate(workbook, 0)) },
			"read workbook BOOK: it is not an .xlsx workbook, or one with a password" + unread,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, workbook := noteRoot(t, "en")
			changeBook(t, workbook, func(f *excelize.File) { try(t, f.SetCellStr("Breaks", noteCol+"2", "x")) })
			tc.spoil(t, workbook)
			spoilt := sumOf(t, workbook)
			got := findNotes(t, root)
			if diff := cmp.Diff([]string{strings.ReplaceAll(tc.want, "BOOK", workbook)}, got.problems); diff != "" || len(got.books) > 0 {
				t.Errorf("books %v, problems (-want +got):\n%s", got.books, diff)
			}
			o := sampleOptions(filepath.Dir(workbook))
			o.Taken = got.taken
			r := mustWrite(t, o, bookOfRun(43))
			if sumOf(t, workbook) != spoilt || !r.Neighbour || r.Workbook != "reconciliation-2026-11-20-2.xlsx" {
				t.Errorf("it was replaced: %+v", r)
			}
		})
	}
}

func TestOnlyOursAreRead(t *testing.T) {
	root, workbook := noteRoot(t, "th")
	content, err := os.ReadFile(workbook)
	try(t, err)
	put(t, filepath.Join(root, "2026-11-20", "~$other.xlsx"), "lock")
	put(t, filepath.Join(root, ".old-2026-11-19", noteBook), "cut")
	put(t, filepath.Join(root, ".new-43", noteBook), "cut")
	try(t, errors.Join(excelize.NewFile().SaveAs(filepath.Join(root, "theirs.xlsx")), os.Symlink(workbook, filepath.Join(root, "link.xlsx"))))
	if got := findNotes(t, root); len(got.books)+len(got.problems) > 0 {
		t.Fatalf("nothing was edited: %+v", got)
	}
	mine := filepath.Join(root, "mine", "Nok's copy.XLSX")
	put(t, mine, string(content))
	got := findNotes(t, root)
	if len(got.books) != 1 || got.books[0].Path != mine || got.books[0].Written != "" || got.books[0].Run != 42 || len(got.books[0].Cells) != 12 {
		t.Errorf("%+v", got)
	}
	if none := findNotes(t, filepath.Join(root, "missing")); len(none.books)+len(none.problems) > 0 {
		t.Errorf("%+v", none)
	}
}

func TestAReportsFolderThatIsALinkIsSearched(t *testing.T) {
	root, workbook := noteRoot(t, "en")
	link := filepath.Join(t.TempDir(), ".reports")
	try(t, os.Symlink(root, link))
	typeNote(t, workbook, "x")
	if got := findNotes(t, link); len(got.books) != 1 || !strings.HasPrefix(got.books[0].Path, link) {
		t.Errorf("%+v", got)
	}
}

func TestAnErrorValueIsNoNote(t *testing.T) {
	root, workbook := noteRoot(t, "en")
	editPart(t, workbook, "xl/worksheets/sheet8.xml", func(xml string) string {
		before, after, _ := strings.Cut(xml, `<c r="T2"`)
		_, after, _ = strings.Cut(after, "/>")
		return before + `<c r="T2" t="e"><v>#N/A</v></c>` + after
	})
	got := findNotes(t, root)
	want := []string{workbook + ": Breaks, row 2: T2 holds the error value #N/A, so the row was not read: type a text"}
	if diff := cmp.Diff(want, got.problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if _, read := got.cells[firstID]; read || len(got.cells) != 11 || got.taken[sumOf(t, workbook)] {
		t.Errorf("%v", got)
	}
}

// The fixture is the sample book after finance had typed into it with excelize,
// saved by LibreOffice: soffice --headless --convert-to xlsx.
func TestNotesThatLibreOfficeSavedAreRead(t *testing.T) {
	root := t.TempDir()
	content, err := os.ReadFile("testdata/libreoffice/typed.xlsx")
	try(t, err)
	put(t, filepath.Join(root, "typed.xlsx"), string(content))
	got := findNotes(t, root)
	if len(got.problems) > 0 || len(got.cells) != 12 || got.books[0].Run != 42 {
		t.Fatalf("%+v", got)
	}
	for id, want := range typedInLibreOffice() {
		if got.cells[id] != want {
			t.Errorf("%s says %q, want %q", id, got.cells[id], want)
		}
	}
}

func typedInLibreOffice() map[string][3]string {
	return map[string][3]string{
		firstID:                {" สมชาย ", "accepted", "=1+1"},
		secondID:               {"007", "fixed", "one\ntwo <&> \"x\" 'y'"},
		"brk_9f00000000000001": {"", "open", ""},
		"brk_9f00000000000005": {"花子", "accepted", "送料の値引き"},
		"brk_9f00000000000007": {"", "fixed", "merged"},
	}
}

// A note that was read is written, and read again as the same: else every run
// would take it for an edit.
func TestNotesStayTheSameHoweverOftenTheyAreWritten(t *testing.T) {
	read := func(notes []string) []string {
		var rows [][]Cell
		for i, note := range notes {
			row := slices.Clone(sampleBreaks()[0])
			row[1], row[17], row[19] = tx(fmt.Sprintf("brk_%d", i)), tx(note), tx(note)
			rows = append(rows, row)
		}
		b := sampleBook()
		b.Tables[6].Rows = rowsOf(rows)
		root := t.TempDir()
		r := mustWrite(t, xlsxOnly(filepath.Join(root, "2026-11-20")), b)
		changeBook(t, filepath.Join(r.Dir, r.Workbook), func(f *excelize.File) { try(t, f.SetCellStr("Summary", "P1", "seen")) })
		got := findNotes(t, root)
		var again []string
		for i := range notes {
			cells := got.cells[fmt.Sprintf("brk_%d", i)]
			if cells[0] != cells[2] {
				t.Errorf("owner %.60q, note %.60q", cells[0], cells[2])
			}
			again = append(again, cells[2])
		}
		return again
	}
	once := read(hostileTexts())
	for i, text := range hostileTexts() {
		if plain := valid(text); !strings.ContainsRune(plain, '\r') && len(plain) < maxCellText && once[i] != plain {
			t.Errorf("%.60q is read as %.60q", plain, once[i])
		}
	}
	if diff := cmp.Diff(once, read(once)); diff != "" {
		t.Errorf("read again (-once +twice):\n%s", diff)
	}
}
