package sandbox

import "net/http"

func (s *Server) customerRoutes() []route {
	return []route{
		{http.MethodGet, "/customers", secretKey, s.getCustomers},
		{http.MethodGet, "/customers/{id}", secretKey, s.getCustomer},
	}
}

func (s *Server) getCustomers(q *query) ([]byte, error) {
	return list(q, "/customers", s.st.customers, (*render).customer)
}

func (s *Server) getCustomer(q *query) ([]byte, error) {
	c, err := s.st.customerNow(q.id(), q.now)
	if err != nil {
		return nil, err
	}
	return q.object(c.draw)
}
