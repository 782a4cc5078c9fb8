package bench

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"reconcile/internal/config"
	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

var bookRows = flag.Int("books", 1_000_000, "charges, and as many records, in BenchmarkBooks")

// every is how many records lie between two whose amount is wrong.
const every = 1000

// BenchmarkBooks is a night of a merchant with a million charges behind it
// whose export lists every order: the export is read into the ledger, compared
// with all charges, and the reports are written. The peer is what one writes
// first: import the export into SQLite, join, and count what differs. Metrics:
// seconds of both, their ratio, and the peak memory of the night in MB.
func BenchmarkBooks(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(50)) // as the program does
	shop := newBookshop(b, *bookRows)
	for b.Loop() {
		found, joined := shop.join(b)
		resetPeak()
		began := time.Now()
		result := shop.night(b)
		took := time.Since(began)
		if n := result.Breaks[string(ledger.BreakAmount)][ledger.BreakNew]; n != shop.wrong || n != found {
			b.Fatalf("%d wrong amounts: the night found %d, the join %d", shop.wrong, n, found)
		}
		b.ReportMetric(joined.Seconds(), "join-s")
		b.ReportMetric(took.Seconds(), "night-s")
		b.ReportMetric(joined.Seconds()/took.Seconds(), "x-join")
		b.ReportMetric(peakMB(), "peak-MB")
	}
}

func TestBooksBenchFindsWhatIsWrong(t *testing.T) {
	shop := newBookshop(t, 3*every)
	found, _ := shop.join(t)
	result := shop.night(t)
	if n := result.Breaks[string(ledger.BreakAmount)][ledger.BreakNew]; n != 3 || found != 3 {
		t.Errorf("3 wrong amounts: the night found %d, the join %d", n, found)
	}
	for kind := range result.Breaks {
		if kind != string(ledger.BreakAmount) {
			t.Errorf("found %s: %v", kind, result.Breaks[kind])
		}
	}
}

// bookshop is a ledger with n charges, and an export with as many orders.
type bookshop struct {
	dir    string
	now    time.Time
	n      int
	wrong  int
	server *httptest.Server
}

func newBookshop(t testing.TB, n int) *bookshop {
	s := &bookshop{dir: t.TempDir(), now: time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC), n: n, wrong: n / every}
	omise, err := sandbox.New(sandbox.Options{Seed: 1, Now: func() time.Time { return s.now }})
	if err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewServer(omise)
	t.Cleanup(s.server.Close)
	s.fillLedger(t)
	s.export(t)
	return s
}

// at is when charge i was created: one a second, up to a week ago.
func (s *bookshop) at(i int) time.Time {
	return s.now.Add(-7*24*time.Hour - time.Duration(s.n-i)*time.Second)
}

func chargeID(i int) string    { return fmt.Sprintf("chrg_test_5%018x", i) }
func chargeAmount(i int) int64 { return int64(10_000 + i%90_000) }
func recordAmount(i int) string {
	return fmt.Sprintf("%d.%02d", chargeAmount(i)/100, chargeAmount(i)%100)
}

// fillLedger saves the charges as a backfill does, with proofs.
func (s *bookshop) fillLedger(t testing.TB) {
	ctx := context.Background()
	db, err := ledger.Open(ctx, filepath.Join(s.dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	start := ledger.InstantOf(s.now.Add(-time.Hour))
	run, err := db.BeginRun(ctx, ledger.Run{Kind: ledger.KindBackfill, StartedAt: start, AsOf: start, Version: "bench", Config: "{}"})
	if err != nil {
		t.Fatal(err)
	}
	windows, err := db.SavePlan(ctx, run.ID, "main", ledger.Plan{Spans: s.wants()})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range windows {
		if err := s.prove(ctx, db, w); err != nil {
			t.Fatal(err)
		}
	}
	exit := 0
	run.EndedAt, run.Status, run.Exit = &start, ledger.Complete, &exit
	if err := db.EndRun(ctx, run, nil); err != nil {
		t.Fatal(err)
	}
}

// wants is windows of 20,000 seconds, so of as many charges, and after them one
// up to now, of each list.
func (s *bookshop) wants() []ledger.Want {
	const width = 20_000
	first, now := ledger.InstantOf(s.at(0))-86_400, ledger.InstantOf(s.now)
	wants := []ledger.Want{{List: ledger.Refunds, Span: ledger.Span{From: first, To: now}}, {List: ledger.Disputes, Span: ledger.Span{From: first, To: now}}}
	for from := first; from < now; from += width {
		wants = append(wants, ledger.Want{List: ledger.Charges, Span: ledger.Span{From: from, To: min(from+width, now)}})
	}
	return wants
}

func (s *bookshop) prove(ctx context.Context, db *ledger.Ledger, w ledger.Window) error {
	var batch ledger.Batch
	if w.List == ledger.Charges {
		first := ledger.InstantOf(s.at(0))
		for i := max(0, int(w.Span.From-first)); i < s.n && ledger.InstantOf(s.at(i)) < w.Span.To; i++ {
			batch.Charges = append(batch.Charges, s.charge(i))
		}
	}
	page := ledger.Page{Start: 0, Total: len(batch.Charges), Rows: len(batch.Charges)}
	if err := db.SavePage(ctx, w, page, batch); err != nil {
		return err
	}
	_, err := db.ProveWindow(ctx, w, len(batch.Charges), ledger.InstantOf(s.now))
	return err
}

func (s *bookshop) charge(i int) ledger.Charge {
	at := ledger.InstantOf(s.at(i))
	return ledger.Charge{
		Account: "main", ID: chargeID(i), CreatedAt: at, Status: ledger.StatusSuccessful, Amount: chargeAmount(i), Currency: "THB",
		Authorized: true, Paid: true, Capture: true, PaidAt: &at, FundingCurrency: "THB", CardBrand: "Visa",
		Description: fmt.Sprintf("WooCommerce Order id %d", i), Metadata: fmt.Sprintf(`{"order_id":%d}`, i),
		Transaction: fmt.Sprintf("trxn_test_5%018x", i), Refunds: "[]",
	}
}

// export writes an order for each charge; one in a thousand has a wrong total.
func (s *bookshop) export(t testing.TB) {
	f, err := os.Create(s.exportPath())
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "order_number,order_status,order_date,order_total,currency,payment_method,transaction_id")
	for i := range s.n {
		total := recordAmount(i)
		if i%every == every-1 {
			total = "1" + total
		}
		fmt.Fprintf(w, "%d,wc-completed,%s,%s,THB,omise,%s\n", i, s.at(i).Format(time.RFC3339), total, chargeID(i))
	}
	if err := errors.Join(w.Flush(), f.Close(), os.Chtimes(s.exportPath(), s.now, s.now)); err != nil {
		t.Fatal(err)
	}
}

func (s *bookshop) exportPath() string { return filepath.Join(s.dir, "orders.csv") }

func (s *bookshop) night(t testing.TB) job.Result {
	path := filepath.Join(s.dir, "config.yaml")
	text := fmt.Sprintf("ledger: ./ledger.db\naccounts: [{name: main, secret_key_env: KEY, base_url: %q}]\nfetch: {sweep: 0s, requests_per_second: 1000}\n"+
		"records: [{name: orders, path: ./orders.csv, covers: all, where: {payment_method: omise}}]\n", s.server.URL)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	result, err := job.Run(context.Background(), job.Env{
		Config: cfg, Version: "bench", Now: func() time.Time { return s.now }, Getenv: func(string) string { return "skey_test_bench" },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Progress: quiet{},
	}, job.RunOptions{})
	if err != nil || result.Status != ledger.Complete {
		t.Fatalf("night: %v %+v", err, result)
	}
	return result
}

// join is the peer: the export into a table, joined with the charges.
func (s *bookshop) join(t testing.TB) (found int, took time.Duration) {
	began := time.Now()
	path := filepath.Join(s.dir, "peer.db")
	defer func() { _ = os.Remove(path) }()
	db, err := sql.Open("sqlite3", path+"?_synchronous=OFF")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE orders (number TEXT, status TEXT, total TEXT, charge TEXT PRIMARY KEY); ATTACH ? AS ledger", filepath.Join(s.dir, "ledger.db")); err != nil {
		t.Fatal(err)
	}
	if err := s.importOrders(db); err != nil {
		t.Fatal(err)
	}
	err = db.QueryRow(`SELECT count(*) FROM orders AS o LEFT JOIN ledger.charges AS c ON c.id = o.charge AND c.account = 'main'
		WHERE c.id IS NULL OR c.status <> 'successful' OR printf('%d.%02d', c.amount / 100, c.amount % 100) <> o.total`).Scan(&found)
	if err != nil {
		t.Fatal(err)
	}
	return found, time.Since(began)
}

func (s *bookshop) importOrders(db *sql.DB) error {
	f, err := os.Open(s.exportPath())
	if err != nil {
		return err
	}
	defer f.Close()
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	insert, err := tx.Prepare("INSERT INTO orders VALUES (?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer insert.Close()
	r := csv.NewReader(f)
	if _, err := r.Read(); err != nil {
		return err
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return tx.Commit()
		}
		if err != nil {
			return err
		}
		if _, err := insert.Exec(row[0], row[1], row[3], row[6]); err != nil {
			return err
		}
	}
}

// resetPeak makes Linux forget how much memory this process ever had.
func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakMB is the most memory that this process had since resetPeak; 0 where the
// system does not tell.
func peakMB() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	m := peak.FindSubmatch(status)
	if m == nil {
		return 0
	}
	kb, _ := strconv.Atoi(string(m[1]))
	return float64(kb) / 1024
}
