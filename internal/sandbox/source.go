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

func (x *source) rowKey() (second, string) { return x.created, x.id }

// chargeAt is nil before the source was charged.
func (x *source) chargeAt(t second) *charge {
	if x.charge == nil || x.charge.created > t {
		return nil
	}
	return x.charge
}

// keepSource gives a source its id.
func (s *Server) keepSource(x *source, at second) {
	x.id, x.created = s.id("src", at), at
	s.st.sources.put(x)
}
