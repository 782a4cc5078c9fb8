package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
)

// listing is what a folder holds.
func listing(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	for _, entry := range must(os.ReadDir(dir)) {
		names = append(names, entry.Name())
	}
	return names
}

// aFilledLedger has a proven window of two charges.
func aFilledLedger(t *testing.T) *ledger.Ledger {
	t.Helper()
	l := open(t)
	proveIn(t, l, begin(t, l).ID, ledger.Charges, day(19), at("2026-11-21 03:00:10"), ledger.Batch{
		Charges: []ledger.Charge{charge("c1"), charge("c2")},
	})
	return l
}

func TestBackupIsTheLedger(t *testing.T) {
	l := aFilledLedger(t)
	compare(t, l, 1, 7)
	file := filepath.Join(t.TempDir(), "a copy?mode=memory.db")
	c := must(ledger.Backup(t.Context(), l.Path(), file))
	info := must(os.Stat(file))
	if c.Path != file || c.Size != info.Size() || c.Run.ID != 1 || c.Run.Status != ledger.Running || c.Run.Kind != ledger.KindRun || c.Run.StartedAt != at("2026-11-21 03:00:00") {
		t.Errorf("it says %+v", c)
	}
	if names := listing(t, filepath.Dir(file)); !slices.Equal(names, []string{filepath.Base(file)}) {
		t.Errorf("beside it lie %q", names)
	}
	restored := reopen(t, file)
	for _, table := range []string{"runs", "windows", "charges", "records", "book_files", "record_places", "breaks", "notes", "closed_months"} {
		if diff := cmp.Diff(dump(t, l, table), dump(t, restored, table)); diff != "" {
			t.Errorf("%s (-ledger +copy):\n%s", table, diff)
		}
	}
	for _, name := range []string{"page_size", "application_id", "user_version", "journal_mode"} {
		if has, want := pragma(t, restored, name), pragma(t, l, name); has != want {
			t.Errorf("PRAGMA %s = %s, the ledger's is %s", name, has, want)
		}
	}
}

func TestBackupOfALedgerWithoutRuns(t *testing.T) {
	l := open(t)
	c := must(ledger.Backup(t.Context(), l.Path(), filepath.Join(t.TempDir(), "copy.db")))
	if c.Run.ID != 0 {
		t.Errorf("run %d", c.Run.ID)
	}
}

// A writer comes and goes, as runs do, and commits all the while. Each commit
// of a window brings two rows and the proof that counts them.
func TestBackupWhileOthersWrite(t *testing.T) {
	l := aFilledLedger(t)
	path := l.Path()
	check(l.Close())
	ctx, stop := context.WithCancel(t.Context())
	wrote := make(chan int)
	go func() {
		commits := 0
		for ; ctx.Err() == nil; commits++ {
			writer := must(ledger.Open(context.Background(), path))
			run := must(writer.BeginRun(context.Background(), ledger.Run{Kind: ledger.KindBackfill, BusinessDate: "2026-11-21", Config: "{}", Version: "test"}))
			proveIn(t, writer, run.ID, ledger.Charges, day(19), 1, ledger.Batch{Charges: []ledger.Charge{charge(ids(commits, "a")), charge(ids(commits, "b"))}})
			check(writer.Close())
		}
		wrote <- commits
	}()
	seen := map[int64]bool{}
	for i := range 15 {
		file := filepath.Join(t.TempDir(), "copy.db")
		seen[must(ledger.Backup(t.Context(), path, file)).Run.ID] = true
		holds(t, file, i)
	}
	stop()
	if n := <-wrote; n < 3 || len(seen) < 3 {
		t.Errorf("%d commits, %d different states copied: nothing happened at the same time", n, len(seen))
	}
}

func ids(n int, end string) string { return "c" + strings.Repeat("x", n) + end }

// holds checks that a copy is sound and has every row that its proofs count.
func holds(t *testing.T, file string, i int) {
	t.Helper()
	l := must(ledger.OpenReader(t.Context(), file))
	defer l.Close()
	if got := pragma(t, l, "integrity_check"); got != "ok" {
		t.Fatalf("copy %d: %s", i, got)
	}
	proven := number(t, l, "SELECT sum(rows) FROM windows WHERE state = 'proven'")
	if rows := number(t, l, "SELECT count(*) FROM charges"); rows != proven || rows == 0 {
		t.Fatalf("copy %d: proofs count %d charges, %d are there", i, proven, rows)
	}
}

// What a killed run had committed lies in the -wal file only.
func TestBackupTakesWhatAKilledRunCommitted(t *testing.T) {
	l := aFilledLedger(t)
	killed := filepath.Join(t.TempDir(), "reconcile.db")
	for _, end := range []string{"", "-wal"} {
		check(os.WriteFile(killed+end, must(os.ReadFile(l.Path()+end)), 0o600))
	}
	file := filepath.Join(t.TempDir(), "copy.db")
	must(ledger.Backup(t.Context(), killed, file))
	holds(t, file, 0)
	if names := listing(t, filepath.Dir(killed)); !slices.Equal(names, []string{"reconcile.db"}) {
		t.Errorf("beside the ledger lie %q", names)
	}
}

func TestBackupOfAnOlderLedger(t *testing.T) {
	first := must(os.ReadFile("migrations/0001_ledger.sql"))
	path := pathOf(t)
	old := must(ledger.OpenWith(t.Context(), path, fstest.MapFS{"migrations/0001_ledger.sql": {Data: first}}))
	begin(t, old)
	check(old.Close())
	file := filepath.Join(t.TempDir(), "copy.db")
	if c := must(ledger.Backup(t.Context(), path, file)); c.Run.ID != 1 {
		t.Errorf("the copy's last run is %d", c.Run.ID)
	}
	if names := listing(t, filepath.Dir(path)); !slices.Equal(names, []string{"reconcile.db"}) {
		t.Errorf("the ledger was upgraded: %q", names)
	}
	reopen(t, file)
}

func TestBackupRefusesPlaces(t *testing.T) {
	write := func(t *testing.T, path string) string {
		check(os.WriteFile(path, []byte("mine"), 0o600))
		return path
	}
	for _, tc := range []struct {
		name  string
		place func(t *testing.T, l, dir string) string
		says  string
	}{
		{"a file that is there", func(t *testing.T, _, dir string) string { return write(t, filepath.Join(dir, "copy.db")) }, "copy.db is there already"},
		{"a link that leads nowhere", func(t *testing.T, _, dir string) string {
			check(os.Symlink("nowhere", filepath.Join(dir, "copy.db")))
			return filepath.Join(dir, "copy.db")
		}, "copy.db is there already"},
		{"a name with another database's log", func(t *testing.T, _, dir string) string {
			write(t, filepath.Join(dir, "copy.db-wal"))
			return filepath.Join(dir, "copy.db")
		}, "copy.db-wal is there already"},
		{"a name with another database's journal", func(t *testing.T, _, dir string) string {
			write(t, filepath.Join(dir, "copy.db-journal"))
			return filepath.Join(dir, "copy.db")
		}, "copy.db-journal is there already"},
		{"a folder", func(_ *testing.T, _, dir string) string { return dir }, "this is a folder"},
		{"the ledger", func(_ *testing.T, l, _ string) string { return l }, "this is the ledger itself"},
		{"a link to the ledger", func(t *testing.T, l, dir string) string {
			check(os.Symlink(l, filepath.Join(dir, "copy.db")))
			return filepath.Join(dir, "copy.db")
		}, "this is the ledger itself"},
		{"the ledger's log", func(_ *testing.T, l, _ string) string { return l + "-wal" }, "keeps this name"},
		{"its journal, by another way", func(_ *testing.T, l, dir string) string {
			check(os.Symlink(filepath.Dir(l), filepath.Join(dir, "way")))
			return filepath.Join(dir, "way", filepath.Base(l)+"-journal")
		}, "keeps this name"},
		{"its lock", func(_ *testing.T, l, _ string) string { return l + ".lock" }, "keeps this name"},
		{"the copy before an upgrade", func(_ *testing.T, l, _ string) string { return l + ".v12" }, "keeps this name"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := aFilledLedger(t)
			check(l.Close())
			dir := t.TempDir()
			file := tc.place(t, l.Path(), dir)
			before, beside := listing(t, dir), listing(t, filepath.Dir(l.Path()))
			_, err := ledger.Backup(t.Context(), l.Path(), file)
			if !errors.Is(err, ledger.ErrPlace) || !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), file) {
				t.Errorf("%v, want %q", err, tc.says)
			}
			if after := listing(t, dir); !slices.Equal(before, after) {
				t.Errorf("left %q, before %q", after, before)
			}
			if after := listing(t, filepath.Dir(l.Path())); !slices.Equal(beside, after) {
				t.Errorf("left %q beside the ledger, before %q", after, beside)
			}
		})
	}
}

// A name that only begins like the ledger's is the user's.
func TestBackupBesideTheLedger(t *testing.T) {
	l := aFilledLedger(t)
	for _, end := range []string{".bak", "-2026-11-21", ".v2.db"} {
		must(ledger.Backup(t.Context(), l.Path(), l.Path()+end))
	}
}

func TestBackupWantsAFolder(t *testing.T) {
	l := aFilledLedger(t)
	dir := t.TempDir()
	check(os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	for _, folder := range []string{"missing", "file"} {
		_, err := ledger.Backup(t.Context(), l.Path(), filepath.Join(dir, folder, "copy.db"))
		if err == nil || errors.Is(err, ledger.ErrPlace) || !strings.Contains(err.Error(), "its folder is not there: mount or make it") {
			t.Errorf("%s: %v", folder, err)
		}
	}
	if names := listing(t, dir); !slices.Equal(names, []string{"file"}) {
		t.Errorf("left %q", names)
	}
}

// overwrite spoils a page of a table, given by SQL for its number.
func overwrite(t *testing.T, path, query string) {
	t.Helper()
	db := must(sql.Open("sqlite3", "file:"+path+"?mode=ro&immutable=1"))
	defer db.Close()
	var page int64
	check(db.QueryRowContext(t.Context(), query).Scan(&page))
	file := must(os.OpenFile(path, os.O_RDWR, 0))
	must(file.WriteAt([]byte(strings.Repeat("torn ", 200)), (page-1)*ledger.PageSize))
	check(file.Close())
}

func TestBackupRefusesLedgers(t *testing.T) {
	for _, tc := range []struct {
		name  string
		spoil func(t *testing.T, path string)
		says  string
	}{
		{"none", func(_ *testing.T, path string) { check(os.Remove(path)) }, "no ledger there yet"},
		{"an empty one", func(_ *testing.T, path string) { check(os.Truncate(path, 0)) }, "no ledger there yet"},
		{"one in the making", func(t *testing.T, path string) { edit(t, path, "PRAGMA user_version = 0") }, "no ledger there yet"},
		{"a newer one", func(t *testing.T, path string) { edit(t, path, "PRAGMA user_version = 99") }, "newer version of reconcile"},
		{"a text", func(_ *testing.T, path string) {
			check(os.WriteFile(path, []byte(strings.Repeat("order,amount\n", 100)), 0o600))
		}, "no SQLite database"},
		{"one that was cut off", func(_ *testing.T, path string) { check(os.Truncate(path, ledger.PageSize*20)) }, "damaged"},
		{"one with a torn page", func(t *testing.T, path string) {
			overwrite(t, path, "SELECT rootpage FROM sqlite_master WHERE name = 'charges'")
		}, "damaged"},
		{"one with a torn index", func(t *testing.T, path string) {
			overwrite(t, path, "SELECT rootpage FROM sqlite_master WHERE name = 'charges_by_paid'")
		}, "damaged"},
		{"one with a stale index", func(t *testing.T, path string) {
			edit(t, path, "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'charges_by_created'")
			edit(t, path, "CREATE INDEX charges_by_created ON charges (account, paid_at)")
			edit(t, path, "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX charges_by_created ON charges (account, created_at)' WHERE name = 'charges_by_created'")
		}, "fails its check (row 1 missing from index charges_by_created)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := aFilledLedger(t)
			check(l.Close())
			tc.spoil(t, l.Path())
			before, _ := os.ReadFile(l.Path())
			dir := t.TempDir()
			_, err := ledger.Backup(t.Context(), l.Path(), filepath.Join(dir, "copy.db"))
			if err == nil || errors.Is(err, ledger.ErrPlace) || !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), l.Path()) {
				t.Errorf("%v, want %q", err, tc.says)
			}
			if names := listing(t, dir); len(names) != 0 {
				t.Errorf("left %q", names)
			}
			if after, _ := os.ReadFile(l.Path()); string(after) != string(before) {
				t.Error("the ledger was changed")
			}
		})
	}
}

// edit does to a ledger what no reconcile would.
func edit(t *testing.T, path, statements string) {
	t.Helper()
	db := must(sql.Open("sqlite3", "file:"+path))
	defer db.Close()
	must(db.ExecContext(t.Context(), statements))
}

// A backup that was killed leaves its folder; the next one there clears it
// away, whatever its own name, and lets alone what another is still writing.
func TestBackupClearsWhatAKilledOneLeft(t *testing.T) {
	l := aFilledLedger(t)
	dir := t.TempDir()
	for _, name := range []string{".reconcile-backup-1", ".reconcile-backup-2", ".reconcile-backup-alive", ".other"} {
		check(os.Mkdir(filepath.Join(dir, name), 0o700))
	}
	check(os.WriteFile(filepath.Join(dir, ".reconcile-backup-1", "copy.db"), []byte("half"), 0o600))
	alive := flock.New(filepath.Join(dir, ".reconcile-backup-alive", "lock"))
	defer alive.Close()
	if !must(alive.TryLock()) {
		t.Fatal("the lock is taken")
	}
	must(ledger.Backup(t.Context(), l.Path(), filepath.Join(dir, "copy.db")))
	if got, want := listing(t, dir), []string{".other", ".reconcile-backup-alive", "copy.db"}; !slices.Equal(got, want) {
		t.Errorf("there is %q, want %q", got, want)
	}
}

func TestBackupStops(t *testing.T) {
	l := aFilledLedger(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	dir := t.TempDir()
	if _, err := ledger.Backup(ctx, l.Path(), filepath.Join(dir, "copy.db")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if names := listing(t, dir); len(names) != 0 {
		t.Errorf("left %q", names)
	}
}
