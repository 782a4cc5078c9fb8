package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

var writtenBooks sync.Map // by language and calendar: the sample's bytes

func sampleWorkbook(t *testing.T, language, calendar string) []byte {
	t.Helper()
	key := [2]string{language, calendar}
	if known, ok := writtenBooks.Load(key); ok {
		return known.([]byte)
	}
	o := sampleOptions(sampleDir(t))
	o.Language, o.Calendar = language, calendar
	r := mustWrite(t, o, sampleBook())
	content, err := os.ReadFile(filepath.Join(r.Dir, r.Workbook))
	try(t, err)
	writtenBooks.Store(key, content)
	return content
}

// twoBooks gives the sample twice: one workbook to be edited, one that is right.
func twoBooks(t *testing.T, language, calendar string) (edited, right string) {
	t.Helper()
	content := sampleWorkbook(t, language, calendar)
	edited, right = filepath.Join(t.TempDir(), "mine.xlsx"), filepath.Join(t.TempDir(), "right.xlsx")
	try(t, os.WriteFile(edited, content, 0o600))
	try(t, os.WriteFile(right, content, 0o600))
	return edited, right
}

// changeBook opens a workbook, changes it and saves it, as finance does.
func changeBook(t *testing.T, path string, change func(f *excelize.File)) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	change(f)
	if err := errors.Join(f.Save(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// said is a comparison as lines of text.
func said(t *testing.T, workbook, right string) (edits, notes []string) {
	t.Helper()
	c, err := Compare(workbook, right)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range c.Edits {
		edits = append(edits, e.Place()+" "+e.What)
	}
	return edits, c.Notes
}

func TestEveryEditIsNamed(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(t *testing.T, f *excelize.File)
		want   []string
	}{
		"an amount": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellValue("Charges", "I2", 1234.51)) },
			[]string{"Charges!I2 says 1234.51, it should say 1234.5"},
		},
		"an amount that was emptied": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellValue("Charges", "I2", nil)) },
			[]string{"Charges!I2 says nothing, it should say 1234.5"},
		},
		"a cell that was empty": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellValue("Charges", "W2", 0)) },
			[]string{"Charges!W2 says 0, it should say nothing"},
		},
		"an amount as text": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellStr("Charges", "I2", "1234.50")) },
			[]string{"Charges!I2 says the text 1234.50, it should say the number 1234.5"},
		},
		"digits without their zeros": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellValue("Expiring cards", "F3", 5)) },
			[]string{"Expiring cards!F3 says the number 5, it should say the text 0005"},
		},
		"a word": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellStr("Capture deadlines", "K3", "open")) },
			[]string{"Capture deadlines!K3 says open, it should say overdue"},
		},
		"a time": {
			func(t *testing.T, f *excelize.File) {
				try(t, f.SetCellValue("Charges", "D2", time.Date(2026, 11, 20, 9, 15, 1, 0, time.UTC)))
			},
			[]string{"Charges!D2 says 2026-11-20 09:15:01, it should say 2026-11-20 09:15:00"},
		},
		"a date": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellValue("Expiring cards", "J2", 46357)) },
			[]string{"Expiring cards!J2 says 2026-12-01, it should say 2026-11-30"},
		},
		"an id": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellStr("Refunds", "B2", "rfnd_2")) },
			[]string{"Refunds!B2 says rfnd_2, it should say rfnd_1"},
		},
		"a formula in place of a figure": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellFormula("Charges", "I2", "1000+234.5")) },
			[]string{"Charges!I2 says =1000+234.5 (1234.50), it should say 1234.5"},
		},
		"a title": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellStr("Charges", "I1", "Net")) },
			[]string{"Charges!I1 says Net, it should say Amount"},
		},
		"the titles": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellStr("Totals", "E1", "")) },
			[]string{"Totals!E1 says nothing, it should say Amount"},
		},
		"a total": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellValue("Totals", "E3", 999)) },
			[]string{"Totals!E3 says 999, it should say 1234.5"},
		},
		"a proof": {
			func(t *testing.T, f *excelize.File) {
				try(t, f.SetCellValue("Audit", find(t, f, "Audit", "JPY 1200; THB 4454.50", -1), 4))
			},
			[]string{"Audit!F27 says 4, it should say 3"},
		},
		"a figure of the summary": {
			func(t *testing.T, f *excelize.File) {
				try(t, f.SetCellValue("Summary", find(t, f, "Summary", "of it voided", -2, 1), 1))
			},
			[]string{"Summary!C42 says 1, it should say 1234.5"},
		},
		"two cells of two rows": {
			func(t *testing.T, f *excelize.File) {
				try(t, f.SetCellValue("Charges", "J4", 1))
				try(t, f.SetCellValue("Charges", "K2", 2))
			},
			[]string{"Charges!K2 says 2, it should say 234.5", "Charges!J4 says 1, it should say 1200"},
		},
		"a row that was deleted": {
			func(t *testing.T, f *excelize.File) { try(t, f.RemoveRow("Capture deadlines", 4)) },
			[]string{"Capture deadlines a row is missing: main, chrg_u, A-chrg_u"},
		},
		"a row that was put in": {
			func(t *testing.T, f *excelize.File) { try(t, f.DuplicateRow("Capture deadlines", 4)) },
			[]string{"Capture deadlines!A5 is a row that the report does not have: main, chrg_u, A-chrg_u"},
		},
		"a sum below the table": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellFormula("Charges", "I5", "SUM(I2:I4)")) },
			[]string{"Charges!A5 is a row that the report does not have: =SUM(I2:I4)"},
		},
		"a row of the audit sheet that was deleted": {
			func(t *testing.T, f *excelize.File) { try(t, f.RemoveRow("Audit", 4)) },
			[]string{"Audit a row is missing: Version, 0.1.0"},
		},
		"a sheet that was deleted": {
			func(t *testing.T, f *excelize.File) { try(t, f.DeleteSheet("Refunds")) },
			[]string{"Refunds the sheet is missing"},
		},
		"a column that was deleted": {
			func(t *testing.T, f *excelize.File) { try(t, f.RemoveCol("Totals", "D")) },
			[]string{"Totals the column Count is missing"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edited, right := twoBooks(t, "en", "gregorian")
			changeBook(t, edited, func(f *excelize.File) { tc.change(t, f) })
			got, _ := said(t, edited, right)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("edits (-want +got):\n%s", diff)
			}
		})
	}
}

// find gives the address of a cell beside one that holds a text.
func find(t *testing.T, f *excelize.File, sheet, text string, right int, down ...int) string {
	t.Helper()
	found, err := f.SearchSheet(sheet, text)
	if err != nil || len(found) == 0 {
		t.Fatalf("%s does not say %q: %v", sheet, text, err)
	}
	col, row, err := excelize.CellNameToCoordinates(found[0])
	try(t, err)
	for _, n := range down {
		row += n
	}
	at, err := excelize.CoordinatesToCellName(col+right, row)
	try(t, err)
	return at
}

// What is no damage must not look like it.
func TestHarmlessChangesAreNoEdits(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(t *testing.T, f *excelize.File)
		notes  []string
	}{
		"saved again": {func(*testing.T, *excelize.File) {}, nil},
		"the same figure typed once more": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetCellValue("Charges", "I2", 1234.5)) }, nil,
		},
		"looks": {
			func(t *testing.T, f *excelize.File) {
				style, err := f.NewStyle(&excelize.Style{NumFmt: 2, Font: &excelize.Font{Bold: true}})
				try(t, err)
				try(t, f.SetCellStyle("Charges", "A1", "X4", style))
				try(t, f.SetColWidth("Charges", "A", "C", 50))
				try(t, f.AddComment("Charges", excelize.Comment{Cell: "B2", Author: "finance", Text: "ask"}))
			}, nil,
		},
		"hidden rows": {
			func(t *testing.T, f *excelize.File) { try(t, f.SetRowVisible("Charges", 3, false)) }, nil,
		},
		"sorted": {
			func(t *testing.T, f *excelize.File) { reverse(t, f, "Capture deadlines") },
			[]string{"Capture deadlines: the rows stand in another order"},
		},
		"columns moved": {
			func(t *testing.T, f *excelize.File) {
				try(t, f.InsertCols("Totals", "A", 1))
				for row := 1; row <= 26; row++ {
					amount, err := f.GetCellValue("Totals", fmt.Sprintf("F%d", row), excelize.Options{RawCellValue: true})
					try(t, err)
					try(t, f.SetCellDefault("Totals", fmt.Sprintf("A%d", row), amount))
				}
				try(t, f.SetCellStr("Totals", "A1", "Amount"))
				try(t, f.RemoveCol("Totals", "F"))
			},
			[]string{"Totals: the columns stand in other places"},
		},
		"notes beside": {
			func(t *testing.T, f *excelize.File) {
				try(t, f.SetCellStr("Charges", "Z1", "Checked"))
				try(t, f.SetCellStr("Charges", "Z3", "by Nok"))
				try(t, f.SetCellStr("Summary", "P4", "seen"))
			},
			[]string{"Summary: 1 cell(s) beside what the report wrote", "Charges: 2 cell(s) beside what the report wrote"},
		},
		"a heading above": {
			func(t *testing.T, f *excelize.File) {
				try(t, f.InsertRows("Charges", 1, 2))
				try(t, f.SetCellStr("Charges", "A1", "for the auditor"))
			},
			[]string{"Charges: 1 cell(s) beside what the report wrote"},
		},
		"a sheet of their own": {
			func(t *testing.T, f *excelize.File) {
				_, err := f.NewSheet("Pivot")
				try(t, err)
				try(t, f.SetCellFormula("Pivot", "A1", "SUM(Charges!I2:I4)"))
			},
			[]string{"the sheet Pivot is not one of the report's"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edited, right := twoBooks(t, "en", "gregorian")
			changeBook(t, edited, func(f *excelize.File) { tc.change(t, f) })
			edits, notes := said(t, edited, right)
			if len(edits) > 0 {
				t.Errorf("edits: %q", edits)
			}
			if diff := cmp.Diff(tc.notes, notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

// reverse turns the rows of a sheet upside down.
func reverse(t *testing.T, f *excelize.File, sheet string) {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	try(t, err)
	types := map[string]excelize.CellType{}
	for i, row := range rows {
		for j := range row {
			at := address(j, i+1)
			types[at], err = f.GetCellType(sheet, at)
			try(t, err)
		}
	}
	for i := 1; i < len(rows); i++ {
		from := len(rows) - i
		for j := range max(len(rows[i]), len(rows[from])) {
			value := ""
			if j < len(rows[from]) {
				value = rows[from][j]
			}
			to := address(j, i+1)
			if types[address(j, from+1)] == excelize.CellTypeInlineString {
				try(t, f.SetCellStr(sheet, to, value))
			} else {
				try(t, f.SetCellDefault(sheet, to, value))
			}
		}
	}
}

func TestAnEditInASortedSheetIsNamedWhereItStands(t *testing.T) {
	edited, right := twoBooks(t, "en", "gregorian")
	changeBook(t, edited, func(f *excelize.File) {
		reverse(t, f, "Capture deadlines")
		try(t, f.SetCellValue("Capture deadlines", "E3", 1)) // chrg_n, once in row 6
	})
	edits, _ := said(t, edited, right)
	if want := []string{"Capture deadlines!E3 says 1, it should say 7900.25"}; !slices.Equal(edits, want) {
		t.Errorf("%q, want %q", edits, want)
	}
}

func TestEveryLanguageIsCompared(t *testing.T) {
	for lang, sheet := range map[string]string{"ja": "課金", "th": "รายการชำระเงิน"} {
		edited, right := twoBooks(t, lang, "buddhist")
		changeBook(t, edited, func(*excelize.File) {})
		if edits, notes := said(t, edited, right); len(edits)+len(notes) > 0 {
			t.Errorf("%s: %q %q", lang, edits, notes)
		}
		changeBook(t, edited, func(f *excelize.File) { try(t, f.SetCellValue(sheet, "I2", 5)) })
		if edits, _ := said(t, edited, right); len(edits) != 1 || !strings.HasPrefix(edits[0], sheet+"!I2 ") {
			t.Errorf("%s: %q", lang, edits)
		}
	}
}

// The fixture is the sample book as LibreOffice saved it:
// soffice --headless --convert-to xlsx.
func TestWorkbookThatLibreOfficeSavedIsClean(t *testing.T) {
	_, right := twoBooks(t, "en", "gregorian")
	const saved = "testdata/libreoffice/saved.xlsx"
	if edits, notes := said(t, saved, right); len(edits)+len(notes) > 0 {
		t.Errorf("%q %q", edits, notes)
	}
	content, err := os.ReadFile(saved)
	try(t, err)
	edited := filepath.Join(t.TempDir(), "saved.xlsx")
	try(t, os.WriteFile(edited, content, 0o600))
	changeBook(t, edited, func(f *excelize.File) { try(t, f.SetCellValue("Charges", "I4", 1201)) })
	edits, _ := said(t, edited, right)
	if want := []string{"Charges!I4 says 1201, it should say 1200"}; !slices.Equal(edits, want) {
		t.Errorf("%q, want %q", edits, want)
	}
}

func TestManyEditsAreListedInPartAndCounted(t *testing.T) {
	write := func(amount int64) string {
		b := sampleBook()
		b.Tables = []Filled{{Table: charges(), Rows: func(yield func([]Cell, error) bool) {
			for row := range manyCharges(2000) {
				row[16] = thb(amount)
				if !yield(row, nil) {
					return
				}
			}
		}}}
		o := sampleOptions(sampleDir(t))
		o.Formats = []string{FormatXLSX}
		r := mustWrite(t, o, b)
		return filepath.Join(r.Dir, r.Workbook)
	}
	c, err := Compare(write(1), write(0))
	try(t, err)
	if len(c.Edits) != maxEdits || c.More != 1900 || c.Edits[99].Cell != "Q101" {
		t.Errorf("%d listed up to %v, %d more", len(c.Edits), c.Edits[len(c.Edits)-1], c.More)
	}
}

func TestStampIsReadInEveryLanguage(t *testing.T) {
	for lang, calendar := range map[string]string{"en": "gregorian", "ja": "buddhist", "th": "buddhist"} {
		edited, _ := twoBooks(t, lang, calendar)
		changeBook(t, edited, func(*excelize.File) {})
		got, err := ReadStamp(edited)
		try(t, err)
		want := Stamp{
			Run: 42, Version: "0.1.0", AsOf: sampleBook().AsOf, Language: lang, Calendar: calendar, CSV: true,
			Days: map[string][2]string{"main": {"2026-11-20", "2026-11-20"}, "tokyo": {"2026-11-20", "2026-11-20"}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
	}
}

func TestStampSaysWhichNotesWereKnown(t *testing.T) {
	for _, lang := range []string{"en", "ja", "th"} {
		b, o := sampleBook(), xlsxOnly(sampleDir(t))
		b.Notes, o.Language = 1234567, lang
		r := mustWrite(t, o, b)
		if got, err := ReadStamp(filepath.Join(r.Dir, r.Workbook)); err != nil || got.Notes != 1234567 || got.Run != 42 || len(got.Days) != 2 {
			t.Errorf("%s: %+v, %v", lang, got, err)
		}
	}
}

func TestStampOfALeapDay(t *testing.T) {
	at, calendar, ok := parseInstant("29/02/2571 03:00:00 +07:00")
	if want := time.Date(2028, 2, 28, 20, 0, 0, 0, time.UTC); !ok || calendar != "buddhist" || !at.Equal(want) {
		t.Errorf("%s, %s, %v", at, calendar, ok)
	}
}

func TestStampOfSomebodyElsesWorkbook(t *testing.T) {
	f := excelize.NewFile()
	path := filepath.Join(t.TempDir(), "budget.xlsx")
	try(t, f.SaveAs(path))
	if _, err := ReadStamp(path); !errors.Is(err, ErrNotOurs) {
		t.Errorf("%v, want ErrNotOurs", err)
	}
	if _, err := f.NewSheet("Audit"); err != nil {
		t.Fatal(err)
	}
	try(t, f.SaveAs(path))
	if _, err := ReadStamp(path); !errors.Is(err, ErrNotOurs) {
		t.Errorf("with an empty sheet Audit: %v, want ErrNotOurs", err)
	}
}

// Without its key columns a table's edited rows could not be told apart.
func TestEveryTableHasItsKeyColumns(t *testing.T) {
	for _, table := range Tables() {
		keys := keyColumns(table.Name)
		if len(keys) < 2 || keys[0] != "account" {
			t.Errorf("%s has the key columns %q", table.Name, keys)
		}
		for _, name := range keys {
			if table.Column(name) < 0 {
				t.Errorf("%s has no column %s", table.Name, name)
			}
		}
	}
}
