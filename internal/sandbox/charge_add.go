package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"time"
)

var errFixtures = errors.New("a sandbox of fixtures has no state to change")

// maxAmount keeps conversions within 64 bits.
const maxAmount = 100_000_000_000

// AddCharge adds a charge and returns its id. A CreatedAt in the past makes one that a list
// already walked has missed, one in the future appears when the clock gets there.
func (s *Server) AddCharge(spec ChargeSpec) (string, error) {
	if s.fixtures != nil {
		return "", errFixtures
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addCharge(spec, s.now())
}

func (s *Server) addCharge(spec ChargeSpec, now second) (string, error) {
	c, err := s.planCharge(spec, now)
	if err != nil {
		return "", err
	}
	c.id = s.id("chrg", c.created)
	switch {
	case c.source != nil:
		s.keepSource(c.source, c.created)
	case c.card == nil:
		c.card = s.makeCard(CardSpec{Brand: spec.Brand}, "", c.created)
	}
	c.transaction = s.id("trxn", c.created)
	s.keepCharge(c)
	return c.id, nil
}

// planCharge checks a spec and makes all of a charge but what needs an id.
func (s *Server) planCharge(spec ChargeSpec, now second) (*charge, error) {
	metadata, err := objectText(spec.Metadata)
	if err != nil {
		return nil, err
	}
	c := &charge{
		created: instantOr(spec.CreatedAt, now), amount: spec.Amount, currency: cmp.Or(spec.Currency, s.country.currency),
		funding: s.country.currency, land: &s.country, capture: spec.Capture == nil || *spec.Capture,
		authType: spec.AuthorizationType, lapse: spec.Lapse, sparse: spec.Sparse,
		description: spec.Description, metadata: metadata, schedule: spec.Schedule, link: spec.Link,
	}
	if _, known := currencyOf(c.currency); !known || c.amount <= 0 || c.amount > maxAmount {
		return nil, badRequest("cannot charge %d %s", spec.Amount, c.currency)
	}
	c.rate = rateOf(c.currency, c.funding, 0)
	if err := s.payWith(c, spec, now); err != nil {
		return nil, err
	}
	c.feeRate = c.method().feeRate
	c.expires = instantOr(spec.ExpiresAt, c.created+c.lifetime())
	return c, c.begin(spec)
}

// lifetime is how long an authorisation can be captured, or how long an unpaid charge waits. That of
// an instalment plan without a page of the bank is its card's, as recorded.
func (c *charge) lifetime() second {
	if c.source != nil && c.card == nil {
		return c.method().lifetime
	}
	return c.land.lifetime
}

// payWith finds the card of a customer, or describes the source; without either the card will be a
// one-off.
func (s *Server) payWith(c *charge, spec ChargeSpec, now second) error {
	if spec.Source != "" {
		c.source = &source{kind: spec.Source, amount: c.amount, currency: c.currency, charge: c}
		c.awaits = true
		return nil
	}
	if spec.Customer == "" {
		return nil
	}
	owner, err := s.st.customers.now(spec.Customer, now)
	if err != nil {
		return err
	}
	k, err := owner.cardNow(cmp.Or(spec.Card, owner.defaultCard(now)), now)
	if err != nil {
		return err
	}
	c.customer, c.card = owner.id, k.asOf(now)
	return nil
}

// begin sets the facts that make the status asked for.
func (c *charge) begin(spec ChargeSpec) error {
	paid := instantOr(spec.PaidAt, c.created)
	if paid < c.created {
		return badRequest("paid_at is before created_at")
	}
	switch cmp.Or(spec.Status, defaultStatus(spec)) {
	case "successful":
		c.authorizedAt, c.paidAt, c.captured = c.created, paid, c.amount
	case "authorized":
		c.authorizedAt = c.created
		c.capture = spec.Capture != nil && *spec.Capture
	case "pending":
	case "failed":
		c.fail(c.created, spec.FailureCode)
	case "expired":
		c.expires = instantOr(spec.ExpiresAt, c.created)
	case "reversed":
		c.authorizedAt, c.reversedAt, c.capture = c.created, c.created, false
	default:
		return badRequest("status %q is unknown", spec.Status)
	}
	return nil
}

func defaultStatus(spec ChargeSpec) string {
	switch {
	case spec.Source != "":
		return "pending"
	case spec.Capture != nil && !*spec.Capture:
		return "authorized"
	}
	return "successful"
}

func (c *charge) fail(at second, code string) {
	if code == "" {
		code = "insufficient_fund"
	}
	c.forgetAfter(at)
	c.failedAt, c.failureCode = at, code
}

func instantOr(t time.Time, fallback second) second {
	if t.IsZero() {
		return fallback
	}
	return secondOf(t)
}

// objectText is metadata as it will be answered: compact, its numbers as written.
func objectText(raw json.RawMessage) (string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return "{}", nil
	}
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil || out.Bytes()[0] != '{' {
		return "", badRequest("metadata is not a JSON object")
	}
	return out.String(), nil
}
