package match_test

import (
	"fmt"
	"slices"
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

// column is what a charge of 1,000.00 THB may be, in the order of the table of
// statuses, with what of it was refunded.
type column struct {
	name     string
	be       func(*ledger.Charge)
	refunded int64
}

func columns() []column {
	return []column{
		{"successful", asPaid, 0},
		{"successful, refunded in part", asPaid, 400_00},
		{"refunded in full", asPaid, 1000_00},
		{"authorised", holds, 0},
		{"pending", unpaid(ledger.StatusPending), 0},
		{"failed", unpaid(ledger.StatusFailed), 0},
		{"expired", unpaid(ledger.StatusExpired), 0},
		{"reversed", unpaid(ledger.StatusReversed), 0},
	}
}

// TestStatuses holds every cell of the table of statuses; a record without a
// refunded amount.
func TestStatuses(t *testing.T) {
	const ok, status, refund = "", "status_mismatch", "refund_mismatch"
	table := map[ledger.RecordStatus][8]string{
		//                               captured, in part, in full, authorised, pending, failed, expired, reversed
		ledger.RecordPaid:              {ok, refund, refund, status, status, status, status, status},
		ledger.RecordAuthorized:        {status, status, status, ok, status, status, status, status},
		ledger.RecordPending:           {status, status, status, status, ok, ok, ok, ok},
		ledger.RecordOnHold:            {status, status, status, ok, ok, ok, ok, ok},
		ledger.RecordFailed:            {status, status, status, status, ok, ok, ok, ok},
		ledger.RecordCancelled:         {status, status, ok, status, ok, ok, ok, ok},
		ledger.RecordRefunded:          {refund, refund, ok, status, status, status, status, ok},
		ledger.RecordPartiallyRefunded: {refund, ok, refund, status, status, status, status, status},
		"":                             {ok, ok, ok, ok, ok, ok, ok, ok},
	}
	for recordSays, row := range table {
		for i, column := range columns() {
			t.Run(fmt.Sprintf("%s, charge %s", recordSays, column.name), func(t *testing.T) {
				b := newBooks().charge("a", "", 1000_00, column.be).record("7", "chrg_a", 1000_00, says(recordSays))
				if column.refunded > 0 {
					b.refunded("a", column.refunded, begin+20*day)
				}
				var want []string
				result := ledger.Matched
				if kind := row[i]; kind != ok {
					want, result = []string{kind + " chrg_a 7"}, ledger.InBreak
				}
				results(t, b.finds(t, want...), map[string]ledger.Result{"a": result})
			})
		}
	}
}

// TestRefundedAmounts holds what a refunded amount in the record changes.
func TestRefundedAmounts(t *testing.T) {
	const refund = "refund_mismatch chrg_a 7"
	lost := func(c *ledger.Charge) { c.DisputeStatus = "lost" }

	for _, c := range []struct {
		name   string
		says   ledger.RecordStatus
		record int64
		omise  int64
		be     func(*ledger.Charge)
		want   []string
	}{
		{"paid, none on both sides", ledger.RecordPaid, 0, 0, asPaid, nil},
		{"paid, same part", ledger.RecordPaid, 40, 40, asPaid, nil},
		{"paid, nought is a value", ledger.RecordPaid, 0, 40, asPaid, []string{refund}},
		{"paid, in full and the same, but not marked", ledger.RecordPaid, 100, 100, asPaid, []string{refund}},
		{"partially refunded, same", ledger.RecordPartiallyRefunded, 40, 40, asPaid, nil},
		{"partially refunded, other", ledger.RecordPartiallyRefunded, 30, 40, asPaid, []string{refund}},
		{"partially refunded, in full and the same", ledger.RecordPartiallyRefunded, 100, 100, asPaid, []string{refund}},
		{"refunded, only part on both sides", ledger.RecordRefunded, 40, 40, asPaid, nil},
		{"refunded, another part", ledger.RecordRefunded, 100, 40, asPaid, []string{refund}},
		{"refunded in full, another amount", ledger.RecordRefunded, 90, 100, asPaid, []string{refund}},
		{"refunded by a lost dispute", ledger.RecordRefunded, 100, 0, lost, nil},
		{"refunded by a lost dispute and in full, another amount", ledger.RecordRefunded, 90, 100, lost, []string{refund}},
		{"paid, with a lost dispute", ledger.RecordPaid, 0, 0, lost, nil},
		{"cancelled, voided", ledger.RecordCancelled, 0, 100, asPaid, nil},
		{"cancelled, refunded in full and said so", ledger.RecordCancelled, 100, 100, asPaid, nil},
		{"cancelled, refunded in full and said otherwise", ledger.RecordCancelled, 30, 100, asPaid, []string{refund}},
		{"no status, same", "", 40, 40, asPaid, nil},
		{"no status, other", "", 30, 40, asPaid, []string{refund}},
		{"pending, nothing refunded of nothing", ledger.RecordPending, 40, 0, unpaid(ledger.StatusPending), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks().charge("a", "", 100, c.be).record("7", "chrg_a", 100, says(c.says), refunds(c.record))
			if c.omise > 0 {
				b.refunded("a", c.omise, begin+20*day)
			}
			b.finds(t, c.want...)
		})
	}
}

func TestAmounts(t *testing.T) {
	const amountBreak = "amount_mismatch chrg_a 7"
	part := func(c *ledger.Charge) { c.CapturedAmount = amount(60) }
	heldLess := func(c *ledger.Charge) { holds(c); c.AuthorizedAmount = amount(60) }

	for _, c := range []struct {
		name  string
		says  ledger.RecordStatus
		total int64
		be    func(*ledger.Charge)
		want  []string
	}{
		{"same", ledger.RecordPaid, 100, asPaid, nil},
		{"order edited", ledger.RecordPaid, 120, asPaid, []string{amountBreak}},
		{"only part captured", ledger.RecordPaid, 100, part, []string{amountBreak}},
		{"the captured part", ledger.RecordPaid, 60, part, nil},
		{"held less", ledger.RecordAuthorized, 100, heldLess, []string{amountBreak}},
		{"the held part", ledger.RecordAuthorized, 60, heldLess, nil},
		{"on hold, held less", ledger.RecordOnHold, 100, heldLess, []string{amountBreak}},
		{"both failed", ledger.RecordFailed, 120, unpaid(ledger.StatusFailed), nil},
		{"cancelled, expired", ledger.RecordCancelled, 120, unpaid(ledger.StatusExpired), nil},
		{"both pending", ledger.RecordPending, 120, unpaid(ledger.StatusPending), nil},
		{"on hold, pending", ledger.RecordOnHold, 120, unpaid(ledger.StatusPending), nil},
		{"status unknown, failed", "", 120, unpaid(ledger.StatusFailed), []string{amountBreak}},
		{"refunded, reversed", ledger.RecordRefunded, 120, unpaid(ledger.StatusReversed), []string{amountBreak}},
		{"status comes first", ledger.RecordPaid, 120, holds, []string{"status_mismatch chrg_a 7"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			newBooks().charge("a", "", 100, c.be).record("7", "chrg_a", c.total, says(c.says)).finds(t, c.want...)
		})
	}
	t.Run("no amount is not compared", func(t *testing.T) {
		newBooks().charge("a", "", 100).record("7", "chrg_a", 0, withoutAmount).finds(t)
	})
	t.Run("amount and refund side by side", func(t *testing.T) {
		newBooks().charge("a", "", 100).refunded("a", 10, begin+20*day).record("7", "chrg_a", 120).
			finds(t, amountBreak, "refund_mismatch chrg_a 7")
	})
	t.Run("a currency ends it", func(t *testing.T) {
		newBooks().charge("a", "", 100, inYen).refunded("a", 10, begin+20*day).record("7", "chrg_a", 120, says(ledger.RecordFailed)).
			finds(t, "currency_mismatch chrg_a 7")
	})
	t.Run("no currency is not compared", func(t *testing.T) {
		newBooks().charge("a", "", 100).record("7", "chrg_a", 0, withoutAmount, withoutCurrency).finds(t)
	})
}

// TestUnknownStatus is about a word of Omise's that no document knows.
func TestUnknownStatus(t *testing.T) {
	odd := func(c *ledger.Charge) { c.Status = "frozen" }
	o := newBooks().charge("a", "7", 100, odd).charge("b", "", 100, odd).record("7", "", 120).finds(t)
	results(t, o, map[string]ledger.Result{"a": ledger.NotCompared, "b": ledger.NotCompared})
	beside := newBooks().charge("a", "7", 100, odd).charge("b", "7", 100).record("7", "chrg_a", 100).finds(t)
	results(t, beside, map[string]ledger.Result{"a": ledger.NotCompared, "b": ledger.NotCompared})
	if got := o.Charge("chrg_a").RecordRef; got != "7" {
		t.Errorf("record %q is shown, want 7", got)
	}
}

func TestChargeThatIsNotThere(t *testing.T) {
	want := ledger.Comparison{Result: ledger.NotCompared, RefundResult: ledger.NotCompared}
	if got := match.New(match.Rules{}, 0, 0).Match().Charge("chrg_x"); got != want {
		t.Errorf("got %+v", got)
	}
	if got := newBooks().charge("a", "", 100).record("7", "chrg_a", 100).match().Charge("trxn_a"); got != want {
		t.Errorf("a transaction is taken for a charge: %+v", got)
	}
}
