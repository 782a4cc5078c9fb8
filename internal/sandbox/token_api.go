package sandbox

import "net/http"

// tokenRoutes are the vault's, which has a host of its own at Omise and takes public keys only.
func (s *Server) tokenRoutes() []route {
	return []route{
		{http.MethodPost, "/tokens", publicKey, s.postToken},
		{http.MethodGet, "/tokens/{id}", publicKey, with(s.tokenOf, show)},
	}
}

func (s *Server) postToken(q *query) ([]byte, error) {
	if !q.in.has("card") {
		return nil, refused("missing_card", "request contains no card parameters")
	}
	f := q.in.group("card")
	if err := q.in.err(); err != nil {
		return nil, err
	}
	k, err := s.readCard(f, q.now)
	if err != nil {
		return nil, err
	}
	k.id = s.id("card", q.now)
	t := &token{id: s.id("tokn", q.now), created: q.now, card: k}
	s.st.tokens.put(t)
	return q.object(t.draw)
}
