package sandbox

import "net/http"

func (s *Server) customerRoutes() []route {
	return []route{
		{http.MethodGet, "/customers", secretKey, s.getCustomers},
		{http.MethodPost, "/customers", secretKey, s.postCustomer},
		{http.MethodGet, "/customers/{id}", secretKey, with(s.customerOf, show)},
		{http.MethodPatch, "/customers/{id}", secretKey, with(s.customerOf, s.patchCustomer)},
		{http.MethodDelete, "/customers/{id}", secretKey, with(s.customerOf, s.destroyCustomer)},
		{http.MethodGet, "/customers/{id}/linked_accounts", secretKey, with(s.customerOf, getLinkedAccounts)},
	}
}

func (s *Server) getCustomers(q *query) ([]byte, error) {
	return list(q, "/customers", s.st.customers.rows, (*render).customer)
}

func (s *Server) postCustomer(q *query) ([]byte, error) {
	p, err := readProfile(q.in, profile{metadata: "{}"})
	if err != nil {
		return nil, err
	}
	t, err := s.newCardOf(q)
	if err != nil {
		return nil, err
	}
	c := &customer{id: s.id("cust", q.now), created: q.now}
	if t != nil {
		p.favourite = t.attach(c, q.now)
	}
	c.profile = begun(q.now, p)
	s.keepCustomer(c)
	return q.object(c.draw)
}

// newCardOf gives the unused token that a customer's new card comes as, nil if the request has
// none.
func (s *Server) newCardOf(q *query) (*token, error) {
	id := q.in.text("card")
	if err := q.in.err(); err != nil || id == "" {
		return nil, err
	}
	return s.tokenToUse(id, q.now)
}

// readProfile changes what the request names of p.
func readProfile(f *fields, p profile) (profile, error) {
	f.change("email", &p.email)
	f.change("description", &p.description)
	if f.has("metadata") {
		p.metadata = f.object("metadata")
	}
	return p, f.err()
}

func (s *Server) patchCustomer(q *query, c *customer) ([]byte, error) {
	was := c.profile.at(q.now)
	p, err := readProfile(q.in, was)
	if err != nil {
		return nil, err
	}
	t, err := s.newCardOf(q)
	if err != nil {
		return nil, err
	}
	if p.favourite, err = c.favourite(q, t); err != nil {
		return nil, err
	}
	c.profile.set(q.now, p)
	if t != nil {
		t.attach(c, q.now)
		s.record(q.now, "customer.update.card", c, "")
	}
	if t == nil || p != was {
		s.record(q.now, "customer.update", c, "")
	}
	return q.object(c.draw)
}

// favourite is the default card after a PATCH: the one that it names, which may be the new one, or
// the one that was. A first card becomes the default by itself.
func (c *customer) favourite(q *query, t *token) (*card, error) {
	id := q.in.text("default_card")
	switch {
	case q.in.err() != nil:
		return nil, q.in.err()
	case t != nil && (id == t.card.id || id == "" && c.defaultCard(q.now) == ""):
		return t.card, nil
	case id == "":
		return c.profile.at(q.now).favourite, nil
	}
	return c.cardNow(id, q.now)
}

func (s *Server) destroyCustomer(q *query, c *customer) ([]byte, error) {
	s.deleteCustomer(c, q.now)
	return q.deleted("customer", c.id, c.draw)
}

// getLinkedAccounts answers the list that every customer refers to and that is always empty here.
func getLinkedAccounts(q *query, c *customer) ([]byte, error) {
	return list(q, "/customers/"+c.id+"/linked_accounts", nil, (*render).card)
}
