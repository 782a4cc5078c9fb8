// Package match compares the merchant's records with Omise's charges and names
// every difference. It is pure: no SQL, no network, no clock; equal input gives
// equal output, whatever its order.
package match

import (
	"time"

	"reconcile/internal/ledger"
)

// Rules is what the comparison of one account depends on beside its records
// and charges.
type Rules struct {
	Account     string
	HistoryFrom *ledger.Instant // charges and records before it are not compared; nil: none are
	To          ledger.Instant  // where this run's reading of Omise ended
	Proven      []ledger.Span   // windows of charges with a proof
	Fresh       bool            // this run has read Omise: a break that is gone may be cured
	Sources     []Source
	NotAtOmise  map[string]bool // charge ids that Omise does not know (404)
	Unreadable  []ledger.UnreadableRow
}

// Source is what the comparison depends on of one source of records.
type Source struct {
	Name   string
	Since  *ledger.Instant // compare from here; nil: the earliest created_at of its records
	Grace  time.Duration
	ReadAt ledger.Instant // the books' instant: what happened at Omise after ReadAt - Grace is not held against the books
	Whole  bool           // where or all_omise: every record that moved money should have a charge
	Read   bool           // this run has read it without an error: a break that is gone may be cured
	Known  bool           // it was read at least once
}
