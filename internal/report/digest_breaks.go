package report

import (
	"cmp"
	"maps"
	"slices"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// breakKey is what the Summary page tells breaks apart by.
type breakKey struct {
	account, kind string
	state         string // of the break; accepted for one that finance accepted
	currency      money.Currency
}

// breakTally is a tally of breaks with the highest severity among them. Its
// amount is without sign: two differences do not make up for each other.
type breakTally struct {
	tally
	severity string
}

func severities() []string { return []string{"high", "medium", "low"} }

// breakStates is the order of the Summary page: what is settled comes last.
func breakStates() []string {
	return []string{ledger.BreakNew, ledger.BreakOpen, ledger.Accepted, ledger.BreakCured}
}

func (d *digest) addBreak(t Table, row []Cell) {
	at := func(name string) Cell { return row[t.Column(name)] }
	state, severity := at("state").text, at("severity").text
	if state != ledger.BreakCured && at("resolution").text == ledger.Accepted {
		state = ledger.Accepted
	}
	if state == ledger.BreakNew || state == ledger.BreakOpen {
		d.states[stateKey{t.Name, severity}]++
	}
	k := breakKey{at("account").text, at("kind").text, state, money.Currency(at("currency").text)}
	sum := d.breaks[k]
	sum.count++
	if sum.severity == "" || slices.Index(severities(), severity) < slices.Index(severities(), sum.severity) {
		sum.severity = severity
	}
	if stake := atStake(at("difference"), at("omise_value"), at("record_value")); stake.set {
		sum.known, sum.amount = true, saturatingAdd(sum.amount, magnitude(stake.n))
	}
	d.breaks[k] = sum
}

// atStake is the first amount among the cells: a difference, or the one side
// that there is.
func atStake(cells ...Cell) Cell {
	for _, c := range cells {
		if c.set && c.kind == Amount {
			return c
		}
	}
	return Cell{}
}

// breakKeys lists what is open before what is settled, then the highest
// severity first.
func (d *digest) breakKeys(accounts []Account) []breakKey {
	settled := func(k breakKey) int { return max(slices.Index(breakStates(), k.state), 1) }
	severity := func(k breakKey) int { return slices.Index(severities(), d.breaks[k].severity) }
	return slices.SortedFunc(maps.Keys(d.breaks), func(a, b breakKey) int {
		return cmp.Or(cmp.Compare(settled(a), settled(b)), cmp.Compare(severity(a), severity(b)),
			cmp.Compare(ledger.BreakKind(a.kind).Place(), ledger.BreakKind(b.kind).Place()),
			cmp.Compare(slices.Index(breakStates(), a.state), slices.Index(breakStates(), b.state)),
			cmp.Compare(place(accounts, a.account), place(accounts, b.account)),
			cmp.Compare(a.account, b.account), cmp.Compare(a.currency, b.currency))
	})
}
