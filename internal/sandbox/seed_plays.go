package sandbox

// pay marks a charge paid soon after it was made.
func (s *seeder) pay(c *charge) {
	delay := s.within(0, 2)
	if c.source != nil {
		delay = s.within(5, 10*minute)
	}
	c.authorizedAt = s.past(c.created + delay)
	c.paidAt = s.past(c.authorizedAt + s.within(0, 2))
	c.captured = c.amount
	if c.card != nil {
		s.lastPaid = c
	}
}

// authorize tells the stories of manual capture.
func (s *seeder) authorize(c *charge, p play) {
	c.capture = p == capturedLater
	c.authorizedAt = s.past(c.created + s.within(0, 2))
	c.authType = choose(s, []string{"", "final_auth", "pre_auth"})
	captureAt := s.past(c.authorizedAt + s.within(10*minute, s.land.lifetime-day))
	switch p {
	case capturedAll:
		c.paidAt, c.captured = captureAt, c.amount
	case capturedPart:
		c.paidAt, c.captured = captureAt, max(1, c.amount*int64(30+s.rng.IntN(60))/100)
		c.authType, c.sparse = "pre_auth", false
	case reversed:
		c.reversedAt = captureAt
	case capturedLater:
		c.paidAt, c.captured = s.base+s.within(hour, day), c.amount
	case lapsed:
		if s.chance(25) {
			c.lapse = statusExpired
		}
	}
}

// giveBack tells the stories of refunds.
func (s *seeder) giveBack(c *charge, p play) {
	m := c.method()
	if !m.partial {
		return
	}
	days := func(low, high second) second { return s.past(c.paidAt + s.within(low*day, high*day)) }
	switch p {
	case refundedPart:
		s.refund(c, c.captured*int64(5+s.rng.IntN(80))/100, days(0, 20))
	case refundedFull:
		s.refund(c, c.captured, days(1, 25))
	case refundedMany:
		at := days(0, 3)
		for range 2 + s.rng.IntN(4) {
			s.refund(c, c.captured/int64(8+s.rng.IntN(8)), at)
			at = s.past(at + s.within(hour, 4*day))
		}
	case voidedToday:
		s.refund(c, c.captured, s.past(c.paidAt+s.within(minute, 2*hour)))
	case refundedLate:
		part := c.captured
		if s.chance(50) {
			part = c.captured / 3
		}
		s.refund(c, part, max(c.paidAt, s.base-s.within(minute, 8*hour)))
	}
}

func (s *seeder) refund(c *charge, amount int64, at second) {
	if amount <= 0 {
		return
	}
	f := &refund{
		id: s.id("rfnd", at), created: at, charge: c, amount: amount,
		voided:   amount == c.captured && len(c.refunds) == 0 && s.land.sameDay(c.paidAt, at),
		metadata: "{}", transaction: s.id("trxn", at),
	}
	f.funding = c.rate.apply(amount)
	if c.currency != c.funding && !f.voided {
		f.funding = rateOf(c.currency, c.funding, int64(s.rng.IntN(200))-100).apply(amount)
	}
	if s.chance(30) {
		f.metadata = choose(s, refundMetadata)
	}
	c.refunds = insertRow(c.refunds, f)
	s.st.refunds.add(f)
	s.event(at, "refund.create", f, c.id)
}

// contest opens disputes that end in each of the four states by turns.
func (s *seeder) contest(c *charge) {
	at := s.past(c.paidAt + s.within(day, 15*day))
	d := newDispute(c, at, c.captured, s.id("dspt", at), s.id("trxn", at))
	c.dispute = d
	d.reason = choose(s, disputeReasons)
	s.event(at, "dispute.create", d, c.id)
	ending := []string{disputeOpen, disputePending, disputeWon, disputeLost}[s.disputes%4]
	s.disputes++
	if ending != disputeOpen {
		d.answered = s.past(at + s.within(hour, 4*day))
		s.event(d.answered, "dispute.update", d, c.id)
	}
	if ending == disputeWon || ending == disputeLost {
		d.closed, d.won = s.past(d.answered+s.within(day, 10*day)), ending == disputeWon
		s.event(d.closed, "dispute.close", d, c.id)
	}
	s.st.disputes.add(d)
}

// retry makes every other declined order come back as a paid one, with the same words.
func (s *seeder) retry(c *charge) {
	first := s.declined
	s.declined = nil
	if first == nil || first.currency != c.currency || s.chance(50) {
		return
	}
	c.amount, c.description, c.metadata = first.amount, first.description, first.metadata
}

// again repeats the last paid charge: a shopper who pressed the button twice.
func (s *seeder) again() bool {
	first := s.lastPaid
	if first == nil || first.created > s.base-10*minute {
		return false
	}
	at := first.created + s.within(5, 4*minute)
	c := s.draft(at, false)
	c.amount, c.currency, c.rate = first.amount, first.currency, first.rate
	c.card, c.customer, c.schedule = first.card, first.customer, ""
	c.description, c.metadata = first.description, first.metadata
	s.pay(c)
	s.keep(c)
	return true
}

// price is what a shop would ask, in minor units within Omise's limits.
func (s *seeder) price(currency string) int64 {
	dear := int64(1)
	if s.chance(3) {
		dear = 8
	}
	switch currency {
	case "JPY":
		return dear * (100 + 10*s.rng.Int64N(3_000))
	case "THB":
		return dear * (2_000 + 100*s.rng.Int64N(2_500) + choose(s, []int64{0, 0, 0, 25, 50, 75, 99}))
	}
	return dear * (200 + 100*s.rng.Int64N(300) + choose(s, []int64{0, 0, 50, 95, 99}))
}
