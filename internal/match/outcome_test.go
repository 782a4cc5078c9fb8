package match_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

// TestStale holds that nothing new is said of the books while Omise could not
// be read.
func TestStale(t *testing.T) {
	stale := func(r *match.Rules) { r.Fresh = false }
	o := newBooks().charge("a", "7", 100).charge("b", "", 100).refunded("b", 101, begin+20*day).charge("c", "", 100).charge("d", "8", 100).refunded("d", 10, begin+20*day).
		record("7", "", 90).record("8", "", 100, refunds(10)).record("9", "", 100).with(stale).
		finds(t, "over_refunded chrg_b ")
	results(t, o, map[string]ledger.Result{"a": notCompared, "b": inBreak, "c": notCompared, "d": matched})
	if got := o.Charge("chrg_b").RefundResult; got != notCompared {
		t.Errorf("refunds of b are %s", got)
	}
}

func TestCurable(t *testing.T) {
	kind := func(k ledger.BreakKind, source, charge string) ledger.Break {
		return ledger.Break{Kind: k, Source: source, Charge: charge}
	}
	pair := kind(ledger.BreakAmount, "shop", "chrg_a")
	missing := kind(ledger.BreakMissingInRecords, "", "chrg_a")
	unreadable := kind(ledger.BreakUnreadable, "shop", "")
	absent := ledger.Break{Kind: ledger.BreakMissingAtOmise, Source: "shop", RecordRef: "9", HappenedAt: at(begin + 30*day)}
	own := kind(ledger.BreakRefundSum, "", "chrg_a")
	ambiguous := ledger.Break{Kind: ledger.BreakAmbiguous, Source: "shop", OmiseValue: "chrg_a;chrg_b"}
	unread := firstSource(func(s *match.Source) { s.Read = false })
	for name, c := range map[string]struct {
		change func(*match.Rules)
		gone   []ledger.Break
		stays  []ledger.Break
	}{
		"both sides were read": {
			func(*match.Rules) {},
			[]ledger.Break{
				pair, missing, unreadable, own, ambiguous, absent, kind(ledger.BreakMissingAtOmise, "shop", "chrg_unknown"),
				kind(ledger.BreakAmount, "removed", "chrg_a"), kind(ledger.BreakUnreadable, "removed", ""),
			},
			nil,
		},
		"its source was not read": {
			unread, []ledger.Break{own, kind(ledger.BreakAmount, "erp", "chrg_a")}, []ledger.Break{pair, missing, unreadable, ambiguous},
		},
		"another source was not read": {
			func(r *match.Rules) { r.Sources[1].Read = false }, []ledger.Break{own, pair, unreadable}, []ledger.Break{missing},
		},
		"Omise was not read": {
			func(r *match.Rules) { r.Fresh = false }, []ledger.Break{unreadable}, []ledger.Break{pair, missing, own, ambiguous},
		},
		"the charge's window is not proven": {
			func(r *match.Rules) { r.Proven = r.Proven[:1] }, []ledger.Break{unreadable}, []ledger.Break{pair, missing, own, ambiguous},
		},
		"one rival's window is not proven": {
			func(r *match.Rules) { r.Proven[1].To = begin + 15*day }, []ledger.Break{pair}, []ledger.Break{ambiguous},
		},
		"a window since the record is not proven": {
			func(r *match.Rules) {
				r.Proven = []ledger.Span{{From: begin, To: begin + 40*day}, {From: begin + 41*day, To: now}}
			},
			[]ledger.Break{own, pair, missing, unreadable},
			[]ledger.Break{absent},
		},
		"the history begins anew, behind a window that is not proven": {
			func(r *match.Rules) { r.HistoryFrom = at(begin + 41*day) },
			[]ledger.Break{own, unreadable},
			[]ledger.Break{pair, missing, ambiguous, absent},
		},
		"nothing is compared": {
			func(r *match.Rules) { r.HistoryFrom = nil }, []ledger.Break{own, unreadable}, []ledger.Break{pair, missing, ambiguous},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newBooks().charge("a", "7", 100).charge("b", "8", 100, madeAt(begin+20*day)).record("7", "", 100).record("8", "", 100, of("erp")).
				with(func(r *match.Rules) { r.Sources = append(r.Sources, source("erp")) }).with(c.change).finds(t)
			for _, b := range c.gone {
				if !o.Curable(b) {
					t.Errorf("%s of %q is not curable", b.Kind, b.Source)
				}
			}
			for _, b := range c.stays {
				if o.Curable(b) {
					t.Errorf("%s of %q is curable", b.Kind, b.Source)
				}
			}
		})
	}
	t.Run("a charge before the history that Omise was asked for", func(t *testing.T) {
		if o := newBooks().charge("a", "", 100, madeAt(begin-90*day)).record("7", "chrg_a", 100).finds(t); !o.Curable(pair) {
			t.Error("its break can never be cured")
		}
	})
	t.Run("an optional book without a file", func(t *testing.T) {
		b := newBooks().charge("a", "7", 100).record("7", "", 100).with(func(r *match.Rules) { r.Sources = append(r.Sources, source("erp")) })
		if o := b.finds(t); !o.Curable(missing) {
			t.Error("it hides what the other book cures")
		}
		if o := b.with(unread).finds(t); o.Curable(missing) || o.Curable(pair) {
			t.Error("it cures for a book that was not read")
		}
	})
	t.Run("a book that is empty now", func(t *testing.T) {
		if o := newBooks().charge("a", "7", 100).finds(t); o.Curable(missing) || o.Curable(pair) {
			t.Error("an empty book cures")
		}
	})
}

func TestTotals(t *testing.T) {
	part := func(c *ledger.Charge) { c.CapturedAmount = amount(60) }
	o := newBooks().
		charge("a", "1", 100, part).charge("b", "2", 500, inYen).charge("c", "3", 100, holds).charge("d", "4", 100).charge("e", "5", 100, madeAt(begin+21*day)).
		record("1", "", 60).
		record("2", "", 500, func(r *ledger.Record) { r.Currency = "JPY" }).
		record("3", "", 100, says(ledger.RecordAuthorized)).
		record("4", "", 90).
		record("5", "", 100, dated(begin+21*day)).
		record("6", "", 70, says(ledger.RecordPending), undated).
		record("7", "", 0, says(ledger.RecordPending), withoutAmount).
		record("8", "", 0, says(ledger.RecordPending), withoutAmount, withoutCurrency).
		charge("f", "9", 400, inYen, madeAt(begin+30*day)).record("9", "chrg_f", 0, withoutAmount, withoutCurrency).
		finds(t, "amount_mismatch chrg_d 4")
	want := []ledger.Total{
		{Account: "main", Currency: "JPY", Measure: "records", Count: 2, Amount: 500},
		{Account: "main", Currency: "JPY", Measure: "matched", Count: 1, Amount: 500},
		{Account: "main", Currency: "THB", Measure: "records", Count: 4, Amount: 250},
		{Account: "main", Currency: "THB", Measure: "matched", Count: 1, Amount: 60},
	}
	if diff := cmp.Diff(want, o.Totals(begin+10*day, begin+21*day)); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
	if got := o.Totals(begin+10*day+hour+1, begin+21*day); got != nil {
		t.Errorf("the time of payment counts: %v", got)
	}
}

// TestComparison holds what the reports show of the record beside a charge and
// its refunds.
func TestComparison(t *testing.T) {
	const missingRefund, other = ledger.MissingInRecords, ledger.AmountMismatch
	type seen struct {
		ref            string
		total          *int64
		result         ledger.Result
		refunded, less *int64
	}
	for name, c := range map[string]struct {
		books *books
		want  map[string]seen
	}{
		"matched": {
			newBooks().charge("a", "", 100).refunded("a", 30, begin+20*day).record("7", "chrg_a", 100, refunds(30)),
			map[string]seen{"a": {"7", amount(100), matched, amount(30), amount(0)}},
		},
		"refunded without an amount is everything": {
			newBooks().charge("a", "", 100).refunded("a", 30, begin+20*day).record("7", "chrg_a", 100, says(ledger.RecordRefunded)),
			map[string]seen{"a": {"7", amount(100), other, amount(100), amount(-70)}},
		},
		"not in the record": {
			newBooks().charge("a", "", 100).refunded("a", 30, begin+20*day).record("7", "chrg_a", 100),
			map[string]seen{"a": {"7", amount(100), missingRefund, nil, nil}},
		},
		"nought in the record": {
			newBooks().charge("a", "", 100).refunded("a", 30, begin+20*day).record("7", "chrg_a", 100, refunds(0)),
			map[string]seen{"a": {"7", amount(100), other, amount(0), amount(30)}},
		},
		"too late for the record": {
			newBooks().charge("a", "", 100).refunded("a", 30, cut+1).record("7", "chrg_a", 100),
			map[string]seen{"a": {"7", amount(100), expected, nil, nil}},
		},
		"the amounts agree though the status does not": {
			newBooks().charge("a", "", 100).refunded("a", 100, begin+20*day).record("7", "chrg_a", 100, refunds(100)),
			map[string]seen{"a": {"7", amount(100), matched, amount(100), amount(0)}},
		},
		"lost in a dispute": {
			newBooks().charge("a", "", 100, func(c *ledger.Charge) { c.DisputeStatus = "lost" }).refunded("a", 30, begin+20*day).record("7", "chrg_a", 100, says(ledger.RecordRefunded)),
			map[string]seen{"a": {"7", amount(100), matched, amount(100), amount(-70)}},
		},
		"no record": {
			newBooks().charge("a", "", 100).refunded("a", 30, begin+20*day).record("7", "", 100),
			map[string]seen{"a": {"", nil, missingRefund, nil, nil}},
		},
		"no record yet": {
			newBooks().charge("a", "", 100, madeAt(cut)).refunded("a", 30, cut+2*hour).record("7", "", 100),
			map[string]seen{"a": {"", nil, expected, nil, nil}},
		},
		"another currency": {
			newBooks().charge("a", "", 100, inYen).refunded("a", 30, begin+20*day).record("7", "chrg_a", 100, refunds(30)),
			map[string]seen{"a": {"7", amount(100), notCompared, nil, nil}},
		},
		"in parts: together, and the record's amounts once": {
			newBooks().charge("a", "7", 60, madeAt(begin+12*day)).charge("b", "7", 40).refunded("a", 30, begin+20*day).refunded("b", 10, begin+20*day).record("7", "", 100, refunds(30)),
			map[string]seen{"a": {"7", nil, other, nil, nil}, "b": {"7", amount(100), other, amount(30), amount(10)}},
		},
		"in parts, and the id leads to the later one": {
			newBooks().charge("a", "7", 60, madeAt(begin+12*day)).charge("b", "7", 40).record("7", "chrg_a", 100, refunds(0)),
			map[string]seen{"a": {"7", nil, matched, nil, nil}, "b": {"7", amount(100), matched, amount(0), amount(0)}},
		},
		"paid twice, one refunded in part": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100).refunded("b", 10, begin+20*day).record("7", "chrg_a", 100),
			map[string]seen{"b": {"7", nil, missingRefund, nil, nil}},
		},
		"paid twice, one refunded in full": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100).refunded("b", 100, begin+20*day).record("7", "chrg_a", 100),
			map[string]seen{"b": {"7", nil, notCompared, nil, nil}},
		},
		"before the books": {
			newBooks().charge("a", "7", 100, madeAt(begin-day)).refunded("a", 10, begin+20*day).record("7", "", 100),
			map[string]seen{"a": {"7", amount(100), notCompared, nil, nil}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := c.books.match()
			for id, want := range c.want {
				got := o.Charge("chrg_" + id)
				if diff := cmp.Diff(want, seen{got.RecordRef, got.RecordAmount, got.RefundResult, got.RecordRefunded, got.RefundDifference}, cmp.AllowUnexported(seen{})); diff != "" {
					t.Errorf("charge %s (-want +got):\n%s", id, diff)
				}
			}
		})
	}
}

// TestBreakColumns holds what stands in a break's columns.
func TestBreakColumns(t *testing.T) {
	paidAt, recordAt := at(begin+10*day+hour), at(begin+10*day)
	lacks := func(r *match.Rules) { r.NotAtOmise = map[string]bool{"chrg_x": true} }
	for name, c := range map[string]struct {
		books *books
		want  ledger.Break
	}{
		"ambiguous": {
			newBooks().charge("b", "7", 8000).charge("a", "7", 9000).record("7", "", 10000),
			ledger.Break{Source: "shop", RecordRef: "7", RecordValue: "100.00", OmiseValue: "chrg_a;chrg_b", Amount: amount(10000), HappenedAt: recordAt},
		},
		"missing in records": {
			newBooks().charge("a", "8", 123450).record("7", "", 1, says(ledger.RecordPending)),
			ledger.Break{Charge: "chrg_a", OmiseValue: "1234.50", Amount: amount(123450), HappenedAt: paidAt},
		},
		"missing at Omise": {
			newBooks().record("7", "chrg_x", 10000).with(lacks),
			ledger.Break{Source: "shop", RecordRef: "7", Charge: "chrg_x", RecordValue: "100.00", Amount: amount(10000), HappenedAt: recordAt},
		},
		"missing at Omise without an order reference": {
			newBooks().record("", "chrg_x", 10000, undated).with(lacks),
			ledger.Break{Source: "shop", RecordRef: "chrg_x", Charge: "chrg_x", RecordValue: "100.00", Amount: amount(10000)},
		},
		"currency": {
			newBooks().charge("a", "", 10000, inYen).record("7", "chrg_a", 10000),
			ledger.Break{Source: "shop", RecordRef: "7", Charge: "chrg_a", Field: "currency", RecordValue: "THB", OmiseValue: "JPY", Currency: "JPY", Amount: amount(10000), HappenedAt: paidAt},
		},
		"status": {
			newBooks().charge("a", "", 10000, holds).record("7", "chrg_a", 10000),
			ledger.Break{Source: "shop", RecordRef: "7", Charge: "chrg_a", Field: "status", RecordValue: "paid", OmiseValue: "authorized", Amount: amount(10000), HappenedAt: recordAt},
		},
		"amount": {
			newBooks().charge("a", "", 10000).record("7", "chrg_a", 12500),
			ledger.Break{Source: "shop", RecordRef: "7", Charge: "chrg_a", Field: "amount", RecordValue: "125.00", OmiseValue: "100.00", Difference: amount(-2500), HappenedAt: paidAt},
		},
		"amount out of all bounds": {
			newBooks().charge("a", "", 10000).record("7", "chrg_a", -9223372036854775808),
			ledger.Break{Source: "shop", RecordRef: "7", Charge: "chrg_a", Field: "amount", RecordValue: "-92233720368547758.08", OmiseValue: "100.00", Amount: amount(10000), HappenedAt: paidAt},
		},
		"refund": {
			newBooks().charge("a", "", 10000).refunded("a", 3000, begin+20*day).record("7", "chrg_a", 10000, refunds(1000)),
			ledger.Break{Source: "shop", RecordRef: "7", Charge: "chrg_a", Field: "refunded", RecordValue: "10.00", OmiseValue: "30.00", Difference: amount(2000), HappenedAt: paidAt},
		},
		"refund that the record does not have": {
			newBooks().charge("a", "", 10000).refunded("a", 3000, begin+20*day).record("7", "chrg_a", 10000),
			ledger.Break{Source: "shop", RecordRef: "7", Charge: "chrg_a", Field: "refunded", OmiseValue: "30.00", Amount: amount(3000), HappenedAt: paidAt},
		},
		"duplicate record": {
			newBooks().charge("a", "7", 10000).record("7", "chrg_a", 10000).record("8", "chrg_a", 9000),
			ledger.Break{Source: "shop", RecordRef: "8", Charge: "chrg_a", RecordValue: "90.00", Amount: amount(9000), HappenedAt: paidAt},
		},
		"duplicate charge": {
			newBooks().charge("a", "7", 10000).charge("b", "7", 9000).record("7", "chrg_a", 10000),
			ledger.Break{Source: "shop", RecordRef: "7", Charge: "chrg_b", OmiseValue: "90.00", Amount: amount(9000), HappenedAt: paidAt},
		},
	} {
		t.Run(name, func(t *testing.T) {
			all := c.books.match().Breaks()
			if len(all) != 1 {
				t.Fatalf("%d breaks, want 1", len(all))
			}
			got := all[0]
			c.want.Account, c.want.Kind = "main", got.Kind
			c.want.ID, c.want.Explanation = ledger.BreakID(c.want, ""), got.Explanation
			if c.want.Currency == "" {
				c.want.Currency = "THB"
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
