package sandbox

import "encoding/json"

// onCharge runs an action on a charge at the clock.
func (s *Server) onCharge(id string, act func(c *charge, v view, now second) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	c, err := s.st.chargeNow(id, now)
	if err != nil {
		return err
	}
	return act(c, c.view(now), now)
}

// Capture captures an open authorisation; amount in minor units, 0 for all of it. What is not
// capturable any more is an *Error: failed_capture, or expired_charge past its deadline.
func (s *Server) Capture(id string, amount int64) error {
	return s.onCharge(id, func(c *charge, v view, now second) error {
		switch {
		case !v.capturable && c.authorizedAt != 0 && !v.paid && c.expires.reached(now):
			return refused("expired_charge", "charge %s expired", id)
		case !v.capturable:
			return refused("failed_capture", "charge %s cannot be captured", id)
		case amount < 0 || amount > c.amount:
			return refused("failed_capture", "capture_amount %d is not within the authorised %d", amount, c.amount)
		case amount == 0:
			amount = c.amount
		}
		if amount < c.amount {
			c.authType, c.sparse = "pre_auth", false
		}
		c.paidAt, c.captured = now, amount
		s.record(now, "charge.capture", c, c.id)
		return nil
	})
}

// Reverse gives up an open authorisation.
func (s *Server) Reverse(id string) error {
	return s.onCharge(id, func(c *charge, v view, now second) error {
		if !v.capturable {
			return refused("failed_reverse", "charge %s cannot be reversed", id)
		}
		c.reversedAt, c.paidAt = now, 0
		s.record(now, "charge.reverse", c, c.id)
		return nil
	})
}

// Pay lets the customer of a pending charge pay; with capture false it becomes authorised.
func (s *Server) Pay(id string) error {
	return s.onCharge(id, func(c *charge, v view, now second) error {
		if v.status != statusPending || v.authorized {
			return refused("invalid_charge", "charge %s does not wait for payment", id)
		}
		c.authorizedAt = now
		if c.capture {
			c.paidAt, c.captured = now, c.amount
		}
		s.record(now, "charge.complete", c, c.id)
		return nil
	})
}

// Fail lets the payment of a pending charge fail.
func (s *Server) Fail(id string) error {
	return s.onCharge(id, func(c *charge, v view, now second) error {
		if v.status != statusPending || v.authorized {
			return refused("invalid_charge", "charge %s does not wait for payment", id)
		}
		c.fail(now, "payment_rejected")
		s.record(now, "charge.complete", c, c.id)
		return nil
	})
}

// Refund refunds a charge and returns the refund's id; amount in minor units of the charge's
// currency, 0 for all that is left. A single full refund on the business day of payment is a void.
func (s *Server) Refund(chargeID string, amount int64) (id string, err error) {
	err = s.onCharge(chargeID, func(c *charge, _ view, now second) error {
		id, err = s.refund(c, amount, now)
		return err
	})
	return id, err
}

func (s *Server) refund(c *charge, amount int64, now second) (string, error) {
	v := c.view(now)
	left := v.captured - v.refunded
	if amount == 0 {
		amount = left
	}
	switch {
	case !v.refundable:
		return "", refused("failed_refund", "charge %s cannot be refunded", c.id)
	case amount < 0 || amount > left:
		return "", refused("failed_refund", "refund of %d is not within the %d left", amount, left)
	case amount < v.captured && !v.partially:
		return "", refused("failed_refund", "charge %s cannot be refunded in part", c.id)
	}
	f := &refund{
		id: s.id("rfnd", now), created: now, charge: c, amount: amount,
		voided: v.voidable && amount == v.captured, metadata: "{}", transaction: s.id("trxn", now),
	}
	f.funding = rateOf(c.currency, c.funding, f.drift(v)).apply(amount)
	c.refunds = insertRow(c.refunds, f)
	s.st.refunds = insertRow(s.st.refunds, f)
	s.record(now, "refund.create", f, c.id)
	return f.id, nil
}

// drift of the exchange rate since payment; a void is the charge undone, at its own rate.
func (f *refund) drift(v view) int64 {
	if f.voided {
		return 0
	}
	return int64((f.created-v.paidAt)/day)%7 - 3
}

// Misstate makes a charge say that more was refunded than its refunds add up
// to, by an amount in minor units of its currency: a figure that contradicts
// itself, which clients should notice.
func (s *Server) Misstate(chargeID string, by int64) error {
	return s.onCharge(chargeID, func(c *charge, _ view, _ second) error {
		c.misstated = by
		return nil
	})
}

// Amendment is what the staff of Omise put right on a charge; what is empty stays as it is.
type Amendment struct {
	Status   string          `json:"status"` // "successful", paid at the clock, or "failed"
	Amount   int64           `json:"amount"` // minor units, of the charge and of what was captured
	Metadata json.RawMessage `json:"metadata"`
}

// Amend changes a charge silently: no event, and no list that names it.
func (s *Server) Amend(id string, a Amendment) error {
	return s.onCharge(id, func(c *charge, _ view, now second) error {
		if a.Amount < 0 || a.Amount > maxAmount {
			return badRequest("amount %d is out of range", a.Amount)
		}
		if a.Metadata != nil {
			text, err := objectText(a.Metadata)
			if err != nil {
				return err
			}
			c.metadata = text
		}
		if a.Amount > 0 {
			c.amount = a.Amount
		}
		if a.Amount > 0 && c.captured > 0 {
			c.captured = a.Amount
		}
		return c.rule(a.Status, now)
	})
}

// rule sets the status of a charge whatever it was.
func (c *charge) rule(status string, now second) error {
	switch status {
	case "":
	case statusFailed:
		c.fail(now, "payment_rejected")
		c.paidAt = 0
	case statusSuccessful:
		c.failedAt, c.reversedAt, c.failureCode, c.failureMessage = 0, 0, "", ""
		c.authorizedAt, c.paidAt, c.captured = now, now, c.amount
	default:
		return badRequest("status %q cannot be ruled", status)
	}
	return nil
}

// AmendRefund sets the status of a refund silently.
func (s *Server) AmendRefund(id, status string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.st.refunds {
		if f.id == id {
			f.status = status
			return nil
		}
	}
	return notFound("refund", id)
}
