package job

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
)

// CloseOptions is what a caller of Close asks for.
type CloseOptions struct {
	Month   string // YYYY-MM
	Account string // "": every account of the config
	Wait    time.Duration
}

// Close stores the figures of a month that is over, for each account, as the
// newest run knows them. A month may be closed again; the result then says what
// has moved. Either all accounts asked for are closed or none.
func Close(ctx context.Context, env Env, o CloseOptions) (closed []ClosedMonth, err error) {
	accounts, err := env.closable(o)
	if err != nil {
		return nil, err
	}
	if err := ledgerExists(ctx, env.Config.LedgerPath()); err != nil {
		return nil, err
	}
	lock, db, err := env.openLedger(ctx, o.Wait)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close(), lock.Release()) }()
	run, err := db.LastRun(ctx)
	if err != nil {
		return nil, err
	}
	if run == nil {
		return nil, errors.New("the ledger knows nothing yet; `reconcile run` reads from Omise")
	}
	c := closer{Env: env, db: db, run: *run}
	if err := c.check(ctx, o.Month, accounts); err != nil {
		return nil, err
	}
	return c.close(ctx, o.Month, accounts)
}

// closable is the accounts to close the month for. The month must be over in
// the zone of each.
func (e Env) closable(o CloseOptions) ([]config.Account, error) {
	month, err := Days{Month: o.Month}.period()
	if err != nil {
		return nil, usage("%q is not a month such as 2026-10", o.Month)
	}
	var accounts []config.Account
	for _, account := range e.Config.Accounts {
		if o.Account != "" && o.Account != account.Name {
			continue
		}
		if ledger.InstantOf(e.Now()) < month.span(account.Zone).To {
			return nil, usage("%s is not over yet for account %s (%s): a month is closed after its last day", o.Month, account.Name, account.Zone)
		}
		accounts = append(accounts, account)
	}
	if len(accounts) == 0 {
		return nil, e.noAccount(o.Account)
	}
	return accounts, nil
}

func (e Env) noAccount(name string) error {
	var names []string
	for _, account := range e.Config.Accounts {
		names = append(names, account.Name)
	}
	return usage("there is no account %q in the config; there are %s", name, strings.Join(names, ", "))
}

// closer closes months with the figures of a run, under the ledger's lock.
type closer struct {
	Env
	db  *ledger.Ledger
	run ledger.Run
}

// check refuses figures that could still be incomplete: the month must have
// been over when a complete run began, and every day of it be proven.
func (c closer) check(ctx context.Context, month string, accounts []config.Account) error {
	complete, err := c.db.LastComplete(ctx, c.run.ID+1)
	if err != nil {
		return err
	}
	var problems []string
	for _, account := range accounts {
		span := spanOfMonth(month, account.Zone)
		if complete == nil || complete.StartedAt < span.To {
			problems = append(problems, fmt.Sprintf("account %s: no complete run has begun since %s ended; `reconcile run` first", account.Name, month))
			continue
		}
		gaps, err := c.unproven(ctx, account, span)
		if err != nil {
			return err
		}
		if gaps != "" {
			problems = append(problems, gaps)
		}
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s cannot be closed: %s", month, strings.Join(problems, "; "))
	}
	return nil
}

// unproven names the days of a month that charges or refunds have no proof of;
// "" when there are none.
func (c closer) unproven(ctx context.Context, account config.Account, span ledger.Span) (string, error) {
	var missing []string
	var all []ledger.Span
	for _, list := range []ledger.List{ledger.Charges, ledger.Refunds} {
		proven, err := c.db.ProvenSpans(ctx, account.Name, list, 0)
		if err != nil {
			return "", err
		}
		for _, gap := range ledger.Subtract([]ledger.Span{span}, proven) {
			missing = append(missing, fmt.Sprintf("%s of %s", list, daysOf(gap, account.Zone)))
			all = append(all, gap)
		}
	}
	if len(all) == 0 {
		return "", nil
	}
	all = ledger.Union(all...)
	from, to := daysOf(all[0], account.Zone).From, daysOf(all[len(all)-1], account.Zone).To
	return fmt.Sprintf("account %s: %s are not proven; `reconcile backfill --from %s --to %s` reads them", account.Name, strings.Join(missing, ", "), from, to), nil
}

// daysOf is the business days of a gap; its last second belongs to what comes
// after it.
func daysOf(gap ledger.Span, zone *time.Location) Period {
	return Period{dayOf(gap.From.Time(), zone), dayOf(max(gap.From, gap.To-1).Time(), zone)}
}

func (p Period) String() string {
	if p.From == p.To {
		return p.From
	}
	return p.From + " to " + p.To
}

func spanOfMonth(month string, zone *time.Location) ledger.Span {
	period, err := Days{Month: month}.period()
	if err != nil {
		return ledger.Span{}
	}
	return period.span(zone)
}

func (c closer) close(ctx context.Context, month string, accounts []config.Account) ([]ClosedMonth, error) {
	known, err := c.db.Closings(ctx)
	if err != nil {
		return nil, err
	}
	var fresh []ledger.Closing
	for _, account := range accounts {
		span := spanOfMonth(month, account.Zone)
		totals, err := monthTotals(ctx, c.db, c.run, account.Name, span)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, ledger.Closing{
			Account: account.Name, Month: month, From: span.From, To: span.To, Run: c.run.ID, ClosedAt: ledger.InstantOf(c.Now()), Totals: totals,
		})
	}
	if err := c.db.CloseMonths(ctx, fresh...); err != nil {
		return nil, err
	}
	return c.told(fresh, known), nil
}

// told says of each closing what has moved since the one before it.
func (c closer) told(fresh, known []ledger.Closing) []ClosedMonth {
	var months []ClosedMonth
	for _, closing := range fresh {
		m := closedMonth(closing, zoneOf(c.Config, closing.Account))
		for _, old := range newestClosings(known) {
			if old.last.Month == closing.Month && old.last.Account == closing.Account {
				m.follow(&old.last)
				m.Moved = moved(old.last.Totals, closing.Totals)
			}
		}
		months = append(months, m)
	}
	return months
}
