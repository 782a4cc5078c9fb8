package match

import "reconcile/internal/ledger"

// Charge is what the books say of any charge of the account; one that was never
// added is NotCompared.
func (o *Outcome) Charge(id string) ledger.Comparison {
	c := o.find(id)
	if c == nil {
		return ledger.Comparison{Result: ledger.NotCompared, RefundResult: ledger.NotCompared}
	}
	seen := ledger.Comparison{Result: o.result(c), RefundResult: ledger.NotCompared}
	if c.record != nobody {
		o.describe(&seen, c)
	}
	if c.has(compared) {
		o.compareRefunds(&seen, c)
	}
	return seen
}

func (o *Outcome) describe(seen *ledger.Comparison, c *charge) {
	r := &o.m.records[c.record]
	seen.RecordRef, seen.RecordStatus, seen.RecordCurrency = o.m.ref(r), r.status.status(), o.m.currencies[r.currency]
	if c.role == linked && !c.has(laterPart) && r.has(hasAmount) {
		seen.RecordAmount = pointer(r.amount)
	}
}

func (o *Outcome) result(c *charge) ledger.Result {
	switch {
	case c.has(brokenAlone), c.role == unread:
		return ledger.InBreak
	case c.has(broken) && o.m.rules.Fresh:
		return ledger.InBreak
	case c.has(broken), !c.has(compared):
		return ledger.NotCompared
	case c.has(expected), c.role == tooLate:
		return ledger.Expected
	case c.role == linked:
		return ledger.Matched
	case c.role == spare, c.role == unlinked:
		return ledger.NotNeeded
	}
	return ledger.NotCompared
}

// compareRefunds fills in what the books say of the charge's refunds, all
// together and whatever their day.
func (o *Outcome) compareRefunds(seen *ledger.Comparison, c *charge) {
	switch {
	case c.role == linked:
		o.compareLinked(seen, c)
	case c.role == tooLate, c.has(expected):
		seen.RefundResult = ledger.Expected
	case c.role == surplus, c.lacksRecord() && c.state.holdsMoney():
		seen.RefundResult = ledger.MissingInRecords
	}
	if difference := seen.RefundResult == ledger.MissingInRecords || seen.RefundResult == ledger.AmountMismatch; difference && !o.m.rules.Fresh {
		seen.RefundResult = ledger.NotCompared
	}
}

func (o *Outcome) compareLinked(seen *ledger.Comparison, c *charge) {
	p := o.m.pairOf(c.record)
	if p.currencyDiffers() {
		return
	}
	amount, known := p.recordRefunded()
	seen.RefundResult = p.refundResult()
	if known && !c.has(laterPart) {
		seen.RecordRefunded, seen.RefundDifference = &amount, minus(p.refunded, amount)
	}
}

// refundResult compares amounts alone; what the statuses say of one another is
// the charge's result.
func (p pair) refundResult() ledger.Result {
	amount, known := p.recordRefunded()
	lost := p.says() == ledger.RecordRefunded && p.lost
	switch same := func(refunded int64) bool { return amount == refunded }; {
	case known && (same(p.refunded) || lost):
		return ledger.Matched
	case p.onceAgreed(same):
		return ledger.Expected
	case known:
		return ledger.AmountMismatch
	}
	return ledger.MissingInRecords
}
