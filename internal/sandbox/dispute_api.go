package sandbox

import "net/http"

func (s *Server) disputeRoutes() []route {
	return []route{
		{http.MethodGet, "/disputes", secretKey, s.getDisputes()},
		{http.MethodGet, "/disputes/open", secretKey, s.getDisputes(disputeOpen)},
		{http.MethodGet, "/disputes/pending", secretKey, s.getDisputes(disputePending)},
		{http.MethodGet, "/disputes/closed", secretKey, s.getDisputes(disputeWon, disputeLost)},
		{http.MethodGet, "/disputes/{id}", secretKey, s.getDispute},
	}
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
		return list(q, q.path, rows, (*render).dispute)
	}
}

func (s *Server) getDispute(q *query) ([]byte, error) {
	d, err := s.st.disputeNow(q.id(), q.now)
	if err != nil {
		return nil, err
	}
	return q.object(d.draw)
}
