package job

import (
	"context"
	"slices"

	"reconcile/internal/ledger"
)

// complete adds what belongs to the charges and the records that were found.
func (x *explainer) complete(ctx context.Context, d *dossier) error {
	if d.object == orderObject || d.object == ledger.RecordObject {
		for _, r := range newest(d.records) {
			if err := x.addNamed(ctx, d, &d.charges, r); err != nil {
				return err
			}
		}
	}
	for _, c := range newest(d.charges) {
		if err := x.aroundCharge(ctx, d, c); err != nil {
			return err
		}
	}
	if err := x.relate(ctx, d); err != nil {
		return err
	}
	for _, r := range newest(d.records) {
		if err := x.addBreaks(ctx, d, ledger.ByRecordRef, r.Ref()); err != nil {
			return err
		}
	}
	return nil
}

func (x *explainer) aroundCharge(ctx context.Context, d *dossier, c ledger.Charge) error {
	refunds, err := x.snapshot.RefundHistory(ctx, d.account, ledger.ByCharge, c.ID)
	if err != nil {
		return err
	}
	d.refunds = joined(d.refunds, refunds, func(r ledger.Refund) string { return r.ID })
	disputes, err := x.snapshot.DisputeHistory(ctx, d.account, ledger.ByCharge, c.ID)
	if err != nil {
		return err
	}
	d.disputes = joined(d.disputes, disputes, func(d ledger.Dispute) string { return d.ID })
	return x.addBreaks(ctx, d, ledger.ByCharge, c.ID)
}

// addNamed adds the charge that a record names by its id or its transaction.
func (x *explainer) addNamed(ctx context.Context, d *dossier, into *[]ledger.History[ledger.Charge], r ledger.Record) error {
	if err := x.addCharges(ctx, d, into, ledger.ByID, r.Charge); err != nil {
		return err
	}
	return x.addCharges(ctx, d, into, ledger.ByTransaction, r.Charge)
}

// addCharges adds the charges that are not there yet.
func (x *explainer) addCharges(ctx context.Context, d *dossier, into *[]ledger.History[ledger.Charge], by ledger.By, value string) error {
	if value == "" {
		return nil
	}
	found, err := x.snapshot.ChargeHistory(ctx, d.account, by, value)
	id := func(c ledger.Charge) string { return c.ID }
	if into != &d.charges {
		found = slices.DeleteFunc(found, func(h ledger.History[ledger.Charge]) bool { return holds(d.charges, h, id) })
	}
	*into = joined(*into, found, id)
	return err
}

func (x *explainer) addRecords(ctx context.Context, d *dossier, by ledger.By, value string) error {
	if value == "" {
		return nil
	}
	found, err := x.snapshot.RecordHistory(ctx, d.account, by, value)
	d.records = joined(d.records, found, func(r ledger.Record) string { return r.ID })
	return err
}

func (x *explainer) addBreaks(ctx context.Context, d *dossier, by ledger.By, value string) error {
	if value == "" {
		return nil
	}
	found, err := x.snapshot.BreakHistory(ctx, d.account, by, value)
	d.breaks = joined(d.breaks, found, func(b ledger.Break) string { return b.ID })
	return err
}

// joined adds what is found and not among the known yet.
func joined[T any](known, found []ledger.History[T], id func(T) string) []ledger.History[T] {
	for _, h := range found {
		if !holds(known, h, id) {
			known = append(known, h)
		}
	}
	return known
}

func holds[T any](all []ledger.History[T], one ledger.History[T], id func(T) string) bool {
	return slices.ContainsFunc(all, func(h ledger.History[T]) bool { return id(h.Now()) == id(one.Now()) })
}
