package sandbox

import "time"

// card belongs to a customer, or to nobody: then it came as a one-off token with a charge.
type card struct {
	id       string
	created  second
	attached second // to its customer, 0 if to none
	deleted  second
	customer string
	imprint
	bank      string
	country   string
	financing string
	printed   history[printed]
	address   *address // nil for none
}

// printed is what stands on a card and may change in place.
type printed struct {
	month, year  int
	name         string
	city, postal string // of the bill, which Omise lets a client change together with the rest
}

// address is the rest of where the bill goes; it never changes.
type address struct{ street1, street2, state, phone, email string }

func (c *card) rowKey() (second, string) { return c.created, c.id }
func (c *card) draw(r *render)           { r.card(c) }

// heldAt tells whether a customer had the card at t.
func (c *card) heldAt(t second) bool { return c.attached.reached(t) && !c.deleted.reached(t) }

// asOf is a copy that later changes do not reach, for a charge to keep.
func (c *card) asOf(t second) *card {
	then := *c
	then.printed = begun(c.created, c.printed.at(t))
	return &then
}

// expiredBy is true from the first instant of the month after the one on the card.
func (c *card) expiredBy(t second, zone *time.Location) bool {
	p := c.printed.at(t)
	return monthOver(p.month, p.year, t, zone)
}

func monthOver(month, year int, now second, zone *time.Location) bool {
	return !now.time().Before(time.Date(year, time.Month(month)+1, 1, 0, 0, 0, 0, zone))
}

func (r *render) card(c *card) { r.cardObject(c, true) }

// cardObject leaves out what cards inside charges and tokens lacked before 2019 unless full.
func (r *render) cardObject(c *card, full bool) {
	p, a := c.printed.at(r.at), c.address
	if a == nil {
		a = &address{}
	}
	r.open('{')
	r.str("object", "card")
	r.str("id", c.id)
	r.bool("livemode", r.live)
	if full {
		r.cardPlace(c)
	}
	r.opt("street1", a.street1)
	r.opt("street2", a.street2)
	r.opt("city", p.city)
	r.opt("state", a.state)
	r.opt("phone_number", a.phone)
	if a.email != "" {
		r.str("email", a.email)
	}
	r.opt("postal_code", p.postal)
	r.str("country", c.country)
	r.str("financing", c.financing)
	r.str("bank", c.bank)
	r.str("brand", c.brand)
	r.str("fingerprint", c.fingerprint)
	r.null("first_digits")
	r.str("last_digits", c.last)
	r.str("name", p.name)
	r.int("expiration_month", int64(p.month))
	r.int("expiration_year", int64(p.year))
	r.bool("security_code_check", !c.unchecked)
	r.null("tokenization_method")
	r.when(r.v.created(), c.created)
	r.close('}')
}

func (r *render) cardPlace(c *card) {
	location := ""
	if c.attached.reached(r.at) {
		location = "/customers/" + c.customer + "/cards/" + c.id
	}
	r.opt("location", location)
	if !r.v.old() {
		r.bool("deleted", c.deleted.reached(r.at))
	}
}
