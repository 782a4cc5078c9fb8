package job_test

import (
	"testing"
	"time"

	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// A run that fails after it has compared has shown its breaks to nobody: they
// are new in the next one, and a note that it had read already is not lost.
func TestARunFailsAfterItCompared(t *testing.T) {
	t.Parallel()
	for _, a := range []accident{
		{"reports folder gone", ledger.Charges, job.ExitFailed, blockReports, nil},
		{"ledger fails at the end", "", job.ExitFailed, ledgerFails("UPDATE OF ended_at ON runs WHEN NEW.reported = 1"), nil},
	} {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			s := newOffice(t, wholeBook)
			s.sell("A-1", 1200_00)
			s.sell("A-2", 300_00)
			s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-2", "350.00"))
			first := s.night()
			s.types(first.Dir, s.breakOf(first, "A-1")["break_id"], "Note", "ask Malee")
			s.tomorrow()
			s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-2", "300.00"), paid("A-3", "70.00"))
			s.befall(a)
			s.server.Advance(time.Hour)
			next := s.night()
			s.breaks(next, "amount_mismatch A-1 open", "amount_mismatch A-2 cured", "missing_at_omise A-3 new")
			s.typed(next, "A-1", "", "open", "ask Malee")
		})
	}
}

// A night that was partial for want of a book lists its breaks again on the
// same day, when the book is there.
func TestTheBookComesLaterThatDay(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.sell("A-2", 300_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-2", "300.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.tomorrow()
	s.remove("books/orders.csv")
	s.breaks(s.partial(), "amount_mismatch A-1 open")
	s.server.Advance(time.Hour)
	s.write("books/orders.csv", paid("A-1", "1200.00"), paid("A-2", "350.00"))
	s.breaks(s.night(), "amount_mismatch A-1 cured", "amount_mismatch A-2 new")
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-2 open")
}

// A row that cannot be read is known by its text, wherever it stands, and a
// night without the book does not cure it.
func TestAnUnreadableRowIsKnownByItsText(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	good, bad := paid("A-1", "1200.00"), paid("A-2", "three hundred")
	s.write("books/orders.csv", good, bad)
	first := s.breakOf(s.night(), "orders:3")
	s.tomorrow()
	s.remove("books/orders.csv")
	s.breaks(s.partial(), "unreadable_record orders:3 open")
	s.tomorrow()
	s.write("books/orders.csv", bad, good)
	moved := s.breakOf(s.night(), "orders:2")
	same(t, "id and state", []string{first["break_id"], "open"}, moved.cells([]string{"break_id", "state"}))
}

// A charge that Omise did not know turns up there after all.
func TestAChargeTurnsUp(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	soon := s.charge(sandbox.ChargeSpec{Amount: 300_00, CreatedAt: start.Add(time.Hour)})
	s.write("books/orders.csv", paid("A-1", "1200.00"), paid("A-2", "300.00").but("charge_id", soon))
	s.breaks(s.night(), "missing_at_omise A-2 new")
	s.tomorrow()
	night := s.night()
	s.breaks(night, "missing_at_omise A-2 cured")
	same(t, "the charge", "matched", s.compared(night, soon))
}

// A ledger and its reports check out after nights with books, and a workbook
// into which finance has typed counts as unharmed.
func TestNightsWithBooksCheckOut(t *testing.T) {
	t.Parallel()
	s := newOffice(t, wholeBook)
	charge := s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-2", "three hundred"), paid("A-3", "70.00").but("charge_id", "chrg_test_5none"))
	first := s.night()
	s.types(first.Dir, s.breakOf(first, "A-1")["break_id"], "Note", "ask Malee")
	s.tomorrow()
	s.refund(charge, 100_00)
	s.write("books/orders.csv", paid("A-1", "1200.00"))
	second := s.night()
	s.tomorrow()
	wantClean(t, "the second night's workbook", s.verifyWorkbook(workbookIn(t, second.Dir)))
	same(t, "damage in the workbook that finance typed into", []job.Damage(nil), s.verifyWorkbook(workbookIn(t, first.Dir)).Damage)
	same(t, "damage in the reports", []job.Damage(nil), s.verifyReports().Damage)
	damage, _, err := ledger.Verify(t.Context(), s.env.Config.LedgerPath())
	s.do(err)
	same(t, "damage in the ledger", []ledger.Damage(nil), damage)
}

// A break of each kind is found, and cured by what its explanation advises.
func TestABreakOfEachKindIsPutRight(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	stray := s.sell("A-1", 100_00)
	s.sell("A-3", 100_00)
	s.sell("A-4", 100_00)
	s.sell("A-5", 100_00)
	returned := s.sell("A-6", 100_00)
	s.ago(2*day, func() { s.refund(returned, 30_00) })
	claimed := s.sell("A-7", 100_00)
	s.sell("A-8", 100_00)
	again := s.charge(sandbox.ChargeSpec{Amount: 100_00, Metadata: orderOf("A-8"), CreatedAt: start.Add(-2 * day)})
	s.sell("A-9", 100_00)
	other := s.charge(sandbox.ChargeSpec{Amount: 200_00, Metadata: orderOf("A-9"), CreatedAt: start.Add(-2 * day)})
	s.sell("A-10", 100_00)
	plain := func(ref string) row { return paid(ref, "100.00") }
	s.write("books/orders.csv",
		plain("A-2"),
		plain("A-3").but("currency", "USD"),
		plain("A-4").but("status", "failed"),
		paid("A-5", "150.00"),
		plain("A-6"),
		plain("A-7").but("charge_id", claimed), plain("B-7").but("charge_id", claimed),
		plain("A-8"),
		paid("A-9", "250.00"),
		paid("A-10", "hundred"))
	s.breaks(s.night(),
		"missing_in_records "+stray+" new", "missing_at_omise A-2 new", "currency_mismatch A-3 new", "status_mismatch A-4 new", "amount_mismatch A-5 new",
		"refund_mismatch A-6 new", "duplicate_record B-7 new", "duplicate_charge A-8 new", "ambiguous A-9 new", "unreadable_record orders:11 new")
	s.tomorrow()
	s.refund(again, 0)
	s.refund(other, 0)
	s.write("books/orders.csv",
		plain("A-1"), plain("A-3"), plain("A-4"), plain("A-5"),
		plain("A-6").but("status", "partially_refunded").but("refunded_amount", "30.00"),
		plain("A-7").but("charge_id", claimed), plain("A-8"), plain("A-9"), plain("A-10"))
	s.breaks(s.night(),
		"missing_in_records "+stray+" cured", "missing_at_omise A-2 cured", "currency_mismatch A-3 cured", "status_mismatch A-4 cured", "amount_mismatch A-5 cured",
		"refund_mismatch A-6 cured", "duplicate_record B-7 cured", "duplicate_charge A-8 cured", "ambiguous A-9 cured", "unreadable_record orders:11 cured")
	s.tomorrow()
	s.breaks(s.night())
}

// An order is not called missing at Omise before the days are proven in which
// it would have been paid.
func TestNothingIsMissingInDaysWithoutProof(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 100_00)
	s.write("books/orders.csv", paid("A-1", "100.00"))
	s.night()
	s.until(4)
	s.write("books/orders.csv", paid("A-1", "100.00"), paid("A-2", "70.00").but("created_at", "2026-11-21T10:00:00+07:00"))
	s.do(s.server.SetFaults("wrong_total"))
	s.breaks(s.partial())
	s.do(s.server.SetFaults(""))
	s.until(5)
	s.breaks(s.night(), "missing_at_omise A-2 new")
}

// An order that is paid in two parts on two days is whole with the second.
func TestAnOrderIsPaidInParts(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 700_00)
	s.write("books/orders.csv", paid("A-1", "1200.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new")
	s.sellNow("A-1", 500_00)
	s.until(2)
	s.breaks(s.night(), "amount_mismatch A-1 cured")
}
