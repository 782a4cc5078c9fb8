package match

import (
	"cmp"
	"iter"
	"slices"
)

// orders is the charges and the records with an order reference, each sorted
// by it; inside an order by the time of payment or creation.
type orders struct{ charges, records []int32 }

// order is what has one order reference.
type order struct{ charges, records []int32 }

func (m *Matcher) sortOrders() orders {
	var o orders
	for i := range m.charges {
		if m.charges[i].order != none {
			o.charges = append(o.charges, int32(i))
		}
	}
	for i := range m.records {
		if m.orderOf(int32(i)) != none {
			o.records = append(o.records, int32(i))
		}
	}
	slices.SortFunc(o.charges, func(a, b int32) int {
		if by := cmp.Compare(m.charges[a].order, m.charges[b].order); by != 0 {
			return by
		}
		return m.compareCharges(a, b)
	})
	slices.SortFunc(o.records, func(a, b int32) int {
		if by := cmp.Compare(m.orderOf(a), m.orderOf(b)); by != 0 {
			return by
		}
		return m.compareRecords(a, b)
	})
	return o
}

// orderOf is the order of a record: its own reference, else that of the charge
// that its id leads to.
func (m *Matcher) orderOf(i int32) symbol {
	r := &m.records[i]
	if r.order == none && r.charge != nobody {
		return m.charges[r.charge].order
	}
	return r.order
}

// all yields every order that has charges and records.
func (o orders) all(m *Matcher) iter.Seq[order] {
	return func(yield func(order) bool) {
		charges, records := o.charges, o.records
		for len(charges) > 0 && len(records) > 0 {
			of, by := m.charges[charges[0]].order, m.orderOf(records[0])
			var found order
			if of <= by {
				found.charges, charges = leading(charges, func(i int32) bool { return m.charges[i].order == of })
			}
			if by <= of {
				found.records, records = leading(records, func(i int32) bool { return m.orderOf(i) == by })
			}
			if of == by && !yield(found) {
				return
			}
		}
	}
}

// chargesOf is the charges of one order.
func (o orders) chargesOf(m *Matcher, of symbol) []int32 {
	from, found := slices.BinarySearchFunc(o.charges, of, func(i int32, of symbol) int { return cmp.Compare(m.charges[i].order, of) })
	if !found {
		return nil
	}
	charges, _ := leading(o.charges[from:], func(i int32) bool { return m.charges[i].order == of })
	return charges
}

// leading splits off the first elements for which is holds; it does for the
// very first.
func leading[T any](all []T, is func(T) bool) (first, rest []T) {
	n := 1
	for n < len(all) && is(all[n]) {
		n++
	}
	return all[:n], all[n:]
}
