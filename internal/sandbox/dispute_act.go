package sandbox

import "strings"

// OpenDispute lets the cardholder dispute a paid charge and returns the dispute's id.
func (s *Server) OpenDispute(chargeID string) (id string, err error) {
	err = s.onCharge(chargeID, func(c *charge, v view, now second) error {
		d, err := s.openDispute(c, v, now)
		if err == nil {
			id = d.id
		}
		return err
	})
	return id, err
}

func (s *Server) openDispute(c *charge, v view, now second) (*dispute, error) {
	if !v.disputable || c.dispute != nil { // the latter where the clock was set back
		return nil, refused("invalid_charge", "charge %s cannot be disputed", c.id)
	}
	d := newDispute(c, now, v.captured-v.refunded, s.id("dspt", now), s.id("trxn", now))
	c.dispute = d
	s.st.disputes.put(d)
	s.record(now, "dispute.create", d, c.id)
	return d, nil
}

func newDispute(c *charge, at second, amount int64, id, transaction string) *dispute {
	return &dispute{
		id: id, created: at, charge: c, amount: amount, funding: c.rate.apply(amount),
		transaction: transaction, regainedBy: "trxn" + strings.TrimPrefix(id, "dspt"),
		answers: begun(at, disputeAnswer{metadata: "{}"}),
		reason:  reason{"goods_or_services_not_provided", "Merchandise/Services Not Received"},
	}
}

// AnswerDispute sends the merchant's answer to an open dispute, which makes it pending.
func (s *Server) AnswerDispute(id string) error {
	return s.onDispute(id, func(d *dispute, now second) string {
		d.answer(now)
		return "dispute.update"
	})
}

func (d *dispute) answer(now second) {
	if !d.answered.reached(now) {
		d.answered = now
	}
}

// CloseDispute decides a dispute for or against the merchant.
func (s *Server) CloseDispute(id string, won bool) error {
	return s.onDispute(id, func(d *dispute, now second) string {
		d.closed, d.won = now, won
		if won {
			d.regainedBy = s.id("trxn", now)
		}
		return "dispute.close"
	})
}

func (s *Server) onDispute(id string, act func(d *dispute, now second) string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	d, err := s.st.undecided(id, now)
	if err != nil {
		return err
	}
	s.record(now, act(d, now), d, d.charge.id)
	return nil
}

// isOpen refuses a dispute that can no longer be answered.
func (d *dispute) isOpen(now second) error {
	if d.closed.reached(now) {
		return refused("invalid_dispute", "dispute %s is closed", d.id)
	}
	return nil
}

func (st *state) undecided(id string, now second) (*dispute, error) {
	d, err := st.disputes.now(id, now)
	if err == nil {
		err = d.isOpen(now)
	}
	return d, err
}

func (s *Server) undecidedOf(q *query) (*dispute, error) { return s.st.undecided(q.id(), q.now) }

// AmendDispute decides a closed dispute the other way, silently.
func (s *Server) AmendDispute(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	d, err := s.st.disputes.now(id, now)
	if err != nil {
		return err
	}
	if !d.closed.reached(now) {
		return refused("invalid_dispute", "dispute %s is not closed", id)
	}
	d.won = !d.won
	return nil
}
