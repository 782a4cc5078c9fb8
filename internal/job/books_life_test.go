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
	for _, a := range []accident{
		{"reports folder gone", ledger.Charges, job.ExitFailed, blockReports, nil},
		{"ledger fails at the end", "", job.ExitFailed, ledgerFails("UPDATE OF ended_at ON runs WHEN NEW.reported = 1"), nil},
	} {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			s := newBookshop(t, wholeBook)
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
	s := newBookshop(t, wholeBook)
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
