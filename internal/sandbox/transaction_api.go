package sandbox

import (
	"net/http"
	"slices"
)

func (s *Server) transactionRoutes() []route {
	return []route{
		{http.MethodGet, "/transactions", secretKey, s.getTransactions},
		{http.MethodGet, "/transactions/{id}", secretKey, s.getTransaction},
	}
}

func (s *Server) getTransactions(q *query) ([]byte, error) {
	return list(q, "/transactions", s.transactions(), (*render).transaction)
}

func (s *Server) getTransaction(q *query) ([]byte, error) {
	rows := between(s.transactions(), 0, q.now)
	i := slices.IndexFunc(rows, func(x transaction) bool { return x.id == q.id() })
	if i < 0 {
		return nil, notFound("transaction", q.id())
	}
	return q.object(func(r *render) { r.transaction(rows[i]) })
}
