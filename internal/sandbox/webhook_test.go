package sandbox

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWebhookIsTheEvent(t *testing.T) {
	b := newInbox(t)
	s := newServer(t, quick())
	defer closed(t, s)
	tellAll(t, s, b.URL+"/hook")
	id := idOf(ctl(t, s, "POST", "/charges", `{"amount":100000,"capture":false}`))
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
	if !strings.HasPrefix(idOf(d), "whdl_test_") {
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
		t.Run(tt.want, func(t *testing.T) {
			b := newInbox(t, tt.codes...)
			s := newServer(t, quick())
			tellAll(t, s, b.URL)
			ctl(t, s, "POST", "/charges", `{"amount":100000}`)
			settled(t, s)
			if got := strings.Join(attempts(t, s), ", "); got != tt.want {
				t.Errorf("%v: %s", tt.codes, got)
			}
			closed(t, s)
		})
	}
}

// Nothing outside of this machine is ever contacted, no name server either.
func TestWebhooksStayOnThisMachine(t *testing.T) {
	o := quick()
	o.RetryAfter = []time.Duration{time.Millisecond}
	s := newServer(t, o)
	defer closed(t, s)
	elsewhere := []string{"<nil> the sandbox posts to loopback addresses only"}
	refused := []string{"refused", "refused"}
	for uri, want := range map[string][]string{
		"http://203.0.113.7/hook":     elsewhere,
		"http://0.0.0.0:1/hook":       elsewhere,
		"http://[2001:db8::1]/hook":   elsewhere,
		"https://shop.example/hook":   elsewhere,
		"http://localhost.evil:1/":    elsewhere,
		"http://127.0.0.1:1/hook":     refused,
		"http://localhost:1/hook":     refused,
		"http://shop.localhost:1/":    refused,
		"ftp://127.0.0.1/hook":        {"unsupported protocol scheme", "unsupported protocol scheme"},
		"http://127.0.0.1:1/%zz?bad ": {"invalid", "invalid"},
	} {
		s.st.webhookURI = uri
		ctl(t, s, "POST", "/charges", `{"amount":100000}`)
		settled(t, s)
		got := attempts(t, s)
		if len(got) != len(want) || !strings.HasPrefix(got[0], "<nil> ") || !strings.Contains(got[0], want[0]) {
			t.Errorf("%s: %q", uri, got)
		}
	}
}

func TestWebhookToLocalhost(t *testing.T) {
	b := newInbox(t)
	s := newServer(t, quick())
	defer closed(t, s)
	tellAll(t, s, strings.Replace(b.URL, "127.0.0.1", "localhost", 1))
	ctl(t, s, "POST", "/customers", `{}`)
	settled(t, s)
	if keys := b.keys(); keys != "customer.create" {
		t.Errorf("told: %s", keys)
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
		_, err := s.AddCharge(ChargeSpec{Amount: 5_000})
		must(t, err)
	}
	if got := attempts(t, s); !slices.Equal(got, []string{"<nil> too many webhooks wait"}) {
		t.Errorf("the last event: %q", got)
	}
	close(b.gate)
	closed(t, s) // although most still wait
}
