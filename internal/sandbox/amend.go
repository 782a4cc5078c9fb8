package sandbox

import "encoding/json"

// Amendment is what the staff of Omise put right on a charge; what is empty stays as it is.
type Amendment struct {
	Status   string          `json:"status"` // "successful", paid at the clock, or "failed"
	Amount   int64           `json:"amount"` // minor units, of the charge and of what was captured
	Metadata json.RawMessage `json:"metadata"`
}

// Amend changes a charge silently: no event, and no list that names it.
func (s *Server) Amend(id string, a Amendment) error {
	return s.onCharge(id, func(c *charge, _ view, now second) error {
		w := c.wordsAt(now)
		if a.Metadata != nil {
			var err error
			if w.metadata, err = objectText(a.Metadata); err != nil {
				return err
			}
		}
		switch {
		case a.Amount < 0 || a.Amount > maxAmount:
			return badRequest("amount %d is out of range", a.Amount)
		case a.Status != "" && a.Status != statusFailed && a.Status != statusSuccessful:
			return badRequest("status %q cannot be ruled", a.Status)
		}
		c.rewrite(w, now)
		c.reprice(a.Amount)
		c.rule(a.Status, now)
		return nil
	})
}

func (c *charge) reprice(amount int64) {
	if amount == 0 {
		return
	}
	c.amount = amount
	if c.captured > 0 {
		c.captured = amount
	}
}

// rule sets the status of a charge whatever it was.
func (c *charge) rule(status string, now second) {
	switch status {
	case statusFailed:
		c.fail(now, "payment_rejected")
		c.paidAt = 0
	case statusSuccessful:
		c.failedAt, c.reversedAt, c.failureCode = 0, 0, ""
		c.authorizedAt, c.paidAt, c.captured = now, now, c.amount
	}
}

// AmendRefund sets the status of a refund silently.
func (s *Server) AmendRefund(id, status string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.st.refunds.byID[id]
	if f == nil {
		return notFound("refund", id)
	}
	f.status = status
	return nil
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
