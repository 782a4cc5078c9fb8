package sandbox

// subject finds the object that a path names.
type subject[T any] func(q *query) (T, error)

// with is an endpoint that is about an object.
func with[T any](find subject[T], do func(q *query, x T) ([]byte, error)) endpoint {
	return func(q *query) ([]byte, error) {
		x, err := find(q)
		if err != nil {
			return nil, err
		}
		return do(q, x)
	}
}

type drawable interface{ draw(r *render) }

// show answers with the object itself.
func show[T drawable](q *query, x T) ([]byte, error) { return q.object(x.draw) }

func (s *Server) chargeOf(q *query) (*charge, error)     { return s.st.charges.now(q.id(), q.now) }
func (s *Server) disputeOf(q *query) (*dispute, error)   { return s.st.disputes.now(q.id(), q.now) }
func (s *Server) customerOf(q *query) (*customer, error) { return s.st.customers.now(q.id(), q.now) }
func (s *Server) sourceOf(q *query) (*source, error)     { return s.st.sources.now(q.id(), q.now) }
func (s *Server) tokenOf(q *query) (*token, error)       { return s.st.tokens.now(q.id(), q.now) }
func (s *Server) linkOf(q *query) (*link, error)         { return s.st.links.now(q.id(), q.now) }
func (s *Server) transferOf(q *query) (*transfer, error) { return s.st.transfers.now(q.id(), q.now) }

func (s *Server) recipientOf(q *query) (*recipient, error) { return s.st.recipients.now(q.id(), q.now) }
func (s *Server) eventOf(q *query) (*event, error)         { return s.st.events.now(q.id(), q.now) }
