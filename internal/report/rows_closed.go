package report

import (
	"context"
	"maps"
	"slices"

	"reconcile/internal/ledger"
)

// late finds what the changes of a run alter in months that were closed before.
type late struct {
	source   Source
	run      int64
	closings []ledger.Closing
}

// closed are the months of an account that were closed before the run, each as
// it was closed last. What was saved until then is in a month's figures.
func (l late) closed(account string) []ledger.Closing {
	latest := map[string]ledger.Closing{}
	for _, c := range l.closings {
		if c.Account == account && c.Run >= latest[c.Month].Run {
			latest[c.Month] = c
		}
	}
	var months []ledger.Closing
	for _, month := range slices.Sorted(maps.Keys(latest)) {
		if latest[month].Run < l.run {
			months = append(months, latest[month])
		}
	}
	return months
}

func within(at ledger.Instant, months []ledger.Closing) bool {
	return slices.ContainsFunc(months, func(c ledger.Closing) bool { return c.From <= at && at < c.To })
}

// refund gives the fields of a refund's change: all of them when the refund is
// dated in a closed month.
func (l late) refund(_ context.Context, v ledger.Version[ledger.Refund]) (map[string]bool, error) {
	dated := within(v.After.CreatedAt, l.closed(v.After.Account))
	return map[string]bool{"status": dated, "amount": dated, "voided": dated}, nil
}

// charge gives the fields of a charge's change that move a figure of a closed
// month. One version often changes several fields, and only those count that
// the figure depends on: that a charge of a closed month was paid after all is
// said by its status, paid, paid_at and captured, and not by an expires_at that
// changed with them.
func (l late) charge(ctx context.Context, v ledger.Version[ledger.Charge]) (map[string]bool, error) {
	before, after := v.Before, v.After
	months := l.closed(after.Account)
	if len(months) == 0 {
		return nil, nil
	}
	fields := map[string]bool{}
	mark := func(moved bool, names ...string) {
		for _, name := range names {
			fields[name] = fields[name] || moved
		}
	}
	mark(moved(captureOf(before), captureOf(after), months), "status", "amount", "paid", "paid_at", "captured")
	mark(moved(reversalOf(before), reversalOf(after), months), "status", "amount", "reversed")
	mark(moved(expiryOf(before), expiryOf(after), months), "status", "amount", "expires_at")
	mark(before.Amount != after.Amount && within(after.CreatedAt, months), "amount")
	refunded, err := l.refunded(ctx, v, months)
	mark(refunded, "refunded")
	return fields, err
}

// refunded says whether the refunded amount changed by a refund that is dated in
// a closed month and was found after its closing. A refund of a later day is an
// ordinary one.
func (l late) refunded(ctx context.Context, v ledger.Version[ledger.Charge], months []ledger.Closing) (bool, error) {
	if v.Before.RefundedAmount == v.After.RefundedAmount {
		return false, nil
	}
	for _, c := range months {
		found, err := l.source.RefundFoundLate(ctx, v.After.Account, v.After.ID, c, v.Since, v.Run)
		if found || err != nil {
			return found, err
		}
	}
	return false, nil
}

// figure is what a charge adds to a measure, and when. Amounts are in minor
// units of its currency; the zero figure adds nothing.
type figure struct {
	counted bool
	at      ledger.Instant
	amount  int64
}

func figureOf(counted bool, at *ledger.Instant, minor int64) figure {
	if !counted || at == nil {
		return figure{}
	}
	return figure{true, *at, minor}
}

func captureOf(c ledger.Charge) figure {
	at := c.PaidAt
	if at == nil {
		at = &c.CreatedAt
	}
	return figureOf(c.Paid && c.KnownStatus(), at, c.Captured())
}

func reversalOf(c ledger.Charge) figure {
	return figureOf(c.Status == ledger.StatusReversed, c.ReversedAt, c.Amount)
}

func expiryOf(c ledger.Charge) figure {
	return figureOf(c.Status == ledger.StatusExpired, c.ExpiresAt, c.Amount)
}

// moved says whether a figure of one of the months is another one by now.
func moved(before, after figure, months []ledger.Closing) bool {
	return before != after && (before.counted && within(before.at, months) || after.counted && within(after.at, months))
}
