package ledger

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func bangkokTest() *time.Location { return time.FixedZone("+07", 7*3600) }

// model is what a table should hold: the newest state, and that after each run.
type model[T any] struct {
	table table[T]
	id    func(T) string
	now   map[string]T
	after map[int64]map[string]T
}

func newModel[T any](table table[T], id func(T) string) *model[T] {
	return &model[T]{table, id, map[string]T{}, map[int64]map[string]T{}}
}

// put takes rows in, the later of two readings counts.
func (m *model[T]) put(rows []T, counts Changes) {
	read := map[string]T{}
	for _, row := range rows {
		read[m.id(row)] = row
	}
	n := Counts{Read: len(read)}
	for id, row := range read {
		if old, known := m.now[id]; !known {
			n.Added++
		} else if !cmp.Equal(old, row) {
			n.Changed++
		}
		m.now[id] = row
	}
	if n.Read > 0 {
		counts.Merge(Changes{m.table.object: n})
	}
}

func (m *model[T]) mark(id string, gone T, counts Changes) {
	m.now[id] = gone
	counts.Merge(Changes{m.table.object: {Changed: 1}})
}

func (m *model[T]) endRun(run int64) { m.after[run] = maps.Clone(m.now) }

// world is the models of every kind, of one account.
type world struct {
	account   string
	charges   *model[Charge]
	refunds   *model[Refund]
	disputes  *model[Dispute]
	customers *model[Customer]
	cards     *model[Card]
}

func newWorld(account string) *world {
	return &world{
		account, newModel(chargeTable, func(c Charge) string { return c.ID }), newModel(refundTable, func(r Refund) string { return r.ID }),
		newModel(disputeTable, func(d Dispute) string { return d.ID }), newModel(customerTable, func(c Customer) string { return c.ID }),
		newModel(cardTable, func(k Card) string { return k.ID }),
	}
}

// draw makes what one answer of the API might hold.
func (w *world) draw(t *rapid.T) Batch {
	var b Batch
	for range rapid.IntRange(0, 3).Draw(t, "charges") {
		b.Charges = append(b.Charges, Charge{
			Account: w.account, ID: one(t, "id", "c1", "c2", "c3"), CreatedAt: 100, Currency: "THB",
			Status: one(t, "status", "pending", "successful"), PaidAt: optional[Instant](t, "paid", 0, 7), Capturable: optional(t, "capturable", true),
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "refunds") {
		b.Refunds = append(b.Refunds, Refund{Account: w.account, ID: one(t, "id", "r1", "r2"), Charge: "c1", CreatedAt: 100, Voided: yes(t), FundingAmount: optional[int64](t, "funding", 0, 5)})
	}
	for range rapid.IntRange(0, 2).Draw(t, "disputes") {
		b.Disputes = append(b.Disputes, Dispute{Account: w.account, ID: one(t, "id", "d1", "d2"), Charge: "c2", CreatedAt: 100, Status: one(t, "status", "open", "lost")})
	}
	for _, u := range []string{"u1", "u2"} {
		if !yes(t) {
			continue
		}
		b.Customers = append(b.Customers, Customer{Account: w.account, ID: u, CreatedAt: 100, Email: one(t, "email", "a", "b")})
		for _, k := range []string{"k1", "k2"} {
			if yes(t) {
				b.Cards = append(b.Cards, Card{Account: w.account, ID: u + k, Customer: u, CreatedAt: 100, Name: one(t, "name", "x", "y"), ExpirationMonth: 12, ExpirationYear: 2026})
			}
		}
	}
	return b
}

// save is what the ledger should do with an answer.
func (w *world) save(b Batch, allCustomers bool) Changes {
	counts := Changes{}
	shown := map[string]bool{}
	for _, c := range b.Customers {
		shown[c.ID] = true
	}
	for id, c := range w.customers.now {
		if allCustomers && !shown[id] && !c.Deleted {
			c.Deleted = true
			w.customers.mark(id, c, counts)
		}
	}
	w.customers.put(b.Customers, counts)
	for id, k := range w.cards.now {
		kept := slices.ContainsFunc(b.Cards, func(other Card) bool { return other.ID == id })
		if shown[k.Customer] && !kept && !k.Deleted {
			k.Deleted = true
			w.cards.mark(id, k, counts)
		}
	}
	w.cards.put(b.Cards, counts)
	w.refunds.put(b.Refunds, counts)
	w.disputes.put(b.Disputes, counts)
	w.charges.put(b.Charges, counts)
	return counts
}

func (w *world) endRun(run int64) {
	w.charges.endRun(run)
	w.refunds.endRun(run)
	w.disputes.endRun(run)
	w.customers.endRun(run)
	w.cards.endRun(run)
}

// write sends an answer into the ledger by one of its ways.
func (w *world) write(t *rapid.T, l *Ledger, run int64, b Batch) {
	var got Changes
	var err error
	way := one(t, "way", "objects", "proven customers", "proven charges", "unproven")
	switch way {
	case "objects":
		got, err = l.SaveObjects(t.Context(), run, b)
	default:
		list := Charges
		if way == "proven customers" {
			list = Customers
		}
		var windows []Window
		windows, err = l.SavePlan(t.Context(), run, w.account, Plan{Spans: []Want{{list, Span{0, 1000}}}})
		if err != nil {
			t.Fatal(err)
		}
		window := windows[0]
		if err := l.SavePage(t.Context(), window, Page{}, b); err != nil {
			t.Fatal(err)
		}
		var rows int
		if rows, err = l.Rows(t.Context(), window); err != nil {
			t.Fatal(err)
		}
		if way == "unproven" {
			got, err = l.FailWindow(t.Context(), window, "x", true)
		} else {
			got, err = l.ProveWindow(t.Context(), window, rows, 5)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w.save(b, way == "proven customers"), got); diff != "" {
		t.Fatalf("%s: counts (-model +ledger):\n%s", way, diff)
	}
}

// known compares a table of a snapshot with the model after its run.
func known[T any](t *rapid.T, s *Snapshot, m *model[T], account string) {
	got := map[string]T{}
	query := "SELECT " + m.table.selection("o") + " FROM " + m.table.name + " AS o WHERE o.account = ?"
	for row, err := range stream(t.Context(), s, query, m.table.fields, account) {
		if err != nil {
			t.Fatal(err)
		}
		got[m.id(row)] = row
	}
	if diff := cmp.Diff(m.after[s.run], got); diff != "" {
		t.Fatalf("%s after run %d (-model +snapshot):\n%s", m.table.name, s.run, diff)
	}
}

type change[T any] struct{ Before, After T }

// differences compares what the ledger says has changed in a run with the
// model's states before and after it. A row that went and came back within one
// run leaves a version that differs in nothing; reports show no field of it.
func differences[T any](t *rapid.T, changes func(Run) func(func(Version[T], error) bool), m *model[T], run int64, listed func(T) bool) {
	want, got := map[string]change[T]{}, map[string]change[T]{}
	for id, after := range m.after[run] {
		if before, known := m.after[run-1][id]; known && !cmp.Equal(before, after) && listed(before) {
			want[id] = change[T]{before, after}
		}
	}
	last := ""
	for v, err := range changes(Run{ID: run, StartedAt: Instant(run)}) {
		if err != nil {
			t.Fatal(err)
		}
		if v.Run != run || v.NoticedAt != Instant(run) {
			t.Fatalf("a change of run %d, noticed at %d", v.Run, v.NoticedAt)
		}
		id := m.id(v.After)
		if id <= last {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
		if !cmp.Equal(v.Before, v.After) {
			got[id] = change[T]{v.Before, v.After}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s changed in run %d (-model +ledger):\n%s", m.table.name, run, diff)
	}
}

// Whatever nights and backfills write: every past state can be read back, the
// changes since any run are those that the states show, and the counts are
// true.
func TestHistory(t *testing.T) {
	Fewer(t, "40")
	l := openTest(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		w := newWorld(fmt.Sprint("account ", n))
		var runs []int64
		for range rapid.IntRange(1, 4).Draw(t, "runs") {
			r, err := l.BeginRun(t.Context(), Run{Kind: KindRun})
			if err != nil {
				t.Fatal(err)
			}
			for range rapid.IntRange(0, 3).Draw(t, "writes") {
				w.write(t, l, r.ID, w.draw(t))
			}
			w.endRun(r.ID)
			runs = append(runs, r.ID)
		}
		for _, run := range runs {
			w.checkRun(t, l, run, runs[0]-1)
		}
	})
}

func (w *world) checkRun(t *rapid.T, l *Ledger, run, baseline int64) {
	ctx := t.Context()
	s, err := l.Snapshot(ctx, run, baseline, []Scope{{Account: w.account, From: 0, To: 1000, AsOfDay: "2026-11-21", ExpiryDays: 60}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	known(t, s, w.charges, w.account)
	known(t, s, w.refunds, w.account)
	known(t, s, w.disputes, w.account)
	known(t, s, w.customers, w.account)
	known(t, s, w.cards, w.account)

	charges := map[string]Charge{}
	for c, err := range s.PeriodCharges(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		charges[c.ID] = c.Charge
	}
	if diff := cmp.Diff(w.charges.after[run], charges); diff != "" {
		t.Fatalf("charges of the period after run %d (-model +snapshot):\n%s", run, diff)
	}
	refunds := map[string]Refund{}
	for r, err := range s.PeriodRefunds(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		refunds[r.ID] = r.Refund
		if of, known := w.charges.after[run][r.Charge]; known != (r.Of != nil) || (known && !cmp.Equal(of, *r.Of)) {
			t.Fatalf("refund %s after run %d: charge %v, want %v", r.ID, run, r.Of, of)
		}
	}
	if diff := cmp.Diff(w.refunds.after[run], refunds); diff != "" {
		t.Fatalf("refunds of the period after run %d (-model +snapshot):\n%s", run, diff)
	}

	since, err := s.RunsSinceBaseline(ctx)
	if err != nil || int64(len(since)) != run-baseline {
		t.Fatalf("runs %d to %d: %v, %v", baseline, run, since, err)
	}
	for _, r := range since {
		differences(t, func(r Run) func(func(Version[Charge], error) bool) { return s.ChargeChanges(ctx, r) }, w.charges, r.ID, func(Charge) bool { return true })
		differences(t, func(r Run) func(func(Version[Refund], error) bool) { return s.RefundChanges(ctx, r) }, w.refunds, r.ID, func(Refund) bool { return true })
		differences(t, func(r Run) func(func(Version[Dispute], error) bool) { return s.DisputeChanges(ctx, r) }, w.disputes, r.ID, func(Dispute) bool { return true })
		differences(t, func(r Run) func(func(Version[Customer], error) bool) { return s.CustomerChanges(ctx, r) }, w.customers, r.ID, func(Customer) bool { return true })
		differences(t, func(r Run) func(func(Version[Card], error) bool) { return s.CardChanges(ctx, r) }, w.cards, r.ID, func(k Card) bool {
			return !w.customers.after[run][k.Customer].Deleted
		})
	}
}
