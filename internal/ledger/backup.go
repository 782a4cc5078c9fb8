package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// Copy is a backup that was written and checked.
type Copy struct {
	Path string
	Size int64
	Run  Run // the last run in it, without its config and result; ID 0: none
}

// Backup writes a consistent copy of the ledger at path to file, mode 0600, in
// one transaction of reading: a run may write meanwhile, and needs no lock to
// be let alone. The copy appears under its name only when it is whole, checked
// and on the disk. The error wraps ErrPlace when file is no place for one.
func Backup(ctx context.Context, path, file string) (Copy, error) {
	c, err := backup(ctx, path, file)
	if err == nil {
		return c, nil
	}
	if ctx.Err() != nil {
		err = ctx.Err() // SQLite only says that it was interrupted
	}
	return Copy{}, fmt.Errorf("back up ledger %s to %s: %w", path, file, err)
}

func backup(ctx context.Context, path, file string) (Copy, error) {
	if err := checkPlace(path, file); err != nil {
		return Copy{}, err
	}
	s, err := openSource(ctx, path)
	if err != nil {
		return Copy{}, err
	}
	defer s.Close()
	desk, err := newDesk(file)
	if err != nil {
		return Copy{}, err
	}
	c, err := s.copyOnto(ctx, desk)
	if err == nil {
		err = desk.publish(file)
	}
	c.Path = file
	return c, errors.Join(err, desk.clear())
}

// source is a ledger that is open for nothing but being copied.
type source struct {
	*Ledger
	version int
	old     bool // an older version of the program made it
	// Where this user may not write, nothing holds a writer off while the file
	// is read: then this is what the file was like before.
	before fs.FileInfo
}

// openSource opens a ledger so that others may begin to write to it, and end,
// while it is read. SQLite needs files of its own beside it for that, and only
// who may write to the ledger removes them again. A ledger on a read-only disk,
// or on a full one, is read as it lies there.
func openSource(ctx context.Context, path string) (*source, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && info.Size() == 0) {
		return nil, ErrMissing
	}
	if err := checkHeader(path); err != nil {
		return nil, explainFile(err)
	}
	err = writable(path)
	if err == nil {
		s, failed := trySource(ctx, path, "mode=rw", nil)
		if failed == nil || !cannotWrite(failed) {
			return s, failed
		}
		err = failed
	}
	if _, missing := os.Stat(path + "-wal"); errors.Is(missing, fs.ErrNotExist) {
		return trySource(ctx, path, "mode=ro&immutable=1", info)
	}
	s, failed := trySource(ctx, path, "mode=ro", nil)
	if failed != nil {
		return nil, fmt.Errorf("it was not closed properly, and cannot be read without writing beside it: %w", explainFile(err))
	}
	return s, nil
}

func trySource(ctx context.Context, path, options string, before fs.FileInfo) (*source, error) {
	steps, err := loadSchema(migrations)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(driverName, dsn(path, options))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	s := &source{Ledger: &Ledger{db: db, path: path}, before: before}
	s.version, err = s.Ledger.version(ctx, len(steps))
	s.old = s.version < len(steps)
	if err == nil && s.version == 0 {
		err = ErrMissing // a first run is making it
	}
	if err != nil {
		db.Close()
		return nil, explain(err)
	}
	return s, nil
}

// cannotWrite recognises what SQLite says when it has no place for its files.
func cannotWrite(err error) bool {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrPerm, sqlite3.ErrFull, sqlite3.ErrIoErr:
		return true
	}
	return false
}

// copyOnto writes the copy and reads it back.
func (s *source) copyOnto(ctx context.Context, d *desk) (Copy, error) {
	if _, err := s.db.ExecContext(ctx, "VACUUM INTO ?", d.copy); err != nil {
		return Copy{}, explainCopy(err)
	}
	if err := s.unchanged(); err != nil {
		return Copy{}, err
	}
	return s.checkCopy(ctx, d.copy)
}

// unchanged finds out whether someone wrote to a file that nothing protected.
func (s *source) unchanged() error {
	if s.before == nil {
		return nil
	}
	after, err := os.Stat(s.path)
	if err != nil {
		return explainFile(err)
	}
	_, wal := os.Stat(s.path + "-wal")
	if wal == nil || after.Size() != s.before.Size() || !after.ModTime().Equal(s.before.ModTime()) {
		return errors.New("someone else wrote to it meanwhile: try again, as a user who may write there")
	}
	return nil
}

// checkCopy reads a copy back as whoever restores it will.
func (s *source) checkCopy(ctx context.Context, path string) (c Copy, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return c, err
	}
	c.Size = info.Size()
	if err := checkHeader(path); err != nil {
		return c, err
	}
	l, err := trySource(ctx, path, "mode=ro", nil)
	if err != nil {
		return c, err
	}
	defer l.Close()
	if l.version < s.version {
		return c, fmt.Errorf("the copy has schema %d, the ledger %d", l.version, s.version)
	}
	if err := sound(ctx, l.db); err != nil {
		return c, err
	}
	// Only columns that every version of the schema has.
	err = l.db.QueryRowContext(ctx, "SELECT id, kind, status, started_at FROM runs ORDER BY id DESC LIMIT 1").
		Scan(&c.Run.ID, &c.Run.Kind, &c.Run.Status, &c.Run.StartedAt)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return c, explain(err)
}

// sound reads the whole copy. Tables and indexes are copied as they are, so that
// it finds what is wrong in the ledger too: a night may never meet the page that
// an old disk has lost.
func sound(ctx context.Context, db *sql.DB) error {
	found, err := damage(ctx, db, "integrity_check")
	if err == nil && found != "" {
		err = fmt.Errorf("the copy fails its check (%s): the ledger is damaged, or the disk of the copy", found)
	}
	return err
}

// damage has SQLite check a whole file, by quick_check or integrity_check, and
// gives the first thing that is wrong with it, in one line.
func damage(ctx context.Context, db *sql.DB, check string) (string, error) {
	var found string
	if err := db.QueryRowContext(ctx, "PRAGMA "+check+"(1)").Scan(&found); err != nil {
		return "", explain(err)
	}
	if found == "ok" {
		return "", nil
	}
	return found[strings.LastIndex(found, "\n")+1:], nil // above it stands which database
}

// explainCopy is explain for the disk that the copy goes to.
func explainCopy(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && e.Code == sqlite3.ErrFull {
		return fmt.Errorf("the disk of the copy is full: free some space and try again, nothing is left of it: %w", err)
	}
	return explain(err)
}
