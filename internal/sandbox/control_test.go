package sandbox

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
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

	id := ctl(t, s, "POST", "/charges", `{"amount":100000,"capture":false,"metadata":{"order_id":"007","n":1.50}}`)["id"].(string)
	got := ctl(t, s, "POST", "/charges/"+id+"/capture", `{"capture_amount":60000}`)
	check(t, got, map[string]any{"status": "successful", "captured": 60_000})
	if a := get(t, s, "/charges/"+id); !strings.Contains(a.body, `"metadata":{"order_id":"007","n":1.50}`) {
		t.Error("metadata is not as written")
	}
	refund := ctl(t, s, "POST", "/charges/"+id+"/refund", `{"amount":100}`)["id"].(string)
	object(t, s, "/charges/"+id+"/refunds/"+refund)
	dispute := ctl(t, s, "POST", "/charges/"+id+"/dispute", "")["id"].(string)
	ctl(t, s, "POST", "/disputes/"+dispute+"/answer", "")
	ctl(t, s, "POST", "/disputes/"+dispute+"/close", `{"won":true}`)
	check(t, ctl(t, s, "GET", "/charges/"+id, ""), map[string]any{"dispute_status": "won", "refunded": 100})

	waiting := ctl(t, s, "POST", "/charges", `{"amount":5000,"source":"promptpay"}`)["id"].(string)
	ctl(t, s, "POST", "/charges/"+waiting+"/pay", "")
	failing := ctl(t, s, "POST", "/charges", `{"amount":5000,"status":"pending"}`)["id"].(string)
	ctl(t, s, "POST", "/charges/"+failing+"/fail", "")
	held := ctl(t, s, "POST", "/charges", `{"amount":5000,"status":"authorized"}`)["id"].(string)
	ctl(t, s, "POST", "/charges/"+held+"/reverse", "")
	for id, want := range map[string]string{waiting: "successful", failing: "failed", held: "reversed"} {
		check(t, object(t, s, "/charges/"+id), map[string]any{"status": want})
	}
}

func TestControlOfCustomers(t *testing.T) {
	s := newServer(t, options())
	id := ctl(t, s, "POST", "/customers", `{"email":"a@example.com","cards":[{"brand":"JCB","expiration_month":2,"expiration_year":2027}]}`)["id"].(string)
	card := ctl(t, s, "POST", "/customers/"+id+"/cards", `{}`)["id"].(string)
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

func TestControlRefuses(t *testing.T) {
	s := newServer(t, options())
	for _, tt := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/charges", `{"amount":0}`, 400},
		{"POST", "/charges", `{"amount":5,"currency":"XXX"}`, 400},
		{"POST", "/charges", `{"amount":5,"status":"odd"}`, 400},
		{"POST", "/charges", `{"amount":5,"created_at":"2026-11-21T04:00:00Z","paid_at":"2026-11-21T03:00:00Z"}`, 400},
		{"POST", "/charges", `{"amount":5,"metadata":[1]}`, 400},
		{"POST", "/charges", `{"amount":5,"customer":"cust_x"}`, 404},
		{"POST", "/charges", `{"amount":5,"curency":"JPY"}`, 400},
		{"POST", "/charges/chrg_x/capture", ``, 404},
		{"POST", "/clock", `{"advance":"soon"}`, 400},
		{"DELETE", "/customers/cust_x", ``, 404},
		{"GET", "/faults", ``, 405},
		{"GET", "/nothing", ``, 404},
	} {
		if a := ask(t, s, tt.method, "/_sandbox"+tt.path, tt.body); a.status != tt.status {
			t.Errorf("%s %s %s: %d %s", tt.method, tt.path, tt.body, a.status, a.body)
		}
	}
}

// A page of another site reaches the sandbox with the shopper's browser, and control calls ask for no
// key: they answer none but clients without a browser, and pages of the sandbox itself.
func TestControlIsNotForOtherSites(t *testing.T) {
	s := newServer(t, options())
	for _, tt := range []struct {
		header string
		status int
	}{
		{"Origin: http://evil.example", 403},
		{"Origin: null", 403},
		{"Origin: http://example.com", 200}, // the host that httptest's requests name
		{"Sec-Fetch-Site: cross-site", 403},
		{"Sec-Fetch-Site: same-site", 403},
		{"Sec-Fetch-Site: same-origin", 200},
		{"Sec-Fetch-Site: none", 200},
		{"User-Agent: curl/8", 200},
	} {
		for _, call := range []string{"GET /state", "POST /reset"} {
			method, path, _ := strings.Cut(call, " ")
			if a := ask(t, s, method, "/_sandbox"+path, "", tt.header); a.status != tt.status {
				t.Errorf("%s with %s: %d", call, tt.header, a.status)
			}
		}
	}
}

func TestUnknownControlCallListsThoseThereAre(t *testing.T) {
	s := newServer(t, options())
	for _, path := range []string{"", "/", "/charge", "/charges/x/y/z"} {
		a := ask(t, s, "POST", "/_sandbox"+path, "{}")
		calls, _ := a.decode(t)["calls"].([]any)
		if a.status != 404 || len(calls) < 20 || !slices.Contains(calls, any("POST /_sandbox/clock")) {
			t.Errorf("%q: %d %s", path, a.status, a.body)
		}
	}
	a := ask(t, s, "GET", "/_sandbox/faults", "")
	if a.status != 405 || a.header.Get("Allow") != "POST" || a.decode(t)["object"] != nil {
		t.Errorf("%d %v %s", a.status, a.header, a.body)
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

// A mistake in the sandbox itself is answered and logged, and holds up nobody.
func TestPanicIsAnswered(t *testing.T) {
	o := options()
	var log bytes.Buffer
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	s := newServer(t, o)
	fall := func(*query) ([]byte, error) { panic("oops") }
	s.api = s.handle(newRouter([]route{{http.MethodPost, "/fall", secretKey, fall}}).find)
	for range 2 {
		a := ask(t, s, "POST", "/fall", "")
		if a.status != http.StatusInternalServerError || a.decode(t)["code"] != "internal_error" {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if strings.Count(log.String(), "panic=oops") != 2 {
		t.Errorf("log: %s", log.String())
	}
}

func TestConcurrentUse(t *testing.T) {
	o := options()
	o.Charges, o.Customers, o.Faults = 60, 40, "insert=30%,delete=30%,wrong_total=5%"
	s := newServer(t, o)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for n := range 15 {
				for _, path := range []string{"/charges", "/customers", "/refunds", "/events"} {
					get(t, s, fmt.Sprintf("%s?limit=20&offset=%d", path, 20*(n%3)))
				}
				if i == 0 {
					_, _ = s.AddCharge(ChargeSpec{Amount: 5_000})
					s.Advance(60_000_000_000)
				}
			}
		})
	}
	wg.Wait()
	if s.Requests() != 6*15*4 {
		t.Errorf("%d requests", s.Requests())
	}
}

func TestTwoBeginAnewAtOnce(t *testing.T) {
	s := newServer(t, options())
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			if n%2 == 0 {
				must(t, s.Reset())
				return
			}
			must(t, s.reseed(planting{int64(n), n, n}))
		})
	}
	wg.Wait()
	page := object(t, s, "/customers")
	if got := s.planting(); page["total"] != float64(got.Customers) {
		t.Errorf("%v customers, said to be %+v", page["total"], got)
	}
}
