package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) reportCommand() *cobra.Command {
	var o struct {
		days daysFlags
		run  int64
		asOf instant
		out  string
		wait duration
		one  bool
		json bool
	}
	o.wait = duration(10 * time.Minute)
	cmd := &cobra.Command{
		Use:     "report",
		Short:   "Write reports from the ledger alone, without the network",
		Long:    "report writes what a run would write now, from what the ledger knows. With --run it\nwrites again, byte for byte, what that run wrote; with --as-of the state known then." + "\n" + exitCodes,
		Example: "  reconcile report\n  reconcile report --run 12\n  reconcile report --month 2026-10 --as-of 2026-11-03T00:00:00+07:00",
		RunE: func(cmd *cobra.Command, _ []string) error {
			env, err := p.env()
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("run") && o.run < 1 {
				return usageError{fmt.Errorf("--run %d: runs are numbered from 1", o.run)}
			}
			result, err := job.Report(cmd.Context(), env, job.ReportOptions{
				Days: o.days.Days, Run: o.run, AsOf: o.asOf.Time, Out: o.out, Force: o.one, Wait: time.Duration(o.wait),
			})
			return p.finish(result, err, o.json)
		},
	}
	o.days.register(cmd)
	cmd.Flags().Int64Var(&o.run, "run", 0, "write again what run `N` wrote")
	cmd.Flags().Var(&o.asOf, "as-of", "the state that the ledger knew at this `TIME`")
	cmd.Flags().StringVar(&o.out, "out", "", "write into exactly this `FOLDER`")
	cmd.Flags().BoolVar(&o.one, "force", false, "with --run: use today's formatting when another version wrote it")
	cmd.Flags().Var(&o.wait, "wait", "how long to wait for the ledger's lock")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the result as one JSON object")
	return cmd
}
