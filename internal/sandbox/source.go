package sandbox

// source is how a shopper pays without a card. Amounts are minor units.
type source struct {
	id       string
	created  second
	kind     string // of payment, see methods
	amount   int64
	currency string
	charge   *charge // nil until it is charged

	term      int64 // months of an instalment plan
	absorbing bool  // the merchant bears the plan's interest
	payer     payer
	store     store

	barcode, bank, ip, platform, promotion string
}

// payer is what a shopper has told of themselves; billing, shipping and items are JSON or "".
type payer struct {
	name, email, phone       string
	billing, shipping, items string
}

// store is where a shopper pays at a counter.
type store struct{ id, name, terminal string }

// chargeAt is nil before the source was charged.
func (x *source) chargeAt(t second) *charge {
	if x.charge == nil || x.charge.created > t {
		return nil
	}
	return x.charge
}

func (st *state) sourceNow(id string, now second) (*source, error) {
	x := st.sourceByID[id]
	if x == nil || x.created > now {
		return nil, notFound("source", id)
	}
	return x, nil
}

// keepSource gives a source its id.
func (s *Server) keepSource(x *source, at second) {
	x.id, x.created = s.id("src", at), at
	s.st.sourceByID[x.id] = x
}

// addSource makes the source known that came into being with a charge, if one did.
func (st *state) addSource(c *charge) {
	if x := c.source; x != nil {
		x.charge, x.amount, x.currency, x.ip = c, c.amount, c.currency, c.ip
		st.sourceByID[x.id] = x
	}
}
