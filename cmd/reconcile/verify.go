package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) verifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "verify [FILE.xlsx]",
		Short:   "Check the ledger and its reports, or a workbook against the ledger",
		Long:    "verify looks for what was altered outside reconcile: rows, versions and proofs in the\nledger, files in the report folders. With a workbook it works out all figures anew and\nnames each cell that says something else. It changes nothing, and a run may be writing\nmeanwhile. What Omise itself has wrong, and history without proof, is a note.\n\nExit codes: 0 all is sound, 1 something was altered or cannot be read, 2 usage or\nconfig error.",
		Example: "  reconcile verify\n  reconcile verify reports/2026-11-21/reconciliation-2026-11-21.xlsx",
		Args:    atMostOneArgument,
		RunE: func(cmd *cobra.Command, args []string) error {
			env, err := p.env()
			if err != nil {
				return err
			}
			if len(args) == 1 && args[0] == "" {
				return usageError{fmt.Errorf("%s: the name of the workbook is empty", cmd.CommandPath())}
			}
			found, err := job.Verify(cmd.Context(), env, strings.Join(args, ""))
			p.sayVerified(found)
			return err
		},
	}
}

func (p *program) sayVerified(v job.Verification) {
	for _, d := range v.Damage {
		fmt.Fprintf(p.stdout, "ALTERED  %s: %s\n", d.Where, d.What)
	}
	for _, note := range v.Notes {
		fmt.Fprintf(p.stdout, "note     %s\n", note)
	}
	if len(v.Damage) > 0 {
		p.code = job.ExitFailed
		fmt.Fprintf(p.stdout, "%d found; a backup from before (`reconcile backup`) can tell what it was\n", len(v.Damage))
		return
	}
	for _, what := range v.Checked {
		fmt.Fprintf(p.stdout, "sound    %s\n", what)
	}
}
