package match

import (
	"slices"

	"reconcile/internal/ledger"
)

// attempt is a charge that a record's id leads to and that does not count.
type attempt struct{ record, charge int32 }

// dropWrongAttempts sends those records to look by order reference whose
// charge id leads to an attempt that did not pay, or was refunded in full,
// while another charge of the order is the one that counts.
func (m *Matcher) dropWrongAttempts(orders orders) {
	for o := range orders.all(m) {
		free := m.filter(o.charges, func(c *charge) bool { return c.state == successful && c.record == nobody })
		if len(free) == 0 {
			continue
		}
		kept := m.filter(free, func(c *charge) bool { return !c.refundedInFull() })
		for _, i := range o.records {
			if r := &m.records[i]; r.role == led && m.wrongAttempt(r, len(kept)) {
				r.role = seeking
				m.dropped = append(m.dropped, attempt{i, r.charge})
			}
		}
	}
}

func (m *Matcher) wrongAttempt(r *record, kept int) bool {
	c := &m.charges[r.charge]
	switch {
	case c.state == unknown:
		return false
	case c.state != successful:
		return true
	}
	says := r.status.status()
	stillPaid := (says == ledger.RecordPaid || says == ledger.RecordAuthorized) && !r.has(hasRefunded)
	return c.refundedInFull() && stillPaid && kept == 1
}

// judgeAttempts comes back to such charges when every order is settled. What
// did not pay needs no other record, also where it carries another order
// reference; and a record that found no better charge, and knows that nothing
// was paid, keeps its own.
func (m *Matcher) judgeAttempts() {
	slices.SortFunc(m.dropped, func(a, b attempt) int { return m.compareRecords(a.record, b.record) })
	for _, a := range m.dropped {
		r, c := &m.records[a.record], &m.charges[a.charge]
		switch free := c.role == spare || c.lacksRecord(); {
		case free && r.role == repeated && r.status.noMoney() && c.state != successful:
			m.link(a.record, a.charge)
		case c.role == unlinked:
			c.setAside(a.record)
		}
	}
}
