package match_test

import (
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

const expected = ledger.Expected

// TestGrace holds that what happened at Omise after the books' instant less
// their grace is not held against them, and what happened by then is.
func TestGrace(t *testing.T) {
	type res = map[string]ledger.Result
	// An hour passes until the payment: early at the very cut, late after it.
	early, late := madeAt(cut-hour), madeAt(cut)
	expiresAt := func(when ledger.Instant) func(*ledger.Charge) {
		return func(c *ledger.Charge) { c.ExpiresAt = at(when) }
	}
	reversedAt := func(when ledger.Instant) func(*ledger.Charge) {
		return func(c *ledger.Charge) { c.ReversedAt = at(when) }
	}
	for name, c := range map[string]struct {
		books *books
		want
	}{
		"paid too late to have a record": {
			newBooks().charge("a", "7", 100, late).record("1", "", 1, says(ledger.RecordPending)),
			want{nil, res{"a": expected}},
		},
		"paid in time to have one": {
			newBooks().charge("a", "7", 100, early).record("1", "", 1, says(ledger.RecordPending)),
			want{[]string{"missing_in_records chrg_a "}, res{"a": inBreak}},
		},
		"authorised too late to have a record": {
			newBooks().charge("a", "7", 100, holds, late).record("1", "", 1, says(ledger.RecordPending)),
			want{nil, res{"a": expected}},
		},
		"the oldest books decide whether a record is missing": {
			newBooks().charge("a", "7", 100, early).record("1", "", 1, says(ledger.RecordPending)).
				with(func(r *match.Rules) {
					r.Sources = append(r.Sources, source("erp"))
					r.Sources[1].ReadAt = now - day
				}),
			want{nil, res{"a": expected}},
		},
		"the oldest books decide, whichever they are": {
			newBooks().charge("a", "7", 100, early).record("1", "", 1, says(ledger.RecordPending)).
				with(func(r *match.Rules) {
					r.Sources = append(r.Sources, source("erp"))
					r.Sources[0].ReadAt = now - day
				}),
			want{nil, res{"a": expected}},
		},
		"the status: paid too late": {
			newBooks().charge("a", "7", 100, late).record("7", "", 100, says(ledger.RecordPending)),
			want{nil, res{"a": expected}},
		},
		"the status: paid in time": {
			newBooks().charge("a", "7", 100, early).record("7", "", 100, says(ledger.RecordPending)),
			want{[]string{"status_mismatch chrg_a 7"}, res{"a": inBreak}},
		},
		"the status: created too late": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusPending), madeAt(cut+1)).record("7", "", 100),
			want{nil, res{"a": expected}},
		},
		"the status: expired too late": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusExpired), expiresAt(cut+1)).record("7", "", 100),
			want{nil, res{"a": expected}},
		},
		"the status: expired in time": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusExpired), expiresAt(cut)).record("7", "", 100),
			want{[]string{"status_mismatch chrg_a 7"}, res{"a": inBreak}},
		},
		"the status: reversed too late": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusReversed), reversedAt(cut+1)).record("7", "", 100, says(ledger.RecordAuthorized)),
			want{nil, res{"a": expected}},
		},
		"the status: lapsed too late, without a time of its own": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusReversed), func(c *ledger.Charge) { c.ReversedAt = nil }, expiresAt(cut+1)).
				record("7", "", 100, says(ledger.RecordAuthorized)),
			want{nil, res{"a": expected}},
		},
		"the amount: captured too late": {
			newBooks().charge("a", "7", 100, late).record("7", "", 90),
			want{nil, res{"a": expected}},
		},
		"the amount: captured in time": {
			newBooks().charge("a", "7", 100, early).record("7", "", 90),
			want{[]string{"amount_mismatch chrg_a 7"}, res{"a": inBreak}},
		},
		"a refund too late for the books": {
			newBooks().charge("a", "7", 100).refunded("a", 40, cut+1).record("7", "", 100),
			want{nil, res{"a": expected}},
		},
		"a refund in time for the books": {
			newBooks().charge("a", "7", 100).refunded("a", 40, cut).record("7", "", 100),
			want{[]string{"refund_mismatch chrg_a 7"}, res{"a": inBreak}},
		},
		"the newest of the late refunds is left out": {
			newBooks().charge("a", "7", 100).refunded("a", 20, cut+2).refunded("a", 10, cut+1).record("7", "", 100, refunds(10)),
			want{nil, res{"a": expected}},
		},
		"all of the late refunds are left out": {
			newBooks().charge("a", "7", 100).refunded("a", 5, begin+20*day).refunded("a", 20, cut+2).refunded("a", 10, cut+1).record("7", "", 100, refunds(5)),
			want{nil, res{"a": expected}},
		},
		"leaving it out must not make the status differ": {
			newBooks().charge("a", "7", 100).refunded("a", 30, begin+20*day).refunded("a", 70, cut+1).record("7", "", 100, says(ledger.RecordCancelled), refunds(30)),
			want{[]string{"refund_mismatch chrg_a 7"}, res{"a": inBreak}},
		},
		"an older one is not": {
			newBooks().charge("a", "7", 100).refunded("a", 20, cut+2).refunded("a", 10, cut+1).record("7", "", 100, refunds(20)),
			want{[]string{"refund_mismatch chrg_a 7"}, res{"a": inBreak}},
		},
		"a late refund makes it all": {
			newBooks().charge("a", "7", 100).refunded("a", 40, begin+20*day).refunded("a", 60, cut+1).record("7", "", 100, says(ledger.RecordPartiallyRefunded), refunds(40)),
			want{nil, res{"a": expected}},
		},
		"a refund that has not moved money is no reason": {
			newBooks().charge("a", "7", 100).refunded("a", 40, cut+1).record("7", "", 100).with(func(*match.Rules) {}).pendingRefunds(),
			want{[]string{"refund_mismatch chrg_a 7"}, res{"a": inBreak}},
		},
		"ambiguous by a charge that is too late": {
			newBooks().charge("a", "7", 90, early).charge("b", "7", 80, late).record("7", "", 100),
			want{[]string{"amount_mismatch chrg_a 7"}, res{"a": inBreak, "b": expected}},
		},
		"ambiguous until the late one is left out": {
			newBooks().charge("a", "7", 60, early).charge("b", "7", 40, early).charge("c", "7", 80, late).record("7", "", 100),
			want{nil, res{"a": matched, "b": matched, "c": expected}},
		},
		"ambiguous all the same": {
			newBooks().charge("a", "7", 90, early).charge("b", "7", 70, early).charge("c", "7", 80, late).record("7", "", 100),
			want{[]string{"ambiguous  7"}, res{"a": inBreak, "b": inBreak, "c": inBreak}},
		},
		"paid twice is found at once": {
			newBooks().charge("a", "7", 100, early).charge("b", "7", 100, late).record("7", "", 100),
			want{[]string{"duplicate_charge chrg_b 7"}, res{"a": matched, "b": inBreak}},
		},
		"a currency does not change with time": {
			newBooks().charge("a", "7", 100, late, inYen).record("7", "", 100),
			want{[]string{"currency_mismatch chrg_a 7"}, res{"a": inBreak}},
		},
	} {
		t.Run(name, func(t *testing.T) { c.of(t, c.books) })
	}
}

func (b *books) pendingRefunds() *books {
	for i := range b.refunds {
		b.refunds[i].Status = "pending"
	}
	return b
}
