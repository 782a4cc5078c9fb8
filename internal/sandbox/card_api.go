package sandbox

import "net/http"

func (s *Server) cardRoutes() []route {
	return []route{
		{http.MethodGet, "/customers/{id}/cards", secretKey, s.withCustomer(getCards)},
		{http.MethodGet, "/customers/{id}/cards/{card}", secretKey, s.withCard(getCard)},
		{http.MethodPatch, "/customers/{id}/cards/{card}", secretKey, s.withCard(s.patchCard)},
		{http.MethodDelete, "/customers/{id}/cards/{card}", secretKey, s.withCard(s.destroyCard)},
	}
}

// withCard is an endpoint of a customer's card that has to be there.
func (s *Server) withCard(do func(q *query, c *customer, k *card) ([]byte, error)) endpoint {
	return s.withCustomer(func(q *query, c *customer) ([]byte, error) {
		k, err := c.cardNow(q.args["card"], q.now)
		if err != nil {
			return nil, err
		}
		return do(q, c, k)
	})
}

func getCards(q *query, c *customer) ([]byte, error) {
	return list(q, "/customers/"+c.id+"/cards", c.cardsAt(q.now), (*render).card)
}

func getCard(q *query, _ *customer, k *card) ([]byte, error) { return q.object(k.draw) }

func (s *Server) patchCard(q *query, _ *customer, k *card) ([]byte, error) {
	p, err := s.readChanges(q.in, k.printed.at(q.now), q.now)
	if err != nil {
		return nil, err
	}
	s.reprint(k, p, q.now)
	return q.object(k.draw)
}

func (s *Server) destroyCard(q *query, c *customer, k *card) ([]byte, error) {
	s.deleteCard(c, k, q.now)
	return q.deleted("card", k.id, k.draw)
}
