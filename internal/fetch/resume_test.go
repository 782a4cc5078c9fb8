package fetch_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// A stretch of the sweep that failed is read again the next night, although an
// older proof covers it.
func TestSweepThatFailedIsReadTheNextNight(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	s.addCharge(sandbox.ChargeSpec{Amount: 10_000, CreatedAt: ago(33 * day)})
	s.night()
	sweep := func(o *fetch.Options) { o.Sweep = 5 * day }
	s.tomorrow()
	s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		from, _ := time.Parse(time.RFC3339, r.URL.Query().Get("from"))
		if r.URL.Path == "/charges" && from.Before(s.night0.Add(-20*day)) {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		api.ServeHTTP(w, r)
	})
	if _, err := s.sync(context.Background(), sweep); err != nil {
		t.Fatal(err)
	}
	failed := s.failed()
	if len(failed) != 1 {
		t.Fatalf("failed: %v", failed)
	}
	s.setWrap(nil)
	s.tomorrow()
	s.night(sweep)
	proven, err := s.ledger.ProvenSpans(context.Background(), "main", ledger.Charges, ledger.InstantOf(s.night0))
	must(t, err)
	if left := ledger.Subtract([]ledger.Span{failed[0].Span}, proven); len(left) > 0 {
		t.Errorf("not read the next night: %v", left)
	}
}

// A card that cannot be read is known in memory alone, so a run that goes on
// from its page must not take it for deleted.
func TestUnreadableCardAndResume(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	for i := range 150 {
		s.addCustomer(sandbox.CustomerSpec{Email: fmt.Sprint(i), CreatedAt: ago(time.Duration(300-i) * time.Hour), Cards: cards(1)})
	}
	s.night()
	victim := s.api.Customers()[5].Cards[0]
	s.tomorrow()
	ctx, cut := context.WithCancel(context.Background())
	s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding")
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, r)
		before, after, found := strings.Cut(answer.Body.String(), `"id":"`+victim+`"`)
		if found && r.URL.Query().Get("limit") == "100" {
			after = strings.Replace(after, `"expiration_month":`, `"expiration_month":9`, 1)
			cut()
		}
		if found {
			before += `"id":"` + victim + `"` + after
		}
		w.Header().Set("Date", answer.Header().Get("Date"))
		_, _ = fmt.Fprint(w, before)
	})
	if _, err := s.sync(ctx); err == nil {
		t.Fatal("the run was not cut")
	}
	first := s.run
	if _, err := s.sync(context.Background(), func(o *fetch.Options) { o.Resume, o.ResumeSince = first, o.Started }); err != nil {
		t.Fatal(err)
	}
	unreadable, err := s.ledger.UnreadableIn(context.Background(), s.run)
	must(t, err)
	if len(unreadable) != 1 || unreadable[0].ID != victim || fmt.Sprint(s.rows("cards")[victim]["deleted"]) != "0" {
		t.Errorf("unreadable: %v, the card: %v", unreadable, s.rows("cards")[victim])
	}
}

// A pending refund of today has its day read, but not beyond the start of the
// run: what comes later that day would be missing from a window with a proof.
func TestNoWindowInTheFuture(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	id := s.addCharge(sandbox.ChargeSpec{Amount: 50_000, CreatedAt: ago(2 * day)})
	s.tomorrow()
	refund, err := s.api.Refund(id, 20_000)
	must(t, err)
	must(t, s.api.AmendRefund(refund, "pending"))
	for range 2 {
		s.night0 = s.night0.Add(time.Hour)
		s.api.SetClock(s.night0.Add(time.Second))
		s.clock.Advance(s.night0.Sub(s.clock.Now()))
		s.night(func(o *fetch.Options) { o.Lookback = 0 })
	}
	for _, list := range ledger.Lists() {
		proven, err := s.ledger.ProvenSpans(context.Background(), "main", list, 0)
		must(t, err)
		for _, span := range proven {
			if span.To > ledger.InstantOf(s.night0) {
				t.Errorf("%s are proven up to %s, and it is %s", list, span.To.Time(), s.night0)
			}
		}
	}
}

// An answer that is another charge is no answer.
func TestAnotherObjectIsNoAnswer(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	old := s.addCharge(sandbox.ChargeSpec{Amount: 50_000, CreatedAt: ago(200 * day)})
	other := s.addCharge(sandbox.ChargeSpec{Amount: 60_000, CreatedAt: ago(201 * day)})
	_, err := s.api.Refund(old, 0)
	must(t, err)
	s.tomorrow()
	s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/charges/") {
			r.URL.Path = "/charges/" + other
		}
		api.ServeHTTP(w, r)
	})
	result, err := s.sync(context.Background())
	must(t, err)
	if len(result.Problems) != 1 || !strings.Contains(result.Problems[0], "asked for "+old) || s.rows("charges")[other] != nil {
		t.Errorf("problems: %q; charges: %v", result.Problems, s.rows("charges"))
	}
}

// A server that ignores the order, and does not echo it, gives the newest
// customer first; the walk must not begin there.
func TestOrderIgnored(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	for i := range 5 {
		s.addCustomer(sandbox.CustomerSpec{CreatedAt: ago(time.Duration(i+1) * day), Cards: cards(1)})
	}
	s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		q.Set("order", "reverse_chronological")
		r.URL.RawQuery = q.Encode()
		r.Header.Del("Accept-Encoding")
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, r)
		w.Header().Set("Date", answer.Header().Get("Date"))
		_, _ = fmt.Fprint(w, strings.ReplaceAll(answer.Body.String(), `"order":"reverse_chronological",`, ""))
	})
	s.night()
	if n := len(s.rows("cards")); n != 5 {
		t.Errorf("%d cards, want 5", n)
	}
}

// A customer whose embedded cards name one twice has another one missing.
func TestEmbeddedCardTwice(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	s.addCustomer(sandbox.CustomerSpec{CreatedAt: ago(3 * day), Cards: cards(2)})
	two := s.api.Customers()[0].Cards
	s.night()
	s.tomorrow()
	s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding")
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, r)
		body := answer.Body.String()
		if r.URL.Path == "/customers" {
			body = strings.ReplaceAll(body, two[1], two[0])
		}
		w.Header().Set("Date", answer.Header().Get("Date"))
		_, _ = fmt.Fprint(w, body)
	})
	s.night()
	for _, id := range two {
		if row := s.rows("cards")[id]; fmt.Sprint(row["deleted"]) != "0" {
			t.Errorf("card %s: %v", id, row)
		}
	}
}
