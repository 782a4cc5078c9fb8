package fetch

import "encoding/json"

// The JSON shapes of every API version, with the spellings of 2014-07-27 to
// 2019-05-29 side by side. Unknown keys are ignored: Omise adds keys without a
// new version.

// wireHead is what every answer begins with; an error object says no more.
type wireHead struct {
	Object  string `json:"object"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

type wireList struct {
	wireHead
	Data   []json.RawMessage `json:"data"`
	Total  *int              `json:"total"`
	Offset *int              `json:"offset"`
	Limit  *int              `json:"limit"`
	Order  *string           `json:"order"`
	From   *string           `json:"from"`
	To     *string           `json:"to"`
}

// ref is an id that may come as null, as a string or as the object itself.
type ref string

func (r *ref) UnmarshalJSON(data []byte) error {
	var object struct {
		ID string `json:"id"`
	}
	id, err := idOr(data, &object)
	*r = ref(id + object.ID)
	return err
}

// idOr reads a relation: a bare id, null, or the object itself into object.
// Each is scanned once, because there are several in every charge.
func idOr(data []byte, object any) (id string, err error) {
	switch {
	case len(data) > 0 && data[0] == '{':
		return "", unmarshal(data, object)
	case string(data) == "null":
		return "", nil
	}
	return id, unmarshal(data, &id)
}

type wireAccount struct {
	wireHead
	ID       string `json:"id"`
	Livemode *bool  `json:"livemode"`
	Country  string `json:"country"`
	Currency string `json:"currency"`
}

type wireCharge struct {
	ID                  string             `json:"id"`
	Livemode            *bool              `json:"livemode"`
	CreatedAt           string             `json:"created_at"`
	Created             string             `json:"created"`
	Status              string             `json:"status"`
	Amount              *int64             `json:"amount"`
	Currency            string             `json:"currency"`
	Authorized          *bool              `json:"authorized"`
	Paid                *bool              `json:"paid"`
	Captured            json.RawMessage    `json:"captured"` // 2014-07-27: what is paid since
	Capture             *bool              `json:"capture"`
	Capturable          *bool              `json:"capturable"`
	Reversed            bool               `json:"reversed"`
	Voided              bool               `json:"voided"`
	Expired             bool               `json:"expired"`
	AuthorizedAmount    *int64             `json:"authorized_amount"`
	CapturedAmount      *int64             `json:"captured_amount"`
	RefundedAmount      *int64             `json:"refunded_amount"`
	Refunded            json.RawMessage    `json:"refunded"` // an amount up to 2017-11-02, never a truth value
	FundingAmount       *int64             `json:"funding_amount"`
	FundingCurrency     string             `json:"funding_currency"`
	Fee                 *int64             `json:"fee"`
	FeeVAT              *int64             `json:"fee_vat"`
	Interest            *int64             `json:"interest"`
	InterestVAT         *int64             `json:"interest_vat"`
	Net                 *int64             `json:"net"`
	PaidAt              string             `json:"paid_at"`
	AuthorizedAt        string             `json:"authorized_at"`
	ExpiresAt           string             `json:"expires_at"`
	ExpiredAt           string             `json:"expired_at"`
	ReversedAt          string             `json:"reversed_at"`
	AuthorizationType   string             `json:"authorization_type"`
	Description         string             `json:"description"`
	Metadata            json.RawMessage    `json:"metadata"`
	Customer            ref                `json:"customer"`
	Card                wireChargedCard    `json:"card"`
	Source              wireSource         `json:"source"`
	Transaction         ref                `json:"transaction"`
	Dispute             wireChargedDispute `json:"dispute"`
	Schedule            ref                `json:"schedule"`
	Link                ref                `json:"link"`
	FailureCode         string             `json:"failure_code"`
	Refundable          *bool              `json:"refundable"`
	PartiallyRefundable *bool              `json:"partially_refundable"`
	CanPerformVoid      *bool              `json:"can_perform_void"`
	Refunds             json.RawMessage    `json:"refunds"`
}

// wireChargedCard is the copy of a card inside a charge: as it was then, and
// never a card that a customer keeps now.
type wireChargedCard struct {
	ID          string `json:"id"`
	Brand       string `json:"brand"`
	Fingerprint string `json:"fingerprint"`
}

func (c *wireChargedCard) UnmarshalJSON(data []byte) error {
	type plain wireChargedCard
	*c = wireChargedCard{}
	id, err := idOr(data, (*plain)(c))
	c.ID += id
	return err
}

type wireSource struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

func (s *wireSource) UnmarshalJSON(data []byte) error {
	type plain wireSource
	*s = wireSource{}
	id, err := idOr(data, (*plain)(s))
	s.ID += id
	return err
}

type wireChargedDispute struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

func (d *wireChargedDispute) UnmarshalJSON(data []byte) error {
	type plain wireChargedDispute
	*d = wireChargedDispute{}
	id, err := idOr(data, (*plain)(d))
	d.ID += id
	return err
}

type wireRefund struct {
	ID              string `json:"id"`
	Livemode        *bool  `json:"livemode"`
	Location        string `json:"location"`
	CreatedAt       string `json:"created_at"`
	Created         string `json:"created"`
	Charge          ref    `json:"charge"`
	Amount          *int64 `json:"amount"`
	Currency        string `json:"currency"`
	FundingAmount   *int64 `json:"funding_amount"`
	FundingCurrency string `json:"funding_currency"`
	Status          string `json:"status"`
	Voided          bool   `json:"voided"`
	Transaction     ref    `json:"transaction"`
}

type wireDispute struct {
	ID              string `json:"id"`
	Livemode        *bool  `json:"livemode"`
	CreatedAt       string `json:"created_at"`
	Created         string `json:"created"`
	ClosedAt        string `json:"closed_at"`
	Charge          ref    `json:"charge"`
	Status          string `json:"status"`
	ReasonCode      string `json:"reason_code"`
	Amount          *int64 `json:"amount"`
	Currency        string `json:"currency"`
	FundingAmount   *int64 `json:"funding_amount"`
	FundingCurrency string `json:"funding_currency"`
}

type wireCustomer struct {
	ID          string   `json:"id"`
	Livemode    *bool    `json:"livemode"`
	CreatedAt   string   `json:"created_at"`
	Created     string   `json:"created"`
	Email       string   `json:"email"`
	DefaultCard ref      `json:"default_card"`
	Deleted     bool     `json:"deleted"`
	Cards       wireList `json:"cards"`
}

type wireCard struct {
	ID              string `json:"id"`
	Livemode        *bool  `json:"livemode"`
	CreatedAt       string `json:"created_at"`
	Created         string `json:"created"`
	Brand           string `json:"brand"`
	LastDigits      string `json:"last_digits"`
	Name            string `json:"name"`
	Bank            string `json:"bank"`
	Country         string `json:"country"`
	ExpirationMonth int    `json:"expiration_month"`
	ExpirationYear  int    `json:"expiration_year"`
	Fingerprint     string `json:"fingerprint"`
	Deleted         bool   `json:"deleted"`
}
