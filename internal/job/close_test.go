package job_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// october is a shop in mid-November whose October is proven, with one charge of
// its last day that is paid only in November.
func october(t *testing.T, extra string) (s *shop, late string) {
	t.Helper()
	s = newShop(t, sandbox.Options{Seed: 3, Charges: 300, Days: 60}, extra)
	late, err := s.server.AddCharge(sandbox.ChargeSpec{Amount: 77700, Status: "pending", Source: "promptpay", CreatedAt: time.Date(2026, 10, 31, 16, 0, 0, 0, time.UTC), ExpiresAt: start.Add(day)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := job.Backfill(t.Context(), s.env, job.BackfillOptions{From: "2026-10-01", To: "2026-10-31"}); err != nil {
		t.Fatal(err)
	}
	s.run(job.RunOptions{})
	return s, late
}

func (s *shop) close(o job.CloseOptions) []job.ClosedMonth {
	s.t.Helper()
	months, err := job.Close(s.t.Context(), s.env, o)
	if err != nil {
		s.t.Fatal(err)
	}
	return months
}

// A closed month has the figures that its reports have.
func TestClosedFiguresAreThoseOfTheReports(t *testing.T) {
	t.Parallel()
	s, _ := october(t, "")
	months := s.close(job.CloseOptions{Month: "2026-10"})
	if len(months) != 1 || months[0].Month != "2026-10" || months[0].Account != "main" || months[0].Run != 2 || months[0].Before != nil || len(months[0].Moved) != 0 {
		t.Fatalf("%+v", months)
	}
	report, err := job.Report(t.Context(), s.env, job.ReportOptions{Days: job.Days{Month: "2026-10"}})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, r := range table(t, report.Dir, "summary.csv") {
		stock := slices.Contains([]string{"authorized_open", "disputed_open", "breaks_open", "records", "matched"}, r["measure"])
		if zero := r["count"] == "0" && strings.Trim(r["amount"], "0.") == ""; !stock && !zero {
			want = append(want, strings.Join([]string{r["currency"], r["measure"], r["count"], r["amount"]}, " "))
		}
	}
	var got []string
	for _, f := range months[0].Figures {
		amount, err := f.Amount.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %s %d %s", f.Currency, f.Measure, f.Count, amount))
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 10 {
		t.Errorf("summary.csv (-), closed (+):\n%s", diff)
	}
}

func TestAClosedMonthMoves(t *testing.T) {
	t.Parallel()
	s, late := october(t, "")
	first := s.close(job.CloseOptions{Month: "2026-10"})[0]
	s.server.Advance(time.Hour)
	if err := s.server.Pay(late); err != nil {
		t.Fatal(err)
	}
	s.run(job.RunOptions{})
	thb := func(minor int64) job.Amount { return job.Amount{Minor: minor, Currency: "THB"} }
	figure := func(m job.ClosedMonth, measure string) job.Figure {
		i := slices.IndexFunc(m.Figures, func(f job.Figure) bool { return f.Currency == "THB" && f.Measure == measure })
		if i < 0 {
			return job.Figure{}
		}
		return m.Figures[i]
	}
	successful, pending := figure(first, "successful"), figure(first, "pending")
	want := []job.Moved{
		{Currency: "THB", Measure: "successful", CountBefore: successful.Count, CountAfter: successful.Count + 1, AmountBefore: successful.Amount, AmountAfter: thb(successful.Amount.Minor + 77700)},
		{Currency: "THB", Measure: "pending", CountBefore: pending.Count, CountAfter: pending.Count - 1, AmountBefore: pending.Amount, AmountAfter: thb(pending.Amount.Minor - 77700)},
	}
	listed, err := job.Closings(t.Context(), s.env, "")
	if err != nil || len(listed) != 1 {
		t.Fatal(listed, err)
	}
	if diff := cmp.Diff(want, listed[0].Moved); diff != "" {
		t.Errorf("the list says (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(first.Figures, listed[0].Figures); diff != "" {
		t.Errorf("closed (-), listed (+):\n%s", diff)
	}
	again := s.close(job.CloseOptions{Month: "2026-10"})[0]
	if diff := cmp.Diff(want, again.Moved); diff != "" {
		t.Errorf("closed again (-want +got):\n%s", diff)
	}
	if again.Before == nil || !again.Before.Equal(first.ClosedAt) || again.Run != 3 {
		t.Errorf("%v by run %d follows %v", again.ClosedAt, again.Run, again.Before)
	}
	listed, err = job.Closings(t.Context(), s.env, "main")
	if err != nil || len(listed) != 1 || len(listed[0].Moved) != 0 || listed[0].Run != 3 {
		t.Errorf("%+v %v", listed, err)
	}
	if _, err := job.Closings(t.Context(), s.env, "other"); job.ExitCode(err) != job.ExitUsage {
		t.Error(err)
	}
}

func TestWhatCannotBeClosed(t *testing.T) {
	t.Parallel()
	s, _ := october(t, "")
	for name, test := range map[string]struct {
		o    job.CloseOptions
		exit int
		says string
	}{
		"not over":  {job.CloseOptions{Month: "2026-11"}, job.ExitUsage, "2026-11 is not over yet for account main (Asia/Bangkok)"},
		"no month":  {job.CloseOptions{Month: "October"}, job.ExitUsage, `"October" is not a month such as 2026-10`},
		"day":       {job.CloseOptions{Month: "2026-10-01"}, job.ExitUsage, "is not a month"},
		"account":   {job.CloseOptions{Month: "2026-10", Account: "other"}, job.ExitUsage, `there is no account "other" in the config; there are main`},
		"no proof":  {job.CloseOptions{Month: "2026-08"}, job.ExitFailed, "account main: charges of 2026-08-01 to 2026-08-31, refunds of 2026-08-01 to 2026-08-31 are not proven; `reconcile backfill --from 2026-08-01 --to 2026-08-31` reads them"},
		"no ledger": {job.CloseOptions{Month: "2026-10"}, job.ExitFailed, "`reconcile run` makes it"},
	} {
		t.Run(name, func(t *testing.T) {
			env := s.env
			if name == "no ledger" {
				env = newShop(t, sandbox.Options{}, "").env
			}
			_, err := job.Close(t.Context(), env, test.o)
			if err == nil || job.ExitCode(err) != test.exit || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v (exit %d), want %q (exit %d)", err, job.ExitCode(err), test.says, test.exit)
			}
			if _, err := os.Stat(env.Config.LedgerPath()); name == "no ledger" && !errors.Is(err, os.ErrNotExist) {
				t.Errorf("a ledger was made: %v", err)
			}
			months, err := job.Closings(t.Context(), env, "")
			if err != nil || len(months) != 0 {
				t.Errorf("closed all the same: %v %v", months, err)
			}
		})
	}
}

// The month must have been over when Omise was last read completely, and not
// only by the clock.
func TestNoCompleteRunSinceTheMonth(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 10, 31, 16, 59, 59, 0, time.UTC) // the month's last second in Bangkok
	s := newShop(t, sandbox.Options{Seed: 3, Charges: 20, Days: 10, Now: func() time.Time { return at }}, "")
	if early := s.run(job.RunOptions{}); early.Status != ledger.Complete {
		t.Fatal(early)
	}
	s.server.Advance(time.Second)
	_, err := job.Close(t.Context(), s.env, job.CloseOptions{Month: "2026-10"})
	if err == nil || job.ExitCode(err) != job.ExitFailed || !strings.Contains(err.Error(), "no complete run has begun since 2026-10 ended; `reconcile run` first") {
		t.Fatal(err)
	}
	s.run(job.RunOptions{Days: job.Days{Month: "2026-10"}})
	if months := s.close(job.CloseOptions{Month: "2026-10"}); len(months) != 1 {
		t.Error(months)
	}
}

func TestClosingWaitsForTheLock(t *testing.T) {
	t.Parallel()
	s, _ := october(t, "")
	lock, err := ledger.AcquireLock(t.Context(), s.env.Config.LedgerPath(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := job.Close(context.Background(), s.env, job.CloseOptions{Month: "2026-10"}); job.ExitCode(err) != job.ExitLocked {
		t.Errorf("under another one's lock: %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	s.close(job.CloseOptions{Month: "2026-10"})
}

// One account that cannot be closed keeps the others open too, unless one is
// asked for by name.
func TestAllAccountsAreClosedOrNone(t *testing.T) {
	t.Parallel()
	s := newShop(t, sandbox.Options{Seed: 3, Charges: 50, Days: 60}, "")
	url := s.env.Config.Accounts[0].BaseURL
	s.run(job.RunOptions{Days: job.Days{Month: "2026-10"}})
	s.env = s.configured(fmt.Sprintf(`
ledger: ./ledger.db
accounts:
  - {name: main, secret_key_env: KEY, base_url: %q, timezone: Asia/Bangkok}
  - {name: japan, secret_key_env: KEY, base_url: %q, timezone: Asia/Tokyo}
reports: {dir: ./reports}
`, url, url))
	_, err := job.Close(t.Context(), s.env, job.CloseOptions{Month: "2026-10"})
	if err == nil || strings.Contains(err.Error(), "account main") || !strings.Contains(err.Error(), "account japan: charges of 2026-10-01 to 2026-10-31") {
		t.Fatal(err)
	}
	if months, err := job.Closings(t.Context(), s.env, ""); err != nil || len(months) != 0 {
		t.Errorf("%v %v", months, err)
	}
	if months := s.close(job.CloseOptions{Month: "2026-10", Account: "main"}); len(months) != 1 {
		t.Error(months)
	}
}
