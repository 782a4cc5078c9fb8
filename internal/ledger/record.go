package ledger

import "reconcile/internal/money"

// RecordStatus is what a record says of its payment, in the contract's words
// whatever the file's own are. "" is unknown: no column, no value, or a word
// that nobody explained.
type RecordStatus string

// The statuses of a record.
const (
	RecordPaid              RecordStatus = "paid"
	RecordAuthorized        RecordStatus = "authorized"
	RecordPending           RecordStatus = "pending"
	RecordOnHold            RecordStatus = "on-hold"
	RecordFailed            RecordStatus = "failed"
	RecordCancelled         RecordStatus = "cancelled"
	RecordRefunded          RecordStatus = "refunded"
	RecordPartiallyRefunded RecordStatus = "partially_refunded"
)

// MovedMoney reports whether the status says that money moved or was held, so
// that there should be a charge.
func (s RecordStatus) MovedMoney() bool {
	switch s {
	case RecordPaid, RecordAuthorized, RecordRefunded, RecordPartiallyRefunded:
		return true
	}
	return false
}

// Record is a line of the merchant's own books: an order or payment that
// should have a charge. Amount and Refunded are in minor units of Currency;
// nil is no column or no value, which is not compared.
type Record struct {
	Account   string
	ID        string // see RecordID
	Source    string // its name in the config
	OrderRef  string // trimmed, NFC
	Charge    string // chrg_ or trxn_ id, "" without one
	Amount    *int64
	Currency  money.Currency
	Status    RecordStatus
	Word      string // the file's own word for the status, only where it means none of ours
	Refunded  *int64
	CreatedAt *Instant
	Gone      bool // the newest file, which lists every record, no longer has it
}

// RecordID tells the records of an account apart: the source with the charge
// id and the order reference, or with the order reference alone. Two orders
// that claim one charge are two records.
func RecordID(source, charge, orderRef string) string {
	return source + "\n" + charge + "\n" + orderRef
}

// Ref is how reports name the record: the order reference, else the charge id.
func (r Record) Ref() string {
	if r.OrderRef != "" {
		return r.OrderRef
	}
	return r.Charge
}

// UnreadableRow is a row of the books that could not be understood. Of the row
// only the value at fault is kept, and a hash by which it is known again.
type UnreadableRow struct {
	Account string
	Source  string
	File    string // path as read, "" for a query
	Ref     string // order reference or charge id, "" where neither could be read
	Row     int    // in the file, the header being row 1 of a CSV file; JSON lines: the line; query: the row from 1
	Hash    string // SHA-256 of the row's text, hex
	Field   string // the field at fault: charge_id, amount, ...; "" when the row as a whole is
	Value   string // its value as it stands, cut to 200 characters
	Reason  string // a sentence that a bookkeeper understands, with what to do
}

// Comparison is what the books say of one charge. Amounts are in minor units
// of RecordCurrency; the differences are Omise minus record.
type Comparison struct {
	Result           Result
	RecordRef        string
	RecordAmount     *int64 // of a split payment on its earliest charge only
	RecordCurrency   money.Currency
	RecordStatus     RecordStatus
	RefundResult     Result
	RecordRefunded   *int64
	RefundDifference *int64
}

// Result is the outcome of comparing a charge or its refunds with the books.
type Result string

// The results. A charge is Matched, InBreak, NotNeeded, Expected or
// NotCompared; its refunds are Matched, MissingInRecords, AmountMismatch,
// Expected or NotCompared.
const (
	Matched          Result = "matched"
	InBreak          Result = "break"
	NotNeeded        Result = "not_needed"
	Expected         Result = "expected"
	NotCompared      Result = "not_compared"
	MissingInRecords Result = "missing_in_records"
	AmountMismatch   Result = "amount_mismatch"
)
