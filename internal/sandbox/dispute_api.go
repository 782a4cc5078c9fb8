package sandbox

import (
	"cmp"
	"net/http"
	"slices"
)

func (s *Server) disputeRoutes() []route {
	return []route{
		{http.MethodGet, "/disputes", secretKey, s.getDisputes()},
		{http.MethodGet, "/disputes/open", secretKey, s.getDisputes(disputeOpen)},
		{http.MethodGet, "/disputes/pending", secretKey, s.getDisputes(disputePending)},
		{http.MethodGet, "/disputes/closed", secretKey, s.getDisputes(disputeWon, disputeLost)},
		{http.MethodGet, "/disputes/{id}", secretKey, with(s.disputeOf, show)},
		{http.MethodPatch, "/disputes/{id}", secretKey, with(s.undecidedOf, s.patchDispute)},
		{http.MethodPatch, "/disputes/{id}/accept", secretKey, with(s.undecidedOf, s.acceptDispute)},
		{http.MethodPost, "/charges/{id}/disputes", secretKey, with(s.chargeOf, s.postDispute)},
	}
}

// getDisputes lists all disputes, or those whose status now is one of the given.
func (s *Server) getDisputes(statuses ...string) endpoint {
	return func(q *query) ([]byte, error) {
		rows := s.st.disputes.rows
		if len(statuses) > 0 {
			rows = nil
			for _, d := range s.st.disputes.rows {
				if slices.Contains(statuses, d.status(q.now)) {
					rows = append(rows, d)
				}
			}
		}
		return list(q, q.path, rows, (*render).dispute)
	}
}

// postDispute stands for the cardholder, as in Omise's test mode.
func (s *Server) postDispute(q *query, c *charge) ([]byte, error) {
	if q.live {
		return nil, testOnly("a dispute by the merchant")
	}
	d, err := s.openDispute(c, c.view(q.now), q.now)
	if err != nil {
		return nil, err
	}
	return q.object(d.draw)
}

// patchDispute takes a message for the answer, after which it is for others to decide.
func (s *Server) patchDispute(q *query, d *dispute) ([]byte, error) {
	answer := d.answers.at(q.now)
	answer.message = cmp.Or(q.in.text("message"), answer.message)
	if q.in.named("metadata") {
		answer.metadata = q.in.object("metadata")
	}
	if err := q.in.err(); err != nil {
		return nil, err
	}
	if q.in.has("message") {
		d.answer(q.now)
	}
	d.answers.set(q.now, answer)
	s.record(q.now, "dispute.update", d, d.charge.id)
	return q.object(d.draw)
}

// acceptDispute gives the cardholder right, with the words of the recording if there are none.
func (s *Server) acceptDispute(q *query, d *dispute) ([]byte, error) {
	answer := d.answers.at(q.now)
	answer.message = cmp.Or(q.in.text("message"), answer.message, "Merchant accepts the dispute")
	if err := q.in.err(); err != nil {
		return nil, err
	}
	d.closed, d.won = q.now, false
	d.answers.set(q.now, answer)
	s.record(q.now, "dispute.accept", d, d.charge.id)
	return q.object(d.draw)
}
