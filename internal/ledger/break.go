package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"reconcile/internal/money"
)

// BreakKind says what kind of difference a break is.
type BreakKind string

// The kinds, in the order in which they are listed.
const (
	BreakUnreadable       BreakKind = "unreadable_record"
	BreakAmbiguous        BreakKind = "ambiguous"
	BreakMissingInRecords BreakKind = "missing_in_records"
	BreakMissingAtOmise   BreakKind = "missing_at_omise"
	BreakCurrency         BreakKind = "currency_mismatch"
	BreakStatus           BreakKind = "status_mismatch"
	BreakAmount           BreakKind = "amount_mismatch"
	BreakRefund           BreakKind = "refund_mismatch"
	BreakDuplicateRecord  BreakKind = "duplicate_record"
	BreakDuplicateCharge  BreakKind = "duplicate_charge"
	BreakRefundSum        BreakKind = "refund_sum"
	BreakOverRefunded     BreakKind = "over_refunded"
)

// BreakKinds is every kind in the order in which they are listed.
func BreakKinds() []BreakKind {
	return []BreakKind{
		BreakUnreadable, BreakAmbiguous, BreakMissingInRecords, BreakMissingAtOmise, BreakCurrency, BreakStatus, BreakAmount, BreakRefund,
		BreakDuplicateRecord, BreakDuplicateCharge, BreakRefundSum, BreakOverRefunded,
	}
}

// Place is where the kind stands in that order.
func (k BreakKind) Place() int { return slices.Index(BreakKinds(), k) }

// Break is a difference between the books and Omise, or inside Omise's own
// figures, that someone must look at.
type Break struct {
	Account     string
	ID          string // see BreakID
	Kind        BreakKind
	Source      string // of the record; "" where there is none
	RecordRef   string
	Charge      string
	Refund      string
	Field       string // what differs: amount, refunded, status, currency; of an unreadable row the field at fault; else ""
	RecordValue string // as CSV writes it: amounts in major units
	OmiseValue  string
	Difference  *int64 // Omise - record, minor units of Currency
	Amount      *int64 // what is at stake where there is no difference, minor units of Currency
	Currency    money.Currency
	HappenedAt  *Instant // the charge's payment (else its creation), or the record's own time: decides on closed periods
	Explanation string
	Cured       bool  // it was gone in run Seen
	Opened      int64 // the run that first saw it, again after a cure
}

// BreakID names a break for good: "brk_" and 16 hex digits of SHA-256 over
// account, kind, source, charge, record, refund and field. An unreadable row is
// known by its source and its text alone; text is "" for every other kind.
func BreakID(b Break, text string) string {
	parts := []string{b.Account, string(b.Kind), b.Source, b.Charge, b.RecordRef, b.Refund, b.Field}
	if b.Kind == BreakUnreadable {
		parts = []string{b.Account, string(b.Kind), b.Source, text}
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return "brk_" + hex.EncodeToString(sum[:8])
}
