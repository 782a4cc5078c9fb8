package sandbox

// customer keeps its deleted cards, for events of earlier days.
type customer struct {
	id          string
	created     second
	deleted     second
	email       string
	description string
	metadata    string // JSON
	cards       []*card
	favourite   *card // default card, while it is not deleted
	deletable   bool  // the delete fault may take it
}

func (c *customer) rowKey() (second, string) { return c.created, c.id }
func (c *customer) draw(r *render)           { r.customer(c) }

// cardsAt gives the cards that the customer had at t.
func (c *customer) cardsAt(t second) []*card {
	var held []*card
	for _, k := range c.cards {
		if k.created <= t && !k.deleted.reached(t) {
			held = append(held, k)
		}
	}
	return held
}

// defaultCard falls to the newest remaining card when the chosen one is deleted.
func (c *customer) defaultCard(t second) string {
	f := c.favourite
	if f != nil && f.created <= t && !f.deleted.reached(t) {
		return f.id
	}
	held := c.cardsAt(t)
	if len(held) == 0 {
		return ""
	}
	return held[len(held)-1].id
}

func (r *render) customer(c *customer) {
	location := "/customers/" + c.id
	r.open('{')
	r.str("object", "customer")
	r.str("id", c.id)
	r.bool("livemode", r.live)
	r.str("location", location)
	if !r.v.old() {
		r.bool("deleted", c.deleted.reached(r.at))
	}
	r.raw("metadata", c.metadata)
	embed(r, "cards", location+"/cards", c.cardsAt(r.at), (*render).card)
	r.opt("default_card", c.defaultCard(r.at))
	if !r.v.old() {
		embed(r, "linked_accounts", location+"/linked_accounts", nil, (*render).card)
	}
	r.opt("description", c.description)
	r.opt("email", c.email)
	r.when(r.v.created(), c.created)
	r.close('}')
}
