package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

// payment is a charge as its shopper's page needs it, at one instant.
type payment struct {
	id, charge, returnURI   string
	status, failure, amount string
	waits, offline          bool
	facts                   []fact
}

// visit finds the payment that a page is about.
func (s *Server) visit(r *http.Request) (payment, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	now := s.now()
	c := s.st.payment(r.PathValue("payment"))
	if c == nil || c.created > now {
		return payment{}, false
	}
	return c.seen(now), true
}

func (c *charge) seen(now second) payment {
	v := c.view(now)
	p := payment{
		id: c.payment(), charge: c.id, returnURI: c.returnURI,
		status: v.status, failure: v.failureMessage, waits: v.status == statusPending && !v.authorized,
		offline: c.method().flow == flowOffline, amount: price(c.amount, c.currency),
	}
	p.add("For", c.wordsAt(now).description)
	p.add("Paid with", c.paidWith())
	p.addNumbers(c)
	p.add("Charge", c.id)
	if p.waits {
		p.add("Open until", v.expires.time().In(c.land.zone).Format("2 January 2006, 15:04 (UTC-07:00)"))
	}
	return p
}

func (p *payment) add(name, value string) {
	if value != "" {
		p.facts = append(p.facts, fact{name, value})
	}
}

// addNumbers shows what the shopper tells at the counter.
func (p *payment) addNumbers(c *charge) {
	if c.source == nil {
		return
	}
	if c.source.term > 0 {
		p.add("Instalments", strconv.Itoa(int(c.source.term))+" months")
	}
	if c.method().shows == showsReferences {
		p.add("Payment code", c.source.number("payment_code", 9))
		p.add("Reference 1", c.source.number("reference_number_1", 18))
		p.add("Reference 2", c.source.number("reference_number_2", 18))
	}
}

func (c *charge) paidWith() string {
	switch {
	case c.source != nil:
		return strings.ReplaceAll(c.source.kind, "_", " ")
	case c.card != nil:
		return c.card.brand + " ending in " + c.card.last
	}
	return ""
}

// question asks the shopper to decide.
func (p payment) question() page {
	to := "/payments/" + p.id
	pay, note := "Pay "+p.amount, "You are the shopper. Choose what becomes of this payment."
	if p.offline {
		pay, note = "Paid at the counter", "The shopper pays this at a counter or with a banking app. Choose what becomes of it."
	}
	return page{
		Title: "Payment", Amount: p.amount, Note: note, Facts: p.facts,
		Buttons: []button{{to + "/complete", pay}, {to + "/fail", "Let it fail"}, {to + "/cancel", "Cancel"}},
	}
}

// outcome says what became of the payment.
func (p payment) outcome() page {
	out := page{Title: "This payment has been decided", Amount: p.amount, Facts: p.facts, Back: wayBack(p.returnURI)}
	switch p.status {
	case statusSuccessful:
		out.Title, out.Note = "Paid", "The payment went through."
	case statusFailed:
		out.Title, out.Note = "Not paid", "The payment failed: "+p.failure+"."
	case statusExpired:
		out.Title, out.Note = "Too late", "The time in which this could be paid is over."
	case statusReversed:
		out.Title, out.Note = "Given back", "The shop gave up the amount that was held."
	case statusPending:
		out.Title, out.Note = "Authorised", "The amount is held until the shop takes it."
		if p.waits {
			out.Title, out.Note = "Not paid yet", "The payment still waits for the shopper."
		}
	}
	return out
}
