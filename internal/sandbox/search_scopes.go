package sandbox

func (s *Server) chargeScope() scope[*charge] {
	return scope[*charge]{
		rows: func(second) []*charge { return s.st.charges.rows },
		texts: func(c *charge, t second) []string {
			said := c.wordsAt(t)
			name, _ := c.payer()
			return []string{said.description, said.metadata, c.customer, name}
		},
		filters: map[string]filter[*charge]{
			"amount":           byAmount(func(c *charge, _ second) (int64, string) { return c.amount, c.currency }),
			"captured":         byFlag(func(c *charge, t second) bool { return c.view(t).paid }),
			"card_last_digits": byText(func(c *charge, _ second) string { _, last := c.payer(); return last }),
			"currency":         byText(func(c *charge, _ second) string { return c.currency }),
			"status":           byText(func(c *charge, t second) string { return c.view(t).status }),
			"voided":           byFlag(func(c *charge, t second) bool { return c.view(t).voided }),
		},
		draw: (*render).charge,
	}
}

// payer is the name on the card that paid and the card's last digits, "" if it was no card.
func (c *charge) payer() (name, lastDigits string) {
	if c.card == nil {
		return "", ""
	}
	return c.card.printed.at(c.created).name, c.card.last
}

func (s *Server) customerScope() scope[*customer] {
	return scope[*customer]{
		rows: func(second) []*customer { return s.st.customers.rows },
		texts: func(c *customer, t second) []string {
			p := c.profile.at(t)
			return []string{p.email, p.description, p.metadata}
		},
		draw: (*render).customer,
	}
}

func (s *Server) disputeScope() scope[*dispute] {
	return scope[*dispute]{
		rows: func(second) []*dispute { return s.st.disputes.rows },
		texts: func(d *dispute, t second) []string {
			answer := d.answers.at(t)
			return []string{d.charge.id, answer.message, answer.metadata}
		},
		filters: map[string]filter[*dispute]{
			"amount":   byAmount(func(d *dispute, _ second) (int64, string) { return d.amount, d.charge.currency }),
			"currency": byText(func(d *dispute, _ second) string { return d.charge.currency }),
			"status":   byText(func(d *dispute, t second) string { return d.status(t) }),
		},
		draw: (*render).dispute,
	}
}

func (s *Server) linkScope() scope[*link] {
	return scope[*link]{
		rows:  func(t second) []*link { return living(s.st.links.rows, t) },
		texts: func(l *link, _ second) []string { return []string{l.title, l.description} },
		filters: map[string]filter[*link]{
			"amount":   byAmount(func(l *link, _ second) (int64, string) { return l.amount, l.currency }),
			"currency": byText(func(l *link, _ second) string { return l.currency }),
			"multiple": byFlag(func(l *link, _ second) bool { return l.multiple }),
			"used":     byFlag(func(l *link, t second) bool { return l.usedAt(t) != 0 }),
		},
		draw: (*render).link,
	}
}

func (s *Server) recipientScope() scope[*recipient] {
	return scope[*recipient]{
		rows: func(t second) []*recipient { return living(s.st.recipients.rows, t) },
		texts: func(p *recipient, t second) []string {
			d := p.details.at(t)
			return []string{d.name, d.email, d.description, d.metadata}
		},
		filters: map[string]filter[*recipient]{
			"active": byFlag(func(*recipient, second) bool { return true }),
		},
		draw: (*render).recipient,
	}
}

func (s *Server) refundScope() scope[*refund] {
	return scope[*refund]{
		rows:  func(second) []*refund { return s.st.refunds.rows },
		texts: func(f *refund, _ second) []string { return []string{f.charge.id, f.metadata} },
		filters: map[string]filter[*refund]{
			"amount":   byAmount(func(f *refund, _ second) (int64, string) { return f.amount, f.charge.currency }),
			"currency": byText(func(f *refund, _ second) string { return f.charge.currency }),
			"voided":   byFlag(func(f *refund, _ second) bool { return f.voided }),
		},
		draw: (*render).refund,
	}
}

func (s *Server) transferScope() scope[*transfer] {
	return scope[*transfer]{
		rows: func(t second) []*transfer { return living(s.st.transfers.rows, t) },
		texts: func(x *transfer, t second) []string {
			return []string{x.recipient, x.bank.name, x.terms.at(t).metadata}
		},
		filters: map[string]filter[*transfer]{
			"amount":   byAmount(func(x *transfer, t second) (int64, string) { return x.terms.at(t).amount, x.currency }),
			"currency": byText(func(x *transfer, _ second) string { return x.currency }),
			"paid":     byFlag(func(x *transfer, t second) bool { return x.paid.reached(t) }),
			"sent":     byFlag(func(x *transfer, t second) bool { return x.sent.reached(t) }),
		},
		draw: (*render).transfer,
	}
}
