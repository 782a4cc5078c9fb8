package records

import (
	"cmp"
	"fmt"
	"time"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// fault is why a row cannot be read. The reason is a sentence without its
// subject, which is the field, or the row: "is too large to be an amount; ...".
type fault struct {
	field  Field // "" for the row as a whole
	value  string
	reason string
}

// record reads the cells of one row.
func (in *intake) record(m *mapping, row []cell) (ledger.Record, *fault) {
	r := ledger.Record{Account: in.Account, Source: in.Name}
	for _, read := range []func(*mapping, []cell, *ledger.Record) *fault{
		in.identity, in.moneyOf, in.status, in.createdAt,
	} {
		if f := read(m, row, &r); f != nil {
			return r, f
		}
	}
	return r, nil
}

// value gives a field's cell and its text, "" where there is none.
func (m *mapping) value(field Field, row []cell) (string, cell, *fault) {
	c := m.of[field].cell(row)
	text := c.value()
	if c.fault != "" {
		return "", c, &fault{field, text, c.fault}
	}
	return text, c, nil
}

// identity reads what tells records apart.
func (in *intake) identity(m *mapping, row []cell, r *ledger.Record) *fault {
	var wrongCharge, wrongOrder *fault
	r.Charge, wrongCharge = in.charge(m, row)
	r.OrderRef, wrongOrder = in.orderRef(m, row)
	if f := cmp.Or(wrongCharge, wrongOrder); f != nil {
		return f
	}
	if r.Charge == "" && r.OrderRef == "" {
		return &fault{reason: "has neither a charge id nor an order reference; add one, or leave such rows out with `where`"}
	}
	r.ID = ledger.RecordID(in.Name, r.Charge, r.OrderRef)
	return nil
}

// moneyOf reads currency, amount and refunded amount. A currency that only the
// config names says nothing of a row without amounts.
func (in *intake) moneyOf(m *mapping, row []cell, r *ledger.Record) *fault {
	var f *fault
	if r.Currency, f = in.currency(m, row); f != nil {
		return f
	}
	written := r.Currency
	if r.Currency == "" {
		r.Currency = in.Currency
	}
	if r.Amount, f = in.amount(m, Amount, row, r.Currency); f != nil {
		return f
	}
	if r.Refunded, f = in.amount(m, Refunded, row, r.Currency); f != nil {
		return f
	}
	if r.Refunded != nil && *r.Refunded < 0 {
		*r.Refunded = -*r.Refunded
	}
	if r.Amount == nil && r.Refunded == nil {
		r.Currency = written
	}
	return nil
}

func (in *intake) currency(m *mapping, row []cell) (money.Currency, *fault) {
	text, _, f := m.value(Currency, row)
	if f != nil || text == "" {
		return "", f
	}
	code, err := parseCurrency(text)
	shown := m.of[Currency].shown
	if err != nil {
		return "", shown.unreadable(text, err)
	}
	if shown.open() {
		shown.sample(text, string(code))
	}
	return code, nil
}

func (in *intake) amount(m *mapping, field Field, row []cell, currency money.Currency) (*int64, *fault) {
	text, c, f := m.value(field, row)
	if f != nil || text == "" || (field == Refunded && (c.kind == truth || isFlag(text))) {
		return nil, f
	}
	col := m.of[field]
	if currency == "" {
		return nil, col.shown.unreadable(text, fmt.Errorf("has no currency; set `currency` of the source, or name its column in `columns`"))
	}
	form := amountForm{currency: currency, minor: col.minor, commas: in.out.Delimiter == ";"}
	minor, err := form.parse(text, c.kind)
	if err != nil {
		return nil, col.shown.unreadable(text, err)
	}
	if col.shown.open() {
		col.shown.sample(text, money.Format(minor, currency)+" "+string(currency))
	}
	return &minor, nil
}

func (in *intake) createdAt(m *mapping, row []cell, r *ledger.Record) *fault {
	text, c, f := m.value(CreatedAt, row)
	if f != nil || text == "" {
		return f
	}
	shown := m.of[CreatedAt].shown
	at, ok, err := in.times.parse(text, c.kind)
	if err != nil {
		return shown.unreadable(text, err)
	}
	if !ok {
		return nil
	}
	if shown.open() {
		shown.sample(text, at.In(in.Zone).Format(time.RFC3339))
	}
	instant := ledger.InstantOf(at)
	r.CreatedAt = &instant
	return nil
}
