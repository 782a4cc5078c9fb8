package job

import (
	"context"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/report"
)

// typed is what finance has typed into workbooks since they were written.
type typed struct {
	upTo     int64           // the newest note in the ledger
	warnings []string        // what could not be read, and what two people typed into one cell
	taken    map[string]bool // SHA-256 of the workbooks of which everything was taken: only those may be replaced
}

// takeNotes reads owner, resolution and note back from the workbooks before
// any of them is replaced.
func takeNotes(ctx context.Context, db *ledger.Ledger, cfg *config.Config, run int64) (typed, error) {
	books, problems, taken, err := report.EditedWorkbooks(cfg.ReportsPath())
	if err != nil {
		return typed{}, err
	}
	read, err := db.TakeNotes(ctx, run, books)
	if err != nil {
		return typed{}, err
	}
	for _, sum := range read.Left {
		delete(taken, sum)
	}
	upTo, err := db.NotesSoFar(ctx)
	return typed{upTo: upTo, warnings: append(problems, read.Warnings...), taken: taken}, err
}
