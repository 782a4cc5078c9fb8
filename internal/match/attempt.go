package match

import (
	"reconcile/internal/ledger"
)

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
