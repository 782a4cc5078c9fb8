package sandbox

import "net/http"

func (s *Server) refundRoutes() []route {
	return []route{
		{http.MethodGet, "/refunds", secretKey, s.getRefunds},
		{http.MethodPost, "/charges/{id}/refunds", secretKey, with(s.chargeOf, s.createRefund)},
		{http.MethodGet, "/charges/{id}/refunds", secretKey, with(s.chargeOf, s.getChargeRefunds)},
		{http.MethodGet, "/charges/{id}/refunds/{refund}", secretKey, with(s.refundOf, show)},
	}
}

func (s *Server) createRefund(q *query, c *charge) ([]byte, error) {
	o, err := readRefund(q.in)
	if err != nil {
		return nil, err
	}
	f, err := s.makeRefund(c, c.view(q.now), o, q.now)
	if err != nil {
		return nil, err
	}
	return q.object(f.draw)
}

// readRefund wants an amount, but for a void, which is of the whole charge anyway.
func readRefund(f *fields) (refundOrder, error) {
	o := refundOrder{amount: f.integer("amount"), void: f.boolean("void", false), metadata: f.object("metadata")}
	if !o.void {
		f.require("amount")
	}
	if f.has("amount") && o.amount <= 0 {
		f.wrong("amount", "must be at least 1")
	}
	return o, f.err()
}

func (s *Server) getRefunds(q *query) ([]byte, error) {
	return list(q, "/refunds", s.st.refunds.rows, (*render).refund)
}

func (s *Server) getChargeRefunds(q *query, c *charge) ([]byte, error) {
	return list(q, "/charges/"+c.id+"/refunds", c.refunds, (*render).refund)
}

func (s *Server) refundOf(q *query) (*refund, error) {
	c, err := s.chargeOf(q)
	if err != nil {
		return nil, err
	}
	return findRow("refund", c.refunds, q.args["refund"], q.now)
}
