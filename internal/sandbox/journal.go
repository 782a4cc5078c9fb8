package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// journal is the data file: what the state was made from rather than the state. Equal options and
// equal writes at equal instants give equal bytes, so playing them again is all it takes. A nil
// journal keeps nothing.
type journal struct {
	path string
	lock *flock.Flock
	file *os.File
	size int64 // of the whole lines
}

// entry is a later line: a request that writes, or where the clock went, or what became of a
// webhook. Numbers and codes of cards are in none.
type entry struct {
	At       time.Time       `json:"at"`
	IDs      int             `json:"ids"` // how many had been made: another count tells that the file does not fit
	Method   string          `json:"method,omitempty"`
	Path     string          `json:"path,omitempty"`
	Version  string          `json:"version,omitempty"`
	Base     string          `json:"base,omitempty"`
	Params   json.RawMessage `json:"params,omitempty"`
	Clock    *dial           `json:"clock,omitempty"`
	Delivery *delivered      `json:"delivery,omitempty"`
}

// append adds a line. One that does not go in whole is taken out again.
func (j *journal) append(e *entry) error {
	if j == nil {
		return nil
	}
	line, err := lineOf(e)
	if err == nil {
		_, err = j.file.WriteAt(line, j.size)
	}
	if err != nil {
		_ = j.file.Truncate(j.size)
		return unwritable(err)
	}
	j.size += int64(len(line))
	return nil
}

func unwritable(err error) *Error {
	return &Error{
		Status: http.StatusServiceUnavailable, Code: "service_unavailable",
		Message: fmt.Sprintf("the data file cannot be written: %v", err),
	}
}

func lineOf(v any) ([]byte, error) {
	line, err := json.Marshal(v)
	return append(line, '\n'), err
}

// restart puts a file with nothing but a header in the place of what there was, at once.
func (j *journal) restart(h header) error {
	if j == nil {
		return nil
	}
	line, err := lineOf(h)
	if err != nil {
		return err
	}
	fresh, err := os.CreateTemp(filepath.Dir(j.path), filepath.Base(j.path)+".*") // mode 0600
	if err != nil {
		return unwritable(err)
	}
	if err := settle(fresh, line, j.path); err != nil {
		_ = fresh.Close()
		_ = os.Remove(fresh.Name())
		return unwritable(err)
	}
	if j.file != nil {
		_ = j.file.Close()
	}
	j.file, j.size = fresh, int64(len(line))
	return nil
}

func settle(fresh *os.File, line []byte, path string) error {
	if _, err := fresh.Write(line); err != nil {
		return err
	}
	if err := fresh.Sync(); err != nil {
		return err
	}
	return os.Rename(fresh.Name(), path)
}

// close waits until the file is on the disk.
func (j *journal) close() error {
	if j == nil {
		return nil
	}
	defer j.lock.Close()
	if j.file == nil {
		return nil
	}
	err := j.file.Sync()
	if e := j.file.Close(); err == nil {
		err = e
	}
	return err
}
