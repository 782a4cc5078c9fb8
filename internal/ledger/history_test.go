package ledger_test

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
)

// asOf opens the ledger as its newest run knows it.
func asOf(t *testing.T, l *ledger.Ledger, run int64) *ledger.Snapshot {
	t.Helper()
	s := must(l.Snapshot(t.Context(), run, 0, nil))
	t.Cleanup(func() { s.Close() })
	return s
}

func TestHistoryHasEveryState(t *testing.T) {
	l := open(t)
	first := begin(t, l)
	pending := charge("chrg_test_1", func(c *ledger.Charge) { c.Status, c.Paid, c.PaidAt, c.RefundedAmount = "pending", false, nil, 0 })
	save(t, l, first.ID, ledger.Batch{Charges: []ledger.Charge{pending, charge("chrg_test_2")}})
	second := begin(t, l)
	paid, paidAt := pending, at("2026-11-20 10:00:00")
	paid.Status, paid.Paid, paid.PaidAt = "successful", true, &paidAt
	save(t, l, second.ID, ledger.Batch{Charges: []ledger.Charge{paid, charge("chrg_test_2")}})
	begin(t, l)
	fourth := begin(t, l)
	refunded := paid
	refunded.RefundedAmount = 2000
	save(t, l, fourth.ID, ledger.Batch{Charges: []ledger.Charge{refunded}})

	// What a later run has written is told too: histories know no end.
	for _, run := range []int64{second.ID, fourth.ID} {
		got := must(asOf(t, l, run).ChargeHistory(t.Context(), "main", ledger.ByID, "chrg_test_1"))
		want := []ledger.History[ledger.Charge]{{
			{State: pending, Since: first.ID, Until: second.ID},
			{State: paid, Since: second.ID, Until: fourth.ID, Changes: []ledger.FieldChange{
				{Field: "status", Before: "pending", After: "successful"},
				{Field: "paid", Before: false, After: true},
				{Field: "paid_at", Before: nil, After: paidAt},
			}},
			{State: refunded, Since: fourth.ID, Changes: []ledger.FieldChange{{Field: "refunded_amount", Before: int64(0), After: int64(2000)}}},
		}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("as of run %d (-want +got):\n%s", run, diff)
		}
	}
	if none := must(asOf(t, l, fourth.ID).ChargeHistory(t.Context(), "other", ledger.ByID, "chrg_test_1")); none != nil {
		t.Errorf("another account has %v", none)
	}
}

func TestHistoryByOtherColumns(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	refund := func(id, charge string) ledger.Refund {
		return ledger.Refund{Account: "main", ID: id, Charge: charge, CreatedAt: at("2026-11-20 10:00:00"), Amount: 100, Currency: "THB", Transaction: "trxn_" + id}
	}
	save(t, l, run.ID, ledger.Batch{
		Refunds:   []ledger.Refund{refund("rfnd_test_2", "chrg_test_1"), refund("rfnd_test_1", "chrg_test_1"), refund("rfnd_test_3", "chrg_test_2")},
		Customers: []ledger.Customer{{Account: "main", ID: "cust_test_1"}},
		Cards:     []ledger.Card{{Account: "main", ID: "card_test_1", Customer: "cust_test_1"}},
		Disputes:  []ledger.Dispute{{Account: "main", ID: "dspt_test_1", Charge: "chrg_test_1", Status: "open", Currency: "THB"}},
	})
	s := asOf(t, l, run.ID)
	var ids []string
	for _, h := range must(s.RefundHistory(t.Context(), "main", ledger.ByCharge, "chrg_test_1")) {
		ids = append(ids, h.Now().ID)
	}
	for _, h := range must(s.RefundHistory(t.Context(), "main", ledger.ByTransaction, "trxn_rfnd_test_3")) {
		ids = append(ids, h.Now().ID)
	}
	for _, h := range must(s.CardHistory(t.Context(), "main", ledger.ByCustomer, "cust_test_1")) {
		ids = append(ids, h.Now().ID)
	}
	for _, h := range must(s.CustomerHistory(t.Context(), "main", ledger.ByID, "cust_test_1")) {
		ids = append(ids, h.Now().ID)
	}
	for _, h := range must(s.DisputeHistory(t.Context(), "main", ledger.ByCharge, "chrg_test_1")) {
		ids = append(ids, h.Now().ID)
	}
	if diff := cmp.Diff([]string{"rfnd_test_1", "rfnd_test_2", "rfnd_test_3", "card_test_1", "cust_test_1", "dspt_test_1"}, ids); diff != "" {
		t.Error(diff)
	}
}

// However a charge writes a reference, it is found, and nothing else is.
func TestOrderCharges(t *testing.T) {
	of := ledger.OrderRef{Sources: []string{"metadata.order_id", "description"}, Pattern: regexp.MustCompile(`(?i)\border #?(\S+)$`)}
	l := open(t)
	run := begin(t, l)
	for _, c := range []struct{ id, metadata, description string }{
		{"text", `{"order_id":"A-000123"}`, ""},
		{"number", `{"order_id":4711}`, ""},
		{"escaped", `{"order_id":"\u0041-000123"}`, ""},
		{"blanks", `{"order_id":"  A-000123\n"}`, ""},
		{"description", "", "Order #A-000123"},
		{"longer", `{"order_id":"A-0001234"}`, "A-000123"},
		{"elsewhere", `{"note":"A-000123"}`, ""},
		{"no pattern", "", "Tickets for สมชาย"},
		{"composed", `{"order_id":"注文-é7"}`, ""},
		{"decomposed", `{"order_id":"注文-e\u03017"}`, ""},
	} {
		save(t, l, run.ID, ledger.Batch{Charges: []ledger.Charge{charge(c.id, func(x *ledger.Charge) { x.Metadata, x.Description = c.metadata, c.description })}})
	}
	s := asOf(t, l, run.ID)
	for ref, want := range map[string][]string{
		"A-000123":          {"blanks", "description", "escaped", "text"},
		" A-000123 ":        {"blanks", "description", "escaped", "text"},
		"a-000123":          nil,
		"000123":            nil,
		"4711":              {"number"},
		"Tickets for สมชาย": {"no pattern"},
		"注文-é7":             {"composed", "decomposed"},
		"注文-e\u03017":       {"composed", "decomposed"},
		"ไม่มี":             nil,
	} {
		got := must(s.OrderCharges(t.Context(), "main", ref, of))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", ref, diff)
		}
	}
}

func TestAccountNames(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	for _, name := range []string{"thai", "japan"} {
		check(l.SaveAccount(t.Context(), run.ID, ledger.Account{Name: name, OmiseID: name}))
	}
	if diff := cmp.Diff([]string{"japan", "thai"}, must(l.AccountNames(t.Context()))); diff != "" {
		t.Error(diff)
	}
}

func TestRunStarts(t *testing.T) {
	l := open(t)
	first, second := begin(t, l), begin(t, l, func(r *ledger.Run) { r.StartedAt++ })
	want := map[int64]ledger.Instant{first.ID: first.StartedAt, second.ID: first.StartedAt + 1}
	if diff := cmp.Diff(want, must(l.RunStarts(t.Context()))); diff != "" {
		t.Error(diff)
	}
}
