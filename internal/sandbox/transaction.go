package sandbox

// transaction is one line of the account's books.
type transaction struct {
	id       string
	created  second // when it also becomes transferable, as in every recording of a test account
	amount   int64  // minor units of currency, never negative
	currency string // the one the account is paid in
	credit   bool
	key      string
	origin   string // id of the charge, refund, dispute or transfer
}

func (x transaction) rowKey() (second, string) { return x.created, x.id }

func (x transaction) direction() string {
	if x.credit {
		return "credit"
	}
	return "debit"
}

// signed is what the transaction does to the balance.
func (x transaction) signed() int64 {
	if x.credit {
		return x.amount
	}
	return -x.amount
}

func (r *render) transaction(x transaction) {
	if r.v.old() {
		r.oldTransaction(x)
		return
	}
	r.open('{')
	r.str("object", "transaction")
	r.str("id", x.id)
	r.bool("livemode", r.live)
	r.str("currency", x.currency)
	r.int("amount", x.amount)
	r.str("location", "/transactions/"+x.id)
	r.str("direction", x.direction())
	r.str("key", x.key)
	r.str("origin", x.origin)
	r.when("transferable_at", x.created)
	r.when("created_at", x.created)
	r.close('}')
}

func (r *render) oldTransaction(x transaction) {
	r.open('{')
	r.str("object", "transaction")
	r.str("id", x.id)
	r.str("type", x.direction())
	r.int("amount", x.amount)
	r.str("currency", r.v.currency(x.currency))
	r.str("location", "/transactions/"+x.id)
	r.str("source", x.origin)
	r.when("transferable", x.created)
	r.when("created", x.created)
	r.close('}')
}

// transactions writes an array, as disputes and transfers hold theirs.
func (r *render) transactions(rows []transaction) {
	r.key("transactions")
	r.open('[')
	for _, x := range rows {
		if x.created.reached(r.at) {
			r.transaction(x)
		}
	}
	r.close(']')
}
