package match_test

import (
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

// want is what a case of matching finds: breaks, and the results of charges.
type want struct {
	breaks  []string
	results map[string]ledger.Result
}

const (
	matched   = ledger.Matched
	inBreak   = ledger.InBreak
	notNeeded = ledger.NotNeeded
)

func (w want) of(t *testing.T, b *books) {
	t.Helper()
	results(t, b.finds(t, w.breaks...), w.results)
}

func TestByChargeID(t *testing.T) {
	type res = map[string]ledger.Result
	for name, c := range map[string]struct {
		books *books
		want
	}{
		"the id decides, whatever the order references say": {
			newBooks().charge("a", "8", 100).charge("b", "7", 100).record("7", "chrg_a", 100).record("8", "chrg_b", 100),
			want{nil, res{"a": matched, "b": matched}},
		},
		"a transaction is as good": {
			newBooks().charge("a", "", 100).record("7", "trxn_a", 100),
			want{nil, res{"a": matched}},
		},
		"a transaction that nobody has goes by order reference": {
			newBooks().charge("a", "7", 100).record("7", "trxn_old", 100),
			want{nil, res{"a": matched}},
		},
		"an id that was not asked yet waits": {
			newBooks().record("7", "chrg_gone", 100),
			want{nil, nil},
		},
		"what waits speaks for its order": {
			newBooks().charge("a", "7", 100).record("7", "chrg_gone", 100),
			want{nil, res{"a": ledger.NotCompared}},
		},
		"an id that leads to a failed attempt matches the one that paid": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusFailed)).charge("b", "7", 100).record("7", "chrg_a", 100),
			want{nil, res{"a": notNeeded, "b": matched}},
		},
		"also when the charge carries the reference and the record does not": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusFailed)).charge("b", "7", 100).record("", "chrg_a", 100),
			want{nil, res{"a": notNeeded, "b": matched}},
		},
		"a failed attempt of its own is no reason when the paid one has its record": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusFailed)).charge("b", "7", 100).
				record("7", "chrg_a", 100, says(ledger.RecordFailed)).record("7", "chrg_b", 100),
			want{nil, res{"a": matched, "b": matched}},
		},
		"of several failed attempts one gets the charge that paid": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusFailed)).charge("b", "7", 100, unpaid(ledger.StatusFailed)).charge("c", "7", 100).
				record("7", "chrg_a", 100, says(ledger.RecordFailed)).record("7", "chrg_b", 100, says(ledger.RecordFailed)),
			want{[]string{"status_mismatch chrg_c 7"}, res{"a": notNeeded, "b": matched, "c": inBreak}},
		},
		"of several that say paid the others repeat it": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusFailed)).charge("b", "7", 100, unpaid(ledger.StatusFailed)).charge("c", "7", 100).
				record("7", "chrg_a", 100).record("7", "chrg_b", 100),
			want{[]string{"duplicate_record chrg_c 7"}, res{"a": notNeeded, "b": notNeeded, "c": inBreak}},
		},
		"an id that leads to a refunded charge matches the one that was paid instead": {
			newBooks().charge("a", "7", 100).refunded("a", 100, begin+11*day).charge("b", "7", 100).record("7", "chrg_a", 100),
			want{nil, res{"a": notNeeded, "b": matched}},
		},
		"also when the refunded charge has another reference": {
			newBooks().charge("a", "6", 100).refunded("a", 100, begin+11*day).charge("b", "7", 100).record("7", "chrg_a", 100),
			want{nil, res{"a": notNeeded, "b": matched}},
		},
		"but not when the record knows of the refund": {
			newBooks().charge("a", "7", 100).refunded("a", 100, begin+11*day).charge("b", "7", 100).record("7", "chrg_a", 100, says(ledger.RecordRefunded)),
			want{[]string{"duplicate_charge chrg_b 7"}, res{"a": matched, "b": inBreak}},
		},
		"a second payment beside it": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100).record("7", "chrg_b", 100),
			want{[]string{"duplicate_charge chrg_a 7"}, res{"a": inBreak, "b": matched}},
		},
		"a second payment that was refunded": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100).refunded("b", 100, begin+11*day).record("7", "chrg_a", 100),
			want{nil, res{"a": matched, "b": notNeeded}},
		},
		"a second payment made by a schedule": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100, bySchedule).record("7", "chrg_a", 100),
			want{[]string{"missing_in_records chrg_b "}, res{"a": matched, "b": inBreak}},
		},
		"the same, refunded": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100, bySchedule).refunded("b", 100, begin+11*day).record("7", "chrg_a", 100),
			want{nil, res{"a": matched, "b": notNeeded}},
		},
		"the same, refunded in part": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100, bySchedule).refunded("b", 99, begin+11*day).record("7", "chrg_a", 100),
			want{[]string{"missing_in_records chrg_b "}, res{"a": matched, "b": inBreak}},
		},
		"the same, too late for the books": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100, bySchedule, madeAt(cut)).record("7", "chrg_a", 100),
			want{nil, res{"a": matched, "b": expected}},
		},
		"a schedule's payments with a record each": {
			newBooks().charge("a", "7", 100, bySchedule).charge("b", "7", 100, bySchedule).record("7", "chrg_a", 100).record("7", "chrg_b", 100),
			want{nil, res{"a": matched, "b": matched}},
		},
		"a payment in parts": {
			newBooks().charge("a", "7", 60).charge("b", "7", 40).record("7", "chrg_a", 100),
			want{nil, res{"a": matched, "b": matched}},
		},
		"parts that do not add up": {
			newBooks().charge("a", "7", 60).charge("b", "7", 30).record("7", "chrg_a", 100),
			want{[]string{"amount_mismatch chrg_a 7", "duplicate_charge chrg_b 7"}, res{"a": inBreak, "b": inBreak}},
		},
		"an authorisation beside it still holds money": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100, holds).record("7", "chrg_a", 100),
			want{[]string{"missing_in_records chrg_b "}, res{"a": matched, "b": inBreak}},
		},
		"what failed, expired, was reversed or waits needs no record": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100, unpaid(ledger.StatusFailed)).charge("c", "7", 100, unpaid(ledger.StatusExpired)).
				charge("d", "7", 100, unpaid(ledger.StatusReversed)).charge("e", "7", 100, unpaid(ledger.StatusPending)).record("7", "chrg_a", 100),
			want{nil, res{"a": matched, "b": notNeeded, "c": notNeeded, "d": notNeeded, "e": notNeeded}},
		},
		"an authorisation that the record names, and another charge paid": {
			newBooks().charge("a", "6", 100, holds).charge("b", "7", 100).record("7", "chrg_a", 100),
			want{[]string{"missing_in_records chrg_a "}, res{"a": inBreak, "b": matched}},
		},
		"beside what is ambiguous, an authorisation": {
			newBooks().charge("a", "7", 90).charge("b", "7", 80).charge("c", "7", 100, holds).record("7", "", 100),
			want{[]string{"ambiguous  7", "missing_in_records chrg_c "}, res{"a": inBreak, "b": inBreak, "c": inBreak}},
		},
		"a refunded charge stays with a record that names a refund": {
			newBooks().charge("a", "7", 100).refunded("a", 100, begin+11*day).charge("b", "7", 100).record("7", "chrg_a", 100, refunds(100)),
			want{[]string{"refund_mismatch chrg_a 7", "duplicate_charge chrg_b 7"}, res{"a": inBreak, "b": inBreak}},
		},
		"a refunded charge stays when two were paid instead": {
			newBooks().charge("a", "7", 100).refunded("a", 100, begin+11*day).charge("b", "7", 100).charge("c", "7", 100).record("7", "chrg_a", 100),
			want{[]string{"refund_mismatch chrg_a 7", "duplicate_charge chrg_b 7", "duplicate_charge chrg_c 7"}, res{"a": inBreak, "b": inBreak, "c": inBreak}},
		},
		"a transaction that two charges have: the first by id": {
			newBooks().charge("b", "", 100).charge("a", "", 100, func(c *ledger.Charge) { c.Transaction = "trxn_b" }).record("7", "trxn_b", 100),
			want{[]string{"missing_in_records chrg_b "}, res{"a": matched, "b": inBreak}},
		},
		"the same the other way round": {
			newBooks().charge("a", "", 100, func(c *ledger.Charge) { c.Transaction = "trxn_b" }).charge("b", "", 100).record("7", "trxn_b", 100),
			want{[]string{"missing_in_records chrg_b "}, res{"a": matched, "b": inBreak}},
		},
		"neither record nor charge has an order reference: the earlier": {
			newBooks().charge("a", "", 100).record("", "chrg_a", 100).record("7", "trxn_a", 100, dated(begin)),
			want{[]string{"duplicate_record chrg_a chrg_a"}, res{"a": inBreak}},
		},
		"two orders claim one charge: its own order is the rightful one": {
			newBooks().charge("a", "7", 100).record("6", "chrg_a", 100, dated(begin)).record("7", "chrg_a", 100),
			want{[]string{"duplicate_record chrg_a 6"}, res{"a": inBreak}},
		},
		"two orders claim one charge without a reference: the earlier": {
			newBooks().charge("a", "", 100).record("6", "chrg_a", 100).record("7", "chrg_a", 100, dated(begin)),
			want{[]string{"duplicate_record chrg_a 6"}, res{"a": inBreak}},
		},
		"an order that only repeats another's charge speaks for none of its own": {
			newBooks().charge("a", "7", 100).charge("b", "6", 100).record("6", "chrg_a", 100).record("7", "chrg_a", 100),
			want{[]string{"duplicate_record chrg_a 6", "missing_in_records chrg_b "}, res{"a": inBreak, "b": inBreak}},
		},
	} {
		t.Run(name, func(t *testing.T) { c.of(t, c.books) })
	}
}

func TestByOrderReference(t *testing.T) {
	type res = map[string]ledger.Result
	for name, c := range map[string]struct {
		books *books
		want
	}{
		"one charge": {newBooks().charge("a", "7", 100).record("7", "", 100), want{nil, res{"a": matched}}},
		"trimmed":    {newBooks().charge("a", " 7\t", 100).record("7", "", 100), want{nil, res{"a": matched}}},
		"composed":   {newBooks().charge("a", "Cafe\u0301", 100).record("Caf\u00e9", "", 100), want{nil, res{"a": matched}}},
		"case-sensitive, zeros kept": {
			newBooks().charge("a", "a7", 100).charge("b", "07", 100).record("A7", "", 100).record("7", "", 100),
			want{[]string{"missing_at_omise  7", "missing_at_omise  A7", "missing_in_records chrg_a ", "missing_in_records chrg_b "}, res{"a": inBreak}},
		},
		"the best state: successful": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100, holds).charge("c", "7", 100, unpaid(ledger.StatusPending)).record("7", "", 100),
			want{[]string{"missing_in_records chrg_b "}, res{"a": matched, "b": inBreak, "c": notNeeded}},
		},
		"the best state: authorised": {
			newBooks().charge("b", "7", 100, holds).charge("c", "7", 100, unpaid(ledger.StatusPending)).record("7", "", 100, says(ledger.RecordAuthorized)),
			want{nil, res{"b": matched, "c": notNeeded}},
		},
		"the best state: pending": {
			newBooks().charge("c", "7", 100, unpaid(ledger.StatusPending)).charge("d", "7", 100, unpaid(ledger.StatusExpired)).record("7", "", 100, says(ledger.RecordPending)),
			want{nil, res{"c": matched, "d": notNeeded}},
		},
		"the newest of the rest": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusReversed), madeAt(begin+12*day)).charge("b", "7", 100, unpaid(ledger.StatusFailed)).
				record("7", "", 100, says(ledger.RecordRefunded)),
			want{nil, res{"a": matched, "b": notNeeded}},
		},
		"of several authorisations the one with the amount": {
			newBooks().charge("a", "7", 100, holds).charge("b", "7", 120, holds, madeAt(begin+12*day)).record("7", "", 100, says(ledger.RecordAuthorized)),
			want{[]string{"missing_in_records chrg_b "}, res{"a": matched, "b": inBreak}},
		},
		"of several authorisations without the amount the newest": {
			newBooks().charge("a", "7", 100, holds).charge("b", "7", 120, holds, madeAt(begin+12*day)).record("7", "", 90, says(ledger.RecordAuthorized)),
			want{[]string{"amount_mismatch chrg_b 7", "missing_in_records chrg_a "}, res{"a": inBreak, "b": inBreak}},
		},
		"refunded in full is left out": {
			newBooks().charge("a", "7", 100).refunded("a", 100, begin+11*day).charge("b", "7", 100).record("7", "", 100),
			want{nil, res{"a": notNeeded, "b": matched}},
		},
		"refunded in full stays if it is the only one": {
			newBooks().charge("a", "7", 100).refunded("a", 100, begin+11*day).record("7", "", 100, says(ledger.RecordRefunded)),
			want{nil, res{"a": matched}},
		},
		"parts of one payment": {
			newBooks().charge("a", "7", 60).charge("b", "7", 40).record("7", "", 100),
			want{nil, res{"a": matched, "b": matched}},
		},
		"parts of one payment, refunded in full": {
			newBooks().charge("a", "7", 60).charge("b", "7", 40).refunded("a", 60, begin+11*day).refunded("b", 40, begin+11*day).record("7", "", 100, says(ledger.RecordRefunded)),
			want{nil, res{"a": matched, "b": matched}},
		},
		"one alone equals it": {
			newBooks().charge("a", "7", 90).charge("b", "7", 100).record("7", "", 100),
			want{[]string{"duplicate_charge chrg_a 7"}, res{"a": inBreak, "b": matched}},
		},
		"of several equal ones the earliest paid": {
			newBooks().charge("a", "7", 100, madeAt(begin+11*day)).charge("b", "7", 100).charge("c", "7", 100, madeAt(begin+12*day)).record("7", "", 100),
			want{[]string{"duplicate_charge chrg_a 7", "duplicate_charge chrg_c 7"}, res{"a": inBreak, "b": matched, "c": inBreak}},
		},
		"else ambiguous": {
			newBooks().charge("a", "7", 90).charge("b", "7", 80).record("7", "", 100),
			want{[]string{"ambiguous  7"}, res{"a": inBreak, "b": inBreak}},
		},
		"ambiguous without an amount": {
			newBooks().charge("a", "7", 90).charge("b", "7", 80).record("7", "", 0, withoutAmount),
			want{[]string{"ambiguous  7"}, res{"a": inBreak, "b": inBreak}},
		},
		"amounts of another currency say nothing": {
			newBooks().charge("a", "7", 60, inYen).charge("b", "7", 40, inYen).record("7", "", 100),
			want{[]string{"ambiguous  7"}, res{"a": inBreak, "b": inBreak}},
		},
		"a schedule's charges come last": {
			newBooks().charge("a", "7", 90, bySchedule).charge("b", "7", 80).record("7", "", 100),
			want{[]string{"amount_mismatch chrg_b 7", "missing_in_records chrg_a "}, res{"a": inBreak, "b": inBreak}},
		},
		"amounts of two currencies do not add up": {
			newBooks().charge("a", "7", 60).charge("b", "7", 40, inYen).record("7", "", 100),
			want{[]string{"ambiguous  7"}, res{"a": inBreak, "b": inBreak}},
		},
		"of a schedule's charges the earliest": {
			newBooks().charge("a", "7", 90, bySchedule).charge("b", "7", 80, bySchedule, madeAt(begin+20*day)).record("7", "", 100),
			want{[]string{"amount_mismatch chrg_a 7", "missing_in_records chrg_b "}, res{"a": inBreak, "b": inBreak}},
		},
		"a schedule's charges are never a duplicate": {
			newBooks().charge("a", "7", 100, bySchedule).charge("b", "7", 100, bySchedule, madeAt(begin+40*day)).record("7", "", 100),
			want{[]string{"missing_in_records chrg_b "}, res{"a": matched, "b": inBreak}},
		},
		"no record at all": {
			newBooks().charge("a", "7", 100).charge("b", "8", 100, holds).charge("c", "9", 100, unpaid(ledger.StatusPending)).charge("d", "", 100, unpaid(ledger.StatusFailed)).record("1", "", 1, says(ledger.RecordPending)),
			want{[]string{"missing_in_records chrg_a ", "missing_in_records chrg_b "}, res{"a": inBreak, "b": inBreak, "c": notNeeded, "d": notNeeded}},
		},
	} {
		t.Run(name, func(t *testing.T) { c.of(t, c.books) })
	}
}

// TestSeveralRecordsOfOneOrder needs a second source: one source has one record
// without a charge id per order.
func TestSeveralRecordsOfOneOrder(t *testing.T) {
	type res = map[string]ledger.Result
	later := dated(begin + 11*day)
	for name, c := range map[string]struct {
		books *books
		want
	}{
		"one charge: the earlier record is rightful": {
			newBooks().charge("a", "7", 100).record("7", "", 100, later).record("7", "", 100, of("erp")),
			want{[]string{"duplicate_record chrg_a 7"}, res{"a": inBreak}},
		},
		"the one with the charge id is rightful": {
			newBooks().charge("a", "7", 100).record("7", "", 100).record("7", "chrg_a", 100, of("erp"), later),
			want{[]string{"duplicate_record chrg_a 7"}, res{"a": inBreak}},
		},
		"two sources with ids": {
			newBooks().charge("a", "7", 100).record("7", "chrg_a", 100).record("7", "chrg_a", 100, of("erp")),
			want{[]string{"duplicate_record chrg_a 7"}, res{"a": inBreak}},
		},
		"charges with ids are taken last": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100, madeAt(begin+11*day)).record("7", "chrg_a", 100).record("7", "", 100, of("erp")),
			want{nil, res{"a": matched, "b": matched}},
		},
		"one to one by amount": {
			newBooks().charge("a", "7", 60).charge("b", "7", 40).record("7", "", 40).record("7", "", 60, of("erp")),
			want{nil, res{"a": matched, "b": matched}},
		},
		"one to one by amount, and one charge too many": {
			newBooks().charge("a", "7", 60).charge("b", "7", 40).charge("c", "7", 50).record("7", "", 40).record("7", "", 60, of("erp")),
			want{[]string{"duplicate_charge chrg_c 7"}, res{"a": matched, "b": matched, "c": inBreak}},
		},
		"the last of both meet, though the amounts differ": {
			newBooks().charge("a", "7", 60).charge("b", "7", 40).record("7", "", 40).record("7", "", 70, of("erp")),
			want{[]string{"amount_mismatch chrg_a 7"}, res{"a": inBreak, "b": matched}},
		},
		"one charge is left for two: the earlier record gets it, the other repeats it": {
			newBooks().charge("a", "7", 60).charge("b", "7", 40).record("7", "", 40).record("7", "trxn_x", 80, later).record("7", "", 70, of("erp")),
			want{[]string{"amount_mismatch chrg_a 7", "duplicate_record chrg_a 7"}, res{"a": inBreak, "b": matched}},
		},
		"two charges are left for one": {
			newBooks().charge("a", "7", 60).charge("b", "7", 40).charge("c", "7", 50).record("7", "", 40).record("7", "", 70, of("erp")),
			want{[]string{"ambiguous  7"}, res{"a": inBreak, "b": matched, "c": inBreak}},
		},
		"more records than charges": {
			newBooks().charge("a", "7", 60).charge("b", "7", 40).
				record("7", "", 40).record("7", "", 60, of("erp")).record("7", "trxn_x", 40, of("erp"), later),
			want{[]string{"duplicate_record chrg_b 7"}, res{"a": matched, "b": inBreak}},
		},
		"two attempts that failed": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusFailed)).charge("b", "7", 100, unpaid(ledger.StatusExpired)).
				record("7", "", 100, says(ledger.RecordFailed)).record("7", "", 100, of("erp"), says(ledger.RecordCancelled)),
			want{nil, res{"a": matched, "b": matched}},
		},
		"one attempt that failed": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusFailed)).
				record("7", "", 100, says(ledger.RecordFailed)).record("7", "", 100, of("erp"), says(ledger.RecordCancelled)),
			want{[]string{"duplicate_record chrg_a 7"}, res{"a": inBreak}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.books.with(func(r *match.Rules) { r.Sources = append(r.Sources, source("erp")) })
			c.of(t, c.books)
		})
	}
}
