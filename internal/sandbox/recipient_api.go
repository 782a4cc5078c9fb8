package sandbox

import (
	"cmp"
	"net/http"
)

func (s *Server) recipientRoutes() []route {
	return []route{
		{http.MethodGet, "/recipients", secretKey, s.getRecipients},
		{http.MethodPost, "/recipients", secretKey, s.postRecipient},
		{http.MethodGet, "/recipients/{id}", secretKey, with(s.recipientOf, show)},
		{http.MethodPatch, "/recipients/{id}", secretKey, with(s.recipientOf, s.patchRecipient)},
		{http.MethodDelete, "/recipients/{id}", secretKey, with(s.recipientOf, s.deleteRecipient)},
		{http.MethodPatch, "/recipients/{id}/verify", secretKey, with(s.recipientOf, show)},
	}
}

func (s *Server) getRecipients(q *query) ([]byte, error) {
	return list(q, "/recipients", living(s.st.recipients.rows, q.now), (*render).recipient)
}

func (s *Server) postRecipient(q *query) ([]byte, error) {
	q.in.require("name", "type", "bank_account")
	q.in.group("bank_account").require("number", "name")
	details := q.in.payee(payee{metadata: "{}"}, q.now)
	if details.bank.code == "" {
		q.in.wrong("bank_account[brand]", "is missing")
	}
	if err := q.in.err(); err != nil {
		return nil, err
	}
	p := &recipient{id: s.id("recp", q.now), created: q.now, details: begun(q.now, details)}
	s.st.recipients.put(p)
	s.record(q.now, "recipient.create", p, "")
	return q.object(p.draw)
}

func (s *Server) patchRecipient(q *query, p *recipient) ([]byte, error) {
	details := q.in.payee(p.details.at(q.now), q.now)
	if err := q.in.err(); err != nil {
		return nil, err
	}
	p.details.set(q.now, details)
	s.record(q.now, "recipient.update", p, "")
	return q.object(p.draw)
}

func (s *Server) deleteRecipient(q *query, p *recipient) ([]byte, error) {
	if p.byDefault {
		return nil, badRequest("the default recipient cannot be deleted")
	}
	p.deletedAt = q.now
	s.record(q.now, "recipient.destroy", p, "")
	return q.deleted("recipient", p.id, p.draw)
}

// payee reads what is given and leaves the rest as it was; the Go SDK sends "" for what it leaves.
func (f *fields) payee(was payee, now second) payee {
	p := payee{
		name:        cmp.Or(f.text("name"), was.name),
		email:       cmp.Or(f.text("email"), was.email),
		description: cmp.Or(f.text("description"), was.description),
		kind:        cmp.Or(f.oneOf("type", "individual", "corporation"), was.kind),
		taxID:       cmp.Or(f.text("tax_id"), was.taxID),
		metadata:    was.metadata,
		bank:        f.group("bank_account").bankAccount(was.bank, now),
	}
	if f.named("metadata") {
		p.metadata = f.object("metadata")
	}
	return p
}

// bankAccount goes by the bank's brand, or its code as in Japan.
func (f *fields) bankAccount(was bankAccount, now second) bankAccount {
	b := bankAccount{
		created: was.created,
		code:    cmp.Or(f.text("brand"), f.text("bank_code"), was.code),
		branch:  cmp.Or(f.text("branch_code"), was.branch),
		number:  cmp.Or(f.text("number"), was.number),
		name:    cmp.Or(f.text("name"), was.name),
		kind:    cmp.Or(f.oneOf("type", "normal", "current"), was.kind),
	}
	if b != was {
		b.created = now
	}
	return b
}
