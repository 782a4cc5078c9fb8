package match

import (
	"reconcile/internal/money"
)

// choose finds the charge, or the charges, that one record means among several
// that paid.
func (m *Matcher) choose(i int32, free []int32) {
	if meant := m.meant(i, free); len(meant) > 0 {
		m.link(i, meant...)
		return
	}
	r := &m.records[i]
	known := m.filter(free, func(c *charge) bool { return c.changed <= m.cutOf(r) })
	meant := m.meant(i, known)
	if len(meant) == 0 {
		m.confuse([]int32{i}, free)
		return
	}
	m.link(i, meant...)
	for _, late := range free {
		if c := &m.charges[late]; c.changed > m.cutOf(r) {
			c.record, c.role = i, tooLate
		}
	}
}

// meant is the charges that a record surely means: the only one, all when they
// add up to its amount, or the earliest that equals it. A charge that a
// schedule made comes after all others.
func (m *Matcher) meant(i int32, charges []int32) []int32 {
	r := &m.records[i]
	switch {
	case len(charges) <= 1:
		return charges
	case m.addsUp(r, charges):
		return charges
	}
	for _, c := range charges {
		if m.equals(r, &m.charges[c]) {
			return []int32{c}
		}
	}
	ordered := m.filter(charges, func(c *charge) bool { return !c.has(scheduled) })
	switch len(ordered) {
	case 0:
		return charges[:1]
	case 1:
		return ordered
	}
	return nil
}

func (m *Matcher) equals(r *record, c *charge) bool {
	return r.has(hasAmount) && r.amount == c.amount && r.currency == c.currency
}

// addsUp reports whether the charges together are the record's amount.
func (m *Matcher) addsUp(r *record, charges []int32) bool {
	sum, fits := m.sum(charges)
	return fits && r.has(hasAmount) && sum == price{r.amount, r.currency}
}

// price is an amount in minor units of a currency.
type price struct {
	amount   int64
	currency uint8
}

// sum adds up charges of one currency; fits is false where they are not.
func (m *Matcher) sum(charges []int32) (sum price, fits bool) {
	sum.currency = m.charges[charges[0]].currency
	for _, i := range charges {
		c := &m.charges[i]
		if sum.amount, fits = money.Add(sum.amount, c.amount); !fits || c.currency != sum.currency {
			return sum, false
		}
	}
	return sum, true
}

// byPrice is the charges by what they captured, in their order.
func (m *Matcher) byPrice(charges []int32) map[price][]int32 {
	all := map[price][]int32{}
	for _, i := range charges {
		at := price{m.charges[i].amount, m.charges[i].currency}
		all[at] = append(all[at], i)
	}
	return all
}

// ofPrice is the charges that are exactly the record's amount.
func ofPrice(r *record, charges map[price][]int32) []int32 {
	if !r.has(hasAmount) {
		return nil
	}
	return charges[price{r.amount, r.currency}]
}
