package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
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
	if a := ask(t, s, "PATCH", "/account", `{"webhook_uri":"`+uri+`"}`); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
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

func TestWebhookIsTheEvent(t *testing.T) {
	b := newInbox(t)
	s := newServer(t, quick())
	defer closed(t, s)
	tellAll(t, s, b.URL+"/hook")
	id := ctl(t, s, "POST", "/charges", `{"amount":100000,"capture":false}`)["id"].(string)
	ctl(t, s, "POST", "/charges/"+id+"/capture", `{"capture_amount":60000}`)
	ctl(t, s, "POST", "/charges/"+id+"/refund", `{"amount":100}`)
	settled(t, s)
	if keys := b.keys(); keys != "charge.create charge.capture refund.create" {
		t.Errorf("told: %s", keys)
	}
	// All three fell into one second, and yet each shows its own moment.
	created := b.got[0]["data"].(map[string]any)
	check(t, created, map[string]any{"id": id, "paid": false, "status": "pending", "refunded_amount": 0})
	check(t, b.got[1]["data"].(map[string]any), map[string]any{"paid": true, "captured_amount": 60_000, "refunded_amount": 0})

	e := rows(t, object(t, s, "/events"))[0]
	d := e["webhook_deliveries"].([]any)[0].(map[string]any)
	check(t, d, map[string]any{
		"object": "webhook_delivery", "uri": b.URL + "/hook", "status": 204, "key": "charge.create", "error": nil,
		"payload": b.raw[0], "created_at": "2026-11-21 05:30:00 UTC",
	})
	if !strings.HasPrefix(d["id"].(string), "whdl_test_") {
		t.Errorf("id %v", d["id"])
	}
	check(t, b.got[0], map[string]any{"id": e["id"], "object": "event"})
	if told := b.got[0]["webhook_deliveries"].([]any); len(told) != 0 {
		t.Errorf("told of %v", told)
	}
}

func TestWebhooksAreTriedAgain(t *testing.T) {
	for _, tt := range []struct {
		codes []int
		want  string
	}{
		{[]int{500, 404, 200}, "500 <nil>, 404 <nil>, 200 <nil>"},
		{[]int{500, 500, 503, 200}, "500 <nil>, 500 <nil>, 503 <nil>"},
		{[]int{302}, "302 <nil>, 204 <nil>"}, // not followed: that would be a GET, which gets 418
		{nil, "204 <nil>"},
	} {
		b := newInbox(t, tt.codes...)
		s := newServer(t, quick())
		tellAll(t, s, b.URL)
		ctl(t, s, "POST", "/charges", `{"amount":100000}`)
		settled(t, s)
		if got := strings.Join(attempts(t, s), ", "); got != tt.want {
			t.Errorf("%v: %s", tt.codes, got)
		}
		closed(t, s)
	}
}

// Nothing outside of this machine is ever contacted, whatever it is called.
func TestWebhooksStayOnThisMachine(t *testing.T) {
	o := quick()
	o.RetryAfter = []time.Duration{}
	s := newServer(t, o)
	defer closed(t, s)
	for uri, want := range map[string]string{
		"http://203.0.113.7/hook":   "loopback addresses only, not to 203.0.113.7",
		"http://0.0.0.0:1/hook":     "loopback addresses only, not to 0.0.0.0",
		"http://[2001:db8::1]/hook": "loopback addresses only, not to 2001:db8::1",
		"http://127.0.0.1:1/hook":   "connection refused",
		"ftp://127.0.0.1/hook":      "unsupported protocol scheme",
	} {
		s.st.webhookURI = uri
		ctl(t, s, "POST", "/charges", `{"amount":100000}`)
		settled(t, s)
		if got := attempts(t, s); len(got) != 1 || !strings.HasPrefix(got[0], "<nil> ") || !strings.Contains(got[0], want) {
			t.Errorf("%s: %q", uri, got)
		}
	}
}

// One endpoint that does not answer holds up neither writers nor other endpoints, and is told in
// the order of the events once it does.
func TestSlowEndpointHoldsUpNobody(t *testing.T) {
	slow, fast := newInbox(t), newInbox(t)
	slow.gate = make(chan struct{})
	s := newServer(t, quick())
	defer closed(t, s)
	tellAll(t, s, slow.URL)
	ctl(t, s, "POST", "/charges", `{"amount":100000}`)
	ctl(t, s, "POST", "/customers", `{}`)
	tellAll(t, s, fast.URL)
	ctl(t, s, "POST", "/charges", `{"amount":5000}`)
	for deadline := time.After(20 * time.Second); fast.keys() != "charge.create"; {
		select {
		case <-deadline:
			t.Fatal("the fast endpoint was not told")
		case <-time.After(time.Millisecond):
		}
	}
	if left := ctl(t, s, "POST", "/webhooks/wait", `{"timeout":"1ms"}`)["waiting"]; left != 2.0 && left != 3.0 {
		t.Errorf("%v wait", left)
	}
	close(slow.gate)
	settled(t, s)
	if keys := slow.keys(); keys != "charge.create customer.create" {
		t.Errorf("told: %s", keys)
	}
}

func TestWebhooksThatPileUp(t *testing.T) {
	b := newInbox(t)
	b.gate = make(chan struct{})
	s := newServer(t, quick())
	tellAll(t, s, b.URL)
	for range maxWaiting + 1 {
		if _, err := s.AddCharge(ChargeSpec{Amount: 5_000}); err != nil {
			t.Fatal(err)
		}
	}
	if got := attempts(t, s); !slices.Equal(got, []string{"<nil> too many webhooks wait"}) {
		t.Errorf("the last event: %q", got)
	}
	close(b.gate)
	closed(t, s) // although most still wait
}

// A start goes on with what was not told to the end, and repeats nothing.
func TestWebhooksOutliveAStart(t *testing.T) {
	b := newInbox(t, 200, 500)
	o := quick()
	o.Data = filepath.Join(t.TempDir(), "data")
	o.RetryAfter = []time.Duration{time.Hour}
	s := newServer(t, o)
	tellAll(t, s, b.URL)
	ctl(t, s, "POST", "/customers", `{}`)
	settled(t, s)
	ctl(t, s, "POST", "/charges", `{"amount":5000}`)
	for deadline := time.After(20 * time.Second); len(attempts(t, s)) == 0; {
		select {
		case <-deadline:
			t.Fatal("the endpoint was not told")
		case <-time.After(time.Millisecond):
		}
	}
	closed(t, s) // in the pause before the second attempt
	s = newServer(t, o)
	defer closed(t, s)
	settled(t, s)
	if keys := b.keys(); keys != "customer.create charge.create charge.create" {
		t.Errorf("told: %s", keys)
	}
	if got := strings.Join(attempts(t, s), ", "); got != "500 <nil>, 204 <nil>" {
		t.Errorf("deliveries: %s", got)
	}
}

func TestResetForgetsWebhooks(t *testing.T) {
	b := newInbox(t)
	b.gate = make(chan struct{})
	s := newServer(t, quick())
	defer closed(t, s)
	tellAll(t, s, b.URL)
	ctl(t, s, "POST", "/charges", `{"amount":5000}`)
	ctl(t, s, "POST", "/reset", "")
	close(b.gate)
	settled(t, s)
	if page := object(t, s, "/events"); page["total"] != 0.0 {
		t.Errorf("%v events", page["total"])
	}
}
