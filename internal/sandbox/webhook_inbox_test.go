package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// inbox is an endpoint of a merchant. It answers with the codes given, then with 204.
type inbox struct {
	*httptest.Server
	mu    sync.Mutex
	codes []int
	got   []map[string]any
	raw   []string
	gate  chan struct{} // nil, or closed to let answers go
}

func newInbox(t *testing.T, codes ...int) *inbox {
	t.Helper()
	b := &inbox{codes: codes}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	return b
}

func (b *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if b.gate != nil {
		<-b.gate
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	var e map[string]any
	if err := json.Unmarshal(body, &e); err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	b.got, b.raw = append(b.got, e), append(b.raw, string(body))
	code := http.StatusNoContent
	if len(b.codes) > 0 {
		code, b.codes = b.codes[0], b.codes[1:]
	}
	if code == http.StatusFound {
		w.Header().Set("Location", b.URL+"/elsewhere")
	}
	w.WriteHeader(code)
}

func (b *inbox) keys() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var keys []string
	for _, e := range b.got {
		keys = append(keys, e["key"].(string))
	}
	return strings.Join(keys, " ")
}

// quick gives options whose webhooks are tried three times without a pause worth mentioning.
func quick() Options {
	o := options()
	o.RetryAfter = []time.Duration{time.Millisecond, time.Millisecond}
	return o
}

func tellAll(t *testing.T, s *Server, uri string) {
	t.Helper()
	do(t, s, "PATCH /account", `{"webhook_uri":"`+uri+`"}`)
}

func settled(t *testing.T, s *Server) {
	t.Helper()
	check(t, ctl(t, s, "POST", "/webhooks/wait", `{"timeout":"20s"}`), map[string]any{"waiting": 0})
}

// attempts gives "status error" of each delivery of the latest event.
func attempts(t *testing.T, s *Server) []string {
	t.Helper()
	var all []string
	e := rows(t, object(t, s, "/events?order=reverse_chronological&limit=1"))[0]
	for _, x := range e["webhook_deliveries"].([]any) {
		d := x.(map[string]any)
		all = append(all, fmt.Sprint(d["status"], " ", d["error"]))
	}
	return all
}
