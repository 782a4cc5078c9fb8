//go:build unix

package main

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"reconcile/internal/job"
)

// TestModesUnderALaxUmask looks at every file and folder again and again while
// commands write them, and at the end.
func TestModesUnderALaxUmask(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	v := newVault(t)
	stop := v.watchModes()
	v.spoiler.set(func(w http.ResponseWriter, r *http.Request) { // with the ledger open, its -wal and -shm there
		v.wantModes()
		v.sandbox.ServeHTTP(w, r)
	})
	done := []int{job.ExitDone}
	v.must(done, "backfill", "--from", "2028-10-01", "--to", "2028-11-15")
	v.must(done, "run")
	v.later(time.Hour)
	v.must(done, "run")
	v.must(done, "report", "--run", "2", "--out", filepath.Join(v.dir, "far", "away"))
	stop()
	v.wantModes()
}

// watchModes looks at the modes until it is stopped.
func (v *vault) watchModes() (stop func()) {
	end := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			select {
			case <-end:
				return
			default:
				v.wantModes()
			}
		}
	})
	return func() { close(end); watching.Wait() }
}

// wantModes holds that no file of the ledger can be read by others, and no
// report by strangers.
func (v *vault) wantModes() {
	err := filepath.WalkDir(v.dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || path == v.dir || e.Name() == "tmp" || e.Name() == "config.yaml" {
			return nil // it was there a moment ago, or the test made it
		}
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(v.dir, path)
		if mode, most := info.Mode().Perm(), mostFor(filepath.ToSlash(name), info.IsDir()); mode&^most != 0 {
			v.t.Errorf("%s has the mode %04o, want no more than %04o", name, mode, most)
		}
		return nil
	})
	if err != nil {
		v.t.Error(err)
	}
}

func mostFor(name string, folder bool) fs.FileMode {
	switch {
	case folder:
		return 0o750
	case strings.HasPrefix(name, "reports/"), strings.HasPrefix(name, "far/"):
		return 0o640
	}
	return 0o600
}
