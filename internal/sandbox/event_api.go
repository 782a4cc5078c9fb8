package sandbox

import "net/http"

func (s *Server) eventRoutes() []route {
	return []route{
		{http.MethodGet, "/events", secretKey, s.getEvents},
		{http.MethodGet, "/events/{id}", secretKey, with(s.eventOf, s.getEvent)},
	}
}

func (s *Server) getEvents(q *query) ([]byte, error) {
	return list(q, "/events", s.st.events.rows, s.st.drawEvent)
}

func (s *Server) getEvent(q *query, e *event) ([]byte, error) {
	return q.object(func(r *render) { s.st.drawEvent(r, e) })
}
