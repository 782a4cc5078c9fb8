// Package records reads the merchant's own books: CSV, TSV, XLSX and JSON
// lines, or a query of the shop's database. It decides what each column means
// and turns rows into ledger.Record, or names what it could not understand.
// Nothing is guessed where money depends on it.
package records

import (
	"time"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// Field is what a column may mean.
type Field string

// The fields of a record, in the order in which they are shown.
const (
	OrderRef  Field = "order_ref"
	ChargeID  Field = "charge_id"
	Amount    Field = "amount"
	Currency  Field = "currency"
	Status    Field = "status"
	Refunded  Field = "refunded"
	CreatedAt Field = "created_at"
)

// Fields is every field, in the order in which they are shown.
func Fields() []Field {
	return []Field{OrderRef, ChargeID, Amount, Currency, Status, Refunded, CreatedAt}
}

// Source is one source of records: where its rows are and what they mean.
type Source struct {
	Account string
	Name    string

	Path  string // glob, absolute; "" for a query
	Sheet string // of a workbook; "": the first that is not hidden

	Driver string // sqlite, postgres or mysql; "" for files
	DSN    string // may hold a password: never in an error or a log
	Query  string

	Where      map[string][]string // header -> patterns, in which * stands for any text: only these rows are records
	Minor      bool                // amounts are in minor units unless a header says so by itself
	Currency   money.Currency      // of rows without one; "": such amounts are unreadable
	Zone       *time.Location      // of times without a zone
	DateFormat string              // Go layout; "": ISO 8601 and its relatives
	Buddhist   bool                // years are of the Buddhist era
	Encoding   string              // utf-8, shift_jis or windows-874
	Columns    map[Field]string    // the header of a field, where it is not a default one
	Statuses   map[string]ledger.RecordStatus
	Live       *bool // mode of the ledger; ids of the other mode are unreadable; nil: not known yet
}

// File is one file that a source's glob has found.
type File struct {
	Path     string
	Size     int64
	Modified time.Time
}

// Sink takes the rows of a reading. An error ends it.
type Sink interface {
	Record(r ledger.Record, row int) error
	Unreadable(u ledger.UnreadableRow) error
}

// Reading is what came out of reading one file or query, as a person would
// check it. Rows = Records + Unreadable + the sum of Skipped.
type Reading struct {
	Format     string // csv, tsv, xlsx, jsonl, query
	Delimiter  string // "," ";" "tab" or "" where it has none
	Sheet      string // of a workbook
	Encoding   string // of a text file as read: utf-8, utf-16, shift_jis or windows-874
	SHA256     string // of the file's bytes, hex; "" for a query
	Columns    []Column
	Unused     []string // headers that mean nothing to us
	Rows       int      // below the header, blank lines not counted
	Records    int
	Unreadable int
	Skipped    map[string]int         // reason -> rows
	Reasons    []ledger.UnreadableRow // the first 20 of them
	Words      map[string]int         // status words that nobody explained -> rows
	Repeated   int                    // rows that replaced an earlier row of the file: same charge id and order reference
	ReadAt     time.Time              // the books' instant: the file's modification time; a query's start
}

// Column is how one column was understood.
type Column struct {
	Field   Field
	Header  string   // as it stands in the file
	As      string   // how it is read: "major units, THB", "minor units, from the column currency", "text", "time, Asia/Bangkok where it has no zone", ...
	Samples []string // the first three values that are not empty, as read: "1,234.50 -> 1234.50 THB"
}
