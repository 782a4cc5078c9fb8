package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// Plan is what a run is about to read of one account.
type Plan struct {
	Resume int64  // the run whose half-read windows it goes on with; 0: none
	Spans  []Want // stretches to read as windows
	Due    []Due  // objects to read by id
}

// Want is a stretch of a list that is to be read.
type Want struct {
	List List
	Span Span
}

// SavePlan writes down, at once, what a run is about to read, so that nothing
// which it does not reach is forgotten. It gives all windows of the run, the
// half-read ones first.
func (l *Ledger) SavePlan(ctx context.Context, run int64, account string, p Plan) ([]Window, error) {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE windows SET run = ? WHERE run = ? AND account = ? AND state = 'planned'", run, p.Resume, account); err != nil {
			return err
		}
		for _, want := range p.Spans {
			if err := planWindow(ctx, tx, run, account, want); err != nil {
				return err
			}
		}
		for _, d := range p.Due {
			if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO due (account, object, id, run, at) VALUES (?, ?, ?, ?, 0)", account, d.Object, d.ID, run); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("save the plan of account %s: %w", account, err)
	}
	return l.PlannedWindows(ctx, run, account)
}

func planWindow(ctx context.Context, tx *sql.Tx, run int64, account string, want Want) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO windows (account, list, from_at, to_at, run, state) VALUES (?, ?, ?, ?, ?, 'planned')",
		account, want.List, want.Span.From, want.Span.To, run)
	return err
}

// PlannedWindows lists the windows that a run has yet to settle, those with
// pages first.
func (l *Ledger) PlannedWindows(ctx context.Context, run int64, account string) ([]Window, error) {
	return l.windows(ctx, "run = ? AND account = ? AND state = 'planned'", run, account)
}

// HasPlan reports whether a run came as far as planning an account.
func (l *Ledger) HasPlan(ctx context.Context, run int64, account string) (bool, error) {
	var has bool
	err := l.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM windows WHERE run = ? AND account = ?)", run, account).Scan(&has)
	return has, explain(err)
}

// DropPlanned gives up every window that an earlier run planned and nobody
// adopted: its pages are too old to go on from. What a nightly run had planned
// stays unproven; a backfill plans anew from the proofs.
func (l *Ledger) DropPlanned(ctx context.Context, run int64) error {
	const backfills = "run IN (SELECT id FROM runs WHERE kind = 'backfill')"
	stale, err := l.windows(ctx, "run < ? AND state = 'planned' AND "+backfills, run)
	if err != nil {
		return err
	}
	for _, w := range stale {
		if _, err := l.SplitWindow(ctx, w, nil); err != nil {
			return err
		}
	}
	if stale, err = l.windows(ctx, "run < ? AND state = 'planned'", run); err != nil {
		return err
	}
	for _, w := range stale {
		if _, err := l.FailWindow(ctx, w, "the run that was reading it was cut short", false); err != nil {
			return err
		}
	}
	return nil
}
