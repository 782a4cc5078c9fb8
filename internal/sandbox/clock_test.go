package sandbox

import (
	"testing"
	"time"
)

func TestFrozenClock(t *testing.T) {
	o := options()
	now := testNow
	o.Now, o.Clock = func() time.Time { return now }, time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	s := newServer(t, o)
	now = now.Add(time.Hour)
	check(t, ctl(t, s, "GET", "/clock", ""), map[string]any{"now": "2030-01-02T03:04:05Z", "frozen": true})
	check(t, ctl(t, s, "POST", "/clock", `{"advance":"-24h"}`), map[string]any{"now": "2030-01-01T03:04:05Z", "frozen": true})
	check(t, ctl(t, s, "POST", "/clock", `{"freeze":false,"set":"2030-06-01T00:00:00+07:00"}`), map[string]any{"now": "2030-05-31T17:00:00Z", "frozen": false})
	now = now.Add(time.Hour)
	check(t, ctl(t, s, "GET", "/clock", ""), map[string]any{"now": "2030-05-31T18:00:00Z"})
	ctl(t, s, "POST", "/reset", "")
	check(t, ctl(t, s, "GET", "/clock", ""), map[string]any{"now": "2030-01-02T03:04:05Z", "frozen": true})
	for _, body := range []string{`{"set":"noon"}`, `{"freeze":"maybe"}`, `{"forward":"1h"}`, `{"advance":3}`, `{"set":"9999-12-31T23:59:59Z"}`, `{"advance":"2000000h"}`, `{"set":"1970-01-01"}`} {
		if a := ask(t, s, "POST", "/_sandbox/clock", body); a.status != 400 {
			t.Errorf("%s: %d", body, a.status)
		}
	}
}

func TestLifetimeOfAuthorizations(t *testing.T) {
	o := options()
	o.Lifetime = 2 * time.Hour
	s := newServer(t, o)
	id := idOf(ctl(t, s, "POST", "/charges", `{"amount":100000,"capture":false}`))
	check(t, object(t, s, "/charges/"+id), map[string]any{"expires_at": "2026-11-21T07:30:00Z", "status": "pending"})
	s.Advance(2 * time.Hour)
	check(t, object(t, s, "/charges/"+id), map[string]any{"status": "reversed"})
	o.Lifetime = -time.Hour
	if _, err := New(o); err == nil {
		t.Error("a lifetime below zero was taken")
	}
}

func TestFutureChargesAppearWithTheClock(t *testing.T) {
	s := newServer(t, options())
	id := idOf(ctl(t, s, "POST", "/charges", `{"amount":5000,"created_at":"2026-11-21T06:00:00Z"}`))
	if a := get(t, s, "/charges?to=2030-01-01"); a.decode(t)["total"] != 0.0 || get(t, s, "/charges/"+id).status != 404 {
		t.Error("a charge of the future is there already")
	}
	ctl(t, s, "POST", "/clock", `{"advance":"30m"}`)
	check(t, object(t, s, "/charges"), map[string]any{"total": 1})
	check(t, object(t, s, "/charges/"+id), map[string]any{"status": "successful"})
}
