package report

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"

	"reconcile/internal/ledger"
)

// measures are the control totals in the order of summary.csv.
func measures() []string {
	return []string{
		"captured", "refunded", "voided", "reversed", "expired", "net_captured",
		"charges", "successful", "failed", "pending",
		"authorized_open", "disputed_open", "breaks_open", "dispute_lost",
	}
}

// bookMeasures are those of accounts that have books.
func bookMeasures() []string { return []string{"records", "matched"} }

// control is the control totals of one currency of one account, by measure.
type control map[ledger.AccountCurrency]map[string]ledger.Total

// of gives the totals of a currency, from here on one of the account's.
func (c control) of(account ledger.AccountCurrency) map[string]ledger.Total {
	if c[account] == nil {
		c[account] = map[string]ledger.Total{}
	}
	return c[account]
}

func (c control) add(t ledger.Total) {
	c.of(ledger.AccountCurrency{Account: t.Account, Currency: t.Currency})[t.Measure] = t
}

// currencies are those of each account, by account and code.
func (c control) currencies() []ledger.AccountCurrency {
	return slices.SortedFunc(maps.Keys(c), func(a, b ledger.AccountCurrency) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Currency, b.Currency))
	})
}

// totals yields the rows of summary.csv: every measure for every currency that
// the account has ever had, nought included.
func (f filler) totals(ctx context.Context) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		totals, err := f.collectTotals(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, of := range totals.currencies() {
			for _, measure := range f.measuresOf(of) {
				if !yield(totalRow(of, measure, totals[of][measure]), nil) {
					return
				}
			}
		}
	}
}

// measuresOf are the measures of a currency. Breaks that have none, such as a
// row that cannot be read, are counted on a line without currency.
func (f filler) measuresOf(of ledger.AccountCurrency) []string {
	switch {
	case of.Currency == "":
		return []string{"breaks_open"}
	case f.hasBooks(of.Account):
		return append(measures(), bookMeasures()...)
	}
	return measures()
}

func totalRow(of ledger.AccountCurrency, measure string, t ledger.Total) []Cell {
	amount := AmountCell(t.Amount, of.Currency)
	if of.Currency == "" {
		amount = Cell{}
	}
	return []Cell{TextCell(of.Account), WordCell(string(of.Currency)), WordCell(measure), CountCell(t.Count), amount}
}

// collectTotals holds a few numbers per account and currency, nothing that
// grows with the ledger.
func (f filler) collectTotals(ctx context.Context) (control, error) {
	totals := control{}
	for of, err := range f.source.Currencies(ctx) {
		if err != nil {
			return nil, err
		}
		totals.of(of)
	}
	for t, err := range f.source.Totals(ctx) {
		if err != nil {
			return nil, err
		}
		totals.add(t)
	}
	breaks, err := f.source.OpenBreaks(ctx, f.Notes)
	if err != nil {
		return nil, err
	}
	for _, t := range slices.Concat(breaks, f.bookTotals()) {
		totals.add(t)
	}
	for _, of := range totals {
		captured, refunded := of["captured"], of["refunded"]
		of["net_captured"] = ledger.Total{Count: captured.Count, Amount: captured.Amount - refunded.Amount}
	}
	return totals, nil
}
