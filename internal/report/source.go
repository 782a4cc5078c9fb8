package report

import (
	"context"
	"iter"
	"time"

	"reconcile/internal/ledger"
)

// Source is where the rows come from: the ledger as a run knew it. Every
// sequence streams, in the order of the table that is made from it.
type Source interface {
	PeriodCharges(ctx context.Context) iter.Seq2[ledger.DisputedCharge, error]
	PeriodRefunds(ctx context.Context) iter.Seq2[ledger.ChargeRefund, error]
	ListedDisputes(ctx context.Context) iter.Seq2[ledger.ChargeDispute, error]
	Authorizations(ctx context.Context) iter.Seq2[ledger.Authorization, error]
	UnpaidCharges(ctx context.Context) iter.Seq2[ledger.Charge, error]
	ExpiringCards(ctx context.Context) iter.Seq2[ledger.KeptCard, error]
	Breaks(ctx context.Context, notes int64) iter.Seq2[ledger.ListedBreak, error]
	OpenBreaks(ctx context.Context, notes int64) ([]ledger.Total, error)
	RunsSinceBaseline(ctx context.Context) ([]ledger.Run, error)
	ChargeChanges(ctx context.Context, r ledger.Run) iter.Seq2[ledger.Version[ledger.Charge], error]
	RefundChanges(ctx context.Context, r ledger.Run) iter.Seq2[ledger.Version[ledger.Refund], error]
	DisputeChanges(ctx context.Context, r ledger.Run) iter.Seq2[ledger.Version[ledger.Dispute], error]
	CardChanges(ctx context.Context, r ledger.Run) iter.Seq2[ledger.Version[ledger.Card], error]
	CustomerChanges(ctx context.Context, r ledger.Run) iter.Seq2[ledger.Version[ledger.Customer], error]
	Closings(ctx context.Context) ([]ledger.Closing, error)
	RefundFoundLate(ctx context.Context, account, charge string, c ledger.Closing, from, to int64) (bool, error)
	Totals(ctx context.Context) iter.Seq2[ledger.Total, error]
	Currencies(ctx context.Context) iter.Seq2[ledger.AccountCurrency, error]
}

// Rules is what the rows depend on beside the ledger.
type Rules struct {
	AsOf           ledger.Instant
	OrderRef       ledger.OrderRef
	CaptureWarning time.Duration
	Accounts       map[string]AccountRules
	Severity       Severity
	Books          Books // nil: there are none
	Notes          int64 // the newest note that is shown
}

// AccountRules is what the rows of one account depend on.
type AccountRules struct {
	Zone        *time.Location
	HistoryFrom *ledger.Instant // nil: no history is proven
}

// Fill gives every table with its rows out of the source.
func Fill(ctx context.Context, source Source, rules Rules) []Filled {
	f := filler{source: source, Rules: rules}
	rows := map[string]iter.Seq2[[]Cell, error]{
		"charges":           each(source.PeriodCharges(ctx), f.charge),
		"refunds":           each(source.PeriodRefunds(ctx), f.refund),
		"disputes":          each(source.ListedDisputes(ctx), f.dispute),
		"capture_deadlines": each(source.Authorizations(ctx), f.authorization),
		"expiring_charges":  each(source.UnpaidCharges(ctx), f.unpaid),
		"expiring_cards":    each(source.ExpiringCards(ctx), f.card),
		"breaks":            each(source.Breaks(ctx, rules.Notes), f.listedBreak),
		"changes":           f.changes(ctx),
		"summary":           f.totals(ctx),
	}
	var filled []Filled
	for _, t := range Tables() {
		filled = append(filled, Filled{Table: t, Rows: rows[t.Name]})
	}
	return filled
}

type filler struct {
	Rules
	source Source
}

// each makes one row of each object.
func each[T any](objects iter.Seq2[T, error], row func(T) []Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for object, err := range objects {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(row(object), nil) {
				return
			}
		}
	}
}

func (f filler) zone(account string) *time.Location { return f.Accounts[account].Zone }

// time shows an instant in the account's zone; nil is unknown.
func (f filler) time(account string, at *ledger.Instant) Cell {
	if at == nil {
		return Cell{}
	}
	return TimeCell(at.In(f.zone(account)))
}

// order is the order reference of a charge that may not be known.
func (f filler) order(c *ledger.Charge) Cell {
	if c == nil {
		return Cell{}
	}
	shown, _ := f.OrderRef.Of(*c)
	return TextCell(shown)
}

// daysLeft counts calendar days in the account's zone, negative when past.
func (f filler) daysLeft(account string, until ledger.Instant) int64 {
	return int64(civil(until.In(f.zone(account))).Sub(civil(f.AsOf.In(f.zone(account)))) / (24 * time.Hour))
}

// civil is the calendar date of t as midnight UTC, where every day has 24 hours.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// hoursLeft counts whole hours, rounded towards minus infinity.
func (f filler) hoursLeft(until ledger.Instant) int64 {
	seconds := int64(until - f.AsOf)
	if seconds < 0 {
		return -((-seconds + 3599) / 3600)
	}
	return seconds / 3600
}
