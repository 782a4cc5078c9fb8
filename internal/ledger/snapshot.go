package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
)

// Scope says, for one account, what a report covers.
type Scope struct {
	Account       string
	From, To      Instant // the period; To is the first instant after it
	AsOf          Instant
	AsOfDay       string // business date of AsOf, YYYY-MM-DD
	CaptureWindow int64  // seconds, for charges without expires_at
	ExpiryDays    int    // cards: the horizon, in days after AsOfDay
	ExpiredDays   int    // cards: how long ago an expiry is still listed
	ExpiryHours   int    // unpaid charges: how soon an expiry is listed
}

// Snapshot is the ledger as a run knew it, read in one transaction. Its rows
// stream; ids are ordered bytewise.
type Snapshot struct {
	db       *Ledger
	conn     *sql.Conn
	run      int64
	baseline int64
}

// Snapshot opens the state that run number run knew, for the accounts in
// scopes. Changes count from run number baseline; 0: from the beginning.
func (l *Ledger) Snapshot(ctx context.Context, run, baseline int64, scopes []Scope) (*Snapshot, error) {
	reader, err := OpenReader(ctx, l.path)
	if err != nil {
		return nil, err
	}
	conn, err := reader.db.Conn(ctx)
	if err != nil {
		reader.Close()
		return nil, err
	}
	s := &Snapshot{db: reader, conn: conn, run: run, baseline: baseline}
	if err := s.prepare(ctx, scopes); err != nil {
		s.Close()
		return nil, fmt.Errorf("read the ledger as of run %d: %w", run, explain(err))
	}
	return s, nil
}

// Close ends the snapshot.
func (s *Snapshot) Close() error {
	s.conn.Close()
	return s.db.Close()
}

func (s *Snapshot) prepare(ctx context.Context, scopes []Scope) error {
	for _, statement := range []string{
		"PRAGMA temp_store = FILE",
		"BEGIN",
		`CREATE TEMP TABLE scope (account TEXT PRIMARY KEY, from_at INTEGER, to_at INTEGER, as_of INTEGER, as_of_day TEXT,
			capture_window INTEGER, expiry_days INTEGER, expired_days INTEGER, expiry_hours INTEGER)`,
	} {
		if _, err := s.conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	for _, a := range scopes {
		if _, err := s.conn.ExecContext(ctx, "INSERT INTO scope VALUES ("+placeholders(9)+")",
			a.Account, a.From, a.To, a.AsOf, a.AsOfDay, a.CaptureWindow, a.ExpiryDays, a.ExpiredDays, a.ExpiryHours); err != nil {
			return err
		}
	}
	return s.shadowLater(ctx)
}

// shadowLater rebuilds the state of the run from the versions when later runs
// have written since. The rebuilt tables are temporary and take the names of
// the real ones, so that every query reads the past as it reads the present.
func (s *Snapshot) shadowLater(ctx context.Context) error {
	var later bool
	if err := s.conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM runs WHERE id > ?)", s.run).Scan(&later); err != nil || !later {
		return err
	}
	if err := shadow(ctx, s, chargeTable, `CREATE INDEX temp.past_charges_card ON charges (account, card) WHERE card <> ''`); err != nil {
		return err
	}
	if err := shadow(ctx, s, refundTable, `CREATE INDEX temp.past_refunds_charge ON refunds (account, charge)`); err != nil {
		return err
	}
	if err := shadow(ctx, s, disputeTable, `CREATE INDEX temp.past_disputes_charge ON disputes (account, charge, created_at)`); err != nil {
		return err
	}
	if err := shadow(ctx, s, customerTable, ""); err != nil {
		return err
	}
	if err := shadow(ctx, s, cardTable, `CREATE INDEX temp.past_cards_customer ON cards (account, customer)`); err != nil {
		return err
	}
	if err := shadow(ctx, s, recordTable, ""); err != nil {
		return err
	}
	return shadow(ctx, s, breakTable, "")
}

func shadow[T any](ctx context.Context, s *Snapshot, t table[T], index string) error {
	columns := "account, id, " + t.list("") + ", since"
	text := strings.NewReplacer("NAME", t.name, "COLUMNS", columns, "RUN", fmt.Sprint(s.run)).Replace(`
		CREATE TEMP TABLE NAME AS
			SELECT COLUMNS FROM main.NAME WHERE since <= RUN
			UNION ALL
			SELECT COLUMNS FROM NAME_versions WHERE since <= RUN AND until > RUN;
		CREATE UNIQUE INDEX temp.past_NAME ON NAME (account, id);` + index)
	_, err := s.conn.ExecContext(ctx, text)
	return err
}

// stream runs a query and yields its rows one by one, so that memory does not
// grow with their number.
func stream[T any](ctx context.Context, s *Snapshot, query string, fields func(*T) []any, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := s.conn.QueryContext(ctx, query, args...)
		if err != nil {
			yield(none, explain(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var row T
			if err := rows.Scan(fields(&row)...); err != nil {
				yield(none, err)
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, explain(err))
		}
	}
}

// lookup finds one object of the snapshot; nil when it is not known.
func lookup[T any](ctx context.Context, s *Snapshot, t table[T], account, id string) (*T, error) {
	query := fmt.Sprintf("SELECT %s FROM %s AS o WHERE o.account = ? AND o.id = ?", t.selection("o"), t.name)
	for row, err := range stream(ctx, s, query, t.fields, account, id) {
		return &row, err
	}
	return nil, nil
}
