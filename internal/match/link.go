package match

import (
	"bytes"
	"cmp"
)

// chargeRole is what became of a charge.
type chargeRole uint8

const (
	unlinked  chargeRole = iota // no record, and none of its order
	further                     // its order's record stands for another charge, and this one still holds money
	unread                      // its record is a row that could not be read
	linked                      // its record stands for it
	spare                       // its order has a record, which needs another charge or none
	surplus                     // paid beside the charge of its order's record
	rival                       // one of several that an ambiguous record may mean
	tooLate                     // left out because it is newer than the books
	undecided                   // its order's record waits, or has a charge that cannot be compared
)

// recordRole is what became of a record.
type recordRole uint8

const (
	seeking   recordRole = iota // goes by order reference; its charge is one that does not count, if any
	led                         // its charge id leads to a charge
	placed                      // its order reference led to a charge
	repeated                    // another record stands for its charge
	ambiguous                   // several charges, and nothing tells which
	absent                      // Omise does not know its charge id
	waiting                     // its charge id was not asked at Omise yet
)

// followIDs finds the charge of every charge id and transaction.
func (m *Matcher) followIDs() {
	m.leads = make([]int32, m.texts.count)
	for i := range m.leads {
		m.leads[i] = nobody
	}
	for i := range m.charges {
		if t := m.charges[i].transaction; t != none && (m.leads[t] == nobody || m.compareIDs(int32(i), m.leads[t]) < 0) {
			m.leads[t] = int32(i)
		}
	}
	for i := range m.charges {
		m.leads[m.charges[i].id] = int32(i)
	}
	for i := range m.records {
		m.followID(&m.records[i])
	}
}

func (m *Matcher) followID(r *record) {
	if r.id == none {
		return
	}
	switch r.charge = m.leads[r.id]; {
	case r.charge != nobody:
		r.role = led
	case r.has(byTransaction):
		r.role = seeking
	case !m.rules.NotAtOmise[m.texts.text(r.id)]:
		r.role = waiting
	case r.status.noMoney(): // its order may have been paid all the same
		r.role = seeking
	default:
		r.role = absent
	}
}

// claim gives each charge the record that leads to it by its id, the rightful
// one where several do.
func (m *Matcher) claim() {
	for i := range m.charges {
		m.charges[i].record, m.charges[i].role = nobody, unlinked
	}
	for i := range m.records {
		r := &m.records[i]
		if r.role != led {
			continue
		}
		c := &m.charges[r.charge]
		if c.record == nobody || m.rightful(int32(i), c.record, c.order) {
			c.record, c.role = int32(i), linked
		}
	}
}

// stands reports whether the record is the one that stands for its charge.
func (m *Matcher) stands(i int32) bool {
	r := &m.records[i]
	return (r.role == led || r.role == placed) && m.charges[r.charge].record == i
}

// rightful reports whether record a stands for a charge of this order rather
// than record b: the one with the charge's own order reference, else the earlier.
func (m *Matcher) rightful(a, b int32, order symbol) bool {
	ofOrder := func(i int32) bool { return order != none && m.records[i].order == order }
	if ofOrder(a) != ofOrder(b) {
		return ofOrder(a)
	}
	return m.compareRecords(a, b) < 0
}

// compareRecords orders records by created_at, unknown last, then by what they
// are called.
func (m *Matcher) compareRecords(a, b int32) int {
	x, y := &m.records[a], &m.records[b]
	if x.has(hasCreated) != y.has(hasCreated) {
		if x.has(hasCreated) {
			return -1
		}
		return 1
	}
	if by := cmp.Compare(x.created, y.created); by != 0 {
		return by
	}
	return cmp.Or(
		bytes.Compare(m.texts.bytes(m.refOf(x)), m.texts.bytes(m.refOf(y))),
		cmp.Compare(m.rules.Sources[x.source].Name, m.rules.Sources[y.source].Name),
		bytes.Compare(m.texts.bytes(x.id), m.texts.bytes(y.id)),
	)
}

// compareCharges orders charges by payment, then creation, then id.
func (m *Matcher) compareCharges(a, b int32) int {
	x, y := &m.charges[a], &m.charges[b]
	if by := cmp.Or(cmp.Compare(x.happened, y.happened), cmp.Compare(x.created, y.created)); by != 0 {
		return by
	}
	return m.compareIDs(a, b)
}

func (m *Matcher) compareIDs(a, b int32) int {
	return bytes.Compare(m.texts.bytes(m.charges[a].id), m.texts.bytes(m.charges[b].id))
}
