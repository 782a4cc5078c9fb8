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
	transaction string // that took the money
	regainedBy  string // that brings it back, if it is won
	answers     history[disputeAnswer]
	documents   []*document
}

// disputeAnswer is what the merchant says about a dispute.
type disputeAnswer struct {
	message  string
	metadata string // JSON
}

type reason struct{ code, message string }

func (d *dispute) location() string         { return "/disputes/" + d.id }
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
	answer := d.answers.at(r.at)
	r.open('{')
	r.str("object", "dispute")
	r.str("id", d.id)
	r.bool("livemode", r.live)
	r.str("location", d.location())
	r.str("currency", r.v.currency(d.charge.currency))
	r.int("amount", d.amount)
	r.int("funding_amount", d.funding)
	r.str("funding_currency", r.v.currency(d.charge.funding))
	r.raw("metadata", answer.metadata)
	r.str("charge", d.charge.id)
	embed(r, "documents", d.location()+"/documents", living(d.documents, r.at), (*render).document)
	r.transactions(d.book(nil))
	r.null("admin_message")
	r.opt("message", answer.message)
	r.str("reason_code", d.reason.code)
	r.str("reason_message", d.reason.message)
	r.str("status", d.status(r.at))
	r.when("closed_at", d.closed.by(r.at))
	r.when(r.v.created(), d.created)
	r.close('}')
}
