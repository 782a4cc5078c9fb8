package job

import (
	"context"
	"errors"
	"time"

	"reconcile/internal/ledger"
)

// BackfillOptions is what a caller of Backfill may ask for.
type BackfillOptions struct {
	From, To    string        // business dates, both included
	MaxDuration time.Duration // no window is begun after it; 0: no limit
	Wait        time.Duration // for the ledger's lock
}

// Backfill reads everything created in a period that has no proof yet. It
// writes no reports and moves no mark. When a run waits for the ledger, it
// lets that go first, after the windows in its hands, and then goes on as a
// run of its own number.
func Backfill(ctx context.Context, env Env, o BackfillOptions) (Result, error) {
	period, err := Days{From: o.From, To: o.To}.period()
	if err != nil {
		return Result{Status: ledger.Failed, Exit: ExitCode(err)}, err
	}
	p, err := env.open(ctx, o.Wait)
	if err != nil {
		return Result{Status: ledger.Failed, Exit: ExitCode(err)}, err
	}
	err = p.backfill(ctx, period, o.MaxDuration)
	err = errors.Join(err, p.close())
	return p.failed(err), err
}

func (p *pass) backfill(ctx context.Context, period Period, limit time.Duration) error {
	covers := map[string]Period{}
	for _, account := range p.Config.Accounts {
		covers[account.Name] = period
	}
	p.result.Period = covers
	deadline := p.start.Add(limit)
	timeUp := func() bool { return limit > 0 && !p.Now().Before(deadline) }
	for {
		if err := p.begin(ctx, ledger.Run{Kind: ledger.KindBackfill, AsOf: ledger.InstantOf(p.start)}); err != nil {
			return err
		}
		if err := p.fetchAll(ctx, covers, true, func() bool { return timeUp() || p.lock.Wanted() }); err != nil {
			return p.fail(ctx, err)
		}
		if !p.paused() {
			return p.endBackfill(ctx)
		}
		if timeUp() {
			p.result.Errors = append(p.result.Errors, "--max-duration is over: the same command goes on from here")
			return p.end(ctx, ledger.Paused, ExitPartial, nil)
		}
		if err := p.letOthersGo(ctx); err != nil {
			return err
		}
	}
}

func (p *pass) paused() bool {
	for _, r := range p.fetch {
		if r.Paused {
			return true
		}
	}
	return false
}

// letOthersGo ends this stretch, waits for whoever wants the ledger, and
// begins the next one.
func (p *pass) letOthersGo(ctx context.Context) error {
	p.Log.Info("a run waits for the ledger: pausing")
	if err := p.end(ctx, ledger.Paused, ExitDone, nil); err != nil {
		return err
	}
	if err := p.ledger.Close(); err != nil {
		return err
	}
	if err := p.lock.Yield(ctx); err != nil {
		return err
	}
	var err error
	if p.ledger, err = ledger.Open(ctx, p.ledger.Path()); err != nil {
		return err
	}
	clear(p.fetch)
	p.start = p.Now()
	p.Log.Info("going on")
	return nil
}

func (p *pass) endBackfill(ctx context.Context) error {
	facts, err := p.gather(ctx, p.result.Period)
	if err != nil {
		return p.fail(ctx, err)
	}
	p.result.Unproven = facts.Unproven
	p.result.Errors = append(p.result.Errors, facts.Unread...)
	status, exit := facts.outcome()
	for _, r := range p.fetch {
		if isRefused(r) {
			exit = ExitRefused
		}
	}
	return p.end(ctx, status, exit, nil)
}
