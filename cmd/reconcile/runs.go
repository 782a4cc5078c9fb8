package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
	"reconcile/internal/ledger"
)

func (p *program) runsCommand() *cobra.Command {
	var maxAge duration
	cmd := &cobra.Command{
		Use:     "runs",
		Short:   "The history of runs: when, status, windows proven, breaks",
		Long:    "runs lists what has run, newest first, and how many nights it takes until older\nhistory has been read again. With --max-age it exits 1 when the last complete run is\nolder, for a monitor to call.\n\nExit codes: 0 done, 1 the last complete run is too old or the ledger cannot be read,\n2 usage or config error.",
		Example: "  reconcile runs\n  reconcile runs --max-age 26h",
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.config()
			if err != nil {
				return err
			}
			db, err := ledger.OpenReader(cmd.Context(), cfg.LedgerPath())
			if errors.Is(err, ledger.ErrMissing) && maxAge == 0 {
				fmt.Fprintln(p.stdout, "no runs yet")
				return nil
			}
			if err != nil {
				return err
			}
			defer db.Close()
			runs, err := db.Runs(cmd.Context())
			if err != nil {
				return err
			}
			if err := p.listRuns(cmd, db, runs, cfg.Reports.Zone); err != nil {
				return err
			}
			turns, err := job.Turns(cmd.Context(), db, cfg)
			if err != nil {
				return err
			}
			for _, turn := range turns {
				fmt.Fprintln(p.stdout, turn)
			}
			return p.checkAge(runs, time.Duration(maxAge))
		},
	}
	cmd.Flags().Var(&maxAge, "max-age", "exit 1 if the last complete run is older, such as 26h")
	return cmd
}

func (p *program) listRuns(cmd *cobra.Command, db *ledger.Ledger, runs []ledger.Run, zone *time.Location) error {
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RUN\tKIND\tSTARTED\tTOOK\tSTATUS\tEXIT\tWINDOWS\tBREAKS\tREPORTS")
	for _, r := range runs {
		proven, err := db.CountProven(cmd.Context(), r.ID)
		if err != nil {
			return err
		}
		failed, err := db.FailedWindows(cmd.Context(), r.ID)
		if err != nil {
			return err
		}
		took, exit := "-", "-"
		if r.EndedAt != nil {
			took = r.EndedAt.Time().Sub(r.StartedAt.Time()).String()
		}
		if r.Exit != nil {
			exit = fmt.Sprint(*r.Exit)
		}
		breaks := "-"
		if n, compared := job.OpenBreaks(r); compared {
			breaks = fmt.Sprint(n)
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%d/%d\t%s\t%s\n", r.ID, r.Kind, r.StartedAt.In(zone).Format(time.RFC3339), took, r.Status, exit, proven, proven+len(failed), breaks, r.Folder)
	}
	return table.Flush()
}

func (p *program) checkAge(runs []ledger.Run, maxAge time.Duration) error {
	if maxAge == 0 {
		return nil
	}
	for _, r := range runs {
		if r.Kind != ledger.KindRun || r.Status != ledger.Complete {
			continue
		}
		if age := p.now().Sub(r.StartedAt.Time()); age > maxAge {
			return fmt.Errorf("the last complete run (%d) is %s old, more than %s", r.ID, age.Round(time.Minute), maxAge)
		}
		return nil
	}
	p.code = job.ExitFailed
	return errors.New("there is no complete run yet")
}
