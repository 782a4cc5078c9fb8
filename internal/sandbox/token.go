package sandbox

// token stands for a card until it is used: once, for a charge or for a customer's new card.
type token struct {
	id            string
	created, used second
	card          *card
	charge        *charge // that used it, if one did
}

func (t *token) rowKey() (second, string) { return t.created, t.id }
func (t *token) draw(r *render)           { r.token(t) }

func (t *token) spend(now second) { t.used = now }

// chargeStatus is unknown as long as no charge used the token.
func (t *token) chargeStatus(now second) string {
	if t.charge == nil || t.charge.created > now {
		return "unknown"
	}
	return t.charge.view(now).status
}

// tokenToUse gives a token that nobody has used yet.
func (s *Server) tokenToUse(id string, now second) (*token, error) {
	t, err := s.st.tokens.now(id, now)
	if err != nil {
		return nil, err
	}
	if t.used != 0 {
		return nil, refused("used_token", "token was already used")
	}
	return t, nil
}

// attach makes the token's card one of a customer's.
func (t *token) attach(c *customer, now second) *card {
	t.spend(now)
	t.card.customer, t.card.attached = c.id, now
	c.cards = insertRow(c.cards, t.card)
	return t.card
}

func (r *render) token(t *token) {
	r.open('{')
	r.str("object", "token")
	r.str("id", t.id)
	r.bool("livemode", r.live)
	r.str("location", r.base+"/tokens/"+t.id)
	r.bool("used", t.used.reached(r.at))
	r.str("charge_status", t.chargeStatus(r.at))
	r.tokenCard(t)
	r.when(r.v.created(), t.created)
	r.close('}')
}

// tokenCard is null once the card has moved to a customer, as recorded.
func (r *render) tokenCard(t *token) {
	if t.card.attached.reached(r.at) {
		r.null("card")
		return
	}
	r.key("card")
	r.cardObject(t.card, !r.v.old())
}
