package sandbox

// transfer is money on its way to a recipient's bank. It leaves the balance when it is sent.
type transfer struct {
	id        string
	created   second
	sent      second
	paid      second
	deletedAt second
	currency  string
	vat       int64 // hundredths of a percent, of the fee
	failFast  bool
	recipient string
	bank      bankAccount // as it was when the transfer was made
	terms     history[transferTerms]

	transaction string // drawn when it is sent
}

// transferTerms can be changed until the transfer is sent.
type transferTerms struct {
	amount   int64  // minor units, what the fee is taken from
	metadata string // JSON
}

func (x *transfer) rowKey() (second, string) { return x.created, x.id }
func (x *transfer) draw(r *render)           { r.transfer(x) }
func (x *transfer) gone(t second) bool       { return x.deletedAt.reached(t) }

// fees splits what a transfer costs into Omise's fee and the tax on it.
func (x *transfer) fees() (fee, vat int64) {
	c, _ := currencyOf(x.currency)
	total := c.transferFee
	fee = (total*10_000 + (10_000+x.vat)/2) / (10_000 + x.vat)
	return fee, total - fee
}

func (r *render) transfer(x *transfer) {
	now := x.terms.at(r.at)
	fee, vat := x.fees()
	r.open('{')
	r.str("object", "transfer")
	r.str("id", x.id)
	r.bool("livemode", r.live)
	r.str("location", "/transfers/"+x.id)
	r.bool("deleted", x.gone(r.at))
	r.bool("fail_fast", x.failFast)
	r.bool("paid", x.paid.reached(r.at))
	r.bool("sent", x.sent.reached(r.at))
	r.bool("sendable", !x.sent.reached(r.at))
	r.str("currency", r.v.currency(x.currency))
	r.int("amount", now.amount)
	r.int("fee", fee)
	r.raw("metadata", now.metadata)
	r.str("recipient", x.recipient)
	r.key("bank_account")
	r.bankAccount(x.bank)
	r.null("failure_code", "failure_message")
	r.transferTimes(x)
	r.null("schedule")
	r.int("fee_vat", vat)
	r.int("net", now.amount-fee-vat)
	r.int("total_fee", fee+vat)
	r.null("split_transfer_group_id")
	r.close('}')
}

func (r *render) transferTimes(x *transfer) {
	r.when("paid_at", x.paid.by(r.at))
	r.when("sent_at", x.sent.by(r.at))
	if r.v.old() {
		r.when("created", x.created)
		r.opt("transaction", x.transactionID(r.at))
		return
	}
	r.null("balance_hold_at")
	r.when("created_at", x.created)
	r.transactions(x.book(nil))
}

func (x *transfer) transactionID(t second) string {
	if !x.sent.reached(t) {
		return ""
	}
	return x.transaction
}
