package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

func (x *source) draw(r *render) {
	c := x.chargeAt(r.at)
	if c == nil {
		r.sourceObject(x, nil, "unknown")
		return
	}
	r.sourceObject(x, c, c.view(r.at).status)
}

// source writes the source inside its charge.
func (r *render) source(c *charge, status string) { r.sourceObject(c.source, c, status) }

// sourceObject writes the keys in the order of the recordings. What the shopper takes to the
// counter comes with the charge: before it, c is nil.
func (r *render) sourceObject(x *source, c *charge, status string) {
	r.open('{')
	r.str("object", "source")
	r.str("id", x.id)
	r.bool("livemode", r.live)
	r.str("location", "/sources/"+x.id)
	r.int("amount", x.amount)
	r.opt("barcode", x.barcode)
	r.opt("bank", x.bank)
	r.when(r.v.created(), x.created)
	r.str("currency", r.v.currency(x.currency))
	r.opt("email", x.payer.email)
	r.str("flow", x.method().flow)
	r.sourceTerm(x)
	r.opt("ip", x.ip)
	r.opt("absorption_type", x.absorption())
	r.opt("name", x.payer.name)
	r.opt("mobile_number", x.payer.phone)
	r.opt("phone_number", x.payer.phone)
	r.opt("platform_type", x.platform)
	r.sourceCode(x, c)
	r.null("qr_settings")
	r.raw("billing", cmp.Or(x.payer.billing, "null"))
	r.raw("shipping", cmp.Or(x.payer.shipping, "null"))
	r.raw("items", cmp.Or(x.payer.items, "[]"))
	r.sourceReferences(x, c)
	r.null("provider_references")
	r.opt("store_id", x.store.id)
	r.opt("store_name", x.store.name)
	r.opt("terminal_id", x.store.terminal)
	r.str("type", x.kind)
	r.sourceInterest(x)
	r.str("charge_status", status)
	r.null("receipt_amount")
	r.raw("discounts", "[]")
	r.opt("promotion_code", x.promotion)
	r.close('}')
}

func (r *render) sourceTerm(x *source) {
	if x.term == 0 {
		r.null("installment_term")
		return
	}
	r.int("installment_term", x.term)
}

func (r *render) sourceInterest(x *source) {
	if x.term == 0 {
		r.null("zero_interest_installments")
		return
	}
	r.bool("zero_interest_installments", x.absorbing)
}

// absorption names who bears the interest of an instalment plan.
func (x *source) absorption() string {
	switch {
	case x.term == 0:
		return ""
	case x.absorbing:
		return "merchant"
	}
	return "customer"
}

// taxID stands for Omise's, to which bills are paid.
const taxID = "0000000000000"

// sourceReferences writes the numbers that the shopper tells at the counter.
func (r *render) sourceReferences(x *source, c *charge) {
	if c == nil || x.method().shows != showsReferences {
		r.null("references")
		return
	}
	r.key("references")
	r.open('{')
	r.when("expires_at", c.expires)
	r.null("device_id", "customer_amount", "customer_currency", "customer_exchange_rate")
	r.str("omise_tax_id", taxID)
	r.str("reference_number_1", x.number("reference_number_1", 18))
	r.str("reference_number_2", x.number("reference_number_2", 18))
	r.str("barcode", r.base+"/pay/barcode/"+x.id+".svg")
	r.str("payment_code", x.number("payment_code", 9))
	r.null("va_code")
	r.close('}')
}

// number makes up a reference number, always the same for one source.
func (x *source) number(name string, digits int) string {
	sum := sha256.Sum256([]byte(x.id + name))
	return fmt.Sprintf("%018d", binary.BigEndian.Uint64(sum[:])%1e18)[:digits]
}
