package records

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSheets(t *testing.T) {
	f := workbookFile(t, func(f *excelize.File) {
		for i, name := range []string{"hidden", "very hidden", "Orders", "ใบสั่งซื้อ"} {
			_, err := f.NewSheet(name)
			must(t, err)
			fillSheet(t, f, name, [][]cell{line("order_id"), line(fmt.Sprint("order of ", i))})
		}
		must(t, f.DeleteSheet("Sheet1"))
		f.SetActiveSheet(2)
		must(t, f.SetSheetVisible("hidden", false), f.SetSheetVisible("very hidden", false, true))
	})
	for _, tc := range []struct{ sheet, read, record string }{
		{"", "Orders", "2: order of 2 - - - () - -"},
		{"ใบสั่งซื้อ", "ใบสั่งซื้อ", "2: order of 3 - - - () - -"},
		{"very hidden", "very hidden", "2: order of 1 - - - () - -"},
	} {
		reading, sink, err := readWith(Source{Sheet: tc.sheet}, f)
		if err != nil || reading.Sheet != tc.read || !slices.Equal(sink.records, []string{tc.record}) {
			t.Errorf("sheet %q: %q, %v, %v", tc.sheet, reading.Sheet, sink.records, err)
		}
	}
	_, _, err := readWith(Source{Sheet: "orders"}, f)
	if err == nil || !strings.Contains(err.Error(), `no sheet "orders"; there are: "hidden", "very hidden", "Orders", "ใบสั่งซื้อ"`) {
		t.Errorf("a sheet that is not there: %v", err)
	}
}

// TestWhatExcelDoesToABook has a merged title and header, hidden rows and
// columns, dates, formulas, padded numbers, and what a person types.
func TestWhatExcelDoesToABook(t *testing.T) {
	f := workbookFile(t, func(f *excelize.File) {
		const s = "Sheet1"
		must(t, f.SetCellStr(s, "A1", "Orders of November"), f.MergeCell(s, "A1", "F1"))
		for at, text := range map[string]string{"A3": "Order ID", "B3": "Charge ID", "D3": "Total", "E3": "Refunded", "F3": "Date", "G3": "Status"} {
			must(t, f.SetCellStr(s, at, text))
		}
		must(t, f.MergeCell(s, "B3", "C3"), f.SetColVisible(s, "B", false))
		zeros := "000000000"
		padded, err := f.NewStyle(&excelize.Style{CustomNumFmt: &zeros})
		must(t, err)
		date, err := f.NewStyle(&excelize.Style{NumFmt: 22})
		must(t, err)
		must(t,
			f.SetCellInt(s, "A4", 16), f.SetCellStyle(s, "A4", "A4", padded), f.SetCellStr(s, "B4", "chrg_1"),
			f.SetCellFloat(s, "D4", 1234.5, -1, 64), f.SetCellBool(s, "E4", false),
			f.SetCellValue(s, "F4", time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)), f.SetCellStyle(s, "F4", "F4", date),
			f.SetCellRichText(s, "G4", []excelize.RichTextRun{{Text: "pa"}, {Text: "id"}}),
			f.SetRowVisible(s, 4, false),

			f.SetCellInt(s, "A6", 17), f.SetCellDefault(s, "D6", "1234.4999999999999"),
			f.SetCellInt(s, "A7", 18), f.SetCellFormula(s, "D7", "D4*1"),
			f.SetCellInt(s, "A8", 19), f.SetCellDefault(s, "D8", "5"), f.SetCellFormula(s, "H8", "D4*1"),
			f.SetCellDefault(s, "A9", "1.2345678901E10"), f.SetCellStr(s, "F9", "2026-11-01 10:00"),
			f.SetCellDefault(s, "A10", "1.23456789012345678E17"),
			f.SetCellBool(s, "A11", true),
		)
	})
	reading, sink, err := readWith(Source{Currency: "THB", Zone: place("Asia/Bangkok")}, f)
	must(t, err)
	want := []string{
		"4: 000000016 chrg_1 123450 THB paid - 2026-11-01T03:00:00Z",
		"6: 17 - 123450 THB () - -",
		"8: 19 - 500 THB () - -",
		"9: 12345678901 - - - () - 2026-11-01T03:00:00Z",
	}
	if d := cmp.Diff(want, sink.records); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
	want = []string{`7: amount ""`, `10: order_ref "1.23456789012345678E17"`, `11: row ""`}
	if d := cmp.Diff(want, sink.unreadable); d != "" {
		t.Errorf("unreadable (-want +got):\n%s", d)
	}
	if reason := sink.rows[0].Reason; !strings.Contains(reason, "open the file in Excel") {
		t.Errorf("a formula without a result: %s", reason)
	}
	if reading.Format != xlsxFormat || reading.Sheet != "Sheet1" || reading.Rows != 7 || len(reading.SHA256) != 64 {
		t.Errorf("%+v", reading)
	}
}

// parts are the smallest workbook, one part of which a test may change.
func parts(change map[string]string) map[string]string {
	all := map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="rId1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="http://x/chartsheet" Target="chartsheets/sheet1.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="http://r"><sheets><sheet name="Chart" sheetId="2" r:id="rId3"/><sheet name="Orders" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/sharedStrings.xml":       `<sst><si><t>order_id</t></si><si><t>total</t></si></sst>`,
		"xl/worksheets/sheet1.xml":   sheetXML(`<row><c t="inlineStr"><is><t>7</t></is></c><c><v>5</v></c></row>`),
	}
	maps.Copy(all, change)
	return all
}

// sheetXML has a header, order_id and total, above the rows.
func sheetXML(rows string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>` + rows + `</sheetData></worksheet>`
}

func zipFile(t testing.TB, parts map[string]string) File {
	t.Helper()
	return file(t, "books.xlsx", string(zipped(t, parts)))
}

func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		part, err := w.Create(name)
		must(t, err)
		_, err = part.Write([]byte(parts[name]))
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

func TestWorkbooksOfOtherPrograms(t *testing.T) {
	for name, tc := range map[string]struct {
		change map[string]string
		want   []string
	}{
		"the smallest": {nil, []string{"2: 7 - 500 THB () - -"}},
		"names with a prefix": {map[string]string{"xl/worksheets/sheet1.xml": strings.NewReplacer("</", "</x:", "<r", "<x:r", "<c", "<x:c", "<v", "<x:v", "<is", "<x:is", "<t>", "<x:t>", "<s", "<x:s", "<w", "<x:w").
			Replace(sheetXML(`<row><c t="str"><v>7</v></c></row>`))}, []string{"2: 7 - - - () - -"}},
		"gaps": {
			map[string]string{"xl/worksheets/sheet1.xml": sheetXML(`<row r="9"><c r="B9"><v>5</v></c><c r="A9" t="str"><v>7</v></c></row><row/><row><c/><c t="str"><f>A9</f><v></v></c></row><row><c t="str"><v>7</v></c><c><f>B9+1</f><v>6.0000000000000001</v></c></row><row><c t="str"><v>8</v></c></row>`)},
			[]string{"9: 7 - 500 THB () - -", "12: 7 - 600 THB () - -", "13: 8 - - - () - -"},
		},
		"phonetic readings and escapes": {map[string]string{
			"xl/sharedStrings.xml":     `<sst><si><r><t>order</t></r><rPh sb="0" eb="2"><t>オーダー</t></rPh><r><t xml:space="preserve"> id</t></r></si><si><t>total</t></si><si><t>a_x000A_b_x5F</t></si></sst>`,
			"xl/worksheets/sheet1.xml": sheetXML(`<row><c t="s"><v>2</v></c></row>`),
		}, []string{"2: a\nb_x5F - - - () - -"}},
		"an ISO date and another era's days": {map[string]string{
			"xl/workbook.xml":          `<workbook xmlns:r="http://r"><workbookPr date1904="1"/><sheets><sheet name="Orders" r:id="rId1"/></sheets></workbook>`,
			"xl/sharedStrings.xml":     `<sst><si><t>order_id</t></si><si><t>created_at</t></si></sst>`,
			"xl/worksheets/sheet1.xml": sheetXML(`<row><c t="str"><v>7</v></c><c><v>44865.5</v></c></row><row><c t="str"><v>8</v></c><c t="d"><v>2026-11-01T12:00:00</v></c></row>`),
		}, []string{"2: 7 - - - () - 2026-11-01T12:00:00Z", "3: 8 - - - () - 2026-11-01T12:00:00Z"}},
		"no shared texts": {map[string]string{
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets\Sheet1.xml"/></Relationships>`,
			"xl/worksheets/sheet1.xml":   `<worksheet><row><c t="str"><v>order_id</v></c></row><row><c t="str"><v>7</v></c></row></worksheet>`,
		}, []string{"2: 7 - - - () - -"}},
	} {
		_, sink, err := readWith(Source{Currency: "THB"}, zipFile(t, parts(tc.change)))
		if err != nil || len(sink.unreadable) > 0 || !slices.Equal(sink.records, tc.want) {
			t.Errorf("%s: %q, %v, %v; want %q", name, sink.records, sink.unreadable, err, tc.want)
		}
	}
}

func TestCellsThatCannotBeRead(t *testing.T) {
	for cellXML, says := range map[string]string{
		`<c t="e"><f>1/0</f><v>#DIV/0!</v></c>`:    "is an error of a formula",
		`<c t="e"><v>#N/A</v></c>`:                 "is an error of a formula",
		`<c t="str"><f>A1</f></c>`:                 "whose result is not stored",
		`<c><f>A1</f></c>`:                         "whose result is not stored",
		`<c><f t="shared" si="0"/><v></v></c>`:     "whose result is not stored",
		`<c t="s"><v>99</v></c>`:                   "that the workbook does not hold",
		`<c t="s"><v>-1</v></c>`:                   "that the workbook does not hold",
		`<c t="b"><v>1</v></c>`:                    "is true or false",
		`<c t="inlineStr"><is><t>ten</t></is></c>`: "is not an amount",
		`<c><v>1234.567</v></c>`:                   "more decimals",
		`<c><v>1E300</v></c>`:                      "more digits",
	} {
		f := zipFile(t, parts(map[string]string{"xl/worksheets/sheet1.xml": sheetXML(`<row><c t="str"><v>7</v></c>` + cellXML + `</row>`)}))
		_, sink, err := readWith(Source{Currency: "THB"}, f)
		if err != nil || len(sink.rows) != 1 || !strings.Contains(sink.rows[0].Reason, says) {
			t.Errorf("%s: %v, %v, %v; want %q", cellXML, sink.records, sink.rows, err, says)
		}
	}
}

func TestRowOfAFormulaAloneIsNoBlankRow(t *testing.T) {
	f := zipFile(t, parts(map[string]string{"xl/worksheets/sheet1.xml": sheetXML(`<row><c><f>A1</f></c></row>`)}))
	reading, sink, err := readWith(Source{}, f)
	if err != nil || reading.Rows != 1 || len(sink.rows) != 1 || !strings.Contains(sink.rows[0].Reason, "not stored") {
		t.Errorf("%+v, %v, %v", reading, sink.rows, err)
	}
}

func TestWorkbooksThatCannotBeRead(t *testing.T) {
	for name, tc := range map[string]struct {
		change map[string]string
		says   string
	}{
		"no rows":                 {map[string]string{"xl/worksheets/sheet1.xml": `<worksheet/>`}, "the file is empty"},
		"cut off":                 {map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><row><c>`}, "cannot be read"},
		"no XML":                  {map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><row a=<`}, "cannot be read"},
		"no workbook":             {map[string]string{"_rels/.rels": `<Relationships/>`}, "lacks its part"},
		"no sheet that is shown":  {map[string]string{"xl/workbook.xml": `<workbook xmlns:r="http://r"><sheets><sheet name="A" r:id="rId1" state="hidden"/></sheets></workbook>`}, `shows no sheet; name a hidden one in ` + "`sheet`: \"A\""},
		"a sheet without a part":  {map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="gone.xml"/></Relationships>`}, `lacks its part "xl/gone.xml"`},
		"a column beyond Excel's": {map[string]string{"xl/worksheets/sheet1.xml": sheetXML(`<row><c r="ZZZZZZZZZZZZZZZZZZZZ1"/></row>`)}, "stands in no column"},
		"broken texts":            {map[string]string{"xl/sharedStrings.xml": `<sst><si><t>x`}, "cannot be read"},
		"broken styles": {map[string]string{
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/styles" Target="styles.xml"/></Relationships>`,
			"xl/styles.xml":              `<styleSheet><numFmts>`,
		}, "cannot be read"},
	} {
		_, _, err := readWith(Source{Currency: "THB"}, zipFile(t, parts(tc.change)))
		if err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v; want %q", name, err, tc.says)
		}
	}
	for text, says := range map[string]string{"": "no workbook that can be opened", "PK\x03\x04 and no more": "no workbook that can be opened", "order_id,total\n": "no workbook that can be opened"} {
		_, _, err := readWith(Source{}, file(t, "books.xlsx", text))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v; want %q", text, err, says)
		}
	}
}
