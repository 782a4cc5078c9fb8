package match_test

import (
	"fmt"
	"runtime"
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

// BenchmarkMatch compares a million charges with a million records; half of
// the records have a charge id, one in a thousand differs. Bytes is the memory
// that the comparison holds at its end.
func BenchmarkMatch(b *testing.B) {
	const size = 1_000_000
	rules := newBooks().rules
	b.ReportAllocs()
	for b.Loop() {
		before := heap()
		m := match.New(rules, size, size)
		addMillion(m, size)
		o := m.Match()
		b.ReportMetric(float64(heap()-before)/size, "bytes/charge")
		b.ReportMetric(float64(len(o.Breaks())), "breaks")
		if got := len(o.Breaks()); got != size/1000 {
			b.Fatalf("%d breaks, want %d", got, size/1000)
		}
		runtime.KeepAlive(o)
	}
}

// BenchmarkOneReference is what becomes of a shop that writes the same text
// into every charge as its order reference: wrong, and still no work without end.
func BenchmarkOneReference(b *testing.B) {
	const size = 100_000
	for b.Loop() {
		m := match.New(newBooks().rules, size, size)
		for i := range size {
			when, total := begin+day+ledger.Instant(i), int64(100+i%7)
			c := ledger.Charge{ID: fmt.Sprintf("chrg_%d", i), CreatedAt: when, Status: ledger.StatusSuccessful, Paid: true, Amount: total, Currency: "THB"}
			r := ledger.Record{Source: "shop", OrderRef: "sale", Charge: c.ID, Status: ledger.RecordPaid}
			switch i % 4 {
			case 0: // an attempt that failed, whose record looks for another charge
				c.Status, c.Paid = ledger.StatusFailed, false
			case 1: // a payment that no record names
				r.Charge = fmt.Sprintf("trxn_%d", i)
			case 2:
				r.Amount, r.Currency = &total, "THB"
			}
			m.AddCharge(&c, "sale")
			m.AddRecord(&r)
		}
		b.ReportMetric(float64(len(m.Match().Breaks())), "breaks")
	}
}

func addMillion(m *match.Matcher, size int) {
	c := ledger.Charge{Account: "main", Status: ledger.StatusSuccessful, Currency: "THB", Authorized: true, Paid: true, Refunds: "[]"}
	r := ledger.Record{Account: "main", Source: "shop", Currency: "THB", Status: ledger.RecordPaid}
	for i := range size {
		when := begin + day + ledger.Instant(i)
		total := int64(100_00 + i%5000)
		order := fmt.Sprintf("%09d", i)
		c.ID, c.Transaction = fmt.Sprintf("chrg_test_%019d", i), fmt.Sprintf("trxn_test_%019d", i)
		c.CreatedAt, c.PaidAt, c.Amount = when, &when, total
		m.AddCharge(&c, order)

		r.OrderRef, r.Charge, r.CreatedAt, r.Amount = order, "", &when, &total
		if i%2 == 0 {
			r.Charge = c.ID
		}
		if i%1000 == 7 {
			total++
		}
		m.AddRecord(&r)
	}
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
