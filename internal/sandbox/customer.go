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
func (c *customer) gone(t second) bool       { return c.deleted.reached(t) }
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

// defaultCard is the id of the chosen card, else of the one added last, "" if there is none.
func (c *customer) defaultCard(t second) string {
	k := c.profile.at(t).favourite
	if k == nil || !k.heldAt(t) {
		k = c.newest(t)
	}
	if k == nil {
		return ""
	}
	return k.id
}

// newest is the card added last, which need not be the youngest: a card begins as a token.
func (c *customer) newest(t second) *card {
	var newest *card
	for _, k := range c.cardsAt(t) {
		if newest == nil || k.attached >= newest.attached {
			newest = k
		}
	}
	return newest
}

// choose makes a card the default, nil to leave none.
func (c *customer) choose(k *card, now second) {
	p := c.profile.at(now)
	p.favourite = k
	c.profile.set(now, p)
}

// drop deletes a card. The newest of the others takes over from a default card for good.
func (c *customer) drop(k *card, now second) {
	was := c.defaultCard(now)
	k.deleted = now
	if was == k.id {
		c.choose(c.newest(now), now)
	}
}

func (r *render) customer(c *customer) {
	p, location := c.profile.at(r.at), "/customers/"+c.id
	r.open('{')
	r.str("object", "customer")
	r.str("id", c.id)
	r.bool("livemode", r.live)
	r.str("location", location)
	if !r.v.old() {
		r.bool("deleted", c.gone(r.at))
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
