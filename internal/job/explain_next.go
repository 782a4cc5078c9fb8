package job

import (
	"fmt"

	"reconcile/internal/ledger"
)

// state says in a sentence or two where the subject of a dossier stands.
func (t teller) state(d *dossier) string {
	text := t.stateOf(d)
	switch n := d.openBreaks(); {
	case n == 0 || d.object == ledger.BreakObject:
		return text
	case n == 1:
		return text + " 1 break is open."
	default:
		return fmt.Sprintf("%s %d breaks are open.", text, n)
	}
}

// openBreaks counts those that someone must look at.
func (d *dossier) openBreaks() int {
	n := 0
	for _, b := range newest(d.breaks) {
		if !b.Cured && !d.accepted(b) {
			n++
		}
	}
	return n
}

func (d *dossier) accepted(b ledger.Break) bool {
	return d.listed[b.ID].Resolution == ledger.Accepted
}

func (t teller) stateOf(d *dossier) string {
	switch d.object {
	case ledger.RefundObject:
		r := d.refunds[0].Now()
		return t.refundState(r, d.charge(r.Charge))
	case ledger.DisputeObject:
		return t.disputeState(d.disputes[0].Now())
	case ledger.CustomerObject:
		return customerState(d.customers[0].Now(), d.kept())
	case ledger.CardObject:
		return t.cardState(d.cards[0].Now())
	case ledger.BreakObject:
		return breakState(d.breaks[0].Now())
	case orderObject:
		return orderState(len(d.charges), len(d.records))
	case ledger.RecordObject:
		if len(d.records) == 0 {
			return breakState(d.breaks[0].Now())
		}
		return "The books name it, and no charge has it."
	}
	if len(d.charges) == 0 {
		return "The ledger has no such charge, though the books name it."
	}
	return t.chargeState(d.charges[0].Now())
}

func (d *dossier) kept() int {
	n := 0
	for _, c := range newest(d.cards) {
		if !c.Deleted {
			n++
		}
	}
	return n
}

func breakState(b ledger.Break) string {
	if b.Cured {
		return "Cured: the difference is gone."
	}
	return b.Explanation
}

// next says what will happen to what is still open, and what to do about it.
func (t teller) next(d *dossier) []string {
	all := []string{}
	for _, c := range newest(d.charges) {
		all = append(all, t.nextOfCharge(c)...)
	}
	for _, r := range newest(d.refunds) {
		if !settled(r) {
			all = append(all, fmt.Sprintf("Refund %s: every run of the next 60 days lists its day again until it is closed.", r.ID))
		}
	}
	for _, x := range newest(d.disputes) {
		if openDispute(x) {
			all = append(all, fmt.Sprintf("Dispute %s: every run asks Omise for it until it is decided.", x.ID))
		}
	}
	for _, b := range newest(d.breaks) {
		all = append(all, d.nextOfBreak(b)...)
	}
	if d.object == ledger.ChargeObject && len(d.charges) == 0 {
		all = append(all, "Each run asks Omise for charges that only the books name, 500 of them at most.")
	}
	return all
}

func (t teller) nextOfCharge(c ledger.Charge) []string {
	switch {
	case c.OpenAuthorization() && c.Capture:
		return []string{fmt.Sprintf("Charge %s: Omise captures it by itself; every run asks for it until then.", c.ID)}
	case c.OpenAuthorization():
		return []string{fmt.Sprintf("Charge %s: capture %s by %s, or the money is lost; every run asks for it until then.", c.ID, Amount{c.Held(), c.Currency}, told(t.captureBy(c)))}
	case c.Status == ledger.StatusPending || !c.KnownStatus():
		return []string{fmt.Sprintf("Charge %s: every run asks Omise for it until its status is final.", c.ID)}
	}
	return nil
}

func (d *dossier) nextOfBreak(b ledger.Break) []string {
	switch {
	case b.Cured:
		return nil
	case d.accepted(b):
		return []string{fmt.Sprintf("Break %s: accepted, until one of its two values changes.", b.ID)}
	}
	return []string{fmt.Sprintf("Break %s: it is cured when a run has read both sides and finds no difference. Owner, resolution and note are typed into the Breaks sheet of a workbook; the next run reads them.", b.ID)}
}
