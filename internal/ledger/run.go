package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// What a run was and how it ended.
const (
	KindRun      = "run"
	KindBackfill = "backfill"

	Running     = "running"
	Complete    = "complete"
	Partial     = "partial"
	Failed      = "failed"
	Interrupted = "interrupted"
	Paused      = "paused" // a backfill that let a run go first
)

// Run is one pass of writing: from taking the ledger's lock to giving it back.
// Runs are numbered in the order in which they wrote.
type Run struct {
	ID           int64
	Kind         string
	StartedAt    Instant
	EndedAt      *Instant
	Status       string
	Exit         *int
	AsOf         Instant
	Plain        bool   // may move the mark
	BusinessDate string // of its start, in the reports' zone
	Baseline     int64  // the run from which its changes count; 0: none
	Version      string
	Config       string // effective, JSON
	Folder       string
	Reported     bool
	Result       string // JSON
	Error        string
}

const runColumns = `id, kind, started_at, ended_at, status, exit, as_of, plain, business_date, baseline, version, config, folder, reported, result, error`

func (r *Run) fields() []any {
	return []any{&r.ID, &r.Kind, &r.StartedAt, &r.EndedAt, &r.Status, &r.Exit, &r.AsOf, &r.Plain, &r.BusinessDate, &r.Baseline, &r.Version, &r.Config, &r.Folder, &r.Reported, &r.Result, &r.Error}
}

// BeginRun numbers a run and writes it down as running. Whatever still says
// so belongs to a process that died, because the caller holds the lock.
func (l *Ledger) BeginRun(ctx context.Context, r Run) (Run, error) {
	r.Status = Running
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE runs SET status = 'failed', error = 'the process ended before the run did' WHERE status = 'running'"); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, "INSERT INTO runs ("+runColumns+") VALUES (NULL, "+placeholders(15)+")", r.fields()[1:]...)
		if err != nil {
			return err
		}
		r.ID, err = result.LastInsertId()
		return err
	})
	if err != nil {
		return Run{}, fmt.Errorf("begin run: %w", err)
	}
	return r, nil
}

// EndRun writes down how a run ended, together with the marks that it moves:
// account name to business day.
func (l *Ledger) EndRun(ctx context.Context, r Run, marks map[string]string) error {
	err := inTx(ctx, l.db, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE runs SET ended_at = ?, status = ?, exit = ?, folder = ?, reported = ?, result = ?, error = ? WHERE id = ?`,
			r.EndedAt, r.Status, r.Exit, r.Folder, r.Reported, r.Result, r.Error, r.ID)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE runs SET seal = "+sealedRun+" WHERE id = ?", r.ID); err != nil {
			return err
		}
		for account, day := range marks {
			if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO marks (account, run, day) VALUES (?, ?, ?)", account, r.ID, day); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("end run %d: %w", r.ID, err)
	}
	return nil
}

// Runs lists the runs, newest first.
func (l *Ledger) Runs(ctx context.Context) ([]Run, error) { return l.runs(ctx, "1 = 1") }

// RunByID finds one run; nil when there is none of that number.
func (l *Ledger) RunByID(ctx context.Context, id int64) (*Run, error) {
	return l.firstRun(ctx, "id = ?", id)
}

// LastRun finds the newest run; nil on a new ledger.
func (l *Ledger) LastRun(ctx context.Context) (*Run, error) { return l.firstRun(ctx, "1 = 1") }

// LastReported finds the newest run before run whose reports were written in
// full: from it the changes of the next one count.
func (l *Ledger) LastReported(ctx context.Context, before int64) (*Run, error) {
	return l.firstRun(ctx, "reported = 1 AND id < ?", before)
}

// LastEnded finds the newest run that ended by at.
func (l *Ledger) LastEnded(ctx context.Context, at Instant) (*Run, error) {
	return l.firstRun(ctx, "ended_at <= ?", at)
}

// LastComplete finds the newest complete run of the nightly kind before run.
func (l *Ledger) LastComplete(ctx context.Context, before int64) (*Run, error) {
	return l.firstRun(ctx, "kind = 'run' AND status = 'complete' AND id < ?", before)
}

// PlainOn lists the plain runs of a business date before run whose reports
// were written, oldest first.
func (l *Ledger) PlainOn(ctx context.Context, businessDate string, before int64) ([]Run, error) {
	runs, err := l.runs(ctx, "kind = 'run' AND reported = 1 AND plain = 1 AND business_date = ? AND id < ?", businessDate, before)
	slices.Reverse(runs)
	return runs, err
}

// LastPlain finds the newest complete plain run.
func (l *Ledger) LastPlain(ctx context.Context) (*Run, error) {
	return l.firstRun(ctx, "kind = 'run' AND status = 'complete' AND plain = 1")
}

func (l *Ledger) firstRun(ctx context.Context, where string, args ...any) (*Run, error) {
	found, err := collect(ctx, l.db, (*Run).fields, "SELECT "+runColumns+" FROM runs WHERE "+where+" ORDER BY id DESC LIMIT 1", args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

func (l *Ledger) runs(ctx context.Context, where string, args ...any) ([]Run, error) {
	return collect(ctx, l.db, (*Run).fields, "SELECT "+runColumns+" FROM runs WHERE "+where+" ORDER BY id DESC", args...)
}

// Mark is the last business day of an account that a run before the given one
// reported completely; "" when none did.
func (l *Ledger) Mark(ctx context.Context, account string, before int64) (string, error) {
	var day string
	err := l.db.QueryRowContext(ctx, "SELECT day FROM marks WHERE account = ? AND run < ? ORDER BY run DESC LIMIT 1", account, before).Scan(&day)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return day, explain(err)
}

// SaveAccount notes which Omise account a config's account is. It refuses a
// key of the other mode than the ledger's, and a key of another Omise account
// than the name stood for so far.
func (l *Ledger) SaveAccount(ctx context.Context, run int64, a Account) error {
	if err := l.CheckMode(ctx, a.Livemode); err != nil {
		return err
	}
	known, err := l.Account(ctx, a.Name)
	if err != nil {
		return err
	}
	if known != nil && known.OmiseID != a.OmiseID {
		return fmt.Errorf("account %s has been %s in this ledger, the key belongs to %s: use the right key, or another account name: %w", a.Name, known.OmiseID, a.OmiseID, ErrMode)
	}
	_, err = l.db.ExecContext(ctx, `INSERT INTO accounts (name, omise_id, livemode, country, currency, run) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET country = excluded.country, currency = excluded.currency, run = excluded.run`,
		a.Name, a.OmiseID, a.Livemode, a.Country, a.Currency, run)
	return explain(err)
}

// CheckMode refuses live data in a test ledger and the other way round. The
// error wraps ErrMode.
func (l *Ledger) CheckMode(ctx context.Context, livemode bool) error {
	var other bool
	err := l.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM accounts WHERE livemode <> ?)", livemode).Scan(&other)
	if err != nil || !other {
		return explain(err)
	}
	names := map[bool]string{true: "live", false: "test"}
	return fmt.Errorf("ledger %s holds %s data and this is a %s key: %w; name another ledger in the config", l.path, names[!livemode], names[livemode], ErrMode)
}

// Account finds what is known of an account; nil before its first run.
func (l *Ledger) Account(ctx context.Context, name string) (*Account, error) {
	a := Account{Name: name}
	err := l.db.QueryRowContext(ctx, "SELECT omise_id, livemode, country, currency FROM accounts WHERE name = ?", name).
		Scan(&a.OmiseID, &a.Livemode, &a.Country, &a.Currency)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, explain(err)
	}
	return &a, nil
}

// Unreadable is an element of a page, or an object read by id, that could not
// be understood. It is named and counted; its contents are not kept.
type Unreadable struct {
	Account string
	Object  Object
	ID      string // "" where even that was missing
	Reason  string
}

// SaveUnreadable keeps elements that a run could not read.
func (l *Ledger) SaveUnreadable(ctx context.Context, run int64, elements []Unreadable) error {
	if len(elements) == 0 {
		return nil
	}
	return inTx(ctx, l.db, func(tx *sql.Tx) error {
		for _, u := range elements {
			if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO unreadable (run, account, object, id, reason) VALUES (?, ?, ?, ?, ?)",
				run, u.Account, u.Object, u.ID, u.Reason); err != nil {
				return err
			}
		}
		return nil
	})
}

// UnreadableIn lists the elements that a run could not read.
func (l *Ledger) UnreadableIn(ctx context.Context, run int64) ([]Unreadable, error) {
	return collect(ctx, l.db, func(u *Unreadable) []any { return []any{&u.Account, &u.Object, &u.ID, &u.Reason} },
		"SELECT account, object, id, reason FROM unreadable WHERE run = ? ORDER BY 1, 2, 3, 4", run)
}
