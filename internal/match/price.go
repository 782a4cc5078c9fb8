package match

import "reconcile/internal/money"

// price is an amount in minor units of a currency.
type price struct {
	amount   int64
	currency uint8
}

func (c *charge) price() price { return price{c.amount, c.currency} }

// is reports whether the record says just this amount.
func (r *record) is(p price) bool {
	return r.has(hasAmount) && p == price{r.amount, r.currency}
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

// byPrice is the charges by their amounts, in their order.
func (m *Matcher) byPrice(charges []int32) map[price][]int32 {
	all := map[price][]int32{}
	for _, i := range charges {
		at := m.charges[i].price()
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
