package job_test

import (
	"testing"

	"reconcile/internal/job"
)

// Only with --fail-on-breaks do breaks decide the exit code, and only when
// nothing worse does: a partial night exits 3.
func TestFailOnBreaks(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1200.00"))
	s.exits(job.ExitDone)
	s.tomorrow()
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	s.night()
	s.exits(job.ExitBreaks)
	s.tomorrow()
	s.exits(job.ExitBreaks) // open, no longer new
	s.tomorrow()
	s.remove("books/orders.csv")
	s.exits(job.ExitPartial)
	s.tomorrow()
	s.write("books/orders.csv", paid("A-1", "1200.00"))
	s.exits(job.ExitDone) // a cured break is none
}

// A break moves the mark as little as it changes the status: the run is done.
func TestARunWithBreaksIsComplete(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	first := s.exits(job.ExitBreaks)
	same(t, "status", "complete", first.Status)
	s.tomorrow()
	same(t, "the next night's days", job.Period{From: "2026-11-20", To: "2026-11-20"}, s.exits(job.ExitBreaks).Period["main"])
}
