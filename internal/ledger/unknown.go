package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// UnknownCharges lists charge ids that records name and the ledger lacks, at
// most limit: those never asked for first, then those asked for longest ago.
func (l *Ledger) UnknownCharges(ctx context.Context, account string, limit int) ([]string, error) {
	return collect(ctx, l.db, func(id *string) []any { return []any{id} }, `SELECT DISTINCT r.charge FROM records AS r
		LEFT JOIN not_at_omise AS n ON n.account = r.account AND n.charge = r.charge
		WHERE r.account = ?1 AND r.gone = 0 AND r.charge >= 'chrg_' AND r.charge < 'chrg`+"`"+`'
		AND NOT EXISTS (SELECT 1 FROM charges AS c WHERE c.account = r.account AND c.id = r.charge)
		ORDER BY coalesce(n.asked, 0), r.charge LIMIT ?2`, account, limit)
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
