package report

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestResolutionsArePickedFromAListInTheWorkbooksLanguage(t *testing.T) {
	for language, tc := range map[string]struct{ sheet, list string }{
		"en": {"Breaks", `"open,accepted,fixed"`}, "ja": {"差異", `"未処理,承認済み,修正済み"`}, "th": {"รายการไม่ตรงกัน", `"รอดำเนินการ,ยอมรับแล้ว,แก้ไขแล้ว"`},
	} {
		o := sampleOptions(sampleDir(t))
		o.Language = language
		f := openBook(t, mustWrite(t, o, sampleBook()))
		for _, sheet := range f.GetSheetList() {
			rules, err := f.GetDataValidations(sheet)
			try(t, err)
			if sheet != tc.sheet {
				if len(rules) > 0 {
					t.Errorf("%s: %s has a list", language, sheet)
				}
				continue
			}
			if len(rules) != 1 || rules[0].Sqref != "S2:S13" || rules[0].Formula1 != tc.list || rules[0].Error == nil || !rules[0].ShowErrorMessage {
				t.Errorf("%s: %+v", language, rules)
			}
		}
	}
}

func TestCellsToTypeIntoAreTextAndLookLikeIt(t *testing.T) {
	f := openBook(t, mustWrite(t, sampleOptions(sampleDir(t)), sampleBook()))
	for _, col := range []string{ownerCol, resolutionCol, noteCol} {
		for _, row := range []string{"2", "4", "8"} { // in rows of every colour, filled or not
			st := styleAt(t, f, "Breaks", col+row)
			if *st.CustomNumFmt != "@" || st.Fill.Color[0] != colourType || st.Font.Color != colourTypeOn || !st.Alignment.WrapText {
				t.Errorf("%s%s: %+v", col, row, st)
			}
		}
		if styleAt(t, f, "Breaks", col+"1").Fill.Color[0] == styleAt(t, f, "Breaks", "A1").Fill.Color[0] {
			t.Errorf("%s1 has the colour of the other titles", col)
		}
	}
}

func TestMarksOfBreaks(t *testing.T) {
	for _, tc := range []struct {
		state, severity, resolution string
		want                        Mark
	}{
		{"new", "high", "open", MarkAlarm},
		{"open", "high", "fixed", MarkAlarm}, // finance says so, the figures do not yet
		{"open", "medium", "open", MarkWarn},
		{"open", "low", "open", MarkNone},
		{"open", "high", "accepted", MarkInfo},
		{"cured", "high", "open", MarkInfo},
	} {
		row := slices.Clone(sampleBreaks()[0])
		table := breaks()
		row[table.Column("state")], row[table.Column("severity")], row[table.Column("resolution")] = wd(tc.state), wd(tc.severity), wd(tc.resolution)
		if got := table.Mark(row); got != tc.want {
			t.Errorf("%+v: %v", tc, got)
		}
	}
}

func TestRowsAreAsTallAsTheirSentences(t *testing.T) {
	for _, tc := range []struct {
		text  string
		width float64
		want  int
	}{
		{"", 64, 1},
		{"Omise refunded 234.50 THB, order A-16 says 240.00 THB.", 64, 1},
		{strings.Repeat("a word ", 20), 64, 2},
		{strings.Repeat("送料の値引きを確認", 5), 64, 2},
		{"one\ntwo\n\nfour", 44, 4},
		{strings.Repeat("ที่", 70), 64, 1}, // its vowels stand above
		{strings.Repeat("x", maxCellText), 44, mostLines + 1},
		{strings.Repeat("\n", maxCellText), 44, mostLines + 1},
	} {
		if got := min(linesOf(tc.text, tc.width), mostLines+1); got != tc.want {
			t.Errorf("%.40q takes %d line(s), want %d", tc.text, got, tc.want)
		}
	}
}

// A longer sentence than the row shows may not make the row taller than the
// screen: its height is fixed, while a shorter one grows as finance types.
func TestNoRowIsTallerThanTheScreen(t *testing.T) {
	b := sampleBook()
	rows := sampleBreaks()
	rows[0][14] = tx(strings.Repeat("word ", 1000))
	b.Tables[6].Rows = rowsOf(rows)
	r := mustWrite(t, sampleOptions(sampleDir(t)), b)
	xml := partOf(t, r.Dir+"/"+r.Workbook, "xl/worksheets/sheet8.xml")
	for _, want := range []string{`<row r="2" ht="82" customHeight="1">`, `<row r="4" ht="30">`, `<row r="6">`} {
		if !strings.Contains(xml, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

// partOf is one part of a workbook.
func partOf(t *testing.T, workbook, name string) string {
	t.Helper()
	z, err := zip.OpenReader(workbook)
	try(t, err)
	defer z.Close()
	f, err := z.Open(name)
	try(t, err)
	defer f.Close()
	content, err := io.ReadAll(f)
	try(t, err)
	return string(content)
}

// editPart changes one part of a workbook, as no spreadsheet program would.
func editPart(t *testing.T, workbook, name string, edit func(string) string) {
	t.Helper()
	changed := edit(partOf(t, workbook, name))
	z, err := zip.OpenReader(workbook)
	try(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		part, err := w.Create(f.Name)
		try(t, err)
		content := changed
		if f.Name != name {
			content = partOf(t, workbook, f.Name)
		}
		_, err = io.WriteString(part, content)
		try(t, err)
	}
	try(t, w.Close())
	try(t, z.Close())
	try(t, os.WriteFile(workbook, out.Bytes(), 0o600))
}

// What finance types is no damage, and everything else on the sheet still is.
func TestWhatFinanceTypesIsNoted(t *testing.T) {
	edited, right := twoBooks(t, "en", "gregorian")
	changeBook(t, edited, func(f *excelize.File) {
		try(t, f.SetCellStr("Breaks", ownerCol+"2", "Nok"))
		try(t, f.SetCellStr("Breaks", noteCol+"2", "asked"))
		try(t, f.SetCellStr("Breaks", resolutionCol+"3", "accepted"))
		try(t, f.SetCellValue("Breaks", noteCol+"4", nil))
		try(t, f.SetCellStr("Breaks", "P5", "low, really"))
		try(t, f.SetCellStr("Breaks", noteCol+"5", "see severity"))
		try(t, f.SetCellStr("Breaks", resolutionCol+"1", "Solved?"))
	})
	edits, notes := said(t, edited, right)
	if diff := cmp.Diff([]string{"Breaks!S1 says Solved?, it should say Resolution", "Breaks!P5 says low, really, it should say low"}, edits); diff != "" {
		t.Errorf("edits (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Breaks: finance typed into the owner, resolution or note of 4 row(s); a run reads them"}, notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}
