package job_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// order is a paid charge of yesterday that carries an order reference.
func (s *shop) order(ref string, amount int64) string {
	s.t.Helper()
	id, err := s.server.AddCharge(sandbox.ChargeSpec{Amount: amount, Metadata: fmt.Appendf(nil, `{"order_id":%q}`, ref), CreatedAt: start.Add(-day)})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// explain finds exactly one explanation.
func (s *shop) explain(id string) job.Explanation {
	s.t.Helper()
	found, err := job.Explain(s.t.Context(), s.env, job.ExplainOptions{ID: id})
	if err != nil {
		s.t.Fatal(err)
	}
	if len(found.Found) != 1 {
		s.t.Fatalf("%s: %d explanations", id, len(found.Found))
	}
	return found.Found[0]
}

// fact is a fact of one of the objects, as CSV has it.
func fact(f job.Facts, name string) string {
	for _, x := range f {
		if text, ok := x.Value.(job.Amount); ok && x.Name == name {
			raw, _ := text.MarshalText()
			return string(raw)
		}
		if x.Name == name && x.Value != nil {
			return fmt.Sprint(x.Value)
		}
	}
	return ""
}

// facts is one fact of each object.
func facts(list []job.Facts, name string) []string {
	all := []string{}
	for _, f := range list {
		all = append(all, fact(f, name))
	}
	return all
}

// Whatever id a report shows, in CSV or in the workbook, leads to what it names.
func TestEveryIDLeadsSomewhere(t *testing.T) {
	t.Parallel()
	s := newShop(t, sandbox.Options{}, "")
	charge := s.order("=HYPERLINK(1)", 5000)
	other := s.order("=HYPERLINK(1)", 700)
	refund, err := s.server.Refund(charge, 2000)
	if err != nil {
		t.Fatal(err)
	}
	dispute, err := s.server.OpenDispute(other)
	if err != nil {
		t.Fatal(err)
	}
	customer, err := s.server.AddCustomer(sandbox.CustomerSpec{Email: "a@example.com", Cards: []sandbox.CardSpec{{}}})
	if err != nil {
		t.Fatal(err)
	}
	kept := s.server.Customers()[0].Cards
	s.run(job.RunOptions{})
	info, err := s.server.Charge(charge)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		id, object, is                              string
		charges, others, refunds, disputes, mailing []string
	}{
		{id: charge, object: "charge", is: charge, charges: []string{charge}, others: []string{other}, refunds: []string{refund}},
		{id: info.Transaction, object: "charge", is: charge, charges: []string{charge}, others: []string{other}, refunds: []string{refund}},
		{id: refund, object: "refund", is: refund, charges: []string{charge}, others: []string{other}, refunds: []string{refund}},
		{id: fact(s.explain(refund).Refunds[0], "transaction_id"), object: "refund", is: refund, charges: []string{charge}, others: []string{other}, refunds: []string{refund}},
		{id: dispute, object: "dispute", is: dispute, charges: []string{other}, others: []string{charge}, disputes: []string{dispute}},
		{id: "=HYPERLINK(1)", object: "order", is: "=HYPERLINK(1)", charges: []string{charge, other}, refunds: []string{refund}, disputes: []string{dispute}},
		{id: " '=HYPERLINK(1) ", object: "order", is: "=HYPERLINK(1)", charges: []string{charge, other}, refunds: []string{refund}, disputes: []string{dispute}},
		{id: customer, object: "customer", is: customer, mailing: []string{"a@example.com"}},
		{id: kept[0], object: "card", is: kept[0], mailing: []string{"a@example.com"}},
	} {
		t.Run(test.id, func(t *testing.T) {
			e := s.explain(test.id)
			got := [][]string{
				{e.Account, e.Timezone, e.Object, e.ID},
				facts(e.Charges, "charge_id"), facts(e.OtherCharges, "charge_id"),
				facts(e.Refunds, "refund_id"), facts(e.Disputes, "dispute_id"), facts(e.Customers, "customer_email"),
			}
			want := [][]string{{"main", "Asia/Bangkok", test.object, test.is}, test.charges, test.others, test.refunds, test.disputes, test.mailing}
			for i := range want {
				want[i] = append([]string{}, want[i]...)
			}
			if diff := cmp.Diff(want, got, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	s := newShop(t, sandbox.Options{}, "")
	if _, err := job.Explain(t.Context(), s.env, job.ExplainOptions{ID: "chrg_test_1"}); err == nil || !strings.Contains(err.Error(), "`reconcile run` makes it") {
		t.Errorf("without a ledger: %v", err)
	}
	if _, err := os.Stat(s.env.Config.LedgerPath()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a ledger was made: %v", err)
	}
	s.run(job.RunOptions{})
	for id, says := range map[string]string{
		"chrg_test_1":  "chrg_test_1: no charge and no order of account main has this id",
		"brk_1":        "brk_1: no break and no order of account main",
		"000123\x1b[m": `000123\x1b[m: no order and no record of account main`,
	} {
		_, err := job.Explain(t.Context(), s.env, job.ExplainOptions{ID: id})
		if err == nil || job.ExitCode(err) != job.ExitFailed || !strings.HasPrefix(err.Error(), says) || !strings.Contains(err.Error(), "`reconcile backfill`") {
			t.Errorf("%v, want %s", err, says)
		}
	}
	_, err := job.Explain(t.Context(), s.env, job.ExplainOptions{ID: "1", Account: "other"})
	if job.ExitCode(err) != job.ExitUsage || !strings.Contains(err.Error(), `there is no account "other"; there are main`) {
		t.Error(err)
	}
}

func TestSeveralAccountsAreTold(t *testing.T) {
	t.Parallel()
	s := newShop(t, sandbox.Options{}, "")
	s.order("000123", 5000)
	url := s.env.Config.Accounts[0].BaseURL
	s.env = s.configured(fmt.Sprintf(`
ledger: ./ledger.db
accounts:
  - {name: main, secret_key_env: KEY, base_url: %q, timezone: Asia/Bangkok}
  - {name: japan, secret_key_env: KEY, base_url: %q, timezone: Asia/Tokyo}
reports: {dir: ./reports}
`, url, url))
	s.run(job.RunOptions{})
	both, err := job.Explain(t.Context(), s.env, job.ExplainOptions{ID: "000123"})
	if err != nil || len(both.Found) != 2 || both.Found[0].Account != "japan" || both.Found[1].Account != "main" {
		t.Fatalf("%+v %v", both, err)
	}
	if one, two := fact(both.Found[0].Charges[0], "created_at"), fact(both.Found[1].Charges[0], "created_at"); !strings.Contains(one, "+0900") || !strings.Contains(two, "+0700") {
		t.Errorf("created at %s and %s", one, two)
	}
	one, err := job.Explain(t.Context(), s.env, job.ExplainOptions{ID: "000123", Account: "japan"})
	if err != nil || len(one.Found) != 1 || one.Found[0].Account != "japan" {
		t.Errorf("%+v %v", one, err)
	}
}

// What later nights noticed stands in the order in which they did, and a run
// that is still writing changes nothing about what the books are compared with.
func TestTimeline(t *testing.T) {
	t.Parallel()
	s := newShop(t, sandbox.Options{}, "")
	charge := s.order("000123", 5000)
	s.run(job.RunOptions{})
	s.server.Advance(day)
	refund, err := s.server.Refund(charge, 2000)
	if err != nil {
		t.Fatal(err)
	}
	s.run(job.RunOptions{})
	db, err := ledger.Open(t.Context(), s.env.Config.LedgerPath())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.BeginRun(t.Context(), ledger.Run{Kind: ledger.KindRun, Version: "test", Config: "{}", BusinessDate: "2026-11-21"}); err != nil {
		t.Fatal(err)
	}
	found, err := job.Explain(t.Context(), s.env, job.ExplainOptions{ID: charge})
	if err != nil || found.Run != 2 {
		t.Fatalf("run %d %v", found.Run, err)
	}
	var got []string
	for _, m := range found.Found[0].Timeline {
		line := fmt.Sprintf("%d %s %s %s first=%t", m.Run, m.NoticedAt.Format(time.RFC3339), m.Object, m.ID, m.First)
		for _, c := range m.Changes {
			line += fmt.Sprintf(" %s: %v -> %v", c.Field, c.Before, c.After)
		}
		got = append(got, line)
	}
	want := []string{
		"1 2026-11-20T10:00:00+07:00 charge " + charge + " first=true",
		"2 2026-11-21T10:00:00+07:00 charge " + charge + " first=false refunded_amount: 0.00 THB -> 20.00 THB",
		"2 2026-11-21T10:00:00+07:00 refund " + refund + " first=true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// shopWithBooks has four orders in its books: one that is right, one with
// another amount, one in two payments, and one that Omise lacks.
func shopWithBooks(t *testing.T) (s *shop, right, wrong string, parts []string) {
	s = newShop(t, sandbox.Options{}, `
records:
  - {name: orders, path: ./orders.csv, all_omise: true, currency: THB, since: 2026-11-01}
`)
	right, wrong = s.order("1", 5000), s.order("2", 6000)
	parts = []string{s.order("3", 7000), s.order("3", 500)}
	s.book("order_id,amount,status,created_at\n1,50.00,paid,2026-11-19\n2,61.00,paid,2026-11-19\n3,75.00,paid,2026-11-19\n4,9.00,paid,2026-11-17\n")
	return s, right, wrong, parts
}

func (s *shop) book(text string) {
	s.t.Helper()
	file := filepath.Join(s.dir, "orders.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if now := s.server.Clock(); os.Chtimes(file, now, now) != nil {
		s.t.Fatal("the book cannot be dated")
	}
}

func TestRulesAndBreaksAreTold(t *testing.T) {
	t.Parallel()
	s, right, wrong, parts := shopWithBooks(t)
	s.run(job.RunOptions{})
	rule := func(id string) []string { return facts(s.explain(id).Rules, "rule") }
	for id, want := range map[string][]string{
		right:    {"Matched by order reference 1: the record of source orders names no charge, and this is the one of the order."},
		parts[1]: {"Matched as a split payment: 2 charges of order 3 add up to its record of source orders."},
	} {
		if diff := cmp.Diff(want, rule(id)); diff != "" {
			t.Error(diff)
		}
	}
	e := s.explain(wrong)
	if len(e.Breaks) != 1 || len(e.Records) != 1 {
		t.Fatalf("%d breaks, %d records", len(e.Breaks), len(e.Records))
	}
	broken := fact(e.Breaks[0], "break_id")
	got := []string{
		fact(e.Rules[0], "rule"), fact(e.Breaks[0], "kind"), fact(e.Breaks[0], "state"), fact(e.Breaks[0], "record_value"), fact(e.Breaks[0], "omise_value"),
		fact(e.Records[0], "source"), filepath.Base(fact(e.Records[0], "file")), fact(e.Records[0], "row"), fact(e.Records[0], "amount"),
	}
	if diff := cmp.Diff([]string{"Part of break " + broken + " (amount_mismatch).", "amount_mismatch", "new", "61.00", "60.00", "orders", "orders.csv", "3", "61.00"}, got); diff != "" {
		t.Error(diff)
	}
	e = s.explain(broken)
	if e.Object != "break" || !strings.Contains(e.State, "60.00 THB") || len(e.Charges) != 1 || len(e.Records) != 1 {
		t.Errorf("%s: %s %s, %d charges, %d records", broken, e.Object, e.State, len(e.Charges), len(e.Records))
	}
	e = s.explain("4")
	if len(e.Charges) != 0 || len(e.Records) != 1 || len(e.Breaks) != 1 || e.State != "0 charges and 1 record have this order reference. 1 break is open." {
		t.Errorf("order 4: %s %d charges, %d records, %v", e.State, len(e.Charges), len(e.Records), facts(e.Breaks, "kind"))
	}
}

func TestACuredBreakIsTold(t *testing.T) {
	t.Parallel()
	s, _, wrong, _ := shopWithBooks(t)
	s.run(job.RunOptions{})
	broken := fact(s.explain(wrong).Breaks[0], "break_id")
	for range 2 { // the first night lists the cure, the second no longer does
		s.server.Advance(day)
		s.book("order_id,amount,status,created_at\n1,50.00,paid,2026-11-19\n2,60.00,paid,2026-11-19\n3,75.00,paid,2026-11-19\n4,9.00,cancelled,2026-11-17\n")
		s.run(job.RunOptions{})
		e := s.explain(broken)
		if e.State != "Cured: the difference is gone." || fact(e.Breaks[0], "state") != "cured" || len(e.Next) != 0 {
			t.Errorf("%s, %v, %v", e.State, e.Breaks[0], e.Next)
		}
		if got := fact(e.Rules[0], "result"); got != "matched" {
			t.Errorf("its charge is %s", got)
		}
	}
	var changes []string
	for _, m := range s.explain(broken).Timeline {
		for _, c := range m.Changes {
			changes = append(changes, fmt.Sprintf("%d %s %s %v %v", m.Run, m.Object, c.Field, c.Before, c.After))
		}
	}
	if diff := cmp.Diff([]string{"2 record amount 61.00 THB 60.00 THB", "2 break cured false true"}, changes); diff != "" {
		t.Error(diff)
	}
}

// What the books name and Omise never showed can be asked for as well, and so
// can a row that nobody could read.
func TestWhatOnlyTheBooksKnow(t *testing.T) {
	t.Parallel()
	s, _, _, parts := shopWithBooks(t)
	s.book("order_id,amount,status,created_at,charge_id\n3,80.00,paid,2026-11-19,\n5,9.00,paid,2026-11-18,chrg_test_9\n6,9.00,paid,2026-11-18,trxn_test_9\n7,9.005,paid,2026-11-18,\n")
	s.run(job.RunOptions{})
	for id, want := range map[string]string{
		"chrg_test_9": "charge: The ledger has no such charge, though the books name it. 1 break is open.",
		"trxn_test_9": "record: The books name it, and no charge has it. 1 break is open.",
		"5":           "order: 0 charges and 1 record have this order reference. 1 break is open.",
	} {
		e := s.explain(id)
		if got := e.Object + ": " + e.State; got != want || len(e.Records) != 1 || len(e.Charges) != 0 {
			t.Errorf("%s is %s with %d records and %d charges, want %s", id, got, len(e.Records), len(e.Charges), want)
		}
	}
	e := s.explain("orders:5")
	if e.Object != "record" || len(e.Breaks) != 1 || fact(e.Breaks[0], "kind") != "unreadable_record" || !strings.HasPrefix(e.State, fact(e.Breaks[0], "explanation")) {
		t.Errorf("a row that cannot be read: %+v", e)
	}
	ambiguous := s.explain("3").Breaks[0]
	e = s.explain(fact(ambiguous, "break_id"))
	if diff := cmp.Diff(parts, facts(e.Charges, "charge_id"), cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" || fact(ambiguous, "kind") != "ambiguous" {
		t.Errorf("%s: its rivals are %s", fact(ambiguous, "kind"), diff)
	}
	for _, rule := range facts(e.Rules, "rule") {
		if want := "Part of break " + e.ID + " (ambiguous)."; rule != want {
			t.Errorf("a rival is told %q, want %q", rule, want)
		}
	}
}
