package sandbox

import (
	"bytes"
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
	c := &charge{
		created: instantOr(spec.CreatedAt, now), amount: spec.Amount, currency: spec.Currency,
		funding: s.country.currency, land: &s.country, capture: spec.Capture == nil || *spec.Capture,
		authType: spec.AuthorizationType, lapse: spec.Lapse, sparse: spec.Sparse,
		description: spec.Description, schedule: spec.Schedule, link: spec.Link,
	}
	if c.currency == "" {
		c.currency = c.funding
	}
	if _, ok := minorValue(c.currency); !ok || c.amount <= 0 || c.amount > maxAmount {
		return "", badRequest("cannot charge %d %s", spec.Amount, c.currency)
	}
	c.rate = rateOf(c.currency, c.funding, 0)
	var err error
	if c.metadata, err = objectText(spec.Metadata); err != nil {
		return "", err
	}
	c.id = s.id("chrg", c.created)
	if err := s.payWith(c, spec, now); err != nil {
		return "", err
	}
	c.feeRate = c.method().feeRate
	c.expires = instantOr(spec.ExpiresAt, c.created+s.lifetime(c))
	if err := c.begin(spec, s.id("trxn", c.created)); err != nil {
		return "", err
	}
	s.st.charges = insertRow(s.st.charges, c)
	s.st.chargeByID[c.id] = c
	s.st.linkCharge(c)
	s.record(c.created, "charge.create", c, c.id)
	return c.id, nil
}

func (s *Server) lifetime(c *charge) second {
	if c.source != nil {
		return c.method().lifetime
	}
	return s.country.lifetime
}

func (s *Server) payWith(c *charge, spec ChargeSpec, now second) error {
	switch {
	case spec.Source != "":
		c.source = &source{id: s.id("src", c.created), created: c.created, kind: spec.Source}
		c.authorizeURI = "https://pay.example.com/payments/" + c.id + "/authorize"
	case spec.Customer != "":
		owner, err := s.st.customerNow(spec.Customer, now)
		if err != nil {
			return err
		}
		if spec.Card == "" {
			spec.Card = owner.defaultCard(now)
		}
		c.customer = owner.id
		c.card, err = owner.cardNow(spec.Card, now)
		return err
	default:
		c.card = s.makeCard(CardSpec{Brand: spec.Brand}, "", c.created)
	}
	return nil
}

// begin sets the facts that make the status asked for.
func (c *charge) begin(spec ChargeSpec, transaction string) error {
	status := spec.Status
	if status == "" {
		status = defaultStatus(spec)
	}
	c.transaction = transaction
	switch status {
	case "successful":
		c.authorizedAt, c.paidAt, c.captured = c.created, instantOr(spec.PaidAt, c.created), c.amount
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
		return badRequest("status %q is unknown", status)
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
	c.failedAt, c.failureCode, c.failureMessage = at, code, failureMessage(code)
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
