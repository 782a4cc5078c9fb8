package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"

	_ "github.com/mattn/go-sqlite3" // the driver
)

type sqliteDB struct {
	db    *sql.DB
	still func() error // reports a file that was written to meanwhile
}

// openSQLite takes the path of a file; what begins with file: would be options
// that undo the read-only ones.
func openSQLite(ctx context.Context, path string) (database, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s is not there: the DSN of sqlite is the path of the shop's database file", path)
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder: the DSN of sqlite is the path of the shop's database file", path)
	}
	options, still := "mode=ro&_query_only=true&_busy_timeout=10000", func() error { return nil }
	if closedWAL(path) {
		options, still = options+"&immutable=1", func() error { return untouched(path, info) }
	}
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+options)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return sqliteDB{db, still}, nil
}

// closedWAL reports a database in WAL mode that nobody has open. SQLite's usual
// reader would leave -wal and -shm files beside it, which belong to our user:
// the shop could no longer write.
func closedWAL(path string) bool {
	const writeVersion, walMode = 18, 2 // its place in the file's header, and its value
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	header := make([]byte, writeVersion+1)
	if _, err := io.ReadFull(file, header); err != nil || header[writeVersion] != walMode {
		return false
	}
	_, err = os.Stat(path + "-wal")
	return errors.Is(err, fs.ErrNotExist)
}

// untouched reports a file that somebody opened or wrote while it was read
// without locks.
func untouched(path string, before fs.FileInfo) error {
	now, err := os.Stat(path)
	if err != nil {
		return err
	}
	_, err = os.Stat(path + "-wal")
	if !errors.Is(err, fs.ErrNotExist) || now.Size() != before.Size() || !now.ModTime().Equal(before.ModTime()) {
		return errors.New("another program opened the database while it was read: run again")
	}
	return nil
}

func (s sqliteDB) close() { _ = s.db.Close() }

// query asks twice: first for the names and declared types, then for the rows,
// every column as an expression. Of a plain column the driver would turn texts
// into times by the declared type, and lose whether they had a zone.
func (s sqliteDB) query(ctx context.Context, text string) (cursor, error) {
	if err := s.check(ctx, text); err != nil {
		return nil, refused(err)
	}
	plain, err := s.run(ctx, text)
	if err != nil {
		return nil, err
	}
	plain.close()
	rows, err := s.run(ctx, undeclared(text, len(plain.header)))
	if err != nil {
		return nil, err
	}
	rows.header, rows.types, rows.still = plain.header, plain.types, s.still
	return rows, nil
}

func (s sqliteDB) check(ctx context.Context, text string) error {
	statement, err := s.db.PrepareContext(ctx, nested(text))
	if err == nil {
		defer statement.Close()
	}
	return err
}

func (s sqliteDB) run(ctx context.Context, text string) (*sqlRows, error) {
	rows, err := s.db.QueryContext(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("run the query: %w", err)
	}
	return newSQLRows(rows, sqliteCell)
}

func undeclared(text string, columns int) string {
	var names, values []string
	for i := range columns {
		name := "c" + strconv.Itoa(i)
		names, values = append(names, name), append(values, "+"+name)
	}
	return fmt.Sprintf("WITH q (%s) AS (\n%s\n) SELECT %s FROM q", strings.Join(names, ", "), text, strings.Join(values, ", "))
}

func sqliteCell(value any, declared string) cell {
	switch v := value.(type) {
	case nil:
		return cell{}
	case int64:
		if isBool := strings.HasPrefix(strings.ToLower(declared), "bool"); isBool && (v == 0 || v == 1) {
			return cell{text: strconv.FormatBool(v == 1), kind: truth}
		}
		return cell{text: strconv.FormatInt(v, 10), kind: number}
	case float64:
		return cell{text: strconv.FormatFloat(v, 'f', -1, 64), kind: double}
	case string:
		return textCell(v, plain)
	}
	return bytesCell()
}
