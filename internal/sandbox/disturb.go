package sandbox

import (
	"net/http"
	"strings"
)

// disturb changes the list that was just read, as a busy shop does between two pages.
func (s *Server) disturb(q *query, l luck) {
	if !l.insert && !l.delete || s.fixtures != nil || q.method != http.MethodGet {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	path := q.path
	if l.insert {
		s.insertInto(path)
	}
	if l.delete {
		s.deleteFrom(path, q)
	}
}

func (s *Server) insertInto(path string) {
	now := s.now()
	switch path {
	case "/charges":
		_, _ = s.addCharge(ChargeSpec{Amount: 12_300, Description: "made between two pages"}, now)
	case "/customers":
		_, _ = s.addCustomer(CustomerSpec{Email: "between@example.com", Description: "made between two pages", Cards: []CardSpec{{}}}, now)
	case "/refunds":
		// A few tries from the newest on: among seeded charges most can be refunded.
		for i := len(s.st.charges.rows) - 1; i >= 0 && i > len(s.st.charges.rows)-200; i-- {
			c := s.st.charges.rows[i]
			if v := c.view(now); c.created <= now && v.partially {
				_, _ = s.refund(c, 1, now)
				return
			}
		}
	}
}

// deleteFrom takes a deletable customer that the walk has passed already, since that is what makes
// the walk miss another; none passed yet, it takes any.
func (s *Server) deleteFrom(path string, q *query) {
	now := s.now()
	if id, ok := strings.CutSuffix(strings.TrimPrefix(path, "/customers/"), "/cards"); ok {
		c := s.st.customers.byID[id]
		if c != nil && c.deletable && len(c.cardsAt(now)) > 0 {
			s.deleteCard(c, c.cardsAt(now)[0], now)
		}
		return
	}
	if path != "/customers" {
		return
	}
	var passed, others []*customer
	for i, c := range s.st.customers.rows {
		switch {
		case !c.deletable || c.created > now:
		case i < q.seen:
			passed = append(passed, c)
		default:
			others = append(others, c)
		}
	}
	if len(passed) == 0 {
		passed = others
	}
	if len(passed) == 0 {
		return
	}
	victim := passed[s.ids.IntN(len(passed))]
	if held := victim.cardsAt(now); len(held) > 1 {
		s.deleteCard(victim, held[0], now)
		return
	}
	s.deleteCustomer(victim, now)
}
