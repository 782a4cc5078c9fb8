package ledger

import (
	"context"
	"fmt"
	"iter"
	"strings"
)

// The states of a break that is listed.
const (
	BreakNew   = "new"  // opened after the baseline, which did not know it as open
	BreakOpen  = "open" // opened before
	BreakCured = "cured"
)

// The words for what finance decided about a break.
const (
	Undecided = "open"
	Accepted  = "accepted"
	Fixed     = "fixed"
)

// ListedBreak is a break as a report shows it.
type ListedBreak struct {
	Break
	State        string
	FirstSeen    Instant // start of the run that opened it
	ClosedPeriod bool    // it happened in a month that was closed before it was opened
	Owner        string
	Resolution   string // Accepted only for the values that it was given for
	Note         string
}

// Breaks yields the breaks that are open and those cured since the baseline, by
// the place of their kind, first_seen, id and account. Of what finance wrote,
// notes up to the given one count.
func (s *Snapshot) Breaks(ctx context.Context, notes int64) iter.Seq2[ListedBreak, error] {
	query := fmt.Sprintf(`SELECT %s, iif(b.cured, 'cured', iif(b.opened > ?2 AND NOT (%s), 'new', 'open')), r.started_at AS first_seen,
			b.opened > coalesce((%s), b.opened), %s, %s, %s
		FROM scope AS s CROSS JOIN breaks AS b USING (account) JOIN runs AS r ON r.id = b.opened
		WHERE b.cured = 0 OR b.since > ?2 ORDER BY %s, first_seen, b.id, b.account`,
		breakTable.selection("b"), openBefore, lastClosing, noted("owner"), resolution, noted("note"), kindPlace())
	return stream(ctx, s, query, func(b *ListedBreak) []any {
		return append(breakTable.fields(&b.Break), &b.State, &b.FirstSeen, &b.ClosedPeriod, &b.Owner, &b.Resolution, &b.Note)
	}, notes, s.baseline, s.run)
}

// OpenBreaks is the measure breaks_open, by account and currency: the breaks
// that are new or open and not accepted, and the sum of their differences
// without sign, which is refused when it overflows. Those in no currency, such
// as unreadable rows, are in no total of one.
func (s *Snapshot) OpenBreaks(ctx context.Context, notes int64) ([]Total, error) {
	query := fmt.Sprintf(`SELECT b.account, b.currency, 'breaks_open', count(*), coalesce(sum(abs(b.difference)), 0)
		FROM scope AS s CROSS JOIN breaks AS b USING (account) WHERE b.cured = 0 AND b.currency <> '' AND %s <> 'accepted' GROUP BY 1, 2 ORDER BY 1, 2`, resolution)
	var totals []Total
	for t, err := range stream(ctx, s, query, (*Total).fields, notes) {
		if err != nil {
			return nil, fmt.Errorf("sum the open breaks: %w", err)
		}
		totals = append(totals, t)
	}
	return totals, nil
}

// noted is what finance last wrote of a break b into a field, as SQL whose
// first argument is the newest note that counts.
func noted(field string) string {
	return "coalesce((SELECT n.value" + notesOn(field) + "), '')"
}

func notesOn(field string) string {
	return " FROM notes AS n WHERE n.account = b.account AND n.break = b.id AND n.field = '" + field + "' AND n.held = 1 AND n.id <= ?1 ORDER BY n.id DESC LIMIT 1"
}

// resolution is that of a break b. What was accepted is open again when either
// value has changed since.
var resolution = "coalesce((SELECT iif(n.value = 'accepted' AND (n.record_value, n.omise_value) IS NOT (b.record_value, b.omise_value), 'open', n.value)" +
	notesOn("resolution") + "), 'open')"

// openBefore is true of a break b that the baseline knew as open: one that was
// cured since, and is back, is not new.
const openBefore = `SELECT EXISTS (SELECT 1 FROM breaks_versions AS w
	WHERE w.account = b.account AND w.id = b.id AND w.since <= ?2 AND w.until > ?2 AND w.cured = 0)`

// lastClosing is the run whose figures the month of a break b was last closed with.
const lastClosing = `SELECT max(m.run) FROM closed_months AS m
	WHERE m.account = b.account AND b.happened_at >= m.from_at AND b.happened_at < m.to_at AND m.run < ?3`

// kindPlace is the place of the kind of a break b.
func kindPlace() string {
	var text strings.Builder
	text.WriteString("CASE b.kind")
	for _, k := range BreakKinds() {
		fmt.Fprintf(&text, " WHEN '%s' THEN %d", k, k.Place())
	}
	return text.String() + " END"
}
