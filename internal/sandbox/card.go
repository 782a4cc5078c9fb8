package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// card belongs to a customer, or to nobody: then it came as a one-off token with a charge.
type card struct {
	id       string
	created  second
	deleted  second
	customer string
	brand    string
	number   uint64 // stands for the card number: the same one has the same fingerprint
	name     string
	bank     string
	country  string
	city     string
	postal   string
	credit   string
	expiry   []expiry // as first stored, then each change in place
}

// expiry is what is printed on a card, known since at.
type expiry struct {
	at          second
	month, year int
}

func (c *card) rowKey() (second, string) { return c.created, c.id }
func (c *card) draw(r *render)           { r.card(c) }

func (c *card) expiryAt(t second) expiry {
	e := c.expiry[0]
	for _, next := range c.expiry[1:] {
		if next.at <= t {
			e = next
		}
	}
	return e
}

func (c *card) fingerprint() string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], c.number)
	sum := sha256.Sum256(b[:])
	return base64.StdEncoding.EncodeToString(sum[:])
}

func (c *card) lastDigits() string { return fmt.Sprintf("%04d", c.number%10_000) }

func (r *render) card(c *card) { r.cardObject(c, true) }

// cardObject leaves out what cards inside charges lacked before 2019 unless full.
func (r *render) cardObject(c *card, full bool) {
	e := c.expiryAt(r.at)
	r.open('{')
	r.str("object", "card")
	r.str("id", c.id)
	r.bool("livemode", r.live)
	if full {
		location := ""
		if c.customer != "" {
			location = "/customers/" + c.customer + "/cards/" + c.id
		}
		r.opt("location", location)
		r.bool("deleted", c.deleted.reached(r.at))
	}
	r.null("street1", "street2")
	r.opt("city", c.city)
	r.null("state", "phone_number")
	r.opt("postal_code", c.postal)
	r.str("country", c.country)
	r.str("financing", c.credit)
	r.str("bank", c.bank)
	r.str("brand", c.brand)
	r.str("fingerprint", c.fingerprint())
	r.null("first_digits")
	r.str("last_digits", c.lastDigits())
	r.str("name", c.name)
	r.int("expiration_month", int64(e.month))
	r.int("expiration_year", int64(e.year))
	r.bool("security_code_check", true)
	r.null("tokenization_method")
	r.when(r.v.created(), c.created)
	r.close('}')
}
