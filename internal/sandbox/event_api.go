package sandbox

import "net/http"

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
	e := s.st.eventByID[q.id()]
	if e == nil || e.created > q.now {
		return nil, notFound("event", q.id())
	}
	return q.object(func(r *render) { s.st.drawEvent(r, e) })
}
