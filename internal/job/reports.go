package job

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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

// oddWords names the objects whose status no document of Omise knows, one
// sentence for each such word of an account.
func oddWords(ctx context.Context, snapshot *ledger.Snapshot) ([]string, error) {
	type word struct {
		account, status string
		object          ledger.Object
	}
	var order []word
	ids := map[word][]string{}
	for w, err := range snapshot.OddWords(ctx) {
		if err != nil {
			return nil, err
		}
		of := word{w.Account, w.Status, w.Object}
		if ids[of] == nil {
			order = append(order, of)
		}
		ids[of] = append(ids[of], w.ID)
	}
	var all []string
	for _, of := range order {
		means := "not closed: listed and not summed"
		if of.object == ledger.ChargeObject {
			means = "which no document of Omise knows: counted in charges alone"
		}
		all = append(all, fmt.Sprintf("account %s: %d %s(s) with the status %q, %s: %s", of.account, len(ids[of]), of.object, of.status, means, some(ids[of])))
	}
	return all, nil
}

// some names ids, up to a number that a person still reads.
func some(ids []string) string {
	const most = 20
	if len(ids) <= most {
		return strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
}

// expiredLongAgo counts the cards that are beyond the reach of the table.
func expiredLongAgo(ctx context.Context, snapshot *ledger.Snapshot, cfg *config.Config) ([]string, error) {
	n, err := snapshot.CardsExpiredLongAgo(ctx)
	if err != nil || n == 0 {
		return nil, err
	}
	return []string{fmt.Sprintf("%d kept cards expired more than %d days ago and are not listed", n, cfg.Reports.CardExpiredDays)}, nil
}

func currencies(sums map[string]int64) map[money.Currency]int64 {
	m := make(map[money.Currency]int64, len(sums))
	for c, sum := range sums {
		m[money.Currency(c)] = sum
	}
	return m
}
