package main

import (
	"time"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) backfillCommand() *cobra.Command {
	var o struct {
		from, to          string
		maxDuration, wait duration
		json              bool
	}
	o.wait = duration(10 * time.Minute)
	cmd := &cobra.Command{
		Use:     "backfill",
		Short:   "Fetch everything created in a period, resumably",
		Long:    "backfill fetches everything created in a period that has no proof yet. It writes no\nreports. Stopped, it goes on where it was when called again; a nightly run that waits\nfor the ledger is let through between two windows." + "\n" + exitCodes,
		Example: "  reconcile backfill --from 2024-01-01 --to 2026-10-31\n  reconcile backfill --from 2024-01-01 --to 2026-10-31 --max-duration 2h",
		RunE: func(cmd *cobra.Command, _ []string) error {
			env, err := p.env()
			if err != nil {
				return p.runFailed(o.json, err)
			}
			result, err := job.Backfill(cmd.Context(), env, job.BackfillOptions{From: o.from, To: o.to, MaxDuration: time.Duration(o.maxDuration), Wait: time.Duration(o.wait)})
			p.finishProgress(env)
			return p.finish(result, err, o.json)
		},
	}
	cmd.Flags().StringVar(&o.from, "from", "", "first business `DATE`, such as 2024-01-01")
	cmd.Flags().StringVar(&o.to, "to", "", "last business `DATE`")
	cmd.Flags().Var(&o.maxDuration, "max-duration", "begin no window after this time; 0: no limit")
	cmd.Flags().Var(&o.wait, "wait", "how long to wait for the ledger's lock")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the result as one JSON object")
	return cmd
}
