package records

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestDelimiters(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"a.csv", "order_id,total\n1,5\n", ","},
		{"a.csv", "order_id;total\n1;5\n", ";"},
		{"a.csv", "order_id\ttotal\n1\t5\n", "tab"},
		{"a.tsv", "order_id\ttotal,x\n1\t5\n", "tab"},
		{"a.csv", "sep=;\norder_id;total\n1;5\n", ";"},
		{"a.csv", "\"order_id\";\"a,b,c,d\"\n1;5\n", ";"},
		{"a.csv", "Orders, refunds, and more; 2026\n\norder_id;total;status\n1;5;paid\n", ";"},
		{"a.csv", "order_id\n1\n", ","},
		{"a.txt", "order_id;total\r\n1;5\r\n", ";"},
	} {
		reading, sink, err := readText(t, tc.name, tc.text)
		if err != nil || reading.Delimiter != tc.want || len(sink.records) != 1 {
			t.Errorf("%q: %q, %v, %v; want %q", tc.text, reading.Delimiter, sink.records, err, tc.want)
		}
	}
}

func TestCommasInAmountsOfFilesWithSemicolons(t *testing.T) {
	_, sink, err := readText(t, "a.csv", "order_id;total\n1;12,50\n2;1.234,50\n3;1,234\n")
	if diff := cmp.Diff([]string{"2: 1 - 1250 THB () - -", "3: 2 - 123450 THB () - -"}, sink.records); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{`4: amount "1,234"`}, sink.unreadable); diff != "" {
		t.Error(diff)
	}
}

func TestRowsAreNumberedAsInASpreadsheet(t *testing.T) {
	_, sink, err := readText(t, "a.csv", "Orders\n\norder_id,total,memo\n1,5,\"a\nb\nc\"\n\n2,5,\n3,5,a \"b\"\n4,5,\"x\n\"y\n5,5,z\n")
	if diff := cmp.Diff([]string{"4: 1 - 500 THB () - -", "6: 2 - 500 THB () - -", "9: 5 - 500 THB () - -"}, sink.records); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{`7: row ""`, `8: row ""`}, sink.unreadable); diff != "" {
		t.Error(diff)
	}
}

func TestIdsWrappedInFormulas(t *testing.T) {
	_, sink, err := readText(t, "a.csv", "order_id,total\n\"=\"\"000123\"\"\",5\n=,6\n\"=\"\"\",7\n")
	want := []string{"2: 000123 - 500 THB () - -", "3: = - 600 THB () - -", `4: =" - 700 THB () - -`}
	if diff := cmp.Diff(want, sink.records); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestRowsOfAnotherWidth(t *testing.T) {
	_, sink, err := readText(t, "a.csv", "order_id,total\n1\n2,5,,,\n3,5,6\n4,1,234.50\n")
	if diff := cmp.Diff([]string{"2: 1 - - - () - -", "3: 2 - 500 THB () - -"}, sink.records); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{`4: row ""`, `5: row ""`}, sink.unreadable); diff != "" {
		t.Error(diff)
	}
}

func TestHeaderBelowOtherRows(t *testing.T) {
	title := strings.Repeat("Orders,of\n", maxAbove-1)
	for text, read := range map[string]bool{
		title + "order_id,total\n1,5\n":            true,
		title + "more\norder_id,total\n1,5\n":      false,
		"Order,id,,\norder_id,total,status\n1,5\n": true,
	} {
		_, sink, err := readText(t, "a.csv", text)
		if (err == nil) != read || (read && len(sink.records) != 1) {
			t.Errorf("%.30q...: %v, %v", text, sink.records, err)
		}
	}
}

func TestTextFilesThatCannotBeRead(t *testing.T) {
	for _, tc := range []struct{ name, text, says string }{
		{"a.csv", "", "the file is empty"},
		{"a.tsv", "\ufeff", "the file is empty"},
		{"a.csv", "\n\r\n , \n", "the file is empty"},
		{"a.csv", "a;b\n1;2\n", `there are: "a", "b"`},
		{"a.csv", "order_id,memo\n1,x\n2,\"cut off\nand on\n", "row that begins on line 3 and is never closed"},
		{"a.csv", "order_id,memo\n1,x\n2,\"" + strings.Repeat("x\n", maxRow), "below line 2 a row is longer than 4 MiB"},
		{"a.csv", "order_id,memo\n1,x\n2,\xe9\n", "line 3 holds bytes that are no utf-8 text; set `encoding`"},
		{"a.csv.gz", "\x1f\x8b\x08\x00", "unpack it first"},
		{"a.xls", "\xd0\xcf\x11\xe0", "save it as .xlsx"},
	} {
		_, _, err := readText(t, tc.name, tc.text)
		if err == nil || !strings.Contains(err.Error(), tc.says) || !strings.HasPrefix(err.Error(), "records orders: read ") {
			t.Errorf("%.30q: %v; want %q", tc.text, err, tc.says)
		}
	}
}

func TestHeaderAloneIsNoError(t *testing.T) {
	reading, sink, err := readText(t, "a.csv", "order_id,total\n")
	if err != nil || reading.Rows != 0 || len(sink.records) != 0 || len(reading.Columns) != 2 {
		t.Errorf("%+v, %v", reading, err)
	}
}

func TestBytesOutsideTheEncoding(t *testing.T) {
	for _, tc := range []struct{ encoding, text, says string }{
		{"shift_jis", "order_id\n\x92\x8d\n\x83", "line 3 holds bytes that are no shift_jis text"},
		{"shift_jis", "order_id\n\xfd\n", "line 2 holds bytes that are no shift_jis text"},
		{"windows-874", "order_id\n\xa1\n\xff\n", "line 3 holds bytes that are no windows-874 text"},
		{"", "\xff\xfeo\x00\n\x00\x00\xd8\n\x00", "line 2 holds bytes that are no utf-16 text"},
		{"latin-1", "order_id\n", `unknown encoding "latin-1"`},
		{"", "order_id\n1\n" + strings.Repeat("12345\n", 20_000) + "\xff\n", "line 20003 holds bytes"},
		{"shift_jis", "order_id\n1\n" + strings.Repeat("12345\n", 20_000) + "\xff\n", "line 20003 holds bytes"},
	} {
		_, _, err := readWith(Source{Encoding: tc.encoding}, file(t, "a.csv", tc.text))
		if err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s %.20q: %v; want %q", tc.encoding, tc.text, err, tc.says)
		}
	}
}

func TestReplacementCharactersAcrossReads(t *testing.T) {
	for name, reader := range map[string]func(io.Reader) io.Reader{
		"byte by byte": iotest.OneByteReader, "by halves": iotest.HalfReader, "with the end": iotest.DataErrReader,
	} {
		s := &strict{in: reader(strings.NewReader("ab\nc" + replacement + "d")), name: shiftJISName, line: 1}
		text, err := io.ReadAll(s)
		if err == nil || !strings.Contains(err.Error(), "line 2 ") || strings.Contains(string(text), replacement) {
			t.Errorf("%s: %q, %v", name, text, err)
		}
		if _, again := s.Read(make([]byte, 9)); !errors.Is(again, err) {
			t.Errorf("%s: %v is forgotten", name, err)
		}
	}
}

func TestWordOfTheEncodingThatWasRead(t *testing.T) {
	for _, tc := range []struct{ configured, text, want string }{
		{"", "order_id\n1\n", "utf-8"},
		{"utf-8", "order_id\n1\n", "utf-8"},
		{"shift_jis", "\ufefforder_id\n1\n", "utf-8"},
		{"shift_jis", "order_id\n\x92\x8d\n", "shift_jis"},
		{"utf-8", "\xfe\xff" + wide("order_id\n1\n"), "utf-16"},
	} {
		reading, sink, err := readWith(Source{Encoding: tc.configured}, file(t, "a.csv", tc.text))
		if err != nil || reading.Encoding != tc.want || len(sink.records) != 1 {
			t.Errorf("%q: %q, %v, %v; want %q", tc.text, reading.Encoding, sink.records, err, tc.want)
		}
	}
}

// wide writes ASCII in big-endian UTF-16.
func wide(text string) string {
	var out strings.Builder
	for _, r := range text {
		out.WriteByte(0)
		out.WriteByte(byte(r))
	}
	return out.String()
}

func TestLongFilesKeepTheirRowsApart(t *testing.T) {
	var text strings.Builder
	text.WriteString("order_id,memo\n")
	for i := range 5000 {
		fmt.Fprintf(&text, "%d,\"%s\"\n", i, strings.Repeat("x\n", i%40))
		if i%1000 == 999 {
			text.WriteString("a \"b\"\n")
		}
	}
	_, sink, err := readText(t, "a.csv", text.String())
	if err != nil || len(sink.records) != 5000 || len(sink.unreadable) != 5 {
		t.Fatalf("%d records, %v, %v", len(sink.records), sink.unreadable, err)
	}
	for i, record := range sink.records {
		number := i + 2 + i/1000
		if record != fmt.Sprintf("%d: %d - - - () - -", number, i) {
			t.Fatalf("record %d is %s", i, record)
		}
	}
	for i := 1; i < len(sink.rows); i++ {
		if sink.rows[i].Hash != sink.rows[0].Hash {
			t.Errorf("the same broken row has another hash")
		}
	}
}
