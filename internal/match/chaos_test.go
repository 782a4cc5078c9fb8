package match_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

// anyBooks has few orders, ids and amounts, so that everything that can meet
// meets. Nobody's shop is like this.
func anyBooks(t *rapid.T) *shop {
	s := newShop(t)
	for i := range rapid.IntRange(0, 8).Draw(t, "charges") {
		s.anyCharge(fmt.Sprint(i))
	}
	known := map[string]bool{}
	for range rapid.IntRange(0, 8).Draw(t, "records") {
		s.anyRecord(known)
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "rows") {
		s.anyRow(i)
	}
	s.rules.NotAtOmise["chrg_9"] = true
	s.rules.Sources[1].ReadAt = rapid.SampledFrom([]ledger.Instant{now, begin + 12*day}).Draw(t, "read at")
	return s
}

func (s *shop) anyCharge(id string) {
	draw := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(s.t, name) }
	amount := rapid.Int64Range(1, 4).Draw(s.t, "amount")
	state := map[string]func(*ledger.Charge){
		"paid": asPaid, "paid again": asPaid, "held": holds, "pending": unpaid(ledger.StatusPending), "failed": unpaid(ledger.StatusFailed),
		"reversed": unpaid(ledger.StatusReversed), "odd": func(c *ledger.Charge) { c.Status = "frozen" }, "scheduled": bySchedule, "yen": inYen,
	}[draw("state", "paid", "paid again", "held", "pending", "failed", "reversed", "odd", "scheduled", "yen")]
	when := begin + ledger.Instant(rapid.IntRange(-1, 20).Draw(s.t, "day"))*day
	s.charge(id, draw("order", "", "7", "8"), amount, madeAt(when), state)
	if s.charges[len(s.charges)-1].Paid && rapid.Bool().Draw(s.t, "refunded") {
		s.refunded(id, rapid.Int64Range(1, amount).Draw(s.t, "refund"), when+2*day)
	}
}

func (s *shop) anyRecord(known map[string]bool) {
	draw := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(s.t, name) }
	order, id, source := draw("order", "", "7", "8"), draw("id", "", "", "chrg_0", "chrg_1", "chrg_2", "chrg_9", "chrg_unknown", "trxn_3", "trxn_9"), draw("source", "shop", "erp")
	if key := ledger.RecordID(source, id, order); order == "" && id == "" || known[key] {
		return
	} else {
		known[key] = true
	}
	status := rapid.SampledFrom([]ledger.RecordStatus{"", ledger.RecordPaid, ledger.RecordPaid, ledger.RecordPending, ledger.RecordFailed, ledger.RecordRefunded, ledger.RecordAuthorized}).Draw(s.t, "status")
	when := rapid.SampledFrom([]func(*ledger.Record){undated, dated(begin - day), dated(begin + 5*day), dated(begin + 6*day)}).Draw(s.t, "created")
	size := rapid.SampledFrom([]func(*ledger.Record){withoutAmount, func(*ledger.Record) {}, func(*ledger.Record) {}}).Draw(s.t, "amount")
	s.record(order, id, rapid.Int64Range(1, 6).Draw(s.t, "total"), of(source), says(status), when, size)
}

func (s *shop) anyRow(i int) {
	draw := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(s.t, name) }
	s.rules.Unreadable = append(s.rules.Unreadable, ledger.UnreadableRow{
		Source: draw("row of", "shop", "erp"), Row: i, Hash: draw("hash", "x", "y"), Field: draw("field", "amount", "charge_id"),
		Ref: draw("row names", "", "7", "8", "chrg_0", "trxn_1"), Value: draw("value", "1.234", "chrg_0 chrg_1"), Reason: "cannot be read",
	})
}

// TestChaos holds of any books whatever: their order does not matter; a break's
// charges are in break; a break has one id and an explanation; a record shows
// its amounts at one charge; no charge that paid goes without a word.
func TestChaos(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyBooks(t)
		o := s.match()
		s.sameShuffled(o)
		ids := map[string]bool{}
		for _, b := range o.Breaks() {
			if ids[b.ID] || b.Explanation == "" || b.Account != "main" {
				t.Fatalf("break %+v", b)
			}
			ids[b.ID] = true
			if got := o.Charge(b.Charge); !slices.Contains([]string{"", "chrg_9", "trxn_3", "trxn_9"}, b.Charge) && got.Result != inBreak {
				t.Fatalf("%s: the charge is %s", short(b), got.Result)
			}
		}
		s.nothingUnsaid(o)
	})
}

func (s *shop) sameShuffled(o *match.Outcome) {
	other := s.shuffled().match()
	if diff := cmp.Diff(o.Breaks(), other.Breaks()); diff != "" {
		s.t.Fatalf("breaks (-one +other):\n%s", diff)
	}
	for _, c := range s.charges {
		if diff := cmp.Diff(o.Charge(c.ID), other.Charge(c.ID)); diff != "" {
			s.t.Fatalf("charge %s (-one +other):\n%s", c.ID, diff)
		}
	}
	if diff := cmp.Diff(o.Skipped(), other.Skipped()); diff != "" {
		s.t.Fatalf("skipped (-one +other):\n%s", diff)
	}
}

// nothingUnsaid holds that a charge that holds money and was not refunded in
// full is never called not needed, and that matched ones have a record.
func (s *shop) nothingUnsaid(o *match.Outcome) {
	for _, c := range s.charges {
		seen := o.Charge(c.ID)
		kept := c.OpenAuthorization() || c.Status == ledger.StatusSuccessful && c.RefundedAmount < c.Captured()
		switch {
		case seen.Result == notNeeded && kept:
			s.t.Fatalf("charge %s holds money and nothing is said of it", c.ID)
		case seen.Result == matched && seen.RecordRef == "":
			s.t.Fatalf("charge %s is matched with nothing", c.ID)
		}
	}
}
