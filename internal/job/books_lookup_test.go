package job_test

import (
	"fmt"
	"strings"
	"testing"

	"reconcile/internal/fetch"
	"reconcile/internal/sandbox"
)

// lookups counts the charges that were asked for one by one, and how often.
func (s bookshop) lookups() (charges, requests int) {
	for path, times := range s.server.RequestsByPath() {
		if rest, one := strings.CutPrefix(path, "/charges/"); one && !strings.Contains(rest, "/") {
			charges, requests = charges+1, requests+times
		}
	}
	return charges, requests
}

// Charge ids of the books that no list has shown are asked at Omise, so many a
// night, those first that were never asked. What Omise does not know is missing
// there, and stays so.
func TestUnknownChargesAreAsked(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	var rows []row
	for n := range fetch.MaxLookups + 1 {
		rows = append(rows, paid(fmt.Sprintf("A-%03d", n), "100.00").but("charge_id", fmt.Sprintf("chrg_test_5none%03d", n)))
	}
	s.write("books/orders.csv", rows...)
	before := 0
	const again = 50 // so many of those that Omise did not know are asked once more
	for night, want := range []struct{ asked, requests, new, open int }{
		{fetch.MaxLookups, fetch.MaxLookups, fetch.MaxLookups, 0},
		{fetch.MaxLookups + 1, 1 + again, 1, fetch.MaxLookups},
	} {
		missing := table(t, s.night().Dir, "breaks.csv")
		same(t, fmt.Sprintf("missing at Omise in night %d", night+1), []int{want.new + want.open, want.new, want.open},
			[]int{len(with(missing, "kind", "missing_at_omise")), len(with(missing, "state", "new")), len(with(missing, "state", "open"))})
		charges, requests := s.lookups()
		if requests -= before; charges != want.asked || requests != want.requests {
			t.Errorf("by night %d Omise was asked for %d charges, want %d; this night in %d requests, want %d", night+1, charges, want.asked, requests, want.requests)
		}
		before += requests
		s.tomorrow()
	}
}

// A charge of the books that no list has shown is stored and compared, however
// old it is. That of an order from before the history is not even asked for.
func TestAnUnknownChargeIsFound(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1200.00"))
	s.night()
	s.tomorrow()
	late := s.charge(sandbox.ChargeSpec{Amount: 300_00, CreatedAt: start.Add(-3 * day)}) // its window was read before it was there
	old := s.charge(sandbox.ChargeSpec{Amount: 400_00, CreatedAt: start.Add(-60 * day)})
	older := s.charge(sandbox.ChargeSpec{Amount: 500_00, CreatedAt: start.Add(-61 * day)})
	s.write("books/orders.csv", paid("A-1", "1200.00"),
		paid("A-2", "350.00").but("charge_id", late), paid("A-3", "450.00").but("charge_id", old),
		paid("A-4", "550.00").but("charge_id", older).but("created_at", "2026-09-20T10:00:00+07:00"))
	s.breaks(s.night(), "amount_mismatch A-2 new", "amount_mismatch A-3 new")
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-2 open", "amount_mismatch A-3 open")
	if charges, requests := s.lookups(); charges != 2 || requests != 2 {
		t.Errorf("Omise was asked for %d charges in %d requests, want 2, once each", charges, requests)
	}
}

// While Omise cannot be asked for it, a charge is not called missing.
func TestAnUnknownChargeWaits(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.timePasses()
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1200.00"))
	s.night()
	s.tomorrow()
	s.write("books/orders.csv", paid("A-1", "1200.00"), paid("A-2", "300.00").but("charge_id", "chrg_test_5none"))
	s.do(s.server.SetFaults("500"))
	s.breaks(s.partial())
	s.do(s.server.SetFaults(""))
	s.tomorrow()
	s.breaks(s.night(), "missing_at_omise A-2 new")
}

// The id of a charge's transaction leads to the charge as well.
func TestATransactionLeadsToItsCharge(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	charge := s.charge(sandbox.ChargeSpec{Amount: 1200_00, CreatedAt: start.Add(-3 * day)})
	info, err := s.server.Charge(charge)
	s.do(err)
	s.write("books/orders.csv", paid("A-1", "1250.00").but("transaction_id", info.Transaction), paid("A-2", "300.00").but("transaction_id", "trxn_test_5none"))
	night := s.night()
	s.breaks(night, "amount_mismatch A-1 new", "missing_at_omise A-2 new")
	same(t, "the charge", charge, s.breakOf(night, "A-1")["charge_id"])
	if charges, _ := s.lookups(); charges != 0 {
		t.Errorf("Omise was asked for %d charges; it has no way to ask for a transaction's", charges)
	}
}
