package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// threeCharges are made an hour apart, the last two in the same second.
func threeCharges(t *testing.T) (*Server, []string) {
	t.Helper()
	s := newServer(t, options())
	var made []string
	for _, at := range []time.Duration{-3 * time.Hour, -2 * time.Hour, -2 * time.Hour} {
		id, err := s.AddCharge(ChargeSpec{Amount: 5_000, CreatedAt: testNow.Add(at)})
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, id)
	}
	if made[1] > made[2] {
		made[1], made[2] = made[2], made[1]
	}
	return s, made
}

func TestListParams(t *testing.T) {
	s, c := threeCharges(t)
	for _, tt := range []struct {
		query, body string
		want        []string
		total       int
	}{
		{query: "", want: c, total: 3},
		{query: "?limit=2", want: c[:2], total: 3},
		{query: "?offset=1&limit=1", want: c[1:2], total: 3},
		{query: "?offset=9", want: nil, total: 3},
		{query: "?order=reverse_chronological", want: []string{c[2], c[1], c[0]}, total: 3},
		{query: "?order=reverse_chronological&limit=1&offset=2", want: c[:1], total: 3},
		{query: "?from=2026-11-21T03:30:00Z", want: c[1:], total: 2},
		{query: "?from=2026-11-21T03:30:00.999999Z", want: c[1:], total: 2},
		{query: "?from=2026-11-21T03:30:01Z", want: nil, total: 0},
		{query: "?to=2026-11-21T02:30:00Z", want: c[:1], total: 1},
		{query: "?to=2026-11-21T02:30:00.9Z", want: c[:1], total: 1},
		{query: "?to=2026-11-21T09:30:00%2B07:00", want: c[:1], total: 1},
		{query: "?to=2026-11-21T09:30:00+07:00", want: c[:1], total: 1},
		{query: "?from=2026-11-21&to=2026-11-22", want: c, total: 3},
		{query: "?to=2026-11-21", want: nil, total: 0},
		{query: "?from=2026-11-21T05:00:00Z&to=2026-11-21T01:00:00Z", want: nil, total: 0},
		{query: "?limit=&order=&from=", want: c, total: 3},
		{query: "?unknown=1", want: c, total: 3},
		{body: `{"limit":1,"offset":"2","from":null,"order":null}`, want: c[2:], total: 3},
		{body: `limit=1&offset=2`, want: c[2:], total: 3},
		{query: "?limit=2", body: `{"limit":1,"offset":1}`, want: c[1:], total: 3},
		{body: `{}`, want: c, total: 3},
		{body: `[]`, want: c, total: 3},
	} {
		t.Run(tt.query+tt.body, func(t *testing.T) {
			page := ask(t, s, http.MethodGet, "/charges"+tt.query, tt.body).decode(t)
			if got := ids(rows(t, page)); got != strings.Join(tt.want, " ") {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if page["total"] != float64(tt.total) {
				t.Errorf("total %v, want %d", page["total"], tt.total)
			}
		})
	}
}

func TestListEcho(t *testing.T) {
	s, _ := threeCharges(t)
	page := object(t, s, "/charges/?from=2026-11-20T07:00:00.5%2B07:00&limit=7&offset=3&order=reverse_chronological")
	for key, want := range map[string]any{
		"object": "list", "location": "/charges", "order": "reverse_chronological", "limit": 7.0, "offset": 3.0,
		"from": "2026-11-20T00:00:00Z", "to": "2026-11-21T05:30:00Z",
	} {
		if page[key] != want {
			t.Errorf("%s is %v, want %v", key, page[key], want)
		}
	}
	plain := object(t, s, "/refunds")
	if plain["from"] != "1970-01-01T00:00:00Z" || plain["limit"] != 20.0 || plain["order"] != "chronological" {
		t.Errorf("defaults are %v", plain)
	}
}

func TestListRefusesBadParams(t *testing.T) {
	s, _ := threeCharges(t)
	for _, query := range []string{
		"limit=101", "limit=0", "limit=x", "offset=-1", "offset=1.5", "order=desc",
		"from=yesterday", "to=2026-13-01", "to=2026-11-21T25:00:00Z",
	} {
		a := get(t, s, "/charges?"+query)
		if e := a.decode(t); a.status != http.StatusBadRequest || e["code"] != "bad_request" || e["object"] != "error" {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	if a := get(t, s, "/charges?offset=-1"); !strings.Contains(a.body, "offset must be an integer from 0 to 1000000000") {
		t.Errorf("negative offset: %s", a.body)
	}
	if a := ask(t, s, http.MethodGet, "/charges", `{"limit":`); a.status != http.StatusBadRequest {
		t.Errorf("torn body: %d", a.status)
	}
}

func TestAnswersOtherThanOK(t *testing.T) {
	s, c := threeCharges(t)
	for _, tt := range []struct {
		method, path string
		status       int
		code         string
	}{
		{"GET", "/charges/chrg_test_none", 404, "not_found"},
		{"GET", "/charges/" + c[0] + "/refunds/rfnd_test_none", 404, "not_found"},
		{"GET", "/charges/chrg_test_none/refunds", 404, "not_found"},
		{"GET", "/customers/cust_test_none/cards", 404, "not_found"},
		{"GET", "/disputes/dspt_test_none", 404, "not_found"},
		{"GET", "/events/evnt_test_none", 404, "not_found"},
		{"GET", "/nothing", 404, "not_found"},
		{"GET", "//charges", 404, "not_found"},
		{"POST", "/charges", 400, "bad_request"},
		{"DELETE", "/customers", 405, "method_not_allowed"},
		{"PATCH", "/charges", 405, "method_not_allowed"},
	} {
		a := ask(t, s, tt.method, tt.path, "")
		if e := a.decode(t); a.status != tt.status || e["code"] != tt.code || e["object"] != "error" {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, a.status, a.body)
		}
	}
	want := `{"object":"error","location":"https://www.omise.co/api-errors#not-found","code":"not_found","message":"charge chrg_x was not found"}`
	if a := get(t, s, "/charges/chrg_x"); a.body != want {
		t.Errorf("got %s", a.body)
	}
	if a := ask(t, s, http.MethodHead, "/charges/"+c[0], ""); a.status != http.StatusOK {
		t.Errorf("HEAD: %d", a.status)
	}
	if a := get(t, s, "/customers//cards"); !strings.Contains(a.body, "the path /customers//cards was not found") {
		t.Errorf("no id: %s", a.body)
	}
	if a := get(t, s, "/charges", "Omise-Version: 2013-01-01"); a.status != 400 {
		t.Errorf("unsupported version: %d", a.status)
	}
}

func TestKeys(t *testing.T) {
	for _, tt := range []struct {
		name, key, user string
		live            bool
		status          int
	}{
		{"any test key", "", "skey_test_abc123", false, 200},
		{"none", "", "", false, 401},
		{"public", "", "pkey_test_abc123", false, 401},
		{"wrong mode", "", "skey_abc123", false, 401},
		{"live", "", "skey_abc123", true, 200},
		{"test key in live mode", "", "skey_test_abc123", true, 401},
		{"malformed", "", "skey_test_", false, 401},
		{"the key", "skey_test_abc", "skey_test_abc", false, 200},
		{"another key", "skey_test_abc", "skey_test_abd", false, 401},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := options()
			o.Key, o.Livemode, o.Charges = tt.key, tt.live, 1
			s := newServer(t, o)
			auth := newRequestHeader(tt.user)
			a := get(t, s, "/charges", auth)
			if a.status != tt.status {
				t.Fatalf("status %d, want %d: %s", a.status, tt.status, a.body)
			}
			if a.status == 200 && strings.Contains(a.body, "chrg_test_") == tt.live {
				t.Errorf("live %v, but ids are %.100s", tt.live, a.body)
			}
			if a.status == 401 && a.decode(t)["code"] != "authentication_failure" {
				t.Error(a.body)
			}
		})
	}
}

func newRequestHeader(user string) string {
	r, _ := http.NewRequest(http.MethodGet, "/", http.NoBody)
	r.SetBasicAuth(user, "")
	return fmt.Sprintf("Authorization: %s", r.Header.Get("Authorization"))
}

func TestNewRefuses(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no clock":      func(o *Options) { o.Now = nil },
		"country":       func(o *Options) { o.Country = "FR" },
		"public key":    func(o *Options) { o.Key = "pkey_test_x" },
		"live key":      func(o *Options) { o.Key = "skey_x" },
		"negative":      func(o *Options) { o.Charges = -1 },
		"unknown fault": func(o *Options) { o.Faults = "flood=5%" },
		"no fixtures":   func(o *Options) { o.Fixtures = t.TempDir() },
	} {
		o := options()
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
