package sandbox

// oldCharge has `refunded` as an amount, and neither the amounts of partial capture nor the fees.
func (r *render) oldCharge(c *charge) {
	v := c.view(r.at)
	r.open('{')
	r.str("object", "charge")
	r.str("id", c.id)
	r.str("location", "/charges/"+c.id)
	r.int("amount", c.amount)
	r.int("funding_amount", v.funding)
	r.int("refunded", v.refunded)
	r.transactionFees(c)
	r.str("currency", r.v.currency(c.currency))
	r.str("funding_currency", r.v.currency(c.funding))
	r.opt("ip", c.ip)
	embed(r, "refunds", "/charges/"+c.id+"/refunds", c.refunds, (*render).refund)
	r.opt("link", c.link)
	r.chargeWords(c)
	r.chargeCard(c)
	r.chargeSource(c, v)
	r.opt("schedule", c.schedule)
	r.opt("customer", c.customer)
	r.chargeDispute(v)
	r.opt("transaction", v.transaction)
	r.opt("failure_code", v.failureCode)
	r.opt("failure_message", v.failureMessage)
	r.str("status", v.status)
	r.oldFunds(c)
	r.str("reference", c.payment())
	r.chargeURIs(c)
	r.when("created", c.created)
	r.chargeTimes(v)
	r.null("branch", "terminal", "device")
	r.chargeFlags(c, v)
	r.opt("linked_account", c.linkedAccount)
	r.null("acquirer_reference_number", "approval_code", "merchant_name", "merchant_uid", "unmanaged_payment")
	if r.v == v2014 {
		r.bool("captured", v.paid) // the name that paid then had
	}
	r.close('}')
}

// oldFunds says how the shopper pays in the words from before there were sources.
func (r *render) oldFunds(c *charge) {
	offline, offsite, fund := "", "", "card"
	switch {
	case c.source == nil:
	case c.method().flow == flowOffline:
		offline, fund = c.source.kind, "offline"
	default:
		offsite, fund = c.source.kind, "offsite"
	}
	r.opt("offline", offline)
	r.opt("offsite", offsite)
	r.str("source_of_fund", fund)
}
