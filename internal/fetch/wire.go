package fetch

import (
	"encoding/json"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

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

// UnmarshalJSONFrom reads the relation.
func (r *ref) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var object struct {
		ID string `json:"id"`
	}
	id, err := idOr(d, &object)
	*r = ref(id + object.ID)
	return err
}

// idOr reads a relation: a bare id, null, or the object itself into object.
// There are several in every charge, so they are read in the same pass as it.
func idOr(d *jsontext.Decoder, object any) (id string, err error) {
	if d.PeekKind() == '{' {
		return "", jsonv2.UnmarshalDecode(d, object)
	}
	return id, jsonv2.UnmarshalDecode(d, &id) // null leaves it empty
}

type wireAccount struct {
	wireHead
	ID       string `json:"id"`
	Livemode *bool  `json:"livemode"`
	Country  string `json:"country"`
	Currency string `json:"currency"`
}

type wireCharge struct {
	ID                  string                      `json:"id"`
	Livemode            *bool                       `json:"livemode"`
	CreatedAt           string                      `json:"created_at"`
	Created             string                      `json:"created"`
	Status              string                      `json:"status"`
	Amount              *int64                      `json:"amount"`
	Currency            string                      `json:"currency"`
	Authorized          *bool                       `json:"authorized"`
	Paid                *bool                       `json:"paid"`
	Captured            json.RawMessage             `json:"captured"` // 2014-07-27: what is paid since
	Capture             *bool                       `json:"capture"`
	Capturable          *bool                       `json:"capturable"`
	Reversed            bool                        `json:"reversed"`
	Voided              bool                        `json:"voided"`
	Expired             bool                        `json:"expired"`
	AuthorizedAmount    *int64                      `json:"authorized_amount"`
	CapturedAmount      *int64                      `json:"captured_amount"`
	RefundedAmount      *int64                      `json:"refunded_amount"`
	Refunded            json.RawMessage             `json:"refunded"` // an amount up to 2017-11-02, never a truth value
	FundingAmount       *int64                      `json:"funding_amount"`
	FundingCurrency     string                      `json:"funding_currency"`
	Fee                 *int64                      `json:"fee"`
	FeeVAT              *int64                      `json:"fee_vat"`
	Interest            *int64                      `json:"interest"`
	InterestVAT         *int64                      `json:"interest_vat"`
	Net                 *int64                      `json:"net"`
	PaidAt              string                      `json:"paid_at"`
	AuthorizedAt        string                      `json:"authorized_at"`
	ExpiresAt           string                      `json:"expires_at"`
	ExpiredAt           string                      `json:"expired_at"`
	ReversedAt          string                      `json:"reversed_at"`
	AuthorizationType   string                      `json:"authorization_type"`
	Description         string                      `json:"description"`
	Metadata            json.RawMessage             `json:"metadata"`
	Customer            ref                         `json:"customer"`
	Card                related[wireChargedCard]    `json:"card"`
	Source              related[wireSource]         `json:"source"`
	Transaction         ref                         `json:"transaction"`
	Dispute             related[wireChargedDispute] `json:"dispute"`
	Schedule            ref                         `json:"schedule"`
	Link                ref                         `json:"link"`
	FailureCode         string                      `json:"failure_code"`
	Refundable          *bool                       `json:"refundable"`
	PartiallyRefundable *bool                       `json:"partially_refundable"`
	CanPerformVoid      *bool                       `json:"can_perform_void"`
	Refunds             json.RawMessage             `json:"refunds"`
}

// related is a relation of which more than the id is wanted, where Omise gives
// the object itself.
type related[T any] struct {
	ID string `json:"id"`
	Of T      `json:",embed"`
}

// UnmarshalJSONFrom reads the relation.
func (r *related[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	type plain related[T]
	*r = related[T]{}
	id, err := idOr(d, (*plain)(r))
	r.ID += id
	return err
}

// wireChargedCard is the copy of a card inside a charge: as it was then, and
// never a card that a customer keeps now.
type wireChargedCard struct {
	Brand       string `json:"brand"`
	Fingerprint string `json:"fingerprint"`
}

type wireSource struct {
	Type string `json:"type"`
}

type wireChargedDispute struct {
	Status string `json:"status"`
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
