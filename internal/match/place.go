package match

import (
	"slices"
)

// place gives records without a charge of their own the charges of their order
// that no charge id leads to. All candidates are in one state.
func (m *Matcher) place(seekers, candidates []int32) {
	free := m.filter(candidates, func(c *charge) bool { return c.record == nobody })
	if len(free) == 0 {
		m.repeat(seekers, candidates)
		return
	}
	if m.charges[free[0]].state != successful {
		m.placeNewest(seekers, free)
		return
	}
	if kept := m.filter(free, func(c *charge) bool { return !c.refundedInFull() }); len(kept) > 0 {
		free = kept
	}
	switch {
	case len(free) == 1:
		m.link(seekers[0], free[0])
		m.repeat(seekers[1:], free)
	case len(seekers) == 1:
		m.choose(seekers[0], free)
	default:
		m.pairUp(seekers, free)
	}
}

// placeNewest serves charges that did not pay: which of several attempts a
// record means hardly matters, so it is never ambiguous.
func (m *Matcher) placeNewest(seekers, free []int32) {
	newestFirst := slices.Clone(free)
	slices.Reverse(newestFirst)
	unserved, left := m.pairEqual(seekers, newestFirst)
	m.share(unserved, left, free)
}

// pairUp serves several records of one order with several charges that paid.
func (m *Matcher) pairUp(seekers, free []int32) {
	unserved, left := m.pairEqual(seekers, free)
	if len(left) > 1 {
		m.confuse(unserved, left)
		return
	}
	m.share(unserved, left, free)
}

// share links records to the charges that are left, one to one; records beyond
// these repeat one of the order's charges.
func (m *Matcher) share(records, left, charges []int32) {
	n := min(len(records), len(left))
	for k := range n {
		m.link(records[k], left[k])
	}
	m.repeat(records[n:], slices.Concat(left, charges))
}

// pairEqual links records to charges of the same amount, the first of them
// first, and gives what is left on both sides.
func (m *Matcher) pairEqual(records, charges []int32) (unserved, left []int32) {
	free := m.byPrice(charges)
	for _, i := range records {
		r := &m.records[i]
		equal := ofPrice(r, free)
		if len(equal) == 0 {
			unserved = append(unserved, i)
			continue
		}
		m.link(i, equal[0])
		free[price{r.amount, r.currency}] = equal[1:]
	}
	return unserved, m.filter(charges, func(c *charge) bool { return c.record == nobody })
}

// link makes a record stand for charges; several are one payment in parts.
func (m *Matcher) link(i int32, charges ...int32) {
	r := &m.records[i]
	if r.role != led {
		r.role = placed
	}
	r.charge = charges[0]
	for k, at := range charges {
		c := &m.charges[at]
		c.record, c.role = i, linked
		c.set(laterPart, k > 0)
	}
	if len(charges) > 1 {
		m.splits[i] = slices.Clone(charges)
	}
}

// repeat marks records that another one stands for: of these charges the one
// with the same amount is meant, else the first.
func (m *Matcher) repeat(records, charges []int32) {
	if len(records) == 0 {
		return
	}
	taken := m.byPrice(charges)
	for _, i := range records {
		r := &m.records[i]
		r.role, r.charge = repeated, charges[0]
		if equal := ofPrice(r, taken); len(equal) > 0 {
			r.charge = equal[0]
		}
	}
}

// rivals is charges of which every one may be what some records mean.
type rivals struct {
	charges  []int32
	ids      string // see joinRivals
	compared bool   // all are in scope
	unmarked []int32
}

// confuse marks records that may each mean any of the charges.
func (m *Matcher) confuse(records, charges []int32) {
	if len(records) == 0 {
		return
	}
	among := &rivals{charges: charges, ids: m.joinRivals(charges), compared: m.comparesAll(charges), unmarked: charges}
	for _, i := range records {
		m.records[i].role, m.rivals[i] = ambiguous, among
	}
	for _, at := range charges {
		c := &m.charges[at]
		c.record, c.role = records[0], rival
	}
}
