package job_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/report"
	"reconcile/internal/sandbox"
)

// twoNights is a shop after a first night and a second one with changes.
func twoNights(t *testing.T) (s *shop, first, second job.Result) {
	t.Helper()
	s = newShop(t, sandbox.Options{Seed: 3, Charges: 120, Customers: 12, Days: 33}, "")
	first = s.run(job.RunOptions{})
	for _, c := range s.server.Charges() {
		if c.Status == "pending" && c.Authorized {
			must(t, s.server.Capture(c.ID, 0))
			break
		}
	}
	s.server.Advance(24 * time.Hour)
	second = s.run(job.RunOptions{})
	return s, first, second
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *shop) reader() *ledger.Ledger {
	s.t.Helper()
	db, err := ledger.OpenReader(context.Background(), s.env.Config.LedgerPath())
	must(s.t, err)
	s.t.Cleanup(func() { db.Close() })
	return db
}

func (s *shop) verifyReports() job.ReportsCheck {
	s.t.Helper()
	check, err := job.VerifyReports(context.Background(), s.env, s.reader())
	must(s.t, err)
	return check
}

func (s *shop) verifyWorkbook(file string) job.ReportsCheck {
	s.t.Helper()
	check, err := job.VerifyWorkbook(context.Background(), s.env, s.reader(), file)
	must(s.t, err)
	return check
}

func (s *shop) report(o job.ReportOptions) job.Result {
	s.t.Helper()
	result, err := job.Report(context.Background(), s.env, o)
	must(s.t, err)
	return result
}

func wantClean(t *testing.T, what string, check job.ReportsCheck) {
	t.Helper()
	if len(check.Damage)+len(check.Notes) > 0 {
		t.Errorf("%s: %q, notes %q; want neither", what, check.Damage, check.Notes)
	}
}

func workbookIn(t *testing.T, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.xlsx"))
	if err != nil || len(found) != 1 {
		t.Fatalf("workbooks in %s: %v %v", dir, found, err)
	}
	return found[0]
}

// saveAgain saves a workbook once more, with a cell changed if value is not nil.
func saveAgain(t *testing.T, path, sheet, cell string, value any) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	must(t, err)
	if value != nil {
		must(t, f.SetCellValue(sheet, cell, value))
	}
	must(t, errors.Join(f.Save(), f.Close()))
}

func copyTo(t *testing.T, from, to string) string {
	t.Helper()
	content, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, content, 0o600))
	return to
}

func TestReportsAsWrittenAreClean(t *testing.T) {
	s, first, second := twoNights(t)
	s.report(job.ReportOptions{Run: first.Run})
	s.report(job.ReportOptions{Days: job.Days{From: "2026-11-01", To: "2026-11-19"}})
	before := treeOf(t, s.dir)
	wantClean(t, "reports", s.verifyReports())
	saveAgain(t, workbookIn(t, first.Dir), "", "", nil)
	saveAgain(t, workbookIn(t, second.Dir), "", "", nil)
	wantClean(t, "workbooks that were saved again", s.verifyReports())
	if after := treeOf(t, s.dir); !slices.Equal(before, after) {
		t.Errorf("verify has left files:\n%v\n%v", before, after)
	}
}

// treeOf names every file below dir.
func treeOf(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	must(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		names = append(names, path)
		return err
	}))
	return names
}

func TestDamageInReportFoldersIsNamed(t *testing.T) {
	s, first, second := twoNights(t)
	flipped := filepath.Join(first.Dir, "charges.csv")
	content, err := os.ReadFile(flipped)
	must(t, err)
	content[len(content)/2] ^= 1
	must(t, os.WriteFile(flipped, content, 0o600))
	mixed := copyTo(t, filepath.Join(first.Dir, "summary.csv"), filepath.Join(second.Dir, "summary.csv"))
	edited := workbookIn(t, second.Dir)
	saveAgain(t, edited, "Charges", "I2", 1)
	check := s.verifyReports()
	want := []string{flipped, mixed, edited + ": Charges!I2"}
	var got []string
	for _, d := range check.Damage {
		got = append(got, d.Where)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("damage at %q, want %q", got, want)
	}
	if what := check.Damage[1].What; what != "it is that of folder 2026-11-20 (run 1)" {
		t.Errorf("the mixed file: %s", what)
	}
	if what := check.Damage[2].What; !strings.HasPrefix(what, "says 1, it should say ") {
		t.Errorf("the edited cell: %s", what)
	}
}

func TestFoldersThatWereMovedAreANote(t *testing.T) {
	s, first, _ := twoNights(t)
	must(t, os.Rename(first.Dir, filepath.Join(t.TempDir(), "archive")))
	check := s.verifyReports()
	if len(check.Damage) > 0 || len(check.Notes) != 1 || !strings.Contains(check.Notes[0], first.Dir) {
		t.Errorf("%q, notes %q; want one note on %s", check.Damage, check.Notes, first.Dir)
	}
}

func TestFolderThatALaterRunReplacedIsCheckedAgainstThat(t *testing.T) {
	s, _, second := twoNights(t)
	third := s.run(job.RunOptions{})
	if third.Dir != second.Dir {
		t.Fatalf("the second run of a day wrote %s, want %s", third.Dir, second.Dir)
	}
	s.report(job.ReportOptions{}) // and `report` over it
	wantClean(t, "the folder", s.verifyReports())
	edited := workbookIn(t, third.Dir)
	saveAgain(t, edited, "Totals", "E2", -1)
	check := s.verifyReports()
	if len(check.Damage) != 1 || check.Damage[0].Where != edited+": Totals!E2" {
		t.Errorf("%q", check.Damage)
	}
}

func TestWorkbookThatCannotBeReadIsDamage(t *testing.T) {
	s, _, second := twoNights(t)
	torn := workbookIn(t, second.Dir)
	must(t, os.Truncate(torn, 1000))
	check := s.verifyReports()
	if len(check.Damage) != 1 || check.Damage[0].Where != torn {
		t.Errorf("%q", check.Damage)
	}
}

// TestEveryWorkbookIsRecomputed checks each way in which a workbook comes to
// be, from a copy that has another name and in which one cell was edited.
func TestEveryWorkbookIsRecomputed(t *testing.T) {
	t.Parallel()
	s, first, second := twoNights(t)
	month := job.Days{From: "2026-11-01", To: "2026-11-19"}
	asOf := start.Add(3 * time.Hour)
	made := map[string]string{
		"a run":                        first.Dir,
		"the night after":              second.Dir,
		"a run of some days":           s.run(job.RunOptions{Days: month}).Dir,
		"a report":                     s.report(job.ReportOptions{Out: filepath.Join(s.dir, "plain")}).Dir,
		"a report of some days":        s.report(job.ReportOptions{Days: month, Out: filepath.Join(s.dir, "days")}).Dir,
		"a report of a month":          s.report(job.ReportOptions{Days: job.Days{Month: "2026-10"}}).Dir,
		"a report of a past state":     s.report(job.ReportOptions{AsOf: asOf}).Dir,
		"days of a past state":         s.report(job.ReportOptions{Days: month, AsOf: asOf, Out: filepath.Join(s.dir, "past")}).Dir,
		"a report of a run, once more": s.report(job.ReportOptions{Run: first.Run}).Dir,
	}
	s.server.Advance(24 * time.Hour)
	s.run(job.RunOptions{}) // the ledger goes on
	for how, dir := range made {
		moved := copyTo(t, workbookIn(t, dir), filepath.Join(t.TempDir(), "for the auditor.xlsx"))
		saveAgain(t, moved, "Totals", "D3", 12345)
		check := s.verifyWorkbook(moved) // the edit and nothing else
		if len(check.Damage) != 1 || check.Damage[0].Where != moved+": Totals!D3" || len(check.Notes) > 0 {
			t.Errorf("%s: %q, notes %q; want Totals!D3 alone", how, check.Damage, check.Notes)
		}
	}
}

func TestWorkbookInThaiIsRecomputedAfterTheLanguageWasChanged(t *testing.T) {
	s, _, _ := twoNights(t)
	s.env.Config.Reports.Language, s.env.Config.Reports.Calendar = "th", "buddhist"
	thai := workbookIn(t, s.report(job.ReportOptions{Out: filepath.Join(s.dir, "thai")}).Dir)
	s.env.Config.Reports.Language, s.env.Config.Reports.Calendar = "en", "gregorian"
	if check := s.verifyWorkbook(thai); len(check.Damage) > 0 {
		t.Errorf("%q", check.Damage)
	}
}

// An edit of what the workbook says of itself must not hide where it is from.
func TestEditedAuditSheet(t *testing.T) {
	s, first, _ := twoNights(t)
	file := workbookIn(t, first.Dir)
	saveAgain(t, file, "Audit", "B3", "2")
	check := s.verifyWorkbook(file)
	if len(check.Damage) != 1 || check.Damage[0].Where != file+": Audit!B3" {
		t.Errorf("%q", check.Damage)
	}
	f, err := excelize.OpenFile(file)
	must(t, err)
	must(t, errors.Join(f.DeleteSheet("Audit"), f.Save(), f.Close()))
	check = s.verifyWorkbook(file)
	if len(check.Damage) != 1 || check.Damage[0].Where != file+": Audit" {
		t.Errorf("without the sheet: %q", check.Damage)
	}
	alone := copyTo(t, file, filepath.Join(t.TempDir(), "alone.xlsx"))
	if _, err := job.VerifyWorkbook(context.Background(), s.env, s.reader(), alone); !errors.Is(err, report.ErrNotOurs) {
		t.Errorf("without the sheet and the manifest: %v", err)
	}
}

func TestWorkbookOfAnotherVersionIsComparedWithANote(t *testing.T) {
	s, first, _ := twoNights(t)
	s.env.Version = "later"
	check := s.verifyWorkbook(workbookIn(t, first.Dir))
	if len(check.Damage) > 0 || len(check.Notes) != 1 || !strings.Contains(check.Notes[0], "version test, this is later") {
		t.Errorf("%q, notes %q", check.Damage, check.Notes)
	}
}

func TestWorkbookOfAnotherLedgerIsRefused(t *testing.T) {
	_, _, second := twoNights(t)
	other := newShop(t, sandbox.Options{Seed: 4, Charges: 10, Days: 33}, "")
	other.run(job.RunOptions{})
	_, err := job.VerifyWorkbook(context.Background(), other.env, other.reader(), workbookIn(t, second.Dir))
	if err == nil || !strings.Contains(err.Error(), "another ledger") {
		t.Errorf("%v", err)
	}
	mine := filepath.Join(t.TempDir(), "budget.xlsx")
	must(t, excelize.NewFile().SaveAs(mine))
	_, err = job.VerifyWorkbook(context.Background(), other.env, other.reader(), mine)
	if !errors.Is(err, report.ErrNotOurs) {
		t.Errorf("a workbook of somebody else's: %v", err)
	}
}
