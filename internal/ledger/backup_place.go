package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/gofrs/flock"
)

// ErrPlace says that a backup was asked for where none may be. Nothing was done.
var ErrPlace = errors.New("no backup can be made there")

func wrongPlace(why string) error { return fmt.Errorf("%w: %s", ErrPlace, why) }

// ledgersOwn are the ends of the names that a ledger keeps for itself. SQLite
// would take what it finds there for its own, or delete it.
var ledgersOwn = regexp.MustCompile(`^(-wal|-shm|-journal|\.lock|\.wait|\.v[0-9]+)$`)

// checkPlace refuses what a backup would spoil. Its folder is never made: one
// that is missing may be a disk that is not mounted.
func checkPlace(path, file string) error {
	folder, err := os.Stat(filepath.Dir(file))
	if errors.Is(err, fs.ErrNotExist) || (err == nil && !folder.IsDir()) {
		return errors.New("its folder is not there: mount or make it, or name another file")
	}
	if err != nil {
		return err
	}
	if err := notTheLedger(path, file, folder); err != nil {
		return err
	}
	return free(file)
}

// notTheLedger keeps a backup away from the ledger and from the names that it
// keeps for itself. Folder is that of file.
func notTheLedger(path, file string, folder fs.FileInfo) error {
	ledger, missing := os.Stat(path)
	if there, err := os.Stat(file); err == nil {
		switch {
		case missing == nil && os.SameFile(ledger, there):
			return wrongPlace("this is the ledger itself; name another file")
		case there.IsDir():
			return wrongPlace("this is a folder; name a file in it")
		}
	}
	home, err := os.Stat(filepath.Dir(path))
	end, near := strings.CutPrefix(filepath.Base(file), filepath.Base(path))
	if err == nil && near && os.SameFile(home, folder) && ledgersOwn.MatchString(end) {
		return wrongPlace("the ledger keeps this name for itself; name another file")
	}
	return nil
}

// free makes sure that nothing stands at file, nor what SQLite would take for a
// part of the copy: another database's log would be played into it.
func free(file string) error {
	for _, end := range []string{"", "-wal", "-journal"} {
		if _, err := os.Lstat(file + end); err == nil {
			return wrongPlace(filepath.Base(file+end) + " is there already, and a backup never writes over a file; name another")
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// desk is a folder beside a backup, for this user alone, in which the copy is
// made. Its lock shows that it is in use, so that what a process left that died
// can be told from what another one is writing.
type desk struct {
	folder string
	copy   string
	lock   *flock.Flock
}

const deskName = ".reconcile-backup-"

// newDesk clears away the desks that dead processes left beside file and makes
// one.
func newDesk(file string) (*desk, error) {
	beside := filepath.Dir(file)
	if err := clearDesks(beside); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(beside, deskName)
	if err != nil {
		return nil, err
	}
	d := deskAt(folder)
	if err := d.prepare(); err != nil {
		return nil, errors.Join(err, d.clear())
	}
	return d, nil
}

func deskAt(folder string) *desk {
	lock := flock.New(filepath.Join(folder, "lock"), flock.SetPermissions(0o600))
	return &desk{folder: folder, copy: filepath.Join(folder, "copy.db"), lock: lock}
}

func (d *desk) prepare() error {
	switch ok, err := d.lock.TryLock(); {
	case err != nil:
		return err
	case !ok: // taken for left behind, in the instant before it was locked
		return errors.New("another backup that began at the same moment came in between; try again")
	}
	// Made here, because SQLite would give it a mode by the umask.
	file, err := os.OpenFile(d.copy, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(file.Chmod(0o600), file.Close())
}

func clearDesks(beside string) error {
	entries, err := os.ReadDir(beside)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), deskName) {
			continue
		}
		d := deskAt(filepath.Join(beside, entry.Name()))
		if ok, err := d.lock.TryLock(); err != nil || !ok {
			continue // another backup is at work there, or another user's
		}
		if err := d.clear(); err != nil {
			return err
		}
	}
	return nil
}

// publish puts the copy on the disk and gives it its name.
func (d *desk) publish(file string) error {
	made, err := os.OpenFile(d.copy, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(made.Sync(), made.Close()); err != nil {
		return err
	}
	if err := free(file); err != nil {
		return err
	}
	if err := os.Rename(d.copy, file); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

func (d *desk) clear() error { return errors.Join(os.RemoveAll(d.folder), d.lock.Close()) }

// syncFolder makes a new name last, on file systems that leave it to us.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return nil //nolint:nilerr // a folder that cannot be opened like a file
	}
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, folder.Close())
}
