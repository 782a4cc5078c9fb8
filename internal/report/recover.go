package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Recover finishes or undoes the swaps in parent that were cut short, and
// removes folders that were never finished. Only one process may be writing
// below parent: the caller holds the ledger's lock.
func Recover(parent string) error {
	entries, err := os.ReadDir(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("recover reports folder %s: %w", parent, err)
	}
	var errs []error
	for _, e := range entries {
		if name, ok := strings.CutPrefix(e.Name(), ".old-"); ok && e.IsDir() && name != "" {
			errs = append(errs, settle(parent, name))
		}
		if isBuild(e) {
			errs = append(errs, os.RemoveAll(filepath.Join(parent, e.Name())))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("recover reports folder %s: %w", parent, err)
	}
	return nil
}

func isBuild(e fs.DirEntry) bool {
	run, ok := strings.CutPrefix(e.Name(), ".new-")
	run = strings.TrimPrefix(run, "probe") // made to see whether the folder is writable
	return ok && e.IsDir() && run != "" && strings.Trim(run, "0123456789") == ""
}

// settle ends a swap of one folder: without a new one the old one comes back,
// beside a finished new one it goes.
func settle(parent, name string) error {
	old, target := filepath.Join(parent, ".old-"+name), filepath.Join(parent, name)
	if _, err := os.Lstat(old); err != nil {
		return nil
	}
	if _, err := os.Lstat(target); errors.Is(err, fs.ErrNotExist) {
		return errors.Join(os.Rename(old, target), syncFolder(parent))
	}
	if _, err := os.Stat(filepath.Join(target, manifestName)); err != nil {
		return fmt.Errorf("%s and %s both exist, and the second is not a report folder: keep one of them", old, target)
	}
	if _, err := rescue(old, target, nil); err != nil {
		return err
	}
	return os.RemoveAll(old)
}
