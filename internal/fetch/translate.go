package fetch

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// translator turns the objects of one account into the ledger's. An object
// that it cannot read is an error, never a guess.
type translator struct {
	account  string
	livemode bool
}

func (t translator) charge(raw json.RawMessage) (ledger.Charge, error) {
	var w wireCharge
	if err := unmarshal(raw, &w); err != nil {
		return ledger.Charge{}, err
	}
	r := reader{livemode: t.livemode}
	paid := w.Paid != nil && *w.Paid || w.Paid == nil && string(w.Captured) == "true"
	c := ledger.Charge{
		Account: t.account, ID: r.id(w.ID, "chrg_"), CreatedAt: r.created(w.CreatedAt, w.Created),
		Amount: r.amount(w.Amount), Currency: r.currency(w.Currency),
		Authorized: orElse(w.Authorized, paid), Paid: paid, Capture: orElse(w.Capture, true), Capturable: w.Capturable,
		Reversed: w.Reversed, Voided: w.Voided, Expired: w.Expired,
		AuthorizedAmount: w.AuthorizedAmount, CapturedAmount: w.CapturedAmount, RefundedAmount: r.refunded(w.RefundedAmount, w.Refunded),
		FundingAmount: w.FundingAmount, FundingCurrency: r.optionalCurrency(w.FundingCurrency),
		Fee: w.Fee, FeeVAT: w.FeeVAT, Interest: w.Interest, InterestVAT: w.InterestVAT, Net: w.Net,
		PaidAt: r.time("paid_at", w.PaidAt), AuthorizedAt: r.time("authorized_at", w.AuthorizedAt), ExpiresAt: r.time("expires_at", w.ExpiresAt),
		ExpiredAt: r.time("expired_at", w.ExpiredAt), ReversedAt: r.time("reversed_at", w.ReversedAt),
		AuthorizationType: w.AuthorizationType, Description: w.Description, Metadata: compact(w.Metadata),
		Customer: string(w.Customer), Card: w.Card.ID, CardBrand: w.Card.Of.Brand, CardFingerprint: w.Card.Of.Fingerprint,
		Source: w.Source.ID, SourceType: w.Source.Of.Type, Transaction: string(w.Transaction), Dispute: w.Dispute.ID, DisputeStatus: w.Dispute.Of.Status,
		Schedule: string(w.Schedule), Link: string(w.Link), FailureCode: w.FailureCode,
		Refundable: w.Refundable, PartiallyRefundable: w.PartiallyRefundable, CanPerformVoid: w.CanPerformVoid,
		Refunds: embeddedRefunds(w.Refunds),
	}
	c.Status = cmp.Or(w.Status, statusBefore2015(c))
	return c, r.check(w.Livemode)
}

// statusBefore2015 derives the status that charges had no key for until
// API version 2015-11-17.
func statusBefore2015(c ledger.Charge) string {
	switch {
	case c.Reversed:
		return ledger.StatusReversed
	case c.Paid:
		return ledger.StatusSuccessful
	case c.FailureCode != "":
		return ledger.StatusFailed
	case c.Expired:
		return ledger.StatusExpired
	}
	return ledger.StatusPending
}

func (t translator) refund(raw json.RawMessage) (ledger.Refund, error) {
	var w wireRefund
	if err := unmarshal(raw, &w); err != nil {
		return ledger.Refund{}, err
	}
	r := reader{livemode: t.livemode}
	refund := ledger.Refund{
		Account: t.account, ID: r.id(w.ID, "rfnd_"), CreatedAt: r.created(w.CreatedAt, w.Created),
		Charge: cmp.Or(string(w.Charge), chargeIn(w.Location)), Amount: r.amount(w.Amount), Currency: r.currency(w.Currency),
		FundingAmount: w.FundingAmount, FundingCurrency: r.optionalCurrency(w.FundingCurrency),
		Status: w.Status, Voided: w.Voided, Transaction: string(w.Transaction),
	}
	if refund.Charge == "" {
		r.fail(errors.New("it names no charge"))
	}
	return refund, r.check(w.Livemode)
}

func (t translator) dispute(raw json.RawMessage) (ledger.Dispute, error) {
	var w wireDispute
	if err := unmarshal(raw, &w); err != nil {
		return ledger.Dispute{}, err
	}
	r := reader{livemode: t.livemode}
	return ledger.Dispute{
		Account: t.account, ID: r.id(w.ID, "dspt_"), CreatedAt: r.created(w.CreatedAt, w.Created), ClosedAt: r.time("closed_at", w.ClosedAt),
		Charge: string(w.Charge), Status: w.Status, ReasonCode: w.ReasonCode, Amount: r.amount(w.Amount), Currency: r.currency(w.Currency),
		FundingAmount: w.FundingAmount, FundingCurrency: r.optionalCurrency(w.FundingCurrency),
	}, r.check(w.Livemode)
}

// customer gives the customer and the cards embedded in it as they came; there
// are more when their list says so.
func (t translator) customer(raw json.RawMessage) (ledger.Customer, wireList, error) {
	var w wireCustomer
	if err := unmarshal(raw, &w); err != nil {
		return ledger.Customer{}, wireList{}, err
	}
	r := reader{livemode: t.livemode}
	return ledger.Customer{
		Account: t.account, ID: r.id(w.ID, "cust_"), CreatedAt: r.created(w.CreatedAt, w.Created),
		Email: w.Email, DefaultCard: string(w.DefaultCard), Deleted: w.Deleted,
	}, w.Cards, r.check(w.Livemode)
}

func (t translator) card(raw json.RawMessage, customer string) (ledger.Card, error) {
	var w wireCard
	if err := unmarshal(raw, &w); err != nil {
		return ledger.Card{}, err
	}
	r := reader{livemode: t.livemode}
	if w.ExpirationMonth < 1 || w.ExpirationMonth > 12 || w.ExpirationYear < 1970 || w.ExpirationYear > 9999 {
		r.fail(fmt.Errorf("it expires in month %d of year %d", w.ExpirationMonth, w.ExpirationYear))
	}
	return ledger.Card{
		Account: t.account, ID: r.id(w.ID, "card_"), Customer: customer, CreatedAt: r.created(w.CreatedAt, w.Created),
		Brand: w.Brand, LastDigits: w.LastDigits, Name: w.Name, Bank: w.Bank, Country: w.Country,
		ExpirationMonth: w.ExpirationMonth, ExpirationYear: w.ExpirationYear, Fingerprint: w.Fingerprint, Deleted: w.Deleted,
	}, r.check(w.Livemode)
}

func (t translator) accountObject(w wireAccount, keyIsTest bool) (ledger.Account, error) {
	if !idShape.MatchString(w.ID) {
		return ledger.Account{}, fmt.Errorf("the answer to /account has the id %q, which is none", cut(w.ID))
	}
	if w.Livemode != nil && *w.Livemode == keyIsTest {
		return ledger.Account{}, fmt.Errorf("the answer to /account says livemode %t, and the key is of the other mode", *w.Livemode)
	}
	a := ledger.Account{Name: t.account, OmiseID: w.ID, Livemode: orElse(w.Livemode, !keyIsTest), Country: cutAt(strings.ToUpper(w.Country), 2)}
	if c, err := money.ParseCurrency(w.Currency); err == nil {
		a.Currency = c
	}
	return a, nil
}

// reader reads the parts of one object and keeps the first thing wrong with it.
type reader struct {
	livemode bool // of the account
	err      error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

var (
	idShape = regexp.MustCompile(`^[0-9a-zA-Z_-]{1,128}$`)
	// liveShape is what follows the prefix in the ids of live objects; test
	// objects have "test_" before it.
	liveShape = regexp.MustCompile(`^[0-9a-z]{19}$`)
)

func (r *reader) id(id, prefix string) string {
	if !idShape.MatchString(id) || !strings.HasPrefix(id, prefix) {
		r.fail(fmt.Errorf("its id %q is not of the form %s…", cut(id), prefix))
	} else if rest := id[len(prefix):]; r.livemode && strings.HasPrefix(rest, "test_") || !r.livemode && liveShape.MatchString(rest) {
		r.fail(fmt.Errorf("its id %q is of the other mode: the account's livemode is %t", cut(id), r.livemode))
	}
	return id
}

func (r *reader) created(createdAt, created string) ledger.Instant {
	at := r.time("created_at", cmp.Or(createdAt, created))
	if at == nil {
		r.fail(errors.New("it has no creation time"))
		return 0
	}
	return *at
}

// time reads an instant with whatever offset it carries; null and "" are none.
func (r *reader) time(key, s string) *ledger.Instant {
	if s == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		r.fail(fmt.Errorf("its %s %q is not a time", key, cut(s)))
		return nil
	}
	i := ledger.InstantOf(at)
	return &i
}

func (r *reader) amount(n *int64) int64 {
	if n == nil {
		r.fail(errors.New("it has no amount"))
		return 0
	}
	return *n
}

func (r *reader) currency(s string) money.Currency {
	c, err := money.ParseCurrency(s)
	if err != nil {
		r.fail(err)
	}
	return c
}

func (r *reader) optionalCurrency(s string) money.Currency {
	if s == "" {
		return ""
	}
	return r.currency(s)
}

// refunded prefers the key of 2019-05-29; the older one is an amount too.
func (r *reader) refunded(amount *int64, older json.RawMessage) int64 {
	if amount != nil {
		return *amount
	}
	var n int64
	if len(older) > 0 && unmarshal(older, &n) != nil {
		r.fail(errors.New("its refunded is not an amount"))
	}
	return n
}

// check also refuses an object of the other mode: live and test never mix.
func (r *reader) check(livemode *bool) error {
	if livemode != nil && *livemode != r.livemode {
		r.fail(fmt.Errorf("its livemode is %t, the account's is %t", *livemode, r.livemode))
	}
	return r.err
}

var chargeInLocation = regexp.MustCompile(`/charges/(chrg_[0-9a-zA-Z_]+)/`)

// chargeIn cuts the charge's id out of a refund's location.
func chargeIn(location string) string {
	if m := chargeInLocation.FindStringSubmatch(location); m != nil {
		return m[1]
	}
	return ""
}

// compact keeps numbers and key order as Omise wrote them.
func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if len(raw) == 0 || string(raw) == "null" || json.Compact(&b, raw) != nil {
		return ""
	}
	return b.String()
}

// embeddedRefunds keeps of the refunds inside a charge what their sum needs.
func embeddedRefunds(raw json.RawMessage) string {
	var list wireList
	if unmarshal(raw, &list) != nil || len(list.Data) == 0 {
		return "[]"
	}
	type kept struct {
		ID     string          `json:"id"`
		Amount json.RawMessage `json:"amount,omitempty"`
		Voided bool            `json:"voided,omitempty"`
		Status string          `json:"status,omitempty"`
	}
	refunds := make([]kept, len(list.Data))
	for i, element := range list.Data {
		_ = unmarshal(element, &refunds[i]) // what cannot be read stays empty, and the sum will not fit
	}
	text, err := json.Marshal(refunds)
	if err != nil {
		return "[]"
	}
	return string(text)
}

func orElse(b *bool, otherwise bool) bool {
	if b == nil {
		return otherwise
	}
	return *b
}

// cut keeps what a stranger wrote short enough for a log line.
func cut(s string) string { return cutAt(s, 40) }

// cutAt keeps at most that many characters of what a stranger wrote, and takes
// out those that would do something to a terminal.
func cutAt(s string, most int) string {
	var b strings.Builder
	for _, r := range s {
		if most--; most < 0 {
			return b.String() + "…"
		}
		if !unicode.IsPrint(r) {
			r = unicode.ReplacementChar
		}
		b.WriteRune(r)
	}
	return b.String()
}
