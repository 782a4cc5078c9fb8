package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

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

var errDataLocked = errors.New("another sandbox uses it")

// errForeign is found where a file asks for other ids than this sandbox makes.
type errForeign struct{ made, written int }

func (e errForeign) Error() string {
	return fmt.Sprintf("another version of the sandbox wrote this: it had made %d ids by then, this one %d", e.written, e.made)
}

// Kept gives those Options that a data file was begun with; ok is false where there is none yet.
func Kept(file string) (o Options, ok bool, err error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return o, false, nil
	}
	if err != nil {
		return o, false, &DataError{File: file, Err: err}
	}
	defer f.Close()
	line, err := bufio.NewReader(f).ReadBytes('\n')
	if len(line) == 0 && err == io.EOF {
		return o, false, nil
	}
	h, err := parseHeader(line)
	if err != nil {
		return o, false, &DataError{File: file, Line: 1, Err: err}
	}
	return h.options(), true, nil
}

func (h header) options() Options {
	o := Options{
		Seed: h.Seed, Charges: h.Charges, Customers: h.Customers, Country: h.Country, Days: h.Days,
		Livemode: h.Livemode, Lifetime: h.Lifetime,
	}
	if h.Still {
		o.Clock = h.Start
	}
	return o
}

func headerOf(o Options, start time.Time) header {
	return header{
		Format: journalFormat, planting: o.planting(), Country: o.Country, Days: o.Days,
		Livemode: o.Livemode, Lifetime: o.Lifetime, Start: start.UTC(), Still: !o.Clock.IsZero(),
	}
}

// contradicts names the first option that is not what the file was begun with.
func (h header) contradicts(o Options) error {
	was := h.options()
	for _, c := range []struct {
		name       string
		kept, told any
	}{
		{"seed", was.Seed, o.Seed},
		{"charges", was.Charges, o.Charges},
		{"customers", was.Customers, o.Customers},
		{"country", was.Country, o.Country},
		{"days", was.Days, o.Days},
		{"livemode", was.Livemode, o.Livemode},
		{"authorization-lifetime", was.Lifetime, o.Lifetime},
		{"clock", was.Clock.UTC().Format(time.RFC3339Nano), o.Clock.UTC().Format(time.RFC3339Nano)},
	} {
		if c.kept != c.told {
			return fmt.Errorf("the data file was begun with %s %v, not %v; leave it as it was, or choose another data file", c.name, c.kept, c.told)
		}
	}
	return nil
}

func parseHeader(line []byte) (h header, err error) {
	if json.Unmarshal(line, &h) != nil || h.Format == 0 || !bytes.HasSuffix(line, []byte("\n")) {
		return h, errors.New("this is no data file of a sandbox")
	}
	if h.Format > journalFormat {
		return h, fmt.Errorf("a newer sandbox wrote it: format %d, this one knows %d", h.Format, journalFormat)
	}
	return h, nil
}

// openJournal takes the file for this process alone. Its reader stands behind the header; nil if
// there was no file.
func openJournal(path string) (j *journal, h header, rest *bufio.Reader, err error) {
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
	if len(line) == 0 && err == io.EOF { // made by somebody's mktemp
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
		case err == io.EOF && len(line) == 0:
			return false, nil
		case err == io.EOF:
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
