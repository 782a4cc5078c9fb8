package sandbox

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

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
