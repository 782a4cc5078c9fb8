// Package job is one pass over the accounts of a config: fetch into the
// ledger, then reports out of it. What run, backfill, report and serve share.
package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/cenkalti/backoff/v4"

	"reconcile/internal/config"
	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
)

// Exit codes, as the contract gives them to scripts.
const (
	ExitDone        = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitPartial     = 3
	ExitBreaks      = 4
	ExitRefused     = 6
	ExitLocked      = 7
	ExitInterrupted = 130
)

// ErrUsage marks what the caller asked for wrongly; nothing was done.
var ErrUsage = errors.New("usage")

func usage(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrUsage, fmt.Errorf(format, args...))
}

// Env is what a pass needs from the process that it runs in.
type Env struct {
	Config   *config.Config
	Version  string
	Now      func() time.Time
	Getenv   func(string) string
	Log      *slog.Logger
	Progress fetch.Progress
	Watched  bool                 // somebody looks at the progress, which is worth a few requests
	Timer    func() backoff.Timer // for waits between retries; nil: the real one
}

// Result is what a pass came to, in the words of `run --json`.
type Result struct {
	Run      int64                     `json:"run"`
	Status   string                    `json:"status"`
	Exit     int                       `json:"exit"`
	Period   map[string]Period         `json:"period"`
	Dir      string                    `json:"dir"`
	Requests int                       `json:"requests"`
	Fetched  map[ledger.Object]int     `json:"fetched"`
	Added    map[ledger.Object]int     `json:"added"`
	Changed  map[ledger.Object]int     `json:"changed"`
	Breaks   map[string]map[string]int `json:"breaks"`
	Unproven []Unproven                `json:"unproven"`
	Errors   []string                  `json:"errors"`
}

// Period is the business days of an account that a pass covers, both included.
type Period struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Unproven is a stretch of a list without a proof.
type Unproven struct {
	Account string    `json:"account"`
	List    string    `json:"list"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Reason  string    `json:"reason"`
}

func (u Unproven) overlaps(other Unproven) bool {
	return u.From.Before(other.To) && other.From.Before(u.To)
}

// ExitCode is the one place where an error becomes an exit code.
func ExitCode(err error) int {
	var problems *config.Problems
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, context.Canceled):
		return ExitInterrupted
	case errors.Is(err, ErrUsage), errors.As(err, &problems), errors.Is(err, ledger.ErrMode):
		return ExitUsage
	case errors.Is(err, ledger.ErrLocked):
		return ExitLocked
	}
	return ExitFailed
}

// pass is one run or backfill under way.
type pass struct {
	Env
	ledger *ledger.Ledger
	lock   *ledger.Lock
	keys   map[string]config.Key
	start  time.Time
	target string // the report folder, absolute; "" for a backfill
	result Result
	run    ledger.Run
	fetch  map[string]fetch.Result // by account
	books  []bookFacts
}

// open reads the keys, takes the lock and opens the ledger, in this order, so
// that a mistake in the config leaves nothing behind.
func (e Env) open(ctx context.Context, wait time.Duration) (*pass, error) {
	p := &pass{Env: e, start: e.Now(), keys: map[string]config.Key{}, fetch: map[string]fetch.Result{}}
	p.result = Result{}.Filled()
	if err := p.readKeys(); err != nil {
		return nil, err
	}
	var err error
	if p.lock, p.ledger, err = e.openLedger(ctx, wait); err != nil {
		return nil, err
	}
	for name, key := range p.keys {
		if err := p.ledger.CheckMode(ctx, !key.Test()); err != nil {
			return nil, errors.Join(fmt.Errorf("account %s: %w", name, err), p.close())
		}
	}
	return p, nil
}

func (e Env) openLedger(ctx context.Context, wait time.Duration) (*ledger.Lock, *ledger.Ledger, error) {
	path := e.Config.LedgerPath()
	if !folderThere(path) {
		return nil, nil, fmt.Errorf("ledger %s: %s", path, noFolder)
	}
	lock, err := ledger.AcquireLock(ctx, path, wait)
	if err != nil {
		return nil, nil, err
	}
	db, err := ledger.Open(ctx, path)
	if err != nil {
		return nil, nil, errors.Join(err, lock.Release())
	}
	return lock, db, nil
}

const noFolder = "its folder is not there: mount or make it, or set ledger to another path"

// folderThere looks for the folder of a ledger. It is never made: a folder that
// is missing may be a disk that is not mounted, and a new ledger there would
// have lost all history.
func folderThere(path string) bool {
	info, err := os.Stat(filepath.Dir(path))
	return err == nil && info.IsDir()
}

func (p *pass) readKeys() error {
	for _, account := range p.Config.Accounts {
		key, err := p.Config.SecretKey(account, p.Getenv)
		if err != nil {
			return usage("%w", err)
		}
		p.keys[account.Name] = key
	}
	return nil
}

func (p *pass) close() error { return errors.Join(p.ledger.Close(), p.lock.Release()) }

// begin numbers the run.
func (p *pass) begin(ctx context.Context, r ledger.Run) error {
	effective, err := p.Config.Effective()
	if err != nil {
		return err
	}
	r.StartedAt, r.Version, r.Config = ledger.InstantOf(p.start), p.Version, string(effective)
	r.BusinessDate = dayOf(p.start, p.Config.Reports.Zone)
	if p.run, err = p.ledger.BeginRun(ctx, r); err != nil {
		return err
	}
	p.result.Run = p.run.ID
	return nil
}

// end writes down how the run ended, even when a stop was asked for.
func (p *pass) end(ctx context.Context, status string, exit int, marks map[string]string) error {
	now := ledger.InstantOf(p.Now())
	p.run.EndedAt, p.run.Status, p.run.Exit = &now, status, &exit
	p.result.Status, p.result.Exit = status, exit
	return p.ledger.EndRun(context.WithoutCancel(ctx), p.run, marks)
}

// fail ends a run that could not go on, and hands the cause back.
func (p *pass) fail(ctx context.Context, cause error) error {
	status := ledger.Failed
	if errors.Is(cause, context.Canceled) {
		status = ledger.Interrupted
	}
	p.run.Error = cause.Error()
	err := p.end(ctx, status, ExitCode(cause), nil)
	if ledger.SameFailure(cause, err) {
		return cause
	}
	return errors.Join(cause, err)
}

// failed is the result with an error in its place, if there is one: whatever
// was written, the ledger does not know of it.
func (p *pass) failed(err error) Result {
	if err != nil {
		p.result.Status, p.result.Exit = p.run.Status, ExitCode(err)
		if p.run.Status != ledger.Interrupted {
			p.result.Status = ledger.Failed
		}
	}
	return p.result
}

// Filled gives the result with no nulls where a script expects a list.
func (r Result) Filled() Result {
	if r.Period == nil {
		r.Period = map[string]Period{}
	}
	if r.Fetched == nil {
		r.Fetched, r.Added, r.Changed = map[ledger.Object]int{}, map[ledger.Object]int{}, map[ledger.Object]int{}
	}
	if r.Breaks == nil {
		r.Breaks = map[string]map[string]int{}
	}
	if r.Unproven == nil {
		r.Unproven = []Unproven{}
	}
	if r.Errors == nil {
		r.Errors = []string{}
	}
	return r
}
