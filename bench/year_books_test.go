package bench

import (
	"context"
	"maps"
	"slices"
	"time"

	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
)

// books stands in for the ledger: it answers what the planner asks, by the
// ledger's rules, and keeps only what those answers need. What planning never
// asks for is left to the nil Sink and would end the benchmark.
type books struct {
	fetch.Sink
	world    *world
	now      ledger.Instant
	readings map[ledger.List][]ledger.Reading // oldest first
	open     map[string]*object               // as last read: what can still change by itself
	plan     ledger.Plan                      // of the night
}

func newBooks(w *world) *books {
	return &books{world: w, readings: map[ledger.List][]ledger.Reading{}, open: map[string]*object{}}
}

func (b *books) SaveAccount(context.Context, int64, ledger.Account) error { return nil }

// SavePlan keeps the plan and gives no window, so that the planner's work ends
// here: settle reads what was planned.
func (b *books) SavePlan(_ context.Context, _ int64, _ string, p ledger.Plan) ([]ledger.Window, error) {
	b.plan = p
	return nil, nil
}

func (b *books) PlannedWindows(context.Context, int64, string) ([]ledger.Window, error) {
	return nil, nil
}

func (b *books) FailedWindows(context.Context, int64) ([]ledger.Window, error) { return nil, nil }

func (b *books) UnprovenSpans(context.Context, string, ledger.List) ([]ledger.Span, error) {
	return nil, nil
}

func (b *books) DueNow(context.Context, string, ledger.Instant) ([]ledger.Due, error) {
	return nil, nil
}

func (b *books) ProvenSpans(_ context.Context, _ string, list ledger.List, since ledger.Instant) ([]ledger.Span, error) {
	var spans []ledger.Span
	for _, r := range b.readings[list] {
		if r.At >= since {
			spans = append(spans, r.Span)
		}
	}
	return ledger.Union(spans...), nil
}

// Readings are newest first, as the ledger gives them.
func (b *books) Readings(_ context.Context, _ string, list ledger.List) ([]ledger.Reading, error) {
	newest := slices.Clone(b.readings[list])
	slices.Reverse(newest)
	return newest, nil
}

func (b *books) EarliestCustomer(context.Context, string) (*ledger.Instant, error) {
	if len(b.readings[ledger.Customers]) == 0 {
		return nil, nil
	}
	first := b.world.rows[ledger.Customers][0]
	return &first, nil
}

func (b *books) OpenDays(_ context.Context, _ string, before ledger.Instant, zone *time.Location) ([]ledger.OpenDay, error) {
	return b.openDays(ledger.Charges, before, zone), nil
}

func (b *books) OpenDisputeDays(_ context.Context, _ string, before ledger.Instant, zone *time.Location) ([]ledger.OpenDay, error) {
	return b.openDays(ledger.Disputes, before, zone), nil
}

func (b *books) openDays(list ledger.List, before ledger.Instant, zone *time.Location) []ledger.OpenDay {
	var days []ledger.OpenDay
	for _, o := range b.openOf(list, before) {
		span := dayOf(o.at, zone)
		if n := len(days); n == 0 || days[n-1].Span != span {
			days = append(days, ledger.OpenDay{Span: span, Rows: b.world.count(list, span)})
		}
		last := &days[len(days)-1]
		last.Open = append(last.Open, o.id)
	}
	return days
}

func (b *books) OpenRefundDays(_ context.Context, _ string, from, before ledger.Instant, zone *time.Location) ([]ledger.Span, error) {
	var days []ledger.Span
	for _, o := range b.openOf(ledger.Refunds, before) {
		if o.at >= from {
			days = append(days, dayOf(o.at, zone))
		}
	}
	return slices.Compact(days), nil
}

// dayOf is the calendar day of an instant, its last second included.
func dayOf(at ledger.Instant, zone *time.Location) ledger.Span {
	y, m, d := at.In(zone).Date()
	return ledger.Span{
		From: ledger.InstantOf(time.Date(y, m, d, 0, 0, 0, 0, zone)),
		To:   ledger.InstantOf(time.Date(y, m, d+1, 0, 0, 0, 0, zone)) - 1,
	}
}

// openOf gives the open objects of a list, oldest first.
func (b *books) openOf(list ledger.List, before ledger.Instant) []*object {
	all := slices.DeleteFunc(slices.Collect(maps.Values(b.open)), func(o *object) bool { return o.list != list || o.at >= before })
	slices.SortFunc(all, oldestFirst)
	return all
}

// settle reads what was planned, as the ledger and Omise would: windows page
// by page, then by id what is due, with the charges that new or changed refunds
// and disputes name.
func (b *books) settle() reading {
	r := reading{spans: map[ledger.List][]ledger.Span{}, byID: map[string]bool{}, cost: map[part]int{}}
	for _, want := range b.plan.Spans {
		r.spans[want.List] = append(r.spans[want.List], want.Span)
		r.cost[partOf(want.List)] += overlappingPages(b.world.count(want.List, want.Span))
		b.readings[want.List] = append(b.readings[want.List], ledger.Reading{Span: want.Span, At: b.now})
	}
	for list, spans := range r.spans {
		r.spans[list] = ledger.Union(spans...)
	}
	b.readByID(&r)
	for id, o := range b.world.unread {
		if r.shows(o) {
			delete(b.world.unread, id)
		}
	}
	return r
}

// readByID adds to a reading of windows what is due by id.
func (b *books) readByID(r *reading) {
	named := map[string]*object{}
	for _, d := range b.plan.Due {
		if o := b.open[d.ID]; !r.shows(o) {
			r.byID[d.ID] = true
			r.cost[map[ledger.Object]part{ledger.ChargeObject: openCharges, ledger.DisputeObject: openDisputes}[d.Object]]++
		}
	}
	for _, o := range b.world.unread {
		if !r.shows(o) {
			continue
		}
		b.learn(o)
		if o.charge != nil {
			named[o.charge.id] = o.charge
		}
	}
	for id, charge := range named {
		if !r.shows(charge) {
			r.byID[id] = true
			r.cost[namedCharges]++
		}
	}
	for id := range named {
		if o := b.world.unread[id]; o != nil {
			b.learn(o)
		}
	}
}

func (b *books) learn(o *object) {
	if o.open {
		b.open[o.id] = o
		return
	}
	delete(b.open, o.id)
}
