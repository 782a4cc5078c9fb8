// Package report turns rows into the files that people open: CSV, a workbook
// and a manifest.
package report

import (
	"iter"
	"time"

	"reconcile/internal/money"
)

// Formats that Options.Formats may name.
const (
	FormatCSV  = "csv"
	FormatXLSX = "xlsx"
)

// Book is everything that one report folder says.
type Book struct {
	Run      int64
	Version  string
	Complete bool
	AsOf     time.Time
	Accounts []Account
	Proofs   []Proof
	Unproven []Unproven
	Notes    int64    // the newest of finance's notes that the rows show; 0: none
	Replaces []string // earlier folders whose days this one covers again
	Notices  []string // sentences for the Audit sheet
	Tables   []Filled // in the order of Tables
}

// Account is one merchant account with the period that the book covers of it.
type Account struct {
	Name, Timezone string
	From, To       string // business dates, YYYY-MM-DD
	FromUTC, ToUTC time.Time
	HistoryFrom    string    // business date, empty: no history is proven
	DataAsOf       time.Time // in the account's location, zero: unknown
}

// Proof is what shows that one window of one list was fetched completely.
type Proof struct {
	Account, List string
	From, To      time.Time
	Total, Rows   int64
	Sums          map[money.Currency]int64 // minor units
	ProvenAt      time.Time
}

// Unproven is a window that could not be shown to be complete.
type Unproven struct {
	Account, List string
	From, To      time.Time
	Reason        string
}

// Filled is a table with its rows. A row may be reused by the sequence once
// the loop body returns: nothing keeps it.
type Filled struct {
	Table Table
	Rows  iter.Seq2[[]Cell, error]
}

// Options say where and how a book is written.
type Options struct {
	Dir      string         // the report folder itself, absolute
	Formats  []string       // FormatCSV, FormatXLSX
	BOM      bool           // byte order mark in front of every CSV
	Language string         // en, ja or th: the workbook's words
	Calendar string         // gregorian or buddhist: the workbook's dates
	Zone     *time.Location // for the book's own times; nil: UTC
	// Taken are the SHA-256 of edited workbooks from which everything that was
	// typed has been read, see EditedWorkbooks. Another edited workbook is never
	// replaced: the new one stands beside it.
	Taken map[string]bool
}

// Result says what was written.
type Result struct {
	Dir       string
	Files     []File // by name, the manifest included
	Workbook  string // name of the workbook in Dir, empty without one
	Neighbour bool   // a workbook that is open or holds what was not read yet stands beside the new one
}

// File is one written file. Rows counts table rows, without headers.
type File struct {
	Name   string
	Rows   int64
	SHA256 string
}
