package sandbox

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// kept gives options with a new data file and a few seeded objects.
func kept(t *testing.T) Options {
	t.Helper()
	o := options()
	o.Charges, o.Customers, o.BaseURL = 30, 5, "http://sandbox.test"
	o.Data = filepath.Join(t.TempDir(), "data")
	return o
}

func closed(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// busy makes a few writes and gives the id of a charge.
func busy(t *testing.T, s *Server) string {
	t.Helper()
	id := idOf(ctl(t, s, "POST", "/charges", `{"amount":100000,"capture":false,"metadata":{"order":"007","n":1.50,"ふ":"<&>\u0000"}}`))
	ctl(t, s, "POST", "/clock", `{"advance":"90m"}`)
	ctl(t, s, "POST", "/charges/"+id+"/capture", `{"capture_amount":60000}`)
	ctl(t, s, "POST", "/charges/"+id+"/refund", `{"amount":100}`)
	if a := ask(t, s, "POST", "/_sandbox/charges/"+id+"/capture", ""); a.status != http.StatusBadRequest {
		t.Fatalf("captured twice: %d", a.status)
	}
	ctl(t, s, "POST", "/customers", `{"email":"a@example.com","cards":[{}]}`)
	waits := do(t, s, "POST /charges", "amount=50000&currency=thb&source[type]=internet_banking_bay&return_uri=https://shop.example.com")
	page, _ := url.Parse(waits["authorize_uri"].(string))
	if a := ask(t, s, "POST", strings.Replace(page.Path, "authorize", "complete", 1), ""); a.status != http.StatusSeeOther {
		t.Fatalf("page: %d", a.status)
	}
	return id
}

// everything is what a client can read.
func everything(t *testing.T, s *Server) string {
	t.Helper()
	var all strings.Builder
	for _, path := range []string{"/account", "/balance", "/charges", "/refunds", "/customers", "/events", "/disputes", "/transactions"} {
		all.WriteString(get(t, s, path+"?limit=100&order=reverse_chronological").body + "\n")
	}
	return all.String()
}

func without(o Options) Options {
	o.Data = ""
	return o
}
