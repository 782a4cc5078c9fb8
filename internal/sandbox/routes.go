package sandbox

import (
	"net/http"
	"path"
	"slices"
)

// query is one API request after authentication.
type query struct {
	r      *http.Request
	now    second
	v      version
	live   bool
	params map[string]string
	lies   lies
	unheld int // rows that a recording counts but does not hold
	seen   int // rows of the walked list up to the end of this page
}

func (q *query) id() string { return q.r.PathValue("id") }

func (q *query) object(draw func(*render)) ([]byte, error) {
	r := &render{at: q.now, v: q.v, live: q.live}
	draw(r)
	return r.b, nil
}

// endpoint answers with JSON or an *Error.
type endpoint func(q *query) ([]byte, error)

func (s *Server) endpoints() map[string]endpoint {
	return map[string]endpoint{
		"/account":                       s.getAccount,
		"/charges":                       s.getCharges,
		"/charges/{id}":                  s.getCharge,
		"/charges/{id}/refunds":          s.getChargeRefunds,
		"/charges/{id}/refunds/{refund}": s.getRefund,
		"/charges/{id}/events":           s.getChargeEvents,
		"/refunds":                       s.getRefunds,
		"/disputes":                      s.getDisputes(),
		"/disputes/open":                 s.getDisputes(disputeOpen),
		"/disputes/pending":              s.getDisputes(disputePending),
		"/disputes/closed":               s.getDisputes(disputeWon, disputeLost),
		"/disputes/{id}":                 s.getDispute,
		"/customers":                     s.getCustomers,
		"/customers/{id}":                s.getCustomer,
		"/customers/{id}/cards":          s.getCards,
		"/customers/{id}/cards/{card}":   s.getCard,
		"/events":                        s.getEvents,
		"/events/{id}":                   s.getEvent,
	}
}

func (s *Server) apiRoutes() http.Handler {
	if s.fixtures != nil {
		return s.handle(s.fixtures.answer)
	}
	mux := http.NewServeMux()
	for pattern, e := range s.endpoints() {
		mux.Handle(pattern, s.handle(e))
	}
	unknown := s.handle(unknownPath)
	mux.Handle("/", unknown)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path.Clean(r.URL.Path) != r.URL.Path {
			// The mux would redirect, in HTML.
			unknown.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func unknownPath(q *query) ([]byte, error) {
	return nil, &Error{Status: http.StatusNotFound, Code: "not_found", Message: "the path " + q.r.URL.Path + " was not found"}
}

func (s *Server) getAccount(q *query) ([]byte, error) { return q.object(s.account) }

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
	id := q.r.PathValue("refund")
	for _, f := range c.refunds {
		if f.id == id && f.created <= q.now {
			return q.object(f.draw)
		}
	}
	return nil, notFound("refund", id)
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

func (s *Server) getRefunds(q *query) ([]byte, error) {
	return list(q, "/refunds", s.st.refunds, (*render).refund)
}

// getDisputes lists all disputes, or those whose status now is one of the given.
func (s *Server) getDisputes(statuses ...string) endpoint {
	return func(q *query) ([]byte, error) {
		rows := s.st.disputes
		if len(statuses) > 0 {
			rows = nil
			for _, d := range s.st.disputes {
				if status := d.status(q.now); status == statuses[0] || status == statuses[len(statuses)-1] {
					rows = append(rows, d)
				}
			}
		}
		return list(q, q.r.URL.Path, rows, (*render).dispute)
	}
}

func (s *Server) getDispute(q *query) ([]byte, error) {
	d, err := s.st.disputeNow(q.id(), q.now)
	if err != nil {
		return nil, err
	}
	return q.object(d.draw)
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
	k, err := c.cardNow(q.r.PathValue("card"), q.now)
	if err != nil {
		return nil, err
	}
	return q.object(k.draw)
}

func (s *Server) getEvents(q *query) ([]byte, error) {
	return list(q, "/events", s.st.events, s.st.drawEvent)
}

func (s *Server) getEvent(q *query) ([]byte, error) {
	id := q.id()
	i := slices.IndexFunc(s.st.events, func(e *event) bool { return e.id == id && e.created <= q.now })
	if i < 0 {
		return nil, notFound("event", id)
	}
	return q.object(func(r *render) { s.st.drawEvent(r, s.st.events[i]) })
}
