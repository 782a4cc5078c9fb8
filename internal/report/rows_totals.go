package report

import (
	"context"
	"iter"

	"reconcile/internal/ledger"
)

// measures are the control totals in the order of summary.csv. breaks_open is
// zero until the books come: the ledger holds no break.
var measures = []string{
	"captured", "refunded", "voided", "reversed", "expired", "net_captured",
	"charges", "successful", "failed", "pending",
	"authorized_open", "disputed_open", "breaks_open", "dispute_lost",
}

// totals yields the rows of summary.csv: every measure for every currency that
// the account has ever had, nought included.
func (f filler) totals(ctx context.Context) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		currencies, totals, err := f.collectTotals(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, of := range currencies {
			for _, measure := range measures {
				t := totals[of][measure]
				if !yield([]Cell{
					TextCell(of.Account), WordCell(string(of.Currency)), WordCell(measure), CountCell(t.Count), AmountCell(t.Amount, of.Currency),
				}, nil) {
					return
				}
			}
		}
	}
}

// collectTotals holds a few numbers per account and currency, nothing that
// grows with the ledger.
func (f filler) collectTotals(ctx context.Context) ([]ledger.AccountCurrency, map[ledger.AccountCurrency]map[string]ledger.Total, error) {
	var currencies []ledger.AccountCurrency
	totals := map[ledger.AccountCurrency]map[string]ledger.Total{}
	for of, err := range f.source.Currencies(ctx) {
		if err != nil {
			return nil, nil, err
		}
		currencies = append(currencies, of)
		totals[of] = map[string]ledger.Total{}
	}
	for t, err := range f.source.Totals(ctx) {
		if err != nil {
			return nil, nil, err
		}
		totals[ledger.AccountCurrency{Account: t.Account, Currency: t.Currency}][t.Measure] = t
	}
	for _, of := range totals {
		captured, refunded := of["captured"], of["refunded"]
		of["net_captured"] = ledger.Total{Count: captured.Count, Amount: captured.Amount - refunded.Amount}
	}
	return currencies, totals, nil
}
