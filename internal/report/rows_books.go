package report

import "reconcile/internal/ledger"

// Books is what came out of comparing the merchant's own books.
type Books interface {
	// Compared says whether the account has books.
	Compared(account string) bool
	// Charge is what the books say of a charge. Without books its result may
	// still be a break, inside Omise's own figures.
	Charge(account, id string) ledger.Comparison
	// Totals are the measures records and matched of the period, in minor
	// units, of every account that has books.
	Totals() []ledger.Total
}

// compared is what the books say of a charge, or that nobody has asked them.
func (f filler) compared(account, charge string) ledger.Comparison {
	c := ledger.Comparison{}
	if f.Books != nil {
		c = f.Books.Charge(account, charge)
	}
	if c.Result == "" {
		c.Result = ledger.NotCompared
	}
	if c.RefundResult == "" {
		c.RefundResult = ledger.NotCompared
	}
	return c
}

func (f filler) hasBooks(account string) bool { return f.Books != nil && f.Books.Compared(account) }

// bookTotals are the totals of the books, none without books.
func (f filler) bookTotals() []ledger.Total {
	if f.Books == nil {
		return nil
	}
	return f.Books.Totals()
}
