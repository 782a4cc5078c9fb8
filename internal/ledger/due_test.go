package ledger_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
)

func due(t testing.TB, l *ledger.Ledger, since ledger.Instant) string {
	t.Helper()
	var ids []string
	for _, d := range must(l.DueNow(t.Context(), "main", since)) {
		ids = append(ids, string(d.Object)+":"+d.ID)
	}
	return strings.Join(ids, " ")
}

const never ledger.Instant = 1 << 40

// A refund or dispute that is new or changed says that its charge has changed.
func TestRefundsAndDisputesMakeTheirChargesDue(t *testing.T) {
	l := open(t)
	first := begin(t, l)
	save(t, l, first.ID, ledger.Batch{
		Refunds:  []ledger.Refund{refund("r1", "c1"), refund("r2", "c1"), refund("r3", "c2"), refund("r4", "")},
		Disputes: []ledger.Dispute{dispute("d1", "c3")},
	})
	if got := due(t, l, never); got != "charge:c1 charge:c2 charge:c3" {
		t.Errorf("after new ones: %s", got)
	}
	save(t, l, first.ID, ledger.Batch{Charges: []ledger.Charge{charge("c1"), charge("c2"), charge("c3"), charge("c4")}})
	if got := due(t, l, never); got != "" {
		t.Errorf("after reading: %s", got)
	}

	second := begin(t, l)
	save(t, l, second.ID, ledger.Batch{
		Refunds:  []ledger.Refund{refund("r1", "c1"), refund("r3", "c2", func(r *ledger.Refund) { r.Voided = true })},
		Disputes: []ledger.Dispute{dispute("d1", "c3", func(d *ledger.Dispute) { d.Status = "lost" }), dispute("d2", "c4")},
	})
	if got := due(t, l, never); got != "charge:c2 charge:c3 charge:c4" {
		t.Errorf("after a change: %s", got)
	}
	save(t, l, second.ID, ledger.Batch{
		Refunds: []ledger.Refund{refund("r3", "c2", func(r *ledger.Refund) { r.Voided = true })},
	})
	if got := due(t, l, never); got != "charge:c2 charge:c3 charge:c4" {
		t.Errorf("what is not read is no longer due: %s", got)
	}
	begin(t, l)
	if got := due(t, l, never); got != "charge:c2 charge:c3 charge:c4" {
		t.Errorf("forgotten by the next run: %s", got)
	}
}

// The page that brings the refund may bring its charge with it: then it is read.
func TestAChargeReadWithItsRefundIsNotDue(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	save(t, l, run.ID, ledger.Batch{Charges: []ledger.Charge{charge("c1")}, Refunds: []ledger.Refund{refund("r1", "c1")}})
	if got := due(t, l, never); got != "" {
		t.Errorf("due: %s", got)
	}
}

func TestReadingADisputeStrikesItOff(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	must(l.SavePlan(t.Context(), run.ID, "main", ledger.Plan{Due: []ledger.Due{
		{Object: ledger.DisputeObject, ID: "d1"}, {Object: ledger.DisputeObject, ID: "d2"}, {Object: ledger.ChargeObject, ID: "d1"},
	}}))
	save(t, l, run.ID, ledger.Batch{Disputes: []ledger.Dispute{dispute("d1", "c1")}})
	if got := due(t, l, never); got != "charge:c1 charge:d1 dispute:d2" {
		t.Errorf("due: %s", got)
	}
	check(l.StrikeDue(t.Context(), "main", ledger.Due{Object: ledger.ChargeObject, ID: "d1"}))
	check(l.StrikeDue(t.Context(), "other", ledger.Due{Object: ledger.DisputeObject, ID: "d2"}))
	if got := due(t, l, never); got != "charge:c1 dispute:d2" {
		t.Errorf("due after a 404: %s", got)
	}
}

// Rows wait in the inbox until their window ends; so does what they make due.
func TestAWindowMakesDueWhenItEnds(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	w := plan(t, l, run.ID, ledger.Refunds, day(19))[0]
	page(t, l, w, ledger.Batch{Refunds: []ledger.Refund{refund("r1", "c1")}})
	if got := due(t, l, never); got != "" {
		t.Errorf("due too early: %s", got)
	}
	must(l.FailWindow(t.Context(), w, "moves", true))
	if got := due(t, l, never); got != "charge:c1" {
		t.Errorf("due: %s", got)
	}
}

func TestDueNowStrikesWhatAProvenWindowShowed(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	span := day(19)
	made := func(id string, created ledger.Instant) ledger.Charge {
		return charge(id, func(c *ledger.Charge) { c.CreatedAt = created })
	}
	in := []ledger.Charge{made("from", span.From), made("in", span.From+1), made("late", span.To-1), made("to", span.To)}
	for _, c := range in {
		save(t, l, run.ID, ledger.Batch{Refunds: []ledger.Refund{refund("r-"+c.ID, c.ID)}})
	}
	save(t, l, run.ID, ledger.Batch{Refunds: []ledger.Refund{refund("r-x", "unknown")}})
	proven := at("2026-11-21 03:00:10")
	w := plan(t, l, run.ID, ledger.Charges, span)[0]
	page(t, l, w, ledger.Batch{Charges: []ledger.Charge{made("other", span.From+9)}})
	must(l.ProveWindow(t.Context(), w, 1, proven))
	save(t, l, run.ID, ledger.Batch{Charges: in})
	// Reading them struck them off; a later look makes them due once more.
	must(l.DB().Exec("INSERT INTO due SELECT account, 'charge', id, ?, 0 FROM charges", run.ID))
	if got := due(t, l, proven+1); got != "charge:from charge:in charge:late charge:other charge:to charge:unknown" {
		t.Errorf("an older proof counted: %s", got)
	}
	if got := due(t, l, proven); got != "charge:from charge:to charge:unknown" {
		t.Errorf("the ends of a window are not sure to be in it: %s", got)
	}
}

// A run is cut short and taken up again an hour later: a refund of that hour
// names a charge whose window was proven before the refund was made.
func TestDueNowKeepsWhatHappenedAfterTheProof(t *testing.T) {
	l := open(t)
	began := at("2026-11-21 03:00:00")
	first := begin(t, l)
	proveIn(t, l, first.ID, ledger.Charges, day(19), began+60, ledger.Batch{Charges: []ledger.Charge{charge("c1")}})
	second := begin(t, l, func(r *ledger.Run) { r.StartedAt = began + 3600 })
	proveIn(t, l, second.ID, ledger.Refunds, ledger.Span{From: began, To: began + 3600}, began+3610, ledger.Batch{
		Refunds: []ledger.Refund{refund("r1", "c1", func(r *ledger.Refund) { r.CreatedAt = began + 1800 })},
	})
	if got := due(t, l, began); got != "charge:c1" {
		t.Errorf("the charge was read before its refund was made and is not due again: %q", got)
	}
}

func TestOpenDays(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	var charges []ledger.Charge
	add := func(id, created, status string) {
		charges = append(charges, charge(id, func(c *ledger.Charge) { c.CreatedAt, c.Status = at(created), status }))
	}
	add("c1", "2026-11-01 00:00:00", "pending")
	add("c2", "2026-11-01 23:59:59", "frozen")
	add("c3", "2026-11-01 12:00:00", "successful")
	add("c4", "2026-11-02 00:00:00", "failed")
	add("c5", "2026-11-02 00:00:00", "expired")
	add("c6", "2026-11-02 23:59:59", "reversed")
	add("c7", "2026-11-03 00:00:00", "pending")
	add("c9", "2026-11-04 00:00:00", "pending")
	charges = append(charges, charge("c8", func(c *ledger.Charge) {
		c.Account, c.Status, c.CreatedAt = "other", "pending", at("2026-11-01 12:00:00")
	}))
	save(t, l, run.ID, ledger.Batch{Charges: charges})
	got := must(l.OpenDays(t.Context(), "main", at("2026-11-04 00:00:00"), bangkok()))
	want := []ledger.OpenDay{
		{Span: ledger.Span{From: at("2026-11-01 00:00:00"), To: at("2026-11-01 23:59:59")}, Rows: 3, Open: []string{"c1", "c2"}},
		{Span: ledger.Span{From: at("2026-11-03 00:00:00"), To: at("2026-11-03 23:59:59")}, Rows: 1, Open: []string{"c7"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A day in New York has 23 hours in March and 25 in November.
func TestOpenDaysWhereClocksChange(t *testing.T) {
	zone := must(time.LoadLocation("America/New_York"))
	for date, hours := range map[string]int{"2026-03-08": 23, "2026-11-01": 25, "2026-06-01": 24} {
		l := open(t)
		run := begin(t, l)
		noon := must(time.ParseInLocation(time.DateTime, date+" 12:00:00", zone))
		save(t, l, run.ID, ledger.Batch{Charges: []ledger.Charge{charge("c", func(c *ledger.Charge) { c.Status, c.CreatedAt = "pending", ledger.InstantOf(noon) })}})
		got := must(l.OpenDays(t.Context(), "main", never, zone))
		if len(got) != 1 || int(got[0].Span.To-got[0].Span.From+1) != hours*3600 {
			t.Errorf("%s: %v", date, got)
		}
	}
}

func TestOpenDisputes(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	var disputes []ledger.Dispute
	for _, status := range []string{"won", "pending", "lost", "open", "frozen", "closed"} {
		disputes = append(disputes, dispute("d-"+status, "c", func(d *ledger.Dispute) { d.Status, d.CreatedAt = status, 100 }))
	}
	disputes = append(disputes, dispute("d-late", "c", func(d *ledger.Dispute) { d.CreatedAt = 101 }))
	save(t, l, run.ID, ledger.Batch{Disputes: disputes})
	want := []ledger.OpenDay{{
		Span: ledger.Span{From: at("1970-01-01 00:00:00"), To: at("1970-01-01 23:59:59")}, Rows: 7, Open: []string{"d-frozen", "d-open", "d-pending"},
	}}
	if diff := cmp.Diff(want, must(l.OpenDisputeDays(t.Context(), "main", 101, bangkok()))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An open charge that Omise does not find three times is asked for no more,
// until a list shows it again.
func TestMissing(t *testing.T) {
	l := open(t)
	open := func() int { return len(must(l.OpenDays(t.Context(), "main", never, bangkok()))) }
	pending := ledger.Batch{Charges: []ledger.Charge{charge("c", func(c *ledger.Charge) { c.Status = "pending" })}}
	for range 2 {
		save(t, l, begin(t, l).ID, pending)
		for n := 1; n <= 3; n++ {
			run := begin(t, l, func(r *ledger.Run) { r.BusinessDate = fmt.Sprint("2026-11-2", n) })
			if n > 1 { // twice in a day is once
				must(l.NoteMissing(t.Context(), "main", ledger.Due{Object: ledger.ChargeObject, ID: "c"}, run.ID-1))
			}
			if open() != 1 {
				t.Fatalf("not asked for after %d times", n-1)
			}
			if last := must(l.NoteMissing(t.Context(), "main", ledger.Due{Object: ledger.ChargeObject, ID: "c"}, run.ID)); last != (n == 3) {
				t.Errorf("the last time after %d: %t", n, last)
			}
		}
		if open() != 0 {
			t.Error("asked for after three times")
		}
	}
}
