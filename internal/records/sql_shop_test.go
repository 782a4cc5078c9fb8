package records

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the shop in PostgreSQL
)

// A shop is a database of a shop's own, with nothing in it.
type shop struct {
	driver string
	dsn    string
	db     *sql.DB // which may write
}

func (s shop) exec(t *testing.T, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := s.db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func (s shop) source(query string) Source {
	return Source{Account: "main", Name: "shop-db", Driver: s.driver, DSN: s.dsn, Query: query, Zone: time.UTC, Encoding: "utf-8"}
}

// eachShop runs a test against SQLite, and against the servers that the
// environment names: `.ci/run` starts them.
func eachShop(t *testing.T, test func(t *testing.T, s shop)) {
	for driver, open := range map[string]func(*testing.T) shop{"sqlite": sqliteShop, "postgres": postgresShop, "mysql": mysqlShop} {
		t.Run(driver, func(t *testing.T) { test(t, open(t)) })
	}
}

func openDB(t *testing.T, name, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(name, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func sqliteShop(t *testing.T) shop {
	t.Helper()
	s := shop{driver: "sqlite", dsn: filepath.Join(t.TempDir(), "shop?mode=rw#1.db")}
	s.db = openDB(t, "sqlite3", s.writable())
	return s
}

// writable is a DSN of a SQLite file for who may write.
func (s shop) writable() string { return "file:" + (&url.URL{Path: s.dsn}).EscapedPath() + "?_sync=0" }

// serverDSN names a server for tests, or skips the test.
func serverDSN(t *testing.T, variable string) string {
	t.Helper()
	dsn := os.Getenv(variable)
	if dsn == "" {
		t.Skipf("%s is not set: it would name a server on which databases may be made and dropped; `.ci/run` starts one", variable)
	}
	return dsn
}

// ownName is a name that no other test, and no other run, has.
func ownName(t *testing.T) string {
	t.Helper()
	return strings.ToLower("t" + filepath.Base(t.TempDir()) + "_" + filepath.Base(filepath.Dir(t.TempDir())))
}

func postgresShop(t *testing.T) shop {
	t.Helper()
	dsn, name := serverDSN(t, "RECONCILE_TEST_POSTGRES"), quoted(ownName(t), `"`)
	db := openDB(t, "pgx", dsn)
	db.SetMaxOpenConns(1)
	s := shop{driver: "postgres", dsn: dsn + " timezone=Asia/Bangkok search_path='" + name + "'", db: db}
	s.exec(t, "CREATE SCHEMA "+name, "SET search_path = "+name)
	t.Cleanup(func() { s.exec(t, "DROP SCHEMA "+name+" CASCADE") })
	return s
}

func mysqlShop(t *testing.T) shop {
	t.Helper()
	dsn, name := serverDSN(t, "RECONCILE_TEST_MYSQL"), quoted(ownName(t), "`")
	db := openDB(t, "mysql", dsn)
	db.SetMaxOpenConns(1)
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.DBName = strings.Trim(name, "`")
	s := shop{driver: "mysql", dsn: config.FormatDSN(), db: db}
	s.exec(t, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4", "USE "+name)
	t.Cleanup(func() { s.exec(t, "DROP DATABASE "+name) })
	return s
}

func quoted(name, mark string) string { return mark + strings.ReplaceAll(name, mark, "") + mark }

// result reads all rows of a query, as the intake would get them.
func (s shop) result(ctx context.Context, query string) (names []string, rows [][]cell, err error) {
	db, err := s.source(query).connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer db.close()
	cursor, err := db.query(ctx, query)
	if err != nil {
		return nil, nil, err
	}
	defer cursor.close()
	for {
		cells, err := cursor.next()
		if errors.Is(err, io.EOF) {
			return cursor.names(), rows, nil
		}
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, slices.Clone(cells))
	}
}

// columns gives the names of a book's columns as SQL writes them, and their
// definitions. Columns of SQLite take any type, those of the others are texts.
func (s shop) columns(b book) (names, definitions []string) {
	for i, header := range b.header {
		name, columnType := quoted(header, map[bool]string{true: "`", false: `"`}[s.driver == "mysql"]), " TEXT"
		if s.driver == "sqlite" {
			columnType = ""
			if slices.ContainsFunc(b.rows, func(row []cell) bool { return row[i].kind == truth }) {
				columnType = " BOOLEAN"
			}
		}
		names, definitions = append(names, name), append(definitions, name+columnType)
	}
	return names, definitions
}

// literals writes the values of a row as SQL does.
func (s shop) literals(row []cell) string {
	var text strings.Builder
	for _, c := range row {
		switch {
		case c.text == "":
			text.WriteString(", NULL")
		case c.kind != plain && s.driver == "sqlite":
			text.WriteString(", " + c.text)
		default:
			text.WriteString(", '" + strings.ReplaceAll(c.text, "'", "''") + "'")
		}
	}
	return text.String()
}
