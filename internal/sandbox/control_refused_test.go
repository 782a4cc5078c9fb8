package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

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

func TestControlCaptureOfNoAmount(t *testing.T) {
	s := newServer(t, options())
	id := addCharge(t, s, ChargeSpec{Status: "authorized"})
	for _, amount := range []string{"-1", "-100000", "100001"} {
		a := ask(t, s, "POST", "/_sandbox/charges/"+id+"/capture", `{"capture_amount":`+amount+`}`)
		if a.status != http.StatusBadRequest || !strings.Contains(a.body, "failed_capture") {
			t.Errorf("%s: %d %s", amount, a.status, a.body)
		}
	}
	check(t, object(t, s, "/charges/"+id), map[string]any{"paid": false, "capturable": true})
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
