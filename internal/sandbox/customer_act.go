package sandbox

// AddCustomer adds a customer with its cards and returns its id.
func (s *Server) AddCustomer(spec CustomerSpec) (string, error) {
	if s.fixtures != nil {
		return "", errFixtures
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addCustomer(spec, s.now())
}

func (s *Server) addCustomer(spec CustomerSpec, now second) (string, error) {
	metadata, err := objectText(spec.Metadata)
	if err != nil {
		return "", err
	}
	for _, k := range spec.Cards {
		if err := k.check(); err != nil {
			return "", err
		}
	}
	c := &customer{created: instantOr(spec.CreatedAt, now), deletable: spec.Deletable}
	p := profile{email: spec.Email, description: spec.Description, metadata: metadata}
	c.id = s.id("cust", c.created)
	for _, k := range spec.Cards {
		c.cards = insertRow(c.cards, s.makeCard(k, c.id, c.created))
	}
	if len(c.cards) > 0 {
		p.favourite = c.cards[0]
	}
	c.profile = begun(c.created, p)
	s.keepCustomer(c)
	return c.id, nil
}

func (s *Server) keepCustomer(c *customer) {
	s.st.customers.put(c)
	s.record(c.created, "customer.create", c, "")
}

// onCustomer runs an action on a customer at the clock.
func (s *Server) onCustomer(id string, act func(c *customer, now second) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	c, err := s.st.customers.now(id, now)
	if err != nil {
		return err
	}
	return act(c, now)
}

// DeleteCustomer deletes a customer with its cards.
func (s *Server) DeleteCustomer(id string) error {
	return s.onCustomer(id, func(c *customer, now second) error {
		s.deleteCustomer(c, now)
		return nil
	})
}

func (s *Server) deleteCustomer(c *customer, now second) {
	for _, k := range c.cardsAt(now) {
		k.deleted = now
	}
	c.deleted = now
	s.st.customers.rows = removeRow(s.st.customers.rows, c)
	s.record(now, "customer.destroy", c, "")
}

// SetDefaultCard makes another card of a customer its default.
func (s *Server) SetDefaultCard(customerID, cardID string) error {
	return s.onCard(customerID, cardID, func(c *customer, k *card, now second) {
		c.choose(k, now)
		s.record(now, "customer.update", c, "")
	})
}
