package sandbox

// customer keeps its deleted cards, for events of earlier days.
type customer struct {
	id        string
	created   second
	deleted   second
	profile   history[profile]
	cards     []*card
	deletable bool // the delete fault may take it
}

// profile is what a client may change of a customer.
type profile struct {
	email       string
	description string
	metadata    string // JSON
	favourite   *card  // default card, while it is not deleted
}

func (c *customer) rowKey() (second, string) { return c.created, c.id }
func (c *customer) draw(r *render)           { r.customer(c) }

// cardsAt gives the cards that the customer had at t.
func (c *customer) cardsAt(t second) []*card {
	var held []*card
	for _, k := range c.cards {
		if k.heldAt(t) {
			held = append(held, k)
		}
	}
	return held
}

// defaultCard falls to the card added last when the chosen one is deleted, "" if none is left.
func (c *customer) defaultCard(t second) string {
	if f := c.profile.at(t).favourite; f != nil && f.heldAt(t) {
		return f.id
	}
	var newest card
	for _, k := range c.cardsAt(t) {
		if k.attached >= newest.attached {
			newest = *k
		}
	}
	return newest.id
}

func (r *render) customer(c *customer) {
	p, location := c.profile.at(r.at), "/customers/"+c.id
	r.open('{')
	r.str("object", "customer")
	r.str("id", c.id)
	r.bool("livemode", r.live)
	r.str("location", location)
	if !r.v.old() {
		r.bool("deleted", c.deleted.reached(r.at))
	}
	r.raw("metadata", p.metadata)
	embed(r, "cards", location+"/cards", c.cardsAt(r.at), (*render).card)
	r.opt("default_card", c.defaultCard(r.at))
	if !r.v.old() {
		embed(r, "linked_accounts", location+"/linked_accounts", nil, (*render).card)
	}
	r.opt("description", p.description)
	r.opt("email", p.email)
	r.when(r.v.created(), c.created)
	r.close('}')
}
