package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// TestYearCountsAsTheJobDoes plays nights against the sandbox twice, with the
// job and its ledger over HTTP and with the ledger of the year benchmark, and
// compares what each night costs: the benchmark must count what would be sent.
func TestYearCountsAsTheJobDoes(t *testing.T) {
	const days, charges = 45, 40 // a list of more pages than one
	w := newWorld(3, ledger.InstantOf(time.Date(2026, 11, 20, 3, 0, 0, 0, bangkok)))
	omise, err := sandbox.New(sandbox.Options{Seed: 3, Charges: days * charges, Customers: 150, Days: days, Now: w.now.Time})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(omise)
	t.Cleanup(server.Close)
	env := job.Env{
		Config: settings(t, server.URL), Version: "bench", Now: omise.Clock, Getenv: func(string) string { return "skey_test_bench" },
		Log: silence, Progress: quiet{},
	}
	p := newPlanner(t, newBooks(w), server.URL, omise.Clock)
	period := ledger.Span{From: dayBefore(w.now - (days+1)*day).From, To: dayBefore(w.now).To}
	if _, err := job.Backfill(context.Background(), env, job.BackfillOptions{From: dateOf(period.From), To: dateOf(period.To - 1)}); err != nil {
		t.Fatal(err)
	}
	w.look(t, server.URL)
	p.night(period, true)
	for n := range 3 {
		stir(t, omise, w.dice, charges)
		w.look(t, server.URL)
		w.now = ledger.InstantOf(omise.Clock())
		simulated := p.night(dayBefore(w.now), false)
		cards := cardRequests(omise)
		result, err := job.Run(context.Background(), env, job.RunOptions{})
		if err != nil || result.Exit != job.ExitDone {
			t.Fatalf("night %d: exit %d, %v, %v", n, result.Exit, err, result.Errors)
		}
		sent := result.Requests - (cardRequests(omise) - cards)
		if n == 0 {
			sent-- // once, when the first customer was found: that none is older
		}
		if got := simulated.requests(); got != sent {
			t.Errorf("night %d: the job sent %d requests, the benchmark counts %d: %v", n, sent, got, simulated.cost)
		}
	}
}

// cardRequests is how often customers with more than 20 cards were asked for
// all of them; the year has none of those.
func cardRequests(omise *sandbox.Server) int {
	n := 0
	for path, sent := range omise.RequestsByPath() {
		if strings.HasSuffix(path, "/cards") {
			n += sent
		}
	}
	return n
}

func dateOf(at ledger.Instant) string { return at.In(bangkok).Format(time.DateOnly) }

// settings is a config with the default settings, in a folder of its own.
func settings(tb testing.TB, url string) *config.Config {
	path := filepath.Join(tb.TempDir(), "config.yaml")
	text := fmt.Sprintf("ledger: ./ledger.db\naccounts: [{name: main, secret_key_env: KEY, base_url: %q}]\nfetch: {requests_per_second: 100000}\nreports: {formats: [csv]}\n", url)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		tb.Fatal(err)
	}
	return cfg
}

// stir lets a day pass at the sandbox in which things happen at every age.
func stir(t *testing.T, omise *sandbox.Server, dice *rand.Rand, charges int) {
	omise.Advance(24 * time.Hour)
	now := omise.Clock()
	for i := range charges {
		spec := sandbox.ChargeSpec{Amount: 50_000, CreatedAt: now.Add(-time.Duration(1+i*24*3600/charges) * time.Second)}
		spec.Status = []string{"", "", "", "authorized", "failed"}[i%5]
		if _, err := omise.AddCharge(spec); err != nil {
			t.Fatal(err)
		}
	}
	all := omise.Charges()
	paid := slices.DeleteFunc(slices.Clone(all), func(c sandbox.ChargeInfo) bool {
		return c.Status != "successful" || c.Refunded > 0 || c.Dispute != "" || c.PaymentMethod != "Visa" || c.Captured < 50_000
	})
	held := slices.DeleteFunc(slices.Clone(all), func(c sandbox.ChargeInfo) bool { return !c.Capturable })
	disputed := slices.DeleteFunc(slices.Clone(all), func(c sandbox.ChargeInfo) bool { return c.DisputeStatus != "open" && c.DisputeStatus != "pending" })
	for range 6 {
		_, err := omise.Refund(take(dice, &paid).ID, 10_000)
		must(t, err)
	}
	_, err := omise.OpenDispute(take(dice, &paid).ID)
	must(t, err)
	for range 3 {
		must(t, omise.Capture(take(dice, &held).ID, 0))
	}
	must(t, omise.Reverse(take(dice, &held).ID))
	must(t, omise.CloseDispute(take(dice, &disputed).Dispute, true))
	customers := omise.Customers()
	must(t, omise.DeleteCustomer(take(dice, &customers).ID))
}

func take[T any](dice *rand.Rand, from *[]T) T {
	i := dice.IntN(len(*from))
	taken := (*from)[i]
	*from = slices.Delete(*from, i, i+1)
	return taken
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// look makes the world what a real API shows: rows, and what is new or changed
// since the last look.
func (w *world) look(t *testing.T, url string) {
	w.rows = map[ledger.List][]ledger.Instant{}
	for _, list := range ledger.Lists() {
		for _, raw := range rowsOf(t, url, list) {
			var row struct {
				ID, Charge string
				Created    time.Time `json:"created_at"`
				state
			}
			must(t, json.Unmarshal(raw, &row))
			o := &object{list: list, id: row.ID, at: ledger.InstantOf(row.Created), open: isOpen(list, row.Status)}
			if row.Charge != "" {
				o.charge = w.shown[row.Charge].object
			}
			w.rows[list] = append(w.rows[list], o.at)
			if before, known := w.shown[o.id]; !known || before.state != row.state {
				w.unread[o.id] = o
			}
			w.shown[o.id] = shown{o, row.state}
		}
	}
}

// shown is an object as a real API last showed it.
type shown struct {
	*object
	state
}

// state is what the ledger takes for a change, of what changes here.
type state struct {
	Status string
	Closed string `json:"closed_at"`
	Amount int64
}

// isOpen is what the ledger takes for open, by the documents' words.
func isOpen(list ledger.List, status string) bool {
	final := map[ledger.List][]string{
		ledger.Charges:  {"successful", "failed", "expired", "reversed"},
		ledger.Disputes: {"won", "lost", "closed"},
		ledger.Refunds:  {"", "closed"},
	}
	return list != ledger.Customers && !slices.Contains(final[list], status)
}

func rowsOf(t *testing.T, url string, list ledger.List) []json.RawMessage {
	var rows []json.RawMessage
	for {
		request, err := http.NewRequest(http.MethodGet, fmt.Sprintf("%s/%s?limit=100&offset=%d&order=chronological", url, list, len(rows)), nil)
		must(t, err)
		request.SetBasicAuth("skey_test_bench", "")
		response, err := http.DefaultClient.Do(request)
		must(t, err)
		var page struct {
			Total int
			Data  []json.RawMessage
		}
		err = json.NewDecoder(response.Body).Decode(&page)
		response.Body.Close()
		must(t, err)
		rows = append(rows, page.Data...)
		if len(rows) >= page.Total || len(page.Data) == 0 {
			return rows
		}
	}
}
