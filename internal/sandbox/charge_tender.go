package sandbox

import (
	"cmp"
	"strconv"
	"strings"
)

// tender is how a charge that is being made is paid, beyond the card or source that it keeps.
type tender struct {
	token *token // to be spent
	fresh bool   // the source came with the request and has no id yet
}

// readTender sets a charge's card, or source, or for an instalment plan without a page of the bank
// both.
func (s *Server) readTender(q *query, c *charge) (t tender, err error) {
	f := q.in
	switch {
	case f.has("source"), f.has("offsite"):
		c.awaits = true
		if t.fresh, err = s.tenderSource(q, c); err != nil {
			return t, err
		}
		if !f.has("card") {
			return t, s.nameCustomer(q, c)
		}
		if !strings.HasPrefix(c.source.kind, "installment_wlb_") {
			return t, badRequest("a charge has either a card or a source of type %s", c.source.kind)
		}
	case !f.has("card") && !f.has("customer"):
		return t, refused("missing_card", "request contains no card parameters")
	}
	t.token, err = s.tenderCard(q, c)
	if err == nil && c.card.secure {
		c.awaits = true
	}
	return t, err
}

// tenderCard takes a token, a customer's card, or a customer's default card.
func (s *Server) tenderCard(q *query, c *charge) (*token, error) {
	id, customer := q.in.text("card"), q.in.text("customer")
	if err := q.in.err(); err != nil {
		return nil, err
	}
	if customer == "" {
		t, err := s.tokenToUse(id, q.now)
		if err == nil {
			c.card = t.card.asOf(q.now)
		}
		return t, err
	}
	owner, err := s.st.customers.now(customer, q.now)
	if err != nil {
		return nil, err
	}
	id = cmp.Or(id, owner.defaultCard(q.now))
	if id == "" {
		return nil, refused("missing_card", "customer %s has no card", customer)
	}
	k, err := owner.cardNow(id, q.now)
	if err != nil {
		return nil, err
	}
	c.customer, c.card = customer, k.asOf(q.now)
	return nil, nil
}

// nameCustomer notes whose payment by a source it is.
func (s *Server) nameCustomer(q *query, c *charge) error {
	c.customer = q.in.text("customer")
	if err := q.in.err(); err != nil || c.customer == "" {
		return err
	}
	_, err := s.st.customers.now(c.customer, q.now)
	return err
}

// tenderSource takes a source that was made before, or makes the one that is described: source[type]
// or offsite, its name before there were sources.
func (s *Server) tenderSource(q *query, c *charge) (fresh bool, err error) {
	if v := q.in.get("source"); v.kind == kindText && !v.empty() {
		c.source, err = s.st.sources.now(v.text, q.now)
		if err == nil && c.source.charge != nil {
			return false, badRequest("source %s was already charged", c.source.id)
		}
	} else {
		c.source, err = s.readInline(q.in, c)
		fresh = true
	}
	if err != nil {
		return fresh, err
	}
	if c.source.amount != c.amount || c.source.currency != c.currency {
		return fresh, refused("invalid_charge", "amount and currency differ from those of the source, %d %s", c.source.amount, c.source.currency)
	}
	return fresh, nil
}

// readInline reads a source whose amount and currency, unless given again, are the charge's.
func (s *Server) readInline(f *fields, c *charge) (*source, error) {
	g := f.group("source")
	g.members = append([]member(nil), g.members...)
	g.kind = kindObject
	for _, m := range []member{
		{"amount", textValue(strconv.FormatInt(c.amount, 10))}, {"currency", textValue(c.currency)}, {"type", textValue(f.text("offsite"))},
	} {
		if !g.has(m.name) {
			g.set(m.name, m.value)
		}
	}
	x := s.readSource(g)
	return x, f.err()
}
