package match

import (
	"slices"

	"reconcile/internal/ledger"
)

// judgeRecords names what is wrong with each record.
func (m *Matcher) judgeRecords() {
	for n := range m.records {
		i := int32(n)
		switch r := &m.records[i]; {
		case m.stands(i):
			m.judgePair(i)
		case r.role == led || r.role == repeated:
			m.judgeRepeated(i)
		case r.role == ambiguous:
			m.judgeAmbiguous(i)
		case r.role == absent || r.role == seeking:
			m.judgeWithoutCharge(r)
		}
	}
}

// judgePair compares a record with its charges. The first of currency and
// status that differs is all that is said; amount and refunds stand side by side.
func (m *Matcher) judgePair(i int32) {
	p := m.pairOf(i)
	if !m.comparesAll(p.charges) || !m.comparesRecord(p.r) {
		return
	}
	m.mark(p.charges, compared)
	cut := m.cutOf(p.r)
	switch {
	case p.currencyDiffers():
		m.report(m.currencyBreak(p), p.charges...)
		return
	case p.verdict(p.refunded) == statusDiffers:
		m.reportUnless(p.changed > cut, m.statusBreak, p)
		return
	}
	if p.amountDiffers() {
		m.reportUnless(p.happened > cut, m.amountBreak, p)
	}
	if !p.refundsAgree(p.refunded) {
		once := p.onceAgreed(func(refunded int64) bool {
			return p.verdict(refunded) != statusDiffers && p.refundsAgree(refunded)
		})
		m.reportUnless(once, m.refundBreak, p)
	}
}

func (m *Matcher) comparesAll(charges []int32) bool {
	return !slices.ContainsFunc(charges, func(at int32) bool { return !m.compares(&m.charges[at]) })
}

// reportUnless reports a break, unless what made it is too late for the books.
func (m *Matcher) reportUnless(late bool, of func(pair) ledger.Break, p pair) {
	if late {
		m.mark(p.charges, expected)
		return
	}
	m.report(of(p), p.charges...)
}

func (m *Matcher) mark(charges []int32, f chargeFlags) {
	for _, at := range charges {
		m.charges[at].flags |= f
	}
}

func (m *Matcher) judgeRepeated(i int32) {
	r := &m.records[i]
	if c := &m.charges[r.charge]; m.compares(c) && m.comparesRecord(r) {
		m.report(m.repeatedBreak(r, c), r.charge)
	}
}

func (m *Matcher) judgeAmbiguous(i int32) {
	r, among := &m.records[i], m.rivals[i]
	if among.compared && m.comparesRecord(r) {
		m.report(m.ambiguousBreak(r, among), among.unmarked...)
		among.unmarked = nil
	}
}

// judgeWithoutCharge decides whether a record should have had a charge.
func (m *Matcher) judgeWithoutCharge(r *record) {
	source := m.rules.Sources[r.source]
	if r.id == none && !source.Whole {
		m.skipped[source.Name]++
		return
	}
	should := r.role == absent || r.needsCharge() && m.provenFor(r)
	if should && m.comparesRecord(r) && m.began(r) && m.due(r) {
		m.report(m.absentBreak(r))
	}
}

// needsCharge reports whether a record says that money moved. Nothing is
// charged for an order of nought, such as one that a coupon paid.
func (r *record) needsCharge() bool {
	free := r.has(hasAmount) && r.amount == 0
	return r.status.status().MovedMoney() && !free
}

// due reports whether the record is old enough to have a charge.
func (m *Matcher) due(r *record) bool {
	return !r.has(hasCreated) || r.created <= m.scope.sources[r.source].due
}

// provenFor reports whether a charge of this record would have been seen.
func (m *Matcher) provenFor(r *record) bool {
	var made *ledger.Instant
	if r.has(hasCreated) {
		made = &r.created
	}
	return m.scope.sources[r.source].began && m.provenSince(made, int(r.source))
}

// provenSince is the same for a record of a source that was made at an instant;
// nil: it is not known, and may be any since the source began.
func (m *Matcher) provenSince(made *ledger.Instant, source int) bool {
	from := m.scope.sources[source].since
	if made != nil {
		from = made.Add(-m.rules.Sources[source].Grace)
	}
	return m.scope.proves(ledger.Span{From: from, To: m.rules.To})
}

// judgeCharges names what is wrong with the charges that no record stands for.
func (m *Matcher) judgeCharges() {
	for n := range m.charges {
		i := int32(n)
		c := &m.charges[i]
		if !m.compares(c) {
			continue
		}
		switch c.role {
		case unlinked, further:
			m.judgeUnlinked(i)
		case surplus:
			if holder := &m.records[c.record]; m.comparesRecord(holder) {
				c.flags |= compared
				m.report(m.surplusBreak(holder, c), i)
			}
		case spare, tooLate, unread:
			c.flags |= compared
		}
	}
}

func (m *Matcher) judgeUnlinked(i int32) {
	c := &m.charges[i]
	switch {
	case !c.state.holdsMoney():
		c.flags |= compared
	case !m.scope.allKnown: // it may be in the books that were never read
	case max(c.created, c.happened, c.changed) > m.scope.cut:
		c.flags |= compared | expected
	default:
		c.flags |= compared
		m.report(m.missingBreak(c), i)
	}
}
