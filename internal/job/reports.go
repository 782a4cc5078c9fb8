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

// writing is everything that a folder of reports is written from.
type writing struct {
	db    *ledger.Ledger
	cfg   *config.Config
	run   ledger.Run
	facts facts
	asOf  ledger.Instant // deadlines and ages count from here
	books comparison
	taken map[string]bool // SHA-256 of the edited workbooks that may be replaced
}

// write writes the folder out of the ledger. It also gives what the rows hold
// that finance should be told of.
func (w writing) write(ctx context.Context, target string) (report.Result, []string, error) {
	target, err := filepath.Abs(target)
	if err != nil {
		return report.Result{}, nil, err
	}
	snapshot, err := w.db.Snapshot(ctx, w.run.ID, w.run.Baseline, scopes(w.cfg, w.facts, w.asOf))
	if err != nil {
		return report.Result{}, nil, err
	}
	defer snapshot.Close()
	odd, err := oddWords(ctx, snapshot)
	if err != nil {
		return report.Result{}, nil, err
	}
	longAgo, err := expiredLongAgo(ctx, snapshot, w.cfg)
	if err != nil {
		return report.Result{}, nil, err
	}
	book := w.facts.book(w.cfg, w.run, w.asOf)
	book.Notices = slices.Concat(book.Notices, odd, longAgo)
	book.Tables = report.Fill(ctx, snapshot, w.rules())
	r := w.cfg.Reports
	written, err := report.Write(ctx, report.Options{
		Dir: target, Formats: r.Formats, BOM: r.CSVBOM, Language: r.Language, Calendar: r.Calendar, Zone: r.Zone, Taken: w.taken,
	}, book)
	return written, odd, err
}

// remember notes with which notes the workbooks of a folder were written, so
// that what is typed into them later is told from what stood there.
func (w writing) remember(ctx context.Context, written report.Result) error {
	for _, f := range written.Files {
		if filepath.Ext(f.Name) != ".xlsx" {
			continue
		}
		if err := w.db.NoteWorkbook(ctx, w.run.ID, filepath.Join(written.Dir, f.Name), f.SHA256, w.facts.Notes); err != nil {
			return err
		}
	}
	return nil
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

// orderRef is where charges carry their order references.
func orderRef(cfg *config.Config) ledger.OrderRef {
	return ledger.OrderRef{Sources: cfg.Reports.OrderRef, Pattern: cfg.Reports.OrderRefPattern}
}

func (w writing) rules() report.Rules {
	severity := w.cfg.Reports.Severity
	r := report.Rules{
		AsOf:           w.asOf,
		OrderRef:       orderRef(w.cfg),
		CaptureWarning: time.Duration(w.cfg.Reports.CaptureWarningDays) * 24 * time.Hour,
		Accounts:       map[string]report.AccountRules{},
		Books:          w.books,
		Notes:          w.facts.Notes,
		Severity:       report.Severity{High: report.Threshold(severity.High), Medium: report.Threshold(severity.Medium)},
	}
	for _, a := range w.facts.Accounts {
		account := report.AccountRules{Zone: zoneOf(w.cfg, a.Name)}
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
