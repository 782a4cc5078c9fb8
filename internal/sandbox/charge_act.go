package sandbox

import "strings"

// onCharge runs an action on a charge at the clock.
func (s *Server) onCharge(id string, act func(c *charge, v view, now second) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	c, err := s.st.charges.now(id, now)
	if err != nil {
		return err
	}
	return act(c, c.view(now), now)
}

// Capture captures an open authorisation; amount in minor units, 0 for all of it. Other than the
// API it captures part of any authorisation, which then is a pre-authorisation. What is not
// capturable any more is an *Error: failed_capture, or expired_charge past its deadline.
func (s *Server) Capture(id string, amount int64) error {
	return s.onCharge(id, func(c *charge, v view, now second) error { return s.capture(c, v, amount, now) })
}

func (s *Server) capture(c *charge, v view, amount int64, now second) error {
	switch {
	case v.paid:
		return refused("failed_capture", "charge was already captured")
	case c.lapsed(v, now):
		return refused("expired_charge", "charge %s expired", c.id)
	case !v.capturable:
		return refused("failed_capture", "charge %s cannot be captured", c.id)
	case amount < 0 || amount > c.amount:
		return refused("failed_capture", "capture_amount %d is not within the authorised %d", amount, c.amount)
	case amount == 0:
		amount = c.amount
	}
	c.forgetAfter(now)
	c.paidAt, c.captured = now, amount
	s.record(now, "charge.capture", c, c.id)
	return nil
}

// lapsed tells an authorisation that nobody captured in time from one that the merchant gave up.
func (c *charge) lapsed(v view, now second) bool {
	return v.authorized && !v.paid && !c.failedAt.reached(now) && !c.reversedAt.reached(now) && v.expires.reached(now)
}

// Reverse gives up an open authorisation.
func (s *Server) Reverse(id string) error { return s.onCharge(id, s.reverse) }

func (s *Server) reverse(c *charge, v view, now second) error {
	switch {
	case c.lapsed(v, now):
		return refused("expired_charge", "charge %s expired", c.id)
	case !v.capturable:
		return refused("failed_reverse", "charge %s cannot be reversed", c.id)
	}
	c.forgetAfter(now)
	c.reversedAt = now
	s.record(now, "charge.reverse", c, c.id)
	return nil
}

// expire ends a pending charge before its deadline, which few ways of paying allow.
func (s *Server) expire(c *charge, v view, now second) error {
	switch {
	case c.source == nil || !c.method().closable:
		return refused("failed_expire", "the way of paying of charge %s does not allow it to expire", c.id)
	case v.status != statusPending || v.authorized:
		return refused("failed_expire", "charge %s is not pending", c.id)
	}
	c.forgetAfter(now)
	c.closedAt = now
	s.record(now, "charge.expire", c, c.id)
	return nil
}

// Pay lets the customer of a pending charge go through with the payment; with capture false it
// becomes authorised. The card or the amount may be one whose payment fails.
func (s *Server) Pay(id string) error { return s.onCharge(id, s.pay) }

func (s *Server) pay(c *charge, v view, now second) error {
	if err := c.waiting(v); err != nil {
		return err
	}
	c.decide(now)
	s.record(now, "charge.complete", c, c.id)
	return nil
}

// decide settles a payment that the shopper goes through with.
func (c *charge) decide(now second) {
	if code := c.outcome(now); code != "" {
		c.fail(now, code)
		return
	}
	c.settle(now)
}

// outcome is the failure code of a payment at an instant, "" for one that succeeds.
func (c *charge) outcome(now second) string {
	switch {
	case c.card != nil && c.card.outcome != "":
		return c.card.outcome
	case c.card != nil && c.card.expiredBy(now, c.land.zone):
		return "invalid_account_number"
	}
	return failureOfAmount(c.amount)
}

func (c *charge) settle(now second) {
	c.forgetAfter(now)
	c.authorizedAt = now
	if c.capture {
		c.paidAt, c.captured = now, c.amount
	}
}

// waiting refuses a charge that does not wait for its shopper.
func (c *charge) waiting(v view) error {
	switch {
	case v.status == statusExpired && !v.authorized:
		return refused("expired_charge", "charge %s expired", c.id)
	case v.status != statusPending || v.authorized:
		return refused("invalid_charge", "charge %s does not wait for payment", c.id)
	}
	return nil
}

// markPaid makes a pending charge paid, whatever its card or amount would bring.
func (s *Server) markPaid(c *charge, v view, now second) error {
	if err := c.waiting(v); err != nil {
		return err
	}
	c.settle(now)
	s.record(now, "charge.complete", c, c.id)
	return nil
}

// Fail lets the payment of a pending charge fail.
func (s *Server) Fail(id string) error {
	return s.onCharge(id, func(c *charge, v view, now second) error { return s.decline(c, v, "", now) })
}

// Cancel lets the customer of a pending charge give up.
func (s *Server) Cancel(id string) error {
	return s.onCharge(id, func(c *charge, v view, now second) error {
		return s.decline(c, v, "payment_cancelled", now)
	})
}

// decline fails a pending charge; without a code by that of its card or amount.
func (s *Server) decline(c *charge, v view, code string, now second) error {
	if err := c.waiting(v); err != nil {
		return err
	}
	if code == "" {
		code = c.outcome(now)
	}
	if code == "" {
		code = "payment_rejected"
	}
	c.fail(now, code)
	s.record(now, "charge.complete", c, c.id)
	return nil
}

// forgetAfter drops what would have become of the charge: it was captured before its delay was over,
// or the clock was set back, and now things take another course.
func (c *charge) forgetAfter(now second) {
	for _, fact := range []*second{&c.authorizedAt, &c.paidAt, &c.failedAt, &c.reversedAt, &c.closedAt} {
		if *fact > now {
			*fact = 0
		}
	}
}

// payment finds a charge by the id that its shopper's page has.
func (st *state) payment(id string) *charge {
	rest, ok := strings.CutPrefix(id, "paym")
	if !ok {
		return nil
	}
	return st.charges.byID["chrg"+rest]
}
