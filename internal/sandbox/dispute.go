package sandbox

const (
	disputeOpen    = "open"
	disputePending = "pending"
	disputeWon     = "won"
	disputeLost    = "lost"
)

// dispute moves from open to pending, when the merchant answers, to won or lost.
type dispute struct {
	id          string
	created     second
	charge      *charge
	amount      int64 // minor units of the charge's currency
	funding     int64 // minor units of the funding currency
	answered    second
	closed      second
	won         bool
	reason      reason
	transaction string
}

type reason struct{ code, message string }

func (d *dispute) rowKey() (second, string) { return d.created, d.id }
func (d *dispute) draw(r *render)           { r.dispute(d) }

func (d *dispute) status(t second) string {
	switch {
	case d.closed.reached(t) && d.won:
		return disputeWon
	case d.closed.reached(t):
		return disputeLost
	case d.answered.reached(t):
		return disputePending
	}
	return disputeOpen
}

func (r *render) dispute(d *dispute) {
	status := d.status(r.at)
	r.open('{')
	r.str("object", "dispute")
	r.str("id", d.id)
	r.bool("livemode", r.live)
	r.str("location", "/disputes/"+d.id)
	r.str("currency", r.v.currency(d.charge.currency))
	r.int("amount", d.amount)
	r.int("funding_amount", d.funding)
	r.str("funding_currency", r.v.currency(d.charge.funding))
	r.raw("metadata", "{}")
	r.str("charge", d.charge.id)
	embed(r, "documents", "/disputes/"+d.id+"/documents", nil, (*render).card)
	r.key("transactions")
	r.open('[')
	r.disputeTransaction(d)
	r.close(']')
	r.null("admin_message", "message")
	r.str("reason_code", d.reason.code)
	r.str("reason_message", d.reason.message)
	r.str("status", status)
	closed := second(0)
	if d.closed.reached(r.at) {
		closed = d.closed
	}
	r.when("closed_at", closed)
	r.when(r.v.created(), d.created)
	r.close('}')
}

func (r *render) disputeTransaction(d *dispute) {
	r.open('{')
	r.str("object", "transaction")
	r.str("id", d.transaction)
	r.bool("livemode", r.live)
	r.str("currency", r.v.currency(d.charge.funding))
	r.int("amount", d.funding)
	r.str("location", "/transactions/"+d.transaction)
	r.str("direction", "debit")
	r.str("key", "dispute.started.debit")
	r.str("origin", d.id)
	r.when("transferable_at", d.created)
	r.when(r.v.created(), d.created)
	r.close('}')
}
