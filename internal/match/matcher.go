package match

import (
	"slices"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// Matcher gathers the charges and records of one account and compares them.
// Everything is added first, in any order, then Match is called once.
type Matcher struct {
	rules      Rules
	texts      *texts
	charges    []charge
	records    []record
	currencies []money.Currency
	late       map[symbol][]lateRefund // by charge
	words      map[unknownWord]int     // rows per word that nobody explained
	leads      []int32                 // the charge that an id or a transaction leads to, by symbol
	splits     map[int32][]int32       // the charges of a record that was paid in parts, earliest first
	rivals     map[int32]*rivals       // of records that are ambiguous
	dropped    []attempt
	scope      scope
	found      []ledger.Break
	skipped    map[string]int
}

// New makes a Matcher for about so many charges and records; 0 where unknown.
func New(rules Rules, charges, records int) *Matcher {
	return &Matcher{
		rules:      rules,
		texts:      newTexts(2*charges + max(charges, records)),
		charges:    make([]charge, 0, charges),
		records:    make([]record, 0, records),
		currencies: []money.Currency{""},
		late:       map[symbol][]lateRefund{},
		words:      map[unknownWord]int{},
		splits:     map[int32][]int32{},
		rivals:     map[int32]*rivals{},
		skipped:    map[string]int{},
	}
}

// AddCharge takes what it needs of a charge. orderRef is the order reference
// by which it may be matched, "" for none.
func (m *Matcher) AddCharge(c *ledger.Charge, orderRef string) {
	made := m.newCharge(c, orderRef)
	made.set(brokenAlone, m.checkOwnFigures(c))
	m.charges = append(m.charges, made)
}

// AddRefund takes a refund that may be too late for the books. Those made
// after the earliest ReadAt - Grace of the sources are needed; others do no harm.
func (m *Matcher) AddRefund(r *ledger.Refund) {
	if !settled(r.Status) {
		return
	}
	charge := m.texts.add(r.Charge)
	m.late[charge] = append(m.late[charge], lateRefund{at: r.CreatedAt, amount: r.Amount, id: r.ID})
}

// AddRecord takes what it needs of a record. One of a source that the rules do
// not name, because the config no longer does, is left out.
func (m *Matcher) AddRecord(r *ledger.Record) {
	source := m.sourceOf(r.Source)
	if source < 0 {
		return
	}
	m.records = append(m.records, m.newRecord(r, source))
	if r.Word != "" {
		m.words[unknownWord{r.Source, r.Word}]++
	}
}

// sourceOf is the index of a source, -1 where the rules do not name it.
func (m *Matcher) sourceOf(name string) int {
	return slices.IndexFunc(m.rules.Sources, func(s Source) bool { return s.Name == name })
}

// Match compares everything that was added.
func (m *Matcher) Match() *Outcome {
	m.sortLate()
	m.followIDs()
	orders := m.sortOrders()
	m.setScope(orders)
	m.claim()
	m.dropWrongAttempts(orders)
	m.claim()
	for o := range orders.all(m) {
		m.settle(o)
	}
	m.judgeAttempts()
	m.judgeRecords()
	m.nameUnreadable(orders)
	m.judgeCharges()
	return m.outcome()
}
