package job

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
)

// Closings lists the newest closing of each month, and what has moved since. It
// reads only, and needs no lock.
func Closings(ctx context.Context, env Env, account string) ([]ClosedMonth, error) {
	months := []ClosedMonth{}
	if account != "" && !slices.ContainsFunc(env.Config.Accounts, func(a config.Account) bool { return a.Name == account }) {
		return nil, env.noAccount(account)
	}
	db, err := ledger.OpenReader(ctx, env.Config.LedgerPath())
	if errors.Is(err, ledger.ErrMissing) {
		return months, nil
	}
	if err != nil {
		return nil, err
	}
	defer db.Close()
	run, err := db.LastRun(ctx)
	if err != nil || run == nil {
		return months, err
	}
	all, err := db.Closings(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range newestClosings(all) {
		if account != "" && c.last.Account != account {
			continue
		}
		totals, err := monthTotals(ctx, db, *run, c.last.Account, ledger.Span{From: c.last.From, To: c.last.To})
		if err != nil {
			return nil, err
		}
		m := closedMonth(c.last, zoneOf(env.Config, c.last.Account))
		m.follow(c.before)
		m.Moved = moved(c.last.Totals, totals)
		months = append(months, m)
	}
	return months, nil
}

// closings is the newest closing of a month of an account, and the one before.
type closings struct {
	last   ledger.Closing
	before *ledger.Closing
}

// newestClosings gives them by month and account.
func newestClosings(oldestFirst []ledger.Closing) []closings {
	var all []closings
	for _, c := range oldestFirst {
		i := slices.IndexFunc(all, func(known closings) bool { return known.last.Month == c.Month && known.last.Account == c.Account })
		if i < 0 {
			all = append(all, closings{last: c})
			continue
		}
		before := all[i].last
		all[i] = closings{last: c, before: &before}
	}
	slices.SortFunc(all, func(a, b closings) int {
		return cmp.Or(cmp.Compare(a.last.Month, b.last.Month), cmp.Compare(a.last.Account, b.last.Account))
	})
	return all
}
