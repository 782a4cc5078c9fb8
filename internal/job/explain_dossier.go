package job

import (
	"slices"

	"reconcile/internal/ledger"
)

// explanation turns a dossier into what is told of it.
func (t teller) explanation(d *dossier, started map[int64]ledger.Instant) Explanation {
	return Explanation{
		Account: d.account, Timezone: t.zone.String(), Object: string(d.object), ID: d.id,
		State:        t.state(d),
		Charges:      allOf(d.charges, t.chargeFacts),
		OtherCharges: allOf(d.siblings, t.siblingFacts),
		Refunds:      allOf(d.refunds, func(r ledger.Refund) Facts { return t.refundFacts(r, d.charge(r.Charge)) }),
		Disputes:     allOf(d.disputes, t.disputeFacts),
		Customers:    allOf(d.customers, t.customerFacts),
		Cards:        allOf(d.cards, t.cardFacts),
		Records:      allOf(d.records, func(r ledger.Record) Facts { return t.recordFacts(r, d.places[r.ID]) }),
		Rules:        t.rules(d),
		Breaks:       allOf(d.breaks, func(b ledger.Break) Facts { return t.breakFacts(b, d.listing(b.ID)) }),
		Notes:        t.notes(d),
		Timeline:     t.timeline(d, started),
		Next:         t.next(d),
	}
}

func allOf[T any](all []ledger.History[T], facts func(T) Facts) []Facts {
	list := []Facts{}
	for _, h := range all {
		list = append(list, facts(h.Now()))
	}
	return list
}

func newest[T any](all []ledger.History[T]) []T {
	var list []T
	for _, h := range all {
		list = append(list, h.Now())
	}
	return list
}

func (t teller) rules(d *dossier) []Facts {
	if d.compared.of == nil {
		return []Facts{}
	}
	return allOf(d.charges, func(c ledger.Charge) Facts { return t.ruleFacts(c, d.compared) })
}

func (t teller) notes(d *dossier) []Facts {
	list := []Facts{}
	for _, n := range d.notes {
		list = append(list, t.noteFacts(n))
	}
	return list
}

// charge is a charge of the dossier as it is now, nil when it has none of this id.
func (d *dossier) charge(id string) *ledger.Charge {
	for _, c := range newest(slices.Concat(d.charges, d.siblings)) {
		if c.ID == id {
			return &c
		}
	}
	return nil
}

// listing is a break as the reports list it; nil for one that was cured before
// the last of them.
func (d *dossier) listing(id string) *ledger.ListedBreak {
	if b, ok := d.listed[id]; ok {
		return &b
	}
	return nil
}
