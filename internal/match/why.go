package match

import "strings"

// Why says in a sentence by which rule a charge has its record, or none.
func (o *Outcome) Why(id string) string {
	c := o.find(id)
	if c == nil {
		return "The ledger does not have this charge."
	}
	if why := o.whyNotCompared(c); why != "" {
		return why
	}
	if c.record == nobody {
		return o.whyUnlinked(c)
	}
	record := first(o.m.name(&o.m.records[c.record]))
	switch c.role {
	case linked:
		return o.whyLinked(c, record)
	case surplus:
		return record + " has another charge that paid it, so this one is too much."
	case rival:
		return record + " may mean this charge or another one."
	case tooLate:
		return record + " has other charges; this one is newer than the books."
	}
	return record + " needs another charge than this one."
}

// whyNotCompared is "" for a charge that was compared.
func (o *Outcome) whyNotCompared(c *charge) string {
	m := o.m
	switch {
	case !m.scope.compared:
		return "There are no records to compare with, or no proven history."
	case c.state == unknown:
		return "Its status is one that Omise does not document."
	case !m.compares(c):
		return "It was created before the day from which books and history are compared."
	case c.role == undecided:
		return "The record of its order names a charge that cannot be compared yet."
	case c.lacksRecord() && c.state.holdsMoney() && !m.scope.allKnown:
		return "Some of the books were never read, so a record may be missing for that reason."
	case c.record != nobody && !m.comparesRecord(&m.records[c.record]):
		return "Its record is dated before the day from which Omise's history is known."
	}
	return ""
}

func (o *Outcome) whyUnlinked(c *charge) string {
	switch {
	case c.role == unread:
		return "An unreadable row of the books names it."
	case c.role == further && c.has(expected):
		return "The record of its order stands for another charge, and this one is newer than the books."
	case c.role == further:
		return "The record of its order stands for another charge, and this one still holds money."
	case !c.state.holdsMoney():
		return "No record is needed: nothing was paid and nothing is held."
	case c.has(expected):
		return "No record names it or has its order reference, and it is newer than the books."
	}
	return "No record names it or has its order reference."
}

func (o *Outcome) whyLinked(c *charge, record string) string {
	r := &o.m.records[c.record]
	how := " has the same order reference."
	if parts := o.m.splits[c.record]; len(parts) > 1 {
		ids := make([]string, len(parts))
		for n, at := range parts {
			ids[n] = o.m.texts.text(o.m.charges[at].id)
		}
		return record + " is paid in parts: " + strings.Join(ids, ", ") + "."
	}
	switch {
	case r.id != none && r.id == c.id:
		how = " names it."
	case r.role == led:
		how = " names its transaction."
	case o.m.rules.NotAtOmise[o.m.texts.text(r.id)]:
		how = " names a charge that Omise does not know, and this one has its order reference."
	case r.id != none && !r.has(byTransaction):
		how = " names a charge that does not count, and this is the one of its order that does."
	}
	return record + how
}
