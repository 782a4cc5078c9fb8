package job

import (
	"context"
	"strings"

	"reconcile/internal/ledger"
)

// orderObject is what an explanation may be of beside the ledger's objects.
const orderObject ledger.Object = "order"

// dossier is what the ledger has on an id in one account, with all versions.
type dossier struct {
	account   string
	object    ledger.Object
	id        string
	charges   []ledger.History[ledger.Charge]
	siblings  []ledger.History[ledger.Charge] // other charges of the same orders
	refunds   []ledger.History[ledger.Refund]
	disputes  []ledger.History[ledger.Dispute]
	customers []ledger.History[ledger.Customer]
	cards     []ledger.History[ledger.Card]
	records   []ledger.History[ledger.Record]
	breaks    []ledger.History[ledger.Break]

	places   map[string]recordPlace // of records, by id
	listed   map[string]ledger.ListedBreak
	notes    []ledger.Note
	compared compared
}

// recordPlace is where a record stands: file is "" for a query, row 0 when not known.
type recordPlace struct {
	file string
	row  int
}

// kind is what an id that begins in some way may be, and how it is looked up.
type kind struct {
	word string
	look func(x *explainer, ctx context.Context, d *dossier) error
}

// kindOf goes by what stands before the first underscore. Without a kind of
// its own an id is an order reference.
func kindOf(id string) kind {
	prefix, _, _ := strings.Cut(id, "_")
	return map[string]kind{
		"chrg": {"charge", (*explainer).asCharge},
		"rfnd": {"refund", (*explainer).asRefund},
		"dspt": {"dispute", (*explainer).asDispute},
		"trxn": {"transaction", (*explainer).asTransaction},
		"cust": {"customer", (*explainer).asCustomer},
		"card": {"kept card", (*explainer).asCard},
		"brk":  {"break", (*explainer).asBreak},
	}[prefix]
}

// find gives what an account has on an id, nil when that is nothing. Shops choose
// their own order references, which may begin like one of Omise's ids.
func (x *explainer) find(ctx context.Context, account, id string) (*dossier, error) {
	for _, look := range []func(*explainer, context.Context, *dossier) error{kindOf(id).look, (*explainer).asOrder} {
		if look == nil {
			continue
		}
		d := &dossier{account: account, id: id}
		if err := look(x, ctx, d); err != nil {
			return nil, err
		}
		if d.object != "" {
			return d, x.complete(ctx, d)
		}
	}
	return nil, nil
}

// asCharge also finds a charge that the ledger lacks and the books name.
func (x *explainer) asCharge(ctx context.Context, d *dossier) (err error) {
	if d.charges, err = x.snapshot.ChargeHistory(ctx, d.account, ledger.ByID, d.id); err != nil {
		return err
	}
	if err := x.addRecords(ctx, d, ledger.ByCharge, d.id); err != nil {
		return err
	}
	if err := x.addBreaks(ctx, d, ledger.ByCharge, d.id); err != nil {
		return err
	}
	if len(d.charges)+len(d.records)+len(d.breaks) > 0 {
		d.object = ledger.ChargeObject
	}
	return nil
}

func (x *explainer) asRefund(ctx context.Context, d *dossier) error {
	return x.refundBy(ctx, d, ledger.ByID)
}

func (x *explainer) refundBy(ctx context.Context, d *dossier, by ledger.By) (err error) {
	d.refunds, err = x.snapshot.RefundHistory(ctx, d.account, by, d.id)
	if err != nil || len(d.refunds) == 0 {
		return err
	}
	refund := d.refunds[0].Now()
	d.object, d.id = ledger.RefundObject, refund.ID
	d.charges, err = x.snapshot.ChargeHistory(ctx, d.account, ledger.ByID, refund.Charge)
	return err
}

func (x *explainer) asDispute(ctx context.Context, d *dossier) (err error) {
	d.disputes, err = x.snapshot.DisputeHistory(ctx, d.account, ledger.ByID, d.id)
	if err != nil || len(d.disputes) == 0 {
		return err
	}
	d.object = ledger.DisputeObject
	d.charges, err = x.snapshot.ChargeHistory(ctx, d.account, ledger.ByID, d.disputes[0].Now().Charge)
	return err
}

// asTransaction finds the charge or the refund that a transaction belongs to,
// or the record that names it.
func (x *explainer) asTransaction(ctx context.Context, d *dossier) (err error) {
	if d.charges, err = x.snapshot.ChargeHistory(ctx, d.account, ledger.ByTransaction, d.id); err != nil {
		return err
	}
	if len(d.charges) > 0 {
		d.object, d.id = ledger.ChargeObject, d.charges[0].Now().ID
		return nil
	}
	if err := x.refundBy(ctx, d, ledger.ByTransaction); err != nil || d.object != "" {
		return err
	}
	if err := x.addRecords(ctx, d, ledger.ByCharge, d.id); err != nil {
		return err
	}
	if len(d.records) > 0 {
		d.object = ledger.RecordObject
	}
	return nil
}

func (x *explainer) asCustomer(ctx context.Context, d *dossier) (err error) {
	d.customers, err = x.snapshot.CustomerHistory(ctx, d.account, ledger.ByID, d.id)
	if err != nil || len(d.customers) == 0 {
		return err
	}
	d.object = ledger.CustomerObject
	d.cards, err = x.snapshot.CardHistory(ctx, d.account, ledger.ByCustomer, d.id)
	return err
}

func (x *explainer) asCard(ctx context.Context, d *dossier) (err error) {
	d.cards, err = x.snapshot.CardHistory(ctx, d.account, ledger.ByID, d.id)
	if err != nil || len(d.cards) == 0 {
		return err
	}
	d.object = ledger.CardObject
	d.customers, err = x.snapshot.CustomerHistory(ctx, d.account, ledger.ByID, d.cards[0].Now().Customer)
	return err
}

func (x *explainer) asBreak(ctx context.Context, d *dossier) (err error) {
	d.breaks, err = x.snapshot.BreakHistory(ctx, d.account, ledger.ByID, d.id)
	if err != nil || len(d.breaks) == 0 {
		return err
	}
	d.object = ledger.BreakObject
	of := d.breaks[0].Now()
	for _, id := range append(rivals(of), of.Charge) {
		if err := x.addCharges(ctx, d, &d.charges, ledger.ByID, id); err != nil {
			return err
		}
	}
	if err := x.addRecords(ctx, d, ledger.ByOrderRef, of.RecordRef); err != nil {
		return err
	}
	return x.addRecords(ctx, d, ledger.ByCharge, of.RecordRef)
}

// asOrder finds charges and records of an order reference, and breaks of a
// record that is named like this, such as a row that could not be read.
func (x *explainer) asOrder(ctx context.Context, d *dossier) error {
	ids, err := x.snapshot.OrderCharges(ctx, d.account, d.id, x.orderRef)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := x.addCharges(ctx, d, &d.charges, ledger.ByID, id); err != nil {
			return err
		}
	}
	ref := ledger.NormalRef(d.id)
	if err := x.addRecords(ctx, d, ledger.ByOrderRef, ref); err != nil {
		return err
	}
	if err := x.addBreaks(ctx, d, ledger.ByRecordRef, ref); err != nil {
		return err
	}
	switch {
	case len(d.charges)+len(d.records) > 0:
		d.object = orderObject
	case len(d.breaks) > 0:
		d.object = ledger.RecordObject
	}
	return nil
}
