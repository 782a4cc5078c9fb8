package match

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// Outcome is what a comparison found.
type Outcome struct {
	m      *Matcher
	breaks []ledger.Break
}

func (m *Matcher) outcome() *Outcome {
	if !m.rules.Fresh {
		m.found = slices.DeleteFunc(m.found, func(b ledger.Break) bool { return !standsAlone(b.Kind) })
	}
	slices.SortFunc(m.found, compareBreaks)
	m.found = slices.CompactFunc(m.found, func(a, b ledger.Break) bool { return a.ID == b.ID })
	return &Outcome{m: m, breaks: m.found}
}

// compareBreaks sorts by kind and id. Two records of one source that have the
// same name are one break; which of them it shows must not be left to chance.
func compareBreaks(a, b ledger.Break) int {
	if by := cmp.Or(cmp.Compare(a.Kind.Place(), b.Kind.Place()), cmp.Compare(a.ID, b.ID)); by != 0 {
		return by
	}
	happened := func(b ledger.Break) ledger.Instant {
		if b.HappenedAt == nil {
			return math.MaxInt64
		}
		return *b.HappenedAt
	}
	return cmp.Or(cmp.Compare(happened(a), happened(b)), cmp.Compare(a.RecordValue, b.RecordValue), cmp.Compare(a.Explanation, b.Explanation))
}

// standsAlone reports whether breaks of a kind do not come from comparing: they
// hold even when Omise could not be read today.
func standsAlone(k ledger.BreakKind) bool {
	switch k {
	case ledger.BreakUnreadable, ledger.BreakRefundSum, ledger.BreakOverRefunded:
		return true
	}
	return false
}

// Breaks is every difference that stands now, by the kind's place and then by
// id. Opened and Cured are the ledger's to say. Where Omise could not be read
// (Rules.Fresh) only those are there that need no comparison.
func (o *Outcome) Breaks() []ledger.Break { return o.breaks }

// Skipped is, per source, how many records have no charge and need none,
// because not every record of their source was paid through Omise.
func (o *Outcome) Skipped() map[string]int { return maps.Clone(o.m.skipped) }

func (o *Outcome) find(id string) *charge {
	s := o.m.texts.find(id)
	if s == none || o.m.leads[s] == nobody {
		return nil
	}
	if c := &o.m.charges[o.m.leads[s]]; c.id == s {
		return c
	}
	return nil
}

// Totals gives per currency the measures "records" (by created_at, their
// amounts) and "matched" (paid charges by paid_at, else created_at; captured)
// of [from, to). A sum that does not fit stays at the largest number.
func (o *Outcome) Totals(from, to ledger.Instant) []ledger.Total {
	m := o.m
	books, both := m.newTotals("records"), m.newTotals("matched")
	within := func(at ledger.Instant) bool { return from <= at && at < to }
	for i := range m.records {
		if r := &m.records[i]; r.has(hasCreated) && within(r.created) {
			books[m.currencyOf(r)].count(r.amount)
		}
	}
	for i := range m.charges {
		if c := &m.charges[i]; c.has(paid) && within(c.happened) && o.result(c) == ledger.Matched {
			both[c.currency].count(c.amount)
		}
	}
	totals := slices.Concat(sumsOf(books), sumsOf(both))
	slices.SortStableFunc(totals, func(a, b ledger.Total) int { return cmp.Compare(a.Currency, b.Currency) })
	return totals
}

// currencyOf is a record's currency; one that names none, because it has no
// amount, counts with its charge's.
func (m *Matcher) currencyOf(r *record) uint8 {
	if r.currency == 0 && r.charge != nobody {
		return m.charges[r.charge].currency
	}
	return r.currency
}

type sum ledger.Total

func (s *sum) count(amount int64) {
	s.Count++
	s.Amount = plus(s.Amount, amount)
}

func (m *Matcher) newTotals(measure string) []sum {
	sums := make([]sum, len(m.currencies))
	for i, currency := range m.currencies {
		sums[i] = sum{Account: m.rules.Account, Currency: currency, Measure: measure}
	}
	return sums
}

// sumsOf leaves out what has no currency, and with it no amount.
func sumsOf(sums []sum) []ledger.Total {
	var totals []ledger.Total
	for _, s := range sums {
		if s.Count > 0 && s.Currency != money.Currency("") {
			totals = append(totals, ledger.Total(s))
		}
	}
	return totals
}
