package sandbox

import "net/http"

func (s *Server) chargeRoutes() []route {
	return []route{
		{http.MethodPost, "/charges", secretKey, s.createCharge},
		{http.MethodGet, "/charges", secretKey, s.getCharges},
		{http.MethodGet, "/charges/{id}", secretKey, with(s.chargeOf, show)},
		{http.MethodPatch, "/charges/{id}", secretKey, s.updateCharge},
		{http.MethodPost, "/charges/{id}/capture", secretKey, s.captureCharge},
		{http.MethodPost, "/charges/{id}/reverse", secretKey, s.onChargeOf(s.reverse)},
		{http.MethodPost, "/charges/{id}/expire", secretKey, s.onChargeOf(s.expire)},
		{http.MethodPost, "/charges/{id}/mark_as_paid", secretKey, inTestMode(s.onChargeOf(s.markPaid))},
		{http.MethodPost, "/charges/{id}/mark_as_failed", secretKey, inTestMode(s.markFailed)},
		{http.MethodGet, "/charges/{id}/events", secretKey, with(s.chargeOf, s.getChargeEvents)},
		{http.MethodGet, "/links/{id}/charges", secretKey, with(s.linkOf, s.getLinkCharges)},
	}
}

func (s *Server) getCharges(q *query) ([]byte, error) {
	return list(q, "/charges", s.st.charges.rows, (*render).charge)
}

// chargeAct changes a charge, unless what it looks like now does not allow it.
type chargeAct func(c *charge, v view, now second) error

// onChargeOf makes an endpoint that acts on the charge in its path and answers with it.
func (s *Server) onChargeOf(act chargeAct) endpoint {
	return with(s.chargeOf, func(q *query, c *charge) ([]byte, error) {
		if err := act(c, c.view(q.now), q.now); err != nil {
			return nil, err
		}
		return q.object(c.draw)
	})
}

// inTestMode refuses what nobody may do to real money.
func inTestMode(do endpoint) endpoint {
	return func(q *query) ([]byte, error) {
		if q.live {
			return nil, testOnly(q.path)
		}
		return do(q)
	}
}

func (s *Server) captureCharge(q *query) ([]byte, error) {
	amount := q.in.integer("capture_amount")
	if amount <= 0 && q.in.has("capture_amount") {
		q.in.wrong("capture_amount", "must be at least 1")
	}
	if err := q.in.err(); err != nil {
		return nil, err
	}
	return s.onChargeOf(func(c *charge, v view, now second) error {
		if v.capturable && amount != 0 && amount < c.amount && c.authType != preAuth {
			return refused("failed_capture", "only a charge made with authorization_type=%s can be captured in part", preAuth)
		}
		return s.capture(c, v, amount, now)
	})(q)
}

func (s *Server) markFailed(q *query) ([]byte, error) {
	code := q.in.oneOf("failure_code", documentedFailures()...)
	if err := q.in.err(); err != nil {
		return nil, err
	}
	return s.onChargeOf(func(c *charge, v view, now second) error { return s.decline(c, v, code, now) })(q)
}

// updateCharge takes an empty description for none given: the Go client sends one with new metadata.
func (s *Server) updateCharge(q *query) ([]byte, error) {
	given := words{description: q.in.text("description"), metadata: q.in.object("metadata")}
	if err := q.in.err(); err != nil {
		return nil, err
	}
	return s.onChargeOf(func(c *charge, _ view, now second) error {
		w := c.wordsAt(now)
		if q.in.has("description") {
			w.description = given.description
		}
		if q.in.has("metadata") {
			w.metadata = given.metadata
		}
		c.rewrite(w, now)
		s.record(now, "charge.update", c, c.id)
		return nil
	})(q)
}

func (s *Server) getChargeEvents(q *query, c *charge) ([]byte, error) {
	return list(q, "/charges/"+c.id+"/events", s.st.chargeEvents[c.id], s.st.drawEvent)
}

func (s *Server) getLinkCharges(q *query, l *link) ([]byte, error) {
	return list(q, "/links/"+l.id+"/charges", l.charges, (*render).charge)
}
