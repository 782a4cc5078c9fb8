package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"reconcile/internal/job"
)

func (p *program) recordsCommand() *cobra.Command {
	var o struct {
		source string
		json   bool
	}
	cmd := &cobra.Command{
		Use:     "records",
		Short:   "Show how your own records were understood",
		Long:    "records reads the sources under `records` of the config and shows for each file, or\nquery, what a person would check: how many rows are records, what was skipped or could\nnot be read and why, which column was taken for which field, how it is read, and three\nvalues of it. It asks nothing of Omise and writes nothing.\n\nExit codes: 0 done, also with rows that cannot be read, 1 a source cannot be read or is\ntoo old (the others are shown), 2 usage or config error.",
		Example: "  reconcile records\n  reconcile records --source orders --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			env, err := p.env()
			if err != nil {
				return err
			}
			books, err := job.LookAtBooks(cmd.Context(), env, o.source)
			if err != nil {
				return err
			}
			p.code = books.Exit()
			if o.json {
				return p.printJSON(books)
			}
			fmt.Fprint(p.stdout, books.Text())
			return nil
		},
	}
	cmd.Flags().StringVar(&o.source, "source", "", "look at the source of this `NAME` alone")
	cmd.Flags().BoolVar(&o.json, "json", false, "print it as one JSON object")
	return cmd
}
