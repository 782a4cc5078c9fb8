package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"reconcile/internal/config"
	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// demoKey opens the sandbox and nothing else.
const demoKey = "skey_test_demo"

// demoMarker says that a folder is an earlier demo's and may be made anew.
const demoMarker = ".reconcile-demo"

const demoConfig = `# Written by "reconcile demo". The sandbox's address changes with each demo.
ledger: ./reconcile.db

accounts:
  - name: shop
    secret_key_env: OMISE_SECRET_KEY
    timezone: Asia/Bangkok
    base_url: http://%s

fetch:
  requests_per_second: 200

records:
  - name: orders
    path: ./books/orders.csv
    covers: all
    where: {payment_method: omise}

reports:
  dir: ./reports
`

func (p *program) demoCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "Run the whole job against a sandbox and say what to open",
		Long:    "demo starts a sandbox with 60 days of a shop's payments, makes the shop's books with a\ndifference of every kind, reads the history, runs the nightly job, lets a day pass in\nwhich things change, and runs it again. Nothing leaves this machine.\n\nExit codes: 0 done, 1 failed, 2 usage error.",
		Example: "  reconcile demo\n  reconcile demo --dir /tmp/demo",
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := p.newDemo(dir)
			if err != nil {
				return err
			}
			return d.play(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "reconcile-demo", "`FOLDER` for the demo's config, ledger and reports")
	return cmd
}

// demo is one demonstration: a sandbox, and the job with the sandbox's clock.
type demo struct {
	*program
	dir    string
	server *sandbox.Server
	shop   *merchant
}

func (p *program) newDemo(dir string) (*demo, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := emptyDemoFolder(dir); err != nil {
		return nil, err
	}
	started := p.now()
	// A few faults, so that the demo shows the retries too.
	server, err := sandbox.New(sandbox.Options{Seed: 2026, Charges: 900, Customers: 120, Days: 60, Now: func() time.Time { return started }, Faults: "429=2%:0,500=2%"})
	return &demo{program: p, dir: dir, server: server}, err
}

// emptyDemoFolder makes the folder, or clears that of an earlier demo. It
// never touches a folder of anything else.
func emptyDemoFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, demoMarker)); err != nil {
			return usageError{fmt.Errorf("%s holds something else than a demo: choose another --dir", dir)}
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, demoMarker), nil, 0o600)
}

func (d *demo) play(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: d.server, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // it ends with Close below
	defer server.Close()
	env, err := d.env(listener.Addr().String())
	if err != nil {
		return err
	}
	history, last, err := d.nights(ctx, env)
	if err != nil {
		return err
	}
	d.sayWhatToOpen(history, last)
	return nil
}

func (d *demo) env(addr string) (job.Env, error) {
	path := filepath.Join(d.dir, "config.yaml")
	if err := os.WriteFile(path, fmt.Appendf(nil, demoConfig, addr), 0o600); err != nil {
		return job.Env{}, err
	}
	cfg, err := config.Load(path)
	if err != nil {
		return job.Env{}, err
	}
	return job.Env{
		Config: cfg, Version: version(), Now: d.server.Clock, Log: d.log, Progress: d.progress(), Timer: d.timer,
		Getenv: func(string) string { return demoKey },
	}, nil
}

// nights reads the history, runs a night, lets a day pass, and runs another.
func (d *demo) nights(ctx context.Context, env job.Env) (history, last job.Result, err error) {
	zone := env.Config.Accounts[0].Zone
	reports := env.Config.Reports
	d.shop = &merchant{server: d.server, zone: zone, path: filepath.Join(d.dir, "books", "orders.csv"), refs: ledger.OrderRef{Sources: reports.OrderRef, Pattern: reports.OrderRefPattern}}
	if err := d.shop.blunder(); err != nil {
		return history, last, err
	}
	today := d.server.Clock().In(zone)
	first, yesterday := today.AddDate(0, 0, -61).Format(time.DateOnly), today.AddDate(0, 0, -1).Format(time.DateOnly)
	fmt.Fprintf(d.stdout, "A sandbox with 900 charges and 120 customers, a ledger and reports in %s\n\n", d.dir)
	if _, err := d.step("backfill --from "+first+" --to "+yesterday, func() (job.Result, error) {
		return job.Backfill(ctx, env, job.BackfillOptions{From: first, To: yesterday})
	}); err != nil {
		return history, last, err
	}
	if _, err := d.night(ctx, env); err != nil {
		return history, last, err
	}
	if err := d.day(); err != nil {
		return history, last, err
	}
	d.shop.second = true
	if last, err = d.night(ctx, env); err != nil {
		return history, last, err
	}
	to := d.server.Clock().In(zone).AddDate(0, 0, -1).Format(time.DateOnly)
	history, err = d.step("report --from "+first+" --to "+to, func() (job.Result, error) {
		return job.Report(ctx, env, job.ReportOptions{Days: job.Days{From: first, To: to}})
	})
	return history, last, err
}

// night lets the shop export its books, runs the job, and says whether it has
// found what is wrong with them.
func (d *demo) night(ctx context.Context, env job.Env) (job.Result, error) {
	plants, err := d.shop.export()
	if err != nil {
		return job.Result{}, err
	}
	result, err := d.step("run", func() (job.Result, error) { return job.Run(ctx, env, job.RunOptions{}) })
	if err != nil {
		return result, err
	}
	return result, d.sayFound(result, plants)
}

func (d *demo) step(command string, do func() (job.Result, error)) (job.Result, error) {
	result, err := do()
	if err != nil {
		return result, fmt.Errorf("demo: reconcile %s: %w", command, err)
	}
	fmt.Fprintf(d.stdout, "$ reconcile %s\n  %s", command, result.Status)
	if result.Requests > 0 {
		fmt.Fprintf(d.stdout, ", %d requests", result.Requests)
	}
	if text := sayBreaks(result.Breaks); text != "" {
		fmt.Fprintf(d.stdout, ", %s", text)
	}
	fmt.Fprintln(d.stdout)
	d.code = result.Exit
	return result, nil
}

// day is what happens between the two nights: a late capture, a reversal, a
// refund on an old charge, a void, a new card and a deleted one, and deadlines
// that pass by themselves.
func (d *demo) day() error {
	var captured, reversed, refunded int
	for _, c := range d.server.Charges() {
		var err error
		switch {
		case c.Status == "pending" && c.Authorized && captured < 2:
			captured++
			err = d.server.Capture(c.ID, 0)
		case c.Status == "pending" && c.Authorized && reversed < 1:
			reversed++
			err = d.server.Reverse(c.ID)
		case c.Status == "successful" && c.Refunded == 0 && c.Dispute == "" && refunded < 3:
			refunded++
			_, err = d.server.Refund(c.ID, c.Captured/2)
		}
		if err != nil {
			return fmt.Errorf("demo: play charge %s: %w", c.ID, err)
		}
	}
	if err := d.cards(); err != nil {
		return err
	}
	d.server.Advance(24 * time.Hour)
	fmt.Fprintf(d.stdout, "  a day passes: %d late captures, %d reversal, %d refunds on old charges, a renewed card and a deleted\n  one; in the books two differences are put right, and another one comes in\n", captured, reversed, refunded)
	return nil
}

// cards renews the card of one customer and deletes that of another.
func (d *demo) cards() error {
	renewed := false
	for _, c := range d.server.Customers() {
		if len(c.Cards) != 1 {
			continue
		}
		if renewed {
			return d.server.DeleteCard(c.ID, c.Cards[0])
		}
		renewed = true
		if err := d.server.UpdateCard(c.ID, c.Cards[0], 12, d.server.Clock().Year()+4); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) sayWhatToOpen(history, last job.Result) {
	fmt.Fprintf(d.stdout, "\nOpen these:\n")
	for _, result := range []job.Result{last, history} {
		fmt.Fprintf(d.stdout, "  %s\n", filepath.Join(result.Dir, "reconciliation-"+filepath.Base(result.Dir)+".xlsx"))
	}
	fmt.Fprintf(d.stdout, "The first is the last night's, with what changed since the night before; the second\ncovers the whole history. The CSV files with the same rows lie beside them. Type an\nowner, a resolution or a note into the sheet Breaks and save: the next run keeps it.\n")
}
