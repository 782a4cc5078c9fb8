package records

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"reconcile/internal/ledger"
)

// counter is a sink that keeps nothing.
type counter struct{ records int }

func (c *counter) Record(ledger.Record, int) error { c.records++; return nil }
func (c *counter) Unreadable(u ledger.UnreadableRow) error {
	return fmt.Errorf("row %d %s", u.Row, u.Reason)
}

// BenchmarkMillionRows reads a million orders, once per format.
func BenchmarkMillionRows(b *testing.B) {
	const rows = 1_000_000
	for name, write := range map[string]func(w *bufio.Writer, i int){
		"books.csv": func(w *bufio.Writer, i int) {
			if i == 0 {
				fmt.Fprintln(w, "order_id,omise_charge_id,total,currency,status,refunded_amount,created_at,customer")
			}
			fmt.Fprintf(w, "W%d,chrg_test_5%d,\"1,234.50\",THB,wc-completed,0.00,2026-11-01 10:00:05,สมชาย ใจดี\n", i, i)
		},
		"books.jsonl": func(w *bufio.Writer, i int) {
			fmt.Fprintf(w, `{"order_id":"W%d","charge_id":"chrg_test_5%d","amount_satang":123450,"currency":"thb","status":"paid","created_at":1793527200}`+"\n", i, i)
		},
	} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), name)
			writeRows(b, path, rows, write)
			b.ReportAllocs()
			for b.Loop() {
				sink := &counter{}
				_, err := Source{Name: "orders"}.ReadFile(context.Background(), found(b, path), sink)
				if err != nil || sink.records != rows {
					b.Fatalf("%d records, %v", sink.records, err)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func writeRows(b *testing.B, path string, rows int, write func(*bufio.Writer, int)) {
	f, err := os.Create(path)
	must(b, err)
	w := bufio.NewWriter(f)
	for i := range rows {
		write(w, i)
	}
	must(b, w.Flush(), f.Close())
}
