package ledger

import (
	"context"
	"database/sql"
	"flag"
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
