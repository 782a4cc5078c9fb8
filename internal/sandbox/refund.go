package sandbox

import "cmp"

// refund is final once made, but for what staff amend. Amounts are minor units.
type refund struct {
	id          string
	created     second
	charge      *charge
	amount      int64
	funding     int64 // at the rate of its own day, not the charge's
	voided      bool
	status      string // as amended, "" for closed
	metadata    string // JSON
	transaction string
}

func (f *refund) rowKey() (second, string) { return f.created, f.id }
func (f *refund) draw(r *render)           { r.refund(f) }

func (r *render) refund(f *refund) {
	r.open('{')
	r.str("object", "refund")
	r.str("id", f.id)
	r.str("location", "/charges/"+f.charge.id+"/refunds/"+f.id)
	r.bool("livemode", r.live)
	r.bool("voided", f.voided)
	r.str("currency", r.v.currency(f.charge.currency))
	r.int("amount", f.amount)
	r.raw("metadata", f.metadata)
	r.str("charge", f.charge.id)
	if r.v.old() {
		r.str("transaction", f.transaction)
		r.when("created", f.created)
		r.close('}')
		return
	}
	r.null("capture", "terminal")
	r.str("transaction", f.transaction)
	r.str("status", cmp.Or(f.status, "closed"))
	r.int("funding_amount", f.funding)
	r.str("funding_currency", f.charge.funding)
	r.when("created_at", f.created)
	r.null("acquirer_reference_number", "approval_code")
	r.close('}')
}
