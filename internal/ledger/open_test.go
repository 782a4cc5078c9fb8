package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reconcile/internal/ledger"
)

func pragma(t *testing.T, l *ledger.Ledger, name string) string {
	t.Helper()
	var value string
	check(l.DB().QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&value))
	return value
}

func TestOpenMakesALedger(t *testing.T) {
	l := reopen(t, pathOf(t))
	for name, want := range map[string]string{
		"page_size": "16384", "journal_mode": "wal", "application_id": "1919118956", "user_version": "3",
		"foreign_keys": "1", "synchronous": "2", "busy_timeout": "10000", "integrity_check": "ok",
	} {
		if got := pragma(t, l, name); got != want {
			t.Errorf("PRAGMA %s = %s, want %s", name, got, want)
		}
	}
}

func TestOpenTakesALedgerUpAgain(t *testing.T) {
	path := pathOf(t)
	l := must(ledger.Open(t.Context(), path))
	run := begin(t, l)
	check(l.Close())
	l = reopen(t, path)
	if got := must(l.RunByID(t.Context(), run.ID)); got == nil {
		t.Error("the run is gone")
	}
	if copies := must(filepath.Glob(path + ".v*")); len(copies) > 0 {
		t.Errorf("copies made without an upgrade: %q", copies)
	}
}

// A file of no bytes is what a run leaves that was cut short while it made one.
func TestOpenFinishesAnEmptyFile(t *testing.T) {
	path := pathOf(t)
	check(os.WriteFile(path, nil, 0o644))
	l := reopen(t, path)
	if got := pragma(t, l, "page_size"); got != "16384" {
		t.Errorf("page size %s", got)
	}
	if mode := must(os.Stat(path)).Mode().Perm(); mode != 0o600 {
		t.Errorf("mode %o", mode)
	}
}

func TestOpenPathsWithOddLetters(t *testing.T) {
	for _, name := range []string{"a b.db", "a?mode=memory.db", "a#b.db", "100%.db", "a%20b.db", "บัญชี&x=1.db", "a;b'c\"d.db"} {
		path := filepath.Join(t.TempDir(), name)
		l := reopen(t, path)
		run := begin(t, l)
		if info := must(os.Stat(path)); info.Size() == 0 {
			t.Errorf("%s: empty", name)
		}
		r := must(ledger.OpenReader(t.Context(), path))
		if got := must(r.LastRun(t.Context())); got == nil || got.ID != run.ID {
			t.Errorf("%s: the reader sees %v", name, got)
		}
		snapshot(t, l, run.ID, 0)
		check(r.Close())
	}
}

func foreign(t *testing.T, path string) {
	t.Helper()
	db := must(sql.Open("sqlite3", "file:"+path))
	must(db.ExecContext(t.Context(), "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)"))
	check(db.Close())
}

func TestOpenRefuses(t *testing.T) {
	for _, tc := range []struct {
		name string
		make func(t *testing.T, path string)
		want error
		says string
	}{
		{"a newer ledger", func(t *testing.T, path string) {
			l := must(ledger.Open(t.Context(), path))
			must(l.DB().ExecContext(t.Context(), "PRAGMA user_version = 99"))
			check(l.Close())
		}, ledger.ErrNewer, "its schema is 99, this one knows 3"},
		{"a text file", func(t *testing.T, path string) {
			check(os.WriteFile(path, []byte(strings.Repeat("order,amount\n", 100)), 0o600))
		}, ledger.ErrNotLedger, "no SQLite database"},
		{"a short text file", func(t *testing.T, path string) {
			check(os.WriteFile(path, []byte("hello\n"), 0o600))
		}, ledger.ErrNotLedger, "no SQLite database"},
		{"another program's database", foreign, ledger.ErrNotLedger, "another program"},
		{"a damaged ledger", func(t *testing.T, path string) {
			check(must(ledger.Open(t.Context(), path)).Close())
			text := must(os.ReadFile(path))
			copy(text[100:], strings.Repeat("x", 1000))
			check(os.WriteFile(path, text, 0o600))
		}, nil, "damaged"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := pathOf(t)
			tc.make(t, path)
			before := must(os.ReadFile(path))
			for _, opener := range []struct {
				who  string
				open func(context.Context, string) (*ledger.Ledger, error)
			}{{"writer", ledger.Open}, {"reader", ledger.OpenReader}} {
				l, err := opener.open(t.Context(), path)
				if err == nil {
					l.Close()
					t.Fatalf("%s: no error", opener.who)
				}
				if tc.want != nil && !errors.Is(err, tc.want) {
					t.Errorf("%s: %v, want %v", opener.who, err, tc.want)
				}
				if !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), path) {
					t.Errorf("%s: %v does not say %q and %s", opener.who, err, tc.says, path)
				}
				if string(must(os.ReadFile(path))) != string(before) {
					t.Errorf("%s: the refused file was changed", opener.who)
				}
			}
		})
	}
}

func TestReaderWantsALedger(t *testing.T) {
	path := pathOf(t)
	if _, err := ledger.OpenReader(t.Context(), path); !errors.Is(err, ledger.ErrMissing) {
		t.Errorf("no file: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the reader made a file")
	}
	check(os.WriteFile(path, nil, 0o600))
	if _, err := ledger.OpenReader(t.Context(), path); !errors.Is(err, ledger.ErrMissing) {
		t.Errorf("empty file: %v", err)
	}
}

func TestReaderCannotWrite(t *testing.T) {
	l := open(t)
	r := must(ledger.OpenReader(t.Context(), l.Path()))
	defer r.Close()
	if _, err := r.BeginRun(t.Context(), ledger.Run{Kind: ledger.KindRun}); err == nil || !strings.Contains(err.Error(), "writable") {
		t.Errorf("a reader began a run: %v", err)
	}
	run := begin(t, l)
	if got := must(r.LastRun(t.Context())); got == nil || got.ID != run.ID {
		t.Error("the reader does not see what was written since")
	}
}
