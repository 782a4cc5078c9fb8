package sandbox

import (
	"cmp"
	"net/http"
)

func (s *Server) transferRoutes() []route {
	return []route{
		{http.MethodGet, "/transfers", secretKey, s.getTransfers},
		{http.MethodPost, "/transfers", secretKey, s.postTransfer},
		{http.MethodGet, "/transfers/{id}", secretKey, with(s.transferOf, show)},
		{http.MethodPatch, "/transfers/{id}", secretKey, with(s.unsentOf, s.patchTransfer)},
		{http.MethodDelete, "/transfers/{id}", secretKey, with(s.unsentOf, s.deleteTransfer)},
		{http.MethodPost, "/transfers/{id}/mark_as_sent", secretKey, with(s.unsentOf, s.sendTransfer)},
		{http.MethodPost, "/transfers/{id}/mark_as_paid", secretKey, with(s.transferOf, s.payTransfer)},
	}
}

func (s *Server) getTransfers(q *query) ([]byte, error) {
	return list(q, "/transfers", living(s.st.transfers.rows, q.now), (*render).transfer)
}

func (s *Server) postTransfer(q *query) ([]byte, error) {
	x, err := s.readTransfer(q)
	if err != nil {
		return nil, err
	}
	x.id = s.id("trsf", q.now)
	s.st.transfers.put(x)
	s.record(q.now, "transfer.create", x, "")
	return q.object(x.draw)
}

// readTransfer sends all there is when no amount is given, and to the merchant when no recipient.
func (s *Server) readTransfer(q *query) (*transfer, error) {
	left := s.balance(q.now).transferable()
	terms := transferTerms{amount: left, metadata: q.in.object("metadata")}
	if q.in.has("amount") {
		terms.amount = q.in.integer("amount")
	}
	q.in.transferable(terms.amount, left, s.country.currency)
	failFast := q.in.boolean("fail_fast", false)
	id := cmp.Or(q.in.text("recipient"), s.st.us().id)
	if err := q.in.err(); err != nil {
		return nil, err
	}
	to, err := s.st.recipients.now(id, q.now)
	if err != nil {
		return nil, err
	}
	return &transfer{
		created: q.now, currency: s.country.currency, vat: s.country.vat, failFast: failFast,
		recipient: id, bank: to.details.at(q.now).bank, terms: begun(q.now, terms),
	}, nil
}

// transferable refuses an amount that the balance does not have, or that the fee would eat up.
func (f *fields) transferable(amount, left int64, currency string) {
	switch c, _ := currencyOf(currency); {
	case amount <= c.transferFee:
		f.refuse(refused("invalid_amount", "amount must be greater than the fee of %d (minor units of %s)", c.transferFee, currency))
	case amount > left:
		f.refuse(refused("invalid_amount", "amount must be less than or equal to the transferable balance of %d (minor units of %s)", left, currency))
	}
}

// unsentOf finds a transfer that can still be changed.
func (s *Server) unsentOf(q *query) (*transfer, error) {
	x, err := s.transferOf(q)
	if err != nil {
		return nil, err
	}
	if x.sent.reached(q.now) {
		return nil, badRequest("transfer %s has been sent", x.id)
	}
	return x, nil
}

func (s *Server) patchTransfer(q *query, x *transfer) ([]byte, error) {
	terms := x.terms.at(q.now)
	if q.in.has("amount") {
		left := s.balance(q.now).transferable() + terms.amount
		terms.amount = q.in.integer("amount")
		q.in.transferable(terms.amount, left, x.currency)
	}
	if q.in.named("metadata") {
		terms.metadata = q.in.object("metadata")
	}
	if err := q.in.err(); err != nil {
		return nil, err
	}
	x.terms.set(q.now, terms)
	s.record(q.now, "transfer.update", x, "")
	return q.object(x.draw)
}

func (s *Server) deleteTransfer(q *query, x *transfer) ([]byte, error) {
	x.deletedAt = q.now
	s.record(q.now, "transfer.destroy", x, "")
	return q.deleted("transfer", x.id, x.draw)
}

// sendTransfer stands for the bank, as in Omise's test mode.
func (s *Server) sendTransfer(q *query, x *transfer) ([]byte, error) {
	if q.live {
		return nil, testOnly("mark_as_sent")
	}
	s.send(x, q.now)
	s.record(q.now, "transfer.send", x, "")
	return q.object(x.draw)
}

func (s *Server) send(x *transfer, now second) {
	x.sent, x.transaction = now, s.id("trxn", now)
}

// payTransfer stands for the bank, too. What was not sent yet is by now.
func (s *Server) payTransfer(q *query, x *transfer) ([]byte, error) {
	switch {
	case q.live:
		return nil, testOnly("mark_as_paid")
	case x.paid.reached(q.now):
		return nil, badRequest("transfer %s has been paid", x.id)
	}
	if !x.sent.reached(q.now) {
		s.send(x, q.now)
	}
	x.paid = q.now
	s.record(q.now, "transfer.pay", x, "")
	return q.object(x.draw)
}

func testOnly(what string) *Error { return badRequest("%s is for test mode only", what) }
