package sandbox

import (
	"reflect"
	"testing"
	"time"
)

func newCustomer(t *testing.T, s *Server, body string) map[string]any {
	t.Helper()
	return do(t, s, "POST /customers", body)
}

// patch sends a PATCH that has to succeed, and that the next GET has to show.
func patch(t *testing.T, s *Server, path, body string) map[string]any {
	t.Helper()
	changed := do(t, s, "PATCH "+path, body)
	if again := object(t, s, path); !reflect.DeepEqual(again, changed) {
		t.Errorf("changed to %v, retrieved as %v", changed, again)
	}
	return changed
}

func addCustomer(t *testing.T, s *Server, cards int) (string, []string) {
	t.Helper()
	var spec CustomerSpec
	for i := range cards {
		spec.Cards = append(spec.Cards, CardSpec{
			ExpirationMonth: 11, ExpirationYear: 2026,
			CreatedAt: testNow.Add(time.Duration(i-100) * time.Hour),
		})
	}
	spec.CreatedAt = testNow.Add(-100 * time.Hour)
	id, err := s.AddCustomer(spec)
	must(t, err)
	var kept []string
	for _, c := range s.Customers() {
		if c.ID == id {
			kept = c.Cards
		}
	}
	return id, kept
}
