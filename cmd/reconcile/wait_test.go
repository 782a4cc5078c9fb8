package main

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// TestBackfillLetsARunGoFirst starts a run while a backfill reads a window: the
// backfill ends this window, waits for the run, and goes on to the end.
func TestBackfillLetsARunGoFirst(t *testing.T) {
	s := newShop(t)
	held := newGate(s.Server, func(r *http.Request) bool { return r.URL.Path == "/charges" && r.URL.Query().Get("limit") == "100" })
	s.configure(t, serveOn(t, held))
	type end struct {
		code int
		said string
	}
	backfilled, ran := make(chan end, 1), make(chan end, 1)
	go func() {
		code, _, said := s.run(t.Context(), "backfill", "--from", "2028-09-01", "--to", "2028-11-20")
		backfilled <- end{code, said}
	}()
	receive(t, held.reached, "the backfill's first page")
	go func() {
		code, _, said := s.run(t.Context(), "run", "--wait", "1m")
		ran <- end{code, said}
	}()
	s.untilWaiting(t)
	close(held.open)
	if e := receive(t, ran, "the run"); e.code != 0 {
		t.Errorf("run: exit code %d: %s", e.code, e.said)
	}
	e := receive(t, backfilled, "the backfill")
	if e.code != 0 || !strings.Contains(e.said, "a run waits for the ledger: pausing") || !strings.Contains(e.said, "going on") {
		t.Errorf("backfill: exit code %d: %s", e.code, e.said)
	}
	code, table, said := s.run(t.Context(), "runs")
	var kinds []string
	for line := range strings.Lines(table) {
		if words := strings.Fields(line); words[0] != "RUN" && words[0] != "account" {
			kinds = append(kinds, words[1]+" "+words[4])
		}
	}
	if want := []string{"backfill complete", "run complete", "backfill paused"}; code != 0 || !slices.Equal(kinds, want) {
		t.Errorf("runs, newest first: %q, want %q: %s", kinds, want, said)
	}
	from := s.Requests()
	if code, _, said := s.run(t.Context(), "backfill", "--from", "2028-09-01", "--to", "2028-11-20"); code != 0 || s.Requests() != from+1 {
		t.Errorf("the backfill left something: exit code %d, %d requests: %s", code, s.Requests()-from, said)
	}
}

// untilWaiting returns when somebody waits for the ledger's lock.
func (s *shop) untilWaiting(t *testing.T) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 4000 {
		queue := flock.New(filepath.Join(s.dir, "reconcile.db.wait"))
		free, err := queue.TryLock()
		if err != nil {
			t.Fatal(err)
		}
		if err := queue.Close(); err != nil {
			t.Fatal(err)
		}
		if !free {
			return
		}
		<-tick.C
	}
	t.Fatal("nobody waits for the lock")
}
