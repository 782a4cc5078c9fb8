package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"
)

// statement is what went to SQLite, with what was bound to it.
type statement struct {
	text string
	args []driver.NamedValue
}

func (s statement) values() []any {
	values := make([]any, len(s.args))
	for i, a := range s.args {
		values[i] = a.Value
	}
	return values
}

// recorder opens connections that note every statement.
type recorder struct {
	path string
	seen []statement
}

func (r *recorder) Driver() driver.Driver { return sealingDriver }

func (r *recorder) Connect(context.Context) (driver.Conn, error) {
	conn, err := r.Driver().Open(r.path)
	if err != nil {
		return nil, err
	}
	return &recordingConn{conn.(*sqlite3.SQLiteConn), r}, nil
}

type recordingConn struct {
	*sqlite3.SQLiteConn
	log *recorder
}

func (c *recordingConn) note(text string, args []driver.NamedValue) {
	c.log.seen = append(c.log.seen, statement{text, args})
}

func (c *recordingConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.note(text, args)
	return c.SQLiteConn.QueryContext(ctx, text, args)
}

func (c *recordingConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.note(text, args)
	return c.SQLiteConn.ExecContext(ctx, text, args)
}

// step is a line of a query plan.
type step struct {
	id, parent int
	text       string
}

type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func explainPlan(t *testing.T, db asker, s statement) []step {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+s.text, s.values()...)
	if err != nil {
		t.Fatalf("%s\n%v", s.text, err)
	}
	defer rows.Close()
	var steps []step
	for rows.Next() {
		var x step
		var unused any
		if err := rows.Scan(&x.id, &x.parent, &unused, &x.text); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, x)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

var small = regexp.MustCompile(`\b(s|scope|due|missing|windows|w|pages|runs|\w+_inbox|i|marks|accounts|unreadable|closed_months|m|book_files|f|book|arrived|superseded|CONSTANT ROW|\(subquery-\d+\))\b|CONSTANT ROW|\(subquery`)

// slow names the steps that read more of a big table than they should: below a
// correlated subquery, which runs once a row, anything that is not found by
// account and at least one thing more; elsewhere a table that is read from end
// to end.
func slow(steps []step) []string {
	parents, made := map[int]step{}, map[string]bool{}
	for _, s := range steps {
		parents[s.id] = s
		if name, ok := strings.CutPrefix(s.text, "CO-ROUTINE "); ok { // how it is made is judged by itself
			made["SCAN "+name] = true
		}
	}
	var found []string
	for _, s := range steps {
		correlated := false
		for p, ok := parents[s.parent]; ok; p, ok = parents[p.parent] {
			correlated = correlated || strings.HasPrefix(p.text, "CORRELATED")
		}
		switch {
		case strings.HasPrefix(s.text, "SCAN ") && !made[s.text] && !small.MatchString(s.text):
			found = append(found, s.text)
		case correlated && strings.HasPrefix(s.text, "SEARCH ") && !small.MatchString(s.text) && !strings.Contains(s.text, " AND "):
			found = append(found, s.text)
		case strings.Contains(s.text, "AUTOMATIC") && !small.MatchString(s.text):
			found = append(found, s.text)
		}
	}
	return found
}

func drain[T any](t *testing.T, rows iter.Seq2[T, error]) {
	t.Helper()
	for _, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// fillPlans makes a ledger with some of everything, and two runs.
func fillPlans(t *testing.T, l *Ledger) (first, second int64) {
	t.Helper()
	var batch Batch
	for i := range 500 {
		id, at := fmt.Sprintf("%04d", i), Instant(i*1000)
		batch.Charges = append(batch.Charges, Charge{Account: "main", ID: "c" + id, CreatedAt: at, Status: "successful", Paid: true, PaidAt: &at, Card: "k" + id, Currency: "THB"})
		batch.Refunds = append(batch.Refunds, Refund{Account: "main", ID: "r" + id, Charge: "c" + id, CreatedAt: at, Currency: "THB"})
		batch.Disputes = append(batch.Disputes, Dispute{Account: "main", ID: "d" + id, Charge: "c" + id, CreatedAt: at, Status: "open", Currency: "THB"})
		batch.Customers = append(batch.Customers, Customer{Account: "main", ID: "u" + id, CreatedAt: at})
		batch.Cards = append(batch.Cards, Card{Account: "main", ID: "k" + id, Customer: "u" + id, CreatedAt: at, ExpirationMonth: 12, ExpirationYear: 2026})
	}
	first = beginTest(t, l)
	if _, err := l.SaveObjects(t.Context(), first, batch); err != nil {
		t.Fatal(err)
	}
	second = beginTest(t, l)
	for i := range batch.Charges {
		batch.Charges[i].Amount++
		batch.Refunds[i].Amount++
		batch.Disputes[i].Amount++
		batch.Customers[i].Email = "x"
		batch.Cards[i].Name = "x"
	}
	if _, err := l.SaveObjects(t.Context(), second, batch); err != nil {
		t.Fatal(err)
	}
	for _, run := range []int64{first, second} {
		if err := compareAll(t.Context(), l, run, len(batch.Charges)); err != nil {
			t.Fatal(err)
		}
	}
	return first, second
}

// compareAll reads books of that many records and finds a break for each; a
// second run finds that all has changed, and what finance wrote.
func compareAll(ctx context.Context, l *Ledger, run int64, n int) error {
	if _, err := l.SaveBook(ctx, run, "main", "orders", true, func(s BookSink) (BookFile, error) {
		for i := range n {
			if err := s.Record(Record{OrderRef: fmt.Sprint("A", i), Charge: fmt.Sprintf("chrg_%04d", i), Amount: &run}, i+2); err != nil {
				return BookFile{}, err
			}
		}
		return BookFile{Path: "x"}, s.Unreadable(UnreadableRow{Row: 1})
	}); err != nil {
		return err
	}
	var found []Break
	book := EditedWorkbook{Path: "x", Run: run}
	for i := range n {
		id := fmt.Sprintf("brk_%04d", i)
		found = append(found, Break{ID: id, Kind: BreakAmount, HappenedAt: new(Instant(i)), Difference: &run})
		book.Cells = append(book.Cells, NoteCells{Account: "main", Break: id, Owner: fmt.Sprint("Ann ", run), Note: "why"})
	}
	if err := l.SaveBreaks(ctx, run, "main", found, func(Break) bool { return true }); err != nil {
		return err
	}
	if _, err := l.TakeNotes(ctx, run, []EditedWorkbook{book}); err != nil {
		return err
	}
	return l.CloseMonths(ctx, Closing{Account: "main", Month: "2026-10", To: 1000, Run: run})
}

// Every query of the reports, on the present and on the past. A query that
// looks at each charge of the account once is as good as can be; one that
// does so for each row is not.
func TestReportQueriesUseIndexes(t *testing.T) {
	l := openTest(t)
	first, second := fillPlans(t, l)
	for _, run := range []int64{first, second} {
		log := &recorder{path: dsn(l.path, "mode=ro")}
		db := sql.OpenDB(log)
		defer db.Close()
		conn, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s := &Snapshot{db: &Ledger{db: db}, conn: conn, run: run, baseline: first}
		defer s.Close()
		if err := s.prepare(t.Context(), []Scope{{Account: "main", From: 1000, To: 2000, AsOf: 3000, AsOfDay: "2026-11-21", ExpiryDays: 60, ExpiredDays: 90}}); err != nil {
			t.Fatal(err)
		}
		log.seen = nil
		ctx := t.Context()
		drain(t, s.PeriodCharges(ctx))
		drain(t, s.PeriodRefunds(ctx))
		drain(t, s.ListedDisputes(ctx))
		drain(t, s.Authorizations(ctx))
		drain(t, s.UnpaidCharges(ctx))
		drain(t, s.ExpiringCards(ctx))
		if _, err := s.CardsExpiredLongAgo(ctx); err != nil {
			t.Fatal(err)
		}
		drain(t, s.OddWords(ctx))
		drain(t, s.Totals(ctx))
		drain(t, s.Currencies(ctx))
		drain(t, s.ChargeChanges(ctx, Run{ID: second}))
		drain(t, s.RefundChanges(ctx, Run{ID: second}))
		drain(t, s.DisputeChanges(ctx, Run{ID: second}))
		drain(t, s.CardChanges(ctx, Run{ID: second}))
		drain(t, s.CustomerChanges(ctx, Run{ID: second}))
		drain(t, s.ComparedCharges(ctx, "main"))
		drain(t, s.Records(ctx, "main"))
		drain(t, s.LateRefunds(ctx, "main", 5))
		drain(t, s.Breaks(ctx, 5))
		_, late := s.RefundFoundLate(ctx, "main", "c0001", Closing{}, 0, 1)
		_, _, sizes := s.Sizes(ctx, "main")
		_, open := s.OpenBreaks(ctx, 5)
		_, closings := s.Closings(ctx)
		_, absent := s.NotAtOmise(ctx, "main")
		_, one := lookup(ctx, s, chargeTable, "main", "c0001")
		if err := errors.Join(late, sizes, open, closings, absent, one); err != nil {
			t.Fatal(err)
		}
		checkPlans(t, conn, log.seen, fmt.Sprintf("run %d", run))
	}
}

func checkPlans(t *testing.T, db asker, seen []statement, where string) {
	t.Helper()
	done := map[string]bool{}
	for _, s := range seen {
		if done[s.text] || strings.Contains(s.text, "NOT INDEXED") { // it reads every row, and says so
			continue
		}
		done[s.text] = true
		if bad := slow(explainPlan(t, db, s)); len(bad) > 0 {
			t.Errorf("%s: %q in %.300s", where, bad, strings.Join(strings.Fields(s.text), " "))
		}
	}
}

var changesRows = regexp.MustCompile(`^(SELECT|INSERT INTO|INSERT OR|UPDATE|DELETE|\s*INSERT)`)

// Every statement that a night of writing runs.
func TestWritesUseIndexes(t *testing.T) {
	plain := openTest(t)
	fillPlans(t, plain)
	log := &recorder{path: dsn(plain.path, "_journal_mode=WAL&_txlock=immediate&_foreign_keys=1")}
	db := sql.OpenDB(log)
	defer db.Close()
	db.SetMaxOpenConns(1)
	l := &Ledger{db: db, path: filepath.Clean(plain.path)}
	ctx, run := t.Context(), beginTest(t, l)
	windows, err := l.SavePlan(ctx, run, "main", Plan{Spans: []Want{{Charges, Span{0, 9}}, {Refunds, Span{0, 9}}, {Disputes, Span{0, 9}}, {Customers, Span{0, 9}}}})
	if err != nil {
		t.Fatal(err)
	}
	batch := Batch{
		Charges: []Charge{{Account: "main", ID: "c0001"}}, Refunds: []Refund{{Account: "main", ID: "r0001", Charge: "c0001"}},
		Disputes: []Dispute{{Account: "main", ID: "d0001"}}, Customers: []Customer{{Account: "main", ID: "u0001"}}, Cards: []Card{{Account: "main", ID: "k0001", Customer: "u0001"}},
	}
	for _, w := range windows {
		if err := l.SavePage(ctx, w, Page{Total: 1, Rows: 1}, batch); err != nil {
			t.Fatal(err)
		}
		if _, err := l.ProveWindow(ctx, w, 1, 5); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.DueNow(ctx, "main", 0); err != nil {
		t.Fatal(err)
	}
	if _, err := l.OpenDays(ctx, "main", 99, bangkokTest()); err != nil {
		t.Fatal(err)
	}
	if _, err := l.EarliestCustomer(ctx, "main"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.UnknownCharges(ctx, "main", 0, 5); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(compareAll(ctx, l, run, 2), l.SaveBreaks(ctx, run, "main", nil, func(Break) bool { return false }), l.NoteNotFound(ctx, "main", []string{"chrg_0001"}, run)); err != nil {
		t.Fatal(err)
	}
	var seen []statement
	for _, s := range log.seen {
		if strings.HasPrefix(s.text, "CREATE TEMP TABLE") { // the statements that follow name it
			if _, err := db.ExecContext(ctx, strings.Replace(s.text, "CREATE TEMP TABLE", "CREATE TEMP TABLE IF NOT EXISTS", 1), s.values()...); err != nil {
				t.Fatal(err)
			}
		}
		if changesRows.MatchString(s.text) {
			seen = append(seen, s)
		}
	}
	checkPlans(t, db, seen, "write")
}
