package report

import (
	"strconv"
	"strings"
	"time"

	"reconcile/internal/money"
)

// Kind is the type of a column and of the cells in it.
type Kind int

// The kinds. A Word is one of our own words: it is never guarded in CSV and is
// translated in the workbook. Mixed is for columns only: each cell brings its
// own kind.
const (
	Text Kind = iota
	Word
	Amount
	Count
	Time
	Date
	YesNo
	Mixed
)

// Cell is one value of a row. The zero Cell is unknown and written as empty.
type Cell struct {
	set  bool
	kind Kind
	text string // Text, Word, YesNo
	n    int64  // Amount: minor units, Count
	cur  money.Currency
	at   time.Time // Time, Date (midnight UTC)
}

// TextCell holds free text or an id from outside; bytes that are not UTF-8
// become U+FFFD. The empty string is the empty cell.
func TextCell(s string) Cell {
	return Cell{set: s != "", kind: Text, text: strings.ToValidUTF8(s, "\uFFFD")}
}

// WordCell holds one of our own words. The empty string is the empty cell.
func WordCell(s string) Cell { return Cell{set: s != "", kind: Word, text: s} }

// AmountCell holds minor units of a currency.
func AmountCell(minor int64, c money.Currency) Cell {
	return Cell{set: true, kind: Amount, n: minor, cur: c}
}

// CountCell holds a whole number.
func CountCell(n int64) Cell { return Cell{set: true, kind: Count, n: n} }

// TimeCell holds an instant that is shown in the location it comes in. The
// zero time is the empty cell.
func TimeCell(t time.Time) Cell { return Cell{set: !t.IsZero(), kind: Time, at: t} }

// DateCell holds a calendar date.
func DateCell(y int, m time.Month, d int) Cell {
	return Cell{set: true, kind: Date, at: time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

// YesNoCell holds a yes or a no.
func YesNoCell(b bool) Cell {
	if b {
		return Cell{set: true, kind: YesNo, text: "yes"}
	}
	return Cell{set: true, kind: YesNo, text: "no"}
}

// String is the cell as the contract writes it in CSV, before any guard.
func (c Cell) String() string { return string(c.appendTo(nil)) }

// appendTo writes the cell as CSV has it, before guard and quotes.
func (c Cell) appendTo(b []byte) []byte {
	if !c.set {
		return b
	}
	switch c.kind {
	case Amount:
		return append(b, money.Format(c.n, c.cur)...)
	case Count:
		return strconv.AppendInt(b, c.n, 10)
	case Time:
		return c.at.AppendFormat(b, time.RFC3339)
	case Date:
		return c.at.AppendFormat(b, time.DateOnly)
	default:
		return append(b, c.text...)
	}
}

// fits says whether the cell may stand in a column of this kind. Text and Word
// may stand in for each other: the cell's own kind decides on the guard.
func (c Cell) fits(k Kind) bool {
	switch {
	case !c.set || k == Mixed || c.kind == k:
		return true
	default:
		return (k == Text || k == Word) && (c.kind == Text || c.kind == Word)
	}
}
