package job

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/match"
	"reconcile/internal/money"
)

// islands makes charges and records that bear on one another in small groups,
// in every way that the dice find: by id, by transaction, by order, over two
// orders, from two sources, refunded, disputed, gone.
type islands struct {
	*rand.Rand
	t       *testing.T
	batch   ledger.Batch
	records map[string][]ledger.Record
	undated bool // no record says when it was made
}

func pick[T any](r *islands, all ...T) T { return all[r.IntN(len(all))] }

func (r *islands) at() ledger.Instant {
	return instant(r.t, "2026-11-01 09:00") + ledger.Instant(r.IntN(18*86400))
}

func (r *islands) island(n int) {
	refs := []string{"", fmt.Sprintf("A-%d", n), fmt.Sprintf("B-%d", n)}
	var ids []string
	for i := range 1 + r.IntN(3) {
		c := r.charge(fmt.Sprintf("%d_%d", n, i), pick(r, refs...))
		r.batch.Charges = append(r.batch.Charges, c)
		ids = append(ids, c.ID, c.Transaction)
	}
	ids = append(ids, "", "", fmt.Sprintf("chrg_test_lost%d", n))
	for range r.IntN(4) {
		source, at := pick(r, "orders", "shop"), pick(r, nil, new(r.at()), new(r.at()))
		if r.undated {
			at = nil
		}
		r.records[source] = append(r.records[source], ledger.Record{
			Account: "main", Source: source, OrderRef: pick(r, refs[1:]...), Charge: pick(r, ids...), Amount: new(int64(100 * (1 + r.IntN(4)))), Currency: pick(r, money.Currency("THB"), "THB", "THB", "SGD"),
			Status: pick(r, ledger.RecordPaid, ledger.RecordPaid, ledger.RecordRefunded, ledger.RecordCancelled, ledger.RecordPending, ""), CreatedAt: at,
		})
	}
}

func (r *islands) charge(name, ref string) ledger.Charge {
	at := r.at()
	c := ledger.Charge{
		Account: "main", ID: "chrg_test_" + name, CreatedAt: at, Status: pick(r, "successful", "successful", "successful", "failed", "pending", "reversed"),
		Amount: int64(100 * (1 + r.IntN(3))), Currency: "THB", Transaction: "trxn_test_" + name, Schedule: pick(r, "", "", "", "schd_test_1"),
	}
	if ref != "" {
		c.Metadata = fmt.Sprintf(`{"order_id":%q}`, ref)
	}
	if c.Paid = c.Status == "successful"; c.Paid {
		c.PaidAt, c.RefundedAmount = new(at+60), pick[int64](r, 0, 0, 100)
	}
	if c.RefundedAmount > 0 {
		r.batch.Refunds = append(r.batch.Refunds, ledger.Refund{Account: "main", ID: "rfnd_test_" + name, Charge: c.ID, CreatedAt: r.at(), Amount: c.RefundedAmount, Currency: "THB", Status: "closed"})
		r.batch.Disputes = append(r.batch.Disputes, ledger.Dispute{Account: "main", ID: "dspt_test_" + name, Charge: c.ID, CreatedAt: r.at(), Status: pick(r, "lost", "pending"), Amount: c.Amount, Currency: "THB"})
	}
	c.Authorized = c.Paid || c.Status == "pending"
	return c
}

// save puts everything into a ledger and opens it.
func (r *islands) save() *explainer {
	ctx := r.t.Context()
	db, err := ledger.Open(ctx, filepath.Join(r.t.TempDir(), "ledger.db"))
	must(r.t, err)
	r.t.Cleanup(func() { db.Close() })
	run, err := db.BeginRun(ctx, ledger.Run{Kind: ledger.KindRun, Version: "test", Config: "{}", BusinessDate: "2026-11-20"})
	must(r.t, err)
	_, err = db.SaveObjects(ctx, run.ID, r.batch)
	must(r.t, err)
	for source, records := range r.records {
		_, err = db.SaveBook(ctx, run.ID, "main", source, false, func(sink ledger.BookSink) (ledger.BookFile, error) {
			for i, b := range records {
				b.ID = ledger.RecordID(b.Source, b.Charge, b.OrderRef)
				must(r.t, sink.Record(b, i+2))
			}
			return ledger.BookFile{Path: source + ".csv"}, nil
		})
		must(r.t, err)
	}
	snapshot, err := db.Snapshot(ctx, run.ID, 0, []ledger.Scope{{Account: "main"}})
	must(r.t, err)
	r.t.Cleanup(func() { snapshot.Close() })
	return &explainer{Env: Env{Config: &config.Config{}}, db: db, snapshot: snapshot, run: run, orderRef: told20(r.t).orderRef}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What bears on a charge is enough to say how it compares with the books: the
// whole account would say the same.
func TestADossierComparesLikeTheWholeAccount(t *testing.T) {
	t.Parallel()
	results := map[ledger.Result]int{}
	for seed, undated := range []bool{false, false, true} {
		dice := rand.New(rand.NewPCG(uint64(seed), 4)) //nolint:gosec // the same dice each time
		r := &islands{Rand: dice, t: t, records: map[string][]ledger.Record{}, undated: undated}
		for n := range 60 {
			r.island(n)
		}
		x := r.save()
		from, to := instant(t, "2026-11-02 00:00"), instant(t, "2026-11-19 00:00")
		var since *ledger.Instant
		if seed == 1 {
			since = new(instant(t, "2026-11-05 00:00"))
		}
		rules := match.Rules{
			Account: "main", HistoryFrom: &from, To: to, Proven: []ledger.Span{{From: from, To: to}}, Fresh: true,
			Sources: []match.Source{
				{Name: "orders", Grace: 24 * time.Hour, ReadAt: to, Whole: true, Read: true, Known: true},
				{Name: "shop", Since: since, Grace: 12 * time.Hour, ReadAt: to - 86400, Read: true, Known: true},
			},
		}
		whole, err := matching{x.snapshot, accountFacts{Name: "main"}, time.UTC, rules, x.orderRef}.match(t.Context())
		must(t, err)
		for _, c := range r.batch.Charges {
			want, got := whole.Charge(c.ID), x.alone(t.Context(), t, c.ID, rules)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("dice %d: %s: the whole account (-), its dossier (+):\n%s", seed, c.ID, diff)
			}
			results[want.Result]++
		}
	}
	for _, result := range []ledger.Result{ledger.Matched, ledger.InBreak, ledger.NotNeeded, ledger.Expected, ledger.NotCompared} {
		if results[result] < 5 {
			t.Errorf("only %d charges are %s: the dice say too little", results[result], result)
		}
	}
}

// alone compares a charge by its dossier.
func (x *explainer) alone(ctx context.Context, t *testing.T, charge string, rules match.Rules) ledger.Comparison {
	t.Helper()
	d, err := x.find(ctx, "main", charge)
	must(t, err)
	outcome, err := x.match(ctx, d, accountFacts{Name: "main"}, rules)
	must(t, err)
	return outcome.Charge(charge)
}
