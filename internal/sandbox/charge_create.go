package sandbox

import (
	"net/netip"
	"net/url"
	"strings"
)

// createCharge checks everything before it draws an id or changes anything.
func (s *Server) createCharge(q *query) ([]byte, error) {
	c := s.readCharge(q)
	if err := q.in.err(); err != nil {
		return nil, err
	}
	t, err := s.readTender(q, c)
	if err != nil {
		return nil, err
	}
	if err := c.readTerms(q); err != nil {
		return nil, err
	}
	s.openCharge(c, t)
	return q.object(c.draw)
}

// readCharge reads what does not depend on how the charge is paid.
func (s *Server) readCharge(q *query) *charge {
	f := q.in
	f.require("amount", "currency")
	c := &charge{
		created: q.now, land: &s.country, funding: s.country.currency,
		amount: f.integer("amount"), currency: strings.ToUpper(f.text("currency")),
		capture: f.boolean("capture", true), authType: f.oneOf("authorization_type", preAuth, finalAuth),
		description: f.text("description"), metadata: f.object("metadata"),
		ip: readIP(f), returnURI: readURI(f, "return_uri"), webhooks: readEndpoints(f),
		linkedAccount: f.text("linked_account"), zeroInterest: f.boolean("zero_interest_installments", false),
	}
	c.rate = rateOf(c.currency, c.funding, 0)
	if err := s.country.checkAmount(c.amount, c.currency); err != nil {
		f.refuse(err)
	}
	if c.authType != "" && c.capture {
		f.wrong("authorization_type", "is for charges with capture false")
	}
	return c
}

// readTerms reads what depends on how the charge is paid.
func (c *charge) readTerms(q *query) error {
	f := q.in
	c.feeRate = c.method().feeRate
	c.expires = c.created + c.lifetime()
	if t, ok := f.instant("expires_at"); ok {
		c.expires = secondOf(t)
		switch {
		case c.source == nil:
			f.wrong("expires_at", "cannot be set for a payment by card")
		case c.expires <= c.created:
			f.wrong("expires_at", "is not in the future")
		}
	}
	plan := c.source != nil && c.source.term > 0
	if c.zeroInterest = plan && (c.zeroInterest || c.source.absorbing); c.zeroInterest {
		c.interestRate = interestPerMonth * c.source.term
	}
	if c.sendsAway() {
		f.require("return_uri")
	}
	return f.err()
}

// interestPerMonth is what an instalment plan costs the merchant who bears its interest, in
// hundredths of a percent.
const interestPerMonth = 74

// sendsAway tells whether the shopper has to leave the shop's pages, and to be sent back.
func (c *charge) sendsAway() bool {
	if c.source != nil {
		return c.method().needsReturn()
	}
	return c.awaits
}

// openCharge makes a checked charge: what is not left to the shopper is decided at once.
func (s *Server) openCharge(c *charge, t tender) {
	c.id, c.transaction = s.id("chrg", c.created), s.id("trxn", c.created)
	if t.fresh {
		s.keepSource(c.source, c.created)
	}
	if c.source != nil {
		c.source.charge, c.source.absorbing = c, c.zeroInterest
	}
	if t.token != nil {
		t.token.spend(c.created)
		t.token.charge = c
	}
	if !c.awaits {
		c.decide(c.created)
	}
	s.keepCharge(c)
}

func (s *Server) keepCharge(c *charge) {
	s.st.charges.put(c)
	s.st.linkCharge(c)
	s.record(c.created, "charge.create", c, c.id)
}

func readIP(f *fields) string {
	text := f.text("ip")
	if _, err := netip.ParseAddr(text); err != nil && text != "" {
		f.wrong("ip", "%.40q is not an IP address", text)
	}
	return text
}

// readURI reads an absolute URI; its scheme may be that of a shopper's app.
func readURI(f *fields, name string) string {
	text := f.text(name)
	if text == "" {
		return ""
	}
	if u, err := url.Parse(text); err != nil || !u.IsAbs() || u.Host == "" {
		f.wrong(name, "%.80q is not an absolute URI", text)
	}
	return text
}

const maxEndpoints = 2

// readEndpoints reads where the events of a charge go. Omise takes https only; here a receiver on
// the same machine will do without.
func readEndpoints(f *fields) []string {
	var endpoints []string
	for _, v := range f.get("webhook_endpoints").list() {
		if v.kind != kindText || !isEndpoint(v.text) {
			f.wrong("webhook_endpoints", "must be https URIs, or http ones of this machine")
			return nil
		}
		endpoints = append(endpoints, v.text)
	}
	if len(endpoints) > maxEndpoints {
		f.wrong("webhook_endpoints", "are more than %d", maxEndpoints)
	}
	return endpoints
}

func isEndpoint(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}
