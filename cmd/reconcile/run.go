package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"reconcile/internal/config"
	"reconcile/internal/job"
	"reconcile/internal/ledger"
)

// daysFlags are the flags that name a period.
type daysFlags struct{ job.Days }

func (d *daysFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.From, "from", "", "first business `DATE`, such as 2026-11-01")
	cmd.Flags().StringVar(&d.To, "to", "", "last business `DATE`")
	cmd.Flags().StringVar(&d.Month, "month", "", "a `MONTH` such as 2026-11, instead of --from and --to")
}

// duration is a flag that also takes days: 7d, 36h, 1d12h.
type duration time.Duration

func (d *duration) String() string { return config.FormatDuration(time.Duration(*d)) }
func (d *duration) Type() string   { return "duration" }

// Set reads the flag's text.
func (d *duration) Set(s string) error {
	parsed, err := config.ParseDuration(s)
	*d = duration(parsed)
	return err
}

// instant is a flag that holds an RFC 3339 time.
type instant struct{ time.Time }

func (i *instant) Type() string { return "time" }

func (i *instant) String() string {
	if i.IsZero() {
		return ""
	}
	return i.Format(time.RFC3339)
}

// Set reads the flag's text.
func (i *instant) Set(s string) (err error) {
	if i.Time, err = time.Parse(time.RFC3339, s); err != nil {
		return fmt.Errorf("%q is not a time such as 2026-11-21T03:00:00+07:00", s)
	}
	return nil
}

func (p *program) runCommand() *cobra.Command {
	var o struct {
		days   daysFlags
		asOf   instant
		out    string
		wait   duration
		json   bool
		breaks bool
	}
	o.wait = duration(10 * time.Minute)
	cmd := &cobra.Command{
		Use:     "run",
		Short:   "The nightly pass: fetch, upsert, compare, write the reports",
		Long:    "run fetches what is new and what can still change, saves it with its proof in the\nledger, compares it with the merchant's own records, and writes the reports. Without\na period it covers the business days after the last complete run up to yesterday." + "\n" + exitCodes,
		Example: "  reconcile run\n  reconcile run --month 2026-10\n  reconcile run --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			env, err := p.env()
			if err != nil {
				return p.runFailed(o.json, err)
			}
			result, err := job.Run(cmd.Context(), env, job.RunOptions{Days: o.days.Days, AsOf: o.asOf.Time, Out: o.out, Wait: time.Duration(o.wait), FailOnBreaks: o.breaks})
			p.finishProgress(env)
			return p.finish(result, err, o.json)
		},
	}
	o.days.register(cmd)
	cmd.Flags().Var(&o.asOf, "as-of", "count deadlines and ages from this `TIME`")
	cmd.Flags().StringVar(&o.out, "out", "", "write the reports into exactly this `FOLDER`")
	cmd.Flags().Var(&o.wait, "wait", "how long to wait for the ledger's lock")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the result as one JSON object")
	cmd.Flags().BoolVar(&o.breaks, "fail-on-breaks", false, "exit 4 when a break is new or open and not accepted")
	return cmd
}

// runFailed prints a result even when nothing could begin, so that a script
// that reads --json always has one object.
func (p *program) runFailed(asJSON bool, err error) error {
	if asJSON {
		_ = p.finish(job.Result{Status: "failed", Exit: exitCode(err)}, err, true)
	}
	return err
}

// finish prints what a pass came to and sets the exit code.
func (p *program) finish(result job.Result, err error, asJSON bool) error {
	if asJSON {
		if err != nil {
			result.Exit = exitCode(err)
			result.Errors = append(result.Errors, plain(err))
		}
		encoder := json.NewEncoder(p.stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(result.Filled()); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	for _, text := range result.Errors {
		p.log.Warn(text)
	}
	for _, u := range result.Unproven {
		p.log.Warn("not proven", "account", u.Account, "list", u.List, "from", u.From.Format(time.RFC3339), "to", u.To.Format(time.RFC3339), "because", u.Reason)
	}
	if !asJSON {
		p.sayResult(result)
	}
	p.code = result.Exit
	return nil
}

func (p *program) sayResult(result job.Result) {
	fmt.Fprintf(p.stdout, "run %d: %s, %d requests\n", result.Run, result.Status, result.Requests)
	if text := sayBreaks(result.Breaks); text != "" {
		fmt.Fprintln(p.stdout, text)
	}
	if result.Dir != "" {
		fmt.Fprintln(p.stdout, result.Dir)
	}
}

// sayBreaks counts breaks over their kinds: "3 breaks: 2 new, 1 open; 4 cured".
// It is empty where there are none.
func sayBreaks(breaks map[string]map[string]int) string {
	sum := map[string]int{}
	for _, states := range breaks {
		for state, n := range states {
			sum[state] += n
		}
	}
	var text []string
	if n := sum[ledger.BreakNew] + sum[ledger.BreakOpen]; n > 0 {
		text = append(text, fmt.Sprintf("%d break(s): %d new, %d open", n, sum[ledger.BreakNew], sum[ledger.BreakOpen]))
	}
	if n := sum[ledger.BreakCured]; n > 0 {
		text = append(text, fmt.Sprintf("%d cured", n))
	}
	return strings.Join(text, "; ")
}
