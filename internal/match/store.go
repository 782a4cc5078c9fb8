package match

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// charge is what matching needs of a ledger.Charge, without pointers and in 64
// bytes. Amounts are in minor units of the currency.
type charge struct {
	created  ledger.Instant
	happened ledger.Instant // paid_at, else created_at
	changed  ledger.Instant // the event that made the state
	amount   int64          // captured of a successful charge, else held
	refunded int64

	id, order, transaction symbol

	record   int32 // the record that stands for it, or nobody
	flags    chargeFlags
	currency uint8
	state    state
	role     chargeRole
}

// record is what matching needs of a ledger.Record, see charge.
type record struct {
	amount, refunded int64
	created          ledger.Instant

	order, id symbol

	charge   int32 // the charge that it leads to, or nobody
	source   uint16
	currency uint8
	flags    recordFlags
	status   statusCode
	role     recordRole
}

// nobody is the index of no charge and of no record.
const nobody = -1

type chargeFlags uint16

const (
	paid        chargeFlags = 1 << iota
	scheduled               // a schedule of Omise made it
	disputeLost             // the money went back by a dispute
	laterPart               // of a split payment: the record's amounts stand on the earliest part
	broken                  // a difference with the books names it
	brokenAlone             // a difference in Omise's own figures names it
	expected                // differs by what happened too late to be in the books
	compared                // both sides were in scope
	askedFor                // in scope, however old, because a record names it
)

type recordFlags uint8

const (
	hasAmount recordFlags = 1 << iota
	hasRefunded
	hasCreated
	byTransaction // its id is a trxn_ id
)

func (c *charge) has(f chargeFlags) bool { return c.flags&f != 0 }
func (r *record) has(f recordFlags) bool { return r.flags&f != 0 }

// lacksRecord reports whether no record was found that stands for the charge,
// or that makes up for it.
func (c *charge) lacksRecord() bool { return c.role == unlinked || c.role == further }

// refundedInFull reports whether all that was captured went back.
func (c *charge) refundedInFull() bool {
	return c.state == successful && c.amount > 0 && c.refunded >= c.amount
}

func (m *Matcher) newCharge(c *ledger.Charge, orderRef string) charge {
	made := charge{
		created: c.CreatedAt, happened: c.CreatedAt, changed: changedAt(c), amount: c.Held(), refunded: c.RefundedAmount,
		id: m.texts.add(c.ID), order: m.texts.add(reference(orderRef)), transaction: m.texts.add(c.Transaction),
		record: nobody, currency: m.currency(c.Currency), state: stateOf(c),
	}
	if c.PaidAt != nil {
		made.happened = *c.PaidAt
	}
	if made.state == successful {
		made.amount = c.Captured()
	}
	made.set(paid, c.Paid)
	made.set(scheduled, c.Schedule != "")
	made.set(disputeLost, c.DisputeStatus == "lost")
	return made
}

func (m *Matcher) newRecord(r *ledger.Record, source int) record {
	made := record{
		order: m.texts.add(reference(r.OrderRef)), id: m.texts.add(r.Charge),
		charge: nobody, source: uint16(source), currency: m.currency(r.Currency), status: statusOf(r.Status),
	}
	made.amount = made.take(hasAmount, r.Amount)
	made.refunded = made.take(hasRefunded, r.Refunded)
	made.created = ledger.Instant(made.take(hasCreated, (*int64)(r.CreatedAt)))
	if strings.HasPrefix(r.Charge, "trxn_") {
		made.flags |= byTransaction
	}
	return made
}

func (c *charge) set(f chargeFlags, on bool) {
	if on {
		c.flags |= f
	}
}

func (r *record) take(f recordFlags, value *int64) int64 {
	if value == nil {
		return 0
	}
	r.flags |= f
	return *value
}

// reference is the form in which order references are compared.
func reference(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

// currency numbers the few currencies of an account; 0 is none.
func (m *Matcher) currency(c money.Currency) uint8 {
	if at := slices.Index(m.currencies, c); at >= 0 {
		return uint8(at)
	}
	m.currencies = append(m.currencies, c)
	return uint8(len(m.currencies) - 1)
}

// refOf is how reports name the record, see ledger.Record.Ref.
func (m *Matcher) refOf(r *record) symbol {
	if r.order != none {
		return r.order
	}
	return r.id
}

func (m *Matcher) ref(r *record) string { return m.texts.text(m.refOf(r)) }
