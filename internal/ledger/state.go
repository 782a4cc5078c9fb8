package ledger

import "strings"

// What the contract's words for the state of a charge mean, once for rows in
// SQL and once for a Charge in Go; a property test holds them together. State
// comes from status with authorized, paid, capturable and reversed, never from
// expired_at or capture alone: Omise fills those on captured charges too.

const (
	openStatus  = "status NOT IN ('successful', 'failed', 'expired', 'reversed')"
	openDispute = "d.status NOT IN ('won', 'lost', 'closed')"

	// A charge with a status that no document knows counts in charges alone.
	knownStatus = "c.status IN ('pending', 'successful', 'failed', 'expired', 'reversed')"

	unpaidPending = "(c.status = 'pending' AND c.authorized = 0)"
	unpaidExpired = "(c.status = 'expired' AND c.authorized = 0)"

	// captureBy and lapsed need the scope of the account beside the charge.
	captureBy = "coalesce(c.expires_at, c.created_at + s.capture_window)"
	lapsed    = "(c.authorized = 1 AND c.paid = 0 AND (c.status = 'expired' OR (c.status = 'reversed' AND coalesce(c.reversed_at >= " + captureBy + " - 3600, 1) = 1)))"

	captured = "CASE WHEN c.paid = 0 THEN 0 ELSE coalesce(c.captured_amount, c.amount) END"

	// Money of refunds in another state than "closed", or none in old API
	// versions, has not moved for sure: they are named, not summed.
	settledRefund = "r.status IN ('', 'closed')"
)

// pending and openAuthorization are conditions on a charge under an alias.
func pending(alias string) string { return alias + ".status = 'pending'" }

func openAuthorization(alias string) string {
	return strings.ReplaceAll("(c.status = 'pending' AND c.authorized = 1 AND c.paid = 0 AND c.reversed = 0 AND coalesce(c.capturable, 1) = 1)", "c.", alias+".")
}

// OpenAuthorization reports whether the charge waits to be captured. A missing
// capturable counts as true.
func (c Charge) OpenAuthorization() bool {
	return c.Status == StatusPending && c.Authorized && !c.Paid && !c.Reversed && (c.Capturable == nil || *c.Capturable)
}

// KnownStatus reports whether a document knows the charge's status.
func (c Charge) KnownStatus() bool {
	switch c.Status {
	case StatusPending, StatusSuccessful, StatusFailed, StatusExpired, StatusReversed:
		return true
	}
	return false
}
