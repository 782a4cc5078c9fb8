package sandbox

// link is a page where anybody can pay. Its charges tell whether it was used.
type link struct {
	id          string
	created     second
	deletedAt   second
	amount      int64 // minor units
	currency    string
	title       string
	description string
	multiple    bool      // may be paid more than once
	charges     []*charge // made through it, sorted
}

func (l *link) rowKey() (second, string) { return l.created, l.id }
func (l *link) draw(r *render)           { r.link(l) }
func (l *link) gone(t second) bool       { return l.deletedAt.reached(t) }

// usedAt is when the link was first paid, 0 if it was not by t.
func (l *link) usedAt(t second) second {
	var first second
	for _, c := range l.charges {
		if v := c.view(t); v.paid && (first == 0 || v.paidAt < first) {
			first = v.paidAt
		}
	}
	return first
}

// linkCharge shows a new charge to the link that it was made through, if any.
func (st *state) linkCharge(c *charge) {
	if l := st.links.byID[c.link]; l != nil {
		l.charges = insertRow(l.charges, c)
	}
}

// payLink pays a link with a card and gives the id of the charge. A link that takes one payment and
// has had it is refused as invalid_link.
func (s *Server) payLink(id string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	l, err := s.st.links.now(id, now)
	if err != nil {
		return "", err
	}
	if !l.open(now) {
		return "", refused("invalid_link", "link %s has been used", id)
	}
	return s.addCharge(l.order(), now)
}

// order is a payment through the link, which the amount may have fail as any other.
func (l *link) order() ChargeSpec {
	spec := ChargeSpec{Amount: l.amount, Currency: l.currency, Description: l.description, Link: l.id}
	if code := failureOfAmount(l.amount); code != "" {
		spec.Status, spec.FailureCode = statusFailed, code
	}
	return spec
}

func (r *render) link(l *link) {
	location := "/links/" + l.id
	used := l.usedAt(r.at)
	r.open('{')
	r.str("object", "link")
	r.str("id", l.id)
	r.bool("livemode", r.live)
	r.str("location", location)
	if !r.v.old() {
		r.bool("deleted", l.gone(r.at))
	}
	r.bool("multiple", l.multiple)
	r.bool("used", used != 0)
	r.str("currency", r.v.currency(l.currency))
	r.int("amount", l.amount)
	embed(r, "charges", location+"/charges", l.charges, (*render).charge)
	r.str("description", l.description)
	r.str("title", l.title)
	r.str("payment_uri", r.base+"/pay"+location)
	r.when(r.v.created(), l.created)
	if !r.v.old() {
		r.when("used_at", used)
		r.when("deleted_at", l.deletedAt.by(r.at))
	}
	r.close('}')
}
