//go:build unix

package ledger_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"reconcile/internal/ledger"
)

func TestOpenKeepsItsFilesPrivate(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	l := reopen(t, pathOf(t))
	begin(t, l)
	lock := must(ledger.AcquireLock(t.Context(), l.Path(), 0))
	defer lock.Release()
	files := must(filepath.Glob(l.Path() + "*"))
	if len(files) != 4 {
		t.Errorf("files %q, want the ledger, -wal, -shm and .lock", files)
	}
	for _, file := range files {
		if mode := must(os.Stat(file)).Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o", filepath.Base(file), mode)
		}
	}
}

func TestOpenRefusesAFileThatCannotBeWritten(t *testing.T) {
	path := pathOf(t)
	check(must(ledger.Open(t.Context(), path)).Close())
	check(os.Chmod(path, 0o400))
	asNobody(t, filepath.Dir(path), func() {
		_, err := ledger.Open(t.Context(), path)
		if err == nil || !strings.Contains(err.Error(), "permission denied") || !strings.Contains(err.Error(), path) {
			t.Errorf("opened a file that cannot be written: %v", err)
		}
	})
}

func TestOpenRefusesAFolderThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	check(os.Chmod(dir, 0o555))
	asNobody(t, dir, func() {
		_, err := ledger.Open(t.Context(), filepath.Join(dir, "reconcile.db"))
		if err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("made a ledger in a folder that cannot be written: %v", err)
		}
	})
	if _, err := ledger.Open(t.Context(), filepath.Join(dir, "none", "reconcile.db")); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("made a ledger in a folder that is not there: %v", err)
	}
}
