package ledger

import (
	"context"
	"database/sql"
	"io/fs"
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

const (
	ApplicationID = applicationID
	PageSize      = pageSize
)

// SchemaVersion is the version of a ledger that this build makes.
func SchemaVersion() int {
	steps, err := loadSchema(migrations)
	if err != nil {
		panic(err)
	}
	return len(steps)
}
