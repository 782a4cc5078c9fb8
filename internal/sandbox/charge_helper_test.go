package sandbox

import (
	"testing"
)

const plainCard = "4242424242424242"

// ofSource makes a charge of a source that is described in the same request.
func ofSource(t *testing.T, s *Server, kind, more string) map[string]any {
	t.Helper()
	return do(t, s, "POST /charges", "amount=300000&currency=thb&return_uri=https://shop.example.com/&source[type]="+kind+more)
}

func authorized(t *testing.T, s *Server, more string) string {
	t.Helper()
	c := do(t, s, "POST /charges", "amount=100000&currency=thb&capture=0&card="+newToken(t, s)+more)
	check(t, c, map[string]any{"status": "pending", "capturable": true, "reversible": true, "capture": false, "paid_at": nil})
	return "/charges/" + idOf(c)
}
