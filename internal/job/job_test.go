package job_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/google/go-cmp/cmp"

	"reconcile/internal/config"
	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shop is one merchant in a test: a sandbox, a config beside a ledger, and a
// clock that moves only when the test says so.
type shop struct {
	t      *testing.T
	server *sandbox.Server
	env    job.Env
	dir    string
}

// start is a moment at which nothing interesting happens: mid-morning, mid-month.
var start = time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)

func newShop(t *testing.T, o sandbox.Options, extra string) *shop {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return start }
	}
	server, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	s := &shop{t: t, server: server, dir: t.TempDir()}
	s.env = s.at(listener.URL, extra)
	return s
}

// at gives an environment whose only account lives at url.
func (s *shop) at(url, extra string) job.Env {
	s.t.Helper()
	return s.configured(fmt.Sprintf(`
ledger: ./ledger.db
accounts:
  - {name: main, secret_key_env: KEY, base_url: %q, timezone: Asia/Bangkok}
reports: {dir: ./reports}
%s`, url, extra))
}

func (s *shop) configured(text string) job.Env {
	s.t.Helper()
	path := filepath.Join(s.dir, "config.yaml")
	if !strings.Contains(text, "fetch:") {
		text += "\nfetch: {requests_per_second: 2000}\n"
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		s.t.Fatal(err)
	}
	return job.Env{
		Config: cfg, Version: "test", Now: s.server.Clock, Getenv: func(string) string { return "skey_test_job" },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Progress: quiet{}, Timer: instantTimer,
	}
}

type quiet struct{}

func (quiet) Expect(ledger.List, int) {}
func (quiet) Read(ledger.List, int)   {}

// atOnce is a timer that does not wait.
type atOnce struct{ c chan time.Time }

func instantTimer() backoff.Timer { return &atOnce{make(chan time.Time, 1)} }

func (a *atOnce) Start(time.Duration) { a.c <- time.Time{} }
func (a *atOnce) Stop()               {}
func (a *atOnce) C() <-chan time.Time { return a.c }

func (s *shop) run(o job.RunOptions) job.Result {
	s.t.Helper()
	result, err := job.Run(context.Background(), s.env, o)
	if err != nil {
		s.t.Fatalf("run: %v", err)
	}
	return result
}

// files reads a report folder: names to contents.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found[entry.Name()] = string(content)
	}
	return found
}

func csvOnly(all map[string]string) map[string]string {
	only := map[string]string{}
	for name, content := range all {
		if strings.HasSuffix(name, ".csv") {
			only[name] = content
		}
	}
	return only
}

// TestRecorded runs the job over answers that were recorded from a real test
// account. The goldens were worked out by hand from those recordings.
func TestRecorded(t *testing.T) {
	const recorded = "../../../shared/fixtures/recorded"
	if _, err := os.Stat(recorded); err != nil {
		t.Skip("the recordings are not beside this checkout")
	}
	now := time.Date(2025, 4, 1, 3, 0, 0, 0, time.FixedZone("", 7*3600))
	s := newShop(t, sandbox.Options{Fixtures: recorded, Now: func() time.Time { return now }}, "")
	result := s.run(job.RunOptions{Days: job.Days{From: "2025-01-01", To: "2025-03-31"}, AsOf: now})
	if result.Exit != job.ExitPartial || result.Status != ledger.Partial {
		t.Errorf("%s, exit %d; want partial, exit 3: /charges says 58 and holds 20", result.Status, result.Exit)
	}
	for _, u := range result.Unproven {
		if u.List != "charges" {
			t.Errorf("%s is not proven: %s; only charges lack rows", u.List, u.Reason)
		}
	}
	if len(result.Unproven) == 0 {
		t.Error("every window is proven")
	}
	compareGolden(t, "testdata/recorded", csvOnly(files(t, result.Dir)))
}

func compareGolden(t *testing.T, dir string, got map[string]string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			t.Fatal(err)
		}
		for name, content := range got {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(files(t, dir), got); diff != "" {
		t.Errorf("reports differ (-golden +got):\n%s", diff)
	}
}

func TestFaultsDoNotShowInTheReports(t *testing.T) {
	options := sandbox.Options{Seed: 7, Charges: 1200, Customers: 150, Days: 33}
	calm := newShop(t, options, "")
	want := csvOnly(files(t, calm.run(job.RunOptions{}).Dir))
	options.Faults = "429=5%:0,500=5%,502=5%,503=5%,cut=5%,reset=5%,html=5%,torn=5%,error200=5%,ignore_params=2%"
	stormy := newShop(t, options, "")
	result := stormy.run(job.RunOptions{})
	if result.Status != ledger.Complete {
		t.Fatalf("status %s: %v %v", result.Status, result.Unproven, result.Errors)
	}
	if diff := cmp.Diff(want, csvOnly(files(t, result.Dir))); diff != "" {
		t.Errorf("faults show in the reports (-calm +stormy):\n%s", diff)
	}
	if calm, stormy := calm.server.Requests(), stormy.server.Requests(); stormy <= calm {
		t.Errorf("%d requests with faults, %d without: no fault happened", stormy, calm)
	}
}

// TestRunAgain writes a run's reports again after later nights have changed
// nearly everything that they show.
func TestRunAgain(t *testing.T) {
	s := newShop(t, sandbox.Options{Seed: 3, Charges: 400, Customers: 60, Days: 33}, "")
	first := s.run(job.RunOptions{})
	want := files(t, first.Dir)
	for range 3 {
		for _, c := range s.server.Charges() {
			if c.Status == "pending" && c.Authorized {
				if err := s.server.Capture(c.ID, 0); err != nil {
					t.Fatal(err)
				}
				break
			}
		}
		s.server.Advance(24 * time.Hour)
		s.run(job.RunOptions{})
	}
	again, err := job.Report(context.Background(), s.env, job.ReportOptions{Run: first.Run})
	if err != nil {
		t.Fatal(err)
	}
	got := files(t, again.Dir)
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
	// The workbook's name is the folder's, and stands in the manifest too.
	before, after := filepath.Base(first.Dir), fmt.Sprintf("run-%d", first.Run)
	for name, content := range want {
		other := got[strings.ReplaceAll(name, before, after)]
		if name == "manifest.json" {
			other = strings.ReplaceAll(other, "reconciliation-"+after, "reconciliation-"+before)
		}
		if other != content {
			t.Errorf("%s has other bytes", name)
		}
	}
}

func TestNightsFollowTheMark(t *testing.T) {
	s := newShop(t, sandbox.Options{Seed: 3, Charges: 100, Customers: 5, Days: 33}, "")
	period := func(r job.Result) string { return r.Period["main"].From + ".." + r.Period["main"].To }
	if got := period(s.run(job.RunOptions{})); got != "2026-11-19..2026-11-19" {
		t.Errorf("the first run covers %s, want yesterday", got)
	}
	again := s.run(job.RunOptions{})
	if got := period(again); got != "2026-11-19..2026-11-19" {
		t.Errorf("a second run on the day covers %s, want the same day", got)
	}
	s.server.Advance(10 * 24 * time.Hour)
	month := s.run(job.RunOptions{Days: job.Days{Month: "2026-11"}})
	if month.Exit != job.ExitPartial {
		t.Errorf("a month that is not over: exit %d, want 3", month.Exit)
	}
	if got := period(s.run(job.RunOptions{})); got != "2026-11-20..2026-11-29" {
		t.Errorf("after ten nights without cron it covers %s; a month in between moves no mark", got)
	}
	if got := s.run(job.RunOptions{}); got.Status != ledger.Complete {
		t.Errorf("%s: %v", got.Status, got.Unproven)
	}
}

func TestUnreachableWritesTheLastKnownState(t *testing.T) {
	s := newShop(t, sandbox.Options{Seed: 3, Charges: 100, Customers: 5, Days: 33}, "")
	s.run(job.RunOptions{})
	s.server.Advance(24 * time.Hour)
	now := s.server.Clock()
	var mu sync.Mutex
	s.env = s.at("http://127.0.0.1:1", "fetch: {retry_for: 1m, requests_per_second: 2000}")
	s.env.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); now = now.Add(10 * time.Second); return now }
	result := s.run(job.RunOptions{})
	if result.Exit != job.ExitPartial || result.Dir == "" {
		t.Errorf("exit %d, folder %q; want reports and exit 3", result.Exit, result.Dir)
	}
	var manifest struct {
		Status   string
		Accounts []struct {
			DataAsOf time.Time `json:"data_as_of"`
		}
	}
	if err := json.Unmarshal([]byte(files(t, result.Dir)["manifest.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Status != "partial" || !manifest.Accounts[0].DataAsOf.Equal(start) {
		t.Errorf("manifest says %s, data as of %s; want partial, the night before (%s)", manifest.Status, manifest.Accounts[0].DataAsOf, start)
	}
}

func TestRefusedKeyLeavesTheOtherAccount(t *testing.T) {
	s := newShop(t, sandbox.Options{Seed: 3, Charges: 100, Customers: 5, Days: 33, Key: "skey_test_good"}, "")
	url := s.env.Config.Accounts[0].BaseURL
	s.env = s.configured(fmt.Sprintf(`
ledger: ./ledger.db
accounts:
  - {name: bad, secret_key_env: BAD, base_url: %[1]q}
  - {name: good, secret_key_env: GOOD, base_url: %[1]q}
reports: {dir: ./reports}`, url))
	s.env.Getenv = func(name string) string {
		return map[string]string{"BAD": "skey_test_bad", "GOOD": "skey_test_good"}[name]
	}
	result := s.run(job.RunOptions{})
	if result.Exit != job.ExitRefused {
		t.Errorf("exit %d, want 6", result.Exit)
	}
	if n := strings.Count(files(t, result.Dir)["charges.csv"], "\r\ngood,"); n == 0 {
		t.Error("the good account has no charges in the report")
	}
	for name, content := range files(t, result.Dir) {
		if strings.Contains(content, "skey_test_good") || strings.Contains(content, "skey_test_bad") {
			t.Errorf("%s holds a key", name)
		}
	}
}

func TestBackfillResumesAndLetsARunGoFirst(t *testing.T) {
	s := newShop(t, sandbox.Options{Seed: 5, Charges: 600, Customers: 30, Days: 400}, "")
	o := job.BackfillOptions{From: "2025-11-01", To: "2026-11-19"}
	result, err := job.Backfill(context.Background(), s.env, o)
	if err != nil || result.Status != ledger.Complete {
		t.Fatalf("backfill: %s, %v, %v", result.Status, result.Unproven, err)
	}
	before := s.server.Requests()
	if result, err = job.Backfill(context.Background(), s.env, o); err != nil || result.Exit != job.ExitDone {
		t.Fatalf("second backfill: exit %d, %v", result.Exit, err)
	}
	if n := s.server.Requests() - before; n > 1 {
		t.Errorf("a backfill of what is proven sent %d requests, want /account alone", n)
	}
	if run := s.run(job.RunOptions{}); run.Status != ledger.Complete {
		t.Errorf("the night after: %s, %v", run.Status, run.Unproven)
	}
}

func TestLockedLedgerIsExit7(t *testing.T) {
	s := newShop(t, sandbox.Options{Seed: 3}, "")
	lock, err := ledger.AcquireLock(context.Background(), s.env.Config.LedgerPath(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	_, err = job.Run(context.Background(), s.env, job.RunOptions{})
	if job.ExitCode(err) != job.ExitLocked {
		t.Errorf("exit %d (%v), want 7", job.ExitCode(err), err)
	}
}

func TestLiveKeyOnATestLedger(t *testing.T) {
	s := newShop(t, sandbox.Options{Seed: 3}, "")
	s.run(job.RunOptions{})
	requests := s.server.Requests()
	s.env.Getenv = func(string) string { return "skey_live1" }
	_, err := job.Run(context.Background(), s.env, job.RunOptions{})
	if !errors.Is(err, ledger.ErrMode) || job.ExitCode(err) != job.ExitUsage {
		t.Errorf("%v (exit %d), want ErrMode and exit 2", err, job.ExitCode(err))
	}
	if s.server.Requests() != requests {
		t.Error("the live key was sent to Omise")
	}
}
