package sandbox

import "net/http"

func (s *Server) cardRoutes() []route {
	return []route{
		{http.MethodGet, "/customers/{id}/cards", secretKey, with(s.customerOf, getCards)},
		{http.MethodGet, "/customers/{id}/cards/{card}", secretKey, with(s.cardOf, show)},
		{http.MethodPatch, "/customers/{id}/cards/{card}", secretKey, with(s.cardOf, s.patchCard)},
		{http.MethodDelete, "/customers/{id}/cards/{card}", secretKey, with(s.cardOf, s.destroyCard)},
	}
}

func (s *Server) cardOf(q *query) (*card, error) {
	c, err := s.customerOf(q)
	if err != nil {
		return nil, err
	}
	return c.cardNow(q.args["card"], q.now)
}

func getCards(q *query, c *customer) ([]byte, error) {
	return list(q, "/customers/"+c.id+"/cards", c.cardsAt(q.now), (*render).card)
}

func (s *Server) patchCard(q *query, k *card) ([]byte, error) {
	p, err := s.readChanges(q.in, k.printed.at(q.now), q.now)
	if err != nil {
		return nil, err
	}
	s.reprint(k, p, q.now)
	return q.object(k.draw)
}

func (s *Server) destroyCard(q *query, k *card) ([]byte, error) {
	s.deleteCard(s.st.customers.byID[k.customer], k, q.now)
	return q.deleted("card", k.id, k.draw)
}
