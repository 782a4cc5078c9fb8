package sandbox

import (
	"context"
	"slices"
)

// query is one API request, admitted and read.
type query struct {
	method, path string
	args         map[string]string // placeholders of the route's pattern
	in           *fields
	ctx          context.Context // of the request
	now          second
	asked        string // Omise-Version as it was sent
	v            version
	live         bool
	base         string // URL at which the client reached the sandbox, without a final slash
	lies         lies
	unheld       int // rows that a recording counts but does not hold
	seen         int // rows of the walked list up to the end of this page
}

func (q *query) id() string { return q.args["id"] }

func (q *query) render() *render {
	return &render{at: q.now, v: q.v, live: q.live, base: q.base}
}

func (q *query) object(draw func(*render)) ([]byte, error) {
	r := q.render()
	draw(r)
	return r.b, nil
}

// routes of the API, topic by topic.
func (s *Server) routes() []route {
	return slices.Concat(
		s.accountRoutes(),
		s.balanceRoutes(),
		s.transactionRoutes(),
		s.transferRoutes(),
		s.recipientRoutes(),
		s.capabilityRoutes(),
		s.chargeRoutes(),
		s.refundRoutes(),
		s.disputeRoutes(),
		s.documentRoutes(),
		s.linkRoutes(),
		s.searchRoutes(),
		s.scheduleRoutes(),
		s.forexRoutes(),
		s.customerRoutes(),
		s.cardRoutes(),
		s.eventRoutes(),
		s.sourceRoutes(),
		s.tokenRoutes(),
	)
}

func (s *Server) apiFinder() finder {
	if s.fixtures != nil {
		return s.fixtures.find
	}
	return newRouter(s.routes()).find
}
