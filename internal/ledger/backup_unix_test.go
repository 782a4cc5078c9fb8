//go:build unix

package ledger_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"reconcile/internal/ledger"
)

func TestBackupIsPrivate(t *testing.T) {
	l := aFilledLedger(t)
	file := filepath.Join(t.TempDir(), "copy.db")
	defer syscall.Umask(syscall.Umask(0))
	must(ledger.Backup(t.Context(), l.Path(), file))
	if mode := must(os.Stat(file)).Mode().Perm(); mode != 0o600 {
		t.Errorf("mode %o", mode)
	}
}

// Where nothing can be written, a ledger is read as it lies there, and nothing
// is left beside it.
func TestBackupFromWhereNothingCanBeWritten(t *testing.T) {
	for name, modes := range map[string]struct{ folder, file os.FileMode }{
		"folder": {0o555, 0o666}, "file": {0o777, 0o444}, "both": {0o555, 0o444},
	} {
		t.Run(name, func(t *testing.T) {
			l := aFilledLedger(t)
			check(l.Close())
			copies := t.TempDir()
			check(os.Chmod(copies, 0o777))
			home := filepath.Dir(l.Path())
			check(os.Chmod(l.Path(), modes.file))
			check(os.Chmod(home, modes.folder))
			asNobody(t, home, func() {
				// A context that could end would take SQLite to another thread.
				must(ledger.Backup(context.Background(), l.Path(), filepath.Join(copies, "copy.db")))
			})
			check(os.Chmod(home, 0o755))
			holds(t, filepath.Join(copies, "copy.db"), 0)
			if names := listing(t, home); !slices.Equal(names, []string{"reconcile.db"}) {
				t.Errorf("beside the ledger lie %q", names)
			}
		})
	}
}

func TestBackupToWhereNothingCanBeWritten(t *testing.T) {
	l := aFilledLedger(t)
	dir := t.TempDir()
	check(os.Chmod(dir, 0o555))
	check(os.Chmod(l.Path(), 0o644))
	asNobody(t, dir, func() {
		_, err := ledger.Backup(context.Background(), l.Path(), filepath.Join(dir, "copy.db"))
		if err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("wrote a copy into a folder that cannot be written: %v", err)
		}
	})
}
