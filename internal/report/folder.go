package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

const (
	fileMode   = 0o640
	folderMode = 0o750
)

// folder is a report folder that is built beside its place and swapped in.
//
//	PARENT/.new-RUN    the new one while it is built
//	PARENT/.old-NAME   the one before, between the two renames
type folder struct {
	parent, name string
	build        string // full path of .new-RUN
	old          oldFolder
	taken        map[string]bool // see Options.Taken
	kept         map[string]bool // workbooks that stay beside the new one
	rescued      bool            // a workbook was saved while the new one was written
	disk         disk
}

// disk is what the folder does to the file system, replaceable in tests.
type disk struct {
	create func(path string) (io.WriteCloser, error)
	step   func(name string) error // called before each step of the swap
}

func realDisk() disk {
	return disk{create: createFile, step: func(string) error { return nil }}
}

// oldFolder is the report folder that stands at the place already.
type oldFolder struct {
	exists bool
	ours   map[string]bool   // files that its manifest names, and the manifest
	sums   map[string]string // their SHA-256 as the manifest says
}

func openFolder(dir string, run int64, taken map[string]bool, d disk) (*folder, error) {
	if !filepath.IsAbs(dir) {
		return nil, fmt.Errorf("reports folder %q is not an absolute path", dir)
	}
	dir = filepath.Clean(dir)
	f := &folder{
		parent: filepath.Dir(dir), name: filepath.Base(dir),
		build: filepath.Join(filepath.Dir(dir), ".new-"+strconv.FormatInt(run, 10)), taken: taken, disk: d,
	}
	if err := makeParent(f.parent); err != nil {
		return nil, err
	}
	if err := settle(f.parent, f.name); err != nil {
		return nil, err
	}
	var err error
	if f.old, err = readOld(dir); err != nil {
		return nil, err
	}
	if err := f.keepWorkbooks(); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(f.build); err != nil {
		return nil, err
	}
	return f, makeFolder(f.build)
}

func makeParent(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return err
	}
	return os.Chmod(dir, folderMode)
}

// makeFolder sets the mode by itself: what the umask takes away is given back.
func makeFolder(dir string) error {
	if err := os.Mkdir(dir, folderMode); err != nil {
		return err
	}
	return os.Chmod(dir, folderMode)
}

// Check finds out whether a report folder may stand at dir, before any work is
// done for it: a folder with files in it that is no report folder is refused.
func Check(dir string) error {
	_, err := readOld(dir)
	return err
}

// readOld looks at what stands at the place. A folder with files in it that is
// not a report folder is somebody else's, and is refused.
func readOld(dir string) (oldFolder, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return oldFolder{}, nil
	}
	if err != nil {
		return oldFolder{}, err
	}
	if len(entries) == 0 {
		return oldFolder{exists: true}, nil
	}
	raw, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return oldFolder{}, fmt.Errorf("%s holds files but no %s, so it is not a report folder: name a new or an empty one", dir, manifestName)
	}
	if err != nil {
		return oldFolder{}, err
	}
	old := oldFolder{exists: true, ours: map[string]bool{manifestName: true}, sums: map[string]string{}}
	var m manifest
	if json.Unmarshal(raw, &m) == nil { // else every file is taken for the user's
		for name, file := range m.Files {
			old.ours[name], old.sums[name] = true, file.SHA256
		}
	}
	return old, nil
}

func (f *folder) target() string { return filepath.Join(f.parent, f.name) }
func (f *folder) aside() string  { return filepath.Join(f.parent, ".old-"+f.name) }

// workbookName is the first name whose workbook may be replaced.
func (f *folder) workbookName() (name string, neighbour bool) {
	for n := 1; ; n++ {
		if name = numbered("reconciliation-"+f.name+".xlsx", n); !f.kept[name] {
			return name, n > 1
		}
	}
}

// swap puts the new folder in the place of the old one. After each step the
// disk is in a state that Recover understands.
func (f *folder) swap() error {
	if err := f.disk.step("sync"); err != nil {
		return err
	}
	if err := syncFolder(f.build); err != nil {
		return err
	}
	if f.old.exists {
		if err := f.disk.step("set the old folder aside"); err != nil {
			return err
		}
		if err := os.Rename(f.target(), f.aside()); err != nil {
			return err
		}
	}
	if err := f.enter(); err != nil {
		return err
	}
	if err := f.disk.step("remove the old folder"); err != nil {
		return err
	}
	// The new folder stands; an old one that cannot be removed now is removed
	// by the next start.
	rescued, err := rescue(f.aside(), f.target(), f.taken)
	f.rescued = rescued > 0
	if err == nil {
		_ = os.RemoveAll(f.aside())
	}
	return syncFolder(f.parent)
}

// enter renames the new folder into place, or brings the old one back.
func (f *folder) enter() error {
	if err := f.disk.step("put the new folder in place"); err != nil {
		return err
	}
	err := os.Rename(f.build, f.target())
	if err == nil {
		return syncFolder(f.parent)
	}
	if f.old.exists {
		err = errors.Join(err, os.Rename(f.aside(), f.target()))
	}
	return err
}

// discard removes what was built.
func (f *folder) discard() { _ = os.RemoveAll(f.build) }

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
