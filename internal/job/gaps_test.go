package job_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"

	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// csvShop is a shop without workbooks, for tests that do not look at them.
func csvShop(t *testing.T, o sandbox.Options) *shop {
	t.Helper()
	s := newShop(t, o, "")
	s.env.Config.Reports.Formats = []string{"csv"}
	return s
}

// statement is what a manifest says of its report as a whole.
type statement struct {
	Status   string
	Accounts []struct {
		Name        string
		From, To    string
		FromUTC     time.Time `json:"from_utc"`
		ToUTC       time.Time `json:"to_utc"`
		HistoryFrom string    `json:"history_from"`
		DataAsOf    time.Time `json:"data_as_of"`
	}
	Proofs []struct {
		List     string
		From, To time.Time
	}
	Unproven []struct{ List, Reason string }
}

func manifest(t *testing.T, dir string) statement {
	t.Helper()
	var m statement
	if err := json.Unmarshal([]byte(files(t, dir)["manifest.json"]), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// accounted holds what reports list, in their order, to what really changed
// since the picture before: of charges known then the whole difference, of
// those that became known on the way their last state.
func accounted(t *testing.T, before, now picture, all []change) {
	t.Helper()
	var known []change
	for _, c := range pictured(composed(t, all)) {
		charge := now.chargeOf(c)
		if _, ok := before[charge]; ok && (c.object == "charge" || before[charge].Dispute == c.id) {
			known = append(known, c)
			continue
		}
		want := cells(now[charge])[c.field]
		if c.object == "dispute" {
			want = now[charge].DisputeStatus
		}
		if c.after != want {
			t.Errorf("%s of %s %s is listed as %q at last, it is %q", c.field, c.object, c.id, c.after, want)
		}
	}
	same(t, "changes", now.since(before), known)
}

// chargeOf is the charge that a change is about.
func (p picture) chargeOf(c change) string {
	for id, charge := range p {
		if c.object == "dispute" && charge.Dispute == c.id {
			return id
		}
	}
	return c.id
}

// historyFrom is what the manifest says of the first account.
func historyFrom(t *testing.T, dir string) string {
	t.Helper()
	return manifest(t, dir).Accounts[0].HistoryFrom
}

func days(r job.Result, account string) string {
	return r.Period[account].From + ".." + r.Period[account].To
}

// madeOrPaid lists the charges that charges.csv must hold: by their state in
// now, those created or paid in the business days.
func (p picture) madeOrPaid(period job.Period) []string {
	within := func(at time.Time) bool {
		date := at.In(bangkok).Format(time.DateOnly)
		return !at.IsZero() && period.From <= date && date <= period.To
	}
	ids := []string{}
	for id, c := range p {
		if within(c.CreatedAt) || within(c.PaidAt) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// refundsSince lists the refunds that an earlier picture does not show.
func (p picture) refundsSince(before picture) []string {
	ids := []string{}
	for id, c := range p {
		for _, refund := range c.Refunds {
			if !slices.Contains(before[id].Refunds, refund) {
				ids = append(ids, refund)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

func TestTenNightsWithoutCron(t *testing.T) {
	t.Parallel()
	s := csvShop(t, sandbox.Options{Seed: 21, Charges: 250, Customers: 20, Days: 33})
	var dawn, dusk picture
	s.ago(10*time.Hour, func() { dawn = s.picture() })
	first, before := s.night(), s.picture()
	for range 10 {
		dusk = s.aDay()
	}
	result, now := s.night(), s.picture()
	if got := days(result, "main"); got != "2026-11-20..2026-11-29" {
		t.Errorf("it covers %s, want all days since the last night", got)
	}
	same(t, "charges", now.madeOrPaid(result.Period["main"]), column(table(t, result.Dir, "charges.csv"), "charge_id"))
	same(t, "refunds", dusk.refundsSince(dawn), column(table(t, result.Dir, "refunds.csv"), "refund_id"))
	same(t, "changes", now.since(before), pictured(changes(t, result.Dir)))
	if was, is := historyFrom(t, first.Dir), historyFrom(t, result.Dir); was == "" || is != was {
		t.Errorf("history from %s, %s before the gap", is, was)
	}
	s.unbroken()
}

// TestBackfillBetweenTwoNights changes a charge that is known, because a
// refund has named it, but lies in days that were never listed. The backfill
// is what notices.
func TestBackfillBetweenTwoNights(t *testing.T) {
	t.Parallel()
	s := csvShop(t, sandbox.Options{Seed: 22, Charges: 150, Customers: 5, Days: 200})
	var known string
	s.ago(150*day, func() { known = s.charge(sandbox.ChargeSpec{}) })
	s.ago(2*time.Hour, func() { s.refund(known, 10_000) })
	history := func(want string, r job.Result) {
		t.Helper()
		if got := historyFrom(t, r.Dir); got != want {
			t.Errorf("run %d: history from %q, want %s", r.Run, got, want)
		}
	}
	history("2026-10-16", s.night())
	s.server.Advance(time.Hour)
	s.do(s.server.Amend(known, sandbox.Amendment{Amount: 90_000}))
	noticed := local(s.server.Clock())
	backfill := s.backfill("2026-06-01", "2026-06-30")
	s.server.Advance(day - time.Hour)
	second := s.night()
	history("2026-10-16", second) // a month before it is not joined to the rest
	want := []change{{"charge", known, "amount", "1200.00", "900.00"}, {"charge", known, "captured", "1200.00", "900.00"}}
	same(t, "what the backfill saved", want, of(changes(t, second.Dir), known))
	for _, r := range with(table(t, second.Dir, "changes.csv"), "id", known) {
		if r["run"] != fmt.Sprint(backfill.Run) || r["noticed_at"] != noticed {
			t.Errorf("noticed by run %s at %s, want the backfill: %d at %s", r["run"], r["noticed_at"], backfill.Run, noticed)
		}
	}
	for _, c := range changes(t, second.Dir) {
		if c.object == "charge" && s.picture()[c.id].CreatedAt.Before(start.Add(-35*day)) && c.id != known {
			t.Errorf("%+v is listed, and the charge was not known before", c)
		}
	}
	s.backfill("2026-07-01", "2026-10-15")
	s.server.Advance(day)
	third := s.night()
	history("2026-06-01", third)
	same(t, "what the third night lists", []change(nil), of(changes(t, third.Dir), known))
}

// whenRead calls do when the first rows of a list have arrived.
type whenRead struct {
	quiet
	list ledger.List
	once *sync.Once
	do   func()
}

func (w whenRead) Read(list ledger.List, _ int) {
	if list == w.list {
		w.once.Do(w.do)
	}
}

// passing is a timer that lets the shop's clock run instead of waiting.
type passing struct {
	atOnce
	server *sandbox.Server
}

func (p *passing) Start(d time.Duration) {
	p.server.Advance(d)
	p.atOnce.Start(d)
}

// timePasses makes the waits between retries pass on the shop's clock.
func (s *shop) timePasses() {
	s.env.Timer = func() backoff.Timer { return &passing{atOnce{make(chan time.Time, 1)}, s.server} }
}

// until moves the clock to the start of a later night.
func (s *shop) until(nights int) { s.server.SetClock(start.Add(time.Duration(nights) * day)) }

// accident is something that keeps a run from ending well.
type accident struct {
	name  string
	list  ledger.List // it happens when the first rows of this list arrive; "": before the run
	exit  int
	cause func(s *shop, cancel context.CancelFunc) (mend func())
	later func(s *shop) // until the next run
}

func accidents() []accident {
	hour, night := func(s *shop) { s.server.Advance(time.Hour) }, func(s *shop) { s.until(1); s.aDay() }
	stop := func(_ *shop, cancel context.CancelFunc) func() {
		cancel()
		return func() {}
	}
	return []accident{
		{"reports folder gone, an hour", ledger.Charges, job.ExitFailed, blockReports, hour},
		{"ledger fails among the refunds, a night", "", job.ExitFailed, ledgerFails("INSERT ON refunds"), night},
		{"ledger fails at the very end, an hour", "", job.ExitFailed, ledgerFails("UPDATE OF ended_at ON runs WHEN NEW.reported = 1"), hour},
		{"stopped among the charges, a night", ledger.Charges, job.ExitInterrupted, stop, night},
		{"stopped among the customers, an hour", ledger.Customers, job.ExitInterrupted, stop, hour},
		{"key refused, an hour", ledger.Refunds, job.ExitRefused, faults("refuse"), hour},
		{"key refused, a night", ledger.Refunds, job.ExitRefused, faults("refuse"), night},
		{"Omise goes down, an hour", ledger.Refunds, job.ExitPartial, faults("503"), hour},
		{"Omise goes down, a night", ledger.Refunds, job.ExitPartial, faults("503"), night},
	}
}

func faults(spec string) func(*shop, context.CancelFunc) func() {
	return func(s *shop, _ context.CancelFunc) func() {
		s.do(s.server.SetFaults(spec))
		return func() { s.do(s.server.SetFaults("")) }
	}
}

// blockReports puts a file where the reports folder was, which stops root too.
func blockReports(s *shop, _ context.CancelFunc) func() {
	reports, aside := filepath.Join(s.dir, "reports"), filepath.Join(s.dir, "aside")
	s.do(os.Rename(reports, aside), os.WriteFile(reports, nil, 0o600))
	return func() { s.do(os.Remove(reports), os.Rename(aside, reports)) }
}

// ledgerFails makes SQLite refuse a statement, as a disk may do.
func ledgerFails(statement string) func(*shop, context.CancelFunc) func() {
	run := func(s *shop, query string) {
		db, err := sql.Open("sqlite3", "file:"+s.env.Config.LedgerPath())
		s.do(err)
		_, err = db.ExecContext(context.Background(), query)
		s.do(err, db.Close())
	}
	return func(s *shop, _ context.CancelFunc) func() {
		run(s, "CREATE TRIGGER failing BEFORE "+statement+" BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END")
		return func() { run(s, "DROP TRIGGER failing") }
	}
}

// befall runs the job into an accident and mends it afterwards.
func (s *shop) befall(a accident) job.Result {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	mend := func() { s.t.Error("the accident did not happen") }
	if a.list == "" {
		mend = a.cause(s, cancel)
	}
	s.env.Progress = whenRead{list: a.list, once: new(sync.Once), do: func() { mend = a.cause(s, cancel) }}
	result, err := job.Run(ctx, s.env, job.RunOptions{})
	s.env.Progress = quiet{}
	mend()
	if result.Exit != a.exit {
		s.t.Errorf("exit %d, error %v; want exit %d", result.Exit, err, a.exit)
	}
	if err != nil {
		result.Dir = "" // a folder that was written by a run that failed at its end does not count
	}
	return result
}

// unbroken holds the manifest of all that is proven to its own proofs: those
// of each list follow each other without a hole.
func (s *shop) unbroken() {
	s.t.Helper()
	last, err := job.Report(context.Background(), s.env, job.ReportOptions{})
	s.do(err)
	account := manifest(s.t, last.Dir).Accounts[0]
	whole, err := job.Report(context.Background(), s.env, job.ReportOptions{Days: job.Days{From: account.HistoryFrom, To: account.To}})
	s.do(err)
	m := manifest(s.t, whole.Dir)
	if m.Status != ledger.Complete || len(m.Unproven) > 0 {
		s.t.Errorf("since %s: %s, %v", account.HistoryFrom, m.Status, m.Unproven)
	}
	for _, list := range []string{"charges", "refunds", "disputes"} {
		end := m.Accounts[0].FromUTC
		for _, p := range m.Proofs {
			if p.List == list && !p.From.After(end) && p.To.After(end) {
				end = p.To
			}
		}
		if end.Before(m.Accounts[0].ToUTC) {
			s.t.Errorf("the proofs of %s break off at %s", list, end)
		}
	}
}

// TestRunsThatFailAfterStoringRows runs into accidents. Whatever such a run
// had stored, the reports that are there in the end together list every change
// once, and the next night is complete. A second run on the same date writes
// over the folder of the first, so it has to list what that one did.
func TestRunsThatFailAfterStoringRows(t *testing.T) {
	t.Parallel()
	for _, a := range accidents() {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			s := csvShop(t, sandbox.Options{Seed: 23, Charges: 120, Customers: 8, Days: 33})
			s.timePasses()
			first, before := s.night(), s.picture()
			s.aDay()
			failed := s.befall(a)
			a.later(s)
			result, now := s.night(), s.picture()
			if was, is := failed.Period["main"].From, result.Period["main"].From; was != is {
				t.Errorf("the next run covers %s, the failed one was from %s", days(result, "main"), was)
			}
			same(t, "charges", now.madeOrPaid(result.Period["main"]), column(table(t, result.Dir, "charges.csv"), "charge_id"))
			there := []string{result.Dir}
			if failed.Dir != "" && failed.Dir != result.Dir {
				there = []string{failed.Dir, result.Dir}
			}
			accounted(t, before, now, listed(t, there...))
			if was, is := historyFrom(t, first.Dir), historyFrom(t, result.Dir); is != was {
				t.Errorf("history from %s, %s before", is, was)
			}
			s.unbroken()
		})
	}
}

// TestOmiseIsDownAtNight finds Omise down for a whole night.
func TestOmiseIsDownAtNight(t *testing.T) {
	t.Parallel()
	for name, down := range map[string]func(s *shop) (up func()){
		"500 to everything": func(s *shop) func() {
			s.do(s.server.SetFaults("500"))
			return func() { s.do(s.server.SetFaults("")) }
		},
		"connection refused": func(s *shop) func() {
			url := s.env.Config.Accounts[0].BaseURL
			s.env = s.at("http://127.0.0.1:1", "")
			s.timePasses()
			return func() { s.env = s.at(url, "") }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := csvShop(t, sandbox.Options{Seed: 24, Charges: 120, Customers: 8, Days: 33})
			s.timePasses()
			s.night()
			before := s.picture()
			s.aDay()
			up, from := down(s), s.server.Clock()
			dark := s.run(job.RunOptions{})
			if took, most := s.server.Clock().Sub(from), 3*s.env.Config.Fetch.RetryFor; took > most {
				t.Errorf("it took %s, three requests have %s", took, most)
			}
			if dark.Exit != job.ExitPartial || days(dark, "main") != "2026-11-20..2026-11-20" {
				t.Errorf("exit %d for %s, want 3 for the night's day", dark.Exit, days(dark, "main"))
			}
			m := manifest(t, dark.Dir)
			if m.Status != "partial" || len(m.Unproven) == 0 || !m.Accounts[0].DataAsOf.Equal(start) {
				t.Errorf("the manifest says %s, unproven %v, data as of %s", m.Status, m.Unproven, m.Accounts[0].DataAsOf)
			}
			same(t, "charges as last known", before.madeOrPaid(dark.Period["main"]), column(table(t, dark.Dir, "charges.csv"), "charge_id"))
			same(t, "changes while nothing could be read", []change(nil), changes(t, dark.Dir))
			up()
			s.until(1)
			s.aDay()
			result, now := s.night(), s.picture()
			if days(result, "main") != "2026-11-20..2026-11-21" {
				t.Errorf("the next night covers %s, want both days", days(result, "main"))
			}
			same(t, "charges", now.madeOrPaid(result.Period["main"]), column(table(t, result.Dir, "charges.csv"), "charge_id"))
			accounted(t, before, now, listed(t, result.Dir))
			s.unbroken()
		})
	}
}

// TestOneOfTwoAccountsIsDown holds each account to its own mark.
func TestOneOfTwoAccountsIsDown(t *testing.T) {
	t.Parallel()
	s := csvShop(t, sandbox.Options{Seed: 25, Charges: 100, Customers: 5, Days: 33})
	other := &shop{t: t, dir: s.dir}
	var err error
	other.server, err = sandbox.New(sandbox.Options{Seed: 26, Charges: 80, Customers: 4, Days: 33, Country: "JP", Now: s.server.Clock})
	s.do(err)
	listener := httptest.NewServer(other.server)
	defer listener.Close()
	s.env = s.configured(fmt.Sprintf(`
ledger: ./ledger.db
accounts:
  - {name: south, secret_key_env: KEY, base_url: %q, timezone: Asia/Bangkok}
  - {name: north, secret_key_env: KEY, base_url: %q, timezone: Asia/Tokyo}
reports: {dir: ./reports}`, s.env.Config.Accounts[0].BaseURL, listener.URL))
	s.timePasses()
	s.night()
	var held string
	for _, c := range other.first(1, openHold) {
		held = c.ID
		s.do(other.server.Capture(c.ID, 0))
	}
	s.aDay()
	s.do(other.server.SetFaults("500"))
	if r := s.run(job.RunOptions{}); r.Exit != job.ExitPartial || len(with(table(t, r.Dir, "charges.csv"), "account", "south")) == 0 {
		t.Errorf("exit %d; want 3 and the charges of the account that is up", r.Exit)
	}
	s.do(other.server.SetFaults(""))
	s.until(2)
	result := s.night()
	if south, north := days(result, "south"), days(result, "north"); south != "2026-11-21..2026-11-21" || north != "2026-11-20..2026-11-21" {
		t.Errorf("the next night covers %s of the account that was up and %s of the one that was down", south, north)
	}
	if got := of(changes(t, result.Dir), held); !slices.Contains(got, change{"charge", held, "paid", "no", "yes"}) {
		t.Errorf("the capture of the account that was down is listed as %v", got)
	}
	for _, r := range with(table(t, result.Dir, "changes.csv"), "account", "south") {
		if !strings.HasPrefix(r["noticed_at"], "2026-11-22") {
			t.Errorf("%s %s was noticed at %s and is listed again", r["object"], r["id"], r["noticed_at"])
		}
	}
}

// TestTwoCompleteRunsOfADay counts changes from the night before in both.
func TestTwoCompleteRunsOfADay(t *testing.T) {
	t.Parallel()
	s := csvShop(t, sandbox.Options{Seed: 27, Charges: 120, Customers: 8, Days: 33})
	s.night()
	before := s.picture()
	s.aDay()
	morning := s.night()
	s.server.Advance(time.Hour)
	s.afternoon()
	s.server.Advance(time.Hour)
	noon, now := s.night(), s.picture()
	if days(noon, "main") != days(morning, "main") {
		t.Errorf("the second run covers %s, the first %s", days(noon, "main"), days(morning, "main"))
	}
	accounted(t, before, now, listed(t, noon.Dir))
	s.until(1)
	s.aDay()
	night := s.night()
	if got := days(night, "main"); got != "2026-11-21..2026-11-21" {
		t.Errorf("the next night covers %s", got)
	}
	same(t, "changes of the next night", s.picture().since(now), pictured(changes(t, night.Dir)))
}

// TestPeriodsBetweenNightsMoveNoMark asks for a period between two nights.
func TestPeriodsBetweenNightsMoveNoMark(t *testing.T) {
	t.Parallel()
	s := csvShop(t, sandbox.Options{Seed: 28, Charges: 120, Customers: 8, Days: 33})
	s.night()
	before := s.picture()
	s.aDay()
	asked := s.run(job.RunOptions{Days: job.Days{From: "2026-11-10", To: "2026-11-20"}})
	if asked.Exit != job.ExitDone {
		t.Errorf("the period: exit %d, %v", asked.Exit, asked.Unproven)
	}
	s.aDay()
	night := s.night()
	if got := days(night, "main"); got != "2026-11-20..2026-11-21" {
		t.Errorf("the night covers %s, want the days since the night before", got)
	}
	accounted(t, before, s.picture(), listed(t, asked.Dir, night.Dir))
}

// TestReportAfterAPeriodRun writes the night's folder again after a run for
// other days: it still tells what the night told.
func TestReportAfterAPeriodRun(t *testing.T) {
	t.Parallel()
	s := csvShop(t, sandbox.Options{Seed: 29, Charges: 120, Customers: 8, Days: 33})
	s.night()
	before := s.picture()
	s.aDay()
	night := s.night()
	s.run(job.RunOptions{Days: job.Days{From: "2026-11-10", To: "2026-11-20"}})
	again, err := job.Report(context.Background(), s.env, job.ReportOptions{})
	s.do(err)
	if again.Dir != night.Dir || days(again, "main") != days(night, "main") {
		t.Errorf("it covers %s in %s, the night %s in %s", days(again, "main"), again.Dir, days(night, "main"), night.Dir)
	}
	accounted(t, before, s.picture(), listed(t, again.Dir))
}
