package sandbox

import (
	"fmt"
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
	for _, here := range []string{"http://localhost:8080/", "http://shop.localhost:8080/", "http://[::1]:8080/", "https://shop.example.com/hook"} {
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
