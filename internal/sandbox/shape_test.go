package sandbox

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

func TestShapeOf2017(t *testing.T) {
	s := newServer(t, options())
	customer, _ := addCustomer(t, s, 1)
	id := addCharge(t, s, ChargeSpec{Customer: customer, Amount: 31_000})
	_, err := s.Refund(id, 10_000)
	must(t, err)
	old := func(path string) map[string]any {
		return get(t, s, path, "Omise-Version: 2017-11-02").decode(t)
	}
	page := old("/charges")
	check(t, page, map[string]any{"from": "1970-01-01T00:00:00+00:00", "to": "2026-11-21T05:30:00+00:00"})
	c := rows(t, page)[0]
	check(t, c, map[string]any{
		"created": "2026-11-21T05:30:00Z", "refunded": 10_000, "currency": "thb", "funding_currency": "thb", "funding_amount": 31_000,
	})
	for _, key := range []string{
		"created_at", "refunded_amount", "authorized_amount", "captured_amount", "authorization_type",
		"net", "fee", "fee_vat", "interest", "interest_vat", "platform_fee", "authorized_at",
	} {
		if _, has := c[key]; has {
			t.Errorf("a charge of 2017 has %s", key)
		}
	}
	refunds := c["refunds"].(map[string]any)
	check(t, refunds, map[string]any{"location": "/charges/" + id + "/refunds", "order": "chronological", "to": "2026-11-21T05:30:00+00:00"})
	if f := rows(t, refunds)[0]; f["status"] != nil || f["created"] == nil || f["currency"] != "thb" {
		t.Errorf("refund is %v", f)
	}
	if k := c["card"].(map[string]any); k["created"] == nil || k["created_at"] != nil || k["deleted"] != nil {
		t.Errorf("card is %v", k)
	}
	if k := rows(t, old("/customers"))[0]; k["created"] == nil || k["created_at"] != nil || k["deleted"] != nil {
		t.Errorf("customer is %v", k)
	}
	// Events keep the account's version, whatever the header says.
	if e := rows(t, old("/events?limit=1&order=reverse_chronological"))[0]; e["data"].(map[string]any)["created_at"] == nil {
		t.Errorf("event is %v", e)
	}
}

func TestOldSeededEventsAreOfTheOldVersion(t *testing.T) {
	o := options()
	o.Charges = 200
	s := newServer(t, o)
	var old, current int
	for _, e := range walk(t, s, "/charges") {
		for _, v := range rows(t, object(t, s, "/charges/"+idOf(e)+"/events")) {
			data := v["data"].(map[string]any)
			if data["created"] != nil {
				old++
			}
			if data["created_at"] != nil {
				current++
			}
		}
	}
	if old == 0 || current == 0 {
		t.Errorf("%d old and %d current events", old, current)
	}
}

func TestGzip(t *testing.T) {
	o := options()
	o.Charges = 30
	s := newServer(t, o)
	plain, packed := get(t, s, "/charges"), get(t, s, "/charges", "Accept-Encoding: gzip, deflate")
	if packed.header.Get("Content-Encoding") != "gzip" || len(packed.body) > len(plain.body)/2 {
		t.Fatalf("%d bytes as %q", len(packed.body), packed.header.Get("Content-Encoding"))
	}
	z, err := gzip.NewReader(strings.NewReader(packed.body))
	must(t, err)
	got, err := io.ReadAll(z)
	must(t, err)
	if string(got) != plain.body {
		t.Error("unpacked, it is another answer")
	}
	if a := get(t, s, "/charges", "Accept-Encoding: gzip;q=0"); a.header.Get("Content-Encoding") != "" {
		t.Error("gzip although refused")
	}
	if a := get(t, s, "/balance", "Accept-Encoding: gzip"); a.header.Get("Content-Encoding") != "" {
		t.Error("an answer was packed that gains nothing by it")
	}
}
