package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A start goes on with what was not told to the end, and repeats nothing.
func TestWebhooksOutliveAStart(t *testing.T) {
	b := newInbox(t, 200, 500, 503)
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
	if got := strings.Join(attempts(t, s), ", "); got != "500 <nil>, 503 <nil>" { // the last one that is left
		t.Errorf("deliveries: %s", got)
	}
}

// closedInbox has a charge's event waiting before its gate.
func closedInbox(t *testing.T) (*inbox, *Server) {
	t.Helper()
	b := newInbox(t)
	b.gate = make(chan struct{})
	s := newServer(t, quick())
	tellAll(t, s, b.URL)
	ctl(t, s, "POST", "/charges", `{"amount":5000}`)
	return b, s
}

func TestResetForgetsWebhooks(t *testing.T) {
	b, s := closedInbox(t)
	defer closed(t, s)
	before := s.webhooks()
	ctl(t, s, "POST", "/reset", "")
	close(b.gate)
	if before.ctx.Err() == nil {
		t.Fatal("what waited is still told")
	}
	settled(t, s)
	if page := object(t, s, "/events"); page["total"] != 0.0 {
		t.Errorf("%v events", page["total"])
	}
}

// An attempt shows from when it was made, which can be later than its event.
func TestDeliveriesOfLater(t *testing.T) {
	b, s := closedInbox(t)
	defer closed(t, s)
	s.Advance(time.Hour)
	close(b.gate)
	settled(t, s)
	if got := attempts(t, s); len(got) != 1 {
		t.Fatalf("deliveries: %v", got)
	}
	s.Advance(-time.Second)
	if got := attempts(t, s); len(got) != 0 {
		t.Errorf("an hour before it was told: %v", got)
	}
}

// What was told while the data file could not be written is told again, and nothing in its place.
func TestDeliveryThatIsNotKept(t *testing.T) {
	b := newInbox(t)
	b.gate = make(chan struct{})
	o := quick()
	o.Data = filepath.Join(t.TempDir(), "data")
	s := newServer(t, o)
	tellAll(t, s, b.URL)
	ctl(t, s, "POST", "/charges", `{"amount":5000}`)
	bad, err := os.Open(o.Data) // read-only
	must(t, err)
	use := func(f *os.File) (before *os.File) {
		s.order.Lock()
		defer s.order.Unlock()
		before, s.journal.file = s.journal.file, f
		return before
	}
	good := use(bad)
	close(b.gate)
	settled(t, s)
	use(good)
	must(t, bad.Close())
	ctl(t, s, "POST", "/customers", `{}`)
	settled(t, s)
	closed(t, s)
	s = newServer(t, o)
	defer closed(t, s)
	settled(t, s)
	if keys := b.keys(); keys != "charge.create customer.create charge.create customer.create" {
		t.Errorf("told: %s", keys)
	}
}

// An attempt counts for the call that stands first in its queue, and for no other.
func TestStrayDeliveriesCountForNothing(t *testing.T) {
	w := newWebhooks(newServer(t, options())) // which still holds back what waits
	const uri = "http://127.0.0.1:1/"
	w.add(&event{id: "evnt_test_1"}, []string{uri, uri})
	for _, tt := range []struct {
		event   string
		uri     string
		place   int
		last    bool
		waiting int
	}{
		{"evnt_test_2", uri, 0, true, 2},
		{"evnt_test_1", "http://127.0.0.1:2/", 0, true, 2},
		{"evnt_test_1", uri, 1, true, 2}, // the first place has its turn
		{"evnt_test_1", uri, 0, false, 2},
		{"evnt_test_1", uri, 0, true, 1},
		{"evnt_test_1", uri, 0, true, 1},
		{"evnt_test_1", uri, 1, true, 0},
		{"evnt_test_1", uri, 1, true, 0},
	} {
		w.settle(delivered{Event: tt.event, URI: tt.uri, Place: tt.place, Attempt: 1, Last: tt.last})
		if _, waiting := w.rest(); waiting != tt.waiting {
			t.Errorf("after %+v %d wait", tt, waiting)
		}
	}
}
