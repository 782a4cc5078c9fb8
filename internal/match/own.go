package match

import (
	"encoding/json"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// embedded is a refund as one reading of its charge showed it.
type embedded struct {
	ID     string          `json:"id"`
	Amount json.RawMessage `json:"amount"`
	Voided bool            `json:"voided"`
	Status string          `json:"status"`
}

// settled reports whether a refund in this status has moved money for sure;
// old API versions have none.
func settled(status string) bool { return status == "" || status == "closed" }

// checkOwnFigures names what is wrong inside Omise's own figures of a charge,
// whatever the books say, and reports whether anything is.
func (m *Matcher) checkOwnFigures(c *ledger.Charge) bool {
	before := len(m.found)
	if sums, known := sumRefunds(c.Refunds); known && !sums.fit(c.RefundedAmount) {
		m.report(m.refundSumBreak(c, sums))
	}
	if c.RefundedAmount > c.Captured() {
		m.report(m.overRefundedBreak(c))
	}
	return len(m.found) > before
}

// refundSums is what a charge's refunds add up to, in minor units.
type refundSums struct {
	all, withoutVoids int64
	open              []string // refunds that have not moved money for sure
}

func (s refundSums) fit(refunded int64) bool { return refunded == s.all || refunded == s.withoutVoids }

// nearer is the sum that comes closer to what the charge says.
func (s refundSums) nearer(refunded int64) int64 {
	gap := func(sum int64) uint64 {
		if sum > refunded {
			return uint64(sum) - uint64(refunded)
		}
		return uint64(refunded) - uint64(sum)
	}
	if gap(s.withoutVoids) < gap(s.all) {
		return s.withoutVoids
	}
	return s.all
}

// sumRefunds adds up the refunds of a charge as the ledger keeps them; known
// is false where the ledger does not have them. A refund without a readable
// amount adds nothing, so that the sums do not fit.
func sumRefunds(text string) (sums refundSums, known bool) {
	if text == "" || text == "[]" {
		return sums, text != ""
	}
	var refunds []embedded
	if json.Unmarshal([]byte(text), &refunds) != nil {
		return sums, false
	}
	for _, r := range refunds {
		var amount int64
		switch {
		case !settled(r.Status):
			sums.open = append(sums.open, r.ID)
			continue
		case json.Unmarshal(r.Amount, &amount) != nil:
			continue
		}
		sums.all = plus(sums.all, amount)
		if !r.Voided {
			sums.withoutVoids = plus(sums.withoutVoids, amount)
		}
	}
	return sums, true
}

func (m *Matcher) refundSumBreak(c *ledger.Charge, sums refundSums) ledger.Break {
	b := m.ownBreak(ledger.BreakRefundSum, c)
	b.Difference = minus(c.RefundedAmount, sums.nearer(c.RefundedAmount))
	b.Explanation = explainRefundSum(amountOf(c.RefundedAmount, c.Currency), sums, c.Currency)
	return b
}

func (m *Matcher) overRefundedBreak(c *ledger.Charge) ledger.Break {
	b := m.ownBreak(ledger.BreakOverRefunded, c)
	b.Difference = minus(c.RefundedAmount, c.Captured())
	b.Explanation = explainOverRefunded(amountOf(c.RefundedAmount, c.Currency), amountOf(c.Captured(), c.Currency))
	return b
}

func (m *Matcher) ownBreak(kind ledger.BreakKind, c *ledger.Charge) ledger.Break {
	happened := c.CreatedAt
	if c.PaidAt != nil {
		happened = *c.PaidAt
	}
	return ledger.Break{
		Account: m.rules.Account, Kind: kind, Charge: c.ID, Field: "refunded",
		OmiseValue: money.Format(c.RefundedAmount, c.Currency), Currency: c.Currency, HappenedAt: &happened,
	}
}
