package job_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"reconcile/internal/sandbox"
)

// Two sources that both have an order: one of them stands for the charge, the
// other is named once. No charge and no amount counts twice.
func TestTwoSourcesHaveTheSameOrder(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]bool{"by charge id": true, "by order reference": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newBookshop(t, "{name: web, path: books/web.csv, covers: all, max_age: 10d}", "{name: till, path: books/till.csv, covers: all, max_age: 10d}")
			both, web := s.sell("A-1", 1200_00), s.sell("A-2", 300_00)
			till := s.sell("A-3", 400_00)
			shared := paid("A-1", "1200.00")
			if id {
				shared = shared.but("charge_id", both)
			}
			s.write("books/web.csv", shared, paid("A-2", "300.00"))
			s.write("books/till.csv", shared, paid("A-3", "400.00"))
			night := s.night()
			s.breaks(night, "duplicate_record A-1 new")
			same(t, "the surplus record", both, s.breakOf(night, "A-1")["charge_id"])
			month := s.days("2026-11-17", "2026-11-19")
			same(t, "matched", row{"account": "main", "currency": "THB", "measure": "matched", "count": "2", "amount": "700.00"}, only(t, month.Dir, "summary.csv", "measure", "matched"))
			same(t, "A-2 and A-3", []string{"matched", "matched"}, []string{s.compared(month, web), s.compared(month, till)})
			s.tomorrow()
			s.write("books/till.csv", paid("A-3", "400.00"))
			s.breaks(s.night(), "duplicate_record A-1 cured")
		})
	}
}

// One source that cannot be read does not keep the others from being compared.
// A charge without a record may have one there, so nothing of it is cured.
func TestOneOfTwoSourcesFails(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, "{name: web, path: books/web.csv, covers: all, max_age: 10d}", "{name: till, path: books/till.csv, covers: all, max_age: 10d}")
	s.sell("A-1", 1200_00)
	s.sell("B-1", 300_00)
	stray := s.sell("C-1", 400_00)
	s.write("books/web.csv", paid("A-1", "1250.00"))
	s.write("books/till.csv", paid("B-1", "350.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new", "amount_mismatch B-1 new", "missing_in_records "+stray+" new")
	s.tomorrow()
	s.write("books/web.csv", paid("A-1", "1200.00"), paid("C-1", "400.00"))
	s.remove("books/till.csv")
	s.breaks(s.partial("records till: no file matches"), "amount_mismatch A-1 cured", "amount_mismatch B-1 open", "missing_in_records "+stray+" open")
	s.tomorrow()
	s.write("books/till.csv", paid("B-1", "300.00"))
	s.breaks(s.night(), "amount_mismatch B-1 cured", "missing_in_records "+stray+" cured")
}

// An optional source that has no file holds nothing, and says nothing against
// what the other one lacks.
func TestOneOfTwoSourcesNeedNotBeThere(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, "{name: web, path: books/web.csv, covers: all}", "{name: till, path: books/till.csv, covers: all, optional: true}")
	s.sell("A-1", 1200_00)
	stray := s.sell("C-1", 400_00)
	s.write("books/web.csv", paid("A-1", "1200.00"))
	s.breaks(s.night(), "missing_in_records "+stray+" new")
	s.tomorrow()
	s.write("books/web.csv", paid("A-1", "1200.00"))
	s.write("books/till.csv", paid("C-1", "400.00"))
	s.breaks(s.night(), "missing_in_records "+stray+" cured")
}

// A source that was never read may hold what the other one lacks.
func TestOneOfTwoSourcesWasNeverRead(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, "{name: web, path: books/web.csv, covers: all}", "{name: till, path: books/till.csv, covers: all}")
	s.sell("A-1", 1200_00)
	s.sell("C-1", 400_00)
	s.write("books/web.csv", paid("A-1", "1250.00"))
	s.breaks(s.partial("records till: no file matches"), "amount_mismatch A-1 new")
}

// Rows of other means of payment are no records where the config says which
// ones are; a record among them that has no charge is missing at Omise.
func TestWhereSaysWhatARecordIs(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, "{name: orders, path: books/orders*, covers: all, where: {payment_method: [omise, \"omise_*\"]}}")
	s.sell("A-1", 1200_00)
	s.sell("A-2", 300_00)
	by := func(r row, method string) row { return r.but("payment_method", method) }
	s.write("books/orders.csv",
		by(paid("A-1", "1250.00"), "omise_promptpay"), by(paid("A-2", "300.00"), "Omise"),
		by(paid("A-3", "50.00"), "cod"), by(paid("A-4", "60.00"), "omise"), by(paid("A-5", "three"), "bank"))
	s.breaks(s.night(), "amount_mismatch A-1 new", "missing_at_omise A-4 new")
}

// Without where and all_omise nobody knows how an order without a charge was
// paid: it is no break.
func TestOrdersOfOtherMeansOfPayment(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, "{name: orders, path: books/orders*, covers: all}")
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-3", "50.00"))
	s.breaks(s.night(), "amount_mismatch A-1 new")
}

// Amounts in minor units are what they say, in THB and in JPY.
func TestJSONLinesInMinorUnits(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, "{name: payments, path: books/*.jsonl, covers: all, amount_unit: minor, columns: {refunded: returned}}")
	right, wrong := s.sell("A-1", 1200_00), s.sell("A-2", 300_00)
	yen := s.charge(sandbox.ChargeSpec{Amount: 5000, Currency: "JPY", CreatedAt: start.Add(-3 * day)})
	s.refund(right, 100_00)
	s.refund(wrong, 100_00)
	const line = `{"omise_charge_id": %q, "order_id": "注文-%d", "amount": %d, "returned": %d, "currency": %q, "status": "successful", "created_at": "2026-11-17T03:00:00Z"}` + "\n"
	s.save("books/payments.jsonl", fmt.Appendf(nil, line+line+line, right, 1, 1200_00, 100_00, "THB", wrong, 2, 300, 1, "thb", yen, 3, 500, 0, "JPY"))
	s.tomorrow()
	s.dated("books/payments.jsonl", s.server.Clock())
	night := s.night()
	s.breaks(night, "amount_mismatch 注文-2 new", "amount_mismatch 注文-3 new", "refund_mismatch 注文-2 new")
	values := []string{"kind", "record_value", "omise_value", "difference", "currency"}
	var got [][]string
	for _, b := range table(t, night.Dir, "breaks.csv") {
		got = append(got, b.cells(values))
	}
	same(t, "values", sortedRows([][]string{
		{"amount_mismatch", "3.00", "300.00", "297.00", "THB"},
		{"amount_mismatch", "500", "5000", "4500", "JPY"},
		{"refund_mismatch", "0.01", "100.00", "99.99", "THB"},
	}), sortedRows(got))
}

// Each account has books of its own: the same order reference means another
// order in each, and what is wrong with the books of one does not touch the other.
func TestTwoAccountsHaveTheirOwnBooks(t *testing.T) {
	t.Parallel()
	s := newBookshop(t)
	thai, japan := s.sell("A-1", 1200_00), s.secondAccount()
	yen, err := japan.AddCharge(sandbox.ChargeSpec{Amount: 5000, Metadata: orderOf("A-1"), CreatedAt: start.Add(-3 * day)})
	s.do(err)
	s.write("books/thai.csv", paid("A-1", "1250.00"))
	s.write("books/japan.csv", paid("A-1", "6000"))
	night := s.night()
	s.breaks(night, "amount_mismatch A-1 new", "amount_mismatch A-1 new")
	columns := []string{"charge_id", "record_value", "omise_value", "currency"}
	same(t, "Thailand", []string{thai, "1250.00", "1200.00", "THB"}, only(t, night.Dir, "breaks.csv", "account", "thai").cells(columns))
	same(t, "Japan", []string{yen, "6000", "5000", "JPY"}, only(t, night.Dir, "breaks.csv", "account", "japan").cells(columns))
	s.tomorrow()
	s.remove("books/japan.csv")
	s.write("books/thai.csv", paid("A-1", "1200.00"))
	dark := s.partial("account japan: records orders-japan: no file matches")
	same(t, "Thailand", "cured", only(t, dark.Dir, "breaks.csv", "account", "thai")["state"])
	same(t, "Japan", "open", only(t, dark.Dir, "breaks.csv", "account", "japan")["state"])
}

// secondAccount gives the shop an account in Japan beside the Thai one, each
// with books.
func (s *bookshop) secondAccount() *sandbox.Server {
	s.t.Helper()
	japan, err := sandbox.New(sandbox.Options{Country: "JP", Now: s.server.Clock, Seed: 2})
	s.do(err)
	listener := httptest.NewServer(japan)
	s.t.Cleanup(listener.Close)
	s.env = s.configured(fmt.Sprintf(`
ledger: ./ledger.db
accounts:
  - {name: thai, secret_key_env: KEY, base_url: %q, timezone: Asia/Bangkok}
  - {name: japan, secret_key_env: KEY, base_url: %q, timezone: Asia/Tokyo}
reports: {dir: ./reports}
records:
  - {name: orders-thai, account: thai, path: books/thai.csv, covers: all}
  - {name: orders-japan, account: japan, path: books/japan.csv, covers: all}
`, s.env.Config.Accounts[0].BaseURL, listener.URL))
	return japan
}
