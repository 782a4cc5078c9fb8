package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// Window is a stretch of one list, the unit of fetching and of proof.
type Window struct {
	ID      int64
	Account string
	List    List
	Span    Span
	Run     int64  // that planned it and read it
	Reason  string // why it is not proven; "" while it is planned or proven
	// WalkedAt is when it was read to its end without a proof coming of it;
	// nil: it was not.
	WalkedAt *Instant
}

// Page is one page of a window that has arrived: the offset of its first row,
// the total that Omise gave with it, the number of its rows and the ids of its
// ends ("" where those could not be read).
type Page struct {
	Start, Total, Rows int
	First, Last        string
}

// UnprovenSpans is what nightly runs meant to read of a list and has no proof
// of any age, and what the last of them failed to prove although it was proven
// before, unless the one before it had failed there too: what never adds up is
// left to the sweep then. What a backfill left is that backfill's to resume.
func (l *Ledger) UnprovenSpans(ctx context.Context, account string, list List) ([]Span, error) {
	wanted, err := l.unproven(ctx, account, list, "run IN (SELECT id FROM runs WHERE kind = 'run')")
	if err != nil {
		return nil, err
	}
	proven, err := l.ProvenSpans(ctx, account, list, 0)
	if err != nil {
		return nil, err
	}
	lately, err := l.failedLately(ctx, account, list)
	return Union(append(Subtract(wanted, proven), lately...)...), err
}

func (l *Ledger) failedLately(ctx context.Context, account string, list List) ([]Span, error) {
	nights, err := collect(ctx, l.db, func(id *int64) []any { return []any{id} }, `SELECT id FROM runs
		WHERE kind = 'run' AND id IN (SELECT run FROM windows WHERE account = ? AND list = ? AND state <> 'planned') ORDER BY id DESC LIMIT 2`, account, list)
	if err != nil || len(nights) == 0 {
		return nil, err
	}
	failed, err := l.unproven(ctx, account, list, "run = ?", nights[0])
	if err != nil || len(failed) == 0 {
		return nil, err
	}
	since, err := l.windows(ctx, "account = ? AND list = ? AND state = 'proven' AND run >= ?", account, list, nights[0])
	if err != nil {
		return nil, err
	}
	healed := spansOf(since)
	if len(nights) == 2 {
		before, err := l.unproven(ctx, account, list, "run = ?", nights[1])
		if err != nil {
			return nil, err
		}
		healed = append(healed, before...)
	}
	return Subtract(failed, healed), nil
}

func (l *Ledger) unproven(ctx context.Context, account string, list List, where string, args ...any) ([]Span, error) {
	windows, err := l.windows(ctx, "account = ? AND list = ? AND state = 'unproven' AND "+where, append([]any{account, list}, args...)...)
	return spansOf(windows), err
}

func spansOf(windows []Window) []Span {
	spans := make([]Span, len(windows))
	for i, w := range windows {
		spans[i] = w.Span
	}
	return spans
}

// FailedWindows is what a run read or meant to read and could not prove.
func (l *Ledger) FailedWindows(ctx context.Context, run int64) ([]Window, error) {
	return l.windows(ctx, "run = ? AND state <> 'proven'", run)
}

// CountProven is the number of windows that a run proved.
func (l *Ledger) CountProven(ctx context.Context, run int64) (int, error) {
	var n int
	err := l.db.QueryRowContext(ctx, "SELECT count(*) FROM windows WHERE run = ? AND state = 'proven'", run).Scan(&n)
	return n, err
}

func (l *Ledger) windows(ctx context.Context, where string, args ...any) ([]Window, error) {
	return collect(ctx, l.db, func(w *Window) []any {
		return []any{&w.ID, &w.Account, &w.List, &w.Span.From, &w.Span.To, &w.Run, &w.Reason, &w.WalkedAt}
	}, "SELECT id, account, list, from_at, to_at, run, reason, walked_at FROM windows WHERE "+where+
		" ORDER BY id NOT IN (SELECT window FROM pages), account, list, from_at, to_at, id", args...)
}

// Pages lists the pages of a window that have arrived, by their offsets.
func (l *Ledger) Pages(ctx context.Context, w Window) ([]Page, error) {
	return collect(ctx, l.db, func(p *Page) []any { return []any{&p.Start, &p.Total, &p.Rows, &p.First, &p.Last} },
		"SELECT start, total, rows, first, last FROM pages WHERE window = ? ORDER BY start", w.ID)
}

// SavePage puts a page that has arrived into its window's inbox, where it
// waits for the others. A run that is cut short goes on from it.
func (l *Ledger) SavePage(ctx context.Context, w Window, p Page, batch Batch) error {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO pages (window, start, total, rows, first, last) VALUES (?, ?, ?, ?, ?, ?)",
			w.ID, p.Start, p.Total, p.Rows, p.First, p.Last); err != nil {
			return err
		}
		return fill(ctx, tx, w.ID, batch)
	})
	if err != nil {
		return fmt.Errorf("save page at %d of %s: %w", p.Start, w.List, err)
	}
	return nil
}

// Rows counts the distinct ids that wait in a window's inbox.
func (l *Ledger) Rows(ctx context.Context, w Window) (int, error) {
	var n int
	err := l.db.QueryRowContext(ctx, "SELECT count(*) FROM "+string(w.List)+"_inbox WHERE window = ?", w.ID).Scan(&n)
	return n, explain(err)
}

// EmptyWindow throws away the pages of a window that is to be walked again.
func (l *Ledger) EmptyWindow(ctx context.Context, w Window) error {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM pages WHERE window = ?", w.ID); err != nil {
			return err
		}
		return emptyInbox(ctx, tx, w.ID)
	})
	if err != nil {
		return fmt.Errorf("empty window of %s: %w", w.List, err)
	}
	return nil
}

// ProveWindow moves the rows of a window out of its inbox into the ledger and
// saves its proof, in one transaction. It is refused when the distinct ids are
// not total.
func (l *Ledger) ProveWindow(ctx context.Context, w Window, total int, at Instant) (Changes, error) {
	changes := Changes{}
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		rows, err := count(ctx, tx, "SELECT count(*) FROM "+string(w.List)+"_inbox WHERE window = ?", w.ID)
		if err != nil {
			return err
		}
		if rows != total {
			return fmt.Errorf("%d distinct ids where Omise counts %d", rows, total)
		}
		sums, err := inboxSums(ctx, tx, w)
		if err != nil {
			return err
		}
		if w.List == Customers {
			if err := markAbsentCustomers(ctx, tx, w, changes); err != nil {
				return err
			}
		}
		if err := merge(ctx, tx, w.Run, w.ID, changes); err != nil {
			return err
		}
		if err := settleWindow(ctx, tx, w, "state = 'proven', reason = '', total = ?, rows = ?, sums = ?, proven_at = ?", total, rows, sums, at); err != nil {
			return err
		}
		return countWritten(ctx, tx, w.Run, "window", 1)
	})
	if err != nil {
		return nil, fmt.Errorf("prove window of %s: %w", w.List, err)
	}
	return changes, nil
}

// FailWindow ends a window without a proof. Its rows are saved when keep says
// so: they are true, only not known to be all.
func (l *Ledger) FailWindow(ctx context.Context, w Window, reason string, keep bool) (Changes, error) {
	changes := Changes{}
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		if keep {
			if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO seen (account, id, at) SELECT account, id, (SELECT started_at FROM runs WHERE runs.id = ?) FROM charges_inbox WHERE window = ?", w.Run, w.ID); err != nil {
				return err
			}
			if err := merge(ctx, tx, w.Run, w.ID, changes); err != nil {
				return err
			}
		}
		if err := emptyInbox(ctx, tx, w.ID); err != nil {
			return err
		}
		return settleWindow(ctx, tx, w, "state = 'unproven', reason = ?, walked_at = ?", reason, w.WalkedAt)
	})
	if err != nil {
		return nil, fmt.Errorf("end window of %s: %w", w.List, err)
	}
	return changes, nil
}

// SplitWindow replaces a window that keeps moving by its pieces, its pages
// being worth nothing.
func (l *Ledger) SplitWindow(ctx context.Context, w Window, pieces []Span) ([]Window, error) {
	var planned []Window
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		if err := emptyInbox(ctx, tx, w.ID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM windows WHERE id = ?", w.ID); err != nil {
			return err
		}
		for _, piece := range pieces {
			if err := planWindow(ctx, tx, w.Run, w.Account, Want{w.List, piece}); err != nil {
				return err
			}
			part := w
			part.Span = piece
			if err := tx.QueryRowContext(ctx, "SELECT last_insert_rowid()").Scan(&part.ID); err != nil {
				return err
			}
			planned = append(planned, part)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("split window of %s: %w", w.List, err)
	}
	return planned, nil
}

func settleWindow(ctx context.Context, tx *sql.Tx, w Window, set string, args ...any) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM pages WHERE window = ?", w.ID); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE windows SET "+set+" WHERE id = ?", append(args, w.ID)...); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE windows SET seal = "+sealedWindow+" WHERE id = ?", w.ID)
	return err
}

// markAbsentCustomers marks those whom a proven walk no longer shows. The
// window's own ends are left out, because whether Omise's from and to are
// inclusive is not documented.
func markAbsentCustomers(ctx context.Context, tx *sql.Tx, w Window, changes Changes) error {
	const gone = `account = ?3 AND deleted = 0 AND created_at > ?4 AND created_at < ?5
		AND NOT EXISTS (SELECT 1 FROM customers_inbox AS i WHERE i.window = ?2 AND i.id = customers.id)`
	return markGone(ctx, tx, customerTable, gone, changes, w.Run, w.ID, w.Account, w.Span.From, w.Span.To)
}

// EarliestCustomer is when the first customer that is not deleted was made;
// nil when none is known.
func (l *Ledger) EarliestCustomer(ctx context.Context, account string) (*Instant, error) {
	var at *Instant
	err := l.db.QueryRowContext(ctx, "SELECT min(created_at) FROM customers WHERE account = ? AND deleted = 0", account).Scan(&at)
	return at, explain(err)
}
