package sandbox

import "strings"

// version of the API in which an answer is written.
type version uint8

const (
	v2019 version = iota
	v2017         // and 2015-11-17, which differs in nothing that is known
	v2014
)

func versionOf(header string) (version, *Error) {
	switch header {
	case "", "2019-05-29":
		return v2019, nil
	case "2017-11-02", "2015-11-17":
		return v2017, nil
	case "2014-07-27":
		return v2014, nil
	}
	return 0, badRequest("Omise-Version %q is not supported by the sandbox", header)
}

func (v version) old() bool { return v != v2019 }

// created names the creation time: before 2019 timestamps lacked the suffix.
func (v version) created() string {
	if v.old() {
		return "created"
	}
	return "created_at"
}

func (v version) currency(code string) string {
	if v.old() {
		return strings.ToLower(code)
	}
	return code
}

func (v version) listTime() string {
	if v.old() {
		return "2006-01-02T15:04:05+00:00"
	}
	return "2006-01-02T15:04:05Z"
}

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
