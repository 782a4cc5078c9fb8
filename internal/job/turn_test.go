package job_test

import (
	"context"
	"testing"
	"time"

	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// What `runs` and `check` say of the sweep: nothing without history, and more
// nights where a long history has the rest of the night count against it.
func TestTurns(t *testing.T) {
	t.Parallel()
	s := newShop(t, sandbox.Options{Seed: 3, Charges: 5, Customers: 1, Days: 20}, "")
	turns := func(sweep time.Duration) []string {
		t.Helper()
		db, err := ledger.OpenReader(context.Background(), s.env.Config.LedgerPath())
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		cfg := *s.env.Config
		cfg.Fetch.Sweep = sweep
		said, err := job.Turns(context.Background(), db, &cfg)
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	s.backfill("2026-08-11", "2026-11-18") // a hundred days
	for sweep, want := range map[time.Duration]string{
		30 * day:  "account main: 100 days of history, each read again within 4 night(s)",
		10 * day:  "account main: 100 days of history, each read again within 10 night(s)",
		8 * day:   "account main: 100 days of history, each read again within 17 night(s)", // 6 a night for sure
		400 * day: "account main: 100 days of history, each read again within 1 night(s)",
		0:         "account main: 100 days of history, which are not read again (fetch.sweep is 0)",
	} {
		if said := turns(sweep); len(said) != 1 || said[0] != want {
			t.Errorf("%s: %q, want %q", sweep, said, want)
		}
	}
}
