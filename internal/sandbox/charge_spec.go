package sandbox

import (
	"encoding/json"
	"time"
)

// ChargeSpec describes a charge to add. Amounts are minor units of Currency.
type ChargeSpec struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"` // default: the account's
	// Status is "successful", "authorized" (open for capture), "pending" (waits for the
	// customer), "failed", "expired" or "reversed". Default: pending with a Source, authorized
	// with Capture false, else successful.
	Status  string `json:"status"`
	Capture *bool  `json:"capture"` // default true, false with Status authorized
	// AuthorizationType is "pre_auth", "final_auth" or "" for null.
	AuthorizationType string `json:"authorization_type"`
	Source            string `json:"source"`   // type of source, "" for a card
	Customer          string `json:"customer"` // id; Card then defaults to its default card
	Card              string `json:"card"`     // id of a card of Customer; "" makes a one-off card
	Brand             string `json:"brand"`    // of a one-off card, default Visa
	Description       string `json:"description"`
	// Metadata is a JSON object, default {}.
	Metadata    json.RawMessage `json:"metadata"`
	FailureCode string          `json:"failure_code"` // default insufficient_fund
	// CreatedAt defaults to the clock, ExpiresAt to the lifetime of the method and country.
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
	// PaidAt of a successful charge defaults to CreatedAt; in the future it is a capture delay.
	PaidAt time.Time `json:"paid_at"`
	// Lapse is the status of an authorisation that nobody captured, "reversed" (default) or
	// "expired".
	Lapse string `json:"lapse"`
	// Sparse leaves authorization_type, authorized_amount and captured_amount out of the JSON.
	Sparse bool `json:"sparse"`
	// Schedule is the id of the schedule that made the charge, Link that of the payment link.
	Schedule string `json:"schedule"`
	Link     string `json:"link"`
}

// ChargeInfo is a charge as of the clock, for tests and for making a shop's books. Amounts are
// minor units of Currency; times are UTC, zero for none.
type ChargeInfo struct {
	ID            string          `json:"id"`
	Status        string          `json:"status"`
	PaymentMethod string          `json:"payment_method"` // source type, else brand
	Currency      string          `json:"currency"`
	Amount        int64           `json:"amount"`
	Captured      int64           `json:"captured"` // 0 unless paid
	Refunded      int64           `json:"refunded"`
	Authorized    bool            `json:"authorized"`
	Paid          bool            `json:"paid"`
	Capturable    bool            `json:"capturable"`
	Refunds       []string        `json:"refunds"` // ids
	Dispute       string          `json:"dispute"` // its id, "" for none
	DisputeStatus string          `json:"dispute_status"`
	Customer      string          `json:"customer"`
	Transaction   string          `json:"transaction"`
	Description   string          `json:"description"`
	Metadata      json.RawMessage `json:"metadata"`
	CreatedAt     time.Time       `json:"created_at,omitzero"`
	PaidAt        time.Time       `json:"paid_at,omitzero"`
	ExpiresAt     time.Time       `json:"expires_at,omitzero"`
}

func orZero(s second) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return s.time()
}

func (c *charge) info(now second) ChargeInfo {
	v, w := c.view(now), c.wordsAt(now)
	i := ChargeInfo{
		ID: c.id, Status: v.status, Currency: c.currency, Amount: c.amount, Refunded: v.refunded,
		Authorized: v.authorized, Paid: v.paid, Capturable: v.capturable,
		Customer: c.customer, Transaction: v.transaction, Description: w.description,
		Metadata: json.RawMessage(w.metadata), Refunds: []string{},
		CreatedAt: c.created.time(), PaidAt: orZero(v.paidAt), ExpiresAt: orZero(v.expires),
	}
	switch {
	case c.source != nil:
		i.PaymentMethod = c.source.kind
	case c.card != nil:
		i.PaymentMethod = c.card.brand
	}
	if v.paid {
		i.Captured = v.captured
	}
	for _, f := range c.refunds {
		if f.created <= now {
			i.Refunds = append(i.Refunds, f.id)
		}
	}
	if v.dispute != nil {
		i.Dispute, i.DisputeStatus = v.dispute.id, v.dispute.status(now)
	}
	return i
}

// Charges gives every charge that exists at the clock, oldest first.
func (s *Server) Charges() []ChargeInfo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	now := s.now()
	var all []ChargeInfo
	for _, c := range between(s.st.charges.rows, 0, now) {
		all = append(all, c.info(now))
	}
	return all
}

// Charge gives one charge, an *Error with status 404 if there is none.
func (s *Server) Charge(id string) (ChargeInfo, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, err := s.st.charges.now(id, s.now())
	if err != nil {
		return ChargeInfo{}, err
	}
	return c.info(s.now()), nil
}
