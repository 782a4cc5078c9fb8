package sandbox

import "net/http"

func (s *Server) balanceRoutes() []route {
	return []route{
		{http.MethodGet, "/balance", secretKey, s.getBalance},
	}
}

// balance is what the account holds at an instant, in minor units of its currency.
type balance struct {
	total  int64 // of all transactions; below zero, the merchant owes it
	onHold int64 // asked for by transfers that are not sent yet
}

func (b balance) transferable() int64 { return b.total - b.onHold }

func (s *Server) balance(t second) balance {
	b := balance{total: s.st.total(t)}
	for _, x := range living(s.st.transfers.rows, t) {
		if x.created <= t && !x.sent.reached(t) {
			b.onHold += x.terms.at(t).amount
		}
	}
	return b
}

func (s *Server) getBalance(q *query) ([]byte, error) {
	b := s.balance(q.now)
	return q.object(func(r *render) {
		r.open('{')
		r.str("object", "balance")
		r.bool("livemode", r.live)
		r.str("location", "/balance")
		r.str("currency", r.v.currency(s.country.currency))
		r.int("total", b.total)
		if r.v.old() {
			r.int("available", b.transferable())
			r.close('}')
			return
		}
		r.int("transferable", b.transferable())
		r.int("reserve", 0)
		r.int("on_hold", b.onHold)
		r.when("created_at", s.opened())
		r.close('}')
	})
}
