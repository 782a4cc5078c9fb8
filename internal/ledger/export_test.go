package ledger

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"io/fs"
	"testing"
)

// OpenWith opens a ledger with other migrations than the real ones.
func OpenWith(ctx context.Context, path string, files fs.FS) (*Ledger, error) {
	steps, err := loadSchema(files)
	if err != nil {
		return nil, err
	}
	return openWith(ctx, path, steps)
}

// DB lets tests look at the file with SQL of their own.
func (l *Ledger) DB() *sql.DB { return l.db }

const PageSize = pageSize

// Fewer bounds a property whose every check writes a file.
func Fewer(t *testing.T, checks string) {
	t.Helper()
	old := flag.Lookup("rapid.checks").Value.String()
	if old != flag.Lookup("rapid.checks").DefValue {
		return // asked for
	}
	if err := flag.Set("rapid.checks", checks); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set("rapid.checks", old) })
}

// Held is a state of an object with the runs between which it held: from run
// Since up to, not including, run Until; 0: it still does.
type Held[T any] struct {
	State        T
	Since, Until int64
}

// BreakHistory is every state of a break, the oldest first; none when the id is
// not known.
func (l *Ledger) BreakHistory(ctx context.Context, id string) ([]Held[Break], error) {
	query := fmt.Sprintf(`SELECT %[1]s, b.since, b.until FROM breaks_versions AS b WHERE b.id = ?1
		UNION ALL SELECT %[1]s, b.since, 0 FROM breaks AS b WHERE b.id = ?1 ORDER BY since`, breakTable.selection("b"))
	return collect(ctx, l.db, func(h *Held[Break]) []any { return append(breakTable.fields(&h.State), &h.Since, &h.Until) }, query, id)
}

// BreakByID finds a break as it is now; nil when the id is not known.
func (l *Ledger) BreakByID(ctx context.Context, id string) (*Break, error) {
	history, err := l.BreakHistory(ctx, id)
	if err != nil || len(history) == 0 {
		return nil, err
	}
	return &history[len(history)-1].State, nil
}
