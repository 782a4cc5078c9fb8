package match

import (
	"slices"
	"strings"

	"reconcile/internal/ledger"
)

// Curable reports whether both sides of a break were read, so that one which
// is not in Breaks is gone indeed.
func (o *Outcome) Curable(b ledger.Break) bool {
	rules := &o.m.rules
	if b.Kind == ledger.BreakUnreadable {
		return o.wasRead(b.Source)
	}
	charges := chargesOf(b)
	if !rules.Fresh || slices.ContainsFunc(charges, func(id string) bool { return !o.provenCharge(id) }) {
		return false
	}
	ended := len(rules.Sources) == 0 // with the last book its breaks end
	return ended || standsAlone(b.Kind) || o.m.scope.compared && o.wasRead(b.Source) && o.reaches(b, charges)
}

func chargesOf(b ledger.Break) []string {
	if b.Kind == ledger.BreakAmbiguous {
		return strings.Split(b.OmiseValue, ";")
	}
	return []string{b.Charge}
}

// wasRead reports whether a source was read by this run, every source where
// none is named. Nobody can cure the breaks of a source that the config no
// longer names, so they end with it.
func (o *Outcome) wasRead(source string) bool {
	return !slices.ContainsFunc(o.m.rules.Sources, func(s Source) bool {
		return !s.Read && (source == "" || source == s.Name)
	})
}

// provenCharge reports whether the window is proven in which the charge was
// created. A charge that the ledger lacks has none, and one that Omise was asked
// for needs none.
func (o *Outcome) provenCharge(id string) bool {
	c := o.find(id)
	return c == nil || c.has(askedFor) || o.m.scope.proves(ledger.Span{From: c.created, To: c.created})
}

// reaches reports whether the comparison goes back as far as a break. Where a
// window cannot be proven, the history begins behind it: a break from before
// is not found then, and is not gone for that.
func (o *Outcome) reaches(b ledger.Break, charges []string) bool {
	source := o.m.sourceOf(b.Source)
	switch {
	case b.Source != "" && source < 0:
		return true
	case b.Kind == ledger.BreakMissingAtOmise:
		return o.wouldFindAbsent(b, source)
	case b.Kind == ledger.BreakAmbiguous && b.HappenedAt != nil && *b.HappenedAt < *o.m.rules.HistoryFrom:
		return false
	}
	return !slices.ContainsFunc(charges, func(id string) bool {
		c := o.find(id)
		return c != nil && (c.created < *o.m.rules.HistoryFrom && !c.has(askedFor) || b.RecordRef != "" && o.ofOldRecord(c))
	})
}

func (o *Outcome) ofOldRecord(c *charge) bool {
	return c.record != nobody && !o.m.comparesRecord(&o.m.records[c.record])
}

// wouldFindAbsent reports whether a record that Omise lacks would be named
// again: one that names no charge goes by windows that are proven to the end.
func (o *Outcome) wouldFindAbsent(b ledger.Break, source int) bool {
	made := b.HappenedAt
	if made != nil && *made < *o.m.rules.HistoryFrom {
		return false
	}
	return b.Charge != "" || o.m.provenSince(made, source)
}
