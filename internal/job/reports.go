package job

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/report"
)

// japanWindow and usualWindow are how long an authorisation without expires_at
// is taken to live. Omise's documents say 29 or 30 days for Japan (the shorter
// is the safe one) and 7 days elsewhere.
const (
	japanWindow = 29 * 24 * time.Hour
	usualWindow = 7 * 24 * time.Hour
)

// writeReports writes the folder of a run out of the ledger, with deadlines
// and ages counted from asOf. It also gives what the rows hold that finance
// should be told of.
func writeReports(ctx context.Context, db *ledger.Ledger, cfg *config.Config, run ledger.Run, f facts, asOf ledger.Instant, target string) (report.Result, []string, error) {
	target, err := filepath.Abs(target)
	if err != nil {
		return report.Result{}, nil, err
	}
	snapshot, err := db.Snapshot(ctx, run.ID, run.Baseline, scopes(cfg, f, asOf))
	if err != nil {
		return report.Result{}, nil, err
	}
	defer snapshot.Close()
	odd, err := oddWords(ctx, snapshot)
	if err != nil {
		return report.Result{}, nil, err
	}
	longAgo, err := expiredLongAgo(ctx, snapshot, cfg)
	if err != nil {
		return report.Result{}, nil, err
	}
	book := f.book(cfg, run, asOf)
	book.Notices = slices.Concat(book.Notices, odd, longAgo)
	book.Tables = report.Fill(ctx, snapshot, rules(cfg, f, asOf))
	r := cfg.Reports
	written, err := report.Write(ctx, report.Options{Dir: target, Formats: r.Formats, BOM: r.CSVBOM, Language: r.Language, Calendar: r.Calendar, Zone: r.Zone}, book)
	return written, odd, err
}

func scopes(cfg *config.Config, f facts, asOf ledger.Instant) []ledger.Scope {
	var all []ledger.Scope
	for _, a := range f.Accounts {
		zone := zoneOf(cfg, a.Name)
		span := a.Period.span(zone)
		all = append(all, ledger.Scope{
			Account: a.Name, From: span.From, To: span.To, AsOf: asOf, AsOfDay: dayOf(asOf.Time(), zone),
			CaptureWindow: int64(captureWindow(cfg, a) / time.Second),
			ExpiryDays:    cfg.Reports.CardExpiryDays, ExpiredDays: cfg.Reports.CardExpiredDays, ExpiryHours: cfg.Reports.ChargeExpiryHours,
		})
	}
	return all
}

func captureWindow(cfg *config.Config, a accountFacts) time.Duration {
	for _, account := range cfg.Accounts {
		if account.Name == a.Name && account.CaptureWindow > 0 {
			return account.CaptureWindow
		}
	}
	if a.Country == "JP" {
		return japanWindow
	}
	return usualWindow
}

func rules(cfg *config.Config, f facts, asOf ledger.Instant) report.Rules {
	r := report.Rules{
		AsOf:           asOf,
		OrderRef:       ledger.OrderRef{Sources: cfg.Reports.OrderRef, Pattern: cfg.Reports.OrderRefPattern},
		CaptureWarning: time.Duration(cfg.Reports.CaptureWarningDays) * 24 * time.Hour,
		Accounts:       map[string]report.AccountRules{},
	}
	for _, a := range f.Accounts {
		account := report.AccountRules{Zone: zoneOf(cfg, a.Name)}
		if a.HistoryFrom != "" {
			from := startOf(a.HistoryFrom, account.Zone)
			account.HistoryFrom = &from
		}
		r.Accounts[a.Name] = account
	}
	return r
}

// oddWords names the objects whose status no document of Omise knows.
func oddWords(ctx context.Context, snapshot *ledger.Snapshot) ([]string, error) {
	var all []string
	for w, err := range snapshot.OddWords(ctx) {
		if err != nil {
			return nil, err
		}
		all = append(all, oddWord(w))
	}
	return all, nil
}

// expiredLongAgo counts the cards that are beyond the reach of the table.
func expiredLongAgo(ctx context.Context, snapshot *ledger.Snapshot, cfg *config.Config) ([]string, error) {
	n, err := snapshot.CardsExpiredLongAgo(ctx)
	if err != nil || n == 0 {
		return nil, err
	}
	return []string{fmt.Sprintf("%d kept cards expired more than %d days ago and are not listed", n, cfg.Reports.CardExpiredDays)}, nil
}

func oddWord(w ledger.OddWord) string {
	if w.Object == ledger.ChargeObject {
		return fmt.Sprintf("account %s: charge %s has the status %q, which no document of Omise knows: it counts in charges alone", w.Account, w.ID, w.Status)
	}
	return fmt.Sprintf("account %s: refund %s has the status %q, not closed: it is listed and not summed", w.Account, w.ID, w.Status)
}

func currencies(sums map[string]int64) map[money.Currency]int64 {
	m := make(map[money.Currency]int64, len(sums))
	for c, sum := range sums {
		m[money.Currency(c)] = sum
	}
	return m
}
