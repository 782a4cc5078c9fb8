package sandbox

import (
	"fmt"
	"net/http"
	"testing"
)

func TestAccountSettings(t *testing.T) {
	s := newServer(t, options())
	a := do(t, s, "PATCH /account", `{"webhook_uri":"http://127.0.0.1:8080/hook","chain_enabled":true,`+
		`"metadata_export_keys":{"charge":["order","shop"]}}`)
	check(t, a, map[string]any{"webhook_uri": "http://127.0.0.1:8080/hook", "chain_enabled": true, "chain_return_uri": nil})
	if got, want := fmt.Sprint(a["metadata_export_keys"]), "map[charge:[order shop] dispute:[] refund:[] transfer:[]]"; got != want {
		t.Errorf("metadata_export_keys %s", got)
	}
	do(t, s, "PATCH /account", "chain_return_uri=https://shop.example.com/chained")
	check(t, object(t, s, "/account"), map[string]any{
		"webhook_uri": "http://127.0.0.1:8080/hook", "chain_return_uri": "https://shop.example.com/chained",
	})
	for _, here := range []string{"http://localhost:8080/", "http://[::1]:8080/", "https://shop.example.com/hook"} {
		check(t, do(t, s, "PATCH /account", "webhook_uri="+here), map[string]any{"webhook_uri": here})
	}
	check(t, do(t, s, "PATCH /account", `{"webhook_uri":null}`), map[string]any{"webhook_uri": nil, "chain_enabled": true})
}

func TestAccountSettingsAreRefused(t *testing.T) {
	s := newServer(t, options())
	before := get(t, s, "/account").body
	for _, body := range []string{
		`{"webhook_uri":"http://shop.example.com/hook"}`,
		`{"webhook_uri":"http://10.0.0.1/hook"}`,
		`{"webhook_uri":"ftp://127.0.0.1/hook"}`,
		`{"webhook_uri":"hook"}`,
		`{"webhook_uri":"https://"}`,
		`{"webhook_uri":"https://me:secret@shop.example.com/hook"}`,
		`{"webhook_uri":["https://shop.example.com"]}`,
		`{"chain_enabled":"perhaps","webhook_uri":"https://shop.example.com/hook"}`,
		`{"metadata_export_keys":["order"]}`,
		`{"metadata_export_keys":{"charge":[{}]}}`,
	} {
		refuse(t, s, "PATCH /account", body, "bad_request")
	}
	if got := get(t, s, "/account").body; got != before {
		t.Errorf("a refused request changed the account: %s", got)
	}
}

// What the sandbox does not imitate has empty lists, not errors.
func TestEmptyLists(t *testing.T) {
	s := newServer(t, options())
	for path, want := range map[string]string{
		"/schedules": "list", "/charges/schedules": "list", "/transfers/schedules": "list", "/receipts": "receipt_list",
	} {
		page := object(t, s, path+"?limit=7")
		check(t, page, map[string]any{"object": want, "total": 0, "limit": 7, "location": path})
		if len(rows(t, page)) != 0 {
			t.Errorf("%s: %v", path, page)
		}
	}
	refuse(t, s, "POST /schedules", `{"every":1}`, "bad_request")
	for _, path := range []string{"/schedules/schd_test_1", "/occurrences/occu_test_1", "/receipts/rcpt_1", "/recipients/recp_test_1/schedules"} {
		if a := get(t, s, path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func TestForex(t *testing.T) {
	s := newServer(t, options())
	check(t, object(t, s, "/forex/usd"), map[string]any{"object": "forex", "base": "USD", "quote": "THB", "rate": 35.12, "location": "/forex/usd"})
	check(t, object(t, s, "/forex/JPY"), map[string]any{"rate": 0.2345})
	if a := get(t, s, "/forex/btc"); a.status != http.StatusNotFound {
		t.Errorf("unknown currency: %d", a.status)
	}
	o := options()
	o.Country = "JP"
	check(t, object(t, newServer(t, o), "/forex/thb"), map[string]any{"rate": 4.26439232, "quote": "JPY"})
}

func TestMainUnits(t *testing.T) {
	for _, c := range []struct {
		amount         int64
		currency, want string
	}{{3_000, "THB", "30.00"}, {5, "THB", "0.05"}, {-1_234, "SGD", "-12.34"}, {3_000, "JPY", "3000"}, {0, "USD", "0.00"}} {
		if got := mainUnits(c.amount, c.currency); got != c.want {
			t.Errorf("%d %s is %s, want %s", c.amount, c.currency, got, c.want)
		}
	}
}
