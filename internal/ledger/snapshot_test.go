package ledger_test

import (
	"context"
	"errors"
	"testing"

	"reconcile/internal/ledger"
)

// A run that writes meanwhile does not show in a report that is being read.
func TestSnapshotStandsStill(t *testing.T) {
	l := open(t)
	first := begin(t, l)
	save(t, l, first.ID, ledger.Batch{Charges: []ledger.Charge{charge("a")}})
	s := snapshot(t, l, first.ID, 0)
	n := 0
	for c, err := range s.PeriodCharges(t.Context()) {
		check(err)
		n++
		second := begin(t, l)
		save(t, l, second.ID, ledger.Batch{Charges: []ledger.Charge{charge("a", func(c *ledger.Charge) { c.Amount = 1 }), charge("b")}})
		if c.Amount != 10000 {
			t.Errorf("amount %d", c.Amount)
		}
	}
	if again := all(s.PeriodCharges(t.Context())); n != 1 || len(again) != 1 || again[0].Amount != 10000 {
		t.Errorf("%d, then %v", n, again)
	}
}

func TestSnapshotIsInterrupted(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	save(t, l, run.ID, ledger.Batch{Charges: []ledger.Charge{charge("a")}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Snapshot(ctx, run.ID, 0, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("snapshot: %v", err)
	}
	var last error
	for _, err := range snapshot(t, l, run.ID, 0).PeriodCharges(ctx) {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("rows: %v", last)
	}
}
