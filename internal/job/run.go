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
	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
	"reconcile/internal/report"
)

// RunOptions is what a caller of Run may ask for.
type RunOptions struct {
	Days
	AsOf time.Time     // deadlines and ages count from here; zero: the start
	Out  string        // the report folder; "": by the contract's rule
	Wait time.Duration // for the ledger's lock
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
	if err != nil && p.result.Exit == ExitDone {
		p.result.Status, p.result.Exit = ledger.Failed, ExitCode(err)
	}
	return p.result, err
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
	return p.reportAndEnd(ctx, covers)
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

// fetchAll reads every account, one after the other. An account whose key is
// refused or that cannot be reached does not keep the others from going on.
func (p *pass) fetchAll(ctx context.Context, covers map[string]Period, backfill bool, pause func() bool) error {
	stopAt := p.start.Add(p.Config.Fetch.RunFor)
	if backfill {
		stopAt = time.Time{}
	}
	for _, account := range p.Config.Accounts {
		client := fetch.NewClient(fetch.ClientOptions{
			BaseURL: account.BaseURL, Key: p.keys[account.Name], UserAgent: "reconcile/" + p.Version,
			RequestsPerSecond: p.Config.Fetch.RequestsPerSecond, Timeout: p.Config.Fetch.Timeout, RetryFor: p.Config.Fetch.RetryFor,
			StopAt: stopAt, Now: p.Now, Timer: p.Timer, Log: p.Log.With("account", account.Name),
		})
		result, err := p.fetchOne(ctx, client, account, covers[account.Name], backfill, pause)
		p.result.Requests += client.Requests()
		client.Close()
		p.note(account.Name, result)
		if err != nil {
			return err
		}
		if result.Paused {
			break
		}
	}
	// What an earlier run had planned and this one did not take over is given
	// up for good: it counts as not proven.
	return p.ledger.DropPlanned(ctx, p.run.ID)
}

func (p *pass) fetchOne(ctx context.Context, client *fetch.Client, account config.Account, period Period, backfill bool, pause func() bool) (fetch.Result, error) {
	resume, since, err := p.resumable(ctx, account.Name)
	if err != nil {
		return fetch.Result{}, err
	}
	span := period.span(account.Zone)
	return fetch.Sync(ctx, client, p.ledger, fetch.Options{
		Account: account.Name, KeyTest: p.keys[account.Name].Test(), Zone: account.Zone,
		Run: p.run.ID, Started: p.run.StartedAt, Workers: p.Config.Fetch.Workers, Lookback: p.Config.Fetch.Lookback, Sweep: p.Config.Fetch.Sweep,
		Period: &span, Backfill: backfill, Resume: resume, ResumeSince: since,
		Pause: pause, Now: p.Now, Log: p.Log, Progress: p.Progress,
	})
}

// resumable finds the run that this one goes on with: of the same kind, not
// ended by itself, started on this business date, with no other run between
// that ended properly. What it had proven since it first began is not read
// again.
func (p *pass) resumable(ctx context.Context, account string) (run int64, since ledger.Instant, err error) {
	runs, err := p.ledger.Runs(ctx)
	if err != nil {
		return 0, 0, err
	}
	for _, r := range runs {
		if r.ID >= p.run.ID {
			continue
		}
		cut := r.Status == ledger.Interrupted || r.Status == ledger.Paused || (r.Status == ledger.Failed && r.EndedAt == nil)
		if !cut || r.Kind != p.run.Kind || (r.Kind == ledger.KindRun && r.BusinessDate != p.run.BusinessDate) {
			break
		}
		if run == 0 {
			planned, err := p.ledger.HasPlan(ctx, r.ID, account)
			if err != nil {
				return 0, 0, err
			}
			if planned {
				run = r.ID
			}
		}
		since = r.StartedAt
	}
	return run, since, nil
}

// note adds what the fetch of an account came to.
func (p *pass) note(account string, r fetch.Result) {
	p.fetch[account] = r
	for object, n := range r.Changes {
		p.result.Fetched[object] += n.Read
		p.result.Added[object] += n.Added
		p.result.Changed[object] += n.Changed
	}
	if r.Err != nil {
		p.result.Errors = append(p.result.Errors, fmt.Sprintf("account %s: %s", account, r.Err))
	}
	for _, problem := range r.Problems {
		p.result.Errors = append(p.result.Errors, fmt.Sprintf("account %s: %s", account, problem))
	}
}

// reportAndEnd writes the reports and ends the run. The marks move only here,
// with the end of a plain run, for each account that is complete.
func (p *pass) reportAndEnd(ctx context.Context, covers map[string]Period) error {
	facts, err := p.gather(ctx, covers)
	if err != nil {
		return p.fail(ctx, err)
	}
	p.result.Unproven = facts.Unproven
	p.result.Errors = append(p.result.Errors, facts.Unread...)
	stored, err := facts.encode()
	if err != nil {
		return p.fail(ctx, err)
	}
	p.run.Result = stored
	written, odd, err := writeReports(ctx, p.ledger, p.Config, p.run, facts, p.run.AsOf, p.target)
	if err != nil {
		return p.fail(ctx, err)
	}
	p.result.Errors = append(p.result.Errors, odd...)
	p.result.Dir = written.Dir
	p.run.Folder, p.run.Reported = written.Dir, true
	status, exit := ledger.Complete, ExitDone
	if !facts.Complete() {
		status, exit = ledger.Partial, ExitPartial
	}
	if written.Neighbour {
		exit = ExitPartial
		p.result.Errors = append(p.result.Errors, fmt.Sprintf("the workbook in %s is open elsewhere: the new one stands beside it as %s", written.Dir, written.Workbook))
	}
	marks := map[string]string{}
	for name, r := range p.fetch {
		if errors.Is(r.Err, fetch.ErrRefused) {
			exit = ExitRefused
		}
		if p.run.Plain && facts.accountComplete(name) {
			marks[name] = covers[name].To
		}
	}
	return p.end(ctx, status, exit, marks)
}
