package records

import (
	"bytes"
	"context"
	"testing"
	"time"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// tally is a sink that only counts, and refuses what no record may be.
type tally struct {
	t                   *testing.T
	records, unreadable int
}

func (c *tally) Record(r ledger.Record, row int) error {
	c.records++
	if r.Charge == "" && r.OrderRef == "" || r.ID == "" || row < 1 {
		c.t.Errorf("row %d gave %+v", row, r)
	}
	if (r.Amount != nil || r.Refunded != nil) && r.Currency == "" {
		c.t.Errorf("row %d has an amount without a currency", row)
	}
	if r.Refunded != nil && *r.Refunded < 0 {
		c.t.Errorf("row %d refunds %d", row, *r.Refunded)
	}
	return nil
}

func (c *tally) Unreadable(u ledger.UnreadableRow) error {
	c.unreadable++
	if u.Row < 1 || len(u.Hash) != 64 || u.Reason == "" {
		c.t.Errorf("unreadable row %+v", u)
	}
	return nil
}

// fuzzFormat reads bytes as a file of books: nothing may panic, and every row
// is a record, unreadable or skipped.
func fuzzFormat(f *testing.F, format string) {
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, s := range fuzzedSources() {
			readBytes(t, s, format, data)
		}
	})
}

func readBytes(t *testing.T, s Source, format string, data []byte) {
	sink := &tally{t: t}
	in, err := newIntake(s, sink, Reading{Format: format})
	if err != nil {
		t.Fatal(err)
	}
	file := bytes.NewReader(data)
	if err := read(context.Background(), format, in, file, file, file.Size()); err != nil {
		return
	}
	reading, err := in.done()
	if err == nil && (reading.Rows != countedRows(reading) || reading.Records != sink.records || reading.Unreadable != sink.unreadable) {
		t.Errorf("%+v beside %+v", reading, sink)
	}
}

func fuzzedSources() []Source {
	return []Source{
		{Currency: "THB"},
		{Currency: "JPY", Minor: true, Encoding: shiftJISName, Where: map[string][]string{"status": {"*a*"}}},
		{Currency: "THB", Encoding: thaiName, Buddhist: true, DateFormat: "02/01/2006", Columns: map[Field]string{OrderRef: "id"}},
	}
}

func FuzzCSV(f *testing.F) {
	for _, b := range books() {
		f.Add([]byte(separated(b, ',')))
		f.Add([]byte("title\n\n" + separated(b, ';')))
	}
	f.Add([]byte("order_id\ttotal\n1\t\"5\n"))
	fuzzFormat(f, csvFormat)
}

func FuzzJSONLines(f *testing.F) {
	f.Add([]byte("{\"id\":\"chrg_1\",\"amount\":1e3}\n{\"id\":{\"a\":[1,null]},\"order_id\":true}\n{"))
	f.Add([]byte("\ufeff{\"order_id\":1.50,\"created_at\":1793527200,\"status\":\"paid\"}\n"))
	fuzzFormat(f, jsonlFormat)
}

// FuzzSheet fuzzes the XML of a sheet; FuzzWorkbook the bytes of the archive.
func FuzzSheet(f *testing.F) {
	f.Add(sheetXML(`<row r="3"><c t="inlineStr"><is><t>7</t></is></c><c s="1"><f>1</f><v>1E3</v></c></row><row><c t="e"><v>#N/A</v></c></row>`))
	f.Fuzz(func(t *testing.T, xml string) {
		book := zipped(t, parts(map[string]string{"xl/worksheets/sheet1.xml": xml, "xl/sharedStrings.xml": "<sst><si><t>order_id</t></si>" + xml}))
		readBytes(t, Source{Currency: "THB"}, xlsxFormat, book)
	})
}

func FuzzWorkbook(f *testing.F) {
	f.Add(zipped(f, parts(nil)))
	fuzzFormat(f, xlsxFormat)
}

func FuzzAmount(f *testing.F) {
	for _, text := range []string{"1,234.50", "฿1.234,50", "(5)", "▲1 200円", "12,50", "1.2345E3", "๑๒.๓", "1e99"} {
		f.Add(text, uint8(plain), false, false)
		f.Add(text, uint8(double), true, false)
		f.Add(text, uint8(number), false, true)
	}
	f.Fuzz(func(t *testing.T, text string, k uint8, minor, commas bool) {
		for _, currency := range []money.Currency{"THB", "JPY"} {
			form := amountForm{currency: currency, minor: minor, commas: commas}
			got, err := form.parse(text, kind(k%4))
			if err != nil {
				continue
			}
			written := amountForm{currency: currency}
			if again, err := written.parse(money.Format(got, currency), plain); err != nil || again != got {
				t.Errorf("%q read as %d, which comes back as %d, %v", text, got, again, err)
			}
		}
	})
}

func FuzzTime(f *testing.F) {
	for _, text := range []string{"2026-11-01T10:00:05.5+07:00", "2026年11月1日 9時05分", "46327.5", "29/02/2567", "1793527200123", "๒๕๖๙-๑๑-๐๑"} {
		f.Add(text, uint8(plain), "", false)
		f.Add(text, uint8(double), "02/01/2006", true)
	}
	dayZero := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string, k uint8, layout string, buddhist bool) {
		c := calendar{zone: time.UTC, layout: layout, buddhist: buddhist, dayZero: dayZero}
		at, ok, err := c.parse(text, kind(k%4))
		if err != nil || !ok || layout != "" {
			return
		}
		plainly := calendar{zone: time.UTC}
		if again, _, err := plainly.parse(at.UTC().Format(time.RFC3339), plain); at.Year() < firstBuddhist && (err != nil || again.Unix() != at.Unix()) {
			t.Errorf("%q read as %v, which comes back as %v, %v", text, at, again, err)
		}
	})
}
