package job_test

import (
	"testing"
	"time"

	"reconcile/internal/sandbox"
)

// A row that the config leaves out from now on is no record any more, although
// the files that held it only add to the books.
func TestTheConfigLeavesRowsOut(t *testing.T) {
	t.Parallel()
	for name, covers := range map[string]string{"all": "all", "changes": "changes"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newBookshop(t, "{name: orders, path: books/orders*, covers: "+covers+", max_age: 10d}")
			s.sell("A-1", 1200_00)
			s.write("books/orders-1.csv", paid("A-1", "1250.00").but("payment_method", "omise"), paid("A-2", "70.00").but("payment_method", "cod"))
			s.breaks(s.night(), "amount_mismatch A-1 new")
			s.configure("{name: orders, path: books/orders*, covers: " + covers + ", max_age: 10d, where: {payment_method: omise}}")
			s.tomorrow()
			s.breaks(s.night(), "amount_mismatch A-1 open")
		})
	}
}

// Books whose amounts were read in the wrong unit are read again in the right
// one as soon as the config says so, although no file has changed.
func TestTheConfigIsPutRight(t *testing.T) {
	t.Parallel()
	const source = "{name: orders, path: books/orders*, max_age: 10d"
	s := newBookshop(t, source+"}")
	s.sell("A-1", 1200_00)
	s.write("books/orders-1.csv", paid("A-1", "120000"))
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.configure(source + ", amount_unit: minor}")
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 cured")
}

// A source that the config no longer names is not compared any more. Nobody
// can cure its breaks in the books, so they end with it.
func TestASourceIsTakenOutOfTheConfig(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, "{name: orders, path: books/orders*, covers: all, all_omise: true, max_age: 10d}")
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-2", "three hundred"), paid("A-3", "70.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new", "missing_at_omise A-3 new", "unreadable_record orders:3 new")
	s.configure("{name: sales, path: books/orders*, covers: all, all_omise: true, max_age: 10d}")
	s.tomorrow()
	s.breaks(s.night(),
		"amount_mismatch A-1 cured", "missing_at_omise A-3 cured", "unreadable_record orders:3 cured",
		"amount_mismatch A-1 new", "missing_at_omise A-3 new", "unreadable_record sales:3 new")
}

// The same holds for the last source of all: without books nothing differs
// from them.
func TestTheLastSourceIsTakenOutOfTheConfig(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	stray := s.sell("A-2", 300_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new", "missing_in_records "+stray+" new")
	s.configure()
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 cured", "missing_in_records "+stray+" cured")
	s.tomorrow()
	s.breaks(s.night())
}

// Orders and charges of before the history are compared once a backfill has
// proven it.
func TestABackfillBringsOlderOrdersIn(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.charge(sandbox.ChargeSpec{Amount: 300_00, Metadata: orderOf("O-1"), CreatedAt: start.Add(-80 * day)})
	long := func(ref, total string) row { return paid(ref, total).but("created_at", "2026-09-01T10:00:00+07:00") }
	s.write("books/orders.csv", paid("A-1", "1250.00"), long("O-1", "350.00"), long("O-2", "70.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.backfill("2026-08-25", "2026-10-31")
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 open", "amount_mismatch O-1 new", "missing_at_omise O-2 new")
}

// The config's since leaves older charges alone, but not orders that were made
// before it and paid after.
func TestComparedSince(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, "{name: orders, path: books/orders*, covers: all, all_omise: true, since: 2026-11-16}")
	s.sell("A-1", 1200_00)
	early := func(ref string) sandbox.ChargeSpec {
		return sandbox.ChargeSpec{Amount: 300_00, Metadata: orderOf(ref), CreatedAt: start.Add(-5 * day)}
	}
	s.charge(early("B-1"))
	s.charge(early("B-2"))
	before := func(r row) row { return r.but("created_at", "2026-11-15T09:00:00+07:00") }
	s.write("books/orders.csv", before(paid("A-1", "1250.00")), before(paid("B-1", "350.00")), before(paid("B-3", "70.00")))
	s.breaks(s.night(), "amount_mismatch A-1 new")
}

// A file from a machine whose clock is ahead was not written later than now.
func TestABookFromTheFuture(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.charge(sandbox.ChargeSpec{Amount: 300_00, CreatedAt: start.Add(-20 * time.Hour)})
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	s.dated("books/orders.csv", start.Add(7*time.Hour))
	s.breaks(s.night(), "amount_mismatch A-1 new")
}
