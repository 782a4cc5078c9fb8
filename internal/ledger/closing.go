package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
)

// Closing is the figures of a finished month, stored so that what moves behind
// finance's back is seen. A month may be closed again; the newest closing counts.
type Closing struct {
	Account  string
	Month    string  // YYYY-MM, in the account's zone
	From, To Instant // the month; To is the first instant after it
	Run      int64   // whose figures these are; what later runs change is marked
	ClosedAt Instant
	Totals   []Total
}

const closingColumns = "account, month, from_at, to_at, run, closed_at, totals"

// sealedClosing is the seal of a closing as SQL.
const sealedClosing = "seal(json_array(id, " + closingColumns + "))"

// storedClosing is a Closing with its totals as JSON.
type storedClosing struct {
	Closing
	totals string
}

func (c *storedClosing) fields() []any {
	return []any{&c.Account, &c.Month, &c.From, &c.To, &c.Run, &c.ClosedAt, &c.totals}
}

func (c *storedClosing) read() (Closing, error) {
	if err := json.Unmarshal([]byte(c.totals), &c.Totals); err != nil {
		return Closing{}, fmt.Errorf("closing of %s: totals: %w", c.Month, err)
	}
	return c.Closing, nil
}

// CloseMonths stores the figures of months, all of them or none. Earlier
// closings of a month stay.
func (l *Ledger) CloseMonths(ctx context.Context, closings ...Closing) error {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		for _, c := range closings {
			if err := closeMonth(ctx, tx, c); err != nil {
				return fmt.Errorf("%s of account %s: %w", c.Month, c.Account, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}

func closeMonth(ctx context.Context, tx *sql.Tx, c Closing) error {
	totals, err := json.Marshal(c.Totals)
	if err != nil {
		return err
	}
	stored := storedClosing{Closing: c, totals: string(totals)}
	if _, err := tx.ExecContext(ctx, "INSERT INTO closed_months ("+closingColumns+") VALUES ("+placeholders(7)+")", stored.fields()...); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE closed_months SET seal = "+sealedClosing+" WHERE id = last_insert_rowid()")
	return err
}

// Closings lists every closing, by account and month, of one month the newest last.
func (l *Ledger) Closings(ctx context.Context) ([]Closing, error) {
	stored, err := collect(ctx, l.db, (*storedClosing).fields, "SELECT "+closingColumns+" FROM closed_months ORDER BY account, month, id")
	var closings []Closing
	for _, row := range stored {
		c, failed := row.read()
		if failed != nil {
			return nil, failed
		}
		closings = append(closings, c)
	}
	return closings, err
}

// Closings lists the closings that were there when the snapshot's run wrote its
// reports, in the same order. That run's own figures may have been closed since.
func (s *Snapshot) Closings(ctx context.Context) ([]Closing, error) {
	query := "SELECT " + closingColumns + " FROM closed_months WHERE account IN (SELECT account FROM scope) AND run < ? ORDER BY account, month, id"
	var closings []Closing
	for row, err := range stream(ctx, s, query, (*storedClosing).fields, s.run) {
		if err != nil {
			return nil, err
		}
		c, err := row.read()
		if err != nil {
			return nil, err
		}
		closings = append(closings, c)
	}
	return slices.Clip(closings), nil
}

// RefundFoundLate reports whether a charge has a refund made in a closed month
// that the month's figures did not have: one that a run after its closing saved
// first. Only refunds first saved after run from and up to run to are looked
// at: for a change of the charge these are the runs that wrote Before and After.
func (s *Snapshot) RefundFoundLate(ctx context.Context, account, charge string, c Closing, from, to int64) (bool, error) {
	var found bool
	err := s.conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM refunds AS r WHERE r.account = ?1 AND r.charge = ?2 AND r.created_at >= ?3 AND r.created_at < ?4 AND `+settledRefund+`
		AND coalesce((SELECT min(v.since) FROM refunds_versions AS v WHERE v.account = r.account AND v.id = r.id), r.since) BETWEEN ?5 AND ?6)`,
		account, charge, c.From, c.To, max(c.Run, from)+1, to).Scan(&found)
	return found, explain(err)
}
