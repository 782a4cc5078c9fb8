package sandbox

func (c *charge) draw(r *render) { r.charge(c) }

// charge writes the keys in the order of the recordings.
func (r *render) charge(c *charge) {
	if r.v.old() {
		r.oldCharge(c)
		return
	}
	v := c.view(r.at)
	r.open('{')
	r.str("object", "charge")
	r.str("id", c.id)
	r.str("location", "/charges/"+c.id)
	r.chargeMoney(c, v)
	r.opt("ip", c.ip)
	embed(r, "refunds", "/charges/"+c.id+"/refunds", c.refunds, (*render).refund)
	r.opt("link", c.link)
	r.chargeWords(c)
	r.chargeCard(c)
	r.chargeSource(c, v)
	r.opt("schedule", c.schedule)
	r.opt("linked_account", c.linkedAccount)
	r.opt("customer", c.customer)
	r.chargeDispute(v)
	r.opt("transaction", v.transaction)
	r.opt("failure_code", v.failureCode)
	r.opt("failure_message", v.failureMessage)
	r.null("merchant_advice", "merchant_advice_code")
	r.str("status", v.status)
	r.chargeURIs(c)
	r.when("created_at", c.created)
	r.chargeTimes(v)
	r.bool("multi_capture", false)
	r.bool("zero_interest_installments", c.zeroInterest)
	r.null("branch", "terminal", "device")
	r.chargeFlags(c, v)
	r.null("approval_code")
	r.close('}')
}

func (r *render) chargeMoney(c *charge, v view) {
	r.int("amount", c.amount)
	if !v.sparse {
		r.opt("authorization_type", v.authType)
		r.int("authorized_amount", c.amount)
		r.int("captured_amount", v.captured)
	}
	r.null("acquirer_reference_number")
	r.int("net", v.net)
	r.int("fee", v.fee)
	r.int("fee_vat", v.feeVAT)
	r.int("interest", v.interest)
	r.int("interest_vat", v.intVAT)
	r.int("funding_amount", v.funding)
	r.int("refunded_amount", v.refunded)
	r.transactionFees(c)
	r.raw("platform_fee", `{"fixed":null,"amount":null,"percentage":null}`)
	r.str("currency", c.currency)
	r.str("funding_currency", c.funding)
}

func (r *render) transactionFees(c *charge) {
	r.key("transaction_fees")
	r.open('{')
	r.str("fee_flat", "0.0")
	r.str("fee_rate", percent(c.feeRate))
	r.str("vat_rate", percent(c.land.vat))
	r.close('}')
}

func (r *render) chargeWords(c *charge) {
	w := c.wordsAt(r.at)
	r.opt("description", w.description)
	r.raw("metadata", w.metadata)
}

// chargeURIs gives a card's charge that names where to return a page as recorded, even if there was
// nothing to authorise.
func (r *render) chargeURIs(c *charge) {
	authorize := ""
	if (c.awaits || c.returnURI != "") && c.method().hasPage() {
		authorize = r.base + "/payments/" + c.payment() + "/authorize"
	}
	r.opt("authorize_uri", authorize)
	r.opt("return_uri", c.returnURI)
}

// chargeCard writes the card as it was when the charge was made: a later change of its expiry does
// not reach into old charges.
func (r *render) chargeCard(c *charge) {
	if c.card == nil {
		r.null("card")
		return
	}
	r.key("card")
	now := r.at
	r.at = c.created
	r.cardObject(c.card, !r.v.old())
	r.at = now
}

func (r *render) chargeSource(c *charge, v view) {
	if c.source == nil {
		r.null("source")
		return
	}
	r.key("source")
	r.source(c, v.status)
}

func (r *render) chargeDispute(v view) {
	if v.dispute == nil {
		r.null("dispute")
		return
	}
	r.key("dispute")
	r.dispute(v.dispute)
}

func (r *render) chargeTimes(v view) {
	r.when("paid_at", v.paidAt)
	if !r.v.old() {
		r.when("authorized_at", v.authorizedAt)
	}
	r.when("expires_at", v.expires)
	r.when("expired_at", v.expiredAt)
	r.when("reversed_at", v.reversedAt)
}

func (r *render) chargeFlags(c *charge, v view) {
	r.bool("authorized", v.authorized)
	r.bool("capturable", v.capturable)
	r.bool("capture", c.capture)
	r.bool("disputable", v.disputable)
	r.bool("livemode", r.live)
	r.bool("refundable", v.refundable)
	r.bool("partially_refundable", v.partially)
	r.bool("reversed", v.reversed)
	r.bool("reversible", v.capturable)
	r.bool("voided", v.voided)
	r.bool("paid", v.paid)
	r.bool("expired", v.expired)
	r.bool("can_perform_void", v.voidable)
}
