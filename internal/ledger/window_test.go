package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

var stateTables = []string{
	"charges", "charges_versions", "refunds", "refunds_versions", "disputes", "disputes_versions",
	"customers", "customers_versions", "cards", "cards_versions", "due",
}

var inboxTables = []string{"charges_inbox", "refunds_inbox", "disputes_inbox", "customers_inbox", "cards_inbox"}

func day(n int) ledger.Span {
	from := at("2026-11-01 00:00:00") + ledger.Instant(n)*86400
	return ledger.Span{From: from, To: from + 86400}
}

func plan(t testing.TB, l *ledger.Ledger, run int64, list ledger.List, spans ...ledger.Span) []ledger.Window {
	t.Helper()
	var p ledger.Plan
	for _, span := range spans {
		p.Spans = append(p.Spans, ledger.Want{List: list, Span: span})
	}
	return must(l.SavePlan(t.Context(), run, "main", p))
}

// page saves a page whose total says that it is the only one.
func page(t testing.TB, l *ledger.Ledger, w ledger.Window, b ledger.Batch) int {
	t.Helper()
	n := len(b.Charges) + len(b.Refunds) + len(b.Disputes) + len(b.Customers)
	check(l.SavePage(t.Context(), w, ledger.Page{Total: n, Rows: n}, b))
	return n
}

func proveIn(t testing.TB, l *ledger.Ledger, run int64, list ledger.List, span ledger.Span, at ledger.Instant, b ledger.Batch) ledger.Changes {
	t.Helper()
	windows := plan(t, l, run, list, span)
	w := windows[len(windows)-1]
	return must(l.ProveWindow(t.Context(), w, page(t, l, w, b), at))
}

func TestSavePlanIsAllOrNothing(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	_, err := l.SavePlan(t.Context(), run.ID, "main", ledger.Plan{
		Spans: []ledger.Want{{List: ledger.Charges, Span: day(1)}, {List: ledger.Refunds, Span: ledger.Span{From: 2, To: 1}}},
		Due:   []ledger.Due{{Object: ledger.ChargeObject, ID: "chrg_1"}},
	})
	if err == nil {
		t.Fatal("a span that ends before it begins was planned")
	}
	if got := dump(t, l, "windows", "due"); got != "" {
		t.Errorf("half a plan:\n%s", got)
	}
	if must(l.HasPlan(t.Context(), run.ID, "main")) {
		t.Error("has a plan")
	}
	windows, err := l.SavePlan(t.Context(), run.ID, "main", ledger.Plan{
		Spans: []ledger.Want{{List: ledger.Refunds, Span: day(1)}, {List: ledger.Charges, Span: day(2)}, {List: ledger.Charges, Span: day(1)}},
		Due:   []ledger.Due{{Object: ledger.DisputeObject, ID: "dspt_1"}, {Object: ledger.ChargeObject, ID: "chrg_1"}, {Object: ledger.ChargeObject, ID: "chrg_1"}},
	})
	check(err)
	want := []ledger.Window{
		{ID: 3, Account: "main", List: ledger.Charges, Span: day(1), Run: run.ID},
		{ID: 2, Account: "main", List: ledger.Charges, Span: day(2), Run: run.ID},
		{ID: 1, Account: "main", List: ledger.Refunds, Span: day(1), Run: run.ID},
	}
	if diff := cmp.Diff(want, windows); diff != "" {
		t.Errorf("windows (-want +got):\n%s", diff)
	}
	due := []ledger.Due{{Object: ledger.ChargeObject, ID: "chrg_1"}, {Object: ledger.DisputeObject, ID: "dspt_1"}}
	if diff := cmp.Diff(due, must(l.DueNow(t.Context(), "main", 0))); diff != "" {
		t.Errorf("due (-want +got):\n%s", diff)
	}
	if !must(l.HasPlan(t.Context(), run.ID, "main")) || must(l.HasPlan(t.Context(), run.ID, "other")) {
		t.Error("HasPlan")
	}
}

func TestHalfReadWindowsComeFirst(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	windows := plan(t, l, run.ID, ledger.Charges, day(1), day(2), day(3))
	check(l.SavePage(t.Context(), windows[2], ledger.Page{Start: 100, Total: 130, Rows: 1}, ledger.Batch{Charges: []ledger.Charge{charge("b")}}))
	check(l.SavePage(t.Context(), windows[2], ledger.Page{Start: 0, Total: 130, Rows: 2}, ledger.Batch{Charges: []ledger.Charge{charge("a"), charge("b")}}))
	got := must(l.PlannedWindows(t.Context(), run.ID, "main"))
	if diff := cmp.Diff([]ledger.Window{windows[2], windows[0], windows[1]}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	pages := []ledger.Page{{Start: 0, Total: 130, Rows: 2}, {Start: 100, Total: 130, Rows: 1}}
	if diff := cmp.Diff(pages, must(l.Pages(t.Context(), windows[2]))); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if n := must(l.Rows(t.Context(), windows[2])); n != 2 {
		t.Errorf("%d distinct ids, want 2", n)
	}
	if got := dump(t, l, stateTables...); got != "" {
		t.Errorf("rows of an unfinished window are in the ledger:\n%s", got)
	}
	check(l.EmptyWindow(t.Context(), windows[2]))
	if got := dump(t, l, append(inboxTables, "pages")...); got != "" {
		t.Errorf("not emptied:\n%s", got)
	}
	if got := must(l.PlannedWindows(t.Context(), run.ID, "main")); len(got) != 3 {
		t.Errorf("windows %v", got)
	}
}

func TestProveWindow(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	w := plan(t, l, run.ID, ledger.Charges, day(19))[0]
	batch := ledger.Batch{Charges: []ledger.Charge{
		charge("a"), charge("b", func(c *ledger.Charge) { c.Amount = 5 }),
		charge("c", func(c *ledger.Charge) { c.Amount, c.Currency = 700, "JPY" }),
	}}
	page(t, l, w, batch)
	page(t, l, w, ledger.Batch{Charges: []ledger.Charge{charge("b", func(c *ledger.Charge) { c.Amount = 6 })}}) // read twice, the later reading counts
	changes := must(l.ProveWindow(t.Context(), w, 3, 1000))
	if diff := cmp.Diff(ledger.Changes{ledger.ChargeObject: {Read: 3, Added: 3}}, changes); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	proofs := []ledger.Proof{{Window: w, Total: 3, Rows: 3, Sums: map[money.Currency]int64{"THB": 10006, "JPY": 700}, ProvenAt: 1000}}
	if diff := cmp.Diff(proofs, must(l.Proofs(t.Context(), "main", ledger.Charges, run.ID))); diff != "" {
		t.Errorf("proofs (-want +got):\n%s", diff)
	}
	if got := dump(t, l, append(inboxTables, "pages")...); got != "" {
		t.Errorf("not emptied:\n%s", got)
	}
	if n := must(l.CountProven(t.Context(), run.ID)); n != 1 {
		t.Errorf("%d proven", n)
	}
	if left := must(l.FailedWindows(t.Context(), run.ID)); left != nil {
		t.Errorf("failed %v", left)
	}
	if none := must(l.Proofs(t.Context(), "main", ledger.Charges, run.ID-1)); none != nil {
		t.Errorf("an earlier run had proofs %v", none)
	}
}

func TestProveWindowOfNothing(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	for _, list := range ledger.Lists() {
		if changes := proveIn(t, l, run.ID, list, day(1), 9, ledger.Batch{}); len(changes) != 0 {
			t.Errorf("%s: %v", list, changes)
		}
		if p := must(l.Proofs(t.Context(), "main", list, run.ID)); len(p) != 1 || p[0].Total != 0 || len(p[0].Sums) != 0 {
			t.Errorf("%s: %v", list, p)
		}
	}
}

func TestProveWindowRefusesAWrongTotal(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	w := plan(t, l, run.ID, ledger.Refunds, day(19))[0]
	page(t, l, w, ledger.Batch{Refunds: []ledger.Refund{refund("r1", "c1"), refund("r2", "c1")}})
	everything := append(append([]string{"windows", "pages"}, stateTables...), inboxTables...)
	before := dump(t, l, everything...)
	for _, total := range []int{0, 1, 3} {
		_, err := l.ProveWindow(t.Context(), w, total, 1)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("2 distinct ids where Omise counts %d", total)) {
			t.Errorf("total %d: %v", total, err)
		}
	}
	if diff := cmp.Diff(before, dump(t, l, everything...)); diff != "" {
		t.Errorf("changed (-before +after):\n%s", diff)
	}
	must(l.ProveWindow(t.Context(), w, 2, 1))
}

// Rows and proof, or neither: whichever statement fails, all is as before.
func TestRowsAndProofAreOneTransaction(t *testing.T) {
	for _, trigger := range []string{
		"BEFORE UPDATE ON windows", "BEFORE DELETE ON pages", "BEFORE INSERT ON charges", "BEFORE UPDATE ON charges",
		"BEFORE INSERT ON charges_versions", "BEFORE DELETE ON charges_inbox",
	} {
		t.Run(trigger, func(t *testing.T) {
			t.Parallel()
			l := open(t)
			first, second := begin(t, l), begin(t, l)
			save(t, l, first.ID, ledger.Batch{Charges: []ledger.Charge{charge("a")}})
			w := plan(t, l, second.ID, ledger.Charges, day(19))[0]
			page(t, l, w, ledger.Batch{Charges: []ledger.Charge{charge("a", func(c *ledger.Charge) { c.Amount = 1 }), charge("b")}})
			must(l.DB().Exec("CREATE TRIGGER broken " + trigger + " BEGIN SELECT raise(ABORT, 'power cut'); END"))
			everything := append(append([]string{"windows", "pages"}, stateTables...), inboxTables...)
			before := dump(t, l, everything...)
			if _, err := l.ProveWindow(t.Context(), w, 2, 1); err == nil || !strings.Contains(err.Error(), "power cut") {
				t.Errorf("prove: %v", err)
			}
			if _, err := l.FailWindow(t.Context(), w, "why", true); err == nil {
				t.Error("fail: no error")
			}
			if diff := cmp.Diff(before, dump(t, l, everything...)); diff != "" {
				t.Errorf("half done (-before +after):\n%s", diff)
			}
			must(l.DB().Exec("DROP TRIGGER broken"))
			changes := must(l.ProveWindow(t.Context(), w, 2, 1))
			if diff := cmp.Diff(ledger.Changes{ledger.ChargeObject: {Read: 2, Added: 1, Changed: 1}}, changes); diff != "" {
				t.Errorf("afterwards (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFailWindow(t *testing.T) {
	for _, keep := range []bool{true, false} {
		l := open(t)
		run := begin(t, l)
		w := plan(t, l, run.ID, ledger.Charges, day(19))[0]
		page(t, l, w, ledger.Batch{Charges: []ledger.Charge{charge("a")}})
		changes := must(l.FailWindow(t.Context(), w, "Omise says 58 and gives 20", keep))
		if got := number(t, l, "SELECT count(*) FROM charges"); (got == 1) != keep || (changes[ledger.ChargeObject].Added == 1) != keep {
			t.Errorf("keep %v: %d rows, %v", keep, got, changes)
		}
		if got := dump(t, l, append(inboxTables, "pages")...); got != "" {
			t.Errorf("keep %v, not emptied:\n%s", keep, got)
		}
		w.Reason = "Omise says 58 and gives 20"
		if diff := cmp.Diff([]ledger.Window{w}, must(l.FailedWindows(t.Context(), run.ID))); diff != "" {
			t.Errorf("failed windows (-want +got):\n%s", diff)
		}
		if planned := must(l.PlannedWindows(t.Context(), run.ID, "main")); planned != nil {
			t.Errorf("still planned: %v", planned)
		}
		if proofs := must(l.Proofs(t.Context(), "main", ledger.Charges, run.ID)); proofs != nil {
			t.Errorf("proven: %v", proofs)
		}
	}
}

func TestSplitWindow(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	w := plan(t, l, run.ID, ledger.Disputes, day(1))[0]
	page(t, l, w, ledger.Batch{Disputes: []ledger.Dispute{dispute("d", "c")}})
	a, b := ledger.Span{From: w.Span.From, To: w.Span.From + 100}, ledger.Span{From: w.Span.From + 99, To: w.Span.To}
	pieces := must(l.SplitWindow(t.Context(), w, []ledger.Span{a, b}))
	if diff := cmp.Diff(pieces, must(l.PlannedWindows(t.Context(), run.ID, "main"))); diff != "" {
		t.Errorf("planned (-given +stored):\n%s", diff)
	}
	if len(pieces) != 2 || pieces[0].Span != a || pieces[1].Span != b || pieces[0].ID == pieces[1].ID || pieces[0].List != ledger.Disputes || pieces[0].Run != run.ID {
		t.Errorf("pieces %v", pieces)
	}
	if got := dump(t, l, append(inboxTables, "pages")...); got != "" {
		t.Errorf("pages of the split window stayed:\n%s", got)
	}
	if _, err := l.SplitWindow(t.Context(), pieces[0], []ledger.Span{{From: 5, To: 4}}); err == nil {
		t.Error("no error")
	}
	if diff := cmp.Diff(pieces, must(l.PlannedWindows(t.Context(), run.ID, "main"))); diff != "" {
		t.Errorf("a split that failed lost a window (-want +got):\n%s", diff)
	}
}

func TestUnprovenAndProvenSpans(t *testing.T) {
	l := open(t)
	night := begin(t, l)
	for _, w := range plan(t, l, night.ID, ledger.Charges, day(1), day(2), day(5)) {
		must(l.FailWindow(t.Context(), w, "x", true))
	}
	backfill := begin(t, l, func(r *ledger.Run) { r.Kind = ledger.KindBackfill })
	for _, w := range plan(t, l, backfill.ID, ledger.Charges, day(20)) {
		must(l.FailWindow(t.Context(), w, "x", true))
	}
	proveIn(t, l, night.ID, ledger.Refunds, day(1), 100, ledger.Batch{})
	want := []ledger.Span{{From: day(1).From, To: day(2).To}, day(5)}
	if diff := cmp.Diff(want, must(l.UnprovenSpans(t.Context(), "main", ledger.Charges))); diff != "" {
		t.Errorf("unproven (-want +got):\n%s", diff)
	}
	proveIn(t, l, night.ID, ledger.Charges, day(2), 100, ledger.Batch{})
	proveIn(t, l, backfill.ID, ledger.Charges, day(3), 200, ledger.Batch{})
	if diff := cmp.Diff([]ledger.Span{day(1), day(5)}, must(l.UnprovenSpans(t.Context(), "main", ledger.Charges))); diff != "" {
		t.Errorf("unproven after a proof (-want +got):\n%s", diff)
	}
	for since, want := range map[ledger.Instant][]ledger.Span{
		0: {{From: day(2).From, To: day(3).To}}, 100: {{From: day(2).From, To: day(3).To}}, 101: {day(3)}, 200: {day(3)}, 201: nil,
	} {
		if diff := cmp.Diff(want, must(l.ProvenSpans(t.Context(), "main", ledger.Charges, since))); diff != "" {
			t.Errorf("proven since %d (-want +got):\n%s", since, diff)
		}
	}
	if got := must(l.ProvenSpans(t.Context(), "other", ledger.Charges, 0)); got != nil {
		t.Errorf("of another account: %v", got)
	}
	if got := must(l.Proofs(t.Context(), "main", ledger.Charges, 99)); len(got) != 2 || got[0].ProvenAt != 200 {
		t.Errorf("proofs are not newest first: %v", got)
	}
}

// A resumed run takes over what the run before left, with its pages.
func TestResume(t *testing.T) {
	l := open(t)
	first := begin(t, l)
	windows := plan(t, l, first.ID, ledger.Charges, day(1), day(2), day(3))
	must(l.ProveWindow(t.Context(), windows[0], 0, 1))
	check(l.SavePage(t.Context(), windows[2], ledger.Page{Total: 2, Rows: 1}, ledger.Batch{Charges: []ledger.Charge{charge("a")}}))
	other := must(l.SavePlan(t.Context(), first.ID, "other", ledger.Plan{Spans: []ledger.Want{{List: ledger.Charges, Span: day(1)}}}))

	second := begin(t, l)
	got := must(l.SavePlan(t.Context(), second.ID, "main", ledger.Plan{Resume: first.ID, Spans: []ledger.Want{{List: ledger.Charges, Span: day(4)}}}))
	windows[1].Run, windows[2].Run = second.ID, second.ID
	if len(got) != 3 {
		t.Fatalf("windows %v", got)
	}
	if diff := cmp.Diff([]ledger.Window{windows[2], windows[1]}, got[:2]); diff != "" {
		t.Errorf("adopted (-want +got):\n%s", diff)
	}
	check(l.SavePage(t.Context(), got[0], ledger.Page{Start: 1, Total: 2, Rows: 1}, ledger.Batch{Charges: []ledger.Charge{charge("b")}}))
	must(l.ProveWindow(t.Context(), got[0], 2, 5))
	if n := number(t, l, "SELECT count(*) FROM charges WHERE since = ?", second.ID); n != 2 {
		t.Errorf("%d rows of the second run", n)
	}

	third := begin(t, l)
	page(t, l, got[1], ledger.Batch{Charges: []ledger.Charge{charge("z")}})
	check(l.DropPlanned(t.Context(), third.ID))
	if n := number(t, l, "SELECT count(*) FROM windows WHERE state = 'planned'"); n != 0 {
		t.Errorf("%d windows still planned", n)
	}
	if n := number(t, l, "SELECT count(*) FROM charges WHERE id = 'z'"); n != 0 {
		t.Error("rows of a dropped window were saved")
	}
	left := must(l.FailedWindows(t.Context(), first.ID))
	other[0].Reason = "the run that was reading it was cut short"
	if diff := cmp.Diff(other, left); diff != "" {
		t.Errorf("dropped (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]ledger.Span{day(2), day(4)}, must(l.UnprovenSpans(t.Context(), "main", ledger.Charges))); diff != "" {
		t.Errorf("unproven (-want +got):\n%s", diff)
	}
}

func TestDropPlannedLeavesTheRunningOne(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	plan(t, l, run.ID, ledger.Charges, day(1))
	check(l.DropPlanned(t.Context(), run.ID))
	if got := must(l.PlannedWindows(t.Context(), run.ID, "main")); len(got) != 1 {
		t.Errorf("planned %v", got)
	}
}

func gone(t testing.TB, l *ledger.Ledger, table string) string {
	t.Helper()
	var ids string
	check(l.DB().QueryRowContext(t.Context(), "SELECT coalesce(group_concat(id, ' ' ORDER BY id), '') FROM "+table+" WHERE deleted = 1").Scan(&ids))
	return ids
}

// Omise drops a deleted card or customer from its lists without a word: what
// a reading no longer shows is marked, never removed.
func TestAbsentCardsAreMarked(t *testing.T) {
	l := open(t)
	first, second, third := begin(t, l), begin(t, l), begin(t, l)
	save(t, l, first.ID, ledger.Batch{
		Customers: []ledger.Customer{customer("u1"), customer("u2")},
		Cards:     []ledger.Card{card("k1", "u1"), card("k2", "u1"), card("k3", "u2")},
	})
	got := save(t, l, second.ID, ledger.Batch{Customers: []ledger.Customer{customer("u1")}, Cards: []ledger.Card{card("k2", "u1")}})
	want := ledger.Changes{ledger.CustomerObject: {Read: 1}, ledger.CardObject: {Read: 1, Changed: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if got := gone(t, l, "cards"); got != "k1" {
		t.Errorf("marked: %s", got)
	}
	if got := save(t, l, second.ID, ledger.Batch{Customers: []ledger.Customer{customer("u1")}, Cards: []ledger.Card{card("k2", "u1")}}); got[ledger.CardObject].Changed != 0 {
		t.Errorf("marked twice: %v", got)
	}
	save(t, l, third.ID, ledger.Batch{Customers: []ledger.Customer{customer("u1")}, Cards: []ledger.Card{card("k1", "u1"), card("k2", "u1")}})
	if got := gone(t, l, "cards"); got != "" {
		t.Errorf("a card that came back is marked: %s", got)
	}
	if n := number(t, l, "SELECT count(*) FROM cards_versions WHERE id = 'k1'"); n != 2 {
		t.Errorf("%d earlier versions, want there and gone", n)
	}
}

func TestAbsentCustomersAreMarked(t *testing.T) {
	l := open(t)
	span := day(0)
	on := func(id string, created ledger.Instant) ledger.Customer {
		return customer(id, func(c *ledger.Customer) { c.CreatedAt = created })
	}
	everyone := []ledger.Customer{
		on("before", span.From-1), on("from", span.From), on("in1", span.From+1), on("in2", span.To-1), on("to", span.To), on("after", span.To+1),
	}
	first := begin(t, l)
	save(t, l, first.ID, ledger.Batch{Customers: everyone, Cards: []ledger.Card{card("k", "in1")}})
	stranger := on("stranger", span.From+1)
	stranger.Account = "other"
	save(t, l, first.ID, ledger.Batch{Customers: []ledger.Customer{stranger}})

	second := begin(t, l)
	changes := proveIn(t, l, second.ID, ledger.Customers, span, 1, ledger.Batch{Customers: []ledger.Customer{on("in2", span.To-1), on("new", span.From+5)}})
	want := ledger.Changes{ledger.CustomerObject: {Read: 2, Added: 1, Changed: 1}}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if got := gone(t, l, "customers"); got != "in1" {
		t.Errorf("marked: %s; the window's own ends are left out", got)
	}
	if got := gone(t, l, "cards"); got != "" {
		t.Errorf("cards of a deleted customer are marked: %s", got)
	}

	third := begin(t, l)
	proveIn(t, l, third.ID, ledger.Customers, span, 2, ledger.Batch{Customers: []ledger.Customer{on("in1", span.From+1), on("in2", span.To-1), on("new", span.From+5)}})
	if got := gone(t, l, "customers"); got != "" {
		t.Errorf("a customer who came back is marked: %s", got)
	}

	fourth := begin(t, l)
	w := plan(t, l, fourth.ID, ledger.Customers, span)[0]
	page(t, l, w, ledger.Batch{})
	must(l.FailWindow(t.Context(), w, "moves", true))
	if got := gone(t, l, "customers"); got != "" {
		t.Errorf("an unproven window marked %s", got)
	}
}

func TestEarliestCustomer(t *testing.T) {
	l := open(t)
	if got := must(l.EarliestCustomer(t.Context(), "main")); got != nil {
		t.Errorf("on a new ledger: %d", *got)
	}
	run := begin(t, l)
	save(t, l, run.ID, ledger.Batch{Customers: []ledger.Customer{
		customer("a", func(c *ledger.Customer) { c.CreatedAt = 5 }),
		customer("b", func(c *ledger.Customer) { c.CreatedAt, c.Deleted = 3, true }),
		customer("c", func(c *ledger.Customer) { c.CreatedAt = 9 }),
	}})
	if got := must(l.EarliestCustomer(t.Context(), "main")); got == nil || *got != 5 {
		t.Errorf("earliest %v", got)
	}
}
