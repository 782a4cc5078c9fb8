package sandbox

import (
	"net/http"
	"testing"
	"time"
)

func TestRecipient(t *testing.T) {
	s := shopWith(t, 100_000)
	us := rows(t, object(t, s, "/recipients"))
	if len(us) != 1 || us[0]["default"] != true {
		t.Fatalf("recipients of a new account: %v", us)
	}
	const jun = `{"name":"Jun","email":"jun@example.com","description":"","type":"individual","tax_id":"t1",` +
		`"metadata":{"Hello":"World"},"bank_account":{"brand":"bbl","number":"1234567890","name":"Jun H","type":"current"}}`
	p := do(t, s, "POST /recipients", jun)
	check(t, p, map[string]any{"name": "Jun", "type": "individual", "active": true, "default": false, "description": nil})
	check(t, p["bank_account"].(map[string]any), map[string]any{
		"last_digits": "7890", "account_number": "1234567890", "brand": "Bangkok Bank", "bank_code": "bbl", "type": "current",
	})

	// The Go SDK sends "" for all that it does not change.
	path := place(p)
	s.Advance(time.Hour)
	p = do(t, s, "PATCH "+path, `{"name":"","type":"","description":"now Jones","bank_account":{"number":"","name":""}}`)
	check(t, p, map[string]any{"name": "Jun", "type": "individual", "description": "now Jones"})
	check(t, p["bank_account"].(map[string]any), map[string]any{"last_digits": "7890", "name": "Jun H", "created_at": "2026-11-21T05:30:00Z"})

	x := do(t, s, "POST /transfers", "amount=10000&recipient="+idOf(p))
	moved := do(t, s, "PATCH "+path, "bank_account[number]=5555")["bank_account"].(map[string]any)
	check(t, moved, map[string]any{"last_digits": "5555", "name": "Jun H", "created_at": "2026-11-21T06:30:00Z"})
	if a := object(t, s, place(x)); a["bank_account"].(map[string]any)["last_digits"] != "7890" {
		t.Errorf("a transfer follows its recipient to another bank: %v", a)
	}
	check(t, do(t, s, "DELETE "+path, ""), map[string]any{"deleted": true})
	if a := get(t, s, path); a.status != http.StatusNotFound {
		t.Errorf("deleted recipient: %d", a.status)
	}
	refuse(t, s, "DELETE "+place(us[0]), "", "bad_request")
}

func TestRecipientIsRefused(t *testing.T) {
	s := newServer(t, options())
	for _, body := range []string{
		`{}`,
		`{"name":"Jun","type":"individual"}`,
		`{"name":"Jun","type":"cat","bank_account":{"brand":"bbl","number":"1","name":"J"}}`,
		`{"name":"Jun","type":"individual","bank_account":{"number":"1","name":"J"}}`,
		`{"name":"Jun","type":"individual","bank_account":{"brand":"bbl","name":"J"}}`,
		`{"name":"Jun","type":"individual","bank_account":"bbl"}`,
		`{"name":{},"type":"individual","bank_account":{"brand":"bbl","number":"1","name":"J"}}`,
	} {
		refuse(t, s, "POST /recipients", body, "bad_request")
	}
	if n := object(t, s, "/recipients")["total"]; n != 1.0 {
		t.Errorf("%v recipients", n)
	}
}
