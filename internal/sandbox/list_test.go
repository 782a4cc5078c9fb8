package sandbox

import (
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
		must(t, err)
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
		{query: "?offset=9223372036854775807", want: nil, total: 3},
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
	if a := get(t, s, "/charges?offset=-1"); !strings.Contains(a.body, `"offset must be an integer from 0"`) {
		t.Errorf("negative offset: %s", a.body)
	}
	if a := ask(t, s, http.MethodGet, "/charges", `{"limit":`); a.status != http.StatusBadRequest {
		t.Errorf("torn body: %d", a.status)
	}
}
