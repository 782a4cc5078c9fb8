package ledger

import (
	"context"
	"fmt"
	"iter"
)

// Version is a version of an object that replaced an earlier one.
type Version[T any] struct {
	Before, After T
	Since         int64   // the run that wrote Before
	Run           int64   // the run that wrote After
	NoticedAt     Instant // the start of that run
}

// ChargeChanges yields the charges that a run replaced an earlier version of,
// by id. An object's first version is no change.
func (s *Snapshot) ChargeChanges(ctx context.Context, r Run) iter.Seq2[Version[Charge], error] {
	return changesIn(ctx, s, chargeTable, r, "1 = 1")
}

// RefundChanges is the same for refunds.
func (s *Snapshot) RefundChanges(ctx context.Context, r Run) iter.Seq2[Version[Refund], error] {
	return changesIn(ctx, s, refundTable, r, "1 = 1")
}

// DisputeChanges is the same for disputes.
func (s *Snapshot) DisputeChanges(ctx context.Context, r Run) iter.Seq2[Version[Dispute], error] {
	return changesIn(ctx, s, disputeTable, r, "1 = 1")
}

// CardChanges is the same for cards. Those of a deleted customer are left out:
// the customer's own deletion says it.
func (s *Snapshot) CardChanges(ctx context.Context, r Run) iter.Seq2[Version[Card], error] {
	return changesIn(ctx, s, cardTable, r, "NOT EXISTS (SELECT 1 FROM customers AS u WHERE u.account = v.account AND u.id = v.customer AND u.deleted = 1)")
}

// CustomerChanges is the same for customers.
func (s *Snapshot) CustomerChanges(ctx context.Context, r Run) iter.Seq2[Version[Customer], error] {
	return changesIn(ctx, s, customerTable, r, "1 = 1")
}

// RunsSinceBaseline lists the runs whose changes are to be listed, oldest first.
func (s *Snapshot) RunsSinceBaseline(ctx context.Context) ([]Run, error) {
	var runs []Run
	query := "SELECT " + runColumns + " FROM runs WHERE id > ? AND id <= ? ORDER BY started_at, id"
	for r, err := range stream(ctx, s, query, (*Run).fields, s.baseline, s.run) {
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// changesIn pairs each version that run r replaced with the one that replaced
// it, which is still the newest or has become a version itself since.
func changesIn[T any](ctx context.Context, s *Snapshot, t table[T], r Run, where string) iter.Seq2[Version[T], error] {
	query := fmt.Sprintf(`SELECT %[1]s, %[2]s, v.since FROM %[3]s_versions AS v
			JOIN main.%[3]s AS n ON n.account = v.account AND n.id = v.id AND n.since = ?1
			JOIN scope AS s ON s.account = v.account WHERE v.until = ?1 AND %[4]s
		UNION ALL SELECT %[1]s, %[2]s, v.since FROM %[3]s_versions AS v
			JOIN %[3]s_versions AS n ON n.account = v.account AND n.id = v.id AND n.since = ?1
			JOIN scope AS s ON s.account = v.account WHERE v.until = ?1 AND %[4]s
		ORDER BY 2, 1`, // id, account
		t.selection("v"), t.selection("n"), t.name, where)
	fields := func(c *Version[T]) []any {
		return append(append(t.fields(&c.Before), t.fields(&c.After)...), &c.Since)
	}
	return func(yield func(Version[T], error) bool) {
		for change, err := range stream(ctx, s, query, fields, r.ID) {
			change.Run, change.NoticedAt = r.ID, r.StartedAt
			if !yield(change, err) {
				return
			}
		}
	}
}
