package report

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// carry brings the files of the old folder that reconcile did not write into
// the new one. Names that the new one has already are its own.
func (f *folder) carry() error {
	if !f.old.exists {
		return nil
	}
	entries, err := os.ReadDir(f.target())
	if err != nil {
		return err
	}
	for _, e := range entries {
		to := filepath.Join(f.build, e.Name())
		if _, err := os.Lstat(to); err == nil || f.old.ours[e.Name()] {
			continue
		}
		if err := carryEntry(filepath.Join(f.target(), e.Name()), to, e); err != nil {
			return err
		}
	}
	return nil
}

func carryEntry(from, to string, e fs.DirEntry) error {
	switch {
	case e.IsDir():
		return carryFolder(from, to)
	case e.Type()&fs.ModeSymlink != 0:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	case os.Link(from, to) == nil:
		return nil
	default: // a file system without links
		return copyFile(from, to)
	}
}

func carryFolder(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := makeFolder(to); err != nil {
		return err
	}
	for _, e := range entries {
		if err := carryEntry(filepath.Join(from, e.Name()), filepath.Join(to, e.Name()), e); err != nil {
			return err
		}
	}
	return syncFolder(to)
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Chtimes(to, info.ModTime(), info.ModTime())
}
