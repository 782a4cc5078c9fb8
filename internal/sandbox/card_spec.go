package sandbox

import (
	"cmp"
	"strconv"
	"time"
)

// CardSpec describes a card; what is empty gets a plain default, an expiry four years on.
type CardSpec struct {
	Brand           string    `json:"brand"`
	Name            string    `json:"name"`
	ExpirationMonth int       `json:"expiration_month"`
	ExpirationYear  int       `json:"expiration_year"`
	CreatedAt       time.Time `json:"created_at"` // default: the customer's
	// Number is the card's number, or any other that stands for one: equal ones share fingerprint
	// and last digits, and those of the test cards bring their failures. It is not kept.
	Number uint64 `json:"number"`
	// Fingerprint and LastDigits are for who has them and not the number.
	Fingerprint string `json:"fingerprint"`
	LastDigits  string `json:"last_digits"`
	// FailureCode is that of every payment with the card, "" for that of Number.
	FailureCode string `json:"failure_code"`
	// Secure cards wait for their shopper (3-D Secure).
	Secure bool `json:"secure"`
}

// check refuses an expiry that is no month; one that is left out will be.
func (spec CardSpec) check() error {
	return checkMonth(cmp.Or(spec.ExpirationMonth, 1), cmp.Or(spec.ExpirationYear, 2000))
}

func checkMonth(month, year int) error {
	if month < 1 || month > 12 || year < 2000 || year > 9999 {
		return badRequest("expiration %d/%d is not a month", month, year)
	}
	return nil
}

// imprintOf works out what a number leaves behind, unless the spec says so itself.
func (s *Server) imprintOf(spec CardSpec) imprint {
	var i imprint
	switch {
	case spec.Number != 0:
		i = s.opt.imprint(strconv.FormatUint(spec.Number, 10))
	case spec.Fingerprint == "":
		i = s.opt.imprint(strconv.FormatUint(s.ids.Uint64(), 10))
		i.brand = ""
	}
	i.brand = cmp.Or(spec.Brand, i.brand, visa)
	i.last = cmp.Or(spec.LastDigits, i.last)
	i.fingerprint = cmp.Or(spec.Fingerprint, i.fingerprint)
	i.outcome = cmp.Or(spec.FailureCode, i.outcome)
	i.secure = spec.Secure || i.secure
	return i
}

// scrubSpec is scrub for the CardSpec or CustomerSpec of a control call.
func (s *Server) scrubSpec(params *value) {
	s.sealSpec(params)
	for i := range params.members {
		if m := &params.members[i]; m.name == "cards" {
			for k := range m.items {
				s.sealSpec(&m.items[k])
			}
		}
	}
	s.scrub(params)
}

func (s *Server) sealSpec(v *value) {
	number := cardNumber(v.get("number").text)
	if !isDigits(number) {
		return
	}
	v.remove("number")
	i := s.opt.imprint(number)
	for _, m := range []member{
		{"brand", textValue(i.brand)},
		{"fingerprint", textValue(i.fingerprint)},
		{"last_digits", textValue(i.last)},
		{"failure_code", textValue(i.outcome)},
	} {
		if v.get(m.name).empty() && !m.empty() {
			v.set(m.name, m.value)
		}
	}
	if i.secure {
		v.set("secure", value{kind: kindBoolean, text: "true"})
	}
}
