package job_test

import (
	"testing"
	"time"

	"reconcile/internal/sandbox"
)

// Where the newest file lists every order, one that it lacks is gone, and its
// charge is without a record until it is back.
func TestAnOrderIsTakenOutAndPutBack(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	gone := s.sell("A-2", 300_00)
	s.write("books/orders-1.csv", paid("A-1", "1200.00"), paid("A-2", "300.00"))
	s.breaks(s.night())
	s.tomorrow()
	s.write("books/orders-2.csv", paid("A-1", "1200.00"))
	s.breaks(s.night(), "missing_in_records "+gone+" new")
	s.tomorrow()
	s.write("books/orders-3.csv", paid("A-1", "1200.00"), paid("A-2", "300.00"))
	s.breaks(s.night(), "missing_in_records "+gone+" cured")
	s.tomorrow()
	s.breaks(s.night())
}

// A newest file that is taken away leaves the one before it as the book.
func TestTheNewestFileIsTakenAway(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders-1.csv", paid("A-1", "1200.00"))
	s.breaks(s.night())
	s.tomorrow()
	s.write("books/orders-2.csv", paid("A-1", "1250.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.remove("books/orders-2.csv")
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 cured")
}

// Where files add to the books, an order stays until a later file says
// otherwise.
func TestDailyFilesAddUp(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, dailyBooks)
	s.sell("A-1", 1200_00)
	late := s.sell("A-2", 300_00)
	s.write("books/orders-1.csv", paid("A-1", "1200.00"))
	s.breaks(s.night(), "missing_in_records "+late+" new")
	s.tomorrow()
	s.write("books/orders-2.csv", paid("A-2", "350.00"))
	s.breaks(s.night(), "amount_mismatch A-2 new", "missing_in_records "+late+" cured")
	s.tomorrow()
	s.write("books/orders-3.csv", paid("A-2", "300.00"))
	s.breaks(s.night(), "amount_mismatch A-2 cured")
}

// An older file that is put right does not write over what newer files say.
func TestAnOlderFileIsPutRight(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, dailyBooks)
	s.sell("A-1", 1200_00)
	s.sell("A-2", 300_00)
	older := s.server.Clock()
	s.write("books/orders-1.csv", paid("A-1", "1250.00"), paid("A-2", "350.00"))
	s.tomorrow()
	s.write("books/orders-2.csv", paid("A-2", "300.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.tomorrow()
	s.write("books/orders-1.csv", paid("A-1", "1200.00"), paid("A-2", "355.00"))
	s.dated("books/orders-1.csv", older.Add(time.Hour))
	s.breaks(s.night(), "amount_mismatch A-1 cured")
}

// Files count in the order in which they were written, not in that of their names.
func TestFilesCountByTheirTime(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, dailyBooks)
	s.sell("A-1", 1200_00)
	s.write("books/orders-1.csv", paid("A-1", "1200.00"))
	s.write("books/orders-2.csv", paid("A-1", "1250.00"))
	s.dated("books/orders-2.csv", start.Add(-time.Hour))
	s.breaks(s.night())
}

// A file that was damaged at first does not write over newer ones either, once
// it is put right.
func TestAnOlderFileWasDamaged(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, dailyBooks)
	s.sell("A-1", 1200_00)
	late := s.sell("A-2", 300_00)
	s.write("books/orders-1.csv", paid("A-1", "1200.00"))
	s.breaks(s.night(), "missing_in_records "+late+" new")
	s.tomorrow()
	s.save("books/orders-2.csv", []byte("order_id,total\nA-1,\"1250.00\n"))
	s.dated("books/orders-2.csv", start.Add(time.Hour))
	s.write("books/orders-3.csv", paid("A-2", "300.00"))
	s.breaks(s.partial("orders-2.csv: "), "missing_in_records "+late+" open")
	s.write("books/orders-2.csv", paid("A-1", "1250.00"), paid("A-2", "350.00"))
	s.dated("books/orders-2.csv", start.Add(2*time.Hour))
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 new", "missing_in_records "+late+" cured")
}

// An order is written down before its payment begins. When its charge id
// arrives it is the same record.
func TestAnOrderGainsItsChargeID(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{"all": wholeBook, "changes": dailyBooks} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newBookshop(t, source)
			charge := s.charge(sandbox.ChargeSpec{Amount: 1200_00, CreatedAt: start.Add(-3 * day), Status: "pending", Source: "promptpay", ExpiresAt: start.Add(9 * day)})
			s.write("books/orders-1.csv", paid("A-1", "1200.00").but("status", "pending"))
			s.breaks(s.night())
			s.do(s.server.Pay(charge))
			s.tomorrow()
			s.write("books/orders-2.csv", paid("A-1", "1200.00").but("charge_id", charge))
			night := s.night()
			s.breaks(night)
			same(t, "the charge", []string{"matched", "A-1"}, only(t, night.Dir, "charges.csv", "charge_id", charge).cells([]string{"result", "record_ref"}))
			s.tomorrow()
			s.write("books/orders-1.csv", paid("A-1", "1199.00").but("status", "pending"))
			s.dated("books/orders-1.csv", start.Add(time.Hour)) // an older state once more
			s.breaks(s.night())
			month := s.days("2026-11-01", "2026-11-20")
			same(t, "records in the books", row{"account": "main", "currency": "THB", "measure": "records", "count": "1", "amount": "1200.00"}, only(t, month.Dir, "summary.csv", "measure", "records"))
		})
	}
}

// A row that could not be read is put right by a later file, whether that one
// lists everything or only what has changed.
func TestAnUnreadableRowIsPutRightInTheNextFile(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{"all": wholeBook, "changes": dailyBooks} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newBookshop(t, source)
			s.sell("A-1", 1200_00)
			s.sell("A-2", 300_00)
			s.write("books/orders-1.csv", paid("A-1", "1200.00"), paid("A-2", "three hundred"))
			s.breaks(s.night(), "unreadable_record orders:3 new")
			s.tomorrow()
			s.breaks(s.night(), "unreadable_record orders:3 open")
			s.write("books/orders-2.csv", paid("A-1", "1200.00"), paid("A-2", "300.00"))
			s.tomorrow()
			s.breaks(s.night(), "unreadable_record orders:3 cured")
		})
	}
}

// An order that was understood and is not any more keeps its charge from being
// called missing.
func TestAKnownRowBecomesUnreadable(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.sell("A-2", 300_00)
	s.write("books/orders.csv", paid("A-1", "1200.00"), paid("A-2", "300.00"))
	s.breaks(s.night())
	s.tomorrow()
	s.write("books/orders.csv", paid("A-1", "1200.00"), paid("A-2", "three hundred"))
	s.breaks(s.night(), "unreadable_record orders:3 new")
}

// A word that nobody explained leaves the statuses of its rows alone, and is
// named once until the config says what it means.
func TestAStatusWordIsExplained(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.sell("A-2", 300_00)
	s.write("books/orders.csv", paid("A-1", "1200.00").but("status", "shipped"), paid("A-2", "350.00").but("status", "shipped"))
	night := s.night()
	s.breaks(night, "amount_mismatch A-2 new", "unreadable_record orders:status new")
	wantIn(t, "explanation", s.breakOf(night, "orders:status")["explanation"], `"shipped"`, "2 rows", "statuses")
	s.configure("{name: orders, path: books/orders*, covers: all, all_omise: true, max_age: 10d, statuses: {shipped: paid}}")
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-2 open", "unreadable_record orders:status cured")
}

// Books without a date are compared from the earliest charge that they lead to.
func TestBooksWithoutDates(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.charge(sandbox.ChargeSpec{Amount: 900_00, Metadata: orderOf("Z-1"), CreatedAt: start.Add(-10 * day)})
	s.sell("A-1", 1200_00)
	stray := s.charge(sandbox.ChargeSpec{Amount: 300_00, CreatedAt: start.Add(-2 * day)})
	s.write("books/orders.csv", paid("A-1", "1250.00").without("created_at"), paid("A-2", "70.00").without("created_at"))
	s.breaks(s.night(), "amount_mismatch A-1 new", "missing_at_omise A-2 new", "missing_in_records "+stray+" new")
}
