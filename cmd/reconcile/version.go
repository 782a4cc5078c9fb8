package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"reconcile/internal/ledger"
)

// release is the version of this source. What a run stored can be written
// again only by the same one, because the bytes may differ.
const release = "0.1.0"

func version() string { return release }

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Version, commit, Go and SQLite versions",
		Long:    "version prints what to put into a bug report.",
		Example: "  reconcile version",
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(p.stdout, "reconcile %s\ncommit    %s\ngo        %s\nsqlite    %s\n", version(), commit(), runtime.Version(), ledger.SQLiteVersion())
			return nil
		},
	}
}

func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return "unknown"
}
