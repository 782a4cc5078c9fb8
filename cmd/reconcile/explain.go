package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) explainCommand() *cobra.Command {
	var o struct {
		account string
		json    bool
	}
	cmd := &cobra.Command{
		Use:     "explain ID",
		Short:   "Everything known of one object, order or break",
		Long:    "explain tells what the ledger knows of a charge, refund, dispute, transaction, customer,\nkept card or break by its id, or of an order by its reference: where it stands, every\nversion with the run that noticed it, refunds, the record with its file and row, the\nrule that matched or the break, and what happens next. The text is made to be pasted\ninto a ticket. It reads the ledger alone, also while a run is writing.\n\nExit codes: 0 done, 1 nothing has this id or the ledger cannot be read, 2 usage or\nconfig error.",
		Example: "  reconcile explain chrg_5xr0pkw8hgyc2fwpvzv\n  reconcile explain 000123 --account main\n  reconcile explain brk_1f0c9a3d5e7b2468 --json",
		Args:    oneArgument("an id or an order reference"),
		RunE: func(cmd *cobra.Command, args []string) error {
			env, err := p.env()
			if err != nil {
				return err
			}
			found, err := job.Explain(cmd.Context(), env, job.ExplainOptions{ID: args[0], Account: o.account})
			if err != nil {
				return err
			}
			if o.json {
				return p.printJSON(found)
			}
			fmt.Fprint(p.stdout, found.Text())
			return nil
		},
	}
	cmd.Flags().StringVar(&o.account, "account", "", "look in this `ACCOUNT` alone")
	cmd.Flags().BoolVar(&o.json, "json", false, "print it as one JSON object")
	return cmd
}

// oneArgument makes a missing, empty or further argument a usage error.
func oneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 || args[0] == "" {
			return usageError{fmt.Errorf("%s wants %s; `%s --help` shows an example", cmd.CommandPath(), what, cmd.CommandPath())}
		}
		return nil
	}
}

func atMostOneArgument(cmd *cobra.Command, args []string) error {
	if err := cobra.MaximumNArgs(1)(cmd, args); err != nil {
		return usageError{fmt.Errorf("%s: %w", cmd.CommandPath(), err)}
	}
	return nil
}

func (p *program) printJSON(value any) error {
	encoder := json.NewEncoder(p.stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
