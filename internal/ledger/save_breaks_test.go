package ledger_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/ledger"
)

// broken is a break of account main.
func broken(id string, edits ...func(*ledger.Break)) ledger.Break {
	b := ledger.Break{
		Account: "main", ID: id, Kind: ledger.BreakAmount, Source: "orders", RecordRef: "A-1", Charge: "chrg_1", Field: "amount", RecordValue: "100.00", OmiseValue: "101.00",
		Difference: new(int64(100)), Currency: "THB", HappenedAt: new(at("2026-11-20 09:00:00")), Explanation: "why",
	}
	for _, edit := range edits {
		edit(&b)
	}
	return b
}

func always(ledger.Break) bool { return true }

func uncurable(ledger.Break) bool { return false }

// standing is what the ledger should hold of the breaks of one account.
type standing struct {
	now   map[string]ledger.Break
	cured map[string]int64 // when
	lives map[string]lives
}

// lives are the runs from which a break was open up to, not including, the ones
// that called it cured.
type lives [][2]int64

func (l lives) at(run int64) bool {
	return slices.ContainsFunc(l, func(life [2]int64) bool { return life[0] <= run && run < life[1] })
}

func (s standing) clone() standing {
	return standing{maps.Clone(s.now), maps.Clone(s.cured), maps.Clone(s.lives)}
}

func (s standing) save(run int64, found []ledger.Break, curable func(ledger.Break) bool) {
	there := map[string]bool{}
	for _, b := range found {
		there[b.ID] = true
		b.Opened = run
		if known, ok := s.now[b.ID]; ok && !known.Cured {
			b.Opened = known.Opened
		}
		if b.Opened == run {
			s.lives[b.ID] = append(slices.Clone(s.lives[b.ID]), [2]int64{run, math.MaxInt64})
		}
		s.now[b.ID] = b
	}
	for id, b := range s.now {
		if !there[id] && !b.Cured && curable(b) {
			b.Cured = true
			s.now[id], s.cured[id] = b, run
			lived := slices.Clone(s.lives[id])
			lived[len(lived)-1][1] = run
			s.lives[id] = lived
		}
	}
}

func (s standing) listed(baseline int64) map[string]ledger.ListedBreak {
	list := map[string]ledger.ListedBreak{}
	for id, b := range s.now {
		state := ledger.BreakOpen
		switch {
		case b.Cured && s.cured[id] <= baseline:
			continue
		case b.Cured:
			state = ledger.BreakCured
		case b.Opened > baseline && !s.lives[id].at(baseline):
			state = ledger.BreakNew
		}
		list[id] = ledger.ListedBreak{Break: b, State: state, FirstSeen: ledger.Instant(b.Opened * 10), Resolution: ledger.Undecided}
	}
	return list
}

// Over any sequence of nights: what is new, open and cured since any baseline,
// as any night knew it. A night that compares twice has compared once.
func TestBreaksProperty(t *testing.T) {
	ledger.Fewer(t, "25")
	l := open(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		account := fmt.Sprint("account ", n)
		draw := func() (found []ledger.Break, curable func(ledger.Break) bool) {
			cures := map[string]bool{}
			for _, id := range []string{"brk_1", "brk_2", "brk_3"} {
				cures[id] = rapid.Bool().Draw(t, "curable "+id)
				if rapid.Bool().Draw(t, id) {
					found = append(found, broken(id, func(b *ledger.Break) {
						b.Account, b.OmiseValue = account, rapid.SampledFrom([]string{"101.00", "102.00"}).Draw(t, "value")
					}))
				}
			}
			return found, func(b ledger.Break) bool { return cures[b.ID] }
		}
		after := map[int64]standing{}
		now := standing{map[string]ledger.Break{}, map[string]int64{}, map[string]lives{}}
		var first, last int64
		for range rapid.IntRange(1, 6).Draw(t, "runs") {
			last = must(l.BeginRun(t.Context(), ledger.Run{Kind: ledger.KindRun})).ID
			must(l.DB().ExecContext(t.Context(), "UPDATE runs SET started_at = id * 10"))
			if first == 0 {
				first = last
			}
			before := now.clone()
			for range rapid.IntRange(1, 3).Draw(t, "comparisons") {
				found, curable := draw()
				now = before.clone()
				now.save(last, found, curable)
				check(l.SaveBreaks(t.Context(), last, account, found, curable))
			}
			after[last] = now.clone()
		}
		for run := first; run <= last; run++ {
			for baseline := first - 1; baseline < run; baseline++ {
				checkListed(t, l, run, baseline, account, after[run].listed(baseline))
			}
		}
	})
	damage, _, err := ledger.Verify(t.Context(), l.Path())
	if err != nil || len(damage) > 0 {
		t.Error(damage, err)
	}
}

func checkListed(t *rapid.T, l *ledger.Ledger, run, baseline int64, account string, want map[string]ledger.ListedBreak) {
	s := must(l.Snapshot(t.Context(), run, baseline, []ledger.Scope{{Account: account}}))
	defer s.Close()
	got := map[string]ledger.ListedBreak{}
	for _, b := range all(s.Breaks(t.Context(), 0)) {
		got[b.ID] = b
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("run %d since %d (-model +ledger):\n%s", run, baseline, diff)
	}
	var open, sum int64
	for _, b := range want {
		if !b.Cured {
			open, sum = open+1, sum+*b.Difference
		}
	}
	var total ledger.Total
	for _, total = range must(s.OpenBreaks(t.Context(), 0)) {
	}
	if total.Count != open || total.Amount != sum {
		t.Fatalf("run %d: %+v, want %d of %d", run, total, open, sum)
	}
}

func TestBreaksOfAnotherAccountStay(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	check(l.SaveBreaks(t.Context(), run.ID, "main", []ledger.Break{broken("brk_1")}, always))
	check(l.SaveBreaks(t.Context(), run.ID, "other", []ledger.Break{broken("brk_2")}, always))
	check(l.SaveBreaks(t.Context(), begin(t, l).ID, "other", nil, always))
	if b := must(l.BreakByID(t.Context(), "brk_1")); b == nil || b.Cured || b.Account != "main" {
		t.Error(b)
	}
	if b := must(l.BreakByID(t.Context(), "brk_2")); b == nil || !b.Cured || b.Account != "other" {
		t.Error(b)
	}
	if b := must(l.BreakByID(t.Context(), "brk_3")); b != nil {
		t.Error(b)
	}
}

func TestBreakHistory(t *testing.T) {
	l := open(t)
	other := broken("brk_1", func(b *ledger.Break) { b.OmiseValue, b.Difference = "102.00", new(int64(200)) })
	for _, found := range [][]ledger.Break{{broken("brk_1")}, {broken("brk_1")}, {other}, nil, {other}} {
		check(l.SaveBreaks(t.Context(), begin(t, l).ID, "main", found, always))
	}
	edit := func(b ledger.Break, opened int64, cured bool) ledger.Break {
		b.Opened, b.Cured = opened, cured
		return b
	}
	want := []ledger.Held[ledger.Break]{
		{State: edit(broken("brk_1"), 1, false), Since: 1, Until: 3},
		{State: edit(other, 1, false), Since: 3, Until: 4},
		{State: edit(other, 1, true), Since: 4, Until: 5},
		{State: edit(other, 5, false), Since: 5},
	}
	if diff := cmp.Diff(want, must(l.BreakHistory(t.Context(), "brk_1"))); diff != "" {
		t.Error(diff)
	}
}
