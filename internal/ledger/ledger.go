// Package ledger keeps what Omise said in one SQLite file: every object with
// its earlier versions, the windows that were proven to be complete, and the
// runs. It knows no HTTP and is the only room that speaks SQL.
//
// Amounts are int64 in the smallest unit of the currency beside them. Times
// are Instants, Unix seconds in UTC. An empty string or a nil pointer means
// that Omise said null or nothing.
package ledger

import (
	"strings"
	"time"

	"reconcile/internal/money"
)

// Instant is a moment in Unix seconds, UTC. Omise prints whole seconds.
type Instant int64

// InstantOf cuts t to the second.
func InstantOf(t time.Time) Instant { return Instant(t.Unix()) }

// Time gives the instant as a time in UTC.
func (i Instant) Time() time.Time { return time.Unix(int64(i), 0).UTC() }

// In gives the instant as a time in zone.
func (i Instant) In(zone *time.Location) time.Time { return time.Unix(int64(i), 0).In(zone) }

// Add moves the instant by d, cut to the second.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d/time.Second) }

// List names one of Omise's lists, the thing that is fetched in windows.
type List string

// The lists that are fetched, by their own creation times.
const (
	Charges   List = "charges"
	Refunds   List = "refunds"
	Disputes  List = "disputes"
	Customers List = "customers"
)

// Lists is every list in the order in which reports name them.
func Lists() []List { return []List{Charges, Refunds, Disputes, Customers} }

// Object names a kind of object, in the order in which changes are listed.
type Object string

// Omise's objects that the ledger keeps with their versions.
const (
	ChargeObject   Object = "charge"
	RefundObject   Object = "refund"
	DisputeObject  Object = "dispute"
	CardObject     Object = "card"
	CustomerObject Object = "customer"
)

// What is kept in the same way and is not Omise's: changes do not list it.
const (
	RecordObject Object = "record"
	BreakObject  Object = "break"
)

// Objects is every object of Omise's in the order in which changes are listed.
func Objects() []Object {
	return []Object{ChargeObject, RefundObject, DisputeObject, CardObject, CustomerObject}
}

// The statuses of a charge that Omise's documents and libraries know. Another
// word is kept as it came.
const (
	StatusPending    = "pending"
	StatusSuccessful = "successful"
	StatusFailed     = "failed"
	StatusExpired    = "expired"
	StatusReversed   = "reversed"
)

// Charge is a charge as Omise last showed it. Amount, AuthorizedAmount,
// CapturedAmount and RefundedAmount are in Currency; FundingAmount, Net, the
// fees and interest are in FundingCurrency.
type Charge struct {
	Account             string
	ID                  string
	CreatedAt           Instant
	Status              string
	Amount              int64
	Currency            money.Currency
	Authorized          bool
	Paid                bool
	Capture             bool
	Capturable          *bool
	Reversed            bool
	Voided              bool
	Expired             bool
	AuthorizedAmount    *int64
	CapturedAmount      *int64
	RefundedAmount      int64
	FundingAmount       *int64
	FundingCurrency     money.Currency
	Fee                 *int64
	FeeVAT              *int64
	Interest            *int64
	InterestVAT         *int64
	Net                 *int64
	PaidAt              *Instant
	AuthorizedAt        *Instant
	ExpiresAt           *Instant
	ExpiredAt           *Instant
	ReversedAt          *Instant
	AuthorizationType   string
	Description         string
	Metadata            string // JSON object as Omise wrote it, compact; "" when null
	Customer            string
	Card                string
	CardBrand           string
	CardFingerprint     string
	Source              string
	SourceType          string
	Transaction         string
	Dispute             string
	DisputeStatus       string
	Schedule            string
	Link                string
	FailureCode         string
	Refundable          *bool
	PartiallyRefundable *bool
	CanPerformVoid      *bool
	Refunds             string // JSON: the refunds embedded in this reading, [{"id","amount","voided","status"}]
}

// Captured is what the merchant received of the charge, in Currency: nothing
// unless paid, because Omise fills captured_amount on charges that never were.
func (c Charge) Captured() int64 {
	switch {
	case !c.Paid:
		return 0
	case c.CapturedAmount != nil:
		return *c.CapturedAmount
	}
	return c.Amount
}

// Held is the amount of an authorisation, in Currency: authorized_amount, or
// amount where Omise left that key out.
func (c Charge) Held() int64 {
	if c.AuthorizedAmount != nil {
		return *c.AuthorizedAmount
	}
	return c.Amount
}

// PaymentMethod is the source's type, else the card's brand, in lower case;
// empty where the charge has neither.
func (c Charge) PaymentMethod() string {
	if c.SourceType != "" {
		return strings.ToLower(c.SourceType)
	}
	return strings.ToLower(c.CardBrand)
}

// Refund is a refund as Omise last showed it. Status and Voided are missing in
// old API versions: "" and false.
type Refund struct {
	Account         string
	ID              string
	Charge          string
	CreatedAt       Instant
	Amount          int64
	Currency        money.Currency
	FundingAmount   *int64
	FundingCurrency money.Currency
	Status          string
	Voided          bool
	Transaction     string
}

// Dispute is a chargeback as Omise last showed it.
type Dispute struct {
	Account         string
	ID              string
	Charge          string
	CreatedAt       Instant
	ClosedAt        *Instant
	Status          string
	ReasonCode      string
	Amount          int64
	Currency        money.Currency
	FundingAmount   *int64
	FundingCurrency money.Currency
}

// Customer is a customer who may keep cards.
type Customer struct {
	Account     string
	ID          string
	CreatedAt   Instant
	Email       string
	DefaultCard string
	Deleted     bool
}

// Card is a card that a customer keeps. The cards of one-off tokens inside
// charges are never stored as one.
type Card struct {
	Account         string
	ID              string
	Customer        string
	CreatedAt       Instant
	Brand           string
	LastDigits      string
	Name            string
	Bank            string
	Country         string
	ExpirationMonth int
	ExpirationYear  int
	Fingerprint     string
	Deleted         bool
}

// Batch is what one answer of the API held, all of one account.
type Batch struct {
	Charges   []Charge
	Refunds   []Refund
	Disputes  []Dispute
	Customers []Customer
	Cards     []Card // every card of each customer in Customers
}

// Counts is how many objects a write held, how many of those were new to the
// ledger and how many differed from what it knew.
type Counts struct{ Read, Added, Changed int }

// Changes is the Counts of a write, per object.
type Changes map[Object]Counts

// Merge adds other to c.
func (c Changes) Merge(other Changes) {
	for object, n := range other {
		sum := c[object]
		c[object] = Counts{sum.Read + n.Read, sum.Added + n.Added, sum.Changed + n.Changed}
	}
}

// Account is what GET /account says of a key.
type Account struct {
	Name     string // as the config calls it
	OmiseID  string
	Livemode bool
	Country  string // ISO 3166 alpha-2, upper case
	Currency money.Currency
}
