package match_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

var update = flag.Bool("update", false, "write the golden file anew")

// TestExplanations shows every explanation that there is, for a person to read:
// testdata/explanations.golden.
func TestExplanations(t *testing.T) {
	const file = "testdata/explanations.golden"
	var text strings.Builder
	for _, b := range explained() {
		breaks := b.match().Breaks()
		if len(breaks) == 0 {
			t.Errorf("nothing is found of %v", b.records)
		}
		for _, found := range breaks {
			text.WriteString(string(found.Kind) + ": " + found.Explanation + "\n")
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text.String()); diff != "" {
		t.Errorf("run with -update if this is meant (-want +got):\n%s", diff)
	}
}

// explained is books with one explanation each.
func explained() []*books {
	const total = 120000
	order := func(be func(*ledger.Charge), change ...func(*ledger.Record)) *books {
		return newBooks().charge("a", "", total, be).record("000123", "chrg_a", total, change...)
	}
	refund := func(omise int64, change ...func(*ledger.Record)) *books {
		b := order(asPaid, change...)
		if omise > 0 {
			b.refunded("a", omise, begin+20*day)
		}
		return b
	}
	lacks := func(r *match.Rules) { r.NotAtOmise = map[string]bool{"chrg_x": true} }
	opening := func() *books { return newBooks().record("1", "", 1, says(ledger.RecordPending)) }
	unreadable := func(rows ...ledger.UnreadableRow) *books {
		return newBooks().with(func(r *match.Rules) { r.Unreadable = rows })
	}
	row := ledger.UnreadableRow{Source: "shop", File: "/books/orders.csv", Row: 12, Hash: "h", Field: "amount", Value: "1.234", Reason: "has more decimals than the 2 of THB; correct the row"}
	query := ledger.UnreadableRow{Source: "shop", Row: 12, Hash: "h", Reason: "has more cells than the header has columns; correct the row"}
	odd := func(r *ledger.Record) { r.Status, r.Word = "", "boxed" }
	own := func(refunded int64, list string) *books {
		return newBooks().charge("a", "", total, func(c *ledger.Charge) { c.RefundedAmount, c.Refunds = refunded, list })
	}
	partly := func(c *ledger.Charge) { c.CapturedAmount = amount(total / 2) }
	return []*books{
		unreadable(row), unreadable(row, row, row), unreadable(query),
		order(asPaid, odd), order(asPaid, odd).record("8", "", 1, odd),
		newBooks().charge("a", "000123", 90000).charge("b", "000123", 80000).record("000123", "", total),
		opening().charge("a", "000123", total), opening().charge("a", "", total), opening().charge("a", "000123", total, holds), opening().charge("a", "000123", total).refunded("a", total, begin+20*day),
		order(asPaid).charge("b", "000123", total, bySchedule), order(asPaid).charge("b", "000123", total, holds),
		newBooks().record("000123", "", total), newBooks().record("000123", "", 0, withoutAmount, says(ledger.RecordAuthorized)),
		newBooks().record("000123", "trxn_x", total), newBooks().record("000123", "chrg_x", total).with(lacks),
		newBooks().record("", "chrg_x", total, says("")).with(lacks),
		order(inYen),
		order(holds), order(unpaid(ledger.StatusPending)), order(unpaid(ledger.StatusFailed)), order(unpaid(ledger.StatusExpired)), order(unpaid(ledger.StatusReversed)),
		order(asPaid, says(ledger.RecordAuthorized)), order(asPaid, says(ledger.RecordPending)), order(asPaid, says(ledger.RecordOnHold)),
		order(asPaid, says(ledger.RecordFailed)), order(asPaid, says(ledger.RecordCancelled)), order(holds, says(ledger.RecordCancelled)),
		order(holds, says(ledger.RecordPending)), order(holds, says(ledger.RecordPartiallyRefunded)), order(unpaid(ledger.StatusPending), says(ledger.RecordAuthorized)),
		refund(total, says(ledger.RecordPending)), refund(total, says(ledger.RecordFailed)),
		newBooks().charge("a", "", total).record("000123", "chrg_a", total+5000), newBooks().charge("a", "", total).record("000123", "chrg_a", total-5000),
		order(partly), order(holds, says(ledger.RecordAuthorized), func(r *ledger.Record) { r.Amount = amount(total + 1) }),
		order(unpaid(ledger.StatusReversed), says(ledger.RecordRefunded), func(r *ledger.Record) { r.Amount = amount(total + 1) }),
		newBooks().charge("a", "", 1234567).record("", "chrg_a", -1234567),
		refund(50000), refund(50000, refunds(0)), refund(50000, refunds(20000)), refund(50000, refunds(60000)), refund(total),
		refund(total, refunds(total)), refund(total, refunds(total), says(ledger.RecordPartiallyRefunded)), refund(total, says(ledger.RecordPartiallyRefunded)),
		refund(0, says(ledger.RecordRefunded)), refund(0, says(ledger.RecordPartiallyRefunded)), refund(0, refunds(100)),
		newBooks().charge("a", "000123", total).record("000123", "chrg_a", total).record("000124", "chrg_a", total),
		newBooks().charge("a", "000123", total).record("000123", "chrg_a", total).record("000123", "chrg_a", total, of("erp")).
			with(func(r *match.Rules) { r.Sources = append(r.Sources, source("erp")) }),
		newBooks().charge("a", "000123", total).charge("b", "000123", total).record("000123", "chrg_a", total),
		own(50000, `[{"id":"rfnd_1","amount":40000}]`), own(50000, `[]`),
		own(50000, `[{"id":"rfnd_1","amount":30000,"voided":true},{"id":"rfnd_2","amount":10000},{"id":"rfnd_3","amount":10000,"status":"pending"}]`),
		own(130000, `[{"id":"rfnd_1","amount":130000}]`),
	}
}

func asPaid(*ledger.Charge) {}
