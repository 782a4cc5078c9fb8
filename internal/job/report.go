package job

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
)

// ReportOptions is what a caller of Report may ask for.
type ReportOptions struct {
	Days
	Run   int64     // write again what this run wrote; 0: no
	AsOf  time.Time // the state known then; zero: now
	Out   string
	Force bool // with Run: today's formatting will do
	Wait  time.Duration
}

// Report writes reports from the ledger alone, without the network.
func Report(ctx context.Context, env Env, o ReportOptions) (Result, error) {
	result, err := env.report(ctx, o)
	if err != nil {
		result.Status, result.Exit = ledger.Failed, ExitCode(err)
	}
	return result, err
}

func (e Env) report(ctx context.Context, o ReportOptions) (result Result, err error) {
	if err := e.checkReport(o); err != nil {
		return result, err
	}
	if err := ledgerExists(ctx, e.Config.LedgerPath()); err != nil {
		return result, err
	}
	lock, db, err := e.openLedger(ctx, o.Wait)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, db.Close(), lock.Release()) }()
	notes, err := e.notesOfLastRun(ctx, db)
	if err != nil {
		return result, err
	}
	if o.Run != 0 {
		result, err = e.reportRun(ctx, db, o, notes)
	} else {
		result, err = e.reportState(ctx, db, o, notes)
	}
	result.Errors = append(result.Errors, notes.warnings...)
	return result, err
}

// notesOfLastRun takes in what was typed into workbooks that are about to be
// replaced. A ledger without a run has written none.
func (e Env) notesOfLastRun(ctx context.Context, db *ledger.Ledger) (typed, error) {
	last, err := db.LastRun(ctx)
	if err != nil || last == nil {
		return typed{}, err
	}
	return takeNotes(ctx, db, e.Config, last.ID)
}

func (e Env) checkReport(o ReportOptions) error {
	if o.Run != 0 && (!o.plain() || !o.AsOf.IsZero()) {
		return usage("--run goes without --from, --to, --month and --as-of: it writes what that run wrote")
	}
	if o.Run < 0 {
		return usage("--run %d: runs are numbered from 1", o.Run)
	}
	return RunOptions{Days: o.Days, AsOf: o.AsOf}.check(e.Now())
}

// ledgerExists keeps a report from making an empty ledger.
func ledgerExists(ctx context.Context, path string) error {
	db, err := ledger.OpenReader(ctx, path)
	if errors.Is(err, ledger.ErrMissing) {
		return fmt.Errorf("%w; `reconcile run` makes it", err)
	}
	if err != nil {
		return nil //nolint:nilerr // opening it for writing says it better, and upgrades an older one
	}
	return db.Close()
}

// reportRun writes again what a run wrote, from what it stored.
func (e Env) reportRun(ctx context.Context, db *ledger.Ledger, o ReportOptions, notes typed) (Result, error) {
	run, err := db.RunByID(ctx, o.Run)
	if err != nil {
		return Result{}, err
	}
	switch {
	case run == nil:
		return Result{}, fmt.Errorf("there is no run %d in this ledger; `reconcile runs` lists them", o.Run)
	case run.Result == "" || !run.Reported:
		return Result{}, fmt.Errorf("run %d (%s, %s) wrote no reports", run.ID, run.Kind, run.Status)
	case run.Version != e.Version && !o.Force:
		return Result{}, fmt.Errorf("run %d was written by version %s, this is %s: the bytes may differ; --force writes it in today's form", run.ID, run.Version, e.Version)
	}
	cfg, f, err := stored(run)
	if err != nil {
		return Result{}, err
	}
	target := o.Out
	if target == "" {
		target = filepath.Join(e.Config.ReportsPath(), fmt.Sprintf("run-%d", run.ID))
	}
	return writing{db: db, cfg: cfg, run: *run, facts: f, asOf: run.AsOf, taken: notes.taken}.report(ctx, target)
}

// reportState writes what a plain run would write now, or the state known at
// an earlier instant, without asking Omise.
func (e Env) reportState(ctx context.Context, db *ledger.Ledger, o ReportOptions, notes typed) (Result, error) {
	asOf := e.Now()
	run, err := db.LastRun(ctx)
	if !o.AsOf.IsZero() {
		asOf = o.AsOf
		run, err = db.LastEnded(ctx, ledger.InstantOf(asOf))
	}
	if err != nil {
		return Result{}, err
	}
	if run == nil {
		return Result{}, usage("no run had ended by %s: there is nothing to report from; `reconcile runs` lists what there is", asOf.Format(time.RFC3339))
	}
	covers, baseline, err := periods(ctx, db, e.Config, o.Days, asOf, run.ID+1)
	if err != nil {
		return Result{}, err
	}
	shown := *run
	shown.Version = e.Version
	if plain := o.plain() && o.AsOf.IsZero(); !run.Reported || plain && !run.Plain {
		shown.Baseline = baseline
	}
	f, err := stateFacts(ctx, db, e.Config, run, covers, ledger.InstantOf(asOf))
	if err != nil {
		return Result{}, err
	}
	if o.AsOf.IsZero() {
		f.Notes = notes.upTo
	}
	target := folderFor(e.Config, o.Days, o.AsOf, o.Out, asOf)
	return writing{db: db, cfg: e.Config, run: shown, facts: f, asOf: ledger.InstantOf(asOf), taken: notes.taken}.report(ctx, target)
}

// stored is the config and the facts that a run wrote its reports from.
func stored(run *ledger.Run) (*config.Config, facts, error) {
	cfg, err := config.ParseEffective([]byte(run.Config))
	if err != nil {
		return nil, facts{}, fmt.Errorf("the config that run %d stored: %w", run.ID, err)
	}
	f, err := decodeFacts(run)
	return cfg, f, err
}

// stateFacts is what a report of the state that a run left says beside its rows.
func stateFacts(ctx context.Context, db *ledger.Ledger, cfg *config.Config, run *ledger.Run, covers map[string]Period, asOf ledger.Instant) (facts, error) {
	g := gatherer{db: db, cfg: cfg, now: min(asOf, run.StartedAt), run: run.ID}
	f, err := g.facts(ctx, covers)
	if err != nil {
		return facts{}, err
	}
	f.keepFailures(run)
	return f, f.keepBooks(ctx, db, run)
}

// keepBooks carries over what the last run that wrote reports knew of the
// books and of finance's notes: reports from the ledger read none.
func (f *facts) keepBooks(ctx context.Context, db *ledger.Ledger, run *ledger.Run) error {
	last, err := db.LastReported(ctx, run.ID+1)
	if err != nil || last == nil {
		return err
	}
	old, err := decodeFacts(last)
	if err != nil {
		return err
	}
	f.Books, f.Notes = old.Books, old.Notes
	for i, a := range f.Accounts {
		for _, before := range old.Accounts {
			if before.Name == a.Name {
				f.Accounts[i].Fresh = before.Fresh
			}
		}
	}
	return nil
}

// keepFailures carries what the run itself could not read into a report that
// shows its state: a report of a partial state is partial.
func (f *facts) keepFailures(run *ledger.Run) {
	old, err := decodeFacts(run)
	if err != nil {
		return
	}
	f.Unread, f.Stopped = old.Unread, old.Stopped
	for _, u := range old.Unproven {
		if !slices.ContainsFunc(f.Unproven, func(known Unproven) bool {
			return known.Account == u.Account && known.List == u.List && known.overlaps(u)
		}) {
			f.Unproven = append(f.Unproven, u)
		}
	}
	for i := range f.Accounts {
		f.Accounts[i].Whole = f.Accounts[i].Whole && (old.accountComplete(f.Accounts[i].Name) || old.Complete())
	}
}

// report writes a folder from the ledger alone, compared with the books as the
// run knew them.
func (w writing) report(ctx context.Context, target string) (Result, error) {
	if err := prepareFolder(target); err != nil {
		return Result{}, err
	}
	var err error
	if w.books, err = compare(ctx, w.db, w.cfg, w.facts, w.run); err != nil {
		return Result{}, err
	}
	if w.facts.Breaks, err = countBreaks(ctx, w.db, w.cfg, w.facts, w.run); err != nil {
		return Result{}, err
	}
	written, odd, err := w.write(ctx, target)
	if err != nil {
		return Result{}, err
	}
	if err := w.remember(ctx, written); err != nil {
		return Result{}, err
	}
	f := w.facts
	result := Result{
		Run: w.run.ID, Status: ledger.Complete, Exit: ExitDone, Dir: written.Dir, Period: map[string]Period{}, Unproven: f.Unproven,
		Breaks: f.Breaks, Errors: slices.Concat(f.Stopped, f.Unread, odd),
	}
	for _, a := range f.Accounts {
		result.Period[a.Name] = a.Period
	}
	if !f.Complete() || written.Neighbour {
		result.Status, result.Exit = ledger.Partial, ExitPartial
	}
	return result.Filled(), nil
}
