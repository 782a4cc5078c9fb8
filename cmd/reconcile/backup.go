package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"reconcile/internal/ledger"
)

func (p *program) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "backup FILE",
		Short:   "A consistent copy of the ledger, while a run may be writing",
		Long:    "backup writes a copy of the ledger to FILE, mode 0600, and checks it. It waits for\nnobody: a run may be writing meanwhile. The copy appears under its name when it is\nwhole. A file that is there is never written over, and no folder is made.\n\nExit codes: 0 done, 1 failed and no copy written, 2 usage or config error (FILE is there\nalready, or is the ledger's own), 130 interrupted.",
		Example: "  reconcile backup /mnt/copies/reconcile-2026-11-21.db",
		Args:    oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := p.config()
			if err != nil {
				return err
			}
			file, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			c, err := ledger.Backup(cmd.Context(), cfg.LedgerPath(), file)
			if err != nil {
				return explainBackup(err)
			}
			fmt.Fprintf(p.stdout, "%s\n%s; %d bytes, checked\n", c.Path, lastRunOf(c, cfg.Reports.Zone), c.Size)
			return nil
		},
	}
}

// oneFile wants the name of a file as the only argument.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError{fmt.Errorf("%s takes the name of one file, such as `%s copy.db`", cmd.CommandPath(), cmd.CommandPath())}
	}
	if last := len(args[0]) - 1; last < 0 || os.IsPathSeparator(args[0][last]) {
		return usageError{fmt.Errorf("%q is no name of a file", args[0])}
	}
	return nil
}

func explainBackup(err error) error {
	switch {
	case errors.Is(err, ledger.ErrPlace):
		return usageError{err}
	case errors.Is(err, ledger.ErrMissing):
		return fmt.Errorf("%w; `reconcile run` makes it", err)
	}
	return err
}

func lastRunOf(c ledger.Copy, zone *time.Location) string {
	if c.Run.ID == 0 {
		return "no run in it yet"
	}
	return fmt.Sprintf("up to run %d (%s, %s) of %s", c.Run.ID, c.Run.Kind, c.Run.Status, c.Run.StartedAt.In(zone).Format(time.RFC3339))
}
