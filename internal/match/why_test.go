package match_test

import (
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

func TestWhy(t *testing.T) {
	const a = "chrg_a"
	opening := func() *books { return newBooks().record("1", "", 1, says(ledger.RecordPending)) }
	odd := func(c *ledger.Charge) { c.Status = "frozen" }
	neverRead := func(r *match.Rules) { r.Sources = append(r.Sources, match.Source{Name: "erp", ReadAt: now}) }
	unreadable := func(r *match.Rules) { r.Unreadable = []ledger.UnreadableRow{{Source: "shop", Row: 2, Ref: a}} }
	lacks := func(r *match.Rules) { r.NotAtOmise = map[string]bool{"chrg_x": true} }
	for _, c := range []struct {
		charge string
		books  *books
		want   string
	}{
		{"chrg_x", newBooks(), "The ledger does not have this charge."},
		{a, newBooks().charge("a", "7", 100), "There are no records to compare with, or no proven history."},
		{a, opening().charge("a", "7", 100, odd), "Its status is one that Omise does not document."},
		{a, opening().charge("a", "7", 100, madeAt(begin-day)), "It was created before the day from which books and history are compared."},
		{a, newBooks().charge("a", "7", 100).record("7", "chrg_x", 100), "The record of its order names a charge that cannot be compared yet."},
		{a, opening().charge("a", "7", 100).with(neverRead), "Some of the books were never read, so a record may be missing for that reason."},
		{a, newBooks().charge("a", "7", 100).record("7", "", 100, dated(begin-31*day)), "Its record is dated before the day from which Omise's history is known."},
		{a, opening().charge("a", "7", 100).with(unreadable), "An unreadable row of the books names it."},
		{a, opening().charge("a", "7", 100, unpaid(ledger.StatusFailed)), "No record is needed: nothing was paid and nothing is held."},
		{a, opening().charge("a", "7", 100, madeAt(cut)), "No record names it or has its order reference, and it is newer than the books."},
		{a, opening().charge("a", "7", 100), "No record names it or has its order reference."},
		{a, newBooks().charge("a", "7", 100).record("7", a, 90), "Order 7 names it."},
		{a, newBooks().charge("a", "7", 100).record("", a, 90), "The record of chrg_a names it."},
		{a, newBooks().charge("a", "7", 100).record("7", "trxn_a", 90), "Order 7 names its transaction."},
		{a, newBooks().charge("a", "7", 100).record("7", "", 90), "Order 7 has the same order reference."},
		{a, newBooks().charge("a", "7", 100).record("7", "trxn_x", 90), "Order 7 has the same order reference."},
		{a, newBooks().charge("a", "7", 100).charge("b", "7", 100, unpaid(ledger.StatusFailed)).record("7", "chrg_b", 90), "Order 7 names a charge that does not count, and this is the one of its order that does."},
		{"chrg_b", newBooks().charge("a", "7", 100).charge("b", "7", 100, unpaid(ledger.StatusFailed)).record("7", "chrg_b", 90), "Order 7 needs another charge than this one."},
		{a, newBooks().charge("b", "7", 60).charge("a", "7", 40).record("7", "", 100), "Order 7 is paid in parts: chrg_a, chrg_b."},
		{a, newBooks().charge("a", "7", 100).charge("b", "7", 100).record("7", "chrg_b", 100), "Order 7 has another charge that paid it, so this one is too much."},
		{a, newBooks().charge("a", "7", 100, bySchedule).charge("b", "7", 100).record("7", "chrg_b", 100), "The record of its order stands for another charge, and this one still holds money."},
		{a, newBooks().charge("a", "7", 100, holds, madeAt(cut)).charge("b", "7", 100).record("7", "chrg_b", 100), "The record of its order stands for another charge, and this one is newer than the books."},
		{a, newBooks().charge("a", "7", 100).record("7", "chrg_x", 100, says(ledger.RecordPending)).with(lacks), "Order 7 names a charge that Omise does not know, and this one has its order reference."},
		{a, newBooks().charge("a", "7", 100).charge("b", "7", 90).record("7", "", 80), "Order 7 may mean this charge or another one."},
		{a, newBooks().charge("a", "7", 100, madeAt(cut)).charge("b", "7", 90).record("7", "", 80), "Order 7 has other charges; this one is newer than the books."},
	} {
		if got := c.books.match().Why(c.charge); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
