package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"reconcile/internal/ledger"
)

// history is a ledger in which three runs have written: objects of every kind,
// changes, a deleted card, a window that was proven twice, and one that was not.
func history(t *testing.T) *ledger.Ledger {
	t.Helper()
	l := open(t)
	for n := range 3 {
		run := begin(t, l)
		batch := ledger.Batch{
			Refunds:  []ledger.Refund{{Account: "main", ID: "rfnd_1", Charge: "chrg_1", CreatedAt: 150, Amount: 40, Currency: "THB", Status: "closed"}},
			Disputes: []ledger.Dispute{{Account: "main", ID: "dspt_1", Charge: "chrg_2", CreatedAt: 160, Status: "open", Amount: int64(n), Currency: "THB"}},
		}
		for i := 1; i <= 3; i++ {
			c := ledger.Charge{Account: "main", ID: fmt.Sprint("chrg_", i), CreatedAt: 100, Status: "successful", Amount: 100, Currency: "THB", Refunds: "[]"}
			if i == 1 {
				c.RefundedAmount, c.Refunds, c.Fee = 40, `[{"id":"rfnd_1","amount":40}]`, new(int64(n))
			}
			batch.Charges = append(batch.Charges, c)
		}
		prove(t, l, run.ID, ledger.Charges, ledger.Batch{Charges: batch.Charges}, 3)
		prove(t, l, run.ID, ledger.Refunds, ledger.Batch{Refunds: batch.Refunds}, 1)
		must(l.SaveObjects(t.Context(), run.ID, ledger.Batch{Disputes: batch.Disputes}))
		run.EndedAt, run.Status = new(at("2026-11-21 04:00:00")), ledger.Complete
		check(l.EndRun(t.Context(), run, nil))
		customer := ledger.Batch{Customers: []ledger.Customer{{Account: "main", ID: "cust_1", CreatedAt: 100}}}
		if n < 2 {
			customer.Cards = []ledger.Card{{Account: "main", ID: "card_1", Customer: "cust_1", CreatedAt: 100}}
		}
		prove(t, l, run.ID, ledger.Customers, customer, 1)
		compare(t, l, run.ID, int64(n))
	}
	return l
}

// compare reads books, finds a break, notes it and closes a month.
func compare(t *testing.T, l *ledger.Ledger, run, n int64) {
	t.Helper()
	paid := record("A-1", "chrg_1", func(r *ledger.Record) { r.Amount = &n })
	saveFile(t, l, run, file{path: "a", whole: true, rows: []ledger.Record{paid, record("A-2", "")}})
	check(l.SaveBreaks(t.Context(), run, "main", []ledger.Break{broken("brk_1", func(b *ledger.Break) { b.Difference = &n }), broken("brk_2")}, always))
	book := ledger.EditedWorkbook{Path: fmt.Sprint(run), Run: run, Cells: []ledger.NoteCells{{Account: "main", Break: "brk_1", Note: fmt.Sprint("note ", n)}}}
	must(l.TakeNotes(t.Context(), run, []ledger.EditedWorkbook{book}))
	check(l.CloseMonths(t.Context(), closing(run)))
}

func prove(t *testing.T, l *ledger.Ledger, run int64, list ledger.List, batch ledger.Batch, total int) {
	t.Helper()
	for _, w := range must(l.SavePlan(t.Context(), run, "main", ledger.Plan{Spans: []ledger.Want{{List: list, Span: ledger.Span{From: 50, To: 200}}}})) {
		check(l.SavePage(t.Context(), w, ledger.Page{Total: total, Rows: total}, batch))
		must(l.ProveWindow(t.Context(), w, total, ledger.Instant(1000+run)))
	}
}

func TestVerifySoundLedger(t *testing.T) {
	l := history(t)
	damage, notes, err := ledger.Verify(t.Context(), l.Path())
	if err != nil || len(damage) > 0 || len(notes) > 0 {
		t.Errorf("%v %v %v", damage, notes, err)
	}
}

func TestVerifyNamesWhatWasAltered(t *testing.T) {
	for name, c := range map[string]struct {
		sql  string
		want []string // each must be said
	}{
		"an amount":          {"UPDATE charges SET amount = 101 WHERE id = 'chrg_2'", []string{"charge chrg_2: altered"}},
		"null to zero":       {"UPDATE charges SET captured_amount = 0 WHERE id = 'chrg_3'", []string{"charge chrg_3: altered"}},
		"a run's result":     {"UPDATE runs SET result = '{}' WHERE id = 1", []string{"run 1: altered"}},
		"a run":              {"PRAGMA foreign_keys = OFF; DELETE FROM runs WHERE id = 3", []string{"runs: 3 runs were begun, 2 are left"}},
		"a version's end":    {"UPDATE disputes_versions SET until = 3 WHERE since = 1", []string{"dispute dspt_1: its version of run 1 held until run 3, and the next one is of run 2"}},
		"an older version":   {"UPDATE charges_versions SET fee = 9 WHERE since = 1", []string{"charge chrg_1: its version of run 1 was altered"}},
		"a row":              {"DELETE FROM refunds", []string{"run 1: it wrote 1 refunds, the ledger has 0", "refunds 1970-01-01T00:00:50Z to 1970-01-01T00:03:20Z: it was proven with 1 rows, the ledger has 0"}},
		"a row with past":    {"DELETE FROM charges WHERE id = 'chrg_1'", []string{"charge chrg_1: what run 3 wrote of it is gone"}},
		"the first version":  {"DELETE FROM disputes_versions WHERE since = 1", []string{"run 1: it wrote 1 disputes, the ledger has 0"}},
		"a middle version":   {"DELETE FROM disputes_versions WHERE since = 2", []string{"dispute dspt_1: its version of run 1 held until run 2, and the next one is of run 3: one is missing"}},
		"a row from nowhere": {"INSERT INTO customers SELECT account, 'cust_2', created_at, email, default_card, deleted, since, seal FROM customers", []string{"customer cust_2: altered", "run 1: it wrote 1 customers, the ledger has 2"}},
		"undeleted":          {"UPDATE cards SET deleted = 0", []string{"card card_1: altered"}},
		"a proof's total":    {"UPDATE windows SET total = 4, rows = 4 WHERE id = 1", []string{"charges 1970-01-01T00:00:50Z to 1970-01-01T00:03:20Z: its proof was altered"}},
		"total against rows": {"PRAGMA ignore_check_constraints = 1; UPDATE windows SET total = 4 WHERE id = 1", []string{"file: CHECK constraint failed in windows", "its proof was altered"}},
		"a proof's sum":      {`UPDATE windows SET sums = '{"THB":301}' WHERE id = 1`, []string{"its proof was altered"}},
		"a proof":            {"DELETE FROM windows WHERE id = 4", []string{"run 2: it proved 3 windows, 2 of the proofs are left"}},
		"a record":           {"UPDATE records SET amount = 9 WHERE charge = 'chrg_1'", []string{"record orders chrg_1 A-1: altered"}},
		"a record's past":    {"UPDATE records_versions SET gone = 1 WHERE since = 1", []string{"record orders chrg_1 A-1: its version of run 1 was altered"}},
		"a record is gone":   {"DELETE FROM records WHERE charge = ''", []string{"run 1: it wrote 2 records, the ledger has 1"}},
		"a break":            {"UPDATE breaks SET cured = 1 WHERE id = 'brk_2'", []string{"break brk_2: altered"}},
		"a break is gone":    {"DELETE FROM breaks WHERE id = 'brk_1'", []string{"break brk_1: what run 3 wrote of it is gone"}},
		"a note":             {"UPDATE notes SET value = 'x' WHERE id = 2", []string{"note 2: altered"}},
		"a note is gone":     {"DELETE FROM notes WHERE id = 1", []string{"notes: 3 were added, 2 are left"}},
		"a closed month":     {"UPDATE closed_months SET totals = '[]' WHERE id = 3", []string{"closing 3: altered"}},
		"a closing is gone":  {"DELETE FROM closed_months", []string{"closed_months: 3 were added, 0 are left"}},
		"rows in an inbox":   {"INSERT INTO refunds_inbox SELECT 1, account, id, charge, created_at, amount, currency, funding_amount, funding_currency, status, voided, \"transaction\" FROM refunds", []string{"inbox of refunds: 1 rows wait"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := history(t)
			must(l.DB().ExecContext(t.Context(), c.sql))
			damage, _, err := ledger.Verify(t.Context(), l.Path())
			check(err)
			for _, want := range c.want {
				if !strings.Contains(fmt.Sprint(damage), want) {
					t.Errorf("%q is not said:\n%v", want, damage)
				}
			}
		})
	}
}

// What Omise itself has wrong, and days that nobody has read, are notes.
func TestVerifyNotes(t *testing.T) {
	l := history(t)
	run := begin(t, l)
	must(l.SaveObjects(t.Context(), run.ID, ledger.Batch{Charges: []ledger.Charge{
		{Account: "main", ID: "chrg_4", CreatedAt: 100, Currency: "JPY", RefundedAmount: 70, Refunds: `[{"id":"a","amount":50},{"id":"b","amount":30,"voided":true}]`},
		{Account: "main", ID: "chrg_5", CreatedAt: 100, Currency: "JPY", RefundedAmount: 50, Refunds: `[{"id":"c","amount":50},{"id":"d","amount":30,"voided":true}]`},
		{Account: "main", ID: "chrg_6", CreatedAt: 100, Currency: "JPY", RefundedAmount: 50, Refunds: `[{"id":"e","amount":50},{"id":"f","amount":30,"status":"pending"}]`},
	}}))
	for _, w := range must(l.SavePlan(t.Context(), run.ID, "main", ledger.Plan{Spans: []ledger.Want{{List: ledger.Charges, Span: ledger.Span{From: 300, To: 400}}}})) {
		must(l.ProveWindow(t.Context(), w, 0, 2000))
	}
	damage, notes, err := ledger.Verify(t.Context(), l.Path())
	if err != nil || len(damage) > 0 || len(notes) != 2 ||
		!strings.Contains(notes[0], "charges from 1970-01-01T00:03:20Z to 1970-01-01T00:05:00Z are not proven") ||
		!strings.Contains(notes[1], "charge chrg_4: Omise says that 70 JPY") {
		t.Errorf("%v %q %v", damage, notes, err)
	}
}

func TestVerifyOfAnOlderLedger(t *testing.T) {
	path := older(t)
	damage, notes, err := ledger.Verify(t.Context(), path)
	if err != nil || len(damage) > 0 || len(notes) != 1 || !strings.Contains(notes[0], "older version") {
		t.Errorf("%v %q %v", damage, notes, err)
	}
}
