package match

import (
	"cmp"
	"math"
	"slices"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// pair is a record beside what Omise has for it: one charge, or the parts of
// one payment taken together. Amounts are in minor units of the charges'
// currency.
type pair struct {
	r        *record
	c        *charge // the only one, or the earliest
	charges  []int32 // all of them
	amount   int64   // captured of successful charges, else held
	refunded int64
	changed  ledger.Instant // when the last of them came to its state
	happened ledger.Instant // when the last of them was paid, else created
	lost     bool           // every part was lost in a dispute
	late     []lateRefund   // newest first
}

// lateRefund is a refund that may be too late for the books.
type lateRefund struct {
	at     ledger.Instant
	amount int64
	id     string
}

func (a lateRefund) compare(b lateRefund) int {
	return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(a.id, b.id))
}

func (m *Matcher) sortLate() {
	for _, refunds := range m.late {
		slices.SortFunc(refunds, lateRefund.compare)
	}
}

func (m *Matcher) pairOf(i int32) pair {
	r := &m.records[i]
	p := pair{r: r, c: &m.charges[r.charge], charges: m.splits[i], lost: true}
	if p.charges == nil {
		p.charges = []int32{r.charge}
	}
	for _, at := range p.charges {
		c := &m.charges[at]
		p.amount, p.refunded = plus(p.amount, c.amount), plus(p.refunded, c.refunded)
		p.changed, p.happened = max(p.changed, c.changed), max(p.happened, c.happened)
		p.lost = p.lost && c.has(disputeLost)
		p.late = append(p.late, m.lateRefunds(c, m.cutOf(r))...)
	}
	slices.SortFunc(p.late, lateRefund.compare)
	return p
}

// lateRefunds is the charge's refunds that were made after the cut.
func (m *Matcher) lateRefunds(c *charge, cut ledger.Instant) []lateRefund {
	refunds := m.late[c.id]
	n := slices.IndexFunc(refunds, func(r lateRefund) bool { return r.at <= cut })
	if n < 0 {
		return refunds
	}
	return refunds[:n]
}

// plus adds amounts; a sum that does not fit stays at the largest number.
func plus(a, b int64) int64 {
	if sum, fits := money.Add(a, b); fits {
		return sum
	}
	return math.MaxInt64
}

// minus is the difference of two amounts, nil where it does not fit.
func minus(a, b int64) *int64 {
	if b == math.MinInt64 {
		return nil
	}
	if difference, fits := money.Add(a, -b); fits {
		return &difference
	}
	return nil
}

func (p pair) says() ledger.RecordStatus { return p.r.status.status() }

func (p pair) inFull(refunded int64) bool {
	return p.c.state == successful && p.amount > 0 && refunded >= p.amount
}

func (p pair) verdict(refunded int64) verdict {
	return verdictOf(p.says(), p.c.state, p.inFull(refunded))
}

func (p pair) currencyDiffers() bool {
	return p.r.currency != 0 && p.r.currency != p.c.currency
}

// amountDiffers leaves alone what both sides say never came to money.
func (p pair) amountDiffers() bool {
	if p.r.status.noMoney() && !p.c.state.holdsMoney() {
		return false
	}
	return p.r.has(hasAmount) && p.r.amount != p.amount
}

// recordRefunded is what the record says was refunded. One that is refunded
// and names no amount means all that was captured.
func (p pair) recordRefunded() (amount int64, known bool) {
	switch {
	case p.r.has(hasRefunded):
		return p.r.refunded, true
	case p.says() == ledger.RecordRefunded:
		return p.amount, true
	}
	return 0, false
}

// refundsAgree reports whether the record agrees with so much refunded.
func (p pair) refundsAgree(refunded int64) bool {
	if p.c.state != successful {
		return true
	}
	amount, known := p.recordRefunded()
	switch says, inFull := p.says(), p.inFull(refunded); {
	case p.verdict(refunded) == refundDiffers:
		return false
	case says == ledger.RecordRefunded && p.lost && !inFull:
		return true
	case says == ledger.RecordCancelled && inFull && amount == 0:
		return true // a void is the order's end, not a refund that shops enter
	case known:
		return amount == refunded
	case says == ledger.RecordPaid:
		return refunded == 0
	case says == ledger.RecordPartiallyRefunded:
		return refunded > 0
	}
	return true
}

// onceAgreed reports whether something held before some of the late refunds.
func (p pair) onceAgreed(agrees func(refunded int64) bool) bool {
	refunded := p.refunded
	for _, late := range p.late {
		refunded -= late.amount
		if agrees(refunded) {
			return true
		}
	}
	return false
}
