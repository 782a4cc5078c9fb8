package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/report"
)

// RunOptions is what a caller of Run may ask for.
type RunOptions struct {
	Days
	AsOf time.Time     // deadlines and ages count from here; zero: the start
	Out  string        // the report folder; "": by the contract's rule
	Wait time.Duration // for the ledger's lock

	FailOnBreaks bool // exit 4 when a break is new or open and not accepted
}

// Run is the nightly pass: fetch what is new and what can still change, then
// write the reports. The Result holds also when an error comes back; the error
// says why nothing was written, Result.Exit what to exit with.
func Run(ctx context.Context, env Env, o RunOptions) (Result, error) {
	if err := o.check(env.Now()); err != nil {
		return Result{Status: ledger.Failed, Exit: ExitCode(err)}, err
	}
	p, err := env.open(ctx, o.Wait)
	if err != nil {
		return Result{Status: ledger.Failed, Exit: ExitCode(err)}, err
	}
	err = p.nightly(ctx, o)
	err = errors.Join(err, p.close())
	return p.failed(err), err
}

func (o RunOptions) check(now time.Time) error {
	if !o.plain() {
		if _, err := o.period(); err != nil {
			return err
		}
	}
	if o.AsOf.After(now) {
		return usage("--as-of %s is in the future", o.AsOf.Format(time.RFC3339))
	}
	return nil
}

func (p *pass) nightly(ctx context.Context, o RunOptions) error {
	asOf, err := p.asOf(ctx, o)
	if err != nil {
		return err
	}
	if p.target, err = filepath.Abs(folderFor(p.Config, o.Days, o.AsOf, o.Out, asOf)); err != nil {
		return err
	}
	if err := prepareFolder(p.target); err != nil {
		return err
	}
	next, err := p.nextRun(ctx)
	if err != nil {
		return err
	}
	covers, baseline, err := periods(ctx, p.ledger, p.Config, o.Days, p.start, next)
	if err != nil {
		return err
	}
	plain := o.plain() && o.AsOf.IsZero()
	if err := p.begin(ctx, ledger.Run{Kind: ledger.KindRun, AsOf: ledger.InstantOf(asOf), Plain: plain, Baseline: baseline}); err != nil {
		return err
	}
	p.result.Period = covers
	if err := p.fetchAll(ctx, covers, false, nil); err != nil {
		return p.fail(ctx, err)
	}
	return p.reportAndEnd(ctx, covers, o.FailOnBreaks)
}

// nextRun is the number that the run will have at least: every run so far is
// before it.
func (p *pass) nextRun(ctx context.Context) (int64, error) {
	last, err := p.ledger.LastRun(ctx)
	return idOf(last) + 1, err
}

func (p *pass) asOf(ctx context.Context, o RunOptions) (time.Time, error) {
	if o.AsOf.IsZero() {
		return p.start, nil
	}
	next, err := p.nextRun(ctx)
	if err != nil {
		return time.Time{}, err
	}
	last, err := p.ledger.LastComplete(ctx, next)
	if err != nil {
		return time.Time{}, err
	}
	if last != nil && o.AsOf.Before(last.StartedAt.Time()) {
		return time.Time{}, usage("--as-of %s is before the last complete run (run %d, %s); for a past state use `reconcile report --as-of`",
			o.AsOf.Format(time.RFC3339), last.ID, last.StartedAt.Time().Format(time.RFC3339))
	}
	return o.AsOf, nil
}

// folderFor is where reports go.
func folderFor(cfg *config.Config, days Days, asked time.Time, out string, asOf time.Time) string {
	if out != "" {
		return filepath.Clean(out)
	}
	dir, zone := cfg.ReportsPath(), cfg.Reports.Zone
	if !days.plain() {
		if period, err := days.period(); err == nil {
			return filepath.Join(dir, period.From+"_"+period.To)
		}
	}
	if !asked.IsZero() {
		return filepath.Join(dir, "asof-"+strings.ReplaceAll(asked.In(zone).Format(time.RFC3339), ":", ""))
	}
	return filepath.Join(dir, dayOf(asOf, zone))
}

// prepareFolder finishes or undoes a swap that was cut short, and finds out
// before anything is fetched whether the reports could be written at all.
func prepareFolder(target string) error {
	parent := filepath.Dir(target)
	if err := os.MkdirAll(parent, 0o750); err != nil {
		return fmt.Errorf("reports folder %s cannot be made: %w; set reports.dir to a folder that this user may write to", parent, err)
	}
	if err := errors.Join(report.Recover(parent), report.Check(target)); err != nil {
		return err
	}
	probe, err := os.MkdirTemp(parent, ".new-probe")
	if err != nil {
		return fmt.Errorf("reports folder %s is not writable: %w; set reports.dir to a folder that this user may write to", parent, err)
	}
	return os.Remove(probe)
}

// reportAndEnd writes the reports and ends the run. The marks move only here,
// with the end of a plain run, for each account that is complete.
func (p *pass) reportAndEnd(ctx context.Context, covers map[string]Period, failOnBreaks bool) error {
	facts, err := p.gather(ctx, covers)
	if err != nil {
		return p.fail(ctx, err)
	}
	books, notes, err := p.compareBooks(ctx, &facts)
	if err != nil {
		return p.fail(ctx, err)
	}
	p.result.Unproven, p.result.Breaks = facts.Unproven, facts.Breaks
	p.result.Errors = append(p.result.Errors, facts.Unread...)
	stored, err := facts.encode()
	if err != nil {
		return p.fail(ctx, err)
	}
	p.run.Result = stored
	w := writing{db: p.ledger, cfg: p.Config, run: p.run, facts: facts, asOf: p.run.AsOf, books: books, taken: notes.taken}
	written, odd, err := w.write(ctx, p.target)
	if err != nil {
		return p.fail(ctx, err)
	}
	if err := w.remember(ctx, written); err != nil {
		return p.fail(ctx, err)
	}
	p.result.Errors = append(p.result.Errors, odd...)
	p.result.Dir = written.Dir
	p.run.Folder, p.run.Reported = written.Dir, true
	status, exit := facts.outcome()
	if written.Neighbour {
		exit = ExitPartial
		p.result.Errors = append(p.result.Errors, fmt.Sprintf("the workbook in %s is open elsewhere, or holds what was not read: the new one stands beside it as %s", written.Dir, written.Workbook))
	}
	if exit == ExitDone && failOnBreaks && openBreaks(facts.Breaks) > 0 {
		exit = ExitBreaks
	}
	for _, r := range p.fetch {
		if isRefused(r) {
			exit = ExitRefused
		}
	}
	return p.end(ctx, status, exit, p.marks(facts, covers))
}

// marks is the last business day of each account that a plain run has reported
// completely.
func (p *pass) marks(f facts, covers map[string]Period) map[string]string {
	marks := map[string]string{}
	for name := range p.fetch {
		if p.run.Plain && f.accountComplete(name) {
			marks[name] = covers[name].To
		}
	}
	return marks
}

// compareBooks compares what was fetched with the books that were read, keeps
// the breaks, and takes in what finance has typed meanwhile.
func (p *pass) compareBooks(ctx context.Context, f *facts) (comparison, typed, error) {
	notes, err := takeNotes(ctx, p.ledger, p.Config, p.run.ID)
	if err != nil {
		return comparison{}, notes, err
	}
	f.Notes = notes.upTo
	f.Stopped = append(f.Stopped, notes.warnings...)
	p.result.Errors = append(p.result.Errors, notes.warnings...)
	for _, b := range f.Books {
		if b.Problem != "" {
			p.result.Errors = append(p.result.Errors, b.Problem)
		}
	}
	books, err := compare(ctx, p.ledger, p.Config, *f, p.run)
	if err != nil {
		return books, notes, err
	}
	if err := books.saveBreaks(ctx, p.ledger, p.run.ID); err != nil {
		return books, notes, err
	}
	f.Breaks, err = countBreaks(ctx, p.ledger, p.Config, *f, p.run)
	return books, notes, err
}
