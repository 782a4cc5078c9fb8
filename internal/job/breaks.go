package job

import (
	"context"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
)

// saveBreaks keeps what the comparison has found: breaks that are new, that
// still stand, and those that this run has evidence to call cured.
func (c comparison) saveBreaks(ctx context.Context, db *ledger.Ledger, run int64) error {
	for account, outcome := range c.outcomes {
		if err := db.SaveBreaks(ctx, run, account, outcome.Breaks(), outcome.Curable); err != nil {
			return err
		}
	}
	return nil
}

// countBreaks counts the breaks by kind and state as the reports list them.
// What finance has accepted is listed, but not counted.
func countBreaks(ctx context.Context, db *ledger.Ledger, cfg *config.Config, f facts, run ledger.Run) (map[string]map[string]int, error) {
	snapshot, err := db.Snapshot(ctx, run.ID, run.Baseline, scopes(cfg, f, run.AsOf))
	if err != nil {
		return nil, err
	}
	defer snapshot.Close()
	counts := map[string]map[string]int{}
	for b, err := range snapshot.Breaks(ctx, f.Notes) {
		if err != nil {
			return nil, err
		}
		if b.Resolution == ledger.Accepted && b.State != ledger.BreakCured {
			continue
		}
		kind := string(b.Kind)
		if counts[kind] == nil {
			counts[kind] = map[string]int{}
		}
		counts[kind][b.State]++
	}
	return counts, nil
}

// openBreaks is how many breaks someone must look at.
func openBreaks(counts map[string]map[string]int) int {
	n := 0
	for _, states := range counts {
		n += states[ledger.BreakNew] + states[ledger.BreakOpen]
	}
	return n
}

// OpenBreaks is how many breaks were new or open, and not accepted, when a run
// wrote its reports; false when it compared nothing.
func OpenBreaks(r ledger.Run) (n int, compared bool) {
	f, err := decodeFacts(&r)
	if err != nil || f.Breaks == nil {
		return 0, false
	}
	return openBreaks(f.Breaks), true
}
