package job

import (
	"context"
	"slices"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

// comparison is every account's charges compared with its books. It answers
// the reports' questions.
type comparison struct {
	outcomes map[string]*match.Outcome
	books    map[string]bool // accounts that have books
	totals   []ledger.Total
}

// Compared reports whether books exist for the account.
func (c comparison) Compared(account string) bool { return c.books[account] }

// Charge says what the books have of a charge.
func (c comparison) Charge(account, id string) ledger.Comparison {
	if outcome, ok := c.outcomes[account]; ok {
		return outcome.Charge(id)
	}
	return ledger.Comparison{Result: ledger.NotCompared, RefundResult: ledger.NotCompared}
}

// Totals is how many records lie in the period, and how much was matched in it.
func (c comparison) Totals() []ledger.Total { return c.totals }

// compare compares the accounts with their books, as a run knew both.
func compare(ctx context.Context, db *ledger.Ledger, cfg *config.Config, f facts, run ledger.Run) (comparison, error) {
	c := comparison{outcomes: map[string]*match.Outcome{}, books: map[string]bool{}}
	snapshot, err := db.Snapshot(ctx, run.ID, run.Baseline, scopes(cfg, f, run.AsOf))
	if err != nil {
		return c, err
	}
	defer snapshot.Close()
	for _, a := range f.Accounts {
		m := matching{snapshot: snapshot, account: a, zone: zoneOf(cfg, a.Name), orders: orderRef(cfg)}
		if m.rules, err = matchRules(ctx, db, snapshot, cfg, f, a, run); err != nil {
			return c, err
		}
		outcome, err := m.match(ctx)
		if err != nil {
			return c, err
		}
		span := a.Period.span(m.zone)
		c.outcomes[a.Name] = outcome
		if len(m.rules.Sources) > 0 {
			c.books[a.Name] = true
			c.totals = append(c.totals, outcome.Totals(span.From, span.To)...)
		}
	}
	return c, nil
}

// matchRules is what the comparison of an account depends on.
func matchRules(ctx context.Context, db *ledger.Ledger, snapshot *ledger.Snapshot, cfg *config.Config, f facts, a accountFacts, run ledger.Run) (match.Rules, error) {
	zone := zoneOf(cfg, a.Name)
	r := match.Rules{Account: a.Name, Fresh: a.Fresh}
	if a.HistoryFrom != "" {
		from := startOf(a.HistoryFrom, zone)
		r.HistoryFrom = &from
	}
	proofs, err := db.Proofs(ctx, a.Name, ledger.Charges, run.ID)
	if err != nil {
		return r, err
	}
	for _, p := range proofs {
		r.Proven = append(r.Proven, p.Span)
	}
	r.Proven = ledger.Union(r.Proven...)
	if len(r.Proven) > 0 {
		r.To = r.Proven[len(r.Proven)-1].To
	}
	r.Sources = matchSources(cfg, f, a.Name, r.To)
	if r.NotAtOmise, err = snapshot.NotAtOmise(ctx, a.Name); err != nil {
		return r, err
	}
	r.Unreadable, err = unreadableRows(ctx, db, r.Sources, a.Name, run.ID)
	return r, err
}

// unreadableRows is those of the sources that the config names.
func unreadableRows(ctx context.Context, db *ledger.Ledger, sources []match.Source, account string, run int64) ([]ledger.UnreadableRow, error) {
	rows, err := db.UnreadableRows(ctx, account, run)
	return slices.DeleteFunc(rows, func(u ledger.UnreadableRow) bool {
		return !slices.ContainsFunc(sources, func(s match.Source) bool { return s.Name == u.Source })
	}), err
}

// matchSources is the sources of an account as the run has read them.
func matchSources(cfg *config.Config, f facts, account string, to ledger.Instant) []match.Source {
	zone := zoneOf(cfg, account)
	var sources []match.Source
	for _, r := range cfg.Records {
		if r.Account != account {
			continue
		}
		s := source{match.Source{Name: r.Name, Grace: r.Grace, Whole: r.AllOmise || len(r.Where) > 0}}
		if r.Since != "" {
			since := startOf(r.Since, zone)
			s.Since = &since
		}
		i := slices.IndexFunc(f.Books, func(b bookFacts) bool { return b.Account == account && b.Source == r.Name })
		if i >= 0 {
			s.know(f.Books[i], to)
		}
		sources = append(sources, s.Source)
	}
	return sources
}

// source is a source of records as the matcher takes it.
type source struct{ match.Source }

// know takes over what a run has read. An optional source that has no file is
// read all the same: it is known to hold nothing.
func (s *source) know(b bookFacts, to ledger.Instant) {
	s.Read, s.Known = b.Read, b.Read || b.ReadAt != nil
	if s.ReadAt = to; b.ReadAt != nil {
		s.ReadAt = *b.ReadAt
	}
}

// matching feeds one account to the matcher.
type matching struct {
	snapshot *ledger.Snapshot
	account  accountFacts
	zone     *time.Location
	rules    match.Rules
	orders   ledger.OrderRef
}

func (m matching) match(ctx context.Context) (*match.Outcome, error) {
	charges, records, err := m.snapshot.Sizes(ctx, m.account.Name)
	if err != nil {
		return nil, err
	}
	matcher := match.New(m.rules, charges, records)
	for c, err := range ahead(m.snapshot.ComparedCharges(ctx, m.account.Name)) {
		if err != nil {
			return nil, err
		}
		ref, matches := m.orders.Of(*c)
		if !matches {
			ref = ""
		}
		matcher.AddCharge(c, ref)
	}
	for r, err := range ahead(m.snapshot.Records(ctx, m.account.Name)) {
		if err != nil {
			return nil, err
		}
		matcher.AddRecord(r)
	}
	for r, err := range m.snapshot.LateRefunds(ctx, m.account.Name, m.earliestCut()) {
		if err != nil {
			return nil, err
		}
		matcher.AddRefund(&r)
	}
	return matcher.Match(), nil
}

// earliestCut is the instant after which something at Omise may be too new for
// one of the books.
func (m matching) earliestCut() ledger.Instant {
	cut := m.rules.To
	for _, s := range m.rules.Sources {
		if s.Known {
			cut = min(cut, s.ReadAt.Add(-s.Grace))
		}
	}
	return cut
}
