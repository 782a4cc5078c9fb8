package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"reconcile/internal/ledger"
)

// record is a line of the source orders.
func record(ref, charge string, edits ...func(*ledger.Record)) ledger.Record {
	r := ledger.Record{
		Account: "main", Source: "orders", OrderRef: ref, Charge: charge, ID: ledger.RecordID("orders", charge, ref),
		Amount: new(int64(10000)), Currency: "THB", Status: ledger.RecordPaid, CreatedAt: new(at("2026-11-20 09:00:00")),
	}
	for _, edit := range edits {
		edit(&r)
	}
	return r
}

func status(s ledger.RecordStatus) func(*ledger.Record) {
	return func(r *ledger.Record) { r.Status = s }
}

// file is a book whose rows stand from row 2 on.
type file struct {
	path       string
	modified   ledger.Instant
	whole      bool
	rows       []ledger.Record
	unreadable []ledger.UnreadableRow
}

func saveFile(t testing.TB, l *ledger.Ledger, run int64, f file) ledger.Counts {
	t.Helper()
	return must(l.SaveBook(t.Context(), run, "main", "orders", f.whole, f.read))
}

func (f file) read(sink ledger.BookSink) (ledger.BookFile, error) {
	for i, r := range f.rows {
		if err := sink.Record(r, i+2); err != nil {
			return ledger.BookFile{}, err
		}
	}
	for _, u := range f.unreadable {
		if err := sink.Unreadable(u); err != nil {
			return ledger.BookFile{}, err
		}
	}
	return ledger.BookFile{Path: f.path, Modified: f.modified, Records: len(f.rows), Unreadable: len(f.unreadable)}, nil
}

// recordsAt is the records that are not gone, as a run knew them.
func recordsAt(t testing.TB, l *ledger.Ledger, run int64) []ledger.Record {
	t.Helper()
	return all(snapshot(t, l, run, 0).Records(t.Context(), "main"))
}

func TestBookIsSaved(t *testing.T) {
	l := open(t)
	first := begin(t, l)
	rows := []ledger.Record{record("A-1", "chrg_1"), record("A-2", ""), record("", "trxn_3", func(r *ledger.Record) {
		r.Amount, r.CreatedAt, r.Status, r.Word, r.Refunded = nil, nil, "", "odd", new(int64(0))
	})}
	if got := saveFile(t, l, first.ID, file{rows: rows}); got != (ledger.Counts{Read: 3, Added: 3}) {
		t.Errorf("first %+v", got)
	}
	second := begin(t, l)
	if got := saveFile(t, l, second.ID, file{rows: rows}); got != (ledger.Counts{Read: 3}) {
		t.Errorf("unchanged %+v", got)
	}
	changed := record("A-2", "", func(r *ledger.Record) { r.Amount = new(int64(5)) })
	if got := saveFile(t, l, second.ID, file{path: "b", rows: []ledger.Record{record("A-2", ""), changed}}); got != (ledger.Counts{Read: 1, Changed: 1}) {
		t.Errorf("of two rows with one id the later counts: %+v", got)
	}
	if diff := cmp.Diff([]ledger.Record{rows[1], rows[0], rows[2]}, recordsAt(t, l, first.ID), byID); diff != "" {
		t.Errorf("as the first run knew it (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]ledger.Record{changed, rows[0], rows[2]}, recordsAt(t, l, second.ID), byID); diff != "" {
		t.Errorf("now (-want +got):\n%s", diff)
	}
}

var byID = cmpopts.SortSlices(func(a, b ledger.Record) bool { return a.ID < b.ID })

// What the sink is handed says whose record it is, not what the row claims.
func TestBookBelongsToItsSource(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	saveFile(t, l, run.ID, file{rows: []ledger.Record{record("A-1", "", func(r *ledger.Record) { r.Account, r.Source, r.ID, r.Gone = "other", "x", "y", true })}})
	if diff := cmp.Diff([]ledger.Record{record("A-1", "")}, recordsAt(t, l, run.ID)); diff != "" {
		t.Error(diff)
	}
}

func TestBookThatFailsLeavesNothing(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	tables := []string{"records", "records_versions", "book_files", "record_places", "unreadable_rows"}
	before := dump(t, l, tables...)
	broken := errors.New("the disk of the shop is full")
	for name, read := range map[string]func(ledger.BookSink) (ledger.BookFile, error){
		"read": func(s ledger.BookSink) (ledger.BookFile, error) {
			_, err := file{rows: []ledger.Record{record("A-1", "")}, unreadable: []ledger.UnreadableRow{{Row: 3}}}.read(s)
			return ledger.BookFile{}, errors.Join(broken, err)
		},
		"no id": func(s ledger.BookSink) (ledger.BookFile, error) {
			return file{rows: []ledger.Record{record("", "")}}.read(s)
		},
	} {
		_, err := l.SaveBook(t.Context(), run.ID, "main", "orders", true, read)
		if err == nil || (name == "read" && !errors.Is(err, broken)) || strings.Contains(err.Error(), "ledger") {
			t.Errorf("%s: %v", name, err)
		}
		if after := dump(t, l, tables...); after != before {
			t.Errorf("%s: left behind:\n%s", name, after)
		}
	}
	if got := saveFile(t, l, run.ID, file{rows: []ledger.Record{record("A-1", "")}}); got.Added != 1 {
		t.Errorf("the next one: %+v", got)
	}
}

func TestBookIsInterrupted(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := l.SaveBook(ctx, run.ID, "main", "orders", false, func(s ledger.BookSink) (ledger.BookFile, error) {
		cancel()
		return file{rows: []ledger.Record{record("A-1", "")}}.read(s)
	})
	if !errors.Is(err, context.Canceled) || len(recordsAt(t, l, run.ID)) > 0 {
		t.Errorf("%v", err)
	}
}

// A whole book that no longer has a record makes it gone, until it is back.
func TestWholeBook(t *testing.T) {
	l := open(t)
	one, two := record("A-1", ""), record("A-2", "")
	var runs []int64
	for _, step := range []struct {
		rows []ledger.Record
		want ledger.Counts
	}{
		{[]ledger.Record{one, two}, ledger.Counts{Read: 2, Added: 2}},
		{[]ledger.Record{one}, ledger.Counts{Read: 1, Changed: 1}},
		{[]ledger.Record{one}, ledger.Counts{Read: 1}},
		{[]ledger.Record{two}, ledger.Counts{Read: 1, Changed: 2}},
	} {
		run := begin(t, l)
		runs = append(runs, run.ID)
		must(l.SaveBook(t.Context(), run.ID, "main", "other", true, file{rows: []ledger.Record{record("B", "")}}.read))
		if got := saveFile(t, l, run.ID, file{path: fmt.Sprint("day ", run.ID), whole: true, rows: step.rows}); got != step.want {
			t.Errorf("run %d: %+v, want %+v", run.ID, got, step.want)
		}
	}
	for i, want := range [][]string{{"A-1", "A-2", "B"}, {"A-1", "B"}, {"A-1", "B"}, {"A-2", "B"}} {
		var got []string
		for _, r := range recordsAt(t, l, runs[i]) {
			got = append(got, r.OrderRef)
		}
		if diff := cmp.Diff(want, got, cmpopts.SortSlices(strings.Compare)); diff != "" {
			t.Errorf("after run %d (-want +got):\n%s", runs[i], diff)
		}
	}
}

func TestBookFiles(t *testing.T) {
	l := open(t)
	for i, f := range []file{{path: "b", modified: 5}, {path: "a", modified: 5}, {path: "c", modified: 4}, {path: "b", modified: 6, rows: []ledger.Record{record("A", "")}}} {
		saveFile(t, l, begin(t, l).ID, f)
		if got := must(l.BookFiles(t.Context(), "main", "orders")); len(got) != min(i+1, 3) {
			t.Errorf("after %d: %v", i+1, got)
		}
	}
	want := []ledger.BookFile{
		{Account: "main", Source: "orders", Path: "c", Modified: 4, Run: 3},
		{Account: "main", Source: "orders", Path: "a", Modified: 5, Run: 2},
		{Account: "main", Source: "orders", Path: "b", Modified: 6, Run: 4, Records: 1},
	}
	if diff := cmp.Diff(want, must(l.BookFiles(t.Context(), "main", "orders"))); diff != "" {
		t.Error(diff)
	}
	if other := must(l.BookFiles(t.Context(), "main", "other")); len(other) > 0 {
		t.Error(other)
	}
}

func TestPlace(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	place := func(r ledger.Record) string {
		path, row, err := l.Place(t.Context(), "main", r.ID)
		return fmt.Sprint(path, " ", row, " ", err)
	}
	saveFile(t, l, run.ID, file{path: "a", rows: []ledger.Record{record("A-1", ""), record("A-2", "")}})
	if a, b, c := place(record("A-1", "")), place(record("A-2", "")), place(record("A-3", "")); a != "a 2 <nil>" || b != "a 3 <nil>" || c != " 0 <nil>" {
		t.Error(a, b, c)
	}
	before := number(t, l, "SELECT count(*) FROM records_versions")
	run = begin(t, l)
	saveFile(t, l, run.ID, file{path: "b", rows: []ledger.Record{record("A-2", ""), record("A-1", "chrg_1")}})
	if a, b := place(record("A-1", "chrg_1")), place(record("A-2", "")); a != "b 3 <nil>" || b != "b 2 <nil>" {
		t.Error(a, b)
	}
	if old := place(record("A-1", "")); old != " 0 <nil>" {
		t.Error("under its old id:", old)
	}
	if after := number(t, l, "SELECT count(*) FROM records_versions WHERE \"order_ref\" = 'A-2'"); after != before {
		t.Errorf("a move made %d versions", after)
	}
}

func TestUnreadableRows(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	row := func(path string, n int, ref string) ledger.UnreadableRow {
		return ledger.UnreadableRow{Account: "main", Source: "orders", File: path, Ref: ref, Row: n, Hash: fmt.Sprint(path, n), Field: "amount", Value: "1.234", Reason: "three decimals"}
	}
	check := func(step string, want ...ledger.UnreadableRow) {
		t.Helper()
		if diff := cmp.Diff(want, must(l.UnreadableRows(t.Context(), "main", run.ID))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step, diff)
		}
	}
	saveFile(t, l, run.ID, file{path: "b", unreadable: []ledger.UnreadableRow{row("b", 5, "A-5"), row("b", 2, "chrg_2"), row("b", 3, "")}})
	saveFile(t, l, run.ID, file{path: "a", unreadable: []ledger.UnreadableRow{row("a", 9, "A-9")}})
	check("first", row("a", 9, "A-9"), row("b", 2, "chrg_2"), row("b", 3, ""), row("b", 5, "A-5"))
	saveFile(t, l, run.ID, file{path: "a", rows: []ledger.Record{record("A-5", "chrg_5"), record("", "chrg_2")}, unreadable: []ledger.UnreadableRow{row("a", 4, "A-5")}})
	check("another file has these as records; a row of its own that is like one stays", row("a", 4, "A-5"), row("b", 3, ""))
	must(l.SaveBook(t.Context(), run.ID, "main", "other", true, file{rows: []ledger.Record{record("A-5", "")}}.read))
	check("another source", row("a", 4, "A-5"), row("b", 3, ""))
	saveFile(t, l, run.ID, file{path: "c", whole: true, unreadable: []ledger.UnreadableRow{row("c", 2, "")}})
	check("the whole book", row("c", 2, ""))
}

func TestUnknownCharges(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	save(t, l, run.ID, ledger.Batch{Charges: []ledger.Charge{charge("chrg_1")}})
	saveFile(t, l, run.ID, file{whole: true, rows: []ledger.Record{record("gone", "chrg_6")}})
	saveFile(t, l, run.ID, file{whole: true, rows: []ledger.Record{
		record("1", "chrg_1"), record("2", "chrg_2"), record("2b", "chrg_2"), record("3", "chrg_3"), record("4", "chrg_4"), record("5", "trxn_5"), record("7", ""),
	}})
	ask := func(limit int) string { return fmt.Sprint(must(l.UnknownCharges(t.Context(), "main", 0, limit))) }
	if got := ask(9); got != "[chrg_2 chrg_3 chrg_4]" {
		t.Error(got)
	}
	check(l.NoteNotFound(t.Context(), "main", []string{"chrg_2"}, run.ID))
	second := begin(t, l)
	check(l.NoteNotFound(t.Context(), "main", []string{"chrg_4"}, second.ID))
	if got := ask(2); got != "[chrg_3 chrg_2]" {
		t.Error("never asked first, then longest ago:", got)
	}
	check(l.NoteNotFound(t.Context(), "main", []string{"chrg_2"}, begin(t, l).ID))
	if got := ask(3); got != "[chrg_3 chrg_4 chrg_2]" {
		t.Error(got)
	}
	for run, want := range map[int64]string{run.ID: "map[chrg_2:true]", second.ID: "map[chrg_2:true chrg_4:true]"} {
		s := snapshot(t, l, run, 0)
		if got := fmt.Sprint(must(s.NotAtOmise(t.Context(), "main"))); got != want {
			t.Errorf("run %d: %s", run, got)
		}
		if other := must(s.NotAtOmise(t.Context(), "other")); len(other) > 0 {
			t.Error(other)
		}
	}
}
