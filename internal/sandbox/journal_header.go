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
)

// journalFormat is raised when older sandboxes could not play what newer ones wrote.
const journalFormat = 1

// header is the first line of a data file.
type header struct {
	Format int `json:"sandbox"`
	planting
	Country  string        `json:"country"`
	Days     int           `json:"days"`
	Livemode bool          `json:"livemode"`
	Lifetime time.Duration `json:"lifetime_ns,omitzero"`
	Start    time.Time     `json:"start"` // the seeded objects end here
	Still    bool          `json:"still,omitzero"`
	// Again is what POST /_sandbox/seed has put in the place of the first seeding.
	Again *planting `json:"again,omitempty"`
}

// Kept gives those Options that a data file was begun with; ok is false where there is none yet.
func Kept(file string) (o Options, ok bool, err error) {
	if file, err = dataPath(file); err != nil {
		return o, false, err
	}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return o, false, nil
	}
	if err != nil {
		return o, false, &DataError{File: file, Err: err}
	}
	line, err := bufio.NewReader(f).ReadBytes('\n')
	_ = f.Close()
	if len(line) == 0 && errors.Is(err, io.EOF) {
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
