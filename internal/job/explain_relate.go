package job

import (
	"context"
	"slices"

	"reconcile/internal/ledger"
)

// relate adds the records and the charges that bear on those of the dossier,
// and those that bear on them, until nothing new comes: by the charge's id, by
// its transaction, by the order. The matcher decides about all of them at once.
func (x *explainer) relate(ctx context.Context, d *dossier) error {
	r := relating{x, d, map[string]bool{}}
	charges, records := 0, 0
	for {
		allCharges, allRecords := newest(slices.Concat(d.charges, d.siblings)), newest(d.records)
		if charges == len(allCharges) && records == len(allRecords) {
			return nil
		}
		for _, c := range allCharges[charges:] {
			if err := r.charge(ctx, c); err != nil {
				return err
			}
		}
		for _, b := range allRecords[records:] {
			if err := r.record(ctx, b); err != nil {
				return err
			}
		}
		charges, records = len(allCharges), len(allRecords)
	}
}

type relating struct {
	x      *explainer
	d      *dossier
	orders map[string]bool // that were looked up
}

func (r relating) charge(ctx context.Context, c ledger.Charge) error {
	for _, id := range []string{c.ID, c.Transaction} {
		if err := r.x.addRecords(ctx, r.d, ledger.ByCharge, id); err != nil {
			return err
		}
	}
	if ref, matches := r.x.orderRef.Of(c); matches {
		return r.order(ctx, ref)
	}
	return nil
}

func (r relating) record(ctx context.Context, b ledger.Record) error {
	if err := r.x.addNamed(ctx, r.d, &r.d.siblings, b); err != nil {
		return err
	}
	return r.order(ctx, b.OrderRef)
}

func (r relating) order(ctx context.Context, ref string) error {
	ref = ledger.NormalRef(ref)
	if ref == "" || r.orders[ref] {
		return nil
	}
	r.orders[ref] = true
	if err := r.x.addRecords(ctx, r.d, ledger.ByOrderRef, ref); err != nil {
		return err
	}
	ids, err := r.x.snapshot.OrderCharges(ctx, r.d.account, ref, r.x.orderRef)
	for _, id := range ids {
		if err := r.x.addCharges(ctx, r.d, &r.d.siblings, ledger.ByID, id); err != nil {
			return err
		}
	}
	return err
}
