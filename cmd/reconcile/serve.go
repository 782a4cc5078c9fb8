package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"

	"reconcile/internal/config"
	"reconcile/internal/job"
	"reconcile/internal/ledger"
)

func (p *program) serveCommand() *cobra.Command {
	wait := duration(10 * time.Minute)
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   "Stay up and run on the schedule",
		Long:    "serve runs the nightly pass on the schedule of the config, in the schedule's own time\nzone. A night that was missed while it was down is caught up at the start. SIGTERM ends\nit after the page in flight.\n\nExit codes: 0 stopped between runs, 130 stopped during one, 2 usage or config error.",
		Example: "  reconcile serve",
		RunE: func(cmd *cobra.Command, _ []string) error {
			env, err := p.env()
			if err != nil {
				return err
			}
			return p.serve(cmd.Context(), env, func(ctx context.Context) error {
				env.Progress = p.progress() // each night counts from 0
				result, err := job.Run(ctx, env, job.RunOptions{Wait: time.Duration(wait)})
				p.finishProgress(env)
				return p.finish(result, err, false)
			})
		},
	}
	cmd.Flags().Var(&wait, "wait", "how long a run waits for the ledger's lock")
	return cmd
}

// serve calls night on the schedule until ctx ends. One night's error or panic
// does not keep the next from running, and two nights never overlap.
func (p *program) serve(ctx context.Context, env job.Env, night func(context.Context) error) error {
	schedule, err := cron.ParseStandard(env.Config.Schedule.Cron)
	if err != nil {
		return usageError{err}
	}
	interrupted := false
	one := func() {
		err := night(ctx)
		switch {
		case errors.Is(err, context.Canceled):
			interrupted = true
		case err != nil:
			p.log.Error("night failed", "because", err)
		}
	}
	logger := cronLog{p.log}
	// In this order: cron 3.0.1 loses its token when the job inside
	// SkipIfStillRunning panics, and would then skip for ever.
	chain := cron.NewChain(cron.SkipIfStillRunning(logger), cron.Recover(logger))
	nights := chain.Then(cron.FuncJob(one))
	c := cron.New(cron.WithLocation(env.Config.Schedule.Zone), cron.WithLogger(logger))
	c.Schedule(schedule, nights)
	c.Start()
	p.log.Info("serving", "cron", env.Config.Schedule.Cron, "zone", env.Config.Schedule.Zone, "next", schedule.Next(p.now().In(env.Config.Schedule.Zone)))
	missed, err := missedNight(ctx, env.Config, schedule, p.now())
	if err != nil {
		p.log.Error("looking for a missed night", "because", err)
	}
	if missed {
		p.log.Info("a night was missed: catching up")
		nights.Run()
	}
	<-ctx.Done()
	<-c.Stop().Done()
	p.code = job.ExitDone // whatever the nights came to
	if interrupted {
		p.code = job.ExitInterrupted
	}
	return nil
}

// missedNight reports whether no complete plain run has begun since the schedule last
// came due.
func missedNight(ctx context.Context, cfg *config.Config, schedule cron.Schedule, now time.Time) (bool, error) {
	due := lastDue(schedule, now.In(cfg.Schedule.Zone))
	if due.IsZero() {
		return false, nil
	}
	db, err := ledger.OpenReader(ctx, cfg.LedgerPath())
	if errors.Is(err, ledger.ErrMissing) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer db.Close()
	last, err := db.LastPlain(ctx)
	if err != nil {
		return false, err
	}
	return last == nil || last.StartedAt.Time().Before(due), nil
}

// lastDue is when the schedule last came due in the year before now; zero when
// it did not.
func lastDue(schedule cron.Schedule, now time.Time) time.Time {
	for _, back := range []time.Duration{time.Hour, 25 * time.Hour, 8 * 24 * time.Hour, 32 * 24 * time.Hour, 366 * 24 * time.Hour} {
		var last time.Time
		for due := schedule.Next(now.Add(-back)); !due.IsZero() && !due.After(now); due = schedule.Next(due) {
			last = due
		}
		if !last.IsZero() {
			return last
		}
	}
	return time.Time{}
}

// cronLog hands cron's own words to slog.
type cronLog struct{ log *slog.Logger }

// Info is cron's chatter.
func (l cronLog) Info(msg string, keysAndValues ...any) { l.log.Debug("cron: "+msg, keysAndValues...) }

// Error is what Recover says of a panic.
func (l cronLog) Error(err error, msg string, keysAndValues ...any) {
	l.log.Error(fmt.Sprintf("cron: %s: %v", msg, err), keysAndValues...)
}
