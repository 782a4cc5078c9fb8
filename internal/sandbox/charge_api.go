package sandbox

import "net/http"

func (s *Server) chargeRoutes() []route {
	return []route{
		{http.MethodGet, "/charges", secretKey, s.getCharges},
		{http.MethodGet, "/charges/{id}", secretKey, s.getCharge},
		{http.MethodGet, "/charges/{id}/events", secretKey, s.getChargeEvents},
	}
}

func (s *Server) getCharges(q *query) ([]byte, error) {
	return list(q, "/charges", s.st.charges, (*render).charge)
}

func (s *Server) getCharge(q *query) ([]byte, error) {
	c, err := s.st.chargeNow(q.id(), q.now)
	if err != nil {
		return nil, err
	}
	return q.object(c.draw)
}

func (s *Server) getChargeEvents(q *query) ([]byte, error) {
	c, err := s.st.chargeNow(q.id(), q.now)
	if err != nil {
		return nil, err
	}
	var own []*event
	for _, e := range s.st.events {
		if e.charge == c.id {
			own = append(own, e)
		}
	}
	return list(q, "/charges/"+c.id+"/events", own, s.st.drawEvent)
}
