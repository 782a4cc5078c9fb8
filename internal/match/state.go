package match

import (
	"slices"

	"reconcile/internal/ledger"
)

// state is a charge's, the better the higher: a record without a charge id
// goes to the best of its order.
type state uint8

const (
	unknown state = iota // a word that no document knows: not compared
	failed
	expiredState
	reversed
	pending
	authorized // and waits to be captured
	successful
)

func stateOf(c *ledger.Charge) state {
	switch {
	case c.OpenAuthorization():
		return authorized
	case c.Status == ledger.StatusSuccessful:
		return successful
	case c.Status == ledger.StatusPending:
		return pending
	case c.Status == ledger.StatusReversed:
		return reversed
	case c.Status == ledger.StatusExpired:
		return expiredState
	case c.Status == ledger.StatusFailed:
		return failed
	}
	return unknown
}

// word is how a report names the state.
func (s state) word() string {
	return [...]string{"", ledger.StatusFailed, ledger.StatusExpired, ledger.StatusReversed, ledger.StatusPending, "authorized", ledger.StatusSuccessful}[s]
}

// class is the state as far as the choice among an order's charges goes: what
// failed, expired or was reversed is all the same rest.
func (s state) class() state {
	if s == expiredState || s == reversed {
		return failed
	}
	return s
}

// holdsMoney reports whether a charge in this state should have a record.
func (s state) holdsMoney() bool { return s == successful || s == authorized }

// changedAt is when the event happened that made the charge's state.
func changedAt(c *ledger.Charge) ledger.Instant {
	first := func(times ...*ledger.Instant) ledger.Instant {
		for _, at := range times {
			if at != nil {
				return *at
			}
		}
		return c.CreatedAt
	}
	switch stateOf(c) {
	case successful:
		return first(c.PaidAt)
	case authorized:
		return first(c.AuthorizedAt)
	case expiredState:
		return first(c.ExpiresAt)
	case reversed: // one that lapsed may lack reversed_at
		return first(c.ReversedAt, c.ExpiresAt)
	}
	return c.CreatedAt
}

// statusCode is a ledger.RecordStatus in one byte; 0 is unknown.
type statusCode uint8

func statuses() []ledger.RecordStatus {
	return []ledger.RecordStatus{
		"", ledger.RecordPaid, ledger.RecordAuthorized, ledger.RecordPending, ledger.RecordOnHold,
		ledger.RecordFailed, ledger.RecordCancelled, ledger.RecordRefunded, ledger.RecordPartiallyRefunded,
	}
}

func statusOf(s ledger.RecordStatus) statusCode {
	return statusCode(max(0, slices.Index(statuses(), s)))
}

func (s statusCode) status() ledger.RecordStatus { return statuses()[s] }

// noMoney reports whether the record itself says that nothing was paid or held.
func (s statusCode) noMoney() bool {
	switch s.status() {
	case ledger.RecordPending, ledger.RecordOnHold, ledger.RecordFailed, ledger.RecordCancelled:
		return true
	}
	return false
}

// verdict is a cell of the table of statuses.
type verdict uint8

const (
	agree         verdict = iota
	statusDiffers         // status_mismatch
	refundDiffers         // refund_mismatch, whatever the amounts
	refundsDecide         // refund_mismatch if refunds differ
)

// verdicts is what a record's status says to a charge that is, in this order:
// successful · successful and refunded in full · authorised and open · pending
// · reversed · failed or expired.
func verdicts(s ledger.RecordStatus) [6]verdict {
	switch s {
	case ledger.RecordPaid:
		return [6]verdict{agree, refundDiffers, statusDiffers, statusDiffers, statusDiffers, statusDiffers}
	case ledger.RecordAuthorized:
		return [6]verdict{statusDiffers, statusDiffers, agree, statusDiffers, statusDiffers, statusDiffers}
	case ledger.RecordPending, ledger.RecordFailed:
		return [6]verdict{statusDiffers, statusDiffers, statusDiffers, agree, agree, agree}
	case ledger.RecordOnHold:
		return [6]verdict{statusDiffers, statusDiffers, agree, agree, agree, agree}
	case ledger.RecordCancelled:
		return [6]verdict{statusDiffers, agree, statusDiffers, agree, agree, agree}
	case ledger.RecordRefunded:
		return [6]verdict{refundsDecide, agree, statusDiffers, statusDiffers, agree, statusDiffers}
	case ledger.RecordPartiallyRefunded:
		return [6]verdict{refundsDecide, refundDiffers, statusDiffers, statusDiffers, statusDiffers, statusDiffers}
	}
	return [6]verdict{}
}

func verdictOf(s ledger.RecordStatus, of state, inFull bool) verdict {
	row := verdicts(s)
	switch {
	case inFull:
		return row[1]
	case of == successful:
		return row[0]
	case of == authorized:
		return row[2]
	case of == pending:
		return row[3]
	case of == reversed:
		return row[4]
	}
	return row[5]
}
