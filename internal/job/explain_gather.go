package job

import (
	"context"
	"slices"

	"reconcile/internal/ledger"
)

// complete adds what belongs to the charges and the records that were found.
func (x *explainer) complete(ctx context.Context, d *dossier) error {
	if d.object == orderObject || d.object == ledger.RecordObject {
		if err := x.follow(ctx, d, &d.charges); err != nil {
			return err
		}
	}
	for _, h := range d.charges {
		if err := x.aroundCharge(ctx, d, h.Now()); err != nil {
			return err
		}
	}
	for _, h := range d.records {
		if err := x.addBreaks(ctx, d, ledger.ByRecordRef, h.Now().Ref()); err != nil {
			return err
		}
	}
	if err := x.follow(ctx, d, &d.siblings); err != nil {
		return err
	}
	return x.addBooks(ctx, d)
}

// follow adds the charges that records name by id and that are not there yet.
func (x *explainer) follow(ctx context.Context, d *dossier, into *[]ledger.History[ledger.Charge]) error {
	for _, h := range d.records {
		for _, by := range []ledger.By{ledger.ByID, ledger.ByTransaction} {
			if err := x.addCharges(ctx, d, into, by, h.Now().Charge); err != nil {
				return err
			}
		}
	}
	return nil
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
	if err := x.addBreaks(ctx, d, ledger.ByCharge, c.ID); err != nil {
		return err
	}
	return x.booksOfCharge(ctx, d, c)
}

// booksOfCharge adds the records that may mean the charge: by its id, by its
// transaction, by its order. With the order come the order's other charges.
func (x *explainer) booksOfCharge(ctx context.Context, d *dossier, c ledger.Charge) error {
	for _, id := range []string{c.ID, c.Transaction} {
		if err := x.addRecords(ctx, d, ledger.ByCharge, id); err != nil {
			return err
		}
	}
	ref, matches := x.orderRef.Of(c)
	if !matches {
		return nil
	}
	if err := x.addRecords(ctx, d, ledger.ByOrderRef, ledger.NormalRef(ref)); err != nil || d.object == orderObject {
		return err
	}
	ids, err := x.snapshot.OrderCharges(ctx, d.account, ref, x.orderRef)
	for _, id := range ids {
		if err := x.addCharges(ctx, d, &d.siblings, ledger.ByID, id); err != nil {
			return err
		}
	}
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
