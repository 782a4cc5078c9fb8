package job

import (
	"fmt"
	"time"

	"reconcile/internal/ledger"
)

// lapseTolerance is how long before its deadline an authorisation may be
// reversed and still count as lapsed, as in capture_deadlines.csv.
const lapseTolerance = time.Hour

// chargeState says in a sentence or two where a charge stands.
func (t teller) chargeState(c ledger.Charge) string {
	amount := Amount{c.Amount, c.Currency}
	switch {
	case c.Status == ledger.StatusSuccessful:
		return t.paidState(c)
	case c.OpenAuthorization():
		return t.heldState(c)
	case c.Status == ledger.StatusPending:
		return fmt.Sprintf("Not paid yet: %s wait for the customer%s.", amount, until(timeOf(c.ExpiresAt, t.zone)))
	case c.Status == ledger.StatusFailed:
		return fmt.Sprintf("Failed%s: no money moved.", because(c.FailureCode))
	case c.Status == ledger.StatusExpired && c.Authorized, t.lapsed(c):
		return fmt.Sprintf("Lapsed: %s were authorised and not captured in time. The money is lost; it is not a refund.", Amount{c.Held(), c.Currency})
	case c.Status == ledger.StatusExpired:
		return fmt.Sprintf("Expired: the customer did not pay %s in time.", amount)
	case c.Status == ledger.StatusReversed:
		return fmt.Sprintf("Reversed%s: the hold on %s was let go, no money moved.", on(timeOf(c.ReversedAt, t.zone)), amount)
	}
	return fmt.Sprintf("Omise says %q, which none of its documents knows: the charge is counted and not summed.", c.Status)
}

func (t teller) paidState(c ledger.Charge) string {
	text := fmt.Sprintf("Paid%s: %s captured", on(timeOf(c.PaidAt, t.zone)), Amount{c.Captured(), c.Currency})
	switch {
	case c.RefundedAmount == 0:
		text += ", nothing refunded."
	case c.RefundedAmount >= c.Captured():
		text += ", all of it refunded."
	default:
		text += fmt.Sprintf(", %s of it refunded.", Amount{c.RefundedAmount, c.Currency})
	}
	if c.DisputeStatus != "" {
		text += fmt.Sprintf(" The customer disputes it: the dispute is %s.", printable(c.DisputeStatus))
	}
	return text
}

func (t teller) heldState(c ledger.Charge) string {
	by := t.captureBy(c)
	held := Amount{c.Held(), c.Currency}
	if by.Before(t.now) {
		return fmt.Sprintf("Authorised and not captured: the deadline for %s was %s.", held, told(by))
	}
	return fmt.Sprintf("Authorised and not captured: %s are held until %s.", held, told(by))
}

// lapsed tells an authorisation that ran out from one that somebody let go, as
// capture_deadlines.csv does.
func (t teller) lapsed(c ledger.Charge) bool {
	if c.Status != ledger.StatusReversed || !c.Authorized || c.Paid {
		return false
	}
	return c.ReversedAt == nil || !c.ReversedAt.Time().Before(t.captureBy(c).Add(-lapseTolerance))
}

func (t teller) refundState(r ledger.Refund, of *ledger.Charge) string {
	amount := Amount{r.Amount, r.Currency}
	verb := map[string]string{"void": "Voided", "full": "Refunded in full", "partial": "Refunded in part", "": "Refunded"}[refundKind(r, of)]
	text := fmt.Sprintf("%s: %s on %s.", verb, amount, told(r.CreatedAt.In(t.zone)))
	if !settled(r) {
		text += fmt.Sprintf(" Its status is %q: the money has not moved for sure, and is not summed.", r.Status)
	}
	return text
}

// settled reports whether a refund's money has moved for sure. Old API versions
// say nothing of it.
func settled(r ledger.Refund) bool { return r.Status == "" || r.Status == "closed" }

func (t teller) disputeState(d ledger.Dispute) string {
	amount := Amount{d.Amount, d.Currency}
	if openDispute(d) {
		return fmt.Sprintf("Open: %s are disputed since %s; its status is %s.", amount, told(d.CreatedAt.In(t.zone)), printable(d.Status))
	}
	return fmt.Sprintf("Decided%s: %s for %s.", on(timeOf(d.ClosedAt, t.zone)), printable(d.Status), amount)
}

func openDispute(d ledger.Dispute) bool {
	return d.Status != "won" && d.Status != "lost" && d.Status != "closed"
}

func customerState(c ledger.Customer, cards int) string {
	if c.Deleted {
		return "Deleted: Omise lists this customer no more."
	}
	return fmt.Sprintf("A customer with %s.", plural(cards, "kept card"))
}

func (t teller) cardState(c ledger.Card) string {
	switch day := expiresOn(c); {
	case c.Deleted:
		return "Deleted: its customer no longer has it."
	case day < dayOf(t.now, t.zone):
		return fmt.Sprintf("Kept, and expired on %s.", day)
	default:
		return fmt.Sprintf("Kept, and good until %s.", day)
	}
}

func orderState(charges, records int) string {
	return fmt.Sprintf("%s and %s have this order reference.", plural(charges, "charge"), plural(records, "record"))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func on(at any) string {
	if at == nil {
		return ""
	}
	return " on " + told(at)
}

func until(at any) string {
	if at == nil {
		return ""
	}
	return " until " + told(at)
}

func because(code string) string {
	if code == "" {
		return ""
	}
	return " (" + printable(code) + ")"
}
