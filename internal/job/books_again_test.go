package job_test

import (
	"testing"
	"time"

	"reconcile/internal/job"
	"reconcile/internal/sandbox"
)

// Whatever later nights have changed, in the books, at Omise, in the config or
// in what finance typed, each run's reports are written again as they were.
func TestRunsWithBooksAreWrittenAgain(t *testing.T) {
	t.Parallel()
	s := newOffice(t, wholeBook)
	s.timePasses()
	refunded := s.sell("A-1", 1200_00)
	s.sell("A-2", 300_00)
	s.sell("A-3", 400_00)
	s.charge(sandbox.ChargeSpec{Amount: 500_00, Metadata: orderOf("A-5"), CreatedAt: start.Add(-12 * time.Hour)})
	var all []kept
	run := func(days job.Days) job.Result {
		r := s.run(job.RunOptions{Days: days})
		all = append(all, kept{r, files(t, r.Dir)})
		s.tomorrow()
		return r
	}
	s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-2", "three hundred"), paid("A-5", "five hundred"), paid("A-4", "70.00").but("charge_id", "chrg_test_5none"))
	first := run(job.Days{From: "2026-11-17", To: "2026-11-19"})
	s.typesCopy(first, "A-1", "Note", "ask Malee")
	s.refund(refunded, 100_00)
	s.write("books/orders.csv", paid("A-1", "1200.00"), paid("A-2", "300.00"), paid("A-3", "400.00"), paid("A-5", "500.00"))
	second := run(job.Days{From: "2026-11-17", To: "2026-11-20"})
	s.typesCopy(second, "A-1", "Note", "Malee says no")
	s.typesCopy(second, "A-1", "Resolution", "accepted")
	s.remove("books/orders.csv")
	run(job.Days{})
	s.do(s.server.SetFaults("503"))
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	run(job.Days{})
	s.do(s.server.SetFaults(""))
	s.configure("{name: orders, path: books/orders*, covers: all, since: 2026-11-20, grace: 1d}")
	run(job.Days{})
	for _, k := range all {
		again := s.report(job.ReportOptions{Run: k.Run})
		same(t, "status and breaks", []any{k.Status, k.Breaks}, []any{again.Status, again.Breaks})
		sameFiles(t, k, again)
	}
}

// typesCopy types into a copy of a run's workbook, so that the run's own folder
// stays as it was written.
func (s bookshop) typesCopy(r job.Result, ref, title, text string) {
	s.t.Helper()
	copied := s.copied(r.Dir)
	s.types(copied, s.breakOf(r, ref)["break_id"], title, text)
}

// A report as of an earlier instant shows the breaks and notes that were known
// then, aged to that instant.
func TestBreaksAsOfAnEarlierNight(t *testing.T) {
	t.Parallel()
	s := newOffice(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.sell("A-2", 300_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"), paid("A-2", "300.00"))
	first := s.night()
	s.types(first.Dir, s.breakOf(first, "A-1")["break_id"], "Note", "ask Malee")
	s.tomorrow()
	s.breaks(s.night(), "amount_mismatch A-1 open")
	s.tomorrow()
	s.write("books/orders.csv", paid("A-1", "1200.00"), paid("A-2", "350.00"))
	s.breaks(s.night(), "amount_mismatch A-1 cured", "amount_mismatch A-2 new")
	s.tomorrow()
	shortly := 5 * time.Minute
	for _, test := range []struct {
		at     time.Duration
		breaks []string
		age    string
		note   string
	}{
		{shortly, []string{"amount_mismatch A-1 new"}, "0", ""},
		{day + shortly, []string{"amount_mismatch A-1 open"}, "1", "ask Malee"},
	} {
		past := s.report(job.ReportOptions{AsOf: start.Add(test.at)})
		s.breaks(past, test.breaks...)
		same(t, "age and note", []string{test.age, test.note}, s.breakOf(past, "A-1").cells([]string{"age_days", "note"}))
	}
	s.breaks(s.report(job.ReportOptions{AsOf: start.Add(2*day + shortly)}), "amount_mismatch A-1 cured", "amount_mismatch A-2 new")
}

// A run as of an earlier instant ages breaks from there.
func TestARunAsOfAgesFromThere(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	s.night()
	s.server.Advance(3 * day)
	past := s.run(job.RunOptions{AsOf: start.Add(day)})
	same(t, "age", "1", s.breakOf(past, "A-1")["age_days"])
	same(t, "age today", "3", s.breakOf(s.night(), "A-1")["age_days"])
}

// A report from the ledger alone shows the breaks that the last run has found.
func TestAReportShowsTheLastBreaks(t *testing.T) {
	t.Parallel()
	s := newBookshop(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	night := s.night()
	want := csvOnly(files(t, night.Dir))
	s.write("books/orders.csv", paid("A-1", "1200.00")) // read by the next run only
	same(t, "the report", want, csvOnly(files(t, s.report(job.ReportOptions{}).Dir)))
}

// Its counts are those of the rows that it lists: what finance has accepted
// since the night is counted no more.
func TestAReportCountsWhatItLists(t *testing.T) {
	t.Parallel()
	s := newOffice(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	night := s.night()
	same(t, "the night's breaks", map[string]map[string]int{"amount_mismatch": {"new": 1}}, night.Breaks)
	s.types(night.Dir, s.breakOf(night, "A-1")["break_id"], "Resolution", "accepted")
	report := s.report(job.ReportOptions{})
	same(t, "the report's resolution", "accepted", s.breakOf(report, "A-1")["resolution"])
	same(t, "the report's breaks", map[string]map[string]int{}, report.Breaks)
}
