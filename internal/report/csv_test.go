package report

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func csvOf(t interface{ Fatal(...any) }, table Table, rows ...[]Cell) string {
	var buf bytes.Buffer
	f, err := newCSV(&buf, table, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := f.write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.flush(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// readCSV is RFC 4180 by the letter. encoding/csv is no judge here: it drops
// carriage returns inside of quotes.
func readCSV(s string) [][]string {
	var rows [][]string
	var row []string
	var field strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '"' && i+1 < len(s) && s[i+1] == '"':
			field.WriteByte('"')
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
			field.WriteByte(c)
		case c == ',':
			row = append(row, field.String())
			field.Reset()
		case c == '\r' && i+1 < len(s) && s[i+1] == '\n':
			rows = append(rows, append(row, field.String()))
			row = nil
			field.Reset()
			i++
		default:
			field.WriteByte(c)
		}
	}
	return rows
}

func unguard(s string) string { return strings.TrimPrefix(s, "'") }

func oneColumn() Table { return Table{Columns: []Column{{Name: "a"}, {Name: "b"}}} }

func TestGuard(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+66": "'+66", "-5": "'-5", "@x": "'@x",
		"＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠x": "'＠x",
		"\tx": "'\tx", "'x": "''x", "'": "''", "''=": "'''=",
		"a=1": "a=1", " =1": " =1", "": "", "0012": "0012",
	} {
		got := readCSV(csvOf(t, oneColumn(), []Cell{TextCell(in), WordCell("w")}))[1][0]
		if got != want {
			t.Errorf("%q is written as %q, want %q", in, got, want)
		}
	}
}

func TestOurOwnCellsAreNeverGuarded(t *testing.T) {
	row := []Cell{AmountCell(-550, "THB"), CountCell(-3)}
	if got, want := csvOf(t, oneColumn(), row), "a,b\r\n-5.50,-3\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := csvOf(t, oneColumn(), []Cell{WordCell("-"), {}}); got != "a,b\r\n-,\r\n" {
		t.Errorf("a word came out as %q", got)
	}
}

func TestTakingOneApostropheOffGivesTheTextBack(t *testing.T) {
	start := rapid.SampledFrom([]string{"", "=", "+", "-", "@", "＝", "＠", "\t", "\r", "\n", "'", "''", "\r\n", "\"", "'="})
	rapid.Check(t, func(t *rapid.T) {
		want := make([]string, 2)
		row := make([]Cell, 2)
		for i := range row {
			want[i] = strings.ToValidUTF8(start.Draw(t, "start")+rapid.String().Draw(t, "rest"), "\uFFFD")
			row[i] = TextCell(want[i])
		}
		rows := readCSV(csvOf(t, oneColumn(), row, row))
		if len(rows) != 3 {
			t.Fatalf("%d lines, want 3", len(rows))
		}
		for i, field := range rows[2] {
			got := field
			if needsGuard(want[i]) {
				got = unguard(field)
			} else if strings.HasPrefix(field, "'") {
				t.Fatalf("%q was guarded for nothing", want[i])
			}
			if got != want[i] {
				t.Fatalf("%q came back as %q", want[i], got)
			}
		}
	})
}

func TestEveryGuardedFieldIsUnguardedByTheSameRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("='＝-+@\t\r\na"))).Draw(t, "s")
		field := readCSV(csvOf(t, oneColumn(), []Cell{TextCell(s), {}}))[1][0]
		if got := unguard(field); got != s { // without knowing whether it was guarded
			t.Fatalf("%q came back as %q", s, got)
		}
	})
}

func TestCellsInCSV(t *testing.T) {
	zone := time.FixedZone("", 9*3600)
	for _, tc := range []struct {
		cell Cell
		want string
	}{
		{Cell{}, ""},
		{TextCell("a\xffb"), "a\uFFFDb"},
		{AmountCell(123450, "THB"), "1234.50"},
		{AmountCell(1234, "JPY"), "1234"},
		{AmountCell(1<<53, "THB"), "90071992547409.92"},
		{TimeCell(time.Date(2026, 11, 20, 1, 2, 3, 0, zone)), "2026-11-20T01:02:03+09:00"},
		{TimeCell(time.Time{}), ""},
		{DateCell(2026, 11, 30), "2026-11-30"},
		{YesNoCell(true), "yes"},
		{YesNoCell(false), "no"},
	} {
		if got := tc.cell.String(); got != tc.want || !utf8.ValidString(got) {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}

func TestLineEndsInsideAValueStay(t *testing.T) {
	want := [][]string{{"a", "b"}, {"x\ny", "x\r\ny\rz"}}
	got := readCSV(csvOf(t, oneColumn(), []Cell{TextCell("x\ny"), TextCell("x\r\ny\rz")}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
