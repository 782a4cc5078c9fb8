package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"reconcile/internal/money"
)

// Proof shows that a window is complete: the total that the API gave on the
// first and the last page is the number of distinct ids stored. Sums are the
// objects' amounts in minor units by currency.
type Proof struct {
	Window
	Total    int
	Rows     int
	Sums     map[money.Currency]int64
	ProvenAt Instant
}

// ProvenSpans is what of a list has a proof no older than since.
func (l *Ledger) ProvenSpans(ctx context.Context, account string, list List, since Instant) ([]Span, error) {
	proven, err := l.windows(ctx, "account = ? AND list = ? AND state = 'proven' AND proven_at >= ?", account, list, since)
	if err != nil {
		return nil, err
	}
	return Union(spansOf(proven)...), nil
}

// Proofs lists the windows that runs up to run proved, newest first.
func (l *Ledger) Proofs(ctx context.Context, account string, list List, run int64) ([]Proof, error) {
	type stored struct {
		Proof
		sums string
	}
	rows, err := collect(ctx, l.db, func(p *stored) []any {
		return []any{&p.ID, &p.Account, &p.List, &p.Span.From, &p.Span.To, &p.Run, &p.Total, &p.Rows, &p.sums, &p.ProvenAt}
	}, `SELECT id, account, list, from_at, to_at, run, total, rows, sums, proven_at FROM windows
		WHERE account = ? AND list = ? AND state = 'proven' AND run <= ? ORDER BY proven_at DESC, id DESC`, account, list, run)
	if err != nil {
		return nil, err
	}
	var proofs []Proof
	for _, row := range rows {
		if err := json.Unmarshal([]byte(row.sums), &row.Sums); err != nil {
			return nil, fmt.Errorf("proof %d: sums: %w", row.ID, err)
		}
		proofs = append(proofs, row.Proof)
	}
	return proofs, nil
}

// Reading says when a stretch of a list was last read to its end.
type Reading struct {
	Span Span
	At   Instant
}

// Readings lists what of a list was read, newest first: what was proven, and
// what was walked without a proof coming of it.
func (l *Ledger) Readings(ctx context.Context, account string, list List) ([]Reading, error) {
	return collect(ctx, l.db, func(r *Reading) []any { return []any{&r.Span.From, &r.Span.To, &r.At} },
		`SELECT from_at, to_at, coalesce(proven_at, walked_at) AS at FROM windows
		WHERE account = ? AND list = ? AND state IN ('proven', 'unproven') AND at IS NOT NULL ORDER BY at DESC, id DESC`, account, list)
}

// inboxSums gives the sums of a proof as JSON with sorted keys.
func inboxSums(ctx context.Context, tx *sql.Tx, w Window) (string, error) {
	sums := map[money.Currency]int64{}
	if w.List != Customers {
		rows, err := tx.QueryContext(ctx, "SELECT currency, sum(amount) FROM "+string(w.List)+"_inbox WHERE window = ? GROUP BY currency", w.ID)
		if err != nil {
			return "", err
		}
		defer rows.Close()
		for rows.Next() {
			var c money.Currency
			var sum int64
			if err := rows.Scan(&c, &sum); err != nil {
				return "", err
			}
			sums[c] = sum
		}
		if err := rows.Err(); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(sums)
	return string(text), err
}
