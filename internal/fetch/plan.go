package fetch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"reconcile/internal/ledger"
)

const (
	// overlap is how far a window reaches into the one before it: whether
	// Omise's from and to are inclusive, and what it does below the second,
	// is not documented. Rows that come twice are one row.
	overlap = 1
	// windowSize keeps a window with its overlap within 31 days.
	windowSize = 30 * 24 * time.Hour
	// refundsSettle is how long a refund that is not closed is looked at each
	// night; no document says how long it may take.
	refundsSettle = 60 * 24 * time.Hour
	// firstDays is how far a first run looks back.
	firstDays = 35
)

// plan works out which windows and which single objects must be read tonight,
// and writes it down.
func (s *session) plan(ctx context.Context) ([]ledger.Window, error) {
	plan := ledger.Plan{Resume: s.o.Resume}
	for _, list := range ledger.Lists() {
		want, err := s.wanted(ctx, list, &plan.Due)
		if err != nil {
			return nil, err
		}
		if want, err = s.unread(ctx, list, want); err != nil {
			return nil, err
		}
		for _, piece := range want {
			for _, span := range ledger.Cut(piece, windowSize) {
				plan.Spans = append(plan.Spans, ledger.Want{List: list, Span: ledger.Span{From: span.From - overlap, To: span.To}})
			}
		}
	}
	windows, err := s.sink.SavePlan(ctx, s.o.Run, s.account.Name, plan)
	if err != nil || !s.o.Estimate {
		return windows, err
	}
	return windows, s.expect(ctx, windows)
}

// wanted is what of a list is to be read: the period where it has no proof;
// and for a nightly run also everything since the unbroken chain of proofs
// ends, the look-back, what earlier runs failed to prove, the sweep, and days
// whose charges can still change. Objects to be read by id are added to due.
func (s *session) wanted(ctx context.Context, list ledger.List, due *[]ledger.Due) ([]ledger.Span, error) {
	proven, err := s.sink.ProvenSpans(ctx, s.account.Name, list, 0)
	if err != nil {
		return nil, err
	}
	var want []ledger.Span
	if s.o.Period != nil {
		want = ledger.Subtract([]ledger.Span{s.clip(*s.o.Period)}, proven)
	}
	if s.o.Backfill {
		return want, nil
	}
	if list == ledger.Customers {
		return s.allCustomers(ctx)
	}
	failed, err := s.sink.UnprovenSpans(ctx, s.account.Name, list)
	if err != nil {
		return nil, err
	}
	tail := s.clip(ledger.Span{From: s.tailFrom(proven), To: s.to})
	want = ledger.Union(append(append(want, failed...), tail)...)
	if s.o.Resume != 0 {
		return want, nil // the run that is resumed has planned the rest
	}
	changing, err := s.changing(ctx, list, tail.From, want, due)
	if err != nil {
		return nil, err
	}
	want = ledger.Union(append(want, changing...)...)
	swept, err := s.sweep(ctx, list, tail.From, want)
	return ledger.Union(append(want, swept...)...), err
}

// changing is where what a list shows outside want can still change by itself.
func (s *session) changing(ctx context.Context, list ledger.List, before ledger.Instant, want []ledger.Span, due *[]ledger.Due) ([]ledger.Span, error) {
	switch list {
	case ledger.Charges:
		days, err := s.sink.OpenDays(ctx, s.account.Name, s.to, s.o.Zone)
		return s.byDayOrID(days, ledger.ChargeObject, want, due), err
	case ledger.Refunds:
		days, err := s.sink.OpenRefundDays(ctx, s.account.Name, before.Add(-refundsSettle), before, s.o.Zone)
		for i, day := range days {
			days[i] = s.clip(ledger.Span{From: day.From, To: day.To + 1})
		}
		return days, err
	case ledger.Disputes:
		days, err := s.sink.OpenDisputeDays(ctx, s.account.Name, before, s.o.Zone)
		return s.byDayOrID(days, ledger.DisputeObject, want, due), err
	}
	return nil, nil
}

// unread takes from want what the run that is resumed has proven or left half
// read: its half-read windows are handed on as they are.
func (s *session) unread(ctx context.Context, list ledger.List, want []ledger.Span) ([]ledger.Span, error) {
	if s.o.Resume == 0 {
		return want, nil
	}
	have, err := s.sink.ProvenSpans(ctx, s.account.Name, list, s.o.ResumeSince)
	if err != nil {
		return nil, err
	}
	half, err := s.sink.PlannedWindows(ctx, s.o.Resume, s.account.Name)
	if err != nil {
		return nil, err
	}
	for _, w := range half {
		if w.List == list {
			have = append(have, w.Span)
		}
	}
	return ledger.Subtract(want, have), nil
}

// clip keeps a period from reaching into the future.
func (s *session) clip(span ledger.Span) ledger.Span {
	return ledger.Span{From: min(span.From, s.to), To: min(span.To, s.to)}
}

// tailFrom is where the nightly reading of a list begins.
func (s *session) tailFrom(proven []ledger.Span) ledger.Instant {
	if len(proven) == 0 {
		y, m, d := s.o.Started.In(s.o.Zone).Date()
		return ledger.InstantOf(time.Date(y, m, d-firstDays, 0, 0, 0, 0, s.o.Zone))
	}
	return min(proven[len(proven)-1].To, s.to.Add(-s.o.Lookback))
}

// byDayOrID decides how the objects outside want that can still change are
// read: by listing their day where that takes fewer requests than reading each
// by id. Days that follow one another become one window.
func (s *session) byDayOrID(days []ledger.OpenDay, object ledger.Object, want []ledger.Span, due *[]ledger.Due) []ledger.Span {
	var list []ledger.Span
	for _, day := range days {
		if slices.ContainsFunc(want, func(w ledger.Span) bool { return w.Contains(day.Span) }) {
			continue
		}
		if pages := (day.Rows + pageLimit - 1) / pageLimit; pages < len(day.Open) {
			list = append(list, s.clip(ledger.Span{From: day.Span.From, To: day.Span.To + 1}))
			continue
		}
		for _, id := range day.Open {
			*due = append(*due, ledger.Due{Object: object, ID: id})
		}
	}
	return list
}

// longHistory is how many sweeps a history has at least for the rest of the
// night to count against the sweep.
const longHistory = 10

// Turn is how many nights at most the sweep needs to read a history again.
func Turn(history, sweep time.Duration) int {
	sure := swept(history, sweep)
	return int((history + sure - 1) / sure)
}

// swept is how much of a list's history the sweep is sure to read again each
// night. A night should not take more than about a tenth of a full reading:
// where a sweep is less than a tenth of all history, what is read anyway
// counts, for a quarter of it at most, because a turn must not stretch without
// bound. A shorter history cannot be had for a tenth.
func swept(history, sweep time.Duration) time.Duration {
	if history > longHistory*sweep {
		return sweep - sweep/4
	}
	return sweep
}

// sweep picks the days of a list that were read the longest ago, so that no
// day stays unread for longer than one turn.
func (s *session) sweep(ctx context.Context, list ledger.List, before ledger.Instant, tonight []ledger.Span) ([]ledger.Span, error) {
	readings, err := s.sink.Readings(ctx, s.account.Name, list) // newest first
	if err != nil {
		return nil, err
	}
	newer := tonight
	var pieces []ledger.Reading
	for _, r := range readings {
		span := ledger.Span{From: r.Span.From + overlap, To: min(r.Span.To, before)} // what it reached back comes again
		if span.From >= span.To {
			continue
		}
		for _, piece := range ledger.Subtract([]ledger.Span{span}, newer) {
			pieces = append(pieces, ledger.Reading{Span: piece, At: r.At})
		}
		newer = ledger.Union(append(newer, span)...)
	}
	sure := swept(length(newer), s.o.Sweep)
	return oldest(pieces, max(sure, s.o.Sweep-length(tonight))), nil
}

func length(spans []ledger.Span) time.Duration {
	var sum ledger.Instant
	for _, s := range spans {
		sum += s.To - s.From
	}
	return time.Duration(sum) * time.Second
}

// oldest picks what was read the longest ago, up to so much time of creation.
func oldest(pieces []ledger.Reading, most time.Duration) []ledger.Span {
	slices.SortFunc(pieces, func(a, b ledger.Reading) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Span.From, b.Span.From))
	})
	var chosen []ledger.Span
	left := ledger.Instant(most / time.Second)
	for _, p := range pieces {
		if left <= 0 {
			break
		}
		p.Span.To = min(p.Span.To, p.Span.From+left)
		left -= p.Span.To - p.Span.From
		chosen = append(chosen, p.Span)
	}
	return ledger.Union(chosen...)
}

// allCustomers wants every customer, each night: a card's expiry changes in
// place, and a deleted card vanishes without a word. The first customer says
// where to begin.
func (s *session) allCustomers(ctx context.Context) ([]ledger.Span, error) {
	first, err := s.firstCustomer(ctx)
	if err != nil || first == nil {
		return nil, err
	}
	return []ledger.Span{{From: min(*first, s.to), To: s.to}}, nil
}

// beginning is before Omise's first customer: the company was founded in 2013.
var beginning = ledger.InstantOf(time.Date(2013, 1, 1, 0, 0, 0, 0, time.UTC))

// firstCustomer is when the earliest customer was made, at Omise or in the
// ledger; nil when there is none in either.
func (s *session) firstCustomer(ctx context.Context) (*ledger.Instant, error) {
	known, err := s.sink.EarliestCustomer(ctx, s.account.Name)
	if err != nil {
		return nil, err
	}
	answer, err := s.probe(ctx, ledger.Customers, ledger.Span{To: s.to})
	switch {
	case err != nil && ends(err):
		return nil, err
	case err != nil:
		// Those known so far are read; that there may be older ones is said.
		return cmp.Or(known, &s.to), s.problem(fmt.Errorf("the first customer was not found: %w", err))
	case len(answer.Data) == 0:
		return known, nil
	}
	first, _, err := s.t.customer(answer.Data[0])
	if err != nil && first.CreatedAt == 0 {
		first.CreatedAt = beginning // it may be any; the walk names it when it comes to it
	}
	if known == nil || first.CreatedAt < *known {
		return s.noneBefore(ctx, first.CreatedAt)
	}
	return known, nil
}

// noneBefore makes sure that no customer is older than what came first: a
// server that ignores the order gives the newest one, and all others would be
// missing from a walk that begins there.
func (s *session) noneBefore(ctx context.Context, first ledger.Instant) (*ledger.Instant, error) {
	answer, err := s.probe(ctx, ledger.Customers, ledger.Span{To: first - 1})
	switch {
	case err != nil && ends(err):
		return nil, err
	case err != nil:
		return &first, s.problem(fmt.Errorf("whether there are older customers was not found: %w", err))
	case *answer.Total > 0:
		return &beginning, nil
	}
	return &first, nil
}

// probe asks for one row of a span: the cheapest way to its total.
func (s *session) probe(ctx context.Context, list ledger.List, span ledger.Span) (wireList, error) {
	return s.client.list(ctx, question{path: "/" + string(list), span: &span, limit: 1})
}

// expect tells the progress how many rows there will be. Where a
// list has many windows, a probe is worth an exact number; a single window
// tells with its first page.
func (s *session) expect(ctx context.Context, windows []ledger.Window) error {
	spans := map[ledger.List][]ledger.Span{}
	for _, w := range windows {
		spans[w.List] = append(spans[w.List], w.Span)
	}
	var probes errgroup.Group
	for list, of := range spans {
		if len(of) == 1 {
			continue
		}
		s.expected[list] = true
		for _, span := range ledger.Union(of...) {
			probes.Go(func() error {
				answer, err := s.probe(ctx, list, span)
				if err == nil {
					s.progress.Expect(list, *answer.Total)
				} else if ends(err) {
					return err
				}
				return nil // the walk will say what is wrong
			})
		}
	}
	return probes.Wait()
}
