//go:build unix

package main

import (
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"

	"reconcile/internal/job"
	"reconcile/internal/sandbox"
)

// isFurtherPage is true of the pages of charges after the first.
func isFurtherPage(r *http.Request) bool {
	asked := r.URL.Query()
	return r.URL.Path == "/charges" && asked.Get("limit") == "100" && asked.Get("offset") != "0"
}

// exit waits for the end of a process and gives its exit code.
func (p *process) exit() int {
	p.site.t.Helper()
	receive(p.site.t, p.ended, strings.Join(p.Args, " "))
	return p.ProcessState.ExitCode()
}

// background starts a command line that nobody kills at a moment of its own.
func (s *site) background(args ...string) *process {
	s.t.Helper()
	return s.start(secondNight, moment{}, args...)
}

// newBusySite is a site whose first command, with one worker, will stand still
// at its second page.
func newBusySite(t *testing.T) (*site, *gate) {
	t.Helper()
	s := newSite(t)
	s.serve(secondNight, sandbox.Options{Seed: 4, Charges: 500, Customers: 5})
	s.write("config.yaml", strings.Replace(string(s.read("config.yaml")), "workers: 4", "workers: 1", 1))
	held := newGate(s.omise, isFurtherPage)
	s.bell.Handler = held
	return s, held
}

// untilSomebodyWaits returns when a process waits for the ledger's lock.
func (s *site) untilSomebodyWaits() {
	s.t.Helper()
	(&shop{dir: s.dir}).untilWaiting(s.t)
}

// setFaults makes Omise misbehave.
func (s *site) setFaults(spec string) {
	s.t.Helper()
	if err := s.omise.SetFaults(spec); err != nil {
		s.t.Fatal(err)
	}
}

// TestTermEndsAfterThePage sends the real signal to a run and to a backfill
// while a page is on its way: they save it, ask for nothing more, end with 130,
// and the next start goes on from there.
func TestTermEndsAfterThePage(t *testing.T) {
	for name, args := range map[string][]string{
		"run":      {"run", "--json"},
		"backfill": {"backfill", "--json", "--from", "2028-09-20", "--to", "2028-11-20"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, held := newBusySite(t)
			p := s.background(args...)
			receive(t, held.reached, "the second page")
			before := s.omise.Requests()
			if err := p.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			s.setFaults("slow=100%:300ms") // the signal is there long before the page
			close(held.open)
			if code := p.exit(); code != job.ExitInterrupted {
				t.Errorf("exit code %d: %s", code, p.said.String())
			}
			inFlight := s.omise.RequestLog()[before:]
			if len(inFlight) != 1 {
				t.Errorf("after the signal came %q, want only the page in flight", inFlight)
			}
			s.verify()
			s.setFaults("")
			s.must(secondNight, args...)
			if slices.Contains(s.omise.RequestLog()[before+len(inFlight):], inFlight[0]) {
				t.Errorf("the page in flight was asked for again: %s", inFlight[0])
			}
		})
	}
}

// TestDeadHolderFreesTheLock has three runs at once: one that stands still, one
// that does not wait, one that waits. When the first is killed, the third goes
// on.
func TestDeadHolderFreesTheLock(t *testing.T) {
	t.Parallel()
	s, held := newBusySite(t)
	holder := s.background("run")
	receive(t, held.reached, "the second page")

	hasty := s.background("run", "--wait", "0", "--json")
	if code := hasty.exit(); code != job.ExitLocked {
		t.Errorf("a second run: exit code %d: %s", code, hasty.said.String())
	}
	patient := s.background("run", "--wait", "1m")
	s.untilSomebodyWaits()
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	holder.exit()
	close(held.open)
	if code := patient.exit(); code != 0 {
		t.Errorf("the run that waited: exit code %d: %s", code, patient.said.String())
	}
	s.verify()
}

// TestDeadWaiterIsForgotten kills a run that waits for a backfill: the backfill
// makes way for nobody, and the next run finds the lock free.
func TestDeadWaiterIsForgotten(t *testing.T) {
	t.Parallel()
	s, held := newBusySite(t)
	backfill := s.background("backfill", "--from", "2028-09-20", "--to", "2028-11-20")
	receive(t, held.reached, "the second page")
	waiter := s.background("run")
	s.untilSomebodyWaits()
	if err := waiter.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	waiter.exit()
	close(held.open)
	if code := backfill.exit(); code != 0 || strings.Contains(backfill.said.String(), "pausing") {
		t.Errorf("the backfill: exit code %d: %s", code, backfill.said.String())
	}
	s.must(secondNight, "run", "--wait", "0")
	s.verify()
}
