package match_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

// TestUnreadable holds that a row is known by its source and text, however
// often it stands there and in which row.
func TestUnreadable(t *testing.T) {
	row := func(source, hash string, n int) ledger.UnreadableRow {
		return ledger.UnreadableRow{Source: source, File: "/books/a.csv", Row: n, Hash: hash, Field: "amount", Value: "1.234", Reason: "has three decimals; correct the row"}
	}
	odd := func(r *ledger.Record) { r.Status, r.Word = "", "boxed" }
	books := func(first int) *match.Outcome {
		return newBooks().charge("a", "", 100).record("7", "chrg_a", 100, odd).record("8", "", 100, odd, of("erp")).record("9", "", 100, odd).
			with(func(r *match.Rules) {
				r.Sources = append(r.Sources, source("erp"))
				r.Unreadable = []ledger.UnreadableRow{row("shop", "h1", first+5), row("shop", "h1", first), row("erp", "h1", first), row("shop", "h2", first+9), row("removed", "h1", first)}
			}).finds(t, "unreadable_record  shop:"+n(first), "unreadable_record  erp:"+n(first), "unreadable_record  shop:"+n(first+9),
			"unreadable_record  shop:status", "unreadable_record  erp:status")
	}
	one, other := ids(books(2)), ids(books(4))
	if diff := cmp.Diff(one, other); diff != "" {
		t.Errorf("ids change with the row:\n%s", diff)
	}
}

// TestUnreadableNames holds which charges an unreadable row means: no record is
// missing of them, and the row's break names the charge if it is only one.
func TestUnreadableNames(t *testing.T) {
	const alone, row = "missing_in_records chrg_a ", "unreadable_record  shop:2"
	type res = map[string]ledger.Result
	opening := func() *books { return newBooks().record("1", "", 1, says(ledger.RecordPending)) }
	twice := func() *books { return opening().charge("a", "7", 100).charge("b", "7", 100) }
	two := ledger.UnreadableRow{Field: "charge_id", Value: "chrg_a chrg_b", Ref: "9"}
	for name, c := range map[string]struct {
		books *books
		row   ledger.UnreadableRow
		want
	}{
		"by its id":             {opening().charge("a", "7", 100), ledger.UnreadableRow{Ref: "chrg_a"}, want{[]string{"unreadable_record chrg_a shop:2"}, res{"a": inBreak}}},
		"by its transaction":    {opening().charge("a", "7", 100), ledger.UnreadableRow{Ref: "trxn_a"}, want{[]string{"unreadable_record chrg_a shop:2"}, res{"a": inBreak}}},
		"by order reference":    {opening().charge("a", " 7", 100), ledger.UnreadableRow{Ref: "7"}, want{[]string{"unreadable_record chrg_a shop:2"}, res{"a": inBreak}}},
		"too late for the rest": {opening().charge("a", "7", 100, madeAt(cut)), ledger.UnreadableRow{Ref: "7"}, want{[]string{"unreadable_record chrg_a shop:2"}, res{"a": inBreak}}},
		"another order":         {opening().charge("a", "7", 100), ledger.UnreadableRow{Ref: "8"}, want{[]string{row, alone}, res{"a": inBreak}}},
		"nothing":               {opening().charge("a", "", 100), ledger.UnreadableRow{}, want{[]string{row, alone}, res{"a": inBreak}}},
		"two charges by their ids": {
			twice(), two, want{[]string{row}, res{"a": inBreak, "b": inBreak}},
		},
		"two ids, and a record stands for one": {
			opening().charge("a", "7", 100).charge("b", "8", 100).record("7", "", 100), two,
			want{[]string{"unreadable_record chrg_b shop:2"}, res{"a": matched, "b": inBreak}},
		},
		"two ids as the value of another field": {
			opening().charge("a", "7", 100), ledger.UnreadableRow{Field: "amount", Value: "chrg_a chrg_b"}, want{[]string{row, alone}, res{"a": inBreak}},
		},
		"an order that paid twice": {
			twice(), ledger.UnreadableRow{Ref: "7"}, want{[]string{row}, res{"a": inBreak, "b": inBreak}},
		},
		"an order whose charge has its record": {
			opening().charge("a", "7", 100).record("7", "", 100), ledger.UnreadableRow{Ref: "7"}, want{[]string{row}, res{"a": matched}},
		},
		"a charge that has its record": {
			opening().charge("a", "7", 100).record("7", "", 100), ledger.UnreadableRow{Ref: "chrg_a"}, want{[]string{row}, res{"a": matched}},
		},
		"an order whose record stands for another charge": {
			twice().record("7", "chrg_a", 100).charge("c", "7", 100, holds),
			ledger.UnreadableRow{Ref: "7"},
			want{[]string{"unreadable_record chrg_c shop:2", "duplicate_charge chrg_b 7"}, res{"a": matched, "b": inBreak, "c": inBreak}},
		},
		"the second payment of an order, by its id": {
			twice().record("7", "chrg_a", 100),
			ledger.UnreadableRow{Ref: "chrg_b"},
			want{[]string{"unreadable_record chrg_b shop:2"}, res{"a": matched, "b": inBreak}},
		},
		"an attempt that failed, by its id": {
			opening().charge("a", "7", 100, unpaid(ledger.StatusFailed)),
			ledger.UnreadableRow{Ref: "chrg_a"},
			want{[]string{"unreadable_record chrg_a shop:2"}, res{"a": inBreak}},
		},
		"an order whose attempt failed": {
			opening().charge("a", "7", 100, unpaid(ledger.StatusFailed)), ledger.UnreadableRow{Ref: "7"}, want{[]string{row}, res{"a": notNeeded}},
		},
		"a charge that is not compared": {
			opening().charge("a", "7", 100, madeAt(begin-day)), ledger.UnreadableRow{Ref: "chrg_a"}, want{[]string{row}, res{"a": notCompared}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.row.Source, c.row.Row, c.row.Hash = "shop", 2, "h"
			o := c.books.with(func(r *match.Rules) { r.Unreadable = []ledger.UnreadableRow{c.row} })
			c.of(t, o)
			want := ledger.BreakID(ledger.Break{Account: "main", Kind: ledger.BreakUnreadable, Source: "shop"}, "h")
			if got := o.match().Breaks()[0].ID; got != want {
				t.Errorf("the id is %s, and %s when the row names no charge", got, want)
			}
		})
	}
}

func n(i int) string { return strconv.Itoa(i) }

func ids(o *match.Outcome) []string {
	var all []string
	for _, b := range o.Breaks() {
		all = append(all, b.ID)
	}
	return sorted(all)
}
