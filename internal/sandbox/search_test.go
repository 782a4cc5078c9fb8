package sandbox

import (
	"net/url"
	"testing"
	"time"
)

// searchShop has one charge on each of three days, the last at its very end.
func searchShop(t *testing.T) (s *Server, a, b, c string) {
	t.Helper()
	s = newServer(t, options())
	day := func(n int) time.Time { return testNow.AddDate(0, 0, n) }
	a = addCharge(t, s, ChargeSpec{Amount: 100_000, Description: "Order 384", CreatedAt: day(-3)})
	b = addCharge(t, s, ChargeSpec{Amount: 1_000, Currency: "JPY", Metadata: []byte(`{"name":"Malee"}`), CreatedAt: day(-2)})
	late := time.Date(2026, 11, 20, 23, 59, 59, 0, time.UTC)
	c = addCharge(t, s, ChargeSpec{Amount: 100_050, Status: statusFailed, Description: "order 385", CreatedAt: late})
	return s, a, b, c
}

func TestSearch(t *testing.T) {
	s, a, b, c := searchShop(t)
	for _, x := range []struct{ query, want string }{
		{"", c + " " + b + " " + a},
		{"order=chronological", a + " " + b + " " + c},
		{"query=order", c + " " + a},
		{"query=ORDER 384", a},
		{"query=maLEE", b},
		{"query=" + a, a},
		{"query=id:" + a, a},
		{"query=amount:1000", b + " " + a},
		{"query=nobody", ""},
		{"filters[amount]=1000", b + " " + a},
		{"filters[amount]=1000.50", c},
		{"filters[amount]=1000..1000.5", c + " " + b + " " + a},
		{"filters[amount]=1000.01..", c},
		{"filters[amount]=1000&filters[currency]=jpy", b},
		{"filters[captured]=no", c},
		{"filters[captured]=yes&query=order", a},
		{"filters[status]=failed", c},
		{"filters[voided]=true", ""},
		{"filters[created]=2026-11-18", a},
		{"filters[created]=2026-11-18..2026-11-19", b + " " + a},
		{"filters[created]=..2026-11-18T05:30:00Z", a},
		{"filters[created]=2026-11-20", c},
		{"filters[status]=", c + " " + b + " " + a},
	} {
		page := object(t, s, "/search?scope=charge&"+escape(x.query))
		if got := ids(rows(t, page)); got != x.want {
			t.Errorf("%s: %s, want %s", x.query, got, x.want)
		}
	}
}

// escape leaves what separates parameters.
func escape(query string) string { return (&url.URL{Path: query}).EscapedPath() }

// What was changed is found by its new words alone.
func TestSearchAfterChange(t *testing.T) {
	s, a, _, _ := searchShop(t)
	do(t, s, "PATCH /charges/"+a, "description=Parcel")
	for query, want := range map[string]string{"parcel": a, "384": ""} {
		if got := ids(rows(t, object(t, s, "/search?scope=charge&query="+query))); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

func TestSearchPages(t *testing.T) {
	s, a, _, _ := searchShop(t)
	page := do(t, s, "GET /search", `{"scope":"charge","query":"","filters":{"currency":"thb"},"page":2,"per_page":1}`)
	check(t, page, map[string]any{
		"object": "search", "scope": "charge", "page": 2, "per_page": 1, "total": 2, "total_pages": 2, "order": "reverse_chronological",
	})
	if got := ids(rows(t, page)); got != a {
		t.Errorf("second page: %s, want %s", got, a)
	}
	if f := page["filters"].(map[string]any); len(f) != 1 || f["currency"] != "thb" {
		t.Errorf("filters %v", f)
	}
	if page := object(t, s, "/search?scope=charge&page=3"); len(rows(t, page)) != 0 {
		t.Errorf("a page beyond the end: %v", page)
	}
}

func TestSearchScopes(t *testing.T) {
	s := shopWith(t, 100_000)
	_, err := s.AddCustomer(CustomerSpec{Email: "needle@example.com"})
	must(t, err)
	do(t, s, "POST /links", `{"amount":99900,"currency":"thb","title":"needle","description":"b"}`)
	do(t, s, "POST /transfers", `{"amount":5000,"metadata":{"for":"needle"}}`)
	do(t, s, "POST /recipients", `{"name":"Needle","type":"individual","bank_account":{"brand":"bbl","number":"1","name":"J"}}`)
	id := addCharge(t, s, ChargeSpec{Description: "needle"})
	do(t, s, "POST /charges/"+id+"/refunds", `{"amount":5000,"metadata":{"why":"needle"}}`)
	dispute := place(do(t, s, "POST /charges/"+id+"/disputes", ""))
	do(t, s, "PATCH "+dispute, "message=needle")
	for _, scope := range []string{"charge", "customer", "dispute", "link", "recipient", "refund", "transfer"} {
		found := rows(t, object(t, s, "/search?scope="+scope+"&query=needle"))
		if len(found) != 1 || found[0]["object"] != scope {
			t.Errorf("%s: %v", scope, found)
		}
	}
	s.Advance(-time.Hour)
	if page := object(t, s, "/search?scope=link"); page["total"] != 0.0 {
		t.Errorf("a link from the future: %v", page)
	}
}

func TestSearchIsRefused(t *testing.T) {
	s := newServer(t, options())
	for query, want := range map[string]string{
		"":                                       "invalid_scope",
		"scope=token":                            "invalid_scope",
		"scope=charge&filters[colour]=red":       "invalid_filters",
		"scope=link&filters[voided]=true":        "invalid_filters",
		"scope=charge&filters[captured]=perhaps": "invalid_filters",
		"scope=charge&filters[amount]=1.234":     "invalid_filters",
		"scope=charge&filters[amount]=..":        "invalid_filters",
		"scope=charge&filters[amount]=-1":        "invalid_filters",
		"scope=charge&filters[created]=today":    "invalid_filters",
		"scope=charge&filters=all":               "bad_request",
		"scope=charge&filters[status][x]=all":    "bad_request",
		"scope=charge&page=0":                    "bad_request",
		"scope=charge&per_page=101":              "bad_request",
		"scope=charge&order=up":                  "bad_request",
	} {
		refuse(t, s, "GET /search?"+query, "", want)
	}
}
