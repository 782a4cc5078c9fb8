package job

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"reconcile/internal/ledger"
)

// ExplainOptions is what a caller of Explain asks for.
type ExplainOptions struct {
	ID      string // of an object, a transaction or a break, or an order reference
	Account string // "": every account
}

// Explained is what Explain found: one explanation per account that knows the id.
type Explained struct {
	ID    string        `json:"id"`
	Run   int64         `json:"run"` // the newest one that has ended
	Found []Explanation `json:"found"`
}

// Explanation is everything that the ledger knows of what an id names in one
// account. Times are in the account's zone.
type Explanation struct {
	Account      string   `json:"account"`
	Timezone     string   `json:"timezone"`
	Object       string   `json:"object"` // charge, refund, dispute, customer, card, order, record or break
	ID           string   `json:"id"`
	State        string   `json:"state"` // a sentence
	Charges      []Facts  `json:"charges"`
	OtherCharges []Facts  `json:"other_charges"` // of the same orders
	Refunds      []Facts  `json:"refunds"`
	Disputes     []Facts  `json:"disputes"`
	Customers    []Facts  `json:"customers"`
	Cards        []Facts  `json:"cards"`
	Records      []Facts  `json:"records"`
	Rules        []Facts  `json:"rules"`
	Breaks       []Facts  `json:"breaks"`
	Notes        []Facts  `json:"notes"`
	Timeline     []Moment `json:"timeline"`
	Next         []string `json:"next"` // sentences
}

// Explain tells everything that the ledger knows of what an id names: the state
// now, every version with the run that saw it, and what the books say. It reads
// only, and needs no lock: a run may be writing meanwhile.
func Explain(ctx context.Context, env Env, o ExplainOptions) (Explained, error) {
	db, err := ledger.OpenReader(ctx, env.Config.LedgerPath())
	if errors.Is(err, ledger.ErrMissing) {
		err = fmt.Errorf("%w; `reconcile run` makes it", err)
	}
	if err != nil {
		return Explained{}, err
	}
	defer db.Close()
	x, err := newExplainer(ctx, env, db, o.Account)
	if err != nil {
		return Explained{}, err
	}
	defer x.close()
	for _, id := range asWritten(o.ID) {
		found, err := x.everywhere(ctx, id)
		if err != nil || len(found) > 0 {
			return Explained{ID: id, Run: x.run.ID, Found: found}, err
		}
	}
	return Explained{}, x.unknown(strings.TrimSpace(o.ID))
}

// asWritten is the id as it came, and without the apostrophe that CSV puts in
// front of what a spreadsheet would take for a formula.
func asWritten(id string) []string {
	id = strings.TrimSpace(id)
	if bare, guarded := strings.CutPrefix(id, "'"); guarded && bare != "" {
		return []string{id, bare}
	}
	return []string{id}
}

// explainer reads the ledger. Objects are told with all their versions, books
// and breaks as the newest run that has ended knows them.
type explainer struct {
	Env
	db       *ledger.Ledger
	snapshot *ledger.Snapshot
	run      ledger.Run
	started  map[int64]ledger.Instant // of each run
	accounts []string
	orderRef ledger.OrderRef
}

func newExplainer(ctx context.Context, env Env, db *ledger.Ledger, account string) (*explainer, error) {
	x := &explainer{Env: env, db: db, orderRef: orderRef(env.Config)}
	if err := x.readRuns(ctx); err != nil {
		return nil, err
	}
	if err := x.chooseAccounts(ctx, account); err != nil {
		return nil, err
	}
	return x, x.open(ctx)
}

func (x *explainer) readRuns(ctx context.Context) (err error) {
	if x.started, err = x.db.RunStarts(ctx); err != nil {
		return err
	}
	run, err := x.db.LastEnded(ctx, math.MaxInt64)
	if err == nil && run == nil {
		run, err = x.db.LastRun(ctx)
	}
	if err == nil && run == nil {
		err = errors.New("the ledger knows nothing yet; `reconcile run` or `reconcile backfill` reads from Omise")
	}
	if err == nil {
		x.run = *run
	}
	return err
}

// open opens the ledger as the run knew it. Breaks are new or open as in the
// newest reports.
func (x *explainer) open(ctx context.Context) error {
	reported, err := x.db.LastReported(ctx, x.run.ID+1)
	if err != nil {
		return err
	}
	baseline := int64(0)
	if reported != nil {
		baseline = reported.Baseline
	}
	var scopes []ledger.Scope
	for _, name := range x.accounts {
		scopes = append(scopes, ledger.Scope{Account: name})
	}
	x.snapshot, err = x.db.Snapshot(ctx, x.run.ID, baseline, scopes)
	return err
}

func (x *explainer) close() { _ = x.snapshot.Close() }

// chooseAccounts takes the accounts of the config and those that only the
// ledger still knows.
func (x *explainer) chooseAccounts(ctx context.Context, asked string) error {
	known, err := x.db.AccountNames(ctx)
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for _, name := range known {
		names[name] = true
	}
	for _, account := range x.Config.Accounts {
		names[account.Name] = true
	}
	x.accounts = slices.Sorted(maps.Keys(names))
	if asked == "" {
		return nil
	}
	if !names[asked] {
		return usage("there is no account %q; there are %s", asked, strings.Join(x.accounts, ", "))
	}
	x.accounts = []string{asked}
	return nil
}

func (x *explainer) everywhere(ctx context.Context, id string) ([]Explanation, error) {
	var all []Explanation
	for _, account := range x.accounts {
		d, err := x.find(ctx, account, id)
		if err != nil {
			return nil, err
		}
		if d == nil {
			continue
		}
		if err := x.addBooks(ctx, d); err != nil {
			return nil, err
		}
		t, err := x.teller(ctx, account)
		if err != nil {
			return nil, err
		}
		all = append(all, t.explanation(d, x.started))
	}
	return all, nil
}

func (x *explainer) unknown(id string) error {
	where := "any account"
	if len(x.accounts) == 1 {
		where = "account " + x.accounts[0]
	}
	kinds := "no order and no record"
	if k := kindOf(id); k.word != "" {
		kinds = "no " + k.word + " and no order"
	}
	return fmt.Errorf("%s: %s of %s has this id or order reference; `reconcile runs` says what was read, and what is older than that comes with `reconcile backfill`",
		printable(id), kinds, where)
}

func (x *explainer) teller(ctx context.Context, account string) (teller, error) {
	known, err := x.db.Account(ctx, account)
	if err != nil {
		return teller{}, err
	}
	of := accountFacts{Name: account}
	if known != nil {
		of.Country = known.Country
	}
	return teller{zone: zoneOf(x.Config, account), now: x.Now(), window: captureWindow(x.Config, of), orderRef: x.orderRef}, nil
}
