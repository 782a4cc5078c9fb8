package match_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

const (
	hour = ledger.Instant(3600)
	day  = 24 * hour
	// begin is when the books, and what is proven of Omise, begin.
	begin = ledger.Instant(1_767_225_600) // 2026-01-01
	now   = begin + 60*day
	// cut is where the books' grace begins: they are a day old at most.
	cut = now - day
)

// books is one account's Omise data and records.
type books struct {
	rules   match.Rules
	charges []ledger.Charge
	orders  []string // the order reference of each charge
	refunds []ledger.Refund
	records []ledger.Record
}

// newBooks has one source, "shop", whose every row was paid through Omise.
func newBooks() *books {
	return &books{rules: match.Rules{
		Account: "main", HistoryFrom: at(begin - 30*day), To: now, Fresh: true,
		Proven:  []ledger.Span{{From: begin - 30*day, To: begin}, {From: begin, To: now}},
		Sources: []match.Source{source("shop")},
	}}
}

func source(name string) match.Source {
	return match.Source{Name: name, Since: at(begin), Grace: 24 * time.Hour, ReadAt: now, Whole: true, Read: true, Known: true}
}

func at(i ledger.Instant) *ledger.Instant { return &i }

func amount(n int64) *int64 { return &n }

// charge adds a charge that captured an amount ten days after the books begin.
func (b *books) charge(id, order string, captured int64, change ...func(*ledger.Charge)) *books {
	created := begin + 10*day
	c := ledger.Charge{
		Account: "main", ID: "chrg_" + id, CreatedAt: created, PaidAt: at(created + hour), Status: ledger.StatusSuccessful,
		Amount: captured, Currency: "THB", Authorized: true, Paid: true, Transaction: "trxn_" + id, Refunds: "[]",
	}
	for _, f := range change {
		f(&c)
	}
	b.charges, b.orders = append(b.charges, c), append(b.orders, order)
	return b
}

// record adds a paid record of the source "shop"; charge may be "".
func (b *books) record(order, charge string, total int64, change ...func(*ledger.Record)) *books {
	r := ledger.Record{
		Account: "main", Source: "shop", OrderRef: order, Charge: charge, Amount: &total, Currency: "THB",
		Status: ledger.RecordPaid, CreatedAt: at(begin + 10*day),
	}
	for _, f := range change {
		f(&r)
	}
	r.ID = ledger.RecordID(r.Source, r.Charge, r.OrderRef)
	b.records = append(b.records, r)
	return b
}

// refunded gives back part of a charge; several times adds up.
func (b *books) refunded(id string, amount int64, when ledger.Instant) *books {
	for i := range b.charges {
		if c := &b.charges[i]; c.ID == "chrg_"+id {
			c.RefundedAmount += amount
			c.Refunds = fmt.Sprintf(`[{"id":"rfnd_all","amount":%d}]`, c.RefundedAmount)
		}
	}
	n := len(b.refunds)
	b.refunds = append(b.refunds, ledger.Refund{ID: fmt.Sprintf("rfnd_%d", n), Charge: "chrg_" + id, CreatedAt: when, Amount: amount, Currency: "THB", Status: "closed"})
	return b
}

func (b *books) with(change func(*match.Rules)) *books {
	change(&b.rules)
	return b
}

func (b *books) match() *match.Outcome {
	m := match.New(b.rules, len(b.charges), len(b.records))
	for i := range b.charges {
		m.AddCharge(&b.charges[i], b.orders[i])
	}
	for i := range b.refunds {
		m.AddRefund(&b.refunds[i])
	}
	for i := range b.records {
		m.AddRecord(&b.records[i])
	}
	return m.Match()
}

// found says in short which breaks there are: kind, charge, record.
func found(o *match.Outcome) []string {
	var all []string
	for _, b := range o.Breaks() {
		all = append(all, short(b))
	}
	return all
}

func short(b ledger.Break) string {
	return fmt.Sprintf("%s %s %s", b.Kind, b.Charge, b.RecordRef)
}

// finds fails unless exactly these breaks are there, in any order of one kind.
func (b *books) finds(t *testing.T, want ...string) *match.Outcome {
	t.Helper()
	o := b.match()
	if diff := cmp.Diff(sorted(want), sorted(found(o)), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("breaks (-want +got):\n%s", diff)
	}
	return o
}

// result fails unless each charge has the result that stands behind its id.
func results(t *testing.T, o *match.Outcome, want map[string]ledger.Result) {
	t.Helper()
	for id, result := range want {
		if got := o.Charge("chrg_" + id).Result; got != result {
			t.Errorf("charge %s is %s, want %s", id, got, result)
		}
	}
}

// What a charge may be, for charge.

func holds(c *ledger.Charge) {
	c.Status, c.Paid, c.PaidAt, c.AuthorizedAt = ledger.StatusPending, false, nil, at(c.CreatedAt+hour)
}

func unpaid(status string) func(*ledger.Charge) {
	return func(c *ledger.Charge) {
		c.Status, c.Paid, c.PaidAt, c.Authorized = status, false, nil, status == ledger.StatusReversed
		if status == ledger.StatusReversed {
			c.ReversedAt = at(c.CreatedAt + 2*hour)
		}
	}
}

func madeAt(when ledger.Instant) func(*ledger.Charge) {
	return func(c *ledger.Charge) {
		if c.PaidAt != nil {
			c.PaidAt = at(when + hour)
		}
		if c.AuthorizedAt != nil {
			c.AuthorizedAt = at(when + hour)
		}
		c.CreatedAt = when
	}
}

func bySchedule(c *ledger.Charge) { c.Schedule = "schd_1" }

func inYen(c *ledger.Charge) { c.Currency = "JPY" }

// What a record may say, for record.

func says(s ledger.RecordStatus) func(*ledger.Record) {
	return func(r *ledger.Record) { r.Status = s }
}

func refunds(n int64) func(*ledger.Record) {
	return func(r *ledger.Record) { r.Refunded = &n }
}

func of(source string) func(*ledger.Record) {
	return func(r *ledger.Record) { r.Source = source }
}

func dated(when ledger.Instant) func(*ledger.Record) {
	return func(r *ledger.Record) { r.CreatedAt = &when }
}

func undated(r *ledger.Record) { r.CreatedAt = nil }

func withoutAmount(r *ledger.Record) { r.Amount = nil }

func withoutCurrency(r *ledger.Record) { r.Currency = "" }
