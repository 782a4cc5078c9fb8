package ledger_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
)

func TestBreaksAreOrdered(t *testing.T) {
	l := open(t)
	kind := func(k ledger.BreakKind) func(*ledger.Break) { return func(b *ledger.Break) { b.Kind = k } }
	later := begin(t, l, func(r *ledger.Run) { r.StartedAt = 200 })
	check(l.SaveBreaks(t.Context(), later.ID, "main", []ledger.Break{broken("brk_8"), broken("brk_2")}, uncurable))
	check(l.SaveBreaks(t.Context(), later.ID, "other", []ledger.Break{broken("brk_2")}, uncurable))
	check(l.SaveBreaks(t.Context(), later.ID, "not asked for", []ledger.Break{broken("brk_0")}, uncurable))
	earlier := begin(t, l, func(r *ledger.Run) { r.StartedAt = 100 }) // the clock was set back
	found := []ledger.Break{broken("brk_8"), broken("brk_2"), broken("brk_9")}
	for i, k := range ledger.BreakKinds() {
		found = append(found, broken(fmt.Sprintf("kind_%02d", len(ledger.BreakKinds())-i), kind(k)))
	}
	check(l.SaveBreaks(t.Context(), earlier.ID, "main", found, uncurable))

	var got, want []string
	for b, err := range snapshot(t, l, earlier.ID, later.ID, scope(), scope(func(s *ledger.Scope) { s.Account = "other" })).Breaks(t.Context(), 0) {
		check(err)
		got = append(got, fmt.Sprint(b.Kind, " ", b.FirstSeen, " ", b.ID, " ", b.Account, " ", b.State))
	}
	for i, k := range ledger.BreakKinds() {
		if k == ledger.BreakAmount {
			want = append(want, "amount_mismatch 100 brk_9 main new", "amount_mismatch 100 kind_06 main new",
				"amount_mismatch 200 brk_2 main open", "amount_mismatch 200 brk_2 other open", "amount_mismatch 200 brk_8 main open")
			continue
		}
		want = append(want, fmt.Sprintf("%s 100 kind_%02d main new", k, len(ledger.BreakKinds())-i))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOpenBreaks(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	diff := func(n int64) func(*ledger.Break) { return func(b *ledger.Break) { b.Difference = new(n) } }
	check(l.SaveBreaks(t.Context(), run.ID, "main", []ledger.Break{
		broken("brk_1", diff(-100)), broken("brk_2", diff(30)), broken("brk_3", func(b *ledger.Break) { b.Difference, b.Amount = nil, new(int64(7)) }),
		broken("brk_4", func(b *ledger.Break) { b.Difference, b.Currency = new(int64(5)), "JPY" }),
		broken("brk_5", func(b *ledger.Break) { b.Difference, b.Currency = nil, "" }),
		broken("brk_6"),
	}, uncurable))
	must(l.TakeNotes(t.Context(), run.ID, []ledger.EditedWorkbook{{Path: "a", Run: run.ID, Cells: []ledger.NoteCells{{Account: "main", Break: "brk_6", Resolution: "accepted"}}}}))
	want := []ledger.Total{
		{Account: "main", Measure: "breaks_open", Currency: "JPY", Count: 1, Amount: 5},
		{Account: "main", Measure: "breaks_open", Currency: "THB", Count: 3, Amount: 130},
	}
	if d := cmp.Diff(want, must(snapshot(t, l, run.ID, 0).OpenBreaks(t.Context(), 1))); d != "" {
		t.Error(d)
	}
	if before := must(snapshot(t, l, run.ID, 0).OpenBreaks(t.Context(), 0)); before[1].Count != 4 || before[1].Amount != 230 {
		t.Errorf("before the note: %+v", before)
	}

	run = begin(t, l)
	check(l.SaveBreaks(t.Context(), run.ID, "main", []ledger.Break{broken("brk_1", diff(math.MaxInt64)), broken("brk_2", diff(-1))}, uncurable))
	if _, err := snapshot(t, l, run.ID, 0).OpenBreaks(t.Context(), 0); err == nil || !strings.Contains(err.Error(), "overflow") {
		t.Errorf("a sum beyond 64 bits: %v", err)
	}
}

// A break that happened in a month which was closed before it was opened.
func TestClosedPeriodOfBreaks(t *testing.T) {
	l := open(t)
	on := func(id, day string) ledger.Break {
		return broken(id, func(b *ledger.Break) { b.HappenedAt = new(at(day + " 00:00:00")) })
	}
	closed := func() string {
		run := must(l.LastRun(t.Context()))
		var ids []string
		for b, err := range snapshot(t, l, run.ID, 0).Breaks(t.Context(), 0) {
			if check(err); b.ClosedPeriod {
				ids = append(ids, b.ID)
			}
		}
		return strings.Join(ids, " ")
	}
	october := ledger.Closing{Account: "main", Month: "2026-10", From: at("2026-10-01 00:00:00"), To: at("2026-11-01 00:00:00")}
	found := []ledger.Break{on("brk_1", "2026-10-05")}
	check(l.SaveBreaks(t.Context(), begin(t, l).ID, "main", found, always))
	october.Run = 1
	check(l.CloseMonths(t.Context(), october))
	if got := closed(); got != "" {
		t.Error("known when the month was closed:", got)
	}
	found = append(found, on("brk_2", "2026-10-01"), on("brk_3", "2026-10-31"), on("brk_4", "2026-11-01"), on("brk_5", "2026-09-30"), broken("brk_6", func(b *ledger.Break) { b.HappenedAt = nil }))
	check(l.SaveBreaks(t.Context(), begin(t, l).ID, "main", found, always))
	if got := closed(); got != "brk_2 brk_3" {
		t.Error("found after the closing:", got)
	}
	october.Run = 2
	check(l.CloseMonths(t.Context(), october))
	if got := closed(); got != "brk_2 brk_3" {
		t.Error("what run 2 wrote before the month was closed again:", got)
	}
	check(l.SaveBreaks(t.Context(), begin(t, l).ID, "main", append(found, on("brk_7", "2026-10-09")), always))
	if got := closed(); got != "brk_7" {
		t.Error("after the newest closing:", got)
	}
}
