package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
)

// facts is what the reports of a run say beside their rows. They are stored
// with the run, so that its reports can be written again byte for byte.
type facts struct {
	Accounts []accountFacts `json:"accounts"`
	Proofs   []proof        `json:"proofs"`
	Unproven []Unproven     `json:"unproven"`
	Unread   []string       `json:"unread"`   // elements that could not be read, objects not found
	Stopped  []string       `json:"stopped"`  // what ended an account's fetch early, and what else went wrong with it
	Replaces []string       `json:"replaces"` // earlier folders whose days are covered again
	Books    []bookFacts    `json:"books"`
	Notes    int64          `json:"notes"` // the newest note that the reports show

	// Breaks is how many breaks the reports list by kind and state, without
	// those that finance has accepted.
	Breaks map[string]map[string]int `json:"breaks"`
}

type accountFacts struct {
	Name        string          `json:"name"`
	Period      Period          `json:"period"`
	Country     string          `json:"country"`
	HistoryFrom string          `json:"history_from"` // business date, "" when nothing is proven
	DataAsOf    *ledger.Instant `json:"data_as_of"`
	Whole       bool            `json:"whole"` // nothing of it is unproven, unread or stale
	Fresh       bool            `json:"fresh"` // Omise was read to the end: a break that is gone may be cured
}

type proof struct {
	Account  string           `json:"account"`
	List     ledger.List      `json:"list"`
	From     ledger.Instant   `json:"from"`
	To       ledger.Instant   `json:"to"`
	Total    int              `json:"total"`
	Rows     int              `json:"rows"`
	Sums     map[string]int64 `json:"sums"`
	ProvenAt ledger.Instant   `json:"proven_at"`
}

// Complete reports whether everything that the reports cover is proven and fresh.
func (f facts) Complete() bool {
	return !slices.ContainsFunc(f.Accounts, func(a accountFacts) bool { return !a.Whole })
}

// outcome is the status of a run with these facts, and its exit code.
func (f facts) outcome() (status string, exit int) {
	if f.Complete() {
		return ledger.Complete, ExitDone
	}
	return ledger.Partial, ExitPartial
}

func (f facts) accountComplete(name string) bool {
	return slices.ContainsFunc(f.Accounts, func(a accountFacts) bool { return a.Name == name && a.Whole })
}

func (f facts) encode() (string, error) {
	text, err := json.Marshal(f)
	return string(text), err
}

func decodeFacts(r *ledger.Run) (facts, error) {
	var f facts
	if r.Result == "" {
		return f, fmt.Errorf("run %d stored no reports", r.ID)
	}
	if err := json.Unmarshal([]byte(r.Result), &f); err != nil {
		return f, fmt.Errorf("run %d: what it stored: %w", r.ID, err)
	}
	return f, nil
}

// storedPeriods is the period of each account in an earlier run.
func storedPeriods(r *ledger.Run) (map[string]Period, error) {
	f, err := decodeFacts(r)
	if err != nil {
		return nil, err
	}
	covered := map[string]Period{}
	for _, a := range f.Accounts {
		covered[a.Name] = a.Period
	}
	return covered, nil
}

// gather asks the ledger for the facts of the run that has just fetched.
func (p *pass) gather(ctx context.Context, covers map[string]Period) (facts, error) {
	g := gatherer{db: p.ledger, cfg: p.Config, now: p.run.StartedAt, run: p.run.ID}
	f, err := g.facts(ctx, covers)
	if err != nil {
		return facts{}, err
	}
	failed, err := p.ledger.FailedWindows(ctx, p.run.ID)
	if err != nil {
		return facts{}, err
	}
	f.addFailed(failed)
	unreadable, err := p.ledger.UnreadableIn(ctx, p.run.ID)
	if err != nil {
		return facts{}, err
	}
	for i := range f.Accounts {
		f.addFetched(&f.Accounts[i], p.fetch[f.Accounts[i].Name], unreadable)
	}
	f.addBooks(p.books)
	if p.run.Kind == ledger.KindRun {
		f.Replaces, err = replaced(ctx, p.ledger, p.run.ID, filepath.Dir(p.target), covers)
	}
	return f, err
}

func place(list string) int { return slices.Index(ledger.Lists(), ledger.List(list)) }

// gatherer reads proofs as run number run knew them.
type gatherer struct {
	db  *ledger.Ledger
	cfg *config.Config
	now ledger.Instant
	run int64
}

func (g gatherer) facts(ctx context.Context, covers map[string]Period) (facts, error) {
	f := facts{Unproven: []Unproven{}}
	for _, account := range g.cfg.Accounts {
		a, err := g.account(ctx, &f, account, covers[account.Name])
		if err != nil {
			return facts{}, err
		}
		f.Accounts = append(f.Accounts, a)
	}
	slices.SortFunc(f.Accounts, func(a, b accountFacts) int { return cmp.Compare(a.Name, b.Name) })
	return f, nil
}

func (g gatherer) account(ctx context.Context, f *facts, account config.Account, period Period) (accountFacts, error) {
	a := accountFacts{Name: account.Name, Period: period, Whole: true}
	if known, err := g.db.Account(ctx, account.Name); err != nil {
		return a, err
	} else if known != nil {
		a.Country = known.Country
	}
	span := period.span(account.Zone)
	chains := map[ledger.List]*ledger.Span{}
	for _, list := range ledger.Lists() {
		proofs, err := g.db.Proofs(ctx, account.Name, list, g.run)
		if err != nil {
			return a, err
		}
		spans := make([]ledger.Span, len(proofs))
		for i, p := range proofs {
			spans[i] = p.Span
		}
		if chain := ledger.Union(spans...); len(chain) > 0 {
			chains[list] = &chain[len(chain)-1]
		}
		want := span
		if list == ledger.Customers {
			want = ledger.Span{From: 0, To: g.now} // a card may belong to a customer of any age
		}
		f.Proofs = append(f.Proofs, standing(proofs, want)...)
		if list == ledger.Customers {
			continue
		}
		for _, gap := range ledger.Subtract([]ledger.Span{span}, spans) {
			a.Whole = false
			f.Unproven = append(f.Unproven, g.gap(account.Name, list, gap))
		}
	}
	a.HistoryFrom = historyFrom(chains[ledger.Charges], chains[ledger.Refunds], account.Zone)
	a.DataAsOf = earliestEnd(chains[ledger.Charges], chains[ledger.Refunds], chains[ledger.Disputes])
	return a, nil
}

func (g gatherer) gap(account string, list ledger.List, gap ledger.Span) Unproven {
	reason := "it has not been read"
	if gap.To > g.now {
		reason = "it is not over yet"
	}
	return Unproven{Account: account, List: string(list), From: gap.From.Time(), To: gap.To.Time(), Reason: reason}
}

// standing is the newest proofs that together cover what of want is proven, in
// order of time.
func standing(newestFirst []ledger.Proof, want ledger.Span) []proof {
	var kept []proof
	var covered []ledger.Span
	for _, p := range newestFirst {
		part := ledger.Span{From: max(p.Span.From, want.From), To: min(p.Span.To, want.To)}
		if part.From >= part.To || len(ledger.Subtract([]ledger.Span{part}, covered)) == 0 {
			continue
		}
		covered = append(covered, part)
		sums := map[string]int64{}
		for c, sum := range p.Sums {
			sums[string(c)] = sum
		}
		kept = append(kept, proof{p.Account, p.List, p.Span.From, p.Span.To, p.Total, p.Rows, sums, p.ProvenAt})
	}
	slices.SortFunc(kept, func(a, b proof) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return kept
}

// historyFrom is the first whole business day of the newest unbroken chain of
// both lists; "" when one of them has none.
func historyFrom(charges, refunds *ledger.Span, zone *time.Location) string {
	if charges == nil || refunds == nil {
		return ""
	}
	from := max(charges.From, refunds.From)
	day := dayOf(from.Time(), zone)
	if startOf(day, zone) < from {
		day = shift(day, 1)
	}
	return day
}

func earliestEnd(chains ...*ledger.Span) *ledger.Instant {
	var end *ledger.Instant
	for _, c := range chains {
		if c == nil {
			return nil
		}
		if end == nil || c.To < *end {
			end = &c.To
		}
	}
	return end
}

// replaced names the earlier report folders in dir all of whose days are
// covered again.
func replaced(ctx context.Context, db *ledger.Ledger, run int64, dir string, covers map[string]Period) ([]string, error) {
	runs, err := db.Runs(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range runs {
		if r.ID >= run || !r.Reported || filepath.Dir(r.Folder) != dir {
			continue
		}
		old, err := storedPeriods(&r)
		if err != nil {
			return nil, err
		}
		if within(old, covers) {
			names = append(names, filepath.Base(r.Folder))
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func within(old, covers map[string]Period) bool {
	for account, days := range old {
		now, ok := covers[account]
		if !ok || days.From < now.From || days.To > now.To {
			return false
		}
	}
	return len(old) > 0
}

func isRefused(r fetch.Result) bool { return errors.Is(r.Err, fetch.ErrRefused) }
