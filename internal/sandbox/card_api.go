package sandbox

import "net/http"

func (s *Server) cardRoutes() []route {
	return []route{
		{http.MethodGet, "/customers/{id}/cards", secretKey, s.getCards},
		{http.MethodGet, "/customers/{id}/cards/{card}", secretKey, s.getCard},
		{http.MethodPatch, "/customers/{id}/cards/{card}", secretKey, s.patchCard},
		{http.MethodDelete, "/customers/{id}/cards/{card}", secretKey, s.deleteCardCall},
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
	_, k, err := s.cardOf(q)
	if err != nil {
		return nil, err
	}
	return q.object(k.draw)
}

func (s *Server) cardOf(q *query) (*customer, *card, error) {
	c, err := s.st.customerNow(q.id(), q.now)
	if err != nil {
		return nil, nil, err
	}
	k, err := c.cardNow(q.args["card"], q.now)
	return c, k, err
}

func (s *Server) patchCard(q *query) ([]byte, error) {
	_, k, err := s.cardOf(q)
	if err != nil {
		return nil, err
	}
	p, err := s.readChanges(q.in, k.printed.at(q.now), q.now)
	if err != nil {
		return nil, err
	}
	s.reprint(k, p, q.now)
	return q.object(k.draw)
}

func (s *Server) deleteCardCall(q *query) ([]byte, error) {
	c, k, err := s.cardOf(q)
	if err != nil {
		return nil, err
	}
	s.deleteCard(c, k, q.now)
	return q.deleted("card", k.id, k.draw)
}
