package match

import (
	"slices"

	"reconcile/internal/money"
)

// settle finds the charges of an order's records that have none by their ids,
// and says what the order's other charges are.
func (m *Matcher) settle(o order) {
	seekers := filter(o.records, func(i int32) bool { return m.records[i].role == seeking })
	if len(seekers) > 0 {
		m.place(seekers, m.best(o.charges))
	}
	paying := filter(o.records, func(i int32) bool {
		return m.stands(i) && m.charges[m.records[i].charge].state == successful
	})
	if len(paying) > 0 {
		m.judgeSurplus(paying, o.charges)
	}
	m.judgeRest(o)
}

// best is the charges of the best state among them.
func (m *Matcher) best(charges []int32) []int32 {
	var best state
	for _, i := range charges {
		best = max(best, m.charges[i].state.class())
	}
	return m.filter(charges, func(c *charge) bool { return c.state.class() == best })
}

func (m *Matcher) filter(charges []int32, keep func(*charge) bool) []int32 {
	return filter(charges, func(i int32) bool { return keep(&m.charges[i]) })
}

func filter(all []int32, keep func(int32) bool) []int32 {
	var kept []int32
	for _, i := range all {
		if keep(i) {
			kept = append(kept, i)
		}
	}
	return kept
}

// judgeSurplus says what the charges are that paid beside those of the order's
// records: a further part of one of them, or too much.
func (m *Matcher) judgeSurplus(paying, charges []int32) {
	over := m.filter(charges, func(c *charge) bool { return c.state == successful && c.role == unlinked && !c.refundedInFull() })
	if len(over) == 0 || m.joinParts(paying, over) {
		return
	}
	for _, at := range over {
		if c := &m.charges[at]; !c.has(scheduled) {
			c.record, c.role = paying[0], surplus
		}
	}
}

// joinParts makes charges further parts of the first record whose own charge
// lacks just their sum.
func (m *Matcher) joinParts(paying, over []int32) bool {
	sum, fits := m.sum(over)
	if !fits {
		return false
	}
	for _, i := range paying {
		r := &m.records[i]
		c := &m.charges[r.charge]
		whole, fits := money.Add(sum.amount, c.amount)
		if fits && c.currency == sum.currency && r.is(price{whole, c.currency}) {
			parts := append([]int32{r.charge}, over...)
			slices.SortFunc(parts, m.compareCharges)
			m.link(i, parts...)
			return true
		}
	}
	return false
}

// judgeRest says what the order's other charges are beside its record.
func (m *Matcher) judgeRest(o order) {
	holder, role := m.holder(o.records)
	if holder == nobody {
		return
	}
	for _, at := range o.charges {
		switch c := &m.charges[at]; {
		case c.role != unlinked:
		case role == spare:
			c.setAside(holder)
		default:
			c.record, c.role = holder, role
		}
	}
}

// setAside says what a charge is that a record has no use for. What still holds
// money, such as a second authorisation or what a schedule charged, needs a
// record of its own.
func (c *charge) setAside(record int32) {
	if c.state.holdsMoney() && !c.refundedInFull() {
		c.role = further
		return
	}
	c.record, c.role = record, spare
}

// holder is the record that an order's other charges are shown with, and what
// they are beside it. One that only repeats the charge of another order speaks
// for none of its own.
func (m *Matcher) holder(records []int32) (int32, chargeRole) {
	held, beside := int32(nobody), unlinked
	for _, i := range records {
		switch r := &m.records[i]; {
		case m.stands(i) && m.charges[r.charge].state != unknown, r.role == ambiguous:
			return i, spare
		case held == nobody && (m.stands(i) || r.role == waiting):
			held, beside = i, undecided
		}
	}
	return held, beside
}
