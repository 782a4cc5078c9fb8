package sandbox

import "cmp"

// AddCard attaches a card to a customer and returns its id. The default card stays.
func (s *Server) AddCard(customerID string, spec CardSpec) (id string, err error) {
	if err := spec.check(); err != nil {
		return "", err
	}
	err = s.onCustomer(customerID, func(c *customer, now second) error {
		k := s.makeCard(spec, c.id, now)
		c.cards = insertRow(c.cards, k)
		if c.profile.at(now).favourite == nil {
			c.choose(k, now)
		}
		s.record(now, "customer.update.card", c, "")
		id = k.id
		return nil
	})
	return id, err
}

func (s *Server) makeCard(spec CardSpec, owner string, created second) *card {
	created = instantOr(spec.CreatedAt, created)
	k := &card{id: s.id("card", created), created: created, customer: owner}
	if owner != "" {
		k.attached = created
	}
	k.imprint = s.imprintOf(spec)
	k.printed = begun(created, printed{
		month: cmp.Or(spec.ExpirationMonth, 12), year: cmp.Or(spec.ExpirationYear, created.time().Year()+4),
		name: cmp.Or(spec.Name, "Somchai Prasert"), city: "Bangkok", postal: "10320",
	})
	return k
}

// onCard runs an action on a card of a customer at the clock.
func (s *Server) onCard(customerID, cardID string, act func(c *customer, k *card, now second)) error {
	return s.onCustomer(customerID, func(c *customer, now second) error {
		k, err := c.cardNow(cardID, now)
		if err == nil {
			act(c, k, now)
		}
		return err
	})
}

// DeleteCard deletes a card of a customer.
func (s *Server) DeleteCard(customerID, cardID string) error {
	return s.onCard(customerID, cardID, s.deleteCard)
}

func (s *Server) deleteCard(c *customer, k *card, now second) {
	c.drop(k, now)
	s.record(now, "card.destroy", k, "")
}

// UpdateCard changes a card's expiry in place: same id, same created_at. Unlike a PATCH it takes
// months that are over.
func (s *Server) UpdateCard(customerID, cardID string, month, year int) error {
	if err := checkMonth(month, year); err != nil {
		return err
	}
	return s.onCard(customerID, cardID, func(_ *customer, k *card, now second) {
		p := k.printed.at(now)
		p.month, p.year = month, year
		s.reprint(k, p, now)
	})
}

func (s *Server) reprint(k *card, p printed, now second) {
	k.printed.set(now, p)
	s.record(now, "card.update", k, "")
}
