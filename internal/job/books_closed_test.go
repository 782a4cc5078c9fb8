package job_test

import (
	"testing"
	"time"

	"reconcile/internal/job"
	"reconcile/internal/sandbox"
)

// closing is a bookshop whose October has been closed, with what October left
// behind: an order that was paid, and two authorisations.
type closing struct {
	bookshop
	paid, first, second string
	before              kept // the night before the closing
}

func closedOctober(t *testing.T) closing {
	t.Helper()
	c := closing{bookshop: newBookshop(t, wholeBook)}
	c.server.SetClock(time.Date(2026, 10, 24, 3, 0, 0, 0, time.UTC))
	c.paid = c.sellNow("O-1", 1200_00)
	for _, held := range []*string{&c.first, &c.second} {
		*held = c.charge(sandbox.ChargeSpec{Amount: 300_00, Status: "authorized", ExpiresAt: start.Add(30 * day)})
	}
	c.server.SetClock(start)
	c.sell("N-1", 500_00)
	c.write("books/orders.csv", c.books("1200.00", "500.00")...)
	c.backfill("2026-10-01", "2026-10-31")
	night := c.night()
	c.breaks(night, "missing_in_records "+c.first+" new", "missing_in_records "+c.second+" new")
	c.before = kept{night, files(t, night.Dir)}
	c.close(job.CloseOptions{Month: "2026-10"})
	return c
}

// books are October's and November's order with these totals.
func (c closing) books(october, november string) []row {
	return []row{
		paid("O-1", october).but("created_at", "2026-10-24T10:00:00+07:00"),
		paid("N-1", november),
	}
}

// closedFields are the fields of a charge's changes, by what closed_period says.
func (c closing) closedFields(r job.Result, id string) map[string]string {
	fields := map[string]string{}
	for _, change := range with(table(c.t, r.Dir, "changes.csv"), "id", id) {
		fields[change["field"]] = change["closed_period"]
	}
	return fields
}

// A capture that is dated in the closed month has moved its figures; one of
// today has not. Nor has a refund of today, while one dated back has.
func TestChangesBehindFinancesBack(t *testing.T) {
	t.Parallel()
	c := closedOctober(t)
	back := c.sellInOctober()
	c.tomorrow()
	c.ago(24*day, func() {
		_, err := c.server.Refund(back, 100_00)
		c.do(err, c.server.Capture(c.first, 0))
	})
	c.until(1)
	c.refund(c.paid, 200_00)
	c.do(c.server.Capture(c.second, 0))
	c.until(2)
	c.write("books/orders.csv", c.books("1200.00", "500.00")...)
	night := c.night()
	same(t, "the capture dated in October", map[string]string{"status": "yes", "paid": "yes", "paid_at": "yes", "captured": "yes"}, c.closedFields(night, c.first))
	same(t, "the capture of today", map[string]string{"status": "no", "paid": "no", "paid_at": "no", "captured": "no"}, c.closedFields(night, c.second))
	same(t, "the refund of today", map[string]string{"refunded": "no"}, c.closedFields(night, c.paid))
	same(t, "the refund dated in October", map[string]string{"refunded": "yes"}, c.closedFields(night, back))
}

// sellInOctober sells one more order in October, and closes the month again
// with it.
func (c closing) sellInOctober() string {
	c.t.Helper()
	id := c.charge(sandbox.ChargeSpec{Amount: 800_00, CreatedAt: time.Date(2026, 10, 20, 3, 0, 0, 0, time.UTC)})
	c.backfill("2026-10-20", "2026-10-20")
	c.days("2026-10-01", "2026-10-31")
	c.close(job.CloseOptions{Month: "2026-10"})
	return id
}

// A break of an order of the closed month that was not there at its closing is
// marked; one that was, and one of another month, is not.
func TestBreaksOfAClosedMonth(t *testing.T) {
	t.Parallel()
	c := closedOctober(t)
	c.tomorrow()
	c.write("books/orders.csv", c.books("1250.00", "550.00")...)
	night := c.night()
	c.breaks(night, "amount_mismatch N-1 new", "amount_mismatch O-1 new", "missing_in_records "+c.first+" open", "missing_in_records "+c.second+" open")
	got := map[string]string{}
	for _, b := range table(t, night.Dir, "breaks.csv") {
		got[b["record_ref"]+b["charge_id"]] = b["closed_period"]
	}
	same(t, "closed_period", map[string]string{
		"O-1" + c.paid: "yes", "N-1" + c.breakOf(night, "N-1")["charge_id"]: "no", c.first: "no", c.second: "no",
	}, got)
	c.tomorrow()
	same(t, "a night later", "yes", c.breakOf(c.night(), "O-1")["closed_period"])
	sameFiles(t, c.before, c.report(job.ReportOptions{Run: c.before.Run}))
	marked := kept{night, files(t, night.Dir)}
	c.close(job.CloseOptions{Month: "2026-10"})
	sameFiles(t, marked, c.report(job.ReportOptions{Run: night.Run}))
}
