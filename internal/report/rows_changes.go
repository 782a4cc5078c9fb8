package report

import (
	"context"
	"errors"
	"iter"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// changed is one field of one object that differs between two versions.
type changed struct {
	account, id   string
	object        ledger.Object
	field         string
	before, after Cell
	currency      money.Currency
	createdAt     ledger.Instant
	closed        bool // it alters a figure of a closed month
}

// changes yields the rows of changes.csv: by the run that noticed them, then by
// object, id and field, in the orders in which the contract names those.
func (f filler) changes(ctx context.Context) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		runs, err := f.source.RunsSinceBaseline(ctx)
		closings, closingsErr := f.source.Closings(ctx)
		if err := errors.Join(err, closingsErr); err != nil {
			yield(nil, err)
			return
		}
		for _, run := range runs {
			for row, err := range f.changesIn(ctx, run, late{f.source, run.ID, closings}) {
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

// changesIn yields the rows of one run.
func (f filler) changesIn(ctx context.Context, run ledger.Run, late late) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for _, object := range []iter.Seq2[changed, error]{
			diffs(ctx, f.source.ChargeChanges(ctx, run), f.chargeChanges, late.charge),
			diffs(ctx, f.source.RefundChanges(ctx, run), f.refundChanges, late.refund),
			diffs(ctx, f.source.DisputeChanges(ctx, run), f.disputeChanges, nil),
			diffs(ctx, f.source.CardChanges(ctx, run), f.cardChanges, nil),
			diffs(ctx, f.source.CustomerChanges(ctx, run), f.customerChanges, nil),
		} {
			for c, err := range object {
				if err != nil {
					yield(nil, err)
					return
				}
				if !yield(f.change(c, run), nil) {
					return
				}
			}
		}
	}
}

func (f filler) change(c changed, run ledger.Run) []Cell {
	return []Cell{
		TextCell(c.account), WordCell(string(c.object)), TextCell(c.id), WordCell(c.field), c.before, c.after, WordCell(string(c.currency)),
		f.time(c.account, &run.StartedAt), CountCell(run.ID), f.time(c.account, &c.createdAt), YesNoCell(c.closed),
	}
}

// diffs yields the fields in which versions differ. late names those that alter
// a figure of a closed month; nil: objects of this kind are in none.
func diffs[T any](
	ctx context.Context, versions iter.Seq2[ledger.Version[T], error],
	diff func(before, after T) []changed, late func(context.Context, ledger.Version[T]) (map[string]bool, error),
) iter.Seq2[changed, error] {
	return func(yield func(changed, error) bool) {
		for v, err := range versions {
			var closed map[string]bool
			if err == nil && late != nil {
				closed, err = late(ctx, v)
			}
			if err != nil {
				yield(changed{}, err)
				return
			}
			for _, c := range diff(v.Before, v.After) {
				c.closed = closed[c.field]
				if !yield(c, nil) {
					return
				}
			}
		}
	}
}

// field is one listed field of an object in both versions.
type field struct {
	name          string
	before, after Cell
}

// differing keeps the fields whose cells differ. What Omise flips by itself as
// time passes is in the ledger's versions and not among the fields.
func differing(of changed, fields ...field) []changed {
	var rows []changed
	for _, x := range fields {
		if x.before == x.after {
			continue
		}
		row := of
		row.field, row.before, row.after = x.name, x.before, x.after
		rows = append(rows, row)
	}
	return rows
}

func (f filler) chargeChanges(b, a ledger.Charge) []changed {
	of := changed{account: a.Account, id: a.ID, object: ledger.ChargeObject, currency: a.Currency, createdAt: a.CreatedAt}
	return differing(of,
		field{"status", TextCell(b.Status), TextCell(a.Status)},
		field{"amount", AmountCell(b.Amount, b.Currency), AmountCell(a.Amount, a.Currency)},
		field{"authorized", YesNoCell(b.Authorized), YesNoCell(a.Authorized)},
		field{"paid", YesNoCell(b.Paid), YesNoCell(a.Paid)},
		field{"paid_at", f.time(b.Account, b.PaidAt), f.time(a.Account, a.PaidAt)},
		field{"captured", AmountCell(b.Captured(), b.Currency), AmountCell(a.Captured(), a.Currency)},
		field{"refunded", AmountCell(b.RefundedAmount, b.Currency), AmountCell(a.RefundedAmount, a.Currency)},
		field{"reversed", YesNoCell(b.Reversed), YesNoCell(a.Reversed)},
		field{"voided", YesNoCell(b.Voided), YesNoCell(a.Voided)},
		field{"dispute", TextCell(statusBefore(b, a)), TextCell(a.DisputeStatus)},
		field{"expires_at", f.time(b.Account, b.ExpiresAt), f.time(a.Account, a.ExpiresAt)},
	)
}

func (f filler) refundChanges(b, a ledger.Refund) []changed {
	of := changed{account: a.Account, id: a.ID, object: ledger.RefundObject, currency: a.Currency, createdAt: a.CreatedAt}
	return differing(of,
		field{"status", TextCell(b.Status), TextCell(a.Status)},
		field{"amount", AmountCell(b.Amount, b.Currency), AmountCell(a.Amount, a.Currency)},
		field{"voided", YesNoCell(b.Voided), YesNoCell(a.Voided)},
	)
}

// statusBefore is the status of a charge's dispute before a change. A charge
// that named its dispute by the id alone, before the dispute itself was read,
// knew none: that it is known now is no change at Omise.
func statusBefore(b, a ledger.Charge) string {
	if b.DisputeStatus == "" && b.Dispute != "" && b.Dispute == a.Dispute {
		return a.DisputeStatus
	}
	return b.DisputeStatus
}

func (f filler) disputeChanges(b, a ledger.Dispute) []changed {
	of := changed{account: a.Account, id: a.ID, object: ledger.DisputeObject, currency: a.Currency, createdAt: a.CreatedAt}
	return differing(of, field{"status", TextCell(b.Status), TextCell(a.Status)})
}

func (f filler) cardChanges(b, a ledger.Card) []changed {
	of := changed{account: a.Account, id: a.ID, object: ledger.CardObject, createdAt: a.CreatedAt}
	return differing(of,
		field{"expires_on", DateCell(lastDay(b).Date()), DateCell(lastDay(a).Date())},
		field{"name", TextCell(b.Name), TextCell(a.Name)},
		field{"deleted", YesNoCell(b.Deleted), YesNoCell(a.Deleted)},
	)
}

func (f filler) customerChanges(b, a ledger.Customer) []changed {
	of := changed{account: a.Account, id: a.ID, object: ledger.CustomerObject, createdAt: a.CreatedAt}
	return differing(of,
		field{"default_card", TextCell(b.DefaultCard), TextCell(a.DefaultCard)},
		field{"deleted", YesNoCell(b.Deleted), YesNoCell(a.Deleted)},
	)
}
