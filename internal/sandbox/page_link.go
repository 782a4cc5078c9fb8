package sandbox

import "net/http"

// pageLink shows a payment link.
func (s *Server) pageLink(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	now := s.now()
	l, err := s.st.links.now(r.PathValue("id"), now)
	if err != nil {
		s.mu.RUnlock()
		missing(w, "link")
		return
	}
	p, open := l.page(), l.open(now)
	s.mu.RUnlock()
	if !open {
		p.Note = "This link takes one payment, and has had it."
		p.write(w, http.StatusConflict)
		return
	}
	p.Buttons = []button{{"/pay/links/" + l.id, "Pay " + p.Amount}}
	p.write(w, http.StatusOK)
}

func (l *link) open(now second) bool { return l.multiple || l.usedAt(now) == 0 }

func (l *link) page() page {
	p := page{Title: l.title, Amount: price(l.amount, l.currency)}
	if l.description != "" {
		p.Facts = []fact{{"For", l.description}}
	}
	return p
}

// pagePayLink pays a link and shows what became of the payment.
func (s *Server) pagePayLink(w http.ResponseWriter, r *http.Request) {
	var paid struct{ Charge string }
	if err := s.play(s.baseURL(r), "/links/"+r.PathValue("id")+"/pay", &paid); err != nil {
		s.pageRefused(w, r, err, s.pageLink)
		return
	}
	leave(w, resultOf(s.paymentOfCharge(paid.Charge)))
}
