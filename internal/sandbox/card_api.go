package sandbox

import "net/http"

func (s *Server) cardRoutes() []route {
	return []route{
		{http.MethodGet, "/customers/{id}/cards", secretKey, s.getCards},
		{http.MethodGet, "/customers/{id}/cards/{card}", secretKey, s.getCard},
	}
}

func (s *Server) getCards(q *query) ([]byte, error) {
	c, err := s.st.customerNow(q.id(), q.now)
	if err != nil {
		return nil, err
	}
	return list(q, "/customers/"+c.id+"/cards", c.cardsAt(q.now), (*render).card)
}

func (s *Server) getCard(q *query) ([]byte, error) {
	c, err := s.st.customerNow(q.id(), q.now)
	if err != nil {
		return nil, err
	}
	k, err := c.cardNow(q.args["card"], q.now)
	if err != nil {
		return nil, err
	}
	return q.object(k.draw)
}
