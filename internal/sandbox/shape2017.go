package sandbox

import "strings"

// version of the API in which an answer is written.
type version uint8

const (
	v2019 version = iota
	v2017
)

func versionOf(header string) (version, *Error) {
	switch header {
	case "", "2019-05-29":
		return v2019, nil
	case "2017-11-02":
		return v2017, nil
	}
	return 0, badRequest("Omise-Version %q is not supported by the sandbox", header)
}

func (v version) old() bool { return v == v2017 }

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

// oldListTail ends an embedded list, which then had neither order nor location.
func (r *render) oldListTail(p listParams, total int) {
	r.int("limit", int64(p.limit))
	r.int("offset", int64(p.offset))
	r.int("total", int64(total))
	r.time("from", p.from, r.v.listTime())
	r.time("to", p.to, r.v.listTime())
	r.close('}')
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
	r.opt("description", c.description)
	r.raw("metadata", c.metadata)
	r.chargeCard(c)
	r.chargeSource(c, v)
	r.opt("schedule", c.schedule)
	r.opt("customer", c.customer)
	r.chargeDispute(v)
	r.opt("transaction", v.transaction)
	r.opt("failure_code", v.failureCode)
	r.opt("failure_message", v.failureMessage)
	r.str("status", v.status)
	r.null("offline", "offsite")
	r.opt("source_of_fund", c.sourceOfFund())
	r.null("reference")
	r.opt("authorize_uri", c.authorizeURI)
	r.opt("return_uri", c.returnURI)
	r.when("created", c.created)
	r.chargeTimes(c, v)
	r.null("branch", "terminal", "device")
	r.chargeFlags(c, v)
	r.close('}')
}
