package job_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/job"
)

// types writes into a cell of a break's row in the workbook of a report folder,
// as finance does, and saves it by the sandbox's clock.
func (s bookshop) types(dir, breakID, title, text string) {
	s.t.Helper()
	path := workbookIn(s.t, dir)
	f, err := excelize.OpenFile(path)
	s.do(err)
	rows, err := f.GetRows("Breaks")
	s.do(err)
	cell := cellOf(rows, breakID, title)
	if cell == "" {
		s.t.Fatalf("%s has no %s of break %s", path, title, breakID)
	}
	now := s.server.Clock()
	s.do(f.SetCellValue("Breaks", cell, text), f.Save(), f.Close(), os.Chtimes(path, now, now))
}

// copied is a folder of the shop's own below the reports, with a copy of a
// run's workbook.
func (s bookshop) copied(dir string) string {
	s.t.Helper()
	folder := s.path(filepath.Join("reports", "finance", filepath.Base(dir)))
	s.do(os.MkdirAll(folder, 0o700))
	from := workbookIn(s.t, dir)
	if to := filepath.Join(folder, filepath.Base(from)); !there(to) {
		copyTo(s.t, from, to)
	}
	return folder
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// cellOf finds the cell under a title in the row of a break; "" when there is none.
func cellOf(rows [][]string, breakID, title string) string {
	column := -1
	for n, cells := range rows {
		column = max(column, slices.Index(cells, title))
		if column >= 0 && slices.Contains(cells, breakID) {
			name, err := excelize.CoordinatesToCellName(column+1, n+1)
			if err == nil {
				return name
			}
		}
	}
	return ""
}

// typed wants owner, resolution and note of the break of a record.
func (s bookshop) typed(r job.Result, ref, owner, resolution, note string) {
	s.t.Helper()
	same(s.t, fmt.Sprintf("what finance typed, in run %d", r.Run), []string{owner, resolution, note}, s.breakOf(r, ref).cells([]string{"owner", "resolution", "note"}))
}

// exits is a plain run with --fail-on-breaks that must end with an exit code.
func (s bookshop) exits(code int) job.Result {
	s.t.Helper()
	result := s.run(job.RunOptions{FailOnBreaks: true})
	if result.Exit != code {
		s.t.Errorf("run %d: exit %d, want %d: %v", result.Run, result.Exit, code, result.Errors)
	}
	return result
}

// An accepted break is listed and does not count, until one of its values
// changes; the note stays.
func TestFinanceAcceptsABreak(t *testing.T) {
	t.Parallel()
	s := newOffice(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	first := s.exits(job.ExitBreaks)
	id := s.breakOf(first, "A-1")["break_id"]
	s.server.Advance(time.Hour)
	s.types(first.Dir, id, "Resolution", "accepted")
	s.types(first.Dir, id, "Note", "a tip, says Malee")
	s.types(first.Dir, id, "Owner", "Somchai")
	s.tomorrow()
	accepted := s.exits(job.ExitDone)
	s.breaks(accepted, "amount_mismatch A-1 open")
	s.typed(accepted, "A-1", "Somchai", "accepted", "a tip, says Malee")
	same(t, "counted", map[string]map[string]int{}, accepted.Breaks)
	open := only(t, accepted.Dir, "summary.csv", "measure", "breaks_open")
	same(t, "breaks_open", []string{"0", "0.00"}, open.cells([]string{"count", "amount"}))
	s.tomorrow()
	s.write("books/orders.csv", paid("A-1", "1260.00"))
	again := s.exits(job.ExitBreaks)
	s.typed(again, "A-1", "Somchai", "open", "a tip, says Malee")
	same(t, "id", id, s.breakOf(again, "A-1")["break_id"])
}

// A break that returns after its cure has kept its note.
func TestANoteOutlivesTheCure(t *testing.T) {
	t.Parallel()
	s := newOffice(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	first := s.night()
	s.types(first.Dir, s.breakOf(first, "A-1")["break_id"], "Note", "ask Malee")
	for _, total := range []string{"1200.00", "1200.00", "1250.00"} {
		s.tomorrow()
		s.write("books/orders.csv", paid("A-1", total))
		first = s.night()
	}
	s.breaks(first, "amount_mismatch A-1 new")
	s.typed(first, "A-1", "", "open", "ask Malee")
}

// A workbook that is open while the next night runs is left alone; what was
// typed is taken when it is closed.
func TestAWorkbookIsOpenAtNight(t *testing.T) {
	t.Parallel()
	for name, lock := range map[string]string{"LibreOffice": ".~lock.%s#", "Excel": "~$%s"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newOffice(t, wholeBook)
			s.sell("A-1", 1200_00)
			s.write("books/orders.csv", paid("A-1", "1250.00"))
			first := s.night()
			s.types(first.Dir, s.breakOf(first, "A-1")["break_id"], "Note", "ask Malee")
			lock := filepath.Join(first.Dir, fmt.Sprintf(lock, filepath.Base(workbookIn(t, first.Dir))))
			s.do(os.WriteFile(lock, nil, 0o600))
			s.tomorrow()
			dark := s.night()
			s.says(dark, "is open; what was typed into it is read by the next run")
			s.typed(dark, "A-1", "", "open", "")
			s.do(os.Remove(lock))
			s.tomorrow()
			s.typed(s.night(), "A-1", "", "open", "ask Malee")
		})
	}
}

// A second run of the day never replaces the open workbook: its own stands
// beside it, and neither note is lost.
func TestAWorkbookIsOpenDuringTheDay(t *testing.T) {
	t.Parallel()
	s := newOffice(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	first := s.night()
	name := workbookIn(t, first.Dir)
	lock := filepath.Join(first.Dir, ".~lock."+filepath.Base(name)+"#")
	s.do(os.WriteFile(lock, nil, 0o600))
	s.server.Advance(time.Hour)
	second := s.run(job.RunOptions{})
	if second.Exit != job.ExitPartial {
		t.Errorf("exit %d beside an open workbook, want 3", second.Exit)
	}
	s.says(second, "the workbook in "+first.Dir+" is open elsewhere, or holds what was not read: the new one stands beside it as")
	s.server.Advance(time.Hour)
	s.do(os.Remove(lock))
	neighbour := filepath.Join(first.Dir, filepath.Base(name[:len(name)-len(".xlsx")])+"-2.xlsx")
	s.do(os.Remove(neighbour))
	s.types(first.Dir, s.breakOf(second, "A-1")["break_id"], "Note", "ask Malee")
	s.tomorrow()
	s.typed(s.night(), "A-1", "", "open", "ask Malee")
}

// A note may be typed into any workbook, one of an earlier day included.
func TestANoteInAnOlderWorkbook(t *testing.T) {
	t.Parallel()
	s := newOffice(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	first := s.night()
	id := s.breakOf(first, "A-1")["break_id"]
	s.tomorrow()
	second := s.night()
	s.types(first.Dir, id, "Note", "typed into the older one")
	s.tomorrow()
	third := s.night()
	s.typed(third, "A-1", "", "open", "typed into the older one")
	s.types(second.Dir, id, "Owner", "Malee")
	s.types(third.Dir, id, "Note", "")
	s.tomorrow()
	s.typed(s.night(), "A-1", "Malee", "open", "")
}

// Two people type into the same cell of two workbooks: the later save holds,
// and the other is named.
func TestTwoPeopleTypeIntoOneCell(t *testing.T) {
	t.Parallel()
	s := newOffice(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	first := s.night()
	id := s.breakOf(first, "A-1")["break_id"]
	s.tomorrow()
	second := s.night()
	s.types(second.Dir, id, "Note", "Malee's")
	s.server.Advance(time.Hour)
	s.types(first.Dir, id, "Note", "Somchai's")
	s.tomorrow()
	third := s.night()
	s.typed(third, "A-1", "", "open", "Somchai's")
	s.says(third, "its note was edited in two workbooks")
	s.tomorrow()
	fourth := s.night()
	s.typed(fourth, "A-1", "", "open", "Somchai's")
	same(t, "warnings a night later", []string{}, fourth.Errors)
}

// Reports from the ledger take notes as well.
func TestAReportTakesNotes(t *testing.T) {
	t.Parallel()
	s := newOffice(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	first := s.night()
	s.types(first.Dir, s.breakOf(first, "A-1")["break_id"], "Note", "ask Malee")
	again := s.report(job.ReportOptions{})
	s.typed(again, "A-1", "", "open", "ask Malee")
	s.tomorrow()
	s.typed(s.night(), "A-1", "", "open", "ask Malee")
}

// Where the ledger was lost, its breaks come back with the run. Until then a
// note has no place, so its workbook is kept for the run after.
func TestANoteOutlivesTheLedger(t *testing.T) {
	t.Parallel()
	s := newOffice(t, wholeBook)
	s.sell("A-1", 1200_00)
	s.write("books/orders.csv", paid("A-1", "1250.00"))
	first := s.night()
	s.types(first.Dir, s.breakOf(first, "A-1")["break_id"], "Note", "ask Malee")
	s.do(os.Remove(s.env.Config.LedgerPath()))
	s.server.Advance(time.Hour)
	if again := s.run(job.RunOptions{}); again.Exit != job.ExitPartial {
		t.Errorf("exit %d, and a note was not taken: %v", again.Exit, again.Errors)
	}
	s.server.Advance(time.Hour)
	s.typed(s.run(job.RunOptions{}), "A-1", "", "open", "ask Malee")
}
