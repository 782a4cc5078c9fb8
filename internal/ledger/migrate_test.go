package ledger_test

import (
	"compress/gzip"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"reconcile/internal/ledger"
)

func steps(sql ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for i, text := range sql {
		files["migrations/000"+string(rune('1'+i))+"_step.sql"] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

const (
	one = "CREATE TABLE runs (id INTEGER PRIMARY KEY); INSERT INTO runs VALUES (7)"
	two = "ALTER TABLE runs ADD COLUMN kind TEXT NOT NULL DEFAULT 'run'"
	bad = "CREATE TABLE half (x); INSERT INTO half VALUES (1); INSERT INTO nowhere VALUES (1)"
)

func older(t *testing.T) string {
	t.Helper()
	path := pathOf(t)
	check(must(ledger.OpenWith(t.Context(), path, steps(one))).Close())
	return path
}

// version reads what a file says of itself, through a step list that fits it.
func version(t *testing.T, path string, sql ...string) (int, *ledger.Ledger) {
	t.Helper()
	l := must(ledger.OpenWith(t.Context(), path, steps(sql...)))
	t.Cleanup(func() { l.Close() })
	return number(t, l, "PRAGMA user_version"), l
}

func TestUpgradeCopiesFirst(t *testing.T) {
	path := older(t)
	v, l := version(t, path, one, two)
	if v != 2 || number(t, l, "SELECT count(*) FROM runs WHERE id = 7 AND kind = 'run'") != 1 {
		t.Errorf("version %d after the upgrade, %s", v, dump(t, l, "runs"))
	}
	if mode := must(os.Stat(path + ".v1")).Mode().Perm(); mode != 0o600 {
		t.Errorf("the copy has mode %o", mode)
	}
	v, l = version(t, path+".v1", one)
	if v != 1 || number(t, l, "SELECT id FROM runs") != 7 || number(t, l, "PRAGMA page_size") != ledger.PageSize {
		t.Errorf("the copy is of version %d: %s", v, dump(t, l, "runs"))
	}
	if tmp := must(filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))); len(tmp) > 0 {
		t.Errorf("left behind: %q", tmp)
	}
}

func TestUpgradeThatFailsLeavesTheOldVersion(t *testing.T) {
	path := older(t)
	_, err := ledger.OpenWith(t.Context(), path, steps(one, bad))
	if err == nil || !strings.Contains(err.Error(), "0002_step.sql") || !strings.Contains(err.Error(), "nowhere") {
		t.Fatalf("error %v", err)
	}
	v, l := version(t, path, one)
	if v != 1 || number(t, l, "SELECT count(*) FROM sqlite_master WHERE name = 'half'") != 0 || number(t, l, "SELECT id FROM runs") != 7 {
		t.Errorf("version %d, tables of the failed step stayed or rows went", v)
	}
	check(l.Close())
	if v, _ := version(t, path, one, two); v != 2 {
		t.Errorf("the mended upgrade ended at %d", v)
	}
}

func TestUpgradeKeepsTheStepsThatWorked(t *testing.T) {
	path := older(t)
	if _, err := ledger.OpenWith(t.Context(), path, steps(one, two, bad)); err == nil || !strings.Contains(err.Error(), "0003_step.sql") {
		t.Fatalf("error %v", err)
	}
	v, l := version(t, path, one, two)
	if v != 2 {
		t.Errorf("version %d", v)
	}
	check(l.Close())
	if v, _ := version(t, path, one, two, "CREATE TABLE more (x)"); v != 3 {
		t.Errorf("the mended upgrade ended at %d", v)
	}
	for _, name := range []string{path + ".v1", path + ".v2"} {
		must(os.Stat(name))
	}
}

func TestUpgradeMakesAnInterruptedCopyAnew(t *testing.T) {
	path := older(t)
	check(os.WriteFile(filepath.Join(filepath.Dir(path), ".reconcile.db.v1.tmp"), []byte("half a copy"), 0o600))
	check(os.WriteFile(path+".v1", []byte("an older copy"), 0o644))
	version(t, path, one, two)
	if v, l := version(t, path+".v1", one); v != 1 || number(t, l, "SELECT id FROM runs") != 7 {
		t.Errorf("copy of version %d", v)
	}
}

func TestUpgradeWaitsForItsCopy(t *testing.T) {
	path := older(t)
	check(os.MkdirAll(filepath.Join(path+".v1", "occupied"), 0o755))
	_, err := ledger.OpenWith(t.Context(), path, steps(one, two))
	if err == nil || !strings.Contains(err.Error(), "copy the ledger before its upgrade") {
		t.Fatalf("error %v", err)
	}
	if v, _ := version(t, path, one); v != 1 {
		t.Errorf("upgraded to %d without a copy", v)
	}
}

func TestReaderRefusesAnOlderLedger(t *testing.T) {
	path := pathOf(t)
	l := must(ledger.Open(t.Context(), path))
	must(l.DB().ExecContext(t.Context(), "PRAGMA user_version = 0"))
	check(l.Close())
	if _, err := ledger.OpenReader(t.Context(), path); err == nil || !strings.Contains(err.Error(), "older version") {
		t.Errorf("error %v", err)
	}
}

// Ledgers that the released versions have made, with their rows.
func TestUpgradeOfReleasedVersions(t *testing.T) {
	for from, fixture := range map[int]string{1: "../../cmd/reconcile/testdata/ledger-v1.db.gz", 2: "testdata/ledger-v2.db.gz"} {
		t.Run(fmt.Sprint("version ", from), func(t *testing.T) {
			t.Parallel()
			path := pathOf(t)
			check(os.WriteFile(path, unzipped(fixture), 0o600))
			copied := fmt.Sprint(path, ".v", from)
			l := reopen(t, path)
			was := must(sql.Open("sqlite3", "file:"+copied+"?mode=ro"))
			defer was.Close()
			for _, table := range []string{"runs", "charges", "charges_versions", "refunds", "disputes", "customers", "cards", "windows", "marks"} {
				var rows int
				check(was.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&rows))
				if now := number(t, l, "SELECT count(*) FROM "+table); now != rows {
					t.Errorf("%s: %d rows, there were %d", table, now, rows)
				}
			}
			compare(t, l, begin(t, l).ID, 7)
			damage, _, err := ledger.Verify(t.Context(), path)
			if err != nil || len(damage) > 0 {
				t.Errorf("%v %v", damage, err)
			}
		})
	}
}

func unzipped(path string) []byte {
	file := must(os.Open(path))
	defer file.Close()
	return must(io.ReadAll(must(gzip.NewReader(file))))
}
