package sandbox

import "math"

// Refund refunds a charge and returns the refund's id; amount in minor units of the charge's
// currency, 0 for all that is left. A single full refund on the business day of payment is a void.
func (s *Server) Refund(chargeID string, amount int64) (id string, err error) {
	err = s.onCharge(chargeID, func(c *charge, _ view, now second) error {
		id, err = s.refund(c, amount, now)
		return err
	})
	return id, err
}

func (s *Server) refund(c *charge, amount int64, now second) (id string, err error) {
	f, err := s.makeRefund(c, c.view(now), refundOrder{amount: amount, metadata: "{}"}, now)
	if err != nil {
		return "", err
	}
	return f.id, nil
}

// refundOrder is a refund that a merchant asks for: so many minor units, 0 for all that is left.
type refundOrder struct {
	amount   int64
	void     bool // not unless it is a void
	metadata string
}

// forever sees the refunds, too, that were made before the clock was set back.
const forever = second(math.MaxInt64)

func (s *Server) makeRefund(c *charge, v view, o refundOrder, now second) (*refund, error) {
	left := v.captured - c.view(forever).refunded
	if o.amount == 0 {
		o.amount = left
	}
	if err := c.checkRefund(v, o, left); err != nil {
		return nil, err
	}
	f := &refund{
		id: s.id("rfnd", now), created: now, charge: c, amount: o.amount,
		voided: v.voidable && o.amount == v.captured, metadata: o.metadata, transaction: s.id("trxn", now),
	}
	f.funding = rateOf(c.currency, c.funding, f.drift(v)).apply(f.amount)
	c.refunds = insertRow(c.refunds, f)
	s.st.refunds.put(f)
	s.record(now, "refund.create", f, c.id)
	return f, nil
}

func (c *charge) checkRefund(v view, o refundOrder, left int64) error {
	switch {
	case o.void && !v.voidable:
		return refused("failed_void", "charge %s cannot be voided", c.id)
	case o.void && o.amount != v.captured:
		return refused("failed_void", "charge %s can only be voided whole", c.id)
	case !v.paid:
		return refused("failed_refund", "charge %s was not captured", c.id)
	case v.refunds >= maxRefunds:
		return refused("failed_refund", "charge %s already has %d refunds", c.id, maxRefunds)
	case !v.refundable:
		return refused("failed_refund", "charge %s cannot be refunded", c.id)
	case o.amount <= 0 || o.amount > left:
		return refused("failed_refund", "refund of %d is not within the %d left", o.amount, left)
	case o.amount < v.captured && !v.partially:
		return refused("failed_refund", "charge %s cannot be refunded in part", c.id)
	}
	return nil
}

// drift of the exchange rate since payment; a void is the charge undone, at its own rate.
func (f *refund) drift(v view) int64 {
	if f.voided {
		return 0
	}
	return int64((f.created-v.paidAt)/day)%7 - 3
}
