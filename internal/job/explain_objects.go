package job

import (
	"time"

	"reconcile/internal/ledger"
)

// teller puts what the ledger holds of one account into words and facts. It
// reads nothing, so that equal input gives equal text.
type teller struct {
	zone     *time.Location
	now      time.Time
	window   time.Duration // life of an authorisation without expires_at
	orderRef ledger.OrderRef
}

// chargeFacts has the names of charges.csv and, for an open authorisation,
// those of capture_deadlines.csv.
func (t teller) chargeFacts(c ledger.Charge) Facts {
	ref, _ := t.orderRef.Of(c)
	facts := Facts{
		{"charge_id", c.ID},
		{"order_ref", ref},
		{"created_at", c.CreatedAt.In(t.zone)},
		{"paid_at", timeOf(c.PaidAt, t.zone)},
		{"status", c.Status},
		{"payment_method", c.PaymentMethod()},
		{"currency", string(c.Currency)},
		{"amount", Amount{c.Amount, c.Currency}},
		{"captured", Amount{c.Captured(), c.Currency}},
		{"refunded", Amount{c.RefundedAmount, c.Currency}},
	}
	facts = append(facts, t.paidFacts(c)...)
	facts = append(facts,
		Fact{"transaction_id", c.Transaction},
		Fact{"customer_id", c.Customer},
		Fact{"disputed", c.DisputeStatus},
		Fact{"schedule", c.Schedule},
		Fact{"failure_code", c.FailureCode},
		Fact{"reversed_at", timeOf(c.ReversedAt, t.zone)},
		Fact{"expires_at", nil},
	)
	if !c.Paid { // Omise also fills it on charges that were paid
		facts[len(facts)-1].Value = timeOf(c.ExpiresAt, t.zone)
	}
	return append(facts, t.deadlineFacts(c)...)
}

// paidFacts are known of paid charges alone: on others Omise estimates them.
func (t teller) paidFacts(c ledger.Charge) Facts {
	facts := Facts{{"funding_currency", nil}, {"funding_amount", nil}, {"fee", nil}, {"fee_vat", nil}, {"interest", nil}, {"interest_vat", nil}, {"net", nil}}
	if !c.Paid || c.FundingAmount == nil {
		return facts
	}
	facts[0].Value = string(c.FundingCurrency)
	for i, minor := range []*int64{c.FundingAmount, c.Fee, c.FeeVAT, c.Interest, c.InterestVAT, c.Net} {
		facts[i+1].Value = amountOf(minor, c.FundingCurrency)
	}
	return facts
}

func (t teller) deadlineFacts(c ledger.Charge) Facts {
	facts := Facts{{"authorized_amount", nil}, {"capture_by", nil}, {"days_left", nil}, {"auto_capture", nil}}
	if c.OpenAuthorization() {
		by := t.captureBy(c)
		facts[0].Value, facts[1].Value = Amount{c.Held(), c.Currency}, by
		facts[2].Value, facts[3].Value = daysBetween(t.now.In(t.zone), by), c.Capture
	}
	return facts
}

func (t teller) captureBy(c ledger.Charge) time.Time {
	if c.ExpiresAt != nil {
		return c.ExpiresAt.In(t.zone)
	}
	return c.CreatedAt.Add(t.window).In(t.zone)
}

// daysBetween counts calendar days; both times are in one zone.
func daysBetween(from, to time.Time) int {
	date := func(at time.Time) time.Time {
		return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(date(to).Sub(date(from)) / (24 * time.Hour))
}

// siblingFacts is the little that is told of another charge of the order.
func (t teller) siblingFacts(c ledger.Charge) Facts {
	return Facts{
		{"charge_id", c.ID},
		{"status", c.Status},
		{"currency", string(c.Currency)},
		{"amount", Amount{c.Amount, c.Currency}},
		{"captured", Amount{c.Captured(), c.Currency}},
		{"refunded", Amount{c.RefundedAmount, c.Currency}},
		{"created_at", c.CreatedAt.In(t.zone)},
	}
}

// refundFacts has the names of refunds.csv; of is the refund's charge, nil
// when the ledger lacks it.
func (t teller) refundFacts(r ledger.Refund, of *ledger.Charge) Facts {
	return Facts{
		{"refund_id", r.ID},
		{"charge_id", r.Charge},
		{"refunded_at", r.CreatedAt.In(t.zone)},
		{"amount", Amount{r.Amount, r.Currency}},
		{"currency", string(r.Currency)},
		{"kind", refundKind(r, of)},
		{"refund_status", r.Status},
		{"transaction_id", r.Transaction},
	}
}

func refundKind(r ledger.Refund, of *ledger.Charge) string {
	switch {
	case r.Voided:
		return "void"
	case of == nil:
		return ""
	case r.Amount == of.Captured():
		return "full"
	}
	return "partial"
}

func (t teller) disputeFacts(d ledger.Dispute) Facts {
	return Facts{
		{"dispute_id", d.ID},
		{"charge_id", d.Charge},
		{"created_at", d.CreatedAt.In(t.zone)},
		{"closed_at", timeOf(d.ClosedAt, t.zone)},
		{"status", d.Status},
		{"reason_code", d.ReasonCode},
		{"amount", Amount{d.Amount, d.Currency}},
		{"currency", string(d.Currency)},
	}
}

func (t teller) customerFacts(c ledger.Customer) Facts {
	return Facts{
		{"customer_id", c.ID},
		{"customer_email", c.Email},
		{"created_at", c.CreatedAt.In(t.zone)},
		{"default_card", c.DefaultCard},
		{"deleted", c.Deleted},
	}
}

// cardFacts has the names of expiring_cards.csv.
func (t teller) cardFacts(c ledger.Card) Facts {
	return Facts{
		{"card_id", c.ID},
		{"customer_id", c.Customer},
		{"brand", c.Brand},
		{"last_digits", c.LastDigits},
		{"cardholder", c.Name},
		{"bank", c.Bank},
		{"country", c.Country},
		{"expires_on", expiresOn(c)},
		{"created_at", c.CreatedAt.In(t.zone)},
		{"deleted", c.Deleted},
	}
}

// expiresOn is the last day of the printed month.
func expiresOn(c ledger.Card) string {
	return time.Date(c.ExpirationYear, time.Month(c.ExpirationMonth)+1, 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}
