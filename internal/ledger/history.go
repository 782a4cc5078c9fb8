package ledger

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// By is the column by which histories are looked up.
type By string

// The columns that lead to objects. Not every object has every one of them.
const (
	ByID          By = "id"
	ByCharge      By = "charge"
	ByCustomer    By = "customer"
	ByTransaction By = `"transaction"`
	ByOrderRef    By = "order_ref"
	ByRecordRef   By = "record_ref"
)

// History is every state that an object has had in the ledger, oldest first.
type History[T any] []Kept[T]

// Kept is a state of an object that held from run Since up to, not including,
// run Until; Until is 0 while it holds.
type Kept[T any] struct {
	State        T
	Since, Until int64
	Changes      []FieldChange // against the state before; none of the first
}

// FieldChange is a column that differs between two states of an object. Its
// values are as the object's Go type has them; nil is unknown.
type FieldChange struct {
	Field         string
	Before, After any
}

// Now is the newest state.
func (h History[T]) Now() T { return h[len(h)-1].State }

// At is the state that a run knew; false when it did not know the object.
func (h History[T]) At(run int64) (state T, known bool) {
	for _, k := range h {
		if k.Since <= run {
			state, known = k.State, true
		}
	}
	return state, known
}

// ChargeHistory finds charges with all their states, by id. So do the other
// histories for their objects.
func (s *Snapshot) ChargeHistory(ctx context.Context, account string, by By, value string) ([]History[Charge], error) {
	return history(ctx, s, chargeTable, account, by, value)
}

// RefundHistory finds refunds.
func (s *Snapshot) RefundHistory(ctx context.Context, account string, by By, value string) ([]History[Refund], error) {
	return history(ctx, s, refundTable, account, by, value)
}

// DisputeHistory finds disputes.
func (s *Snapshot) DisputeHistory(ctx context.Context, account string, by By, value string) ([]History[Dispute], error) {
	return history(ctx, s, disputeTable, account, by, value)
}

// CustomerHistory finds customers.
func (s *Snapshot) CustomerHistory(ctx context.Context, account string, by By, value string) ([]History[Customer], error) {
	return history(ctx, s, customerTable, account, by, value)
}

// CardHistory finds kept cards.
func (s *Snapshot) CardHistory(ctx context.Context, account string, by By, value string) ([]History[Card], error) {
	return history(ctx, s, cardTable, account, by, value)
}

// RecordHistory finds records of the books.
func (s *Snapshot) RecordHistory(ctx context.Context, account string, by By, value string) ([]History[Record], error) {
	return history(ctx, s, recordTable, account, by, value)
}

// BreakHistory finds breaks.
func (s *Snapshot) BreakHistory(ctx context.Context, account string, by By, value string) ([]History[Break], error) {
	return history(ctx, s, breakTable, account, by, value)
}

// history reads the newest states and the versions before them. An object that
// is known by a column of its newest state brings all its versions.
func history[T any](ctx context.Context, s *Snapshot, t table[T], account string, by By, value string) ([]History[T], error) {
	query := fmt.Sprintf(`WITH wanted AS (SELECT account, id FROM main.%[2]s WHERE account = ?1 AND %[3]s = ?2)
		SELECT %[1]s, o.since AS since, 0 FROM wanted CROSS JOIN main.%[2]s AS o USING (account, id)
		UNION ALL SELECT %[1]s, o.since, o.until FROM wanted CROSS JOIN %[2]s_versions AS o USING (account, id)
		ORDER BY 2, since`, // id, run
		t.selection("o"), t.name, by)
	fields := func(h *Kept[T]) []any { return append(t.fields(&h.State), &h.Since, &h.Until) }
	var all []History[T]
	var last string
	for held, err := range stream(ctx, s, query, fields, account, value) {
		if err != nil {
			return nil, err
		}
		if id := t.id(&held.State); len(all) == 0 || id != last {
			all, last = append(all, nil), id
		}
		of := &all[len(all)-1]
		if n := len(*of); n > 0 {
			held.Changes = t.changes(&(*of)[n-1].State, &held.State)
		}
		*of = append(*of, held)
	}
	return all, nil
}

// id is the second of the fields, after the account.
func (t table[T]) id(object *T) string { return *t.fields(object)[1].(*string) }

// changes compares two states of an object column by column.
func (t table[T]) changes(before, after *T) []FieldChange {
	was, is := t.fields(before)[2:], t.fields(after)[2:]
	var all []FieldChange
	for i, column := range t.columns {
		b, a := held(was[i]), held(is[i])
		if b != a {
			all = append(all, FieldChange{column, b, a})
		}
	}
	return all
}

// held is what a pointer to a field holds, nil where that is a nil pointer.
func held(field any) any {
	value := reflect.ValueOf(field).Elem()
	if value.Kind() != reflect.Pointer {
		return value.Interface()
	}
	if value.IsNil() {
		return nil
	}
	return value.Elem().Interface()
}

// OrderCharges lists the ids of an account's charges that show an order
// reference, by creation.
func (s *Snapshot) OrderCharges(ctx context.Context, account, ref string, of OrderRef) (ids []string, err error) {
	const query = `SELECT id, description, metadata FROM main.charges WHERE account = ?1
		AND (instr(description, ?2) > 0 OR instr(metadata, ?2) > 0 OR instr(metadata, '\u') > 0) ORDER BY created_at, id`
	fields := func(c *Charge) []any { return []any{&c.ID, &c.Description, &c.Metadata} }
	for c, err := range stream(ctx, s, query, fields, account, longestWord(ref)) {
		if err != nil {
			return nil, err
		}
		if shown, _ := of.Of(c); shown != "" && sameRef(shown, ref) {
			ids = append(ids, c.ID)
		}
	}
	return ids, nil
}

func sameRef(a, b string) bool { return NormalRef(a) == NormalRef(b) }

// NormalRef is an order reference as records keep it and as references are
// compared: without blanks around it, in Unicode's normal form C.
func NormalRef(ref string) string { return norm.NFC.String(strings.TrimSpace(ref)) }

// longestWord is the longest stretch of ASCII letters and digits. JSON that
// writes the reference, short of \u escapes, holds it as it is, and so does every
// normal form of Unicode: SQLite can pass over the charges without it.
func longestWord(ref string) string {
	words := strings.FieldsFunc(ref, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	var longest string
	for _, word := range words {
		if len(word) > len(longest) {
			longest = word
		}
	}
	return longest
}

// EarliestRecords gives the record of each source that was created first, of an
// account as the snapshot's run knew it. Of a source without any date it is any.
func (s *Snapshot) EarliestRecords(ctx context.Context, account string) ([]Record, error) {
	query := "SELECT " + recordTable.selection("r") + ", min(coalesce(r.created_at, 9223372036854775807)) FROM records AS r WHERE r.account = ? AND r.gone = 0 GROUP BY r.source"
	var all []Record
	var at Instant
	for r, err := range stream(ctx, s, query, func(r *Record) []any { return append(recordTable.fields(r), &at) }, account) {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// AccountNames lists the accounts that the ledger knows, by name.
func (l *Ledger) AccountNames(ctx context.Context) ([]string, error) {
	return collect(ctx, l.db, func(name *string) []any { return []any{name} }, "SELECT name FROM accounts ORDER BY name")
}

// RunStarts is when each run began.
func (l *Ledger) RunStarts(ctx context.Context) (map[int64]Instant, error) {
	runs, err := collect(ctx, l.db, func(r *Run) []any { return []any{&r.ID, &r.StartedAt} }, "SELECT id, started_at FROM runs")
	starts := make(map[int64]Instant, len(runs))
	for _, r := range runs {
		starts[r.ID] = r.StartedAt
	}
	return starts, err
}
