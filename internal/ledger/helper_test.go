package ledger_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"reconcile/internal/ledger"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// bangkok is at +07:00 all year.
func bangkok() *time.Location { return must(time.LoadLocation("Asia/Bangkok")) }

// at reads a local time of Bangkok.
func at(text string) ledger.Instant {
	return ledger.InstantOf(must(time.ParseInLocation(time.DateTime, text, bangkok())))
}

func pathOf(t testing.TB) string { return filepath.Join(t.TempDir(), "reconcile.db") }

// empty is the file of a new ledger; copying it is faster than making one.
var empty = sync.OnceValue(func() []byte {
	dir := must(os.MkdirTemp("", "ledger"))
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "reconcile.db")
	check(must(ledger.Open(context.Background(), path)).Close())
	return must(os.ReadFile(path))
})

// open gives a ledger as good as new.
func open(t testing.TB) *ledger.Ledger {
	t.Helper()
	path := pathOf(t)
	check(os.WriteFile(path, empty(), 0o600))
	return reopen(t, path)
}

func reopen(t testing.TB, path string) *ledger.Ledger {
	t.Helper()
	l := must(ledger.Open(t.Context(), path))
	t.Cleanup(func() { l.Close() })
	return l
}

func begin(t testing.TB, l *ledger.Ledger, edits ...func(*ledger.Run)) ledger.Run {
	t.Helper()
	r := ledger.Run{
		Kind: ledger.KindRun, StartedAt: at("2026-11-21 03:00:00"), AsOf: at("2026-11-21 03:00:00"),
		Plain: true, BusinessDate: "2026-11-21", Version: "test", Config: "{}",
	}
	for _, edit := range edits {
		edit(&r)
	}
	return must(l.BeginRun(t.Context(), r))
}

func save(t testing.TB, l *ledger.Ledger, run int64, b ledger.Batch) ledger.Changes {
	t.Helper()
	return must(l.SaveObjects(t.Context(), run, b))
}

// dump gives a whole table as text, to see that nothing in it has changed.
func dump(t testing.TB, l *ledger.Ledger, tables ...string) string {
	t.Helper()
	var text string
	for _, table := range tables {
		rows := must(l.DB().QueryContext(t.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2, 3"))
		names := must(rows.Columns())
		for rows.Next() {
			cells := make([]any, len(names))
			for i := range cells {
				cells[i] = new(any)
			}
			check(rows.Scan(cells...))
			text += table
			for i := range cells {
				text += fmt.Sprintf(" %s=%v", names[i], *cells[i].(*any))
			}
			text += "\n"
		}
		check(rows.Err())
		check(rows.Close()) //nolint:sqlclosecheck // a defer would hold all of them to the end
	}
	return text
}

func number(t testing.TB, l *ledger.Ledger, query string, args ...any) int {
	t.Helper()
	var n int
	check(l.DB().QueryRowContext(t.Context(), query, args...).Scan(&n))
	return n
}

func all[T any](seq iter.Seq2[T, error]) []T {
	var found []T
	for v, err := range seq {
		found = append(found, must(v, err))
	}
	return found
}

// The scope of the table tests: one Thai day, reported the night after.
func scope(edits ...func(*ledger.Scope)) ledger.Scope {
	s := ledger.Scope{
		Account: "main", From: at("2026-11-20 00:00:00"), To: at("2026-11-21 00:00:00"),
		AsOf: at("2026-11-21 03:00:00"), AsOfDay: "2026-11-21",
		CaptureWindow: 7 * 86400, ExpiryDays: 60, ExpiredDays: 90, ExpiryHours: 48,
	}
	for _, edit := range edits {
		edit(&s)
	}
	return s
}

func snapshot(t testing.TB, l *ledger.Ledger, run, baseline int64, scopes ...ledger.Scope) *ledger.Snapshot {
	t.Helper()
	if len(scopes) == 0 {
		scopes = []ledger.Scope{scope()}
	}
	s := must(l.Snapshot(t.Context(), run, baseline, scopes))
	t.Cleanup(func() { s.Close() })
	return s
}

func charge(id string, edits ...func(*ledger.Charge)) ledger.Charge {
	c := ledger.Charge{
		Account: "main", ID: id, CreatedAt: at("2026-11-20 09:00:00"), Status: "successful", Amount: 10000, Currency: "THB",
		Authorized: true, Paid: true, Capture: true, PaidAt: new(at("2026-11-20 09:00:05")),
	}
	for _, edit := range edits {
		edit(&c)
	}
	return c
}

func refund(id, of string, edits ...func(*ledger.Refund)) ledger.Refund {
	r := ledger.Refund{
		Account: "main", ID: id, Charge: of, CreatedAt: at("2026-11-20 12:00:00"), Amount: 1000, Currency: "THB", Status: "closed",
	}
	for _, edit := range edits {
		edit(&r)
	}
	return r
}

func dispute(id, of string, edits ...func(*ledger.Dispute)) ledger.Dispute {
	d := ledger.Dispute{
		Account: "main", ID: id, Charge: of, CreatedAt: at("2026-11-20 13:00:00"), Status: "open", Amount: 10000, Currency: "THB",
	}
	for _, edit := range edits {
		edit(&d)
	}
	return d
}

func customer(id string, edits ...func(*ledger.Customer)) ledger.Customer {
	c := ledger.Customer{Account: "main", ID: id, CreatedAt: at("2026-01-02 10:00:00"), Email: id + "@example.com"}
	for _, edit := range edits {
		edit(&c)
	}
	return c
}

func card(id, of string, edits ...func(*ledger.Card)) ledger.Card {
	k := ledger.Card{
		Account: "main", ID: id, Customer: of, CreatedAt: at("2026-01-02 10:00:00"), Brand: "Visa", LastDigits: "4242",
		Name: "SOMCHAI", Country: "th", ExpirationMonth: 12, ExpirationYear: 2026,
	}
	for _, edit := range edits {
		edit(&k)
	}
	return k
}
