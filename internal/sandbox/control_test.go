package sandbox

import (
	"strings"
	"testing"
	"time"
)

func TestControlPlane(t *testing.T) {
	s := newServer(t, options())
	check(t, ctl(t, s, "GET", "/clock", ""), map[string]any{"now": "2026-11-21T05:30:00Z"})
	check(t, ctl(t, s, "POST", "/clock", `{"advance":"24h"}`), map[string]any{"now": "2026-11-22T05:30:00Z"})
	check(t, ctl(t, s, "POST", "/clock", `{"set":"2026-12-01T07:00:00+07:00"}`), map[string]any{"now": "2026-12-01T00:00:00Z"})
	for _, path := range []string{"/charges", "/_sandbox/state", "/pay/links/none"} {
		if a := get(t, s, path); a.header.Get("Date") != "Tue, 01 Dec 2026 00:00:00 GMT" {
			t.Errorf("Date of %s is %s", path, a.header.Get("Date"))
		}
	}

	id := idOf(ctl(t, s, "POST", "/charges", `{"amount":100000,"capture":false,"metadata":{"order_id":"007","n":1.50}}`))
	got := ctl(t, s, "POST", "/charges/"+id+"/capture", `{"capture_amount":60000}`)
	check(t, got, map[string]any{"status": "successful", "captured": 60_000})
	if a := get(t, s, "/charges/"+id); !strings.Contains(a.body, `"metadata":{"order_id":"007","n":1.50}`) {
		t.Error("metadata is not as written")
	}
	refund := idOf(ctl(t, s, "POST", "/charges/"+id+"/refund", `{"amount":100}`))
	object(t, s, "/charges/"+id+"/refunds/"+refund)
	dispute := idOf(ctl(t, s, "POST", "/charges/"+id+"/dispute", ""))
	ctl(t, s, "POST", "/disputes/"+dispute+"/answer", "")
	ctl(t, s, "POST", "/disputes/"+dispute+"/close", `{"won":true}`)
	check(t, ctl(t, s, "GET", "/charges/"+id, ""), map[string]any{"dispute_status": "won", "refunded": 100})

	waiting := idOf(ctl(t, s, "POST", "/charges", `{"amount":5000,"source":"promptpay"}`))
	ctl(t, s, "POST", "/charges/"+waiting+"/pay", "")
	failing := idOf(ctl(t, s, "POST", "/charges", `{"amount":5000,"status":"pending"}`))
	ctl(t, s, "POST", "/charges/"+failing+"/fail", "")
	held := idOf(ctl(t, s, "POST", "/charges", `{"amount":5000,"status":"authorized"}`))
	ctl(t, s, "POST", "/charges/"+held+"/reverse", "")
	for id, want := range map[string]string{waiting: "successful", failing: "failed", held: "reversed"} {
		check(t, object(t, s, "/charges/"+id), map[string]any{"status": want})
	}
}

func TestControlOfCustomers(t *testing.T) {
	s := newServer(t, options())
	id := idOf(ctl(t, s, "POST", "/customers", `{"email":"a@example.com","cards":[{"brand":"JCB","expiration_month":2,"expiration_year":2027}]}`))
	card := idOf(ctl(t, s, "POST", "/customers/"+id+"/cards", `{}`))
	ctl(t, s, "PATCH", "/customers/"+id+"/cards/"+card, `{"expiration_month":5,"expiration_year":2030}`)
	check(t, object(t, s, "/customers/"+id+"/cards/"+card), map[string]any{"expiration_month": 5, "expiration_year": 2030})
	ctl(t, s, "DELETE", "/customers/"+id+"/cards/"+card, "")
	if page := object(t, s, "/customers/"+id+"/cards"); page["total"] != 1.0 {
		t.Errorf("%v cards left", page["total"])
	}
	ctl(t, s, "DELETE", "/customers/"+id, "")
	if page := object(t, s, "/customers"); page["total"] != 0.0 {
		t.Errorf("%v customers left", page["total"])
	}
}

func TestControlOfFaultsRequestsAndReset(t *testing.T) {
	s := newServer(t, options())
	ctl(t, s, "POST", "/faults", `{"spec":"500"}`)
	if a := get(t, s, "/refunds"); a.status != 500 {
		t.Errorf("fault: %d", a.status)
	}
	if a := ask(t, s, "POST", "/_sandbox/faults", `{"spec":"flood"}`); a.status != 400 || !strings.Contains(a.body, "known are") {
		t.Errorf("unknown fault: %d %s", a.status, a.body)
	}
	log := ctl(t, s, "GET", "/requests", "")
	if log["total"] != 1.0 || log["paths"].(map[string]any)["/refunds"] != 1.0 || s.Requests() != 1 {
		t.Errorf("log is %v", log)
	}
	if got := s.RequestLog(); len(got) != 1 || got[0] != "/refunds" {
		t.Errorf("log is %v", got)
	}
	ctl(t, s, "POST", "/clock", `{"advance":"1h"}`)
	ctl(t, s, "POST", "/reset", "")
	if a := get(t, s, "/refunds"); a.status != 200 || s.Requests() != 1 || !s.Clock().Equal(testNow) {
		t.Error("reset left something")
	}
}

func TestStateCountsAndNamesNobody(t *testing.T) {
	o := options()
	o.Charges, o.Customers, o.Faults, o.Country = 40, 6, "slow=1%:1ms", "JP"
	s := newServer(t, o)
	ctl(t, s, "POST", "/customers", `{"email":"somebody@example.com","cards":[{"name":"Somebody"}]}`)
	state := ctl(t, s, "GET", "/state", "")
	check(t, state["settings"].(map[string]any), map[string]any{"seed": 7, "charges": 40, "country": "JP", "authorization_lifetime": "720h0m0s", "data": false})
	check(t, state["clock"].(map[string]any), map[string]any{"now": "2026-11-21T05:30:00Z", "frozen": false})
	objects := state["objects"].(map[string]any)
	for kind, n := range objects {
		switch kind {
		case "tokens", "sources": // have no list
		default:
			check(t, object(t, s, "/"+kind), map[string]any{"total": int(n.(float64))})
		}
	}
	check(t, objects, map[string]any{"charges": 40, "customers": 7})
	balance := object(t, s, "/balance")
	check(t, state["balance"].(map[string]any), map[string]any{"currency": "JPY", "total": int(balance["total"].(float64))})
	check(t, state, map[string]any{"faults": o.Faults, "waiting_webhooks": 0})
	a := ask(t, s, "GET", "/_sandbox/state", "")
	for _, secret := range []string{"somebody", "Somebody", "@", testKey} {
		if strings.Contains(a.body, secret) {
			t.Errorf("the state tells %s", secret)
		}
	}
}

// A charge tells when it was paid and until when it waits, and leaves out what was never.
func TestInstantsOfACharge(t *testing.T) {
	s := newServer(t, options())
	waiting := addCharge(t, s, ChargeSpec{Source: "promptpay"})
	s.Advance(time.Hour)
	unpaid := ctl(t, s, "GET", "/charges/"+waiting, "")
	check(t, unpaid, map[string]any{"created_at": "2026-11-21T05:30:00Z", "expires_at": "2026-11-22T05:30:00Z"})
	if at, has := unpaid["paid_at"]; has {
		t.Errorf("it was paid at %v", at)
	}
	ctl(t, s, "POST", "/charges/"+waiting+"/pay", "")
	check(t, ctl(t, s, "GET", "/charges/"+waiting, ""), map[string]any{"status": "successful", "paid_at": "2026-11-21T06:30:00Z"})
}
