package ledger_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
)

func closing(run int64, edits ...func(*ledger.Closing)) ledger.Closing {
	c := ledger.Closing{
		Account: "main", Month: "2026-10", From: at("2026-10-01 00:00:00"), To: at("2026-11-01 00:00:00"), Run: run, ClosedAt: at("2026-11-05 10:00:00"),
		Totals: []ledger.Total{{Account: "main", Currency: "THB", Measure: "captured", Count: 3, Amount: math.MaxInt64}},
	}
	for _, edit := range edits {
		edit(&c)
	}
	return c
}

func TestClosings(t *testing.T) {
	l := open(t)
	for range 3 {
		begin(t, l)
	}
	september := closing(2, func(c *ledger.Closing) { c.Month, c.Totals = "2026-09", nil })
	other := closing(1, func(c *ledger.Closing) { c.Account = "other" })
	again := closing(2, func(c *ledger.Closing) { c.Totals[0].Amount = -1 })
	for _, c := range []ledger.Closing{closing(1), other, again, september} {
		check(l.CloseMonths(t.Context(), c))
	}
	if diff := cmp.Diff([]ledger.Closing{september, closing(1), again, other}, must(l.Closings(t.Context()))); diff != "" {
		t.Error(diff)
	}
	for run, want := range map[int64][]ledger.Closing{1: nil, 2: {closing(1)}, 3: {september, closing(1), again}} {
		if diff := cmp.Diff(want, must(snapshot(t, l, run, 0).Closings(t.Context()))); diff != "" {
			t.Errorf("run %d: %s", run, diff)
		}
	}
}

// Of months that are closed together none is closed when one cannot be.
func TestCloseMonthsTogether(t *testing.T) {
	l := open(t)
	begin(t, l)
	unknownRun := closing(9, func(c *ledger.Closing) { c.Account = "other" })
	if err := l.CloseMonths(t.Context(), closing(1), unknownRun); err == nil {
		t.Fatal("a month was closed with the figures of a run that there is not")
	}
	if all := must(l.Closings(t.Context())); len(all) > 0 {
		t.Errorf("%+v is closed", all)
	}
}

func TestRefundFoundLate(t *testing.T) {
	l := open(t)
	october := func(id string, edits ...func(*ledger.Refund)) ledger.Refund {
		return refund(id, "chrg_"+id, append([]func(*ledger.Refund){func(r *ledger.Refund) { r.CreatedAt = at("2026-10-31 23:59:59") }}, edits...)...)
	}
	known, late := october("known"), october("late")
	pending := october("pending", func(r *ledger.Refund) { r.Status = "pending" })
	november := october("november", func(r *ledger.Refund) { r.CreatedAt++ })
	save(t, l, begin(t, l).ID, ledger.Batch{Refunds: []ledger.Refund{known}})
	c := closing(1)
	save(t, l, begin(t, l).ID, ledger.Batch{Refunds: []ledger.Refund{known, late, november, pending}})
	late.Voided, known.Voided = true, true
	save(t, l, begin(t, l).ID, ledger.Batch{Refunds: []ledger.Refund{known, late}})
	s := snapshot(t, l, 3, 0)
	for _, q := range []struct {
		charge   string
		from, to int64
		c        ledger.Closing
		want     bool
	}{
		{"chrg_late", 0, 2, c, true},
		{"chrg_late", 1, 3, c, true},
		{"chrg_late", 0, 1, c, false},          // not known by the change
		{"chrg_late", 2, 3, c, false},          // known before it
		{"chrg_late", 0, 3, closing(2), false}, // closed again, with it
		{"chrg_known", 0, 3, c, false},         // a change of it is no late find
		{"chrg_november", 0, 3, c, false},
		{"chrg_pending", 0, 3, c, false}, // its money has not moved for sure
	} {
		if got := must(s.RefundFoundLate(t.Context(), "main", q.charge, q.c, q.from, q.to)); got != q.want {
			t.Errorf("%+v: %t", q, got)
		}
	}
}
