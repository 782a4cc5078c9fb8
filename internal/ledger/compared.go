package ledger

import (
	"context"
	"iter"
)

// ComparedCharges yields every charge of an account, in no order that means
// anything, with what matching needs and nothing else: times, status, amounts,
// flags, description, metadata, transaction, schedule and refunds. DisputeStatus
// is that of the newest dispute, which is newer than the copy inside the charge.
//
// Reading the table as it lies on the disk takes half the time of following its
// index.
func (s *Snapshot) ComparedCharges(ctx context.Context, account string) iter.Seq2[Charge, error] {
	const query = `SELECT c.account, c.id, c.created_at, c.status, c.amount, c.currency, c.authorized, c.paid, c.capturable, c.reversed,
			c.authorized_amount, c.captured_amount, c.refunded_amount, c.paid_at, c.authorized_at, c.expires_at, c.reversed_at,
			c.description, c.metadata, c."transaction", c.schedule, c.refunds,
			coalesce((SELECT d.status FROM disputes AS d WHERE d.account = c.account AND d.charge = c.id
				ORDER BY d.created_at DESC, d.id DESC LIMIT 1), c.dispute_status)
		FROM charges AS c NOT INDEXED WHERE c.account = ?`
	return stream(ctx, s, query, func(c *Charge) []any {
		return []any{
			&c.Account, &c.ID, &c.CreatedAt, &c.Status, &c.Amount, &c.Currency, &c.Authorized, &c.Paid, &c.Capturable, &c.Reversed,
			&c.AuthorizedAmount, &c.CapturedAmount, &c.RefundedAmount, &c.PaidAt, &c.AuthorizedAt, &c.ExpiresAt, &c.ReversedAt,
			&c.Description, &c.Metadata, &c.Transaction, &c.Schedule, &c.Refunds, &c.DisputeStatus,
		}
	}, account)
}

// Records yields the records of an account that are not gone, in no order that
// means anything.
func (s *Snapshot) Records(ctx context.Context, account string) iter.Seq2[Record, error] {
	query := "SELECT " + recordTable.selection("r") + " FROM records AS r NOT INDEXED WHERE r.account = ? AND r.gone = 0"
	return stream(ctx, s, query, recordTable.fields, account)
}

// LateRefunds yields the refunds of an account that were made after since, by
// created_at and id.
func (s *Snapshot) LateRefunds(ctx context.Context, account string, since Instant) iter.Seq2[Refund, error] {
	query := "SELECT " + refundTable.selection("r") + " FROM refunds AS r WHERE r.account = ? AND r.created_at > ? ORDER BY r.created_at, r.id"
	return stream(ctx, s, query, refundTable.fields, account, since)
}

// Sizes is how many rows ComparedCharges and Records will yield.
func (s *Snapshot) Sizes(ctx context.Context, account string) (charges, records int, err error) {
	err = s.conn.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM charges WHERE account = ?1), (SELECT count(*) FROM records WHERE account = ?1 AND gone = 0)`, account).
		Scan(&charges, &records)
	return charges, records, explain(err)
}
