package sandbox

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// kept gives options with a new data file and a few seeded objects.
func kept(t *testing.T) Options {
	t.Helper()
	o := options()
	o.Charges, o.Customers, o.BaseURL = 30, 5, "http://sandbox.test"
	o.Data = filepath.Join(t.TempDir(), "data")
	return o
}

func closed(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// busy makes a few writes and gives the id of a charge.
func busy(t *testing.T, s *Server) string {
	t.Helper()
	id := ctl(t, s, "POST", "/charges", `{"amount":100000,"capture":false,"metadata":{"order":"007","n":1.50,"ふ":"<&>\u0000"}}`)["id"].(string)
	ctl(t, s, "POST", "/clock", `{"advance":"90m"}`)
	ctl(t, s, "POST", "/charges/"+id+"/capture", `{"capture_amount":60000}`)
	ctl(t, s, "POST", "/charges/"+id+"/refund", `{"amount":100}`)
	if a := ask(t, s, "POST", "/_sandbox/charges/"+id+"/capture", ""); a.status != http.StatusBadRequest {
		t.Fatalf("captured twice: %d", a.status)
	}
	ctl(t, s, "POST", "/customers", `{"email":"a@example.com","cards":[{}]}`)
	waits := ask(t, s, "POST", "/charges", "amount=50000&currency=thb&source[type]=internet_banking_bay&return_uri=https://shop.example.com").decode(t)
	page, _ := url.Parse(waits["authorize_uri"].(string))
	if a := ask(t, s, "POST", strings.Replace(page.Path, "authorize", "complete", 1), ""); a.status != http.StatusSeeOther {
		t.Fatalf("page: %d", a.status)
	}
	return id
}

// everything is what a client can read.
func everything(t *testing.T, s *Server) string {
	t.Helper()
	var all strings.Builder
	for _, path := range []string{"/account", "/balance", "/charges", "/refunds", "/customers", "/events", "/disputes", "/transactions"} {
		all.WriteString(get(t, s, path+"?limit=100&order=reverse_chronological").body + "\n")
	}
	return all.String()
}

func TestDataFileKeepsWhatWasWritten(t *testing.T) {
	o := kept(t)
	s := newServer(t, o)
	id := busy(t, s)
	before := everything(t, s)
	if !strings.Contains(before, id) || !strings.Contains(before, `"n":1.50`) {
		t.Fatal("the script wrote nothing")
	}
	closed(t, s)
	for range 2 { // a start writes nothing
		s = newServer(t, o)
		if after := everything(t, s); after != before {
			t.Fatal("another start shows something else")
		}
		closed(t, s)
	}
	s = newServer(t, o)
	defer closed(t, s)
	a, b := ctl(t, s, "POST", "/charges", `{"amount":5000}`)["id"], newServer(t, without(o))
	busy(t, b)
	if want := ctl(t, b, "POST", "/charges", `{"amount":5000}`)["id"]; a != want {
		t.Errorf("the id after a new start is %v, without one %v", a, want)
	}
}

func without(o Options) Options {
	o.Data = ""
	return o
}

func TestDataFileIsForItsOwnerAlone(t *testing.T) {
	o := kept(t)
	s := newServer(t, o)
	defer closed(t, s)
	for range 2 {
		info, err := os.Stat(o.Data)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, error %v", info.Mode(), err)
		}
		ctl(t, s, "POST", "/reset", "")
	}
	_, err := New(o)
	if !errors.Is(err, errDataLocked) || !errors.As(err, new(*DataError)) {
		t.Errorf("a second sandbox on the same file: %v", err)
	}
}

func TestClockOutlivesAStart(t *testing.T) {
	o := kept(t)
	now := testNow
	o.Now = func() time.Time { return now }
	s := newServer(t, o)
	ctl(t, s, "POST", "/clock", `{"set":"2026-12-24T00:00:00Z"}`)
	closed(t, s)
	now = now.Add(time.Hour)
	s = newServer(t, o)
	check(t, ctl(t, s, "GET", "/clock", ""), map[string]any{"now": "2026-12-24T01:00:00Z", "frozen": false})
	ctl(t, s, "POST", "/clock", `{"freeze":true}`)
	closed(t, s)
	now = now.Add(time.Hour)
	s = newServer(t, o)
	check(t, ctl(t, s, "GET", "/clock", ""), map[string]any{"now": "2026-12-24T01:00:00Z", "frozen": true})
	ctl(t, s, "POST", "/clock", `{"freeze":false,"advance":"1m"}`)
	now = now.Add(time.Minute)
	check(t, ctl(t, s, "GET", "/clock", ""), map[string]any{"now": "2026-12-24T01:02:00Z", "frozen": false})
	closed(t, s)
}

// What happened keeps its instant, although the machine's clock reads something else at the next
// start, and something else at each look.
func TestInstantsOutliveAStart(t *testing.T) {
	o := kept(t)
	now := testNow
	o.Now = func() time.Time { now = now.Add(time.Second); return now }
	s := newServer(t, o)
	charge := "/charges/" + busy(t, s)
	read := func() string {
		return get(t, s, "/_sandbox"+charge).body + get(t, s, charge+"/refunds?to=2027-01-01").body
	}
	before := read()
	closed(t, s)
	now = now.Add(time.Hour)
	s = newServer(t, o)
	defer closed(t, s)
	if after := read(); after != before {
		t.Errorf("another start shows %s, before it was %s", after, before)
	}
}

func TestResetAndSeedBeginTheDataFileAnew(t *testing.T) {
	o := kept(t)
	s := newServer(t, o)
	seeded := everything(t, s)
	busy(t, s)
	ctl(t, s, "POST", "/reset", "")
	closed(t, s)
	s = newServer(t, o)
	if everything(t, s) != seeded {
		t.Error("after a reset and another start there is more than what was seeded")
	}
	check(t, ctl(t, s, "POST", "/seed", `{"seed":8,"charges":3}`), map[string]any{"seed": 8, "charges": 3, "customers": 5})
	anew := everything(t, s)
	if total := object(t, s, "/charges")["total"]; total != 3.0 || anew == seeded {
		t.Errorf("%v charges", total)
	}
	closed(t, s)
	s = newServer(t, o)
	defer closed(t, s)
	if everything(t, s) != anew {
		t.Error("another start forgot what was seeded since")
	}
}

// A kill can stop the writing of a line anywhere. What comes up again is the state after the last
// whole one.
func TestDataFileThatWasCutOff(t *testing.T) {
	o := kept(t)
	s := newServer(t, o)
	busy(t, s)
	whole, err := os.ReadFile(o.Data)
	if err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	var log bytes.Buffer
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	write := func(data []byte) { // to a fresh path: the old one's lock is still there
		o.Data = filepath.Join(t.TempDir(), "cut")
		if err := os.WriteFile(o.Data, data, 0o600); err != nil {
			t.Fatal(err)
		}
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
	if err != nil {
		t.Fatal(err)
	}
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
