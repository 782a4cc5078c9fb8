package sandbox

import "net/http"

func (s *Server) refundRoutes() []route {
	return []route{
		{http.MethodGet, "/refunds", secretKey, s.getRefunds},
		{http.MethodGet, "/charges/{id}/refunds", secretKey, s.getChargeRefunds},
		{http.MethodGet, "/charges/{id}/refunds/{refund}", secretKey, s.getRefund},
	}
}

func (s *Server) getRefunds(q *query) ([]byte, error) {
	return list(q, "/refunds", s.st.refunds, (*render).refund)
}

func (s *Server) getChargeRefunds(q *query) ([]byte, error) {
	c, err := s.st.chargeNow(q.id(), q.now)
	if err != nil {
		return nil, err
	}
	return list(q, "/charges/"+c.id+"/refunds", c.refunds, (*render).refund)
}

func (s *Server) getRefund(q *query) ([]byte, error) {
	c, err := s.st.chargeNow(q.id(), q.now)
	if err != nil {
		return nil, err
	}
	id := q.args["refund"]
	for _, f := range c.refunds {
		if f.id == id && f.created <= q.now {
			return q.object(f.draw)
		}
	}
	return nil, notFound("refund", id)
}
