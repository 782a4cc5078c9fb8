package report

import (
	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// Severity says what a break must reach to be high or medium; what reaches
// neither is low.
type Severity struct{ High, Medium Threshold }

// Threshold is reached by an amount of one of its currencies, in minor units,
// or by an age in days. A currency that is not among them has no threshold, and
// 0 days are none.
type Threshold struct {
	Amounts map[money.Currency]int64
	Days    int
}

func (t Threshold) reached(minor *int64, c money.Currency, days int64) bool {
	if t.Days > 0 && days >= int64(t.Days) {
		return true
	}
	least, ok := t.Amounts[c]
	return ok && minor != nil && magnitude(*minor) >= least
}

// of is the severity of a break: by its difference or, without one, by what is
// at stake, and by its age.
func (s Severity) of(b ledger.Break, days int64) string {
	at := b.Difference
	if at == nil {
		at = b.Amount
	}
	switch {
	case s.High.reached(at, b.Currency, days):
		return "high"
	case s.Medium.reached(at, b.Currency, days):
		return "medium"
	}
	return "low"
}

// magnitude is n without its sign, and the largest number for the one that has
// no counterpart.
func magnitude(n int64) int64 {
	if n >= 0 {
		return n
	}
	return max(n, -1<<63+1) * -1
}

// listedBreak is a row of breaks.csv.
func (f filler) listedBreak(b ledger.ListedBreak) []Cell {
	age := -f.daysLeft(b.Account, b.FirstSeen)
	return []Cell{
		TextCell(b.Account), TextCell(b.ID), WordCell(string(b.Kind)), TextCell(b.RecordRef), TextCell(b.Charge), TextCell(b.Refund),
		fieldCell(b.Field), breakValue(b.Break, b.RecordValue), breakValue(b.Break, b.OmiseValue), optional(b.Difference, b.Currency), WordCell(string(b.Currency)),
		f.time(b.Account, &b.FirstSeen), CountCell(age), WordCell(b.State), TextCell(b.Explanation), WordCell(f.Severity.of(b.Break, age)),
		YesNoCell(b.ClosedPeriod), TextCell(b.Owner), WordCell(b.Resolution), TextCell(b.Note),
	}
}

// breakValue shows one side of a break as what it is: an amount, a word of ours
// or whatever stands in the books. Where no field differs it is the amount of
// the one side, or the ids of the charges that may be meant.
func breakValue(b ledger.Break, value string) Cell {
	if b.Kind == ledger.BreakUnreadable {
		return TextCell(value)
	}
	switch b.Field {
	case "amount", "refunded", "":
		if minor, err := money.Parse(value, b.Currency); err == nil && b.Currency != "" {
			return AmountCell(minor, b.Currency)
		}
	case "status":
		return statusCell(value)
	}
	return TextCell(value)
}

// fieldCell names a field. Books may have a column that is none of our words.
func fieldCell(name string) Cell {
	switch name {
	case "amount", "refunded", "status", "currency", "charge_id", "order_ref", "created_at":
		return WordCell(name)
	}
	return TextCell(name)
}

// statusCell is a status that the workbook translates. One that Omise invents
// is shown as it came.
func statusCell(status string) Cell {
	switch status {
	case "paid", "authorized", "pending", "on-hold", "failed", "cancelled", "refunded", "partially_refunded", "successful", "expired", "reversed":
		return WordCell(status)
	}
	return TextCell(status)
}
