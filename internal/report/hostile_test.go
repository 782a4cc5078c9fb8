package report

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// hostileTexts is what people outside may write into a description, a name or
// an e-mail, and ids that no Omise gives.
func hostileTexts() []string {
	return []string{
		`=cmd|' /C calc'!A0`, "=1+1", "+1", "-1", "@SUM(1)", "＝1+1", "＋1", "－1", "＠x", "\t=1", "\r=1", "\n=1", "'=1", "''", `=HYPERLINK("http://evil.example","x")`,
		`","=1+1`, "a\r\n=1+1", "\"\r\n=1+1", "a;=1+1", "\ufeff=1+1", "\u200b=1+1", " =1+1", "\u00a0=1+1",
		"</t></is></c><c><f>1+1</f></c>", "]]>", "<!ENTITY x>", "&amp;", "&#0;", "_x0000_", "_x000D_", "_x005F_x000D_", "_xD800_",
		"\x00", "nul\x00inside", "\x0b\x0c\x1f\x7f", "\ufffe\uffff", "\xff\xfe", "\xed\xa0\x80", "\U0010ffff", "\u202eltr", "\u2028\u2029", "&D&T&F&\"Arial\"",
		"../../../etc/passwd", `..\..\x`, "/", ".", "", " ", "\n", strings.Repeat("=", 40_000), strings.Repeat("\U0001F600", maxCellText/2+1),
	}
}

// hostileBook has a row for every hostile text in every table, with this text
// in all its text cells.
func hostileBook() Book {
	b := sampleBook()
	const name = "=1+1<&\"\x00\u202e&D"
	b.Accounts[0].Name, b.Version = name, name
	b.Replaces, b.Notices, b.Unproven, b.Tables = hostileTexts(), hostileTexts(), nil, nil
	for _, text := range hostileTexts() {
		b.Unproven = append(b.Unproven, Unproven{Account: text, List: text, From: b.AsOf, To: b.AsOf, Reason: text})
	}
	sample := sampleRows()
	for _, t := range Tables() {
		b.Tables = append(b.Tables, Filled{Table: t, Rows: rowsOf(hostileRows(sample[t.Name][0]))})
	}
	return b
}

func hostileRows(sample []Cell) [][]Cell {
	var rows [][]Cell
	for _, text := range hostileTexts() {
		row := slices.Clone(sample)
		for i, c := range row {
			if c.set && c.kind == Text {
				row[i] = TextCell(text)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// TestHostileCells writes hostile texts into every file of a report and reads
// them back by rules of its own.
func TestHostileCells(t *testing.T) {
	dir := sampleDir(t)
	r := mustWrite(t, sampleOptions(dir), hostileBook())
	for name, content := range tree(t, dir) {
		switch filepath.Ext(name) {
		case ".csv":
			wantGuarded(t, name, content)
		case ".json":
			wantManifest(t, content)
		}
	}
	f := wantTyped(t, filepath.Join(dir, r.Workbook))
	for i, text := range hostileTexts() {
		ref := fmt.Sprintf("B%d", i+2)
		kind, err := f.GetCellType("Charges", ref)
		if text != "" && (err != nil || kind != excelize.CellTypeInlineString) {
			t.Errorf("%.40q: the cell is of the type %v, %v", text, kind, err)
		}
		if got := cellAt(t, f, "Charges", ref, true); len(text) < 100 && got != valid(text) {
			t.Errorf("the workbook's cell holds %.40q, want %.40q", got, text)
		}
	}
}

func valid(text string) string { return strings.ToValidUTF8(text, "\ufffd") }

// wantGuarded holds that every text comes back by taking one apostrophe off,
// and that no cell begins as a formula does.
func wantGuarded(t *testing.T, name, content string) {
	t.Helper()
	rows := readCSV(strings.TrimPrefix(content, byteOrderMark))
	table, texts := tableNamed(strings.TrimSuffix(name, ".csv")), hostileTexts()
	if len(rows) != len(texts)+1 {
		t.Fatalf("%s: %d rows of %d texts", name, len(rows)-1, len(texts))
	}
	for n, row := range rows[1:] {
		if len(row) != len(table.Columns) {
			t.Fatalf("%s with %.40q: a row of %d cells", name, texts[n], len(row))
		}
		if account := row[0]; unguard(account) != valid(texts[n]) {
			t.Errorf("%s: the account reads back as %.40q, want %.40q", name, account, texts[n])
		}
		for i, c := range table.Columns {
			if (c.Kind == Text || c.Kind == Word) && firstRune(row[i]) != "" && strings.Contains("=+-@＝＋－＠\t\r\n", firstRune(row[i])) {
				t.Errorf("%s: %s is the formula %.40q", name, c.Name, row[i])
			}
		}
	}
}

func tableNamed(name string) Table {
	for _, t := range Tables() {
		if t.Name == name {
			return t
		}
	}
	return Table{}
}

func firstRune(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}

func wantManifest(t *testing.T, content string) {
	t.Helper()
	var m manifest
	if err := json.Unmarshal([]byte(content), &m); err != nil {
		t.Fatalf("%v in %.200s", err, content)
	}
	for i, text := range hostileTexts() {
		if got := m.Unproven[i].Reason; got != text && utf8.ValidString(text) {
			t.Errorf("the manifest's reason is %.40q, want %.40q", got, text)
		}
	}
}

// wantTyped holds that every part of a workbook is XML and no cell a formula.
func wantTyped(t *testing.T, path string) *excelize.File {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range z.File {
		part, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		wantXML(t, entry.Name, part)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func wantXML(t *testing.T, name string, part io.Reader) {
	t.Helper()
	decoder := xml.NewDecoder(part)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if strings.HasPrefix(name, "xl/worksheets/") && start.Name.Local == "f" {
			t.Errorf("%s: there is a formula", name)
		}
		for _, a := range start.Attr {
			if a.Name.Local == "TargetMode" && a.Value == "External" {
				t.Errorf("%s: it leads out of the workbook", name)
			}
		}
	}
}

// A folder's name goes into the workbook's name and its pages.
func TestHostileFolderNames(t *testing.T) {
	for _, name := range []string{"=1+1", "-rf", `a'"b`, "a&<b>&D", strings.Repeat("n", 200), "..."} {
		parent := t.TempDir()
		r := mustWrite(t, sampleOptions(filepath.Join(parent, name)), sampleBook())
		entries, err := os.ReadDir(parent)
		if err != nil || len(entries) != 1 || entries[0].Name() != name || r.Workbook != "reconciliation-"+name+".xlsx" {
			t.Errorf("%q: %v %v, workbook %q", name, entries, err, r.Workbook)
		}
		wantTyped(t, filepath.Join(parent, name, r.Workbook))
	}
}

// planted is a shared folder of reports, a file and a folder outside of it, and
// what holds that both stay as they are.
func planted(t *testing.T) (dir, victim, elsewhere string, untouched func(what string)) {
	t.Helper()
	dir, outside := sampleDir(t), t.TempDir()
	victim, elsewhere = filepath.Join(outside, "victim"), filepath.Join(outside, "elsewhere")
	put(t, victim, "somebody else's")
	put(t, filepath.Join(elsewhere, "others.csv"), "somebody else's")
	put(t, filepath.Join(elsewhere, manifestName), `{"files":{"others.csv":{}}}`)
	put(t, filepath.Join(dir, "x"), "")
	if err := os.Remove(filepath.Join(dir, "x")); err != nil {
		t.Fatal(err)
	}
	before := tree(t, outside)
	return dir, victim, elsewhere, func(what string) {
		t.Helper()
		after := tree(t, outside)
		if len(after) != len(before) {
			t.Errorf("%s: outside there are %q", what, names(after))
		}
		for name, text := range before {
			if after[name] != text {
				t.Errorf("%s: %s outside was changed", what, name)
			}
		}
	}
}

// TestLinksThatOthersPlanted puts links that lead outside wherever a report
// touches its folder. Whether the report is written or refused, nothing outside
// is.
func TestLinksThatOthersPlanted(t *testing.T) {
	for _, at := range []string{
		".new-42", ".old-2026-11-20", "2026-11-20", "2026-11-20/manifest.json", "2026-11-20/charges.csv", "2026-11-20/reconciliation-2026-11-20.xlsx",
		"2026-11-20/.~lock.reconciliation-2026-11-20.xlsx#", "2026-11-20/notes", ".new-7",
	} {
		plantOne(t, at, false, true)
		plantOne(t, at, true, false)
	}
}

// plantOne plants one link, in a folder that holds a report or none, to a file
// or a folder.
func plantOne(t *testing.T, at string, written, folder bool) {
	t.Helper()
	dir, victim, elsewhere, untouched := planted(t)
	if written {
		mustWrite(t, csvOnly(dir), bookOfRun(41))
	}
	link := filepath.Join(filepath.Dir(dir), filepath.FromSlash(at))
	target := victim
	if folder {
		target = elsewhere
	}
	if err := os.RemoveAll(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	recoverErr := Recover(filepath.Dir(dir))
	result, err := Write(t.Context(), csvOnly(dir), bookOfRun(42))
	untouched(at)
	if err == nil && recoverErr == nil {
		wantOwnFiles(t, at, result)
	}
}

// wantOwnFiles holds that a report that was written is made of files of its
// own, not of links to others'.
func wantOwnFiles(t *testing.T, at string, r Result) {
	t.Helper()
	for _, f := range r.Files {
		info, err := os.Lstat(filepath.Join(r.Dir, f.Name))
		if err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s: %s is %v, %v", at, f.Name, info, err)
		}
	}
}

// A reports folder that is a link itself is followed: that is how people put it
// on another disk.
func TestReportsMayBeALink(t *testing.T) {
	real, link := t.TempDir(), filepath.Join(t.TempDir(), "reports")
	if err := os.Symlink(real, link); err != nil {
		t.Fatal(err)
	}
	for run := range int64(2) {
		mustWrite(t, csvOnly(filepath.Join(link, "2026-11-20")), bookOfRun(run+1))
	}
	if got := names(tree(t, real)); len(got) != 10 {
		t.Errorf("behind the link there are %q", got)
	}
}
