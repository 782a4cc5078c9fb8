package ledger

import (
	"context"
	"fmt"
	"iter"

	"reconcile/internal/money"
)

// DisputedCharge is a charge with the status of its newest dispute, "" when it
// has none. The disputes list is newer than the copy inside the charge.
type DisputedCharge struct {
	Charge
	Disputed string
}

// PeriodCharges yields the charges created or paid in the period, by created_at and id.
func (s *Snapshot) PeriodCharges(ctx context.Context) iter.Seq2[DisputedCharge, error] {
	query := fmt.Sprintf(`SELECT %s, coalesce((SELECT d.status FROM disputes AS d WHERE d.account = c.account AND d.charge = c.id
			ORDER BY d.created_at DESC, d.id DESC LIMIT 1), c.dispute_status)
		FROM scope AS s CROSS JOIN charges AS c USING (account)
		WHERE (c.created_at >= s.from_at AND c.created_at < s.to_at) OR (c.paid_at >= s.from_at AND c.paid_at < s.to_at)
		ORDER BY c.created_at, c.id, c.account`, chargeTable.selection("c"))
	return stream(ctx, s, query, func(c *DisputedCharge) []any { return append(chargeTable.fields(&c.Charge), &c.Disputed) })
}

// ChargeRefund is a refund with its charge, nil when that is not known.
type ChargeRefund struct {
	Refund
	Of   *Charge
	Last bool // the charge's last refund in the period
}

// PeriodRefunds yields the refunds created in the period, by created_at and id.
func (s *Snapshot) PeriodRefunds(ctx context.Context) iter.Seq2[ChargeRefund, error] {
	query := fmt.Sprintf(`SELECT %s, row_number() OVER (PARTITION BY r.account, r.charge ORDER BY r.created_at DESC, r.id DESC) = 1
		FROM scope AS s CROSS JOIN refunds AS r USING (account)
		WHERE r.created_at >= s.from_at AND r.created_at < s.to_at
		ORDER BY r.created_at, r.id, r.account`, refundTable.selection("r"))
	refunds := stream(ctx, s, query, func(r *ChargeRefund) []any { return append(refundTable.fields(&r.Refund), &r.Last) })
	return withCharge(ctx, s, refunds, func(r *ChargeRefund) (string, string, **Charge) { return r.Account, r.Charge, &r.Of })
}

// ChargeDispute is a dispute with its charge, nil when that is not known.
type ChargeDispute struct {
	Dispute
	Of *Charge
}

// ListedDisputes yields the disputes that are open, or were created or closed
// in the period, by created_at and id.
func (s *Snapshot) ListedDisputes(ctx context.Context) iter.Seq2[ChargeDispute, error] {
	query := fmt.Sprintf(`SELECT %s FROM scope AS s CROSS JOIN disputes AS d USING (account)
		WHERE %s OR (d.created_at >= s.from_at AND d.created_at < s.to_at) OR (d.closed_at >= s.from_at AND d.closed_at < s.to_at)
		ORDER BY d.created_at, d.id, d.account`, disputeTable.selection("d"), openDispute)
	disputes := stream(ctx, s, query, func(d *ChargeDispute) []any { return disputeTable.fields(&d.Dispute) })
	return withCharge(ctx, s, disputes, func(d *ChargeDispute) (string, string, **Charge) { return d.Account, d.Charge, &d.Of })
}

func withCharge[T any](ctx context.Context, s *Snapshot, rows iter.Seq2[T, error], of func(*T) (account, id string, charge **Charge)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			if err == nil {
				account, id, charge := of(&row)
				*charge, err = lookup(ctx, s, chargeTable, account, id)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// Authorization is an authorisation that was not captured.
type Authorization struct {
	Charge
	CaptureBy Instant
	Lapsed    bool // its money is lost; otherwise it is open
}

// Authorizations yields the open authorisations, and those that lapsed in the
// period or since the baseline knew them as open, by capture_by and id.
func (s *Snapshot) Authorizations(ctx context.Context) iter.Seq2[Authorization, error] {
	query := fmt.Sprintf(`SELECT %[1]s, %[2]s AS capture_by, %[3]s FROM scope AS s CROSS JOIN charges AS c USING (account)
		WHERE %[4]s OR (%[3]s AND ((%[2]s >= s.from_at AND %[2]s < s.to_at) OR %[5]s))
		ORDER BY capture_by, c.id, c.account`,
		chargeTable.selection("c"), captureBy, lapsed, openAuthorization("c"), s.knewSince(openAuthorization))
	return stream(ctx, s, query, func(a *Authorization) []any { return append(chargeTable.fields(&a.Charge), &a.CaptureBy, &a.Lapsed) })
}

// UnpaidCharges yields the charges that wait for the customer and expire soon
// or should have, and those that expired in the period or since the baseline
// knew them as pending, by expires_at and id.
func (s *Snapshot) UnpaidCharges(ctx context.Context) iter.Seq2[Charge, error] {
	query := fmt.Sprintf(`SELECT %s FROM scope AS s CROSS JOIN charges AS c USING (account)
		WHERE (%s AND c.expires_at <= s.as_of + s.expiry_hours * 3600)
		OR (%s AND ((c.expires_at >= s.from_at AND c.expires_at < s.to_at) OR %s))
		ORDER BY c.expires_at, c.id, c.account`,
		chargeTable.selection("c"), unpaidPending, unpaidExpired, s.knewSince(pending))
	return stream(ctx, s, query, chargeTable.fields)
}

// knewSince is true of a charge c that was known in a state until some time
// after the baseline: the run before still knew it so.
func (s *Snapshot) knewSince(state func(alias string) string) string {
	return fmt.Sprintf(`EXISTS (SELECT 1 FROM charges_versions AS v WHERE v.account = c.account AND v.id = c.id
		AND v.until > %d AND v.until <= %d AND %s)`, s.baseline, s.run, state("v"))
}

// KeptCard is a card that its customer still has.
type KeptCard struct {
	Card
	Email         string
	Default       bool
	ReplacedBy    string // a card of the customer that outlives the horizon
	LastChargedAt *Instant
	Charges90d    int // successful charges in the 90 x 24 hours before as-of
}

// ExpiringCards yields the cards that expire within the horizon or did not
// long ago, by the month of expiry, customer and id.
func (s *Snapshot) ExpiringCards(ctx context.Context) iter.Seq2[KeptCard, error] {
	const daysLeft = "(julianday(date(printf('%04d-%02d-01', k.expiration_year, k.expiration_month), '+1 month', '-1 day')) - julianday(s.as_of_day))"
	query := `SELECT ` + cardTable.selection("k") + `, u.email, u.default_card = k.id,
			coalesce((SELECT r.id FROM cards AS r WHERE r.account = k.account AND r.customer = k.customer AND r.id <> k.id AND r.deleted = 0
				AND julianday(date(printf('%04d-%02d-01', r.expiration_year, r.expiration_month), '+1 month', '-1 day')) - julianday(s.as_of_day) > s.expiry_days
				ORDER BY r.created_at DESC, r.id LIMIT 1), ''),
			(SELECT max(coalesce(c.paid_at, c.created_at)) FROM charges AS c WHERE c.account = k.account AND c.card = k.id AND c.card <> '' AND c.status = 'successful'),
			(SELECT count(*) FROM charges AS c WHERE c.account = k.account AND c.card = k.id AND c.card <> '' AND c.status = 'successful'
				AND coalesce(c.paid_at, c.created_at) > s.as_of - 90 * 86400 AND coalesce(c.paid_at, c.created_at) <= s.as_of)
		FROM scope AS s CROSS JOIN cards AS k USING (account) JOIN customers AS u ON u.account = k.account AND u.id = k.customer
		WHERE k.deleted = 0 AND u.deleted = 0 AND ` + daysLeft + ` BETWEEN -s.expired_days AND s.expiry_days
		ORDER BY k.expiration_year, k.expiration_month, k.customer, k.id, k.account`
	return stream(ctx, s, query, func(k *KeptCard) []any {
		return append(cardTable.fields(&k.Card), &k.Email, &k.Default, &k.ReplacedBy, &k.LastChargedAt, &k.Charges90d)
	})
}

// CardsExpiredLongAgo counts the kept cards that expired before the report's
// reach.
func (s *Snapshot) CardsExpiredLongAgo(ctx context.Context) (int, error) {
	var n int
	err := s.conn.QueryRowContext(ctx, `SELECT count(*) FROM scope AS s CROSS JOIN cards AS k USING (account) JOIN customers AS u ON u.account = k.account AND u.id = k.customer
		WHERE k.deleted = 0 AND u.deleted = 0
		AND julianday(date(printf('%04d-%02d-01', k.expiration_year, k.expiration_month), '+1 month', '-1 day')) - julianday(s.as_of_day) < -s.expired_days`).Scan(&n)
	return n, explain(err)
}

// OddWord is a status that no document knows, with the object that carries it.
type OddWord struct {
	Object  Object
	Account string
	ID      string
	Status  string
}

// OddWords lists the charges and refunds created in the period, or new or
// changed since the baseline, whose status no document knows. They are counted where the contract says and summed nowhere.
func (s *Snapshot) OddWords(ctx context.Context) iter.Seq2[OddWord, error] {
	query := `SELECT 'charge', c.account, c.id, c.status FROM scope AS s CROSS JOIN charges AS c USING (account)
			WHERE NOT (` + knownStatus + `) AND (c.since > ?1 OR (c.created_at >= s.from_at AND c.created_at < s.to_at))
		UNION ALL SELECT 'refund', r.account, r.id, r.status FROM scope AS s CROSS JOIN refunds AS r USING (account)
			WHERE NOT (` + settledRefund + `) AND (r.since > ?1 OR (r.created_at >= s.from_at AND r.created_at < s.to_at))
		ORDER BY 1, 3, 2`
	return stream(ctx, s, query, func(w *OddWord) []any { return []any{&w.Object, &w.Account, &w.ID, &w.Status} }, s.baseline)
}

// Total is one control total: a count of objects and the sum of their amounts
// in minor units of the currency.
type Total struct {
	Account  string
	Currency money.Currency
	Measure  string
	Count    int64
	Amount   int64
}

func (t *Total) fields() []any {
	return []any{&t.Account, &t.Currency, &t.Measure, &t.Count, &t.Amount}
}

// Totals yields the control totals by account and currency, for every
// currency that the account has ever had. Only measures that are not zero come.
func (s *Snapshot) Totals(ctx context.Context) iter.Seq2[Total, error] {
	const inPeriod = " >= s.from_at AND %[1]s < s.to_at"
	within := func(column string) string { return fmt.Sprintf("%[1]s"+inPeriod, column) }
	charges := func(measure, amount, where string) string {
		return fmt.Sprintf("SELECT c.account, c.currency, '%s', count(*), sum(%s) FROM scope AS s CROSS JOIN charges AS c USING (account) WHERE %s GROUP BY 1, 2", measure, amount, where)
	}
	refunds := func(measure, where string) string {
		return fmt.Sprintf("SELECT r.account, r.currency, '%s', count(*), sum(r.amount) FROM scope AS s CROSS JOIN refunds AS r USING (account) WHERE %s AND %s AND %s GROUP BY 1, 2",
			measure, settledRefund, within("r.created_at"), where)
	}
	disputes := func(measure, where string) string {
		return fmt.Sprintf("SELECT d.account, d.currency, '%s', count(*), sum(d.amount) FROM scope AS s CROSS JOIN disputes AS d USING (account) WHERE %s GROUP BY 1, 2", measure, where)
	}
	created := within("c.created_at")
	parts := []string{
		charges("captured", captured, "c.paid = 1 AND "+knownStatus+" AND "+within("coalesce(c.paid_at, c.created_at)")),
		refunds("refunded", "1 = 1"),
		refunds("voided", "r.voided = 1"),
		charges("reversed", "c.amount", "c.status = 'reversed' AND "+within("c.reversed_at")),
		charges("expired", "c.amount", "c.status = 'expired' AND "+within("c.expires_at")),
		charges("charges", "c.amount", created),
		charges("successful", "c.amount", "c.status = 'successful' AND "+created),
		charges("failed", "c.amount", "c.status = 'failed' AND "+created),
		charges("pending", "c.amount", "c.status = 'pending' AND "+created),
		charges("authorized_open", "c.amount", openAuthorization("c")),
		disputes("disputed_open", openDispute),
		disputes("dispute_lost", "d.status = 'lost' AND "+within("d.closed_at")),
	}
	query := "SELECT * FROM (" + joinUnion(parts) + ") ORDER BY 1, 2"
	return stream(ctx, s, query, (*Total).fields)
}

// AccountCurrency is a currency that an account has ever had.
type AccountCurrency struct {
	Account  string
	Currency money.Currency
}

// Currencies yields every currency that an account or its books have ever had,
// by account and code.
func (s *Snapshot) Currencies(ctx context.Context) iter.Seq2[AccountCurrency, error] {
	query := `SELECT account, currency FROM scope CROSS JOIN charges USING (account)
		UNION SELECT account, currency FROM scope CROSS JOIN refunds USING (account)
		UNION SELECT account, currency FROM scope CROSS JOIN disputes USING (account)
		UNION SELECT account, currency FROM scope CROSS JOIN records USING (account) WHERE currency <> ''
		UNION SELECT account, currency FROM scope CROSS JOIN breaks USING (account) WHERE currency <> '' ORDER BY 1, 2`
	return stream(ctx, s, query, func(c *AccountCurrency) []any { return []any{&c.Account, &c.Currency} })
}

func joinUnion(parts []string) string {
	text := parts[0]
	for _, p := range parts[1:] {
		text += " UNION ALL " + p
	}
	return text
}
