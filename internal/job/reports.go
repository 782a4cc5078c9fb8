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
	"reconcile/internal/money"
	"reconcile/internal/report"
)

// japanWindow and usualWindow are how long an authorisation without expires_at
// is taken to live. Omise's documents say 29 or 30 days for Japan (the shorter
// is the safe one) and 7 days elsewhere.
const (
	japanWindow = 29 * 24 * time.Hour
	usualWindow = 7 * 24 * time.Hour
)

// writeReports writes the folder of a run out of the ledger, with deadlines
// and ages counted from asOf. It also gives what the rows hold that finance
// should be told of.
func writeReports(ctx context.Context, db *ledger.Ledger, cfg *config.Config, run ledger.Run, f facts, asOf ledger.Instant, target string) (report.Result, []string, error) {
	target, err := filepath.Abs(target)
	if err != nil {
		return report.Result{}, nil, err
	}
	snapshot, err := db.Snapshot(ctx, run.ID, run.Baseline, scopes(cfg, f, asOf))
	if err != nil {
		return report.Result{}, nil, err
	}
	defer snapshot.Close()
	odd, err := oddWords(ctx, snapshot)
	if err != nil {
		return report.Result{}, nil, err
	}
	longAgo, err := expiredLongAgo(ctx, snapshot, cfg)
	if err != nil {
		return report.Result{}, nil, err
	}
	book := f.book(cfg, run, asOf)
	book.Notices = slices.Concat(book.Notices, odd, longAgo)
	book.Tables = report.Fill(ctx, snapshot, rules(cfg, f, asOf))
	r := cfg.Reports
	written, err := report.Write(ctx, report.Options{Dir: target, Formats: r.Formats, BOM: r.CSVBOM, Language: r.Language, Calendar: r.Calendar, Zone: r.Zone}, book)
	return written, odd, err
}

func scopes(cfg *config.Config, f facts, asOf ledger.Instant) []ledger.Scope {
	var all []ledger.Scope
	for _, a := range f.Accounts {
		zone := zoneOf(cfg, a.Name)
		span := a.Period.span(zone)
		all = append(all, ledger.Scope{
			Account: a.Name, From: span.From, To: span.To, AsOf: asOf, AsOfDay: dayOf(asOf.Time(), zone),
			CaptureWindow: int64(captureWindow(cfg, a) / time.Second),
			ExpiryDays:    cfg.Reports.CardExpiryDays, ExpiredDays: cfg.Reports.CardExpiredDays, ExpiryHours: cfg.Reports.ChargeExpiryHours,
		})
	}
	return all
}

func captureWindow(cfg *config.Config, a accountFacts) time.Duration {
	for _, account := range cfg.Accounts {
		if account.Name == a.Name && account.CaptureWindow > 0 {
			return account.CaptureWindow
		}
	}
	if a.Country == "JP" {
		return japanWindow
	}
	return usualWindow
}

func rules(cfg *config.Config, f facts, asOf ledger.Instant) report.Rules {
	r := report.Rules{
		AsOf:           asOf,
		OrderRef:       ledger.OrderRef{Sources: cfg.Reports.OrderRef, Pattern: cfg.Reports.OrderRefPattern},
		CaptureWarning: time.Duration(cfg.Reports.CaptureWarningDays) * 24 * time.Hour,
		Accounts:       map[string]report.AccountRules{},
	}
	for _, a := range f.Accounts {
		account := report.AccountRules{Zone: zoneOf(cfg, a.Name)}
		if a.HistoryFrom != "" {
			from := startOf(a.HistoryFrom, account.Zone)
			account.HistoryFrom = &from
		}
		r.Accounts[a.Name] = account
	}
	return r
}

// oddWords names the objects whose status no document of Omise knows.
func oddWords(ctx context.Context, snapshot *ledger.Snapshot) ([]string, error) {
	var all []string
	for w, err := range snapshot.OddWords(ctx) {
		if err != nil {
			return nil, err
		}
		all = append(all, oddWord(w))
	}
	return all, nil
}

// expiredLongAgo counts the cards that are beyond the reach of the table.
func expiredLongAgo(ctx context.Context, snapshot *ledger.Snapshot, cfg *config.Config) ([]string, error) {
	n, err := snapshot.CardsExpiredLongAgo(ctx)
	if err != nil || n == 0 {
		return nil, err
	}
	return []string{fmt.Sprintf("%d kept cards expired more than %d days ago and are not listed", n, cfg.Reports.CardExpiredDays)}, nil
}

func oddWord(w ledger.OddWord) string {
	if w.Object == ledger.ChargeObject {
		return fmt.Sprintf("account %s: charge %s has the status %q, which no document of Omise knows: it counts in charges alone", w.Account, w.ID, w.Status)
	}
	return fmt.Sprintf("account %s: refund %s has the status %q, not closed: it is listed and not summed", w.Account, w.ID, w.Status)
}

func currencies(sums map[string]int64) map[money.Currency]int64 {
	m := make(map[money.Currency]int64, len(sums))
	for c, sum := range sums {
		m[money.Currency(c)] = sum
	}
	return m
}

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
	if _, err := ledgerExists(ctx, e.Config.LedgerPath()); err != nil {
		return result, err
	}
	lock, db, err := e.openLedger(ctx, o.Wait)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, db.Close(), lock.Release()) }()
	if o.Run != 0 {
		return e.reportRun(ctx, db, o)
	}
	return e.reportState(ctx, db, o)
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
func ledgerExists(ctx context.Context, path string) (bool, error) {
	db, err := ledger.OpenReader(ctx, path)
	if errors.Is(err, ledger.ErrMissing) {
		return false, fmt.Errorf("%w; `reconcile run` makes it", err)
	}
	if err != nil {
		return true, nil //nolint:nilerr // opening it for writing says it better, and upgrades an older one
	}
	return true, db.Close()
}

// reportRun writes again what a run wrote, from what it stored.
func (e Env) reportRun(ctx context.Context, db *ledger.Ledger, o ReportOptions) (Result, error) {
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
	cfg, err := config.ParseEffective([]byte(run.Config))
	if err != nil {
		return Result{}, fmt.Errorf("the config that run %d stored: %w", run.ID, err)
	}
	f, err := decodeFacts(run)
	if err != nil {
		return Result{}, err
	}
	target := o.Out
	if target == "" {
		target = filepath.Join(e.Config.ReportsPath(), fmt.Sprintf("run-%d", run.ID))
	}
	return write(ctx, db, cfg, *run, f, run.AsOf, target)
}

// reportState writes what a plain run would write now, or the state known at
// an earlier instant, without asking Omise.
func (e Env) reportState(ctx context.Context, db *ledger.Ledger, o ReportOptions) (Result, error) {
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
	if shown.Baseline = run.Baseline; !run.Reported {
		shown.Baseline = baseline
	}
	g := gatherer{db: db, cfg: e.Config, now: min(ledger.InstantOf(asOf), run.StartedAt), run: run.ID}
	f, err := g.facts(ctx, covers)
	if err != nil {
		return Result{}, err
	}
	f.keepFailures(run)
	target := folderFor(e.Config, o.Days, o.AsOf, o.Out, asOf)
	return write(ctx, db, e.Config, shown, f, ledger.InstantOf(asOf), target)
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

func write(ctx context.Context, db *ledger.Ledger, cfg *config.Config, run ledger.Run, f facts, asOf ledger.Instant, target string) (Result, error) {
	if err := prepareFolder(target); err != nil {
		return Result{}, err
	}
	written, odd, err := writeReports(ctx, db, cfg, run, f, asOf, target)
	if err != nil {
		return Result{}, err
	}
	result := Result{
		Run: run.ID, Status: ledger.Complete, Exit: ExitDone, Dir: written.Dir, Period: map[string]Period{}, Unproven: f.Unproven,
		Errors: slices.Concat(f.Stopped, f.Unread, odd),
	}
	for _, a := range f.Accounts {
		result.Period[a.Name] = a.Period
	}
	if !f.Complete() || written.Neighbour {
		result.Status, result.Exit = ledger.Partial, ExitPartial
	}
	return result.Filled(), nil
}
