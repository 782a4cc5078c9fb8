package records

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJSONLines(t *testing.T) {
	_, sink, err := readWith(Source{Minor: true, Columns: map[Field]string{OrderRef: "metadata.order", ChargeID: "payment.charge.id"}},
		file(t, "a.jsonl", `{"metadata":{"order":"A1","x":[1,2]},"payment":{"charge":{"id":"chrg_1"}},"amount":12345678901234567,"currency":"thb"}

{"currency":"THB","amount":"1,234","metadata":{"order":1.50}}
  {"metadata":{"order":"A3"},"amount":{"value":5},"currency":"THB"}
{"metadata":{"order":"A4"},"amount":[5],"currency":"THB"}
{"metadata":{"order":true},"amount":5,"currency":"THB"}
{"metadata":null,"payment":{"charge":{"id":"chrg_2"}}}
{"metadata":{"order":"A6"},"amount":5.0,"currency":"THB"}
{"metadata":{"order":"\u0e01\ud83d\ude00"},"amount":1e2,"currency":"THB"}
[1]
"text"
{"metadata":{"order":"A7"}} {"metadata":{"order":"A8"}}
{"metadata":{"order":"A9"},"metadata":{"order":"A9"}}
{}
{"metadata":{"order":"A10"},"amo`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1: A1 chrg_1 12345678901234567 THB () - -",
		"3: 1.50 - 1234 THB () - -",
		"7: - chrg_2 - - () - -",
		"9: ก😀 - 100 THB () - -",
	}
	if diff := cmp.Diff(want, sink.records); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	want = []string{
		`4: amount "{...}"`, `5: amount "[5]"`, `6: row ""`, `8: amount "5.0"`,
		`10: row ""`, `11: row ""`, `12: row ""`, `13: row ""`, `15: row ""`,
	}
	if diff := cmp.Diff(want, sink.unreadable); diff != "" {
		t.Errorf("unreadable (-want +got):\n%s", diff)
	}
}

func TestLinesMayHaveOtherKeys(t *testing.T) {
	reading, sink, err := readText(t, "a.jsonl", `{"id":"chrg_1","total":"1.50"}
{"order_id":"2","amount_satang":150,"memo":"x"}
{"total":1.5,"id":"chrg_1"}
`)
	want := []string{"1: - chrg_1 150 THB () - -", "2: 2 - 150 THB () - -", "3: - chrg_1 150 THB () - -"}
	if diff := cmp.Diff(want, sink.records); err != nil || diff != "" || reading.Repeated != 1 {
		t.Errorf("%v, repeated %d\n%s", err, reading.Repeated, diff)
	}
	var got []string
	for _, c := range reading.Columns {
		got = append(got, string(c.Field)+" "+c.Header)
	}
	if sorted := sortedJoin(got); sorted != "amount amount_satang, amount total, charge_id id, order_ref id, order_ref order_id" {
		t.Errorf("columns %s", sorted)
	}
	if !slices.Equal(reading.Unused, []string{"memo"}) {
		t.Errorf("unused %q", reading.Unused)
	}
}

func TestJSONLinesThatCannotBeRead(t *testing.T) {
	for _, tc := range []struct {
		source     Source
		text, says string // says is "" when the file can be read
	}{
		{Source{}, "", ""},
		{Source{}, "\n\n", ""},
		{Source{}, `{"order_id":`, ""},
		{Source{}, "\ufeff[\n{\"order_id\":1}]", "write one object per line"},
		{Source{}, "{\n\"order_id\":1}", "write one object per line"},
		{Source{}, `{"a":1,"b":2}`, `there are: "a", "b"`},
		{Source{}, "{\"order_id\":1}\n{\"order_id\":1,\"Order-ID\":2}", `line 2: the columns "order_id" and "Order-ID" could both be order_ref`},
		{Source{Columns: map[Field]string{Amount: "price"}}, `{"order_id":1}`, `names "price" for amount`},
		{Source{Columns: map[Field]string{Amount: "price"}}, "{\"order_id\":1}\n{\"order_id\":2,\"price\":null}", ""},
		{Source{Where: map[string][]string{"m": {"x"}}}, `{"order_id":1}`, `names the column "m"`},
		{Source{}, "{\"order_id\":1}\n{\"memo\":\"" + strings.Repeat("x", maxRow) + "\"}", "line 2 is longer than 4 MiB"},
		{Source{}, "{\"order_id\":\"\xff\"}", "line 1 holds bytes that are no utf-8 text"},
	} {
		_, _, err := readWith(tc.source, file(t, "a.jsonl", tc.text))
		if (err == nil) != (tc.says == "") || (err != nil && !strings.Contains(err.Error(), tc.says)) {
			t.Errorf("%.40q: %v; want %q", tc.text, err, tc.says)
		}
	}
}

func TestUnknownExtensionsAreSniffed(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"a.json", `{"order_id":1}`, jsonlFormat},
		{"a.txt", "\ufeff\n {\"order_id\":1}", jsonlFormat},
		{"a.CSV", "order_id\n1\n", csvFormat},
		{"a.TAB", "order_id\n1\n", tsvFormat},
		{"a.ndjson", `{"order_id":1}`, jsonlFormat},
		{"books", "order_id\n1\n", csvFormat},
	} {
		if reading, _, err := readText(t, tc.name, tc.text); err != nil || reading.Format != tc.want {
			t.Errorf("%s %q is read as %s, %v; want %s", tc.name, tc.text, reading.Format, err, tc.want)
		}
	}
}
