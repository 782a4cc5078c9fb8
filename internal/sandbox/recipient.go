package sandbox

import "slices"

// recipient is whom the account's money can be sent to.
type recipient struct {
	id        string
	created   second
	deletedAt second
	byDefault bool // the merchant itself
	details   history[payee]
}

type payee struct {
	name, email, description string
	kind                     string // individual or corporation
	taxID                    string
	metadata                 string // JSON
	bank                     bankAccount
}

type bankAccount struct {
	created second
	code    string
	branch  string
	number  string
	name    string
	kind    string // in Japan, normal or current
}

func (p *recipient) rowKey() (second, string) { return p.created, p.id }
func (p *recipient) draw(r *render)           { r.recipient(p) }
func (p *recipient) gone(t second) bool       { return p.deletedAt.reached(t) }

// defaultRecipient is there from the start.
func defaultRecipient(live bool, base second) *recipient {
	at := accountOpened(base)
	return &recipient{
		id: idPrefix("recp", live, at) + "5s4ndb0x5s4n", created: at, byDefault: true,
		details: begun(at, payee{
			name: "Default recipient", email: "merchant@example.com", kind: "corporation", metadata: "{}",
			bank: bankAccount{created: at, code: "test", number: "123456789", name: "DEFAULT BANK ACCOUNT"},
		}),
	}
}

// us is the recipient that money goes to when nobody else is named.
func (st *state) us() *recipient {
	return st.recipients.rows[slices.IndexFunc(st.recipients.rows, func(p *recipient) bool { return p.byDefault })]
}

// lastFour gives the last four characters of a number.
func lastFour(number string) string { return number[max(0, len(number)-4):] }

// recipient shows everybody as verified and active: nobody is there to do it.
func (r *render) recipient(p *recipient) {
	d := p.details.at(r.at)
	r.open('{')
	r.str("object", "recipient")
	r.str("id", p.id)
	r.bool("livemode", r.live)
	r.str("location", "/recipients/"+p.id)
	r.bool("deleted", p.gone(r.at))
	r.key("bank_account")
	r.bankAccount(d.bank)
	r.bool("active", true)
	r.bool("default", p.byDefault)
	r.bool("verified", true)
	r.opt("description", d.description)
	r.opt("email", d.email)
	r.null("failure_code")
	r.str("name", d.name)
	r.opt("tax_id", d.taxID)
	r.str("type", d.kind)
	r.raw("metadata", d.metadata)
	r.null("schedule")
	r.when(r.v.created(), p.created)
	if !r.v.old() {
		r.when("verified_at", p.created)
		r.when("activated_at", p.created)
	}
	r.close('}')
}

func (r *render) bankAccount(b bankAccount) {
	numberKey := "account_number"
	if r.v.old() {
		numberKey = "number"
	}
	r.open('{')
	r.str("object", "bank_account")
	r.bool("livemode", r.live)
	r.str("last_digits", lastFour(b.number))
	r.str(numberKey, b.number)
	r.str("name", b.name)
	r.opt("type", b.kind)
	r.when(r.v.created(), b.created)
	r.str("brand", bankName(b.code))
	r.str("bank_code", b.code)
	r.opt("branch_code", b.branch)
	r.close('}')
}
