package sandbox

import (
	"bytes"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A kill can stop the writing of a line anywhere. What comes up again is the state after the last
// whole one.
func TestDataFileThatWasCutOff(t *testing.T) {
	o := kept(t)
	s := newServer(t, o)
	busy(t, s)
	whole, err := os.ReadFile(o.Data)
	must(t, err)
	closed(t, s)
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	var log bytes.Buffer
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	write := func(data []byte) { // to a fresh path: the old one's lock is still there
		o.Data = filepath.Join(t.TempDir(), "cut")
		must(t, os.WriteFile(o.Data, data, 0o600))
	}
	write(whole[:last])
	s = newServer(t, o)
	want := everything(t, s)
	closed(t, s)
	for _, cut := range []int{last + 1, (last + len(whole)) / 2, len(whole) - 1} {
		write(whole[:cut])
		log.Reset()
		s = newServer(t, o)
		if everything(t, s) != want || !strings.Contains(log.String(), "cut off") {
			t.Errorf("cut at %d: %s", cut, log.String())
		}
		ctl(t, s, "POST", "/charges", `{"amount":5000}`)
		closed(t, s)
		s = newServer(t, o)
		if total := object(t, s, "/charges")["total"]; total != 33.0 {
			t.Errorf("cut at %d: %v charges after the next start", cut, total)
		}
		closed(t, s)
	}
}

// What is left of a long line is gone before a short one is written in its place.
func TestLongLineThatWasCutOff(t *testing.T) {
	o := kept(t)
	s := newServer(t, o)
	do(t, s, "PATCH /account", `{"metadata_export_keys":{"charge":["`+strings.Repeat("x", 5_000)+`"]}}`)
	closed(t, s)
	whole, err := os.ReadFile(o.Data)
	must(t, err)
	must(t, os.WriteFile(o.Data, whole[:len(whole)-10], 0o600))
	s = newServer(t, o)
	do(t, s, "POST /customers", "")
	closed(t, s)
	if left, _ := os.ReadFile(o.Data); !bytes.HasSuffix(left, []byte("\n")) || bytes.Contains(left, []byte("xxx")) {
		t.Errorf("%d bytes", len(left))
	}
}

// A write that cannot be kept does not happen.
func TestWriteThatCannotBeKept(t *testing.T) {
	o := kept(t)
	s := newServer(t, o)
	before := everything(t, s)
	good := s.journal.file
	bad, err := os.Open(o.Data) // read-only
	must(t, err)
	s.journal.file = bad
	for _, path := range []string{"/charges", "/clock"} {
		a := ask(t, s, "POST", "/_sandbox"+path, `{}`)
		if a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "cannot be written") {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if everything(t, s) != before {
		t.Error("a refused write changed something")
	}
	s.journal.file = good
	_ = bad.Close()
	busy(t, s)
	after := everything(t, s)
	closed(t, s)
	s = newServer(t, o)
	defer closed(t, s)
	if everything(t, s) != after {
		t.Error("what came after the failure is lost")
	}
}
