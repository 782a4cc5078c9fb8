package ledger_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/ledger"
)

// brief names a record by its order, charge and status.
func brief(records []ledger.Record) string {
	var lines []string
	for _, r := range records {
		lines = append(lines, fmt.Sprintf("%s/%s/%s", r.OrderRef, r.Charge, r.Status))
	}
	slices.Sort(lines)
	return strings.Join(lines, " ")
}

func TestOrderGainsItsCharge(t *testing.T) {
	pending, paid := status(ledger.RecordPending), status(ledger.RecordPaid)
	type rows = []ledger.Record
	for name, c := range map[string]struct {
		readings []rows
		want     string
	}{
		"in a later reading":                {[]rows{{record("A", "", paid)}, {record("A", "chrg_1", paid)}}, "A/chrg_1/paid"},
		"later in the same reading":         {[]rows{{record("A", "", pending), record("A", "chrg_1", paid)}}, "A/chrg_1/paid"},
		"both, night after night":           {[]rows{{record("A", "", pending)}, {record("A", "", pending), record("A", "chrg_1")}, {record("A", "", pending), record("A", "chrg_1")}}, "A/chrg_1/paid"},
		"two records, both with money":      {[]rows{{record("A", "", paid), record("A", "chrg_1")}}, "A//paid A/chrg_1/paid"},
		"the row without an id comes later": {[]rows{{record("A", "chrg_1"), record("A", "", pending)}}, "A//pending A/chrg_1/paid"},
		"two readings, both with money":     {[]rows{{record("A", "", paid)}, {record("A", "", paid), record("A", "chrg_1")}}, "A//paid A/chrg_1/paid"},
		"another order":                     {[]rows{{record("A", "", pending)}, {record("B", "chrg_1")}}, "A//pending B/chrg_1/paid"},
		"no order at all":                   {[]rows{{record("A", "", pending)}, {record("", "chrg_1")}}, "/chrg_1/paid A//pending"},
		"two ids, the last":                 {[]rows{{record("A", "", paid)}, {record("A", "chrg_2"), record("A", "chrg_1")}}, "A/chrg_1/paid A/chrg_2/paid"},
		"an old file is read again":         {[]rows{{record("A", "", paid)}, {record("A", "chrg_1")}, {record("A", "", paid)}, {record("A", "chrg_1")}}, "A/chrg_1/paid"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			var last int64
			for i, r := range c.readings {
				last = begin(t, l).ID
				saveFile(t, l, last, file{path: fmt.Sprint(i), rows: r})
			}
			if got := brief(recordsAt(t, l, last)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// The history of an order goes on under its charge id.
func TestSupersededHistory(t *testing.T) {
	l := open(t)
	var runs []int64
	for _, r := range []ledger.Record{record("A", "", status(ledger.RecordPending)), record("A", ""), record("A", "chrg_1")} {
		runs = append(runs, begin(t, l).ID)
		if got := saveFile(t, l, runs[len(runs)-1], file{rows: []ledger.Record{r}}); len(runs) > 1 && got != (ledger.Counts{Read: 1, Changed: 1}) {
			t.Errorf("%+v", got)
		}
	}
	for i, want := range []string{"A//pending", "A//paid", "A/chrg_1/paid"} {
		got := recordsAt(t, l, runs[i])
		if brief(got) != want || got[0].ID != ledger.RecordID("orders", "chrg_1", "A") {
			t.Errorf("run %d: %+v, want %s", runs[i], got, want)
		}
	}
	damage, _, err := ledger.Verify(t.Context(), l.Path())
	if err != nil || len(damage) > 0 {
		t.Error(damage, err)
	}
}

// Of several charge ids an order's history goes on under one that is new, the last.
func TestSupersededTakesANewID(t *testing.T) {
	l := open(t)
	first := begin(t, l).ID
	saveFile(t, l, first, file{rows: []ledger.Record{record("A", ""), record("A", "chrg_1")}})
	saveFile(t, l, begin(t, l).ID, file{rows: []ledger.Record{record("A", "chrg_3"), record("A", "chrg_2"), record("A", "chrg_1")}})
	var ids []string
	for _, r := range recordsAt(t, l, first) {
		ids = append(ids, fmt.Sprintf("%q was %q", r.ID, r.Charge))
	}
	slices.Sort(ids)
	if got := strings.Join(ids, ", "); got != `"orders\nchrg_1\nA" was "chrg_1", "orders\nchrg_2\nA" was ""` {
		t.Error(got)
	}
}

// books is what the ledger should hold of the records of one source.
type books struct {
	now   map[string]ledger.Record
	after map[int64][]ledger.Record // not gone, without their ids, which may change
}

func earlierState(r ledger.Record) bool { return r.Charge == "" && !r.Status.MovedMoney() }

// read takes in a reading, row by row as the documentation says.
func (b *books) read(rows []ledger.Record, whole bool) (n ledger.Counts) {
	type place struct {
		ledger.Record
		row int
	}
	inbox := map[string]place{}
	for i, r := range rows {
		inbox[r.ID] = place{r, i}
	}
	gaining := map[string][]place{} // by order
	for _, r := range inbox {
		if r.Charge != "" && r.OrderRef != "" {
			gaining[r.OrderRef] = append(gaining[r.OrderRef], r)
		}
	}
	for id, r := range inbox {
		if earlierState(r.Record) && slices.ContainsFunc(gaining[r.OrderRef], func(g place) bool { return g.row > r.row }) {
			delete(inbox, id)
		}
	}
	for id, r := range maps.Clone(b.now) {
		if _, again := inbox[id]; again || r.Charge != "" || r.Gone || len(gaining[r.OrderRef]) == 0 {
			continue
		}
		fresh := slices.DeleteFunc(slices.Clone(gaining[r.OrderRef]), func(g place) bool { _, known := b.now[g.ID]; return known })
		if len(fresh) == 0 {
			r.Gone = true
			b.now[id] = r
			n.Changed++
			continue
		}
		delete(b.now, id)
		b.now[slices.MaxFunc(fresh, func(x, y place) int { return cmp.Compare(x.row, y.row) }).ID] = r
	}
	for id, r := range b.now {
		if _, there := inbox[id]; whole && !there && !r.Gone {
			r.Gone = true
			b.now[id] = r
			n.Changed++
		}
	}
	for id, r := range inbox {
		n.Read++
		if old, known := b.now[id]; !known {
			n.Added++
		} else if old.ID = id; !gocmp.Equal(old, r.Record) {
			n.Changed++
		}
		b.now[id] = r.Record
	}
	return n
}

func (b *books) endRun(run int64) {
	var there []ledger.Record
	for _, r := range b.now {
		if !r.Gone {
			there = append(there, r)
		}
	}
	b.after[run] = bare(there)
}

func bare(records []ledger.Record) []ledger.Record {
	for i := range records {
		records[i].ID = ""
	}
	slices.SortFunc(records, func(a, b ledger.Record) int {
		return cmp.Or(strings.Compare(a.OrderRef, b.OrderRef), strings.Compare(a.Charge, b.Charge), strings.Compare(fmt.Sprint(*a.Amount), fmt.Sprint(*b.Amount)))
	})
	return records
}

func drawRecord(t *rapid.T, account string) ledger.Record {
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	ref, charge := pick("order", "A", "B", ""), pick("charge", "", "", "chrg_1", "chrg_2")
	if ref == "" && charge == "" {
		ref = "A"
	}
	return record(ref, charge, func(r *ledger.Record) {
		r.Account, r.Amount = account, new(int64(rapid.IntRange(1, 2).Draw(t, "amount")))
		r.Status = ledger.RecordStatus(pick("status", "paid", "pending", "authorized", "failed", "refunded", "partially_refunded", "cancelled", "on-hold", ""))
	})
}

// Whatever is read in whatever order: the ledger holds what its documentation
// says, every past state can be read back, a second reading changes nothing,
// and verify finds nothing wrong.
func TestBooksProperty(t *testing.T) {
	ledger.Fewer(t, "40")
	l := open(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		account := fmt.Sprint("account ", n)
		b := books{map[string]ledger.Record{}, map[int64][]ledger.Record{}}
		var runs []int64
		for range rapid.IntRange(1, 5).Draw(t, "runs") {
			run := must(l.BeginRun(t.Context(), ledger.Run{Kind: ledger.KindRun})).ID
			for range rapid.IntRange(1, 2).Draw(t, "readings") {
				f := file{path: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "path"), whole: rapid.Bool().Draw(t, "whole")}
				for range rapid.IntRange(0, 5).Draw(t, "rows") {
					f.rows = append(f.rows, drawRecord(t, account))
				}
				want := b.read(f.rows, f.whole)
				if got := must(l.SaveBook(t.Context(), run, account, "orders", f.whole, f.read)); got != want {
					t.Fatalf("%+v, want %+v", got, want)
				}
				if got := must(l.SaveBook(t.Context(), run, account, "orders", f.whole, f.read)); got != (ledger.Counts{Read: want.Read}) {
					t.Fatalf("read again: %+v", got)
				}
			}
			b.endRun(run)
			runs = append(runs, run)
		}
		for _, run := range runs {
			s := must(l.Snapshot(t.Context(), run, 0, nil))
			defer s.Close()
			got := all(s.Records(t.Context(), account))
			if _, size, err := s.Sizes(t.Context(), account); err != nil || size != len(got) {
				t.Fatal(size, err)
			}
			if diff := gocmp.Diff(b.after[run], bare(got)); diff != "" {
				t.Fatalf("after run %d (-model +ledger):\n%s", run, diff)
			}
		}
	})
	damage, _, err := ledger.Verify(t.Context(), l.Path())
	if err != nil || len(damage) > 0 {
		t.Error(damage, err)
	}
}
