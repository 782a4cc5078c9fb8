package sandbox

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestDataFilesThatAreRefused(t *testing.T) {
	o := kept(t)
	s := newServer(t, o)
	busy(t, s)
	closed(t, s)
	whole, err := os.ReadFile(o.Data)
	must(t, err)
	lines := strings.SplitAfter(string(whole), "\n")
	for _, tt := range []struct{ name, data, want string }{
		{"other file", "hello\n", "line 1: this is no data file of a sandbox"},
		{"no line", `{"sandbox":1`, "line 1: this is no data file of a sandbox"},
		{"newer", strings.Replace(string(whole), `{"sandbox":1`, `{"sandbox":2`, 1), "line 1: a newer sandbox wrote it: format 2, this one knows 1"},
		{"garbage", lines[0] + lines[1] + "garbage\n" + lines[2], "line 3: it is damaged"},
		{"a line gone", lines[0] + strings.Join(lines[2:], ""), "another version of the sandbox wrote this"},
		{"unknown call", lines[0] + strings.Replace(lines[1], "/_sandbox/charges", "/_sandbox/chargers", 1), "line 2: not_found: the path /_sandbox/chargers was not found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o.Data = filepath.Join(t.TempDir(), "refused")
			must(t, os.WriteFile(o.Data, []byte(tt.data), 0o600))
			_, err := New(o)
			if err == nil || !errors.As(err, new(*DataError)) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v", tt.name, err)
			}
			if left, _ := os.ReadFile(o.Data); string(left) != tt.data {
				t.Errorf("%s: the file was changed", tt.name)
			}
		})
	}
}

func TestDataFileIsAFile(t *testing.T) {
	o := kept(t)
	o.Data = t.TempDir()
	if _, err := New(o); err == nil || !errors.As(err, new(*DataError)) || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("a folder: %v", err)
	}
	if _, _, err := Kept(o.Data); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := os.Stat(o.Data + ".lock"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a refused start left a lock")
	}
}

func TestDataFileBehindALink(t *testing.T) {
	o := kept(t)
	s := newServer(t, o)
	link := o
	link.Data += ".link"
	if err := os.Symlink(o.Data, link.Data); err != nil {
		t.Skip(err)
	}
	if _, err := New(link); !errors.Is(err, errDataLocked) {
		t.Errorf("a second sandbox: %v", err)
	}
	closed(t, s)
	s = newServer(t, link)
	busy(t, s)
	must(t, s.Reset())
	customer := newCustomer(t, s, "")
	closed(t, s)
	s = newServer(t, o)
	defer closed(t, s)
	if a := get(t, s, place(customer)); a.status != http.StatusOK {
		t.Errorf("what was written behind a link is %d", a.status)
	}
}

func TestOptionsThatContradictTheDataFile(t *testing.T) {
	o := kept(t)
	closed(t, newServer(t, o))
	for want, change := range map[string]func(o *Options){
		"seed 7, not 8":                   func(o *Options) { o.Seed = 8 },
		"charges 30, not 31":              func(o *Options) { o.Charges = 31 },
		"customers 5, not 0":              func(o *Options) { o.Customers = 0 },
		"country TH, not JP":              func(o *Options) { o.Country = "JP" },
		"days 60, not 10":                 func(o *Options) { o.Days = 10 },
		"livemode false, not true":        func(o *Options) { o.Livemode = true },
		"lifetime 0s, not 1h":             func(o *Options) { o.Lifetime = time.Hour },
		"not 2026-11-21T05:30:00Z; leave": func(o *Options) { o.Clock = testNow },
	} {
		other := o
		change(&other)
		if _, err := New(other); err == nil || errors.As(err, new(*DataError)) || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
	was, ok, err := Kept(o.Data)
	if err != nil || !ok || was.Seed != 7 || was.Charges != 30 || was.Country != "TH" || !was.Clock.IsZero() {
		t.Errorf("kept: %+v, %v, %v", was, ok, err)
	}
	if _, ok, err := Kept(o.Data + ".none"); ok || err != nil {
		t.Errorf("no file: %v, %v", ok, err)
	}
	o.Fixtures = t.TempDir()
	if _, err := New(o); err == nil {
		t.Error("recordings with a data file")
	}
}

func TestFaultsThatChangeStateNeedNoDataFile(t *testing.T) {
	o := kept(t)
	s := newServer(t, o)
	defer closed(t, s)
	for _, spec := range []string{"insert=5%", "429,delete", "all=1%"} {
		if err := s.SetFaults(spec); err == nil {
			t.Errorf("%s was taken", spec)
		}
	}
	if err := s.SetFaults("429=5%,slow=1%"); err != nil {
		t.Error(err)
	}
	o.Data = filepath.Join(t.TempDir(), "new")
	o.Faults = "all"
	if _, err := New(o); err == nil {
		t.Error("all was taken")
	}
	if _, err := os.Stat(o.Data); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a refused start left a data file")
	}
}
