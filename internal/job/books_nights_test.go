package job_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"reconcile/internal/job"
)

// A source that fails for a night leaves everything as it was; the night after
// goes on from there.
func TestASourceFailsForANight(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.sell("A-2", 300_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-2", "300.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.tomorrow()
	s.save("books/orders.csv", []byte("order_id,order_id,total\nA-1,A-1,1200.00\n"))
	s.breaks(s.partial("two columns are called \"order_id\""), "amount_mismatch A-1 open")
	s.tomorrow()
	s.write("books/orders.csv", paid("A-1", "1200.00"), paid("A-2", "350.00"))
	s.breaks(s.night(), "amount_mismatch A-1 cured", "amount_mismatch A-2 new")
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-2 open")
}

// While Omise cannot be reached, what the books change neither makes a break
// nor cures one: nobody knows what Omise would have said.
func TestBooksChangeWhileOmiseIsDown(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.timePasses()
	s.sell("A-1", 1200_00)
	s.sell("A-2", 300_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-2", "300.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.tomorrow()
	s.write("books/orders.csv", paid("A-1", "1200.00"), paid("A-2", "350.00"), paid("A-3", "500.00"))
	s.do(s.server.SetFaults("500"))
	s.breaks(s.partial(), "amount_mismatch A-1 open")
	s.do(s.server.SetFaults(""))
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 cured", "amount_mismatch A-2 new", "missing_at_omise A-3 new")
}

// A key that is refused is exit code 6, before anything that books could say;
// they are left as they were.
func TestBooksChangeWhileTheKeyIsRefused(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.tomorrow()
	s.write("books/orders.csv", paid("A-1", "1200.00"), paid("A-3", "500.00"))
	s.do(s.server.SetFaults("refuse"))
	s.breaks(s.exits(job.ExitRefused), "amount_mismatch A-1 open")
	s.do(s.server.SetFaults(""))
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 cured", "missing_at_omise A-3 new")
}

// A run that is stopped among its books keeps no half of them.
func TestStoppedAmongTheBooks(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, dailyBooks)
	s.sell("A-1", 1200_00)
	s.sell("A-2", 300_00)
	s.write("books/orders-1.csv", paid("A-1", "1250.00"))
	s.write("books/orders-2.csv", paid("A-2", "350.00"))
	quiet := s.env.Log
	ctx, cancel := context.WithCancel(t.Context())
	s.env.Log = slog.New(heard(func(message string) {
		if message == "records read" {
			cancel()
		}
	}))
	result, err := job.Run(ctx, s.env, job.RunOptions{})
	if result.Exit != job.ExitInterrupted || !errors.Is(err, context.Canceled) {
		t.Errorf("exit %d, %v; want 130", result.Exit, err)
	}
	s.env.Log = quiet
	s.breaks(s.night(), "amount_mismatch A-1 new", "amount_mismatch A-2 new")
}

// What does not add up inside Omise's own figures needs no books to be seen.
func TestOmisesOwnFiguresDoNotAddUp(t *testing.T) {
	t.Parallel()
	s := newBookshop(t)
	charge := s.sell("A-1", 1200_00)
	s.refund(charge, 100_00)
	s.do(s.server.Misstate(charge, 50_00))
	night := s.night()
	s.breaks(night, "refund_sum "+charge+" new")
	same(t, "values", []string{"refunded", "", "150.00", "50.00", "THB"},
		only(t, night.Dir, "breaks.csv", "charge_id", charge).cells([]string{"field", "record_value", "omise_value", "difference", "currency"}))
	s.tomorrow()
	s.breaks(s.night(), "refund_sum "+charge+" open")
	s.refund(charge, 10_00) // which has the charge read again
	s.do(s.server.Misstate(charge, 2000_00))
	s.tomorrow()
	s.breaks(s.night(), "refund_sum "+charge+" open", "over_refunded "+charge+" new")
	s.do(s.server.Misstate(charge, 0))
	s.refund(charge, 10_00)
	s.tomorrow()
	s.breaks(s.night(), "refund_sum "+charge+" cured", "over_refunded "+charge+" cured")
}

// A cured break is listed once. When it comes back it is new again, under its
// old id.
func TestABreakComesBack(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	right, wrong := paid("A-1", "1200.00"), paid("A-1", "1250.00")
	s.write("books/orders.csv", wrong)
	first := s.breakOf(s.night(), "A-1")
	s.tomorrow()
	s.write("books/orders.csv", right)
	s.breaks(s.night(), "amount_mismatch A-1 cured")
	s.tomorrow()
	s.breaks(s.night())
	s.tomorrow()
	s.write("books/orders.csv", wrong)
	again := s.breakOf(s.night(), "A-1")
	same(t, "id", first["break_id"], again["break_id"])
	same(t, "life", []string{"new", "0", "2026-11-23T10:00:00+07:00"}, again.cells([]string{"state", "age_days", "first_seen"}))
}

// A second run on a day says the same once more, new breaks and cured ones
// included; the ids stay.
func TestASecondRunOfTheDaySaysTheSame(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.sell("A-2", 300_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-2", "350.00"))
	first := csvOnly(files(t, s.night().Dir))
	same(t, "the first day's reports", first, csvOnly(files(t, s.night().Dir)))
	s.tomorrow()
	s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-2", "300.00"), paid("A-3", "500.00"))
	next := s.night()
	s.breaks(next, "amount_mismatch A-1 open", "amount_mismatch A-2 cured", "missing_at_omise A-3 new")
	want := csvOnly(files(t, next.Dir))
	same(t, "the second day's reports", want, csvOnly(files(t, s.night().Dir)))
}

// The age of a break counts calendar days, and its severity grows with them.
func TestABreakGrowsOld(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	for _, want := range [][]string{{"0", "low", "new"}, {"3", "medium", "open"}, {"7", "high", "open"}} {
		age := int(minor(t, want[0]))
		s.server.SetClock(start.AddDate(0, 0, age))
		same(t, "age, severity, state", want, s.breakOf(s.night(), "A-1").cells([]string{"age_days", "severity", "state"}))
	}
}

// What happened at Omise after the books were written is not held against them
// for the time of grace.
func TestBooksAreGivenTime(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	known := s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1200.00"))
	s.night()
	s.server.Advance(time.Hour)
	late := s.sellNow("A-2", 300_00)
	s.refund(known, 200_00)
	s.server.Advance(23 * time.Hour)
	s.write("books/orders.csv", paid("A-1", "1200.00"))
	night := s.night()
	s.breaks(night)
	same(t, "the new charge", "expected", s.compared(night, late))
	same(t, "the refund", "expected", only(t, night.Dir, "refunds.csv", "charge_id", known)["result"])
	s.tomorrow()
	s.write("books/orders.csv", paid("A-1", "1200.00"))
	s.breaks(s.night(), "missing_in_records "+late+" new", "refund_mismatch A-1 new")
}

// The counts of the result are those of the rows.
func TestResultCountsBreaks(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	stray := s.sell("A-2", 300_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-3", "10.00"), paid("A-4", "10.00"))
	first := s.night()
	s.breaks(first, "amount_mismatch A-1 new", "missing_at_omise A-3 new", "missing_at_omise A-4 new", "missing_in_records "+stray+" new")
	same(t, "counts", map[string]map[string]int{
		"amount_mismatch": {"new": 1}, "missing_at_omise": {"new": 2}, "missing_in_records": {"new": 1},
	}, first.Breaks)
	open := with(table(t, first.Dir, "summary.csv"), "measure", "breaks_open")
	same(t, "summary.csv", row{"account": "main", "currency": "THB", "measure": "breaks_open", "count": "4", "amount": "50.00"}, open[0])
	s.tomorrow()
	s.write("books/orders.csv", paid("A-1", "1200.00"), paid("A-3", "10.00"))
	same(t, "counts of the next night", map[string]map[string]int{
		"amount_mismatch": {"cured": 1}, "missing_at_omise": {"open": 1, "cured": 1}, "missing_in_records": {"open": 1},
	}, s.night().Breaks)
}

// A run of other days lists the breaks of today, and moves none of the nights'.
func TestAMonthBetweenTwoNights(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.breaks(s.run(job.RunOptions{Days: job.Days{From: "2026-11-10", To: "2026-11-19"}}), "amount_mismatch A-1 open")
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 open")
}
