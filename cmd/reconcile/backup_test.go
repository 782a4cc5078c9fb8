package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"reconcile/internal/job"
)

// everyRequest does something before each answer, one at a time.
type everyRequest struct {
	http.Handler
	mu sync.Mutex
	do func()
}

func (e *everyRequest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	e.do()
	e.mu.Unlock()
	e.Handler.ServeHTTP(w, r)
}

func (s *shop) copyName(n int) string { return filepath.Join(s.dir, fmt.Sprintf("copy-%02d.db", n)) }

// TestBackupAtEveryMomentOfARun copies the ledger whenever the run waits for an
// answer. Every copy is sound, and every proof in it has its rows.
func TestBackupAtEveryMomentOfARun(t *testing.T) {
	s := newShop(t)
	copies := 0
	s.configure(t, serveOn(t, &everyRequest{Handler: s.Server, do: func() {
		copies++
		code, stdout, stderr := s.run(t.Context(), "backup", s.copyName(copies))
		if code != job.ExitDone || stderr != "" || !strings.HasPrefix(stdout, s.copyName(copies)+"\n") || !strings.Contains(stdout, "\nup to run 1 (run, running) of ") {
			t.Errorf("copy %d: exit code %d, said %q and %q", copies, code, stdout, stderr)
		}
	}}))
	if code, _, stderr := s.run(t.Context(), "run"); code != job.ExitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	states := map[int]bool{}
	for n := range copies {
		states[s.soundCopy(t, n+1)] = true
	}
	if copies < 10 || len(states) < 4 {
		t.Errorf("%d copies with %d different numbers of proofs", copies, len(states))
	}
	s.runFromCopy(t, copies/2)
}

// soundCopy gives the number of proofs in a copy.
func (s *shop) soundCopy(t *testing.T, n int) int {
	t.Helper()
	restored := &shop{dir: t.TempDir(), clock: s.clock, Server: s.Server}
	restored.restore(t, s.copyName(n))
	for _, list := range []string{"charges", "refunds", "disputes", "customers"} {
		if wrong := restored.count(t, fmt.Sprintf(`SELECT count(*) FROM windows AS w WHERE state = 'proven' AND list = '%[1]s' AND rows <>
			(SELECT count(*) FROM %[1]s AS o WHERE o.account = w.account AND o.created_at BETWEEN w.from_at AND w.to_at)`, list)); wrong != 0 {
			t.Errorf("copy %d: %d proofs of %s lack rows", n, wrong, list)
		}
	}
	if wrong := restored.count(t, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"); wrong != 0 {
		t.Errorf("copy %d is damaged", n)
	}
	return restored.count(t, "SELECT count(*) FROM windows WHERE state = 'proven'")
}

func (s *shop) restore(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(filepath.Join(s.dir, "reconcile.db"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// runFromCopy runs on with a copy from the middle of the run, and comes to the
// same tables.
func (s *shop) runFromCopy(t *testing.T, n int) {
	t.Helper()
	restored := &shop{dir: t.TempDir(), clock: s.clock, Server: s.Server}
	restored.restore(t, s.copyName(n))
	restored.configure(t, serveOn(t, s.Server))
	if code, _, stderr := restored.run(t.Context(), "run"); code != job.ExitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	tables, err := filepath.Glob(filepath.Join(s.dir, "reports", "*", "*.csv"))
	if err != nil || len(tables) == 0 {
		t.Fatal("no tables", err)
	}
	for _, table := range tables {
		name, _ := filepath.Rel(s.dir, table)
		want, _ := os.ReadFile(table)
		got, err := os.ReadFile(filepath.Join(restored.dir, name))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s differs: %v", name, err)
		}
	}
}
