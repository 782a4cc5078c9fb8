package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const testKey = "skey_test_5s4ndb0x"

var testNow = time.Date(2026, 11, 21, 5, 30, 0, 0, time.UTC)

func options() Options {
	return Options{Seed: 7, Now: func() time.Time { return testNow }}
}

func newServer(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := New(o)
	must(t, err)
	return s
}

type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request with the secret key; headers are "Header: value" lines.
func ask(t rapid.TB, s *Server, method, path, body string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.SetBasicAuth(testKey, "")
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ": ")
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func get(t rapid.TB, s *Server, path string, headers ...string) answer {
	t.Helper()
	return ask(t, s, http.MethodGet, path, "", headers...)
}

// withKey is the header for another key than the secret one.
func withKey(key string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(key+":"))
}

// withPublicKey is for what a shopper's browser asks.
var withPublicKey = withKey("pkey_test_5s4ndb0x")

func (a answer) decode(t rapid.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("status %d: %v: %.200s", a.status, err, a.body)
	}
	return v
}

// do sends a request, such as "POST /charges", that has to succeed, and gives the object it answers
// with.
func do(t rapid.TB, s *Server, request, body string, headers ...string) map[string]any {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	a := ask(t, s, method, path, body, headers...)
	if a.status != http.StatusOK {
		t.Fatalf("%s %s: %d %s", request, body, a.status, a.body)
	}
	return a.decode(t)
}

// object asks for one object and fails unless it is there.
func object(t rapid.TB, s *Server, path string) map[string]any {
	t.Helper()
	return do(t, s, "GET "+path, "")
}

// refuse sends a request that has to be refused with a code and leave everything as it was.
func refuse(t *testing.T, s *Server, request, body, code string) {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	newest := func(list string) string { return get(t, s, list+"?limit=100&order=reverse_chronological").body }
	before, made := newest("/events")+newest("/charges"), s.ids.made
	a := ask(t, s, method, path, body)
	status := http.StatusBadRequest
	if code == "not_found" {
		status = http.StatusNotFound
	}
	if got := a.decode(t); a.status != status || got["code"] != code || got["object"] != "error" {
		t.Errorf("%s %s: %d %s, want %s", request, body, a.status, a.body, code)
	}
	if newest("/events")+newest("/charges") != before || s.ids.made != made {
		t.Errorf("%s %s was refused, and changed something", request, body)
	}
}

// ctl makes a control call, which needs no key.
func ctl(t *testing.T, s *Server, method, path, body string) map[string]any {
	t.Helper()
	return do(t, s, method+" /_sandbox"+path, body, "Authorization: none")
}

func addCharge(t *testing.T, s *Server, spec ChargeSpec) string {
	t.Helper()
	if spec.Amount == 0 {
		spec.Amount = 100_000
	}
	id, err := s.AddCharge(spec)
	must(t, err)
	return id
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// code is that of Omise's error, "" for any other.
func code(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
