package fetch_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// What once went wrong. Each comment says how; each test holds that it no
// longer does.

// The probe for the first customer goes wrong alone. Sync's own error is to be
// of the ledger; what Omise did belongs into the Result, and charges, refunds
// and disputes are still there to be read.
func TestOnceProbeThatFailsSinksTheAccount(t *testing.T) {
	for name, status := range map[string]int{"403": 403, "400": 400, "down for one path": 503} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, sandbox.Options{Seed: 2, Charges: 30, Customers: 3})
			s.setWrap(replying("/customers", status, `{"object":"error","code":"x","message":"y"}`))
			result, err := s.sync(context.Background())
			if err != nil {
				t.Errorf("Sync's own error: %v", err)
			}
			if len(s.rows("charges")) == 0 {
				t.Errorf("no charge was read: %+v", result)
			}
		})
	}
}

func TestOnceIgnoredParametersInTheProbe(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 2, Charges: 30, Customers: 3})
	must(t, s.api.SetFaults("ignore_params"))
	if _, err := s.sync(context.Background()); err != nil {
		t.Errorf("Sync's own error: %v", err)
	}
}

// Where the first customer's creation time cannot be read, no customer is read
// at all, and nobody is told.
func TestOnceUnreadableFirstCustomerHidesAllOthers(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	first := s.addCustomer(sandbox.CustomerSpec{CreatedAt: ago(50 * day)})
	for i := range 5 {
		s.addCustomer(sandbox.CustomerSpec{CreatedAt: ago(time.Duration(i+1) * day), Cards: cards(1)})
	}
	s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding")
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, r)
		body := answer.Body.String()
		if at := strings.Index(body, first); at >= 0 { // this customer's own creation time
			head, tail := body[:at], body[at:]
			body = head + strings.Replace(tail, `"created_at":"2026-10-02`, `"created_at_at":"2026-10-02`, 1)
		}
		w.WriteHeader(answer.Code)
		fmt.Fprint(w, body)
	})
	if _, err := s.sync(context.Background()); err != nil {
		t.Fatal(err)
	}
	unreadable, err := s.ledger.UnreadableIn(context.Background(), s.run)
	must(t, err)
	if rows := s.rows("customers"); len(rows) != 5 || len(unreadable) != 1 {
		t.Errorf("%d customers read of 5 readable ones, %d named, windows not proven: %d", len(rows), len(unreadable), len(s.failed()))
	}
}

// After a 401 nothing more is to be asked: objects by id go on being.
func TestOnceRefusedWhileReadingByID(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	for i := range 40 {
		old := s.addCharge(sandbox.ChargeSpec{Amount: 50_000, CreatedAt: ago(200*day + time.Duration(i)*time.Hour)})
		_, err := s.api.Refund(old, 0)
		must(t, err)
	}
	s.tomorrow()
	s.setWrap(refusing("/charges/"))
	result, err := s.sync(context.Background())
	if err != nil || result.Err == nil {
		t.Fatalf("%+v, %v", result, err)
	}
	if n := len(s.asked("/charges/")); n > 4 {
		t.Errorf("%d requests with a refused key, 4 were in flight", n)
	}
}

// A customer with many cards is deleted while its cards are paged. Its window
// moved and is to be walked again; instead it is given up for the night.
func TestOnceCustomerDeletedWhileItsCardsArePaged(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	wallet := s.addCustomer(sandbox.CustomerSpec{CreatedAt: ago(2 * day), Cards: cards(30)})
	s.addCustomer(sandbox.CustomerSpec{CreatedAt: ago(day), Cards: cards(1)})
	var deleted atomic.Bool
	s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/cards") && !deleted.Swap(true) {
			if err := s.api.DeleteCustomer(wallet); err != nil {
				t.Error(err)
			}
		}
		api.ServeHTTP(w, r)
	})
	s.night()
}

// Progress: a run that goes on with another's windows counts their rows as
// read, but never as expected.
func TestOnceProgressOfAResumedRun(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	for i := range 450 {
		s.addCharge(sandbox.ChargeSpec{Amount: 10_000, CreatedAt: ago(time.Duration(i) * time.Minute)})
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var pages atomic.Int32
	s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("offset") == "100" && pages.Add(1) == 1 {
			cancel()
		}
		api.ServeHTTP(w, r)
	})
	_, _ = s.sync(ctx)
	s.setWrap(nil)
	cut, progress := s.run, newTally()
	s.night(func(o *fetch.Options) { o.Resume, o.ResumeSince, o.Progress = cut, o.Started, progress })
	if got := progress; got.expect[ledger.Charges] < got.read[ledger.Charges] {
		t.Errorf("%d read of %d", got.read[ledger.Charges], got.expect[ledger.Charges])
	}
}

// Progress: pages of customers overlap by a row, and that row counts twice.
func TestOnceProgressOfOverlappingPages(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	for i := range 350 {
		s.addCustomer(sandbox.CustomerSpec{CreatedAt: ago(day + time.Duration(i)*time.Minute)})
	}
	progress := newTally()
	s.night(func(o *fetch.Options) { o.Progress = progress })
	if got := progress; got.expect[ledger.Customers] != got.read[ledger.Customers] {
		t.Errorf("%d read of %d", got.read[ledger.Customers], got.expect[ledger.Customers])
	}
}
