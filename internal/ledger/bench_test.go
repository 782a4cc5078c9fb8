package ledger_test

import (
	"fmt"
	"testing"

	"reconcile/internal/ledger"
)

const benchRows = 20_000

func manyCharges(account string, amount int64) ledger.Batch {
	var b ledger.Batch
	for i := range benchRows {
		b.Charges = append(b.Charges, charge(fmt.Sprintf("chrg_test_%019d", i*7919%benchRows), func(c *ledger.Charge) {
			c.Account, c.Amount, c.CreatedAt = account, amount, at("2026-11-20 00:00:00")+ledger.Instant(i%86400)
			c.Metadata, c.Description, c.CardBrand = `{"order_id":"A-123456"}`, "Magento 2 Order id 000000016", "Visa"
		}))
	}
	return b
}

// walk stores the rows as a fetch does: pages of 100 in one window, then its proof.
func walk(b *testing.B, l *ledger.Ledger, account string, rows ledger.Batch) ledger.Changes {
	b.Helper()
	run := begin(b, l)
	w := must(l.SavePlan(b.Context(), run.ID, account, ledger.Plan{Spans: []ledger.Want{{List: ledger.Charges, Span: day(19)}}}))[0]
	for start := 0; start < len(rows.Charges); start += 100 {
		check(l.SavePage(b.Context(), w, ledger.Page{Start: start, Total: benchRows, Rows: 100}, ledger.Batch{Charges: rows.Charges[start : start+100]}))
	}
	return must(l.ProveWindow(b.Context(), w, benchRows, 1))
}

func perRow(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*benchRows), "µs/row")
}

func BenchmarkUpsert(b *testing.B) {
	l := open(b)
	n := 0
	for b.Loop() {
		n++
		account := fmt.Sprint("account ", n)
		if got := walk(b, l, account, manyCharges(account, 1))[ledger.ChargeObject]; got.Added != benchRows {
			b.Fatal(got)
		}
	}
	perRow(b)
}

func BenchmarkUnchanged(b *testing.B) {
	l := open(b)
	rows := manyCharges("main", 1)
	walk(b, l, "main", rows)
	for b.Loop() {
		if got := walk(b, l, "main", rows)[ledger.ChargeObject]; got != (ledger.Counts{Read: benchRows}) {
			b.Fatal(got)
		}
	}
	perRow(b)
}

// BenchmarkSnapshotPast reads the charges of a day as the first of three runs knew them.
func BenchmarkSnapshotPast(b *testing.B) {
	l := open(b)
	for amount := range int64(3) {
		walk(b, l, "main", manyCharges("main", amount))
	}
	for b.Loop() {
		s := must(l.Snapshot(b.Context(), 1, 0, []ledger.Scope{scope()}))
		n := 0
		for c, err := range s.PeriodCharges(b.Context()) {
			if check(err); c.Amount != 0 {
				b.Fatal(c.Amount)
			}
			n++
		}
		if check(s.Close()); n != benchRows {
			b.Fatal(n)
		}
	}
	perRow(b)
}

// BenchmarkSaveOne reads a charge by id on a ledger with many cards.
func BenchmarkSaveOne(b *testing.B) {
	l := open(b)
	var batch ledger.Batch
	for i := range benchRows {
		batch.Customers = append(batch.Customers, customer(fmt.Sprintf("u%05d", i)))
		batch.Cards = append(batch.Cards, card(fmt.Sprintf("k%05d", i), fmt.Sprintf("u%05d", i)))
	}
	run := begin(b, l)
	save(b, l, run.ID, batch)
	for b.Loop() {
		save(b, l, run.ID, ledger.Batch{Charges: []ledger.Charge{charge("c")}})
	}
}

// BenchmarkReportDay reads the tables of one day out of a year.
func BenchmarkReportDay(b *testing.B) {
	l := open(b)
	run := begin(b, l)
	rows := manyCharges("main", 1)
	for i := range rows.Charges {
		rows.Charges[i].CreatedAt = at("2026-01-01 00:00:00") + ledger.Instant(i)*365*86400/benchRows
		rows.Charges[i].PaidAt = new(rows.Charges[i].CreatedAt + 5)
	}
	save(b, l, run.ID, rows)
	for b.Loop() {
		s := must(l.Snapshot(b.Context(), run.ID, 0, []ledger.Scope{scope()}))
		all(s.PeriodCharges(b.Context()))
		all(s.PeriodRefunds(b.Context()))
		all(s.Totals(b.Context()))
		all(s.OddWords(b.Context()))
		check(s.Close())
	}
}

// manyRecords is a book in an order that has nothing to do with its ids.
func manyRecords(amount int64) file {
	f := file{path: "orders.csv", whole: true}
	for i := range benchRows {
		f.rows = append(f.rows, record(fmt.Sprintf("A-%07d", i), fmt.Sprintf("chrg_test_%019d", i*7919%benchRows), func(r *ledger.Record) { r.Amount = &amount }))
	}
	return f
}

func BenchmarkNewBook(b *testing.B) {
	l := open(b)
	book := manyRecords(1)
	n := 0
	for b.Loop() {
		n++
		if got := must(l.SaveBook(b.Context(), begin(b, l).ID, fmt.Sprint("account ", n), "orders", true, book.read)); got.Added != benchRows {
			b.Fatal(got)
		}
	}
	perRow(b)
}

func BenchmarkUnchangedBook(b *testing.B) {
	l := open(b)
	book := manyRecords(1)
	saveFile(b, l, begin(b, l).ID, book)
	for b.Loop() {
		if got := saveFile(b, l, begin(b, l).ID, book); got != (ledger.Counts{Read: benchRows}) {
			b.Fatal(got)
		}
	}
	perRow(b)
}

// BenchmarkCompared reads what matching reads.
func BenchmarkCompared(b *testing.B) {
	l := open(b)
	walk(b, l, "main", manyCharges("main", 1))
	run := begin(b, l)
	saveFile(b, l, run.ID, manyRecords(1))
	for b.Loop() {
		s := must(l.Snapshot(b.Context(), run.ID, 0, nil))
		n := 0
		for _, err := range s.ComparedCharges(b.Context(), "main") {
			check(err)
			n++
		}
		for _, err := range s.Records(b.Context(), "main") {
			check(err)
			n++
		}
		if check(s.Close()); n != 2*benchRows {
			b.Fatal(n)
		}
	}
	perRow(b)
}
