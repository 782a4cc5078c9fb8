package sandbox

import (
	"slices"
	"strings"
)

const (
	statusPending    = "pending"
	statusSuccessful = "successful"
	statusFailed     = "failed"
	statusExpired    = "expired"
	statusReversed   = "reversed"

	preAuth   = "pre_auth"
	finalAuth = "final_auth"

	maxRefunds = 15
)

// charge holds facts only, each with its instant; what it looks like at a time is worked out by
// view, so that nothing has to run when a deadline passes. Amounts are minor units.
type charge struct {
	id           string
	created      second
	expires      second
	amount       int64
	currency     string
	funding      string // currency the merchant is paid in
	rate         rate
	land         *country
	feeRate      int64 // hundredths of a percent, as interestRate
	interestRate int64
	capture      bool
	authType     string
	lapse        string // status of a lapsed authorisation
	sparse       bool   // answered without the optional keys of partial capture

	description   string         // as first given
	metadata      string         // JSON, as first given
	rewritten     history[words] // nil if they never changed
	ip            string
	customer      string
	link          string
	schedule      string
	linkedAccount string
	webhooks      []string // where its events go instead of the account's endpoint
	zeroInterest  bool     // the merchant bears the interest of an instalment plan
	awaits        bool     // the shopper has to act on a page before it is paid
	returnURI     string
	card          *card
	source        *source

	authorizedAt, paidAt, failedAt, reversedAt second

	closedAt    second // the merchant made it expire, before expires
	captured    int64  // of the one capture
	transaction string
	failureCode string
	refunds     []*refund
	dispute     *dispute
	misstated   int64 // how far refunded_amount is from what the refunds add up to
}

// words are what the merchant writes on a charge.
type words struct {
	description string
	metadata    string // JSON
}

func (c *charge) rowKey() (second, string) { return c.created, c.id }

// payment is the id under which the shopper's page knows the charge.
func (c *charge) payment() string { return "paym" + strings.TrimPrefix(c.id, "chrg") }

// wordsAt gives the words that the charge had at t.
func (c *charge) wordsAt(t second) words {
	if c.rewritten == nil {
		return words{c.description, c.metadata}
	}
	return c.rewritten.at(t)
}

func (c *charge) rewrite(w words, now second) {
	if c.rewritten == nil {
		c.rewritten = begun(c.created, c.wordsAt(c.created))
	}
	c.rewritten.set(now, w)
}

// view is a charge at one instant.
type view struct {
	status, authType                   string
	authorized, paid, reversed         bool
	capturable, expired, sparse        bool
	refundable, partially, voidable    bool
	voided, disputable                 bool
	authorizedAt, paidAt               second
	expires, expiredAt, reversedAt     second
	captured, funding, refunded        int64
	net, fee, feeVAT, interest, intVAT int64
	transaction                        string
	failureCode, failureMessage        string
	dispute                            *dispute
	refunds                            int
}

func (c *charge) view(t second) view {
	v := view{
		authorized: c.authorizedAt.reached(t),
		paid:       c.paidAt.reached(t),
		captured:   c.amount,
		authType:   c.authType,
		sparse:     c.sparse,
		expires:    c.expires,
	}
	if v.authorized {
		v.authorizedAt = c.authorizedAt
	}
	if v.paid {
		v.paidAt, v.captured, v.transaction = c.paidAt, c.captured, c.transaction
	}
	if v.captured < c.amount {
		v.authType, v.sparse = preAuth, false
	}
	if c.closedAt.reached(t) {
		v.expires = c.closedAt
	}
	c.viewStatus(&v, t)
	c.viewRefunds(&v, t)
	c.viewFees(&v)
	return v
}

// viewStatus follows the recordings: expired_at is filled on anything older than its expires_at
// except what was reversed, yet `expired` is true only on what never got paid.
func (c *charge) viewStatus(v *view, t second) {
	past := v.expires.reached(t)
	if past {
		v.expiredAt = v.expires
	}
	switch {
	case c.failedAt.reached(t):
		v.status, v.expired = statusFailed, past
		v.failureCode, v.failureMessage = c.failureCode, failureText(c.failureCode)
	case c.reversedAt.reached(t):
		v.status, v.reversed, v.reversedAt, v.expiredAt = statusReversed, true, c.reversedAt, 0
	case v.paid:
		v.status = statusSuccessful
	case v.authorized && past && c.lapse != statusExpired:
		v.status, v.reversed, v.reversedAt, v.expiredAt = statusReversed, true, v.expires, 0
	case past:
		v.status, v.expired = statusExpired, true
	default:
		v.status, v.capturable = statusPending, v.authorized
	}
}

func (c *charge) viewRefunds(v *view, t second) {
	for _, r := range c.refunds {
		if r.created <= t {
			v.refunds++
			v.refunded += r.amount
			v.voided = v.voided || r.voided
		}
	}
	v.refunded += c.misstated
	if c.dispute != nil && c.dispute.created <= t {
		v.dispute = c.dispute
	}
	if !v.paid {
		return
	}
	m := c.method()
	contested := v.dispute != nil && v.dispute.status(t) != disputeWon
	v.refundable = m.refundable && !contested && v.refunded < v.captured &&
		v.refunds < maxRefunds && t-c.paidAt <= c.refundWindow()
	v.partially = v.refundable && m.partial
	v.voidable = v.refundable && v.refunds == 0 && c.land.sameDay(c.paidAt, t)
	v.disputable = c.card != nil && v.dispute == nil && v.refunded < v.captured
}

// viewFees keeps net + fee + fee_vat + interest + interest_vat equal to the funding amount.
func (c *charge) viewFees(v *view) {
	v.funding = c.rate.apply(v.captured)
	v.fee = share(v.funding, c.feeRate)
	v.feeVAT = share(v.fee, c.land.vat)
	v.interest = share(v.funding, c.interestRate)
	v.intVAT = share(v.interest, c.land.vat)
	v.net = v.funding - v.fee - v.feeVAT - v.interest - v.intVAT
}

func (c *charge) refundWindow() second {
	if c.card != nil && slices.Contains([]string{jcb, amex, diners}, c.card.brand) {
		return 160 * day
	}
	return 365 * day
}
