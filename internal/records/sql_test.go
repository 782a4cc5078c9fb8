package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reconcile/internal/ledger"
)

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
