package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
)

// Finding is one thing that Check looked at.
type Finding struct {
	What string
	OK   bool
	Text string
	exit int
}

// CheckExit is the exit code for what was found, by the contract's order.
func CheckExit(findings []Finding) int {
	exit := ExitDone
	rank := map[int]int{ExitDone: 0, ExitRefused: 1, ExitFailed: 2, ExitUsage: 3}
	for _, f := range findings {
		if !f.OK && rank[f.exit] > rank[exit] {
			exit = f.exit
		}
	}
	return exit
}

// checkPatience bounds how long check waits for Omise.
const checkPatience = 20 * time.Second

// Check looks at everything that a run needs: ledger, reports folder, and for
// each account its key, its zone, Omise's answer and the clock. It writes
// nothing.
func Check(ctx context.Context, env Env) []Finding {
	findings := []Finding{{What: "config", OK: true, Text: fmt.Sprintf("%d account(s)", len(env.Config.Accounts))}}
	findings = append(findings, checkLedger(ctx, env)...)
	findings = append(findings, checkFolder("reports", env.Config.ReportsPath()))
	for _, account := range env.Config.Accounts {
		findings = append(findings, env.checkAccount(ctx, account)...)
	}
	return findings
}

func problem(what string, exit int, format string, args ...any) Finding {
	return Finding{What: what, Text: fmt.Sprintf(format, args...), exit: exit}
}

func checkLedger(ctx context.Context, env Env) []Finding {
	path := env.Config.LedgerPath()
	if !folderThere(path) {
		return []Finding{problem("ledger", ExitFailed, "%s: %s", path, noFolder)}
	}
	folder := checkFolder("ledger", filepath.Dir(path))
	db, err := ledger.OpenReader(ctx, path)
	if errors.Is(err, ledger.ErrMissing) {
		if folder.OK {
			folder.Text = "the first run makes " + path
		}
		return []Finding{folder}
	}
	if err != nil {
		return []Finding{problem("ledger", ExitFailed, "%v", err)}
	}
	defer db.Close()
	last, err := db.LastRun(ctx)
	if err != nil {
		return []Finding{problem("ledger", ExitFailed, "%v", err)}
	}
	text := path + ", no runs yet"
	if last != nil {
		text = fmt.Sprintf("%s, last run %d: %s", path, last.ID, last.Status)
	}
	if !folder.OK {
		return []Finding{folder}
	}
	findings := []Finding{{What: "ledger", OK: true, Text: text}}
	turns, err := Turns(ctx, db, env.Config)
	if err != nil {
		return []Finding{problem("ledger", ExitFailed, "%v", err)}
	}
	for _, turn := range turns {
		findings = append(findings, Finding{What: "sweep", OK: true, Text: turn})
	}
	return findings
}

// checkFolder finds out whether a folder, or the nearest one above it that is
// there, can be written to and has room.
func checkFolder(what, path string) Finding {
	for {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) && filepath.Dir(path) != path {
			path = filepath.Dir(path)
			continue
		}
		switch {
		case err != nil:
			return problem(what, ExitFailed, "%v", err)
		case !info.IsDir():
			return problem(what, ExitFailed, "%s is not a folder", path)
		case !writable(path):
			return problem(what, ExitFailed, "%s is not writable for this user", path)
		}
		free, known := freeSpace(path)
		switch {
		case known && free < minSpace:
			return problem(what, ExitFailed, "%s has only %d MiB left, a run wants %d MiB", path, free>>20, int64(minSpace)>>20)
		case known:
			return Finding{What: what, OK: true, Text: fmt.Sprintf("%s, %d MiB free", path, free>>20)}
		}
		return Finding{What: what, OK: true, Text: path}
	}
}

const minSpace = 200 << 20

func (e Env) checkAccount(ctx context.Context, account config.Account) []Finding {
	what := account.Name
	key, err := e.Config.SecretKey(account, e.Getenv)
	if err != nil {
		return []Finding{problem(what, ExitUsage, "%v", err)}
	}
	findings := []Finding{{What: what, OK: true, Text: fmt.Sprintf("it is %s there (%s)", e.Now().In(account.Zone).Format("2006-01-02 15:04"), account.Zone)}}
	client := fetch.NewClient(fetch.ClientOptions{
		BaseURL: account.BaseURL, Key: key, UserAgent: "reconcile/" + e.Version, RequestsPerSecond: e.Config.Fetch.RequestsPerSecond,
		Timeout: min(e.Config.Fetch.Timeout, checkPatience), RetryFor: min(e.Config.Fetch.RetryFor, checkPatience), Now: e.Now, Timer: e.Timer, Log: e.Log,
	})
	defer client.Close()
	omise, skew, err := client.Account(ctx, account.Name, key.Test())
	switch {
	case errors.Is(err, fetch.ErrRefused):
		return append(findings, problem(what, ExitRefused, "%v", err))
	case err != nil:
		return append(findings, problem(what, ExitFailed, "%v", err))
	}
	mode := map[bool]string{true: "live", false: "test"}[omise.Livemode]
	findings = append(findings, Finding{What: what, OK: true, Text: fmt.Sprintf("Omise account %s, %s, %s, %s mode", omise.OmiseID, omise.Country, omise.Currency, mode)})
	if skew.Abs() > fetch.MaxSkew {
		findings = append(findings, problem(what, ExitFailed, "this machine's clock is %s off Omise's: set it right, windows end by it", skew.Round(time.Second)))
	}
	return append(findings, e.checkMode(ctx, what, omise.Livemode)...)
}

func (e Env) checkMode(ctx context.Context, what string, livemode bool) []Finding {
	db, err := ledger.OpenReader(ctx, e.Config.LedgerPath())
	if err != nil {
		return nil // said already
	}
	defer db.Close()
	if err := db.CheckMode(ctx, livemode); err != nil {
		return []Finding{problem(what, ExitUsage, "%v", err)}
	}
	return nil
}
