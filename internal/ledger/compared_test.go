package ledger_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"reconcile/internal/ledger"
)

// Matching sees a charge as it is, but for what it has no use for.
func TestComparedCharges(t *testing.T) {
	l := open(t)
	full := charge("chrg_2", func(c *ledger.Charge) {
		c.Capturable, c.Reversed, c.Voided, c.Expired = new(true), true, true, true
		c.AuthorizedAmount, c.CapturedAmount, c.RefundedAmount = new(int64(3)), new(int64(2)), 1
		c.AuthorizedAt, c.ExpiresAt, c.ReversedAt = new(ledger.Instant(4)), new(ledger.Instant(5)), new(ledger.Instant(6))
		c.Description, c.Metadata, c.Transaction, c.Schedule, c.Refunds = "Order 7", `{"order_id":7}`, "trxn_1", "schd_1", `[{"id":"rfnd_1","amount":1}]`
		c.Dispute, c.DisputeStatus = "dspt_1", "open"
	})
	want := full
	want.Capture, want.Voided, want.Expired, want.Dispute, want.DisputeStatus = false, false, false, "", "won"
	full.Fee, full.Net, full.Customer, full.Card, full.CardBrand, full.SourceType, full.FundingCurrency = new(int64(1)), new(int64(2)), "cust_1", "card_1", "Visa", "promptpay", "THB"
	first := begin(t, l)
	save(t, l, first.ID, ledger.Batch{
		Charges: []ledger.Charge{full, charge("chrg_1", func(c *ledger.Charge) { c.DisputeStatus = "lost" }), charge("chrg_3", func(c *ledger.Charge) { c.Account = "other" })},
		Disputes: []ledger.Dispute{
			dispute("dspt_2", "chrg_2", func(d *ledger.Dispute) { d.Status = "won" }),
			dispute("dspt_1", "chrg_2", func(d *ledger.Dispute) { d.Status, d.CreatedAt = "lost", 1 }),
		},
	})
	own := charge("chrg_1", func(c *ledger.Charge) { c.Capture, c.DisputeStatus = false, "lost" })
	if diff := cmp.Diff([]ledger.Charge{own, want}, all(snapshot(t, l, first.ID, 0).ComparedCharges(t.Context(), "main")), chargesByID); diff != "" {
		t.Error(diff)
	}

	save(t, l, begin(t, l).ID, ledger.Batch{Charges: []ledger.Charge{charge("chrg_0"), charge("chrg_1", func(c *ledger.Charge) { c.Amount = 1 })}})
	past := snapshot(t, l, first.ID, 0)
	if diff := cmp.Diff([]ledger.Charge{own, want}, all(past.ComparedCharges(t.Context(), "main")), chargesByID); diff != "" {
		t.Error("as the first run knew it:", diff)
	}
	if charges, records, err := past.Sizes(t.Context(), "main"); charges != 2 || records != 0 || err != nil {
		t.Error(charges, records, err)
	}
}

var chargesByID = cmpopts.SortSlices(func(a, b ledger.Charge) bool { return a.ID < b.ID })

func TestLateRefunds(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	on := func(id string, at ledger.Instant) ledger.Refund {
		return refund(id, "chrg_1", func(r *ledger.Refund) { r.CreatedAt = at })
	}
	save(t, l, run.ID, ledger.Batch{Refunds: []ledger.Refund{on("rfnd_1", 9), on("rfnd_2", 5), on("rfnd_3", 6), on("rfnd_0", 9)}})
	want := []ledger.Refund{on("rfnd_3", 6), on("rfnd_0", 9), on("rfnd_1", 9)}
	if diff := cmp.Diff(want, all(snapshot(t, l, run.ID, 0).LateRefunds(t.Context(), "main", 5))); diff != "" {
		t.Error(diff)
	}
}
