package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// askAgain bounds how many of the charges that Omise did not know are asked for
// once more in a night: a book full of wrong ids must not cost its hundreds of
// requests every time.
const askAgain = 50

// UnknownCharges lists charge ids that the ledger lacks and that records made
// since then, or at a time that is not known, name: at most limit. Those never
// asked for come first, then a few of those asked for longest ago.
func (l *Ledger) UnknownCharges(ctx context.Context, account string, since Instant, limit int) ([]string, error) {
	ids, err := l.unknownCharges(ctx, "n.charge IS NULL", account, since, limit)
	if err != nil {
		return nil, err
	}
	again, err := l.unknownCharges(ctx, "n.charge IS NOT NULL", account, since, min(askAgain, limit-len(ids)))
	return append(ids, again...), err
}

func (l *Ledger) unknownCharges(ctx context.Context, which, account string, since Instant, limit int) ([]string, error) {
	return collect(ctx, l.db, func(id *string) []any { return []any{id} }, `SELECT DISTINCT r.charge FROM records AS r
		LEFT JOIN not_at_omise AS n ON n.account = r.account AND n.charge = r.charge
		WHERE r.account = ?1 AND r.gone = 0 AND r.charge >= 'chrg_' AND r.charge < 'chrg`+"`"+`' AND coalesce(r.created_at >= ?2, 1) AND `+which+`
		AND NOT EXISTS (SELECT 1 FROM charges AS c WHERE c.account = r.account AND c.id = r.charge)
		ORDER BY coalesce(n.asked, 0), r.charge LIMIT ?3`, account, since, limit)
}

// NoteNotFound keeps that Omise knows no charges of these ids.
func (l *Ledger) NoteNotFound(ctx context.Context, account string, ids []string, run int64) error {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `INSERT INTO not_at_omise (account, charge, run, asked) VALUES (?1, ?2, ?3, ?3)
				ON CONFLICT (account, charge) DO UPDATE SET asked = excluded.asked`, account, id, run); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note charges that Omise does not know: %w", err)
	}
	return nil
}

// NotAtOmise is the charge ids that Omise did not find when they were asked
// for, by the snapshot's run or before it.
func (s *Snapshot) NotAtOmise(ctx context.Context, account string) (map[string]bool, error) {
	ids := map[string]bool{}
	query := "SELECT charge FROM not_at_omise WHERE account = ? AND run <= ?"
	for id, err := range stream(ctx, s, query, func(id *string) []any { return []any{id} }, account, s.run) {
		if err != nil {
			return nil, err
		}
		ids[id] = true
	}
	return ids, nil
}
