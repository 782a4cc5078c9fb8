package sandbox

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

const recorded = "../../../shared/fixtures/recorded"

// keysOf gives the keys of the first object found by path in a JSON text, in their order.
func keysOf(t *testing.T, raw []byte, path ...string) []string {
	t.Helper()
	for _, step := range path {
		var err error
		if step == "0" {
			var list []json.RawMessage
			if err = json.Unmarshal(raw, &list); err == nil && len(list) > 0 {
				raw = list[0]
			}
		} else {
			var object map[string]json.RawMessage
			err = json.Unmarshal(raw, &object)
			raw = object[step]
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	var keys []string
	for depth, key := 0, true; ; {
		token, err := dec.Token()
		if err != nil {
			return keys
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
			key = depth == 1
			continue
		case json.Delim('}'), json.Delim(']'):
			depth--
			key = true
			continue
		}
		if depth == 1 {
			if key {
				keys = append(keys, token.(string))
			}
			key = !key
		}
	}
}

func TestKeysAreThoseOfTheRecordings(t *testing.T) {
	if _, err := os.Stat(recorded); err != nil {
		t.Skip("no recordings here")
	}
	s := newServer(t, options())
	customer, _ := addCustomer(t, s, 1)
	card := addCharge(t, s, ChargeSpec{Customer: customer})
	addCharge(t, s, ChargeSpec{Source: "wechat_pay"})
	_, err := s.Refund(card, 10)
	must(t, err)
	dispute, err := s.OpenDispute(card)
	must(t, err)
	for _, tt := range []struct {
		file, path string
		under      []string
	}{
		{"charges-get.json", "/charges", nil},
		{"charges-get.json", "/charges", []string{"data", "0"}},
		{"charges-get.json", "/charges", []string{"data", "0", "card"}},
		{"charges-get.json", "/charges", []string{"data", "0", "refunds"}},
		{"charges-get.json", "/charges", []string{"data", "0", "transaction_fees"}},
		{"customers-get.json", "/customers", []string{"data", "0"}},
		{"customers-get.json", "/customers", []string{"data", "0", "cards", "data", "0"}},
		{"customers-get.json", "/customers", []string{"data", "0", "linked_accounts"}},
		{"disputes-get.json", "/disputes", []string{"data", "0"}},
		{"disputes-get.json", "/disputes/" + dispute, []string{}},
		{"disputes-get.json", "/disputes", []string{"data", "0", "transactions", "0"}},
		{"charges/chrg_test_63444wyfsg4mtvvck1z/refunds-post.json", "/refunds", []string{"data", "0"}},
		{"events-get.json", "/events", []string{"data", "0"}},
	} {
		raw, err := os.ReadFile(recorded + "/api.omise.co/" + tt.file)
		if err != nil {
			t.Fatal(err)
		}
		theirs := tt.under
		switch {
		case strings.HasSuffix(tt.file, "-post.json"):
			theirs = nil
		case tt.under != nil && len(tt.under) == 0:
			theirs = []string{"data", "0"}
		}
		got, want := keysOf(t, []byte(get(t, s, tt.path).body), tt.under...), keysOf(t, raw, theirs...)
		if !slices.Equal(got, want) {
			t.Errorf("%s %v has keys\n%v, recorded\n%v", tt.path, tt.under, got, want)
		}
	}
}

func TestSourceKeysAreThoseOfTheRecordings(t *testing.T) {
	raw, err := os.ReadFile(recorded + "/api.omise.co/charges-get.json")
	if err != nil {
		t.Skip("no recordings here")
	}
	var list struct {
		Data []struct{ Source json.RawMessage }
	}
	must(t, json.Unmarshal(raw, &list))
	s := newServer(t, options())
	id := addCharge(t, s, ChargeSpec{Source: "wechat_pay"})
	for _, c := range list.Data {
		if len(c.Source) < 10 {
			continue
		}
		got, want := keysOf(t, []byte(get(t, s, "/charges/"+id).body), "source"), keysOf(t, c.Source)
		if !slices.Equal(got, want) {
			t.Errorf("source has keys\n%v, recorded\n%v", got, want)
		}
		return
	}
}

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
	if _, has := refunds["order"]; has || refunds["location"] != nil || refunds["to"] != "2026-11-21T05:30:00+00:00" {
		t.Errorf("embedded list is %v", refunds)
	}
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
		for _, v := range rows(t, object(t, s, "/charges/"+e["id"].(string)+"/events")) {
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
}
