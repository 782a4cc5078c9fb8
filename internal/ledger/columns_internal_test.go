package ledger

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/money"
)

func openTest(t testing.TB) *Ledger {
	t.Helper()
	l, err := Open(t.Context(), filepath.Join(t.TempDir(), "reconcile.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func beginTest(t testing.TB, l *Ledger) int64 {
	t.Helper()
	r, err := l.BeginRun(t.Context(), Run{Kind: KindRun, BusinessDate: "2026-11-21", Config: "{}", Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return r.ID
}

func columnsOf(t *testing.T, l *Ledger, table string) []string {
	t.Helper()
	rows, err := l.db.QueryContext(t.Context(), "SELECT name FROM pragma_table_info(?)", table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

// saver writes one row in a run.
type saver[T any] func(l *Ledger, run int64, row T) (Changes, error)

// testTable runs what every table of objects must satisfy.
func testTable[T any](t *testing.T, table table[T], save saver[T]) {
	t.Run(table.name, func(t *testing.T) {
		t.Parallel()
		t.Run("columns", func(t *testing.T) { testColumns(t, table) })
		t.Run("versions", func(t *testing.T) { testEveryColumnMakesAVersion(t, table, save) })
	})
}

func TestTables(t *testing.T) {
	testTable(t, chargeTable, asBatch(t, func(c Charge) Batch { return Batch{Charges: []Charge{c}} }))
	testTable(t, refundTable, asBatch(t, func(r Refund) Batch { return Batch{Refunds: []Refund{r}} }))
	testTable(t, disputeTable, asBatch(t, func(d Dispute) Batch { return Batch{Disputes: []Dispute{d}} }))
	testTable(t, customerTable, asBatch(t, func(c Customer) Batch { return Batch{Customers: []Customer{c}} }))
	testTable(t, cardTable, asBatch(t, func(k Card) Batch { return Batch{Cards: []Card{k}} }))
	testTable(t, recordTable, atOnce(t, recordTable))
	testTable(t, breakTable, atOnce(t, breakTable))
}

func asBatch[T any](t *testing.T, batch func(T) Batch) saver[T] {
	return func(l *Ledger, run int64, row T) (Changes, error) { return l.SaveObjects(t.Context(), run, batch(row)) }
}

// atOnce is for tables whose inbox lasts for one transaction.
func atOnce[T any](t *testing.T, table table[T]) saver[T] {
	return func(l *Ledger, run int64, row T) (Changes, error) {
		changes, ctx := Changes{}, t.Context()
		return changes, inTx(ctx, l.db, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, table.makeInbox()); err != nil {
				return err
			}
			if err := fillTable(ctx, tx, table, looseWindow, []T{row}); err != nil {
				return err
			}
			if err := mergeTable(ctx, tx, table, run, looseWindow, changes); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "DROP TABLE "+table.name+"_inbox")
			return err
		})
	}
}

func testColumns[T any](t *testing.T, table table[T]) {
	l := openTest(t)
	head := []string{"account", "id"}
	tables := map[string][]string{
		table.name:               slices.Concat(head, table.columns, []string{"since", "seal"}),
		table.name + "_versions": slices.Concat(head, table.columns, []string{"since", "until", "seal"}),
		table.name + "_inbox":    slices.Concat([]string{"window"}, head, table.columns),
	}
	if !slices.Contains(Objects(), table.object) { // its inbox lasts for one transaction
		tables[table.name+"_inbox"] = nil
	}
	for name, want := range tables {
		if diff := cmp.Diff(want, columnsOf(t, l, name)); diff != "" {
			t.Errorf("%s (-code +file):\n%s", name, diff)
		}
	}
	var row T
	fields := table.fields(&row)
	if len(fields) != len(table.columns)+2 {
		t.Errorf("%d fields for account, id and %d columns", len(fields), len(table.columns))
	}
	// Every field of the struct is stored, each once.
	seen := map[uintptr]bool{}
	for _, f := range fields {
		seen[reflect.ValueOf(f).Pointer()] = true
	}
	if v := reflect.ValueOf(&row).Elem(); len(seen) != v.NumField() || len(fields) != v.NumField() {
		t.Errorf("%d places for the %d fields of %T", len(seen), v.NumField(), row)
	}
}

// bump gives the field that p points to another value.
func bump(t *testing.T, p any, n int) {
	t.Helper()
	switch p := p.(type) {
	case *RecordStatus:
		*p = []RecordStatus{RecordPaid, RecordPending}[n%2]
	case *BreakKind:
		*p = BreakKinds()[n]
	case *string:
		*p = fmt.Sprint("text ", n)
	case *money.Currency:
		*p = []money.Currency{"THB", "JPY"}[n%2]
	case *int64:
		*p = int64(n)
	case *int:
		*p = n
	case *bool:
		*p = n%2 == 1
	case *Instant:
		*p = Instant(n)
	case **int64:
		*p = []*int64{nil, new(int64(0)), new(int64(n))}[n%3]
	case **bool:
		*p = []*bool{nil, new(false), new(true)}[n%3]
	case **Instant:
		*p = []*Instant{nil, new(Instant(0)), new(Instant(n))}[n%3]
	default:
		t.Fatalf("a field of type %T", p)
	}
}

func testEveryColumnMakesAVersion[T any](t *testing.T, table table[T], write saver[T]) {
	l := openTest(t)
	var row T
	fields := table.fields(&row)
	*fields[0].(*string), *fields[1].(*string) = "main", "id_1"
	run := beginTest(t, l)
	save := func() Counts {
		changes, err := write(l, run, row)
		if err != nil {
			t.Fatal(err)
		}
		return changes[table.object]
	}
	versions := func() (n int) {
		if err := l.db.QueryRow("SELECT count(*) FROM " + table.name + "_versions").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if got := save(); got != (Counts{Read: 1, Added: 1}) || versions() != 0 {
		t.Fatalf("first: %+v, %d versions", got, versions())
	}
	want := 0
	for i, column := range table.columns {
		for n := 1; n <= 4; n++ { // empty to nought to a number and back
			before := row
			bump(t, fields[i+2], n)
			changed := 0
			if !reflect.DeepEqual(before, row) {
				changed, want = 1, want+1
			}
			run = beginTest(t, l)
			if got := save(); got != (Counts{Read: 1, Changed: changed}) || versions() != want {
				t.Fatalf("%s from %+v to %+v: %+v, %d versions, want %d", column, before, row, got, versions(), want)
			}
			run = beginTest(t, l)
			if got := save(); got != (Counts{Read: 1}) || versions() != want {
				t.Fatalf("%s unchanged: %+v, %d versions", column, got, versions())
			}
			var stored T
			query := "SELECT " + table.selection("o") + " FROM " + table.name + " AS o"
			if err := l.db.QueryRow(query).Scan(table.fields(&stored)...); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row, stored); diff != "" {
				t.Fatalf("%s (-saved +stored):\n%s", column, diff)
			}
		}
	}
}

// The quietest proof that an unchanged row is not written: SQLite counts rows.
func TestUnchangedRowsAreNotWritten(t *testing.T) {
	l := openTest(t)
	batch := Batch{
		Charges: []Charge{{Account: "main", ID: "c"}}, Refunds: []Refund{{Account: "main", ID: "r", Charge: "c"}},
		Disputes: []Dispute{{Account: "main", ID: "d", Charge: "c"}}, Customers: []Customer{{Account: "main", ID: "u"}},
		Cards: []Card{{Account: "main", ID: "k", Customer: "u"}},
	}
	var first int64
	for i := range 3 {
		run := beginTest(t, l)
		if i == 0 {
			first = run
			if _, err := l.db.Exec("CREATE TABLE log (what)"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := l.SaveObjects(t.Context(), run, batch); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"charges", "refunds", "disputes", "customers", "cards"} {
			if i == 0 {
				if _, err := l.db.Exec(fmt.Sprintf(`CREATE TRIGGER watch_%[1]s AFTER UPDATE ON %[1]s BEGIN INSERT INTO log VALUES ('%[1]s'); END;
					CREATE TRIGGER watch_%[1]s_versions AFTER INSERT ON %[1]s_versions BEGIN INSERT INTO log VALUES ('%[1]s_versions'); END`, name)); err != nil {
					t.Fatal(err)
				}
			}
			var since, writes int64
			if err := l.db.QueryRow("SELECT since, (SELECT count(*) FROM log) FROM "+name).Scan(&since, &writes); err != nil {
				t.Fatal(err)
			}
			if since != first || writes != 0 {
				t.Errorf("%s: written by run %d, %d writes", name, since, writes)
			}
		}
	}
}
