package match

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
	if len(charges) <= 1 {
		return charges
	}
	r := &m.records[i]
	if sum, fits := m.sum(charges); fits && r.is(sum) {
		return charges
	}
	for _, at := range charges {
		if r.is(m.charges[at].price()) {
			return []int32{at}
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
