// Package bench measures the job against what a user would otherwise write.
// Machines are noisy, so only ratios within one run mean anything: `make bench`
// and `make year`. The tests beside hold what does not depend on a machine.
package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

const (
	charges = 20_000
	latency = "50ms"
	days    = 28
)

// BenchmarkFetch reads 20,000 charges at 50 ms latency: once as a loop over
// the pages would, which keeps nothing, and once as the job does, with 8
// workers, proofs and a ledger. The metric "x-loop" is how many times as fast
// as the loop the job was.
func BenchmarkFetch(b *testing.B) {
	now := time.Now()
	server, err := sandbox.New(sandbox.Options{Seed: 1, Charges: charges, Days: days, Now: func() time.Time { return now }, Faults: "slow=100%:" + latency})
	if err != nil {
		b.Fatal(err)
	}
	listener := httptest.NewServer(server)
	defer listener.Close()
	for b.Loop() {
		began := time.Now()
		n := loop(b, listener.URL)
		looped := time.Since(began)

		began = time.Now()
		fetched := backfill(b, listener.URL, now)
		took := time.Since(began)
		if n != fetched {
			b.Fatalf("the loop read %d charges, the job %d", n, fetched)
		}
		b.ReportMetric(looped.Seconds(), "loop-s")
		b.ReportMetric(took.Seconds(), "job-s")
		b.ReportMetric(looped.Seconds()/took.Seconds(), "x-loop")
	}
}

// loop is what one writes first: page after page, nothing checked, nothing kept.
func loop(b *testing.B, url string) int {
	n := 0
	for offset := 0; ; offset += 100 {
		request, err := http.NewRequest(http.MethodGet, fmt.Sprintf("%s/charges?limit=100&offset=%d", url, offset), nil)
		if err != nil {
			b.Fatal(err)
		}
		request.SetBasicAuth("skey_test_bench", "")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			b.Fatal(err)
		}
		var page struct {
			Total int
			Data  []map[string]any
		}
		err = json.NewDecoder(response.Body).Decode(&page)
		response.Body.Close()
		if err != nil {
			b.Fatal(err)
		}
		n += len(page.Data)
		if offset+100 >= page.Total {
			return n
		}
	}
}

func backfill(b *testing.B, url string, now time.Time) int {
	dir := b.TempDir()
	path := filepath.Join(dir, "config.yaml")
	text := fmt.Sprintf("ledger: ./ledger.db\naccounts: [{name: main, secret_key_env: KEY, base_url: %q}]\nfetch: {workers: 8, requests_per_second: 1000}\n", url)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		b.Fatal(err)
	}
	env := job.Env{
		Config: cfg, Version: "bench", Now: func() time.Time { return now }, Getenv: func(string) string { return "skey_test_bench" },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Progress: quiet{},
	}
	from, to := now.AddDate(0, 0, -days-1).Format(time.DateOnly), now.AddDate(0, 0, 1).Format(time.DateOnly)
	result, err := job.Backfill(context.Background(), env, job.BackfillOptions{From: from, To: to})
	if err != nil {
		b.Fatal(err)
	}
	return result.Fetched[ledger.ChargeObject]
}

type quiet struct{}

func (quiet) Expect(ledger.List, int) {}
func (quiet) Read(ledger.List, int)   {}
