package match

import (
	"slices"
	"strings"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// report keeps a break and marks the charges that it is about.
func (m *Matcher) report(b ledger.Break, charges ...int32) {
	if b.ID == "" {
		b.ID = ledger.BreakID(b, "")
	}
	m.found = append(m.found, b)
	m.mark(charges, broken)
}

func (m *Matcher) newBreak(kind ledger.BreakKind, r *record, c *charge) ledger.Break {
	b := ledger.Break{Account: m.rules.Account, Kind: kind}
	if r != nil {
		b.Source, b.RecordRef, b.Currency = m.rules.Sources[r.source].Name, m.ref(r), m.currencies[r.currency]
		if r.has(hasCreated) {
			b.HappenedAt = pointer(r.created)
		}
	}
	if c != nil {
		b.Charge, b.Currency = m.texts.text(c.id), m.currencies[c.currency]
		b.HappenedAt = pointer(c.happened)
	}
	return b
}

func pointer[T any](v T) *T { return &v }

// recordValue writes the record's amount as CSV does, and gives what is at
// stake; without an amount there is neither.
func (m *Matcher) recordValue(r *record) (string, *int64) {
	if !r.has(hasAmount) {
		return "", nil
	}
	return money.Format(r.amount, m.currencies[r.currency]), pointer(r.amount)
}

func (m *Matcher) currencyBreak(p pair) ledger.Break {
	b := m.newBreak(ledger.BreakCurrency, p.r, p.c)
	b.Field, b.RecordValue, b.OmiseValue = "currency", string(m.currencies[p.r.currency]), string(b.Currency)
	b.Amount = pointer(p.amount)
	b.Explanation = explainCurrency(m.name(p.r), b.OmiseValue, b.RecordValue)
	return b
}

func (m *Matcher) statusBreak(p pair) ledger.Break {
	b := m.newBreak(ledger.BreakStatus, p.r, p.c)
	b.Field, b.RecordValue, b.OmiseValue = "status", string(p.says()), p.c.state.word()
	b.Amount = pointer(p.amount)
	b.Explanation = explainStatus(m.name(p.r), p, amountOf(p.amount, b.Currency))
	return b
}

func (m *Matcher) amountBreak(p pair) ledger.Break {
	b := m.newBreak(ledger.BreakAmount, p.r, p.c)
	b.Field, b.RecordValue, b.OmiseValue = "amount", money.Format(p.r.amount, b.Currency), money.Format(p.amount, b.Currency)
	if b.Difference = minus(p.amount, p.r.amount); b.Difference == nil {
		b.Amount = pointer(p.amount)
	}
	b.Explanation = explainAmount(m.name(p.r), p, b.Currency)
	return b
}

func (m *Matcher) refundBreak(p pair) ledger.Break {
	b := m.newBreak(ledger.BreakRefund, p.r, m.refundedPart(p))
	b.Field, b.OmiseValue = "refunded", money.Format(p.refunded, b.Currency)
	if amount, known := p.recordRefunded(); known {
		b.RecordValue, b.Difference = money.Format(amount, b.Currency), minus(p.refunded, amount)
	}
	if b.Difference == nil {
		b.Amount = pointer(p.refunded)
	}
	b.Explanation = explainRefund(m.name(p.r), p, b.Currency)
	return b
}

// refundedPart is the charge that a difference in refunds is about: of a payment
// in parts the first that was refunded.
func (m *Matcher) refundedPart(p pair) *charge {
	for _, at := range p.charges {
		if c := &m.charges[at]; c.refunded > 0 {
			return c
		}
	}
	return p.c
}

func (m *Matcher) ambiguousBreak(r *record, among *rivals) ledger.Break {
	b := m.newBreak(ledger.BreakAmbiguous, r, nil)
	b.RecordValue, b.Amount = m.recordValue(r)
	b.OmiseValue = among.ids
	if b.HappenedAt == nil {
		b.HappenedAt = pointer(m.charges[among.charges[0]].happened)
	}
	b.Explanation = explainAmbiguous(m.name(r), len(among.charges))
	return b
}

// mostRivals keeps a list of rivals within what a cell can hold.
const mostRivals = 100

// joinRivals lists the ids of charges as a break shows them.
func (m *Matcher) joinRivals(charges []int32) string {
	ids := make([]string, len(charges))
	for n, at := range charges {
		ids[n] = m.texts.text(m.charges[at].id)
	}
	slices.Sort(ids)
	if len(ids) > mostRivals {
		ids = append(ids[:mostRivals:mostRivals], "…")
	}
	return strings.Join(ids, ";")
}

func (m *Matcher) absentBreak(r *record) ledger.Break {
	b := m.newBreak(ledger.BreakMissingAtOmise, r, nil)
	b.Charge = m.texts.text(r.id)
	b.RecordValue, b.Amount = m.recordValue(r)
	b.Explanation = explainAbsent(m.name(r), b.Charge, m.amountSaid(r), r)
	return b
}

func (m *Matcher) missingBreak(c *charge) ledger.Break {
	b := m.newBreak(ledger.BreakMissingInRecords, nil, c)
	b.OmiseValue, b.Amount = money.Format(c.amount, b.Currency), pointer(c.amount)
	b.Explanation = explainMissing(m.texts.text(c.order), amountOf(c.amount, b.Currency), c)
	return b
}

func (m *Matcher) repeatedBreak(r *record, c *charge) ledger.Break {
	b := m.newBreak(ledger.BreakDuplicateRecord, r, c)
	rightful := &m.records[c.record]
	if b.RecordValue, b.Amount = m.recordValue(r); r.has(hasAmount) {
		b.Currency = m.currencies[r.currency]
	}
	b.Explanation = explainRepeated(m.name(r), b.Charge, m.name(rightful), b.Source, m.rules.Sources[rightful.source].Name)
	return b
}

func (m *Matcher) surplusBreak(r *record, c *charge) ledger.Break {
	b := m.newBreak(ledger.BreakDuplicateCharge, r, c)
	b.OmiseValue, b.Amount = money.Format(c.amount, b.Currency), pointer(c.amount)
	b.Explanation = explainSurplus(m.name(r), amountOf(c.amount, b.Currency), m.texts.text(m.charges[r.charge].id))
	return b
}
