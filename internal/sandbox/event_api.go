package sandbox

import (
	"net/http"
	"slices"
)

func (s *Server) eventRoutes() []route {
	return []route{
		{http.MethodGet, "/events", secretKey, s.getEvents},
		{http.MethodGet, "/events/{id}", secretKey, s.getEvent},
	}
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
