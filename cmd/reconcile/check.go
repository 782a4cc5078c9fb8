package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "check",
		Short:   "Config, key, clock, time zone, disk, ledger: all problems at once",
		Long:    "check looks at everything a run needs and names every problem at once. It asks Omise\nfor /account and writes nothing.\n\nExit codes: 0 all is well, 2 usage or config error, 6 a key was refused,\n1 something else is wrong.",
		Example: "  reconcile check",
		RunE: func(cmd *cobra.Command, _ []string) error {
			env, err := p.env()
			if err != nil {
				return err
			}
			findings := job.Check(cmd.Context(), env)
			for _, f := range findings {
				mark := "ok     "
				if !f.OK {
					mark = "PROBLEM"
				}
				fmt.Fprintf(p.stdout, "%s  %-12s %s\n", mark, f.What, f.Text)
			}
			p.code = job.CheckExit(findings)
			return nil
		},
	}
}
