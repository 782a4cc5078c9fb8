package sandbox

import "slices"

const (
	statusPending    = "pending"
	statusSuccessful = "successful"
	statusFailed     = "failed"
	statusExpired    = "expired"
	statusReversed   = "reversed"

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

	description  string
	metadata     string // JSON
	ip           string
	customer     string
	schedule     string
	link         string
	authorizeURI string
	returnURI    string
	card         *card
	source       *source
	webhooks     []string

	authorizedAt, paidAt, failedAt, reversedAt second

	captured       int64 // of the one capture
	transaction    string
	failureCode    string
	failureMessage string
	refunds        []*refund
	dispute        *dispute
	misstated      int64 // how far refunded_amount is from what the refunds add up to
}

func (c *charge) rowKey() (second, string) { return c.created, c.id }

// view is a charge at one instant.
type view struct {
	status                             string
	authorized, paid, reversed         bool
	capturable, expired                bool
	refundable, partially, voidable    bool
	voided, disputable                 bool
	authorizedAt, paidAt               second
	expiredAt, reversedAt              second
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
	}
	if v.authorized {
		v.authorizedAt = c.authorizedAt
	}
	if v.paid {
		v.paidAt, v.captured, v.transaction = c.paidAt, c.captured, c.transaction
	}
	c.viewStatus(&v, t)
	c.viewRefunds(&v, t)
	c.viewFees(&v)
	return v
}

// viewStatus follows the recordings: expired_at is filled on anything older than its expires_at
// except what was reversed, yet `expired` is true only on what never got paid.
func (c *charge) viewStatus(v *view, t second) {
	past := c.expires.reached(t)
	if past {
		v.expiredAt = c.expires
	}
	switch {
	case c.failedAt.reached(t):
		v.status, v.expired = statusFailed, past
		v.failureCode, v.failureMessage = c.failureCode, c.failureMessage
	case c.reversedAt.reached(t):
		v.status, v.reversed, v.reversedAt, v.expiredAt = statusReversed, true, c.reversedAt, 0
	case v.paid:
		v.status = statusSuccessful
	case v.authorized && past && c.lapse != statusExpired:
		v.status, v.reversed, v.reversedAt, v.expiredAt = statusReversed, true, c.expires, 0
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
	if c.card != nil && slices.Contains([]string{"JCB", "American Express", "Diners Club"}, c.card.brand) {
		return 160 * day
	}
	return 365 * day
}

func (c *charge) sourceOfFund() string {
	if c.card != nil {
		return "card"
	}
	return ""
}
