package job

import (
	"context"
	"fmt"
	"slices"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
)

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
		if err == nil && !backfill {
			err = p.compareWith(ctx, client, account, &result)
		}
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

// compareWith brings in the account's books, and what they name of Omise's.
func (p *pass) compareWith(ctx context.Context, client *fetch.Client, account config.Account, result *fetch.Result) error {
	if err := p.readBooks(ctx, account); err != nil {
		return err
	}
	return p.askBooks(ctx, client, account, result)
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
		Period: &span, Backfill: backfill, Estimate: backfill && p.Watched, Resume: resume, ResumeSince: since,
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
	for _, problem := range slices.Concat(r.Problems, r.Notices) {
		p.result.Errors = append(p.result.Errors, fmt.Sprintf("account %s: %s", account, problem))
	}
}
