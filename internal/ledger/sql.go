package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// explained marks an error whose advice is there already: it passes through more than one function
// that explains.
type explained struct{ error }

func (e explained) Unwrap() error { return e.error }

// explain turns SQLite's own errors into what the reader can act on.
func explain(err error) error {
	var e sqlite3.Error
	if errors.As(err, new(explained)) || !errors.As(err, &e) {
		return err
	}
	return explained{advise(e.Code, err)}
}

func advise(code sqlite3.ErrNo, err error) error {
	switch code {
	case sqlite3.ErrNotADB:
		return fmt.Errorf("%w: the file is no SQLite database", ErrNotLedger)
	case sqlite3.ErrCorrupt:
		return fmt.Errorf("the file is damaged (%w): restore a copy, or move it away and backfill", err)
	case sqlite3.ErrFull:
		return fmt.Errorf("the disk of the ledger is full: free some space and start again, nothing is half written: %w", err)
	case sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrPerm:
		return fmt.Errorf("%w; %s", err, mustBeWritable)
	}
	return err
}

// SameFailure reports whether two errors say that the file failed in one way,
// such as a full disk, which is worth saying once.
func SameFailure(a, b error) bool {
	var of, other sqlite3.Error
	return errors.As(a, &of) && errors.As(b, &other) && of.Code == other.Code
}

const mustBeWritable = "the ledger and its folder must be writable for this user"

// explainFile does the same for the system's errors, whose path is said already.
func explainFile(err error) error {
	var at *fs.PathError
	if !errors.As(err, &at) {
		return err
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; %s", at.Err, mustBeWritable)
	}
	return at.Err
}

// inTx runs do in one transaction, all or nothing.
func inTx(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	if err := do(tx); err != nil {
		return errors.Join(explain(err), ignoreDone(tx.Rollback()))
	}
	return explain(tx.Commit())
}

// collect reads all rows of a query that has few.
func collect[T any](ctx context.Context, db *sql.DB, fields func(*T) []any, query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var row T
		if err := rows.Scan(fields(&row)...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, explain(rows.Err())
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// placeholders gives "?, ?, ?".
func placeholders(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
