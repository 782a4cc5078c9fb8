package report

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// outFile is a file of the report folder: it knows the hash of what went in.
type outFile struct {
	io.Writer
	name string
	rows int64
	file io.WriteCloser
	sum  hash.Hash
}

func (f *folder) createOut(name string) (*outFile, error) {
	file, err := f.disk.create(filepath.Join(f.build, name))
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	return &outFile{Writer: io.MultiWriter(file, sum), name: name, file: file, sum: sum}, nil
}

func (o *outFile) close() (File, error) {
	err := o.file.Close()
	return File{Name: o.name, Rows: o.rows, SHA256: hex.EncodeToString(o.sum.Sum(nil))}, err
}

// syncedFile reaches the disk before it is closed.
type syncedFile struct{ *os.File }

func (s syncedFile) Close() error { return errors.Join(s.Sync(), s.File.Close()) }

func createFile(path string) (io.WriteCloser, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(fileMode); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return syncedFile{f}, nil
}
