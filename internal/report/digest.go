package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"reconcile/internal/money"
)

// digest gathers what the Summary page says from the rows as they stream by.
// It grows with accounts, currencies and days, never with rows.
type digest struct {
	totals    map[totalKey]tally
	deadlines map[deadlineKey]tally
	states    map[stateKey]int64
	breaks    map[breakKey]breakTally
	rows      map[string]int64
}

type totalKey struct {
	account  string
	currency money.Currency
	measure  string
}

type deadlineKey struct {
	account  string
	day      time.Time // midnight UTC
	state    string
	currency money.Currency
}

type stateKey struct{ table, state string }

// tally is a number of rows and their money in one currency.
type tally struct {
	known  bool // the rows say an amount
	count  int64
	amount int64
}

func newDigest() *digest {
	return &digest{
		totals:    map[totalKey]tally{},
		deadlines: map[deadlineKey]tally{},
		states:    map[stateKey]int64{},
		breaks:    map[breakKey]breakTally{},
		rows:      map[string]int64{},
	}
}

// observer gives the function that sees every row of a table.
func (d *digest) observer(t Table) func([]Cell) {
	count := func() { d.rows[t.Name]++ }
	at := func(name string) func([]Cell) Cell {
		i := t.Column(name)
		return func(row []Cell) Cell { return row[i] }
	}
	switch t.Name {
	case "summary":
		account, measure, currency, n, amount := at("account"), at("measure"), at("currency"), at("count"), at("amount")
		return func(row []Cell) {
			count()
			k := totalKey{account(row).text, money.Currency(currency(row).text), measure(row).text}
			d.totals[k] = tally{known: amount(row).set, count: n(row).n, amount: amount(row).n}
		}
	case "capture_deadlines":
		account, by, st, amount := at("account"), at("capture_by"), at("state"), at("authorized_amount")
		return func(row []Cell) {
			count()
			d.states[stateKey{t.Name, st(row).text}]++
			d.deadline(account(row).text, by(row), st(row).text, amount(row))
		}
	case "breaks":
		return func(row []Cell) { count(); d.addBreak(t, row) }
	case "expiring_charges", "expiring_cards":
		st := at("state")
		return func(row []Cell) { count(); d.states[stateKey{t.Name, st(row).text}]++ }
	default:
		return func([]Cell) { count() }
	}
}

func (d *digest) deadline(account string, by Cell, state string, amount Cell) {
	if !by.set || !amount.set || state == "lapsed" {
		return
	}
	y, m, day := by.at.Date()
	k := deadlineKey{account, time.Date(y, m, day, 0, 0, 0, 0, time.UTC), state, amount.cur}
	t := d.deadlines[k]
	t.known, t.count = true, t.count+1
	t.amount = saturatingAdd(t.amount, amount.n)
	d.deadlines[k] = t
}

// saturatingAdd stops at the ends of int64: a sum that large is not a sum of
// real money, and a page must not fail for it.
func saturatingAdd(a, b int64) int64 {
	if sum, ok := money.Add(a, b); ok {
		return sum
	}
	if a > 0 {
		return 1<<63 - 1
	}
	return -1 << 63
}

type purse struct {
	account  string
	currency money.Currency
}

// purses lists accounts and their currencies in the order of the accounts,
// then by currency code.
func (d *digest) purses(accounts []Account) []purse {
	seen := map[purse]bool{}
	for k := range d.totals {
		if k.currency != "" { // breaks without one are shown by themselves
			seen[purse{k.account, k.currency}] = true
		}
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b purse) int {
		return cmp.Or(cmp.Compare(place(accounts, a.account), place(accounts, b.account)),
			cmp.Compare(a.account, b.account), cmp.Compare(a.currency, b.currency))
	})
}

func place(accounts []Account, name string) int {
	return slices.IndexFunc(accounts, func(a Account) bool { return a.Name == name })
}

var stateOrder = [...]string{"overdue", "urgent", "open"}

func (d *digest) deadlineKeys(accounts []Account) []deadlineKey {
	return slices.SortedFunc(maps.Keys(d.deadlines), func(a, b deadlineKey) int {
		return cmp.Or(a.day.Compare(b.day),
			cmp.Compare(slices.Index(stateOrder[:], a.state), slices.Index(stateOrder[:], b.state)),
			cmp.Compare(place(accounts, a.account), place(accounts, b.account)),
			cmp.Compare(a.account, b.account), cmp.Compare(a.currency, b.currency))
	})
}

// pivot is open authorised money by day and currency.
type pivot struct {
	days       []time.Time
	currencies []money.Currency
	amounts    map[time.Time]map[money.Currency]int64
}

func (d *digest) pivot() pivot {
	p := pivot{amounts: map[time.Time]map[money.Currency]int64{}}
	currencies := map[money.Currency]bool{}
	for k, t := range d.deadlines {
		if p.amounts[k.day] == nil {
			p.amounts[k.day] = map[money.Currency]int64{}
		}
		p.amounts[k.day][k.currency] = saturatingAdd(p.amounts[k.day][k.currency], t.amount)
		currencies[k.currency] = true
	}
	p.days = slices.SortedFunc(maps.Keys(p.amounts), time.Time.Compare)
	p.currencies = slices.Sorted(maps.Keys(currencies))
	return p
}
