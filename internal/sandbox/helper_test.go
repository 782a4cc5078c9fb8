package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const testKey = "skey_test_5s4ndb0x"

var testNow = time.Date(2026, 11, 21, 5, 30, 0, 0, time.UTC)

func options() Options {
	return Options{Seed: 7, Now: func() time.Time { return testNow }}
}

func newServer(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type answer struct {
	status int
	header http.Header
	body   string
}

// get asks the server with a good key; options are "Header: value" lines.
func get(t *testing.T, s *Server, path string, headers ...string) answer {
	t.Helper()
	return ask(t, s, http.MethodGet, path, "", headers...)
}

func ask(t *testing.T, s *Server, method, path, body string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.SetBasicAuth(testKey, "")
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ": ")
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	raw, _ := io.ReadAll(w.Body)
	return answer{w.Code, w.Header(), string(raw)}
}

func (a answer) decode(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("status %d: %v: %.200s", a.status, err, a.body)
	}
	return v
}

// object asks for one object and fails unless it is there.
func object(t *testing.T, s *Server, path string) map[string]any {
	t.Helper()
	a := get(t, s, path)
	if a.status != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, a.status, a.body)
	}
	return a.decode(t)
}

func rows(t *testing.T, page map[string]any) []map[string]any {
	t.Helper()
	data, ok := page["data"].([]any)
	if !ok {
		t.Fatalf("no data in %v", page)
	}
	var out []map[string]any
	for _, x := range data {
		out = append(out, x.(map[string]any))
	}
	return out
}

func ids(rows []map[string]any) string {
	var out []string
	for _, r := range rows {
		out = append(out, r["id"].(string))
	}
	return strings.Join(out, " ")
}
