package job

import (
	"cmp"
	"context"
	"slices"
	"time"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// ClosedMonth is the figures with which a month of an account was closed.
type ClosedMonth struct {
	Month    string     `json:"month"`
	Account  string     `json:"account"`
	Run      int64      `json:"run"` // whose figures they are
	ClosedAt time.Time  `json:"closed_at"`
	Before   *time.Time `json:"closed_before"` // the closing that this one follows; nil: none
	Figures  []Figure   `json:"figures"`
	Moved    []Moved    `json:"moved"` // since the closing before; in a list: since this one
}

// Figure is one control total of the month. Those that are 0 are left out.
type Figure struct {
	Currency money.Currency `json:"currency"`
	Measure  string         `json:"measure"`
	Count    int64          `json:"count"`
	Amount   Amount         `json:"amount"`
}

// Moved is a figure that is not what it was.
type Moved struct {
	Currency     money.Currency `json:"currency"`
	Measure      string         `json:"measure"`
	CountBefore  int64          `json:"count_before"`
	CountAfter   int64          `json:"count_after"`
	AmountBefore Amount         `json:"amount_before"`
	AmountAfter  Amount         `json:"amount_after"`
}

// monthMeasures are the totals of summary.csv that belong to a period, in its
// order. The others are stocks at an instant, of no month.
func monthMeasures() []string {
	return []string{"captured", "refunded", "voided", "reversed", "expired", "net_captured", "charges", "successful", "failed", "pending", "dispute_lost"}
}

// monthTotals is the figures of a month as a run knows them, by currency and
// measure.
func monthTotals(ctx context.Context, db *ledger.Ledger, run ledger.Run, account string, span ledger.Span) ([]ledger.Total, error) {
	snapshot, err := db.Snapshot(ctx, run.ID, run.ID, []ledger.Scope{{Account: account, From: span.From, To: span.To}})
	if err != nil {
		return nil, err
	}
	defer snapshot.Close()
	var totals []ledger.Total
	for t, err := range snapshot.Totals(ctx) {
		if err != nil {
			return nil, err
		}
		if slices.Contains(monthMeasures(), t.Measure) {
			totals = append(totals, t)
		}
	}
	totals = append(totals, netCaptured(totals)...)
	sortTotals(totals)
	return totals, nil
}

// netCaptured is what was captured less what was refunded, per currency; its
// count is that of the captures.
func netCaptured(totals []ledger.Total) []ledger.Total {
	net := map[money.Currency]ledger.Total{}
	for _, t := range totals {
		n := net[t.Currency]
		n.Account, n.Currency, n.Measure = t.Account, t.Currency, "net_captured"
		switch t.Measure {
		case "captured":
			n.Count, n.Amount = t.Count, n.Amount+t.Amount
		case "refunded":
			n.Amount -= t.Amount
		}
		net[t.Currency] = n
	}
	var all []ledger.Total
	for _, n := range net {
		if n.Count != 0 || n.Amount != 0 {
			all = append(all, n)
		}
	}
	return all
}

func sortTotals(totals []ledger.Total) {
	slices.SortFunc(totals, func(a, b ledger.Total) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(slices.Index(monthMeasures(), a.Measure), slices.Index(monthMeasures(), b.Measure)))
	})
}

func closedMonth(c ledger.Closing, zone *time.Location) ClosedMonth {
	m := ClosedMonth{Month: c.Month, Account: c.Account, Run: c.Run, ClosedAt: c.ClosedAt.In(zone), Figures: []Figure{}, Moved: []Moved{}}
	for _, t := range c.Totals {
		m.Figures = append(m.Figures, Figure{t.Currency, t.Measure, t.Count, Amount{t.Amount, t.Currency}})
	}
	return m
}

// follow notes the closing that this one comes after; nil: it is the first.
func (m *ClosedMonth) follow(before *ledger.Closing) {
	if before != nil {
		at := before.ClosedAt.In(m.ClosedAt.Location())
		m.Before = &at
	}
}

// moved lists the totals that differ; one that is missing is 0.
func moved(before, after []ledger.Total) []Moved {
	type key struct {
		currency money.Currency
		measure  string
	}
	was, is := map[key]ledger.Total{}, map[key]ledger.Total{}
	var order []ledger.Total
	for _, t := range before {
		was[key{t.Currency, t.Measure}] = t
		order = append(order, t)
	}
	for _, t := range after {
		k := key{t.Currency, t.Measure}
		is[k] = t
		if _, known := was[k]; !known {
			order = append(order, t)
		}
	}
	sortTotals(order)
	all := []Moved{}
	for _, t := range order {
		b, a := was[key{t.Currency, t.Measure}], is[key{t.Currency, t.Measure}]
		if b.Count != a.Count || b.Amount != a.Amount {
			all = append(all, Moved{t.Currency, t.Measure, b.Count, a.Count, Amount{b.Amount, t.Currency}, Amount{a.Amount, t.Currency}})
		}
	}
	return all
}
