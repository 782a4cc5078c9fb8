package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/spf13/cobra"

	"reconcile/internal/config"
	"reconcile/internal/job"
)

// program is what the commands share.
type program struct {
	getenv func(string) string
	stdout io.Writer
	stderr io.Writer
	now    func() time.Time
	timer  func() backoff.Timer // for waits between retries; nil: the real one

	configPath string
	logFormat  string
	verbose    bool
	log        *slog.Logger
	// code is the exit code of a command that ended without an error.
	code int
}

// run runs one command line.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	return p.exit(root.ExecuteContext(ctx))
}

const exitCodes = `
Exit codes, the first that applies: 130 interrupted, 2 usage or config error,
7 another run holds the lock, 1 failed and nothing written, 6 a key was refused,
3 partial (the reports say what is not proven), 4 breaks that nobody accepted (only
with --fail-on-breaks), 0 done.`

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:               "reconcile",
		Short:             "Reconcile Omise payments: ledger, deadlines, expiries, control totals",
		Long:              "reconcile pages through an Omise account, keeps every version of what it read in a\nSQLite ledger, and writes refund, expiry and capture-deadline reports as CSV and XLSX.\nIt is read-only at Omise." + "\n" + exitCodes,
		Example:           "  reconcile demo\n  reconcile check\n  reconcile run",
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error { return p.openLog() },
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := root.PersistentFlags()
	defaultConfig := "config.yaml"
	if named := p.getenv("RECONCILE_CONFIG"); named != "" {
		defaultConfig = named
	}
	flags.StringVar(&p.configPath, "config", defaultConfig, "config `FILE`; $RECONCILE_CONFIG sets another default")
	flags.StringVar(&p.logFormat, "log-format", "text", "text or json; logs go to stderr")
	flags.BoolVarP(&p.verbose, "verbose", "v", false, "log every retry")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; `%s --help` shows what there is", err, cmd.CommandPath())}
	})
	root.AddCommand(
		p.runCommand(), p.backfillCommand(), p.reportCommand(), p.runsCommand(), p.explainCommand(), p.closeCommand(), p.recordsCommand(), p.backupCommand(), p.checkCommand(), p.verifyCommand(),
		p.serveCommand(), p.sandboxCommand(), p.demoCommand(), p.versionCommand(),
	)
	root.AddCommand(p.notYetCommands()...)
	for _, command := range root.Commands() {
		refuseArguments(command)
	}
	return root
}

// refuseArguments makes a stray argument a usage error that says so.
func refuseArguments(command *cobra.Command) {
	if command.Args != nil {
		return
	}
	command.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return usageError{fmt.Errorf("%s takes no argument %q; `%s --help` shows what there is", cmd.CommandPath(), args[0], cmd.CommandPath())}
	}
}

// usageError is a mistake in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// exit says what went wrong, once, and gives the exit code.
func (p *program) exit(err error) int {
	if err == nil {
		return p.code
	}
	text, code := plain(err), exitCode(err)
	if code == job.ExitInterrupted {
		text = "interrupted; the next run goes on from here"
	}
	fmt.Fprintln(p.stderr, "reconcile:", text)
	return code
}

// exitCode adds the mistakes that only the command line knows.
func exitCode(err error) int {
	if errors.As(err, new(usageError)) || strings.HasPrefix(err.Error(), "unknown command") {
		return job.ExitUsage
	}
	return job.ExitCode(err)
}

// plain is an error for a reader, to whom the code already says its kind.
func plain(err error) string { return strings.TrimPrefix(err.Error(), "usage: ") }

func (p *program) openLog() error {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if p.verbose {
		options.Level = slog.LevelDebug
	}
	switch p.logFormat {
	case "text":
		p.log = slog.New(slog.NewTextHandler(p.stderr, options))
	case "json":
		p.log = slog.New(slog.NewJSONHandler(p.stderr, options))
	default:
		return usageError{fmt.Errorf("--log-format %q: use text or json", p.logFormat)}
	}
	return nil
}

// env reads the config and makes what a pass needs.
func (p *program) env() (job.Env, error) {
	cfg, err := p.config()
	if err != nil {
		return job.Env{}, err
	}
	progress := p.progress()
	_, watched := progress.(*bar)
	return job.Env{
		Config: cfg, Version: version(), Now: p.now, Getenv: p.getenv, Log: p.log, Progress: progress, Watched: watched, Timer: p.timer,
	}, nil
}

func (p *program) config() (*config.Config, error) {
	cfg, err := config.Load(p.configPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usageError{fmt.Errorf("no config at %s: copy config.example.yaml there, or name yours with --config or $RECONCILE_CONFIG; `reconcile demo` needs none", p.configPath)}
	}
	return cfg, err
}
