package job_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/mattn/go-sqlite3"
)

// The shop's database is asked each night, and its password is seen nowhere.
func TestADatabaseIsAsked(t *testing.T) {
	t.Parallel()
	const query = "SELECT ref AS order_id, total, 'paid' AS status, made AS created_at FROM orders ORDER BY ref"
	s := newBookshop(t, "{name: shop, driver: sqlite, dsn_env: SHOP_DSN, query: \""+query+"\", all_omise: true}")
	s.sell("A-1", 1200_00)
	s.sell("A-2", 300_00)
	s.database("CREATE TABLE orders (ref TEXT, total TEXT, made TEXT)",
		"INSERT INTO orders VALUES ('A-1', '1250.00', '2026-11-17 10:00:00'), ('A-2', '300.00', '2026-11-17 10:00:00')")
	s.env.Getenv = environment(map[string]string{"KEY": "skey_test_job", "SHOP_DSN": "shop.db"})
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.tomorrow()
	s.database("UPDATE orders SET total = '1200.00' WHERE ref = 'A-1'", "INSERT INTO orders VALUES ('A-3', '70.00', '2026-11-18 10:00:00')")
	s.breaks(s.night(), "amount_mismatch A-1 cured", "missing_at_omise A-3 new")
	s.tomorrow()
	s.database("ALTER TABLE orders RENAME TO sales")
	s.breaks(s.partial("no such table: orders"), "missing_at_omise A-3 open")
	s.tomorrow()
	s.env.Getenv = environment(map[string]string{"KEY": "skey_test_job"})
	s.breaks(s.partial("environment variable SHOP_DSN is not set"), "missing_at_omise A-3 open")
}

// database runs statements in the shop's own database.
func (s bookshop) database(statements ...string) {
	s.t.Helper()
	db, err := sql.Open("sqlite3", s.path("shop.db"))
	s.do(err)
	for _, statement := range statements {
		_, err := db.Exec(statement)
		s.do(err)
	}
	s.do(db.Close())
}

func environment(set map[string]string) func(string) string {
	return func(name string) string { return set[name] }
}

// A password in a DSN is in no log, no error, no report and no ledger, whether
// the database can be reached, refuses, or cannot be understood.
func TestPasswordsAreSeenNowhere(t *testing.T) {
	t.Parallel()
	const password = "pass5word9secret"
	for name, test := range map[string]struct{ driver, dsn string }{
		"postgres is down":      {"postgres", "postgres://shop:" + password + "@127.0.0.1:1/shop?sslmode=disable"},
		"mysql is down":         {"mysql", "shop:" + password + "@tcp(127.0.0.1:1)/shop"},
		"postgres is malformed": {"postgres", "postgres://shop:" + password + "@127.0.0.1:port/shop"},
		"mysql is malformed":    {"mysql", "shop:" + password + "@127.0.0.1/shop"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newBookshop(t, "{name: shop, driver: "+test.driver+", dsn_env: SHOP_DSN, query: SELECT 1}")
			s.env.Getenv = environment(map[string]string{"KEY": "skey_test_job", "SHOP_DSN": test.dsn})
			var log bytes.Buffer
			s.env.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			night := s.partial("shop: ")
			look := func(what string, text []byte) {
				if bytes.Contains(text, []byte(password)) {
					t.Errorf("%s holds the password", what)
				}
			}
			look("the log", log.Bytes())
			look("the result", fmt.Append(nil, night))
			s.do(filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
				if err != nil || e.IsDir() {
					return err
				}
				content, err := os.ReadFile(path)
				look(path, content)
				return err
			}))
		})
	}
}
