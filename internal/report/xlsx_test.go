package report

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

func openBook(t testing.TB, r Result) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(filepath.Join(r.Dir, r.Workbook))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func cellAt(t testing.TB, f *excelize.File, sheet, ref string, raw bool) string {
	t.Helper()
	v, err := f.GetCellValue(sheet, ref, excelize.Options{RawCellValue: raw})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSheetsStandInOrderInEveryLanguage(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"Summary", "Charges", "Refunds", "Disputes", "Capture deadlines", "Expiring charges", "Expiring cards", "Breaks", "Changes", "Totals", "Audit"},
		"ja": {"概要", "課金", "返金", "異議申立て", "売上確定期限", "支払期限", "カード有効期限", "差異", "変更", "集計", "監査情報"},
		"th": {"สรุป", "รายการชำระเงิน", "การคืนเงิน", "ข้อพิพาท", "กำหนดเรียกเก็บวงเงิน", "รายการรอชำระใกล้หมดอายุ", "บัตรใกล้หมดอายุ", "รายการไม่ตรงกัน", "การเปลี่ยนแปลง", "ยอดรวม", "ข้อมูลตรวจสอบ"},
	} {
		o := sampleOptions(sampleDir(t))
		o.Language = lang
		f := openBook(t, mustWrite(t, o, sampleBook()))
		if diff := cmp.Diff(want, f.GetSheetList()); diff != "" {
			t.Errorf("%s: %s", lang, diff)
		}
	}
}

func TestCellsAreTyped(t *testing.T) {
	f := openBook(t, mustWrite(t, sampleOptions(sampleDir(t)), sampleBook()))
	for _, tc := range []struct {
		sheet, ref, raw, shown, format string
	}{
		{"Charges", "C2", "=1+1", "=1+1", "@"},
		{"Charges", "D2", "46346.385416666664", "2026-11-20 09:15:00", "yyyy-mm-dd hh:mm:ss"},
		{"Charges", "I2", "1234.50", "1,234.50", "#,##0.00"},
		{"Charges", "I4", "1200", "1,200", "#,##0"},
		{"Charges", "E3", "", "", ""},
		{"Charges", "C3", "line one\r\nline \"two\", end", "line one\r\nline \"two\", end", "@"},
		{"Charges", "D4", "46346.999988425923", "2026-11-20 23:59:59", "yyyy-mm-dd hh:mm:ss"},
		{"Charges", "X4", "break", "break", ""},
		{"Capture deadlines", "L2", "no", "no", ""},
		{"Capture deadlines", "I2", "-1", "-1", "#,##0"},
		{"Expiring cards", "F3", "0005", "0005", "@"},
		{"Expiring cards", "J2", "46356", "2026-11-30", "yyyy-mm-dd"},
		{"Changes", "I2", "1042", "1042", "0"},
		{"Changes", "F3", "-50.00", "-50.00", "#,##0.00"},
		{"Changes", "E4", "45991", "2025-11-30", "yyyy-mm-dd"},
		{"Totals", "C3", "captured", "captured", ""},
	} {
		at := tc.sheet + "!" + tc.ref
		if got := cellAt(t, f, tc.sheet, tc.ref, true); got != tc.raw && !sameNumber(got, tc.raw) {
			t.Errorf("%s holds %q, want %q", at, got, tc.raw)
		}
		if got := cellAt(t, f, tc.sheet, tc.ref, false); got != tc.shown {
			t.Errorf("%s shows %q, want %q", at, got, tc.shown)
		}
		if got := formatAt(t, f, tc.sheet, tc.ref); got != tc.format {
			t.Errorf("%s has format %q, want %q", at, got, tc.format)
		}
	}
}

// sameNumber forgives the last digit of a serial time.
func sameNumber(a, b string) bool { return len(a) > 15 && len(b) > 15 && a[:15] == b[:15] }

func formatAt(t testing.TB, f *excelize.File, sheet, ref string) string {
	t.Helper()
	st := styleAt(t, f, sheet, ref)
	if st.CustomNumFmt != nil {
		return *st.CustomNumFmt
	}
	return ""
}

func styleAt(t testing.TB, f *excelize.File, sheet, ref string) *excelize.Style {
	t.Helper()
	id, err := f.GetCellStyle(sheet, ref)
	if err != nil {
		t.Fatal(err)
	}
	st, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func TestEveryTableHasHeaderFreezeFilterAndWidths(t *testing.T) {
	f := openBook(t, mustWrite(t, sampleOptions(sampleDir(t)), sampleBook()))
	for _, table := range Tables() {
		sheet := table.Title.EN
		header, err := f.GetRows(sheet)
		if err != nil || len(header) == 0 {
			t.Fatalf("%s: %v", sheet, err)
		}
		for i, c := range table.Columns {
			if header[0][i] != c.Title.EN {
				t.Errorf("%s: header %q, want %q", sheet, header[0][i], c.Title.EN)
			}
		}
		if p, err := f.GetPanes(sheet); err != nil || !p.Freeze || p.YSplit != 1 {
			t.Errorf("%s: header not frozen: %+v %v", sheet, p, err)
		}
		if w, err := f.GetColWidth(sheet, "B"); err != nil || w != table.Columns[1].Width {
			t.Errorf("%s: width %v %v", sheet, w, err)
		}
		if !slices.ContainsFunc(f.GetDefinedName(), func(d excelize.DefinedName) bool {
			return d.Scope == sheet && d.Name == "_xlnm._FilterDatabase"
		}) {
			t.Errorf("%s: no filter", sheet)
		}
	}
}

func TestMarkedRowsAreColouredAndSayWhy(t *testing.T) {
	f := openBook(t, mustWrite(t, sampleOptions(sampleDir(t)), sampleBook()))
	for row, want := range map[int][2]string{
		2: {"lapsed", colourBad}, 3: {"overdue", colourBad}, 4: {"urgent", colourWarn}, 6: {"open", ""},
	} {
		word := cellAt(t, f, "Capture deadlines", fmt.Sprintf("K%d", row), false)
		if word != want[0] {
			t.Errorf("row %d says %q, want %q", row, word, want[0])
		}
		for _, col := range []string{"A", "E", "K", "P"} {
			got := strings.Join(styleAt(t, f, "Capture deadlines", fmt.Sprintf("%s%d", col, row)).Fill.Color, "")
			if got != want[1] {
				t.Errorf("%s%d (%s) is %q, want %q", col, row, word, got, want[1])
			}
		}
	}
}

func TestWordsAndDatesFollowTheLanguage(t *testing.T) {
	o := sampleOptions(sampleDir(t))
	o.Language, o.Calendar = "th", "buddhist"
	f := openBook(t, mustWrite(t, o, sampleBook()))
	if got := cellAt(t, f, "กำหนดเรียกเก็บวงเงิน", "K3", false); got != "เกินกำหนด" {
		t.Errorf("state is %q", got)
	}
	if got, want := formatAt(t, f, "บัตรใกล้หมดอายุ", "J2"), "[$-107041E]dd/mm/yyyy"; got != want {
		t.Errorf("date format %q, want %q", got, want)
	}
	if got := cellAt(t, f, "บัตรใกล้หมดอายุ", "J2", true); got != "46356" {
		t.Errorf("the date itself changed: %q", got)
	}
}

func TestSummarySaysTotalsDeadlinesAndActions(t *testing.T) {
	f := openBook(t, mustWrite(t, sampleOptions(sampleDir(t)), sampleBook()))
	rows, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	for _, r := range rows {
		fmt.Fprintln(&page, strings.Join(slices.DeleteFunc(r, func(s string) bool { return s == "" }), " | "))
	}
	for _, want := range []string{
		"Status | Partial",
		"As of | 2026-11-21 03:00:00 +07:00",
		"main | Asia/Bangkok | 2026-11-20 | 2026-11-20 | 2026-01-01 | 2026-11-21 03:00:12",
		"Authorised charges to capture now | urgent | 2 | Capture deadlines",
		"Unpaid charges past their expiry | overdue | 0 | Expiring charges",
		"main | THB | 1,234.50 | 234.50 | 0.00 | 1,000.00 | 0.00 | 0.00 | 22,800.25 | 0.00",
		"tokyo | JPY | 1,200 | 0 | 0 | 1,200 | 0 | 0 | 480,000 | 1,200",
		"main | 2026-11-21 | urgent | THB | 2 | 13,400.00",
		"tokyo | 2026-12-18 | open | JPY | 1 | 480,000",
	} {
		if !strings.Contains(page.String(), want+"\n") && !strings.Contains(page.String(), want+" | ") {
			t.Errorf("the page does not say %q:\n%s", want, page.String())
		}
	}
}

func TestChartsAreDrawnOnTheSummary(t *testing.T) {
	o := sampleOptions(sampleDir(t))
	f := openBook(t, mustWrite(t, o, sampleBook()))
	charts := 0
	f.Pkg.Range(func(k, _ any) bool {
		if strings.HasPrefix(k.(string), "xl/charts/chart") {
			charts++
		}
		return true
	})
	raw, _ := f.Pkg.Load("xl/worksheets/sheet1.xml")
	if charts != 2 || !strings.Contains(string(raw.([]byte)), "<drawing ") {
		t.Errorf("%d charts, want one per currency on the first sheet", charts)
	}
}

func TestMoreRowsThanASheetHoldsGoOnOnTheNext(t *testing.T) {
	o := sampleOptions(sampleDir(t))
	b := sampleBook()
	b.Tables[0].Rows = manyCharges(7)
	r, err := write(t.Context(), o, b, realDisk(), limits{rows: 4, bytes: maxSheetBytes})
	if err != nil {
		t.Fatal(err)
	}
	f := openBook(t, r)
	var ids []string
	for _, sheet := range []string{"Charges", "Charges 2", "Charges 3"} {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if rows[0][1] != "Charge ID" {
			t.Errorf("%s begins with %v", sheet, rows[0])
		}
		for _, row := range rows[1:] {
			ids = append(ids, row[2])
		}
	}
	if diff := cmp.Diff([]string{"ORDER-0", "ORDER-1", "ORDER-2", "ORDER-3", "ORDER-4", "ORDER-5", "ORDER-6"}, ids); diff != "" {
		t.Error(diff)
	}
	if got := f.GetSheetList()[:5]; !slices.Equal(got, []string{"Summary", "Charges", "Charges 2", "Charges 3", "Refunds"}) {
		t.Errorf("sheets %v", got)
	}
}

// textInSheet writes one text into a sheet and reads it back.
func textInSheet(t testing.TB, dir, s string) string {
	t.Helper()
	o := sampleOptions(dir)
	o.Formats = []string{FormatXLSX}
	b := sampleBook()
	row := slices.Clone(sampleCharges()[0])
	row[2] = TextCell(s)
	b.Tables = []Filled{{Table: charges(), Rows: rowsOf([][]Cell{row})}}
	return cellAt(t, openBook(t, mustWrite(t, o, b)), "Charges", "C2", false)
}

func TestTextThatXMLCannotHold(t *testing.T) {
	for in, want := range map[string]string{
		"a\x00b\x0bc": "a\x00b\x0bc",
		"\xff\xfe":    "\uFFFD",
		"\uFFFE":      "\uFFFE",
		"_x0041_":     "_x0041_",
		"_x005F_":     "_x005F_",
		"<&>\"'":      "<&>\"'",
		"  two  ":     "  two  ",
		"\r\n\t":      "\r\n\t",
		"สวัสดี 😀":    "สวัสดี 😀",
	} {
		if got := textInSheet(t, sampleDir(t), in); got != want {
			t.Errorf("%q came back as %q, want %q", in, got, want)
		}
	}
}

func TestLongTextIsCutInTheWorkbookOnly(t *testing.T) {
	long := strings.Repeat("a", maxCellText-1) + "😀" + "b"
	if got := textInSheet(t, sampleDir(t), long); got != long[:maxCellText-1] {
		t.Errorf("%d bytes, want %d", len(got), maxCellText-1)
	}
	if got := TextCell(long).String(); got != long {
		t.Error("cut in CSV too")
	}
}

func TestAmountsStandDigitForDigit(t *testing.T) {
	s, err := newSpeech("en", "")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64().Draw(t, "minor")
		c := AmountCell(minor, "THB")
		if got := s.value(c).number; got != c.String() {
			t.Fatalf("%s became %s", c, got)
		}
	})
}

func TestBigAmountReadsBack(t *testing.T) {
	b := sampleBook()
	row := slices.Clone(sampleCharges()[0])
	row[8] = thb(1<<53 - 1)
	b.Tables = []Filled{{Table: charges(), Rows: rowsOf([][]Cell{row})}}
	f := openBook(t, mustWrite(t, sampleOptions(sampleDir(t)), b))
	if got := cellAt(t, f, "Charges", "I2", true); got != "90071992547409.91" {
		t.Errorf("got %s", got)
	}
}

func TestSerialIsTheWallClock(t *testing.T) {
	for in, want := range map[time.Time]string{
		time.Date(2026, 11, 20, 12, 0, 0, 0, bangkok()):      "46346.5",
		time.Date(2026, 11, 20, 12, 0, 0, 0, tokyo()):        "46346.5",
		time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC):          "61",
		time.Date(1900, 2, 28, 0, 0, 0, 0, time.UTC):         "",
		time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC):         "",
		time.Date(9999, 12, 31, 12, 0, 0, 999_999, time.UTC): "2958465.5",
		time.Date(2026, 11, 20, 12, 0, 0, 999_999, tokyo()):  "46346.5",
	} {
		if got := serial(in); got != want {
			t.Errorf("serial(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestEqualInputGivesEqualBytes(t *testing.T) {
	parent := t.TempDir()
	var want []File
	for i := range 6 {
		old := runtime.GOMAXPROCS(1 + i%2*3)
		o := sampleOptions(filepath.Join(parent, fmt.Sprint(i), "2026-11-20"))
		r, err := Write(context.Background(), o, sampleBook())
		runtime.GOMAXPROCS(old)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = r.Files
		}
		if diff := cmp.Diff(want, r.Files); diff != "" {
			t.Fatalf("pass %d:\n%s", i, diff)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	for b.Loop() {
		book := sampleBook()
		book.Tables[0].Rows = manyCharges(100_000)
		mustWrite(b, sampleOptions(sampleDir(b)), book)
	}
}

// The Summary must not sum over currencies: a page with two has two figures.
func TestNoFigureMixesCurrencies(t *testing.T) {
	d := newDigest()
	observe := d.observer(captureDeadlines())
	for _, row := range sampleDeadlines() {
		observe(row)
	}
	same := slices.Clone(sampleDeadlines()[4])
	same[4], same[5] = AmountCell(5, "USD"), wd("USD")
	observe(same)
	v := d.pivot()
	day := time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)
	if got := v.amounts[day]; got["THB"] != 790025 || got["USD"] != 5 || len(v.currencies) != 3 {
		t.Errorf("%v on %s, currencies %v", got, day, v.currencies)
	}
}
