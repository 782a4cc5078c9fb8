package sandbox

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// DataError tells why a data file cannot be used.
type DataError struct {
	File string
	Line int // 0 for the file as a whole
	Err  error
}

func (e *DataError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("data file %s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("data file %s, line %d: %v", e.File, e.Line, e.Err)
}

func (e *DataError) Unwrap() error { return e.Err }

// dataPath is where a data file is or will be: behind a link, so that the lock beside it is the one
// that everybody takes. What is no file could be replaced by one, or be read without an end.
func dataPath(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path, nil
	case err == nil && !info.Mode().IsRegular():
		err = errors.New("it is not a file; name one, or one that is still to be made")
	case err == nil:
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return path, &DataError{File: path, Err: err}
	}
	return path, nil
}

var errDataLocked = errors.New("another sandbox uses it")

// errForeign is found where a file asks for other ids than this sandbox makes.
type errForeign struct{ made, written int }

func (e errForeign) Error() string {
	return fmt.Sprintf("another version of the sandbox wrote this: it had made %d ids by then, this one %d", e.written, e.made)
}

// openJournal takes the file for this process alone. Its reader stands behind the header; nil if
// there was no file.
func openJournal(path string) (j *journal, h header, rest *bufio.Reader, err error) {
	if path, err = dataPath(path); err != nil {
		return nil, h, nil, err
	}
	j = &journal{path: path, lock: flock.New(path+".lock", flock.SetPermissions(0o600))}
	defer func() {
		if err != nil {
			_ = j.close()
		}
	}()
	if ok, err := j.lock.TryLock(); err != nil || !ok {
		if err == nil {
			err = errDataLocked
		}
		return j, h, nil, &DataError{File: path, Err: err}
	}
	j.file, err = os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return j, h, nil, nil
	}
	if err != nil {
		return j, h, nil, &DataError{File: path, Err: err}
	}
	rest = bufio.NewReaderSize(j.file, 1<<16)
	line, err := rest.ReadBytes('\n')
	if len(line) == 0 && errors.Is(err, io.EOF) { // made by somebody's mktemp
		return j, h, nil, nil
	}
	j.size = int64(len(line))
	if h, err = parseHeader(line); err != nil {
		return j, h, nil, &DataError{File: path, Line: 1, Err: err}
	}
	return j, h, rest, nil
}

// entries plays every line. A last one without an end was cut by a kill: it is taken out, and was
// never answered. It reports whether there was such a line.
func (j *journal) entries(rest *bufio.Reader, play func(*entry) error) (torn bool, err error) {
	for n := 2; ; n++ {
		line, err := rest.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0:
			return false, nil
		case errors.Is(err, io.EOF):
			return true, j.file.Truncate(j.size)
		case err != nil:
			return false, &DataError{File: j.path, Line: n, Err: err}
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil || e.At.IsZero() {
			return false, &DataError{File: j.path, Line: n, Err: errors.New("it is damaged")}
		}
		if err := play(&e); err != nil {
			return false, &DataError{File: j.path, Line: n, Err: err}
		}
		j.size += int64(len(line))
	}
}
