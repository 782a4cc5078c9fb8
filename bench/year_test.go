package bench

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

var (
	bangkok   = mustZone("Asia/Bangkok")
	firstSale = ledger.InstantOf(time.Date(2025, 1, 1, 3, 0, 0, 0, bangkok))
)

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// planner is how reconcile reads: the real Sync plans a plain run with the
// default settings, against the simulated ledger. A sandbox answers /account
// and probes.
type planner struct {
	tb     testing.TB
	books  *books
	client *fetch.Client
	fetch  config.Fetch
	run    int64
}

func newPlanner(tb testing.TB, b *books, url string, now func() time.Time) *planner {
	key, err := config.ParseKey("skey_test_bench")
	if err != nil {
		tb.Fatal(err)
	}
	client := fetch.NewClient(fetch.ClientOptions{
		BaseURL: url, Key: key, RequestsPerSecond: 1e6, Timeout: time.Minute, RetryFor: time.Minute, Now: now, Log: silence,
	})
	tb.Cleanup(client.Close)
	return &planner{tb: tb, books: b, client: client, fetch: settings(tb, url).Fetch}
}

var silence = slog.New(slog.NewTextHandler(io.Discard, nil))

// night plans and reads one night, or a backfill of a period.
func (p *planner) night(period ledger.Span, backfill bool) reading {
	p.run++
	p.books.now = p.books.world.now
	sent := p.client.Requests()
	result, err := fetch.Sync(context.Background(), p.client, p.books, fetch.Options{
		Account: "main", KeyTest: true, Zone: bangkok, Run: p.run, Started: p.books.now, Workers: 1,
		Lookback: p.fetch.Lookback, Sweep: p.fetch.Sweep, Period: &period, Backfill: backfill, Now: p.books.now.Time, Log: silence, Progress: quiet{},
	})
	if err != nil || result.Err != nil || len(result.Problems) > 0 {
		p.tb.Fatal(err, result.Err, result.Problems)
	}
	r := p.books.settle()
	r.cost[accountAndProbes] = p.client.Requests() - sent
	return r
}

// dayBefore is the calendar day before the one of an instant.
func dayBefore(now ledger.Instant) ledger.Span {
	y, m, d := now.In(bangkok).Date()
	return ledger.Span{
		From: ledger.InstantOf(time.Date(y, m, d-1, 0, 0, 0, 0, bangkok)),
		To:   ledger.InstantOf(time.Date(y, m, d, 0, 0, 0, 0, bangkok)),
	}
}

// calendar is a merchant's second year, watched by each strategy.
type calendar struct {
	records []*record
	whole   int // requests of a full re-read at 365 days
	nights  int // whose changes count
}

// play lets a year of charges pass, backfills it, and then plays nights, and a
// tail of further ones in which late finds of those nights still count.
func play(tb testing.TB, seed uint64, nights, tail int, others ...*record) *calendar {
	w := newWorld(seed, firstSale)
	for n := range year {
		w.bustle = n > year-14 // what was open earlier is at rest by the backfill
		w.pass()
	}
	p := newPlanner(tb, newBooks(w), serve(tb, w), func() time.Time { return w.now.Time() })
	p.night(ledger.Span{From: firstSale, To: dayBefore(w.now).To}, true)
	ours := newRecord("reconcile", func(w *world) reading { return p.night(dayBefore(w.now), false) }, true)
	c := &calendar{nights: nights, whole: everything(w).requests(), records: slices.Concat([]*record{ours}, others)}
	for n := range nights + tail {
		happened := w.pass()
		if n == 0 || n >= nights {
			happened = nil // since the backfill, or not counted any more
		}
		for _, r := range c.records {
			r.night(n, w, happened)
		}
	}
	return c
}

// serve answers what planning asks of Omise: /account, and the first customer.
func serve(tb testing.TB, w *world) (url string) {
	omise, err := sandbox.New(sandbox.Options{Seed: 1, Now: func() time.Time { return w.now.Time() }})
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := omise.AddCustomer(sandbox.CustomerSpec{CreatedAt: w.rows[ledger.Customers][0].Time()}); err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewServer(omise)
	tb.Cleanup(server.Close)
	return server.URL
}

// peers are the ways in which one would do without a planner.
func peers() []*record {
	return []*record{
		newRecord("full re-read", everything, false),
		newRecord("40 days back", by(func(now ledger.Instant) ledger.Instant { return now - 40*day }), false),
		newRecord("created_at", by(func(now ledger.Instant) ledger.Instant { return now - day }), false),
	}
}

// ours is the record of the planner.
func (c *calendar) ours() *record { return c.records[0] }

// table shows the year as a person reads it.
func (c *calendar) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d charges a day, %d days backfilled, then %d nights. A full re-read at %d days: %d requests.\n\n", chargesADay, year, c.nights, year, c.whole)
	columns(&b, func(row func(...any)) {
		row("requests a night", "first", "median", "most", "first, of a full re-read", "most, of a full re-read")
		for _, r := range c.records {
			median, most := r.spent(c.nights)
			row(r.name, r.requests[0], median, most, percent(r.requests[0], c.whole), percent(most, c.whole))
		}
	})
	columns(&b, func(row func(...any)) {
		row("of which reconcile's", "median", "most", "median, of a full re-read")
		for _, p := range c.ours().medians(c.nights) {
			row(p.part, p.median, p.most, percent(p.median, c.whole))
		}
	})
	fmt.Fprintln(&b, "Found the next night / longest delay in nights / never found:")
	columns(&b, func(row func(...any)) {
		head := []any{"kind", "number"}
		for _, r := range c.records {
			head = append(head, r.name)
		}
		row(head...)
		for _, k := range slices.Concat(told, silent) {
			row(c.found(k)...)
		}
	})
	return b.String()
}

// found is what each strategy found of a kind.
func (c *calendar) found(k kind) []any {
	cells := []any{k, c.ours().of(k).happened}
	for _, r := range c.records {
		cells = append(cells, r.of(k))
	}
	return cells
}

// columns writes rows with their cells below one another.
func columns(w io.Writer, write func(row func(...any))) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	write(func(cells ...any) {
		for _, cell := range cells {
			fmt.Fprint(t, cell, "\t")
		}
		fmt.Fprintln(t)
	})
	t.Flush()
	fmt.Fprintln(w)
}

func (t *tally) String() string {
	return fmt.Sprintf("%s / %d / %d", percent(t.nextNight, t.happened), t.longest, t.happened-t.found)
}

func percent(n, of int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(max(1, of))) }

// BenchmarkYear plays the year and prints what each strategy costs and finds.
func BenchmarkYear(b *testing.B) {
	for b.Loop() {
		c := play(b, 1, year, 40, peers()...)
		median, most := c.ours().spent(c.nights)
		b.ReportMetric(float64(median), "requests/night")
		b.ReportMetric(100*float64(most)/float64(c.whole), "%-of-full-at-most")
		fmt.Println(c.table()) // a benchmark's own log is cut to ten lines
	}
}

// TestYear holds the first weeks after the backfill of a year to what the
// planner promises.
func TestYear(t *testing.T) {
	const nights, turn = 30, 21 // a turn of the sweep may take three weeks
	c := play(t, 2, nights, turn)
	for _, k := range told {
		if got := c.ours().of(k); got.happened == 0 || got.nextNight != got.happened {
			t.Errorf("%s: %d of %d were found the next night", k, got.nextNight, got.happened)
		}
	}
	for _, k := range silent {
		if got := c.ours().of(k); got.happened == 0 || got.found != got.happened || got.longest > turn {
			t.Errorf("%s: %d of %d were found, the last after %d nights", k, got.found, got.happened, got.longest)
		}
	}
	if _, most := c.ours().spent(nights); most*10 > c.whole {
		t.Errorf("a night takes up to %d requests, a full re-read %d: more than 10 %%", most, c.whole)
	}
}
