package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// notYetCommands are commands of the plan that this version refuses plainly.
func (p *program) notYetCommands() []*cobra.Command {
	var commands []*cobra.Command
	for _, c := range []struct{ use, short string }{
		{"plan", "What a backfill would cost"},
		{"forget", "Blank the personal fields of one customer"},
	} {
		commands = append(commands, &cobra.Command{
			Use:                c.use,
			Short:              c.short + " (not yet)",
			Long:               c.short + ".\n\nNot yet: this version does not have it.",
			Example:            "  reconcile " + c.use,
			DisableFlagParsing: false,
			Args:               cobra.ArbitraryArgs,
			FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true},
			RunE:               func(*cobra.Command, []string) error { return notYet(c.use, "") },
		})
	}
	return commands
}

func notYet(what, why string) error {
	if why != "" {
		why = "; " + why
	}
	return usageError{fmt.Errorf("%s: not yet: this version does not have it%s", what, why)}
}
