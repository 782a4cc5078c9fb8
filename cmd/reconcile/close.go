package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) closeCommand() *cobra.Command {
	var o struct {
		account string
		list    bool
		wait    duration
		json    bool
	}
	o.wait = duration(10 * time.Minute)
	cmd := &cobra.Command{
		Use:     "close MONTH",
		Short:   "Store the figures of a finished month as closed",
		Long:    "close stores the control totals of a month that is over, as the newest run knows them.\nLater changes to them are marked in changes.csv and breaks.csv (closed_period). The month\nmust be proven to its last day. Closed again, it says what has moved since. With --list\nit shows the closed months, and what has moved since, and stores nothing.\n\nExit codes: 0 done, 1 the month is not wholly read or the ledger cannot be written,\n2 usage or config error, or the month is not over, 7 another run holds the lock.",
		Example: "  reconcile close 2026-10\n  reconcile close 2026-10 --account main\n  reconcile close --list",
		Args:    atMostOneArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			env, err := p.env()
			if err != nil {
				return err
			}
			var months []job.ClosedMonth
			switch {
			case o.list && len(args) > 0:
				return usageError{errors.New("close --list takes no month: it lists all of them")}
			case o.list:
				months, err = job.Closings(cmd.Context(), env, o.account)
			case len(args) == 0:
				return usageError{errors.New("close wants a month such as `reconcile close 2026-10`, or --list")}
			default:
				months, err = job.Close(cmd.Context(), env, job.CloseOptions{Month: args[0], Account: o.account, Wait: time.Duration(o.wait)})
			}
			if err != nil {
				return err
			}
			return p.sayClosed(months, o.list, o.json)
		},
	}
	cmd.Flags().StringVar(&o.account, "account", "", "close or list this `ACCOUNT` alone")
	cmd.Flags().BoolVar(&o.list, "list", false, "show what is closed, and what has moved since")
	cmd.Flags().Var(&o.wait, "wait", "how long to wait for the ledger's lock")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the months as one JSON object")
	return cmd
}

// sayClosed prints months. What has moved counts from the closing itself in a
// list, else from the one before.
func (p *program) sayClosed(months []job.ClosedMonth, list, asJSON bool) error {
	if asJSON {
		return p.printJSON(map[string]any{"months": months})
	}
	if len(months) == 0 {
		fmt.Fprintln(p.stdout, "no month is closed yet")
	}
	for _, m := range months {
		since := ""
		switch {
		case list:
			since = "then"
		case m.Before != nil:
			since = "it was closed before, " + m.Before.Format(time.RFC3339)
		}
		fmt.Fprint(p.stdout, m.Text(since))
	}
	return nil
}
