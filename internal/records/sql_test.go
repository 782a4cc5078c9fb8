package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"

	"reconcile/internal/ledger"
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

// sqlValue is one value of a database: its type, how SQL writes it, and the cell
// that comes of it.
type sqlValue struct {
	columnType, literal string
	want                cell
}

func valuesOf(driver string) []sqlValue {
	bytes := bytesCell()
	return map[string][]sqlValue{
		"sqlite": {
			{"TEXT", "'000123'", cell{text: "000123"}},
			{"TEXT", "'ใบสั่งซื้อ 注文'", cell{text: "ใบสั่งซื้อ 注文"}},
			{"TEXT", "NULL", cell{}},
			{"TEXT", "CAST(x'ff41' AS TEXT)", bytes},
			{"INTEGER", "9007199254740993", cell{text: "9007199254740993", kind: number}},
			{"NUMERIC", "1234.5", cell{text: "1234.5", kind: double}},
			{"REAL", "0.1 + 0.2", cell{text: "0.30000000000000004", kind: double}},
			{"REAL", "1000000", cell{text: "1000000", kind: double}},
			{"BOOLEAN", "1", cell{text: "true", kind: truth}},
			{"BOOLEAN", "0", cell{text: "false", kind: truth}},
			{"BOOLEAN", "7", cell{text: "7", kind: number}},
			{"DATETIME", "'2026-11-01 10:00:00'", cell{text: "2026-11-01 10:00:00"}},
			{"DATETIME", "'2026-11-01T10:00:00Z'", cell{text: "2026-11-01T10:00:00Z"}},
			{"TIMESTAMP", "'01/11/2569'", cell{text: "01/11/2569"}},
			{"TIMESTAMP", "1793000000", cell{text: "1793000000", kind: number}},
			{"DATE", "'2026-11-01'", cell{text: "2026-11-01"}},
			{"BLOB", "x'00ff'", bytes},
		},
		"postgres": {
			{"text", "'000123'", cell{text: "000123"}},
			{"varchar(40)", "'ใบสั่งซื้อ 注文'", cell{text: "ใบสั่งซื้อ 注文"}},
			{"text", "NULL", cell{}},
			{"bigint", "9007199254740993", cell{text: "9007199254740993", kind: number}},
			{"numeric", "12345678901234567.89", cell{text: "12345678901234567.89", kind: number}},
			{"numeric(12,4)", "1234.5", cell{text: "1234.5000", kind: number}},
			{"numeric", "'NaN'", cell{text: "NaN", kind: number}},
			{"double precision", "0.1::float8 + 0.2::float8", cell{text: "0.30000000000000004", kind: double}},
			{"real", "1234.5", cell{text: "1234.5", kind: double}},
			{"boolean", "true", cell{text: "true", kind: truth}},
			{"boolean", "false", cell{text: "false", kind: truth}},
			{"timestamp", "'2026-11-01 10:00:00.25'", cell{text: "2026-11-01 10:00:00.25"}},
			{"timestamptz", "'2026-11-01 10:00:00+07'", cell{text: "2026-11-01 10:00:00+07:00"}},
			{"date", "'2026-11-01'", cell{text: "2026-11-01"}},
			{"uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", cell{text: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
			{"jsonb", `'{"a": 1}'`, cell{text: `{"a": 1}`}},
			{"bytea", `'\x00ff'`, bytes},
		},
		"mysql": {
			{"VARCHAR(40)", "'000123'", cell{text: "000123"}},
			{"TEXT", "'ใบสั่งซื้อ 注文'", cell{text: "ใบสั่งซื้อ 注文"}},
			{"CHAR(10)", "NULL", cell{}},
			{"BIGINT", "9007199254740993", cell{text: "9007199254740993", kind: number}},
			{"BIGINT UNSIGNED", "18446744073709551615", cell{text: "18446744073709551615", kind: number}},
			{"DECIMAL(20,2)", "123456789012345678.90", cell{text: "123456789012345678.90", kind: number}},
			{"DOUBLE", "1e0 / 3", cell{text: "0.3333333333333333", kind: double}},
			{"FLOAT", "1234.5", cell{text: "1234.5", kind: double}},
			{"DATETIME", "'2026-11-01 10:00:00'", cell{text: "2026-11-01 10:00:00"}},
			{"DATETIME(3)", "'2026-11-01 10:00:00.25'", cell{text: "2026-11-01 10:00:00.250"}},
			{"TIMESTAMP NULL", "'2026-11-01 10:00:00'", cell{text: "2026-11-01 03:00:00Z"}},
			{"DATE", "'2026-11-01'", cell{text: "2026-11-01"}},
			{"DATE", "'0000-00-00'", cell{}},
			{"BIT(1)", "b'1'", cell{text: "true", kind: truth}},
			{"BIT(1)", "b'0'", cell{text: "false", kind: truth}},
			{"BIT(9)", "b'100000000'", bytes},
			{"ENUM('paid', 'failed')", "'paid'", cell{text: "paid"}},
			{"VARBINARY(9)", "'abc'", bytes},
			{"BLOB", "x'00ff'", bytes},
		},
	}[driver]
}

// Every value arrives as the database has it: no amount through a float64, no
// time with a zone that it never had.
func TestValuesOfDatabases(t *testing.T) {
	eachShop(t, func(t *testing.T, s shop) {
		var columns, literals []string
		var want []cell
		for i, v := range valuesOf(s.driver) {
			columns = append(columns, fmt.Sprintf("c%d %s", i, v.columnType))
			literals, want = append(literals, v.literal), append(want, v.want)
		}
		if s.driver == "mysql" {
			s.exec(t, "SET sql_mode = ''", "SET time_zone = '+07:00'")
		}
		s.exec(t, "CREATE TABLE v ("+strings.Join(columns, ", ")+")", "INSERT INTO v VALUES ("+strings.Join(literals, ", ")+")")
		_, rows, err := s.result(context.Background(), "SELECT * FROM v")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]cell{want}, rows, cmp.AllowUnexported(cell{})); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestQueriesAreTakenAsTheyAre(t *testing.T) {
	eachShop(t, func(t *testing.T, s shop) {
		s.exec(t, "CREATE TABLE o (id INTEGER, ref VARCHAR(9))", "INSERT INTO o VALUES (1, 'b'), (2, 'a'), (3, 'c')")
		for _, tt := range []struct {
			query string
			names []string
			want  string
		}{
			{"SELECT id, ref FROM o ORDER BY ref", []string{"id", "ref"}, "2 a, 1 b, 3 c"},
			{"-- all\nSELECT o.id, p.id, p.ref AS \"Order No\"\nFROM o JOIN o p ON o.id = p.id\nWHERE o.id = 3 -- one", []string{"id", "id", "Order No"}, "3 3 c"},
			{"WITH x AS (SELECT id FROM o) SELECT max(id) AS n FROM x", []string{"n"}, "3"},
			{"SELECT id FROM o WHERE id > 5", []string{"id"}, ""},
			{"SELECT '; DELETE FROM o' AS semicolon", []string{"semicolon"}, "; DELETE FROM o"},
			{"SELECT id FROM o WHERE id = 1 UNION ALL SELECT id FROM o WHERE id = 3", []string{"id"}, "1, 3"},
		} {
			query := tt.query
			if s.driver == "mysql" {
				query = strings.ReplaceAll(query, `"`, "`")
			}
			names, rows, err := s.result(context.Background(), query)
			if err != nil {
				t.Errorf("%s: %v", tt.query, err)
				continue
			}
			if got := lines(rows); !slices.Equal(names, tt.names) || got != tt.want {
				t.Errorf("%s: %q %q, want %q %q", tt.query, names, got, tt.names, tt.want)
			}
		}
	})
}

func lines(rows [][]cell) string {
	var all []string
	for _, row := range rows {
		var texts []string
		for _, c := range row {
			texts = append(texts, c.text)
		}
		all = append(all, strings.Join(texts, " "))
	}
	return strings.Join(all, ", ")
}

// Whatever stands in the config, the shop's database is not written to.
func TestQueriesCannotWrite(t *testing.T) {
	own := map[string][]string{
		"sqlite": {
			"PRAGMA user_version = 5", "DELETE FROM o RETURNING id", "VACUUM", "ATTACH 'other.db' AS other", "SELECT 1;;SELECT 2",
			"SELECT 1 /*", "SELECT 1) AS q; DELETE FROM o; SELECT 1 FROM (SELECT 1",
		},
		"postgres": {
			"WITH gone AS (DELETE FROM o RETURNING id) SELECT id FROM gone", "DELETE FROM o RETURNING id", "SELECT id INTO other FROM o",
			"SELECT spend()", "SELECT nextval('numbers')", "SELECT set_config('transaction_read_only', 'off', false), spend()",
			"SELECT id FROM o FOR UPDATE", "SHOW transaction_read_only", "COPY o TO STDOUT", "CALL whatever()",
			"SET transaction_read_only = off",
		},
		"mysql": {
			"SELECT id FROM o INTO OUTFILE '/tmp/reconcile-outfile'", "SELECT id INTO @x FROM o", "SELECT spend()", "INSERT INTO o VALUES (9) RETURNING id",
			"SET GLOBAL max_connections = 10", "SHOW TABLES", "CALL spend_all()", "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE o",
			"SELECT 1; DELETE FROM o",
		},
	}
	eachShop(t, func(t *testing.T, s shop) {
		s.exec(t, "CREATE TABLE o (id INTEGER)", "INSERT INTO o VALUES (1)")
		switch s.driver {
		case "postgres":
			s.exec(t, "CREATE SEQUENCE numbers", "CREATE FUNCTION spend() RETURNS int AS 'DELETE FROM o; SELECT 1' LANGUAGE sql")
		case "mysql":
			s.exec(t, "CREATE FUNCTION spend() RETURNS INT DETERMINISTIC BEGIN DELETE FROM o; RETURN 1; END",
				"CREATE PROCEDURE spend_all() BEGIN COMMIT; DELETE FROM o; END")
		}
		queries := append([]string{
			"DELETE FROM o", "INSERT INTO o VALUES (2)", "UPDATE o SET id = 2", "DROP TABLE o", "CREATE TABLE p (id INTEGER)",
			"SELECT 1; DELETE FROM o", "SELECT 1; SELECT 2", "COMMIT", "COMMIT; DELETE FROM o", "", "nonsense",
		}, own[s.driver]...)
		for _, query := range queries {
			if names, rows, err := s.result(context.Background(), query); err == nil {
				t.Errorf("%s is taken: %q %q", query, names, lines(rows))
			}
			var n, id int
			if err := s.db.QueryRow("SELECT count(*), min(id) FROM o").Scan(&n, &id); err != nil || n != 1 || id != 1 {
				t.Fatalf("%s has written: %d rows, id %d, %v", query, n, id, err)
			}
		}
		if left, err := filepath.Glob("/tmp/reconcile-outfile*"); err != nil || len(left) > 0 {
			t.Errorf("left behind: %q, %v", left, err)
		}
	})
}

// A query passes the same books as every file.
func TestQueriesAgreeWithFiles(t *testing.T) {
	eachShop(t, func(t *testing.T, s shop) {
		conformance(t, func(t *testing.T, b book) (bookReader, bool) {
			names, columns := s.columns(b)
			s.exec(t, "DROP TABLE IF EXISTS books", "CREATE TABLE books (row_number_ INTEGER PRIMARY KEY, "+strings.Join(columns, ", ")+")")
			for i, row := range b.rows {
				s.exec(t, fmt.Sprintf("INSERT INTO books VALUES (%d%s)", i+1, s.literals(row)))
			}
			query := "SELECT " + strings.Join(names, ", ") + " FROM books ORDER BY row_number_"
			return bookReader{first: 1, read: func(book Source, sink Sink) (Reading, error) {
				book.Driver, book.DSN, book.Query = s.driver, s.dsn, query
				return book.ReadQuery(context.Background(), time.Unix(0, 0), sink)
			}}, true
		})
	})
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

// An interrupted run does not wait for the database.
func TestQueriesAreInterrupted(t *testing.T) {
	endless := map[string]string{
		"sqlite":   "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
		"postgres": "SELECT generate_series(1, 1000000000000) AS i",
		"mysql":    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT a.i FROM n a CROSS JOIN n b CROSS JOIN n c",
	}
	eachShop(t, func(t *testing.T, s shop) {
		s.exec(t, "CREATE TABLE o (id INTEGER)")
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		db, err := s.source("").connect(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer db.close()
		rows, err := db.query(ctx, endless[s.driver])
		if err != nil {
			t.Fatal(err)
		}
		defer rows.close()
		if _, err := rows.next(); err != nil {
			t.Fatal(err)
		}
		cancel()
		for err == nil {
			_, err = rows.next()
		}
		if errors.Is(err, io.EOF) {
			t.Error("the rows came to an end")
		}
	})
}

// A shop's SQLite file in WAL mode is read without a trace, also while the shop
// has it open; a shop that opens it meanwhile is noticed.
func TestSQLiteIsReadWithoutATrace(t *testing.T) {
	s := sqliteShop(t)
	s.exec(t, "PRAGMA journal_mode = WAL", "CREATE TABLE o (order_id TEXT)", "INSERT INTO o VALUES ('1'), ('2')")
	beside := func() string {
		files, err := os.ReadDir(filepath.Dir(s.dsn))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range files {
			names = append(names, strings.TrimPrefix(f.Name(), filepath.Base(s.dsn)))
		}
		return strings.Join(names, " ")
	}
	read := func(sink Sink) (Reading, error) {
		return s.source("SELECT order_id FROM o").ReadQuery(context.Background(), time.Unix(0, 0), sink)
	}
	for _, want := range []string{" -shm -wal", ""} {
		if r, err := read(&gathered{}); err != nil || r.Records != 2 {
			t.Errorf("%d records, %v", r.Records, err)
		}
		if got := beside(); got != want {
			t.Errorf("beside the file: %q, want %q", got, want)
		}
		_ = s.db.Close() // the shop
	}
	var again *sql.DB
	_, err := read(onRecord(func() {
		if again == nil {
			again = openDB(t, "sqlite3", s.writable())
			if _, err := again.Exec("INSERT INTO o VALUES ('3')"); err != nil {
				t.Error(err)
			}
		}
	}))
	if err == nil || !strings.Contains(err.Error(), "another program opened the database while it was read: run again") {
		t.Errorf("a shop that wrote meanwhile: %v", err)
	}
}

// onRecord is a sink that does something at each record.
type onRecord func()

func (f onRecord) Record(ledger.Record, int) error { f(); return nil }

func (f onRecord) Unreadable(ledger.UnreadableRow) error { return nil }

// A server that takes the connection and says nothing does not hold up who is
// interrupted.
func TestSilentServersAreLeft(t *testing.T) {
	for driver, dsn := range map[string]string{
		"postgres": "postgres://shop:hunter2@%s/shop?sslmode=disable", "mysql": "shop:hunter2@tcp(%s)/shop",
	} {
		t.Run(driver, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = listener.Close() })
			ctx, cancel := context.WithCancel(context.Background())
			left := make(chan struct{})
			defer close(left)
			go func() {
				conn, err := listener.Accept()
				cancel()
				<-left
				if err == nil {
					_ = conn.Close()
				}
			}()
			s := shop{driver: driver, dsn: fmt.Sprintf(dsn, listener.Addr())}.source("SELECT 1 AS id")
			if _, err := s.ReadQuery(ctx, time.Unix(0, 0), &gathered{}); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Out of time, the driver's own error says less than ours.
func TestTimeOutsSayWhatToDo(t *testing.T) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), 0, errSlow)
	defer cancel()
	const want = "not done within 15m0s: ask for fewer rows, or see what holds the database up"
	if err := reason(ctx, io.ErrUnexpectedEOF); err.Error() != want {
		t.Errorf("got %v", err)
	}
	if err := reason(context.Background(), io.ErrUnexpectedEOF); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("in time: %v", err)
	}
}

// nowhere is a port of this machine on which nobody listens.
func nowhere(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// What goes wrong is said with the source, the driver and what to do, and
// without the password.
func TestQueryErrors(t *testing.T) {
	const password = "hunter2"
	address := nowhere(t)
	_, port, _ := net.SplitHostPort(address)
	folder := t.TempDir()
	junk := filepath.Join(folder, "junk.db")
	if err := os.WriteFile(junk, []byte(strings.Repeat("not a database ", 99)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ driver, dsn, want string }{
		{"oracle", "hunter2", `records shop-db: query oracle: driver "oracle" is not known: use sqlite, postgres or mysql`},
		{"sqlite", filepath.Join(folder, "no.db"), "records shop-db: query sqlite: " + filepath.Join(folder, "no.db") + " is not there: the DSN of sqlite is the path of the shop's database file"},
		{"sqlite", folder, "records shop-db: query sqlite: " + folder + " is a folder: the DSN of sqlite is the path of the shop's database file"},
		{"sqlite", junk, "file is not a database"},
		{"postgres", "postgres://shop:hunter2@" + address + "/shop?sslmode=disable", "records shop-db: query postgres: cannot connect: "},
		{"postgres", "host=127.0.0.1 port=" + port + " user=shop password=hunter2", "check host, port, user and password of the DSN"},
		{"postgres", "postgres://shop:hunter2@db:port/shop", "records shop-db: query postgres: the DSN is not understood: write it as postgres://USER:PASSWORD@HOST:5432/DATABASE, with %40 for @ and %2F for / in the password"},
		{"postgres", "shop:hunter2@/shop", "the DSN is not understood"},
		{"mysql", "shop:hunter2@tcp(" + address + ")/shop", "records shop-db: query mysql: cannot connect: "},
		{"mysql", "shop:hunter2@tcp(db/shop", "records shop-db: query mysql: the DSN is not understood: write it as USER:PASSWORD@tcp(HOST:3306)/DATABASE"},
		{"mysql", "mysql://shop:hunter2@db/shop", "the DSN is not understood"},
		{"mysql", "shop:hunter2@tcp(db)/shop?tls=nonsense", "the DSN is not understood"},
	} {
		s := shop{driver: tt.driver, dsn: tt.dsn}.source("SELECT 1 AS id")
		_, err := s.ReadQuery(context.Background(), time.Unix(0, 0), &gathered{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %s: %v, want %s", tt.driver, tt.dsn, err, tt.want)
		}
		if err != nil && strings.Contains(fmt.Sprintf("%v %+v", err, err), password) {
			t.Errorf("%s %s: the error holds the password: %v", tt.driver, tt.dsn, err)
		}
	}
}
