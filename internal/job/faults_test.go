package job_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// What strikes a request and goes away when it is asked again; what lies in a
// list; and what changes the shop itself between two pages.
var (
	outages = []string{"429", "500", "502", "503", "slow", "cut", "reset", "html", "error200", "torn"}
	lies    = []string{"ignore_params", "wrong_total", "repeat_page", "bad_element"}
	moves   = []string{"insert", "delete"}
)

// spec is a fault spec of names, each at percent. Nothing in it waits for long.
func spec(percent int, names ...string) string {
	items := make([]string, len(names))
	for i, name := range names {
		items[i] = fmt.Sprintf("%s=%d%%", name, percent)
		if name == "slow" {
			items[i] += ":1ms"
		}
	}
	return strings.Join(items, ",")
}

// storm is faults that strike through a story, harder in one chapter than in
// another.
type storm struct {
	names    []string
	percents [3]int // by chapter
}

func (s storm) String() string {
	return fmt.Sprintf("%s at %d %d %d", strings.Join(s.names, " "), s.percents[0], s.percents[1], s.percents[2])
}

func (s storm) spec(chapter int) string { return spec(s.percents[chapter], s.names...) }

// rates are the shares of requests that faults strike. Turned by one they give
// every chapter every rate.
var rates = [...][3]int{{20, 5, 1}, {1, 20, 5}, {5, 1, 20}}

// each gives one storm for each of the faults, all of them at every rate.
func each(names []string) []storm {
	var all []storm
	for i, name := range names {
		all = append(all, storm{[]string{name}, rates[i%len(rates)]})
	}
	return all
}

// mixed strikes with all of the faults at once, in every chapter at every rate.
func mixed(names ...string) []storm {
	var all []storm
	for _, percents := range rates {
		all = append(all, storm{names, percents})
	}
	return all
}

// newStory is a shop with several pages of every list, behind faults that are
// still off. Reports are CSV alone: the workbook has the same rows.
func newStory(t *testing.T) *shop {
	t.Helper()
	s := newShop(t, sandbox.Options{Seed: 11, Charges: 260, Customers: 100, Days: 40}, "")
	s.env = s.storyConfig("")
	for _, cards := range []int{25, 110} { // more than are embedded, more than a page
		if _, err := s.server.AddCustomer(sandbox.CustomerSpec{CreatedAt: start.AddDate(0, 0, -20), Cards: make([]sandbox.CardSpec, cards)}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// storyConfig is the story's shop with another ledger beside the first.
func (s *shop) storyConfig(name string) job.Env {
	url := s.env.Config.Accounts[0].BaseURL
	return s.configured(fmt.Sprintf(`
ledger: ./ledger%[1]s.db
accounts:
  - {name: main, secret_key_env: KEY, base_url: %[2]q, timezone: Asia/Bangkok}
reports: {dir: ./reports%[1]s, formats: [csv]}
fetch: {sweep: 5d, requests_per_second: 100000}
`, name, url))
}

// storyDays is all that the story's shop has ever sold.
var storyDays = job.Days{From: "2026-10-11", To: "2026-11-21"}

// chapters are the parts of a story: what happens in the shop, then what reads it.
var chapters = []struct {
	name    string
	happens func(*shop)
	read    func(*shop) job.Result
}{
	{"backfill", func(*shop) {}, (*shop).backfillStory},
	{"first night", (*shop).firstDay, func(s *shop) job.Result { return s.run(job.RunOptions{}) }},
	{"second night", (*shop).secondDay, func(s *shop) job.Result { return s.run(job.RunOptions{}) }},
}

func (s *shop) backfillStory() job.Result {
	s.t.Helper()
	result, err := job.Backfill(context.Background(), s.env, job.BackfillOptions{From: storyDays.From, To: "2026-11-19"})
	if err != nil {
		s.t.Fatalf("backfill: %v", err)
	}
	return result
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// oldest finds the oldest charge that fits; there is one, by the seed.
func (s *shop) oldest(fits func(sandbox.ChargeInfo) bool) string {
	s.t.Helper()
	for _, c := range s.server.Charges() {
		if fits(c) {
			return c.ID
		}
	}
	s.t.Fatal("the seed has no such charge")
	return ""
}

func capturable(c sandbox.ChargeInfo) bool { return c.Capturable }

// sold is a charge whose money is all still there; a card's can be disputed too.
func sold(c sandbox.ChargeInfo) bool {
	return c.PaymentMethod == "Visa" && c.Paid && c.Refunded == 0 && c.Dispute == "" && c.Captured == c.Amount
}

func (s *shop) firstDay() {
	s.t.Helper()
	s.server.Advance(24 * time.Hour)
	s.must(s.server.Capture(s.oldest(capturable), 0))
	_, err := s.server.Refund(s.oldest(sold), 1)
	s.must(err)
	_, err = s.server.OpenDispute(s.oldest(sold))
	s.must(err)
	for i := range 7 {
		_, err = s.server.AddCharge(sandbox.ChargeSpec{Amount: 10_000 + int64(i), CreatedAt: s.server.Clock().Add(-time.Duration(i) * time.Hour)})
		s.must(err)
	}
	for _, c := range s.server.Customers() {
		if len(c.Cards) > 20 {
			s.must(s.server.UpdateCard(c.ID, c.Cards[0], 12, 2026))
			s.must(s.server.DeleteCard(c.ID, c.Cards[1]))
		}
	}
	s.must(s.server.DeleteCustomer(s.server.Customers()[3].ID))
}

func (s *shop) secondDay() {
	s.t.Helper()
	s.server.Advance(24 * time.Hour)
	s.must(s.server.Reverse(s.oldest(capturable)))
	_, err := s.server.Refund(s.oldest(sold), 0)
	s.must(err)
	s.must(s.server.Pay(s.oldest(func(c sandbox.ChargeInfo) bool { return c.Status == "pending" && !c.Authorized })))
	disputed := s.oldest(func(c sandbox.ChargeInfo) bool { return c.DisputeStatus == "open" })
	info, err := s.server.Charge(disputed)
	s.must(err)
	s.must(s.server.CloseDispute(info.Dispute, false))
	people := s.server.Customers()
	s.must(s.server.DeleteCustomer(people[len(people)/2].ID))
}

// whole reports everything that the ledger holds, without the network.
func (s *shop) whole() map[string]string {
	s.t.Helper()
	result, err := job.Report(context.Background(), s.env, job.ReportOptions{Days: storyDays})
	if err != nil {
		s.t.Fatalf("report: %v", err)
	}
	return reportsOf(s.t, result)
}

// tell plays all chapters without a fault and gives the reports of each, the
// whole history's last.
func tell(t *testing.T) []map[string]string {
	t.Helper()
	s := newStory(t)
	var reports []map[string]string
	for _, chapter := range chapters {
		chapter.happens(s)
		result := chapter.read(s)
		if result.Status != ledger.Complete {
			t.Fatalf("%s without faults: %s %v %v", chapter.name, result.Status, result.Unproven, result.Errors)
		}
		reports = append(reports, reportsOf(t, result))
	}
	return append(reports, s.whole())
}

// reportsOf are the CSV files of a run. That one more run was needed is no
// fault of them, so the numbers of runs are left out.
func reportsOf(t *testing.T, r job.Result) map[string]string {
	t.Helper()
	if r.Dir == "" { // a backfill
		return map[string]string{}
	}
	all := csvOnly(files(t, r.Dir))
	all["changes.csv"] = runColumn.ReplaceAllString(all["changes.csv"], "$1,run,")
	return all
}

// runColumn is the number of the run behind noticed_at, in a line of changes.csv.
var runColumn = regexp.MustCompile(`(\+07:00),[0-9]+,`)

// TestEveryFault: whatever the network does, each night's reports are those of
// a night without faults, byte for byte; or the run says what it could not
// prove, and the next run on that morning gives those reports.
func TestEveryFault(t *testing.T) {
	t.Parallel()
	want := tell(t)
	storms := slices.Concat(each(outages), each(lies), each([]string{"refuse"}), mixed(outages...), mixed(slices.Concat(outages, lies)...))
	for _, storm := range storms {
		t.Run(storm.String(), func(t *testing.T) {
			t.Parallel()
			s := newStory(t)
			for i, chapter := range chapters {
				chapter.happens(s)
				s.must(s.server.SetFaults(storm.spec(i)))
				result := chapter.read(s)
				s.must(s.server.SetFaults(""))
				if result.Status != ledger.Complete {
					checkPartial(t, chapter.name, result, want[i])
					result = chapter.read(s)
				}
				if result.Status != ledger.Complete || result.Exit != job.ExitDone {
					t.Fatalf("%s: %s, exit %d: %v %v", chapter.name, result.Status, result.Exit, result.Unproven, result.Errors)
				}
				if diff := cmp.Diff(want[i], reportsOf(t, result)); diff != "" {
					t.Fatalf("%s: faults show in the reports (-without +with):\n%s", chapter.name, diff)
				}
			}
			if diff := cmp.Diff(want[len(chapters)], s.whole()); diff != "" {
				t.Errorf("faults show in the history (-without +with):\n%s", diff)
			}
		})
	}
}

// checkPartial: a run that is not complete says so by its exit code, names what
// is not proven, and lacks no charge and no refund outside of that.
func checkPartial(t *testing.T, chapter string, r job.Result, want map[string]string) {
	t.Helper()
	if r.Exit != job.ExitPartial && r.Exit != job.ExitRefused {
		t.Errorf("%s: status %s and exit %d", chapter, r.Status, r.Exit)
	}
	if len(r.Unproven)+len(r.Errors) == 0 {
		t.Errorf("%s: partial without a reason", chapter)
	}
	for _, u := range r.Unproven {
		if u.List == "" || !u.From.Before(u.To) || u.Reason == "" {
			t.Errorf("%s: a window that says nothing: %+v", chapter, u)
		}
	}
	got := reportsOf(t, r)
	for list, key := range map[string]string{"charges": "created_at", "refunds": "refunded_at"} {
		have := cellsByID(t, got[list+".csv"], key)
		for id, at := range cellsByID(t, want[list+".csv"], key) {
			if _, here := have[id]; !here && !unproven(t, r, list, at) {
				t.Errorf("%s: %s lack %s of %s, which no unproven window holds: %v", chapter, list, id, at, r.Unproven)
			}
		}
	}
}

// cellsByID gives a column of a table by the second one, which holds the ids.
func cellsByID(t *testing.T, table, name string) map[string]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for i, row := range rows {
		for j, title := range rows[0] {
			if title == name && i > 0 {
				values[row[1]] = row[j]
			}
		}
	}
	return values
}

func unproven(t *testing.T, r job.Result, list, at string) bool {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range r.Unproven {
		if u.List == list && !instant.Before(u.From) && !instant.After(u.To) {
			return true
		}
	}
	return false
}

// historic are the tables that tell what a run noticed, and when; they depend
// on how often the shop was read.
var historic = []string{"changes.csv", "capture_deadlines.csv", "expiring_charges.csv"}

// TestRowsThatMove: with rows that come and go between any two pages the shop
// is another one after each run, so what was read in motion is held against a
// second ledger that reads the same shop in peace afterwards.
func TestRowsThatMove(t *testing.T) {
	t.Parallel()
	storms := slices.Concat(each(moves), mixed(moves...), mixed(slices.Concat(outages, moves)...)[:1], mixed(slices.Concat(outages, lies, moves)...)[:1])
	for _, storm := range storms {
		t.Run(storm.String(), func(t *testing.T) {
			t.Parallel()
			s := newStory(t)
			for range 20 {
				_, err := s.server.AddCustomer(sandbox.CustomerSpec{CreatedAt: start.AddDate(0, 0, -30), Deletable: true, Cards: make([]sandbox.CardSpec, 2)})
				s.must(err)
			}
			for i, chapter := range chapters {
				chapter.happens(s)
				s.must(s.server.SetFaults(storm.spec(i)))
				if result := chapter.read(s); result.Status != ledger.Complete {
					checkPartial(t, chapter.name, result, nil)
				}
				s.must(s.server.SetFaults(""))
			}
			s.server.Advance(24 * time.Hour)
			got := s.quietNight()
			s.env = s.storyConfig("-calm")
			s.backfillStory()
			if diff := cmp.Diff(s.quietNight(), got); diff != "" {
				t.Errorf("after a quiet night (-read in peace +read in motion):\n%s", diff)
			}
		})
	}
}

// quietNight runs without faults and reports the whole history, but for the
// tables that depend on when things were noticed.
func (s *shop) quietNight() map[string]string {
	s.t.Helper()
	if result := s.run(job.RunOptions{}); result.Status != ledger.Complete {
		s.t.Fatalf("the quiet night: %s %v %v", result.Status, result.Unproven, result.Errors)
	}
	reports := s.whole()
	for _, name := range historic {
		delete(reports, name)
	}
	return reports
}
