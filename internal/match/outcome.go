package match

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

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

// Curable reports whether both sides of a break were read, so that one which
// is not in Breaks is gone indeed.
func (o *Outcome) Curable(b ledger.Break) bool {
	rules := &o.m.rules
	if b.Kind == ledger.BreakUnreadable {
		return o.wasRead(b.Source)
	}
	ids := []string{b.Charge}
	if b.Kind == ledger.BreakAmbiguous {
		ids = strings.Split(b.OmiseValue, ";")
	}
	for _, id := range ids {
		if !o.provenCharge(id) {
			return false
		}
	}
	compared := o.m.scope.compared || len(rules.Sources) == 0 // with the last book its breaks end
	return rules.Fresh && (standsAlone(b.Kind) || compared && o.wasRead(b.Source))
}

// wasRead reports whether a source was read by this run, every source where
// none is named. Nobody can cure the breaks of a source that the config no
// longer names, so they end with it.
func (o *Outcome) wasRead(source string) bool {
	return !slices.ContainsFunc(o.m.rules.Sources, func(s Source) bool {
		return !s.Read && (source == "" || source == s.Name)
	})
}

// provenCharge reports whether the window is proven in which the charge was
// created. A charge that the ledger lacks has none, and one that Omise was asked
// for needs none.
func (o *Outcome) provenCharge(id string) bool {
	c := o.find(id)
	return c == nil || c.has(askedFor) || o.m.scope.proves(ledger.Span{From: c.created, To: c.created})
}

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
