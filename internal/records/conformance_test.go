package records

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
)

// book is what every format must say in the same way.
type book struct {
	name       string
	source     Source // what the config says of its columns
	header     []string
	rows       [][]cell // of the kinds plain, number and truth; a format without kinds writes texts
	records    []string
	unreadable []string
	skipped    map[string]int
	words      map[string]int
	repeated   int
}

// bookReader reads a book in some format.
type bookReader struct {
	read  func(Source, Sink) (Reading, error)
	first int // number of the first row below the header
}

// conformance holds a format against every book. A format that cannot hold a
// book, because its encoding lacks the letters, gives false for it.
func conformance(t *testing.T, open func(t *testing.T, b book) (bookReader, bool)) {
	held := 0
	for _, b := range books() {
		t.Run(b.name, func(t *testing.T) {
			format, ok := open(t, b)
			if !ok {
				t.Skip("the format lacks the letters of this book")
			}
			held++
			b.check(t, format)
		})
	}
	if held < len(books())/2 {
		t.Errorf("only %d of %d books were tried", held, len(books()))
	}
}

func (b book) check(t *testing.T, format bookReader) {
	s := b.source
	s.Account, s.Name = "main", "orders"
	sink := &gathered{first: format.first}
	reading, err := format.read(s, sink)
	if err != nil {
		t.Fatal(err)
	}
	for what, diff := range map[string]string{
		"records":    cmp.Diff(b.records, sink.records),
		"unreadable": cmp.Diff(b.unreadable, sink.unreadable),
		"skipped":    cmp.Diff(b.skipped, given(reading.Skipped)),
		"words":      cmp.Diff(b.words, given(reading.Words)),
		"repeated":   cmp.Diff(b.repeated, reading.Repeated),
		"rows":       cmp.Diff(countedRows(reading), reading.Rows),
		"counted":    cmp.Diff([]int{len(b.records), len(b.unreadable)}, []int{reading.Records, reading.Unreadable}),
	} {
		if diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

// countedRows is what a reading says of its rows, added up.
func countedRows(r Reading) int {
	sum := r.Records + r.Unreadable
	for _, n := range r.Skipped {
		sum += n
	}
	return sum
}

func given(counts map[string]int) map[string]int {
	if len(counts) == 0 {
		return nil
	}
	return counts
}

// line makes a row of texts; "" is an empty cell.
func line(texts ...string) []cell {
	row := make([]cell, len(texts))
	for i, text := range texts {
		row[i].text = text
	}
	return row
}

// typed makes cells of a row numbers or truth values, where a format has such.
func typed(row []cell, kinds map[int]kind) []cell {
	row = slices.Clone(row)
	for i, kind := range kinds {
		row[i].kind = kind
	}
	return row
}

func place(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

func books() []book {
	testMode := false
	bangkok, tokyo := place("Asia/Bangkok"), place("Asia/Tokyo")
	return []book{
		{
			name:   "a shop's orders",
			source: Source{Currency: "THB", Zone: bangkok},
			header: []string{"Order ID", "Transaction-ID", "Order Total", "order_status", "date", "customer"},
			rows: [][]cell{
				line("000000016", "chrg_test_5abc", "1,234.50", "wc-completed", "2026-11-01 10:00:05", "Somchai"),
				line(" A-17 ", "pi_3xyz", "-20.00", "On Hold", "2026-11-01", "a, \"b\"\nc"),
				typed(line("18", "trxn_test_5def", "99.5", "shipped", "1793527200", ""), map[int]kind{0: number, 2: number, 4: number}),
				line("19", "", "(5.00)", "", "2026-11-01T10:00:00+09:00", ""),
			},
			records: []string{
				"1: 000000016 chrg_test_5abc 123450 THB paid - 2026-11-01T03:00:05Z",
				"2: A-17 - -2000 THB on-hold - 2026-10-31T17:00:00Z",
				"3: 18 trxn_test_5def 9950 THB (shipped) - 2026-11-01T10:00:00Z",
				"4: 19 - -500 THB () - 2026-11-01T01:00:00Z",
			},
			words: map[string]int{"shipped": 1},
		},
		{
			name:   "Thai text and digits",
			source: Source{Zone: bangkok, Buddhist: true, DateFormat: "02/01/2006"},
			header: []string{"order_ref", "charge", "amount", "currency", "status", "created", "ลูกค้า"},
			rows: [][]cell{
				line("ใบสั่ง-๑", "chrg_test_5abc", "๑,๒๓๔.๕๐", "บาท", "paid", "29/02/2567", "สมชาย ใจดี"),
				line("ใบสั่ง-๒", "", "฿20", "THB", "จ่ายแล้ว", "๑/๑๑/๒๕๖๙", ""),
				line("ใบสั่ง-๓", "", "20 บาท", "thb", "pending", "01/11/2569", ""),
				line("ใบสั่ง-๔", "", "20", "THB", "pending", "01/11/2026", ""),
			},
			records: []string{
				"1: ใบสั่ง-๑ chrg_test_5abc 123450 THB paid - 2024-02-28T17:00:00Z",
				"3: ใบสั่ง-๓ - 2000 THB pending - 2026-10-31T17:00:00Z",
			},
			unreadable: []string{
				`2: created_at "๑/๑๑/๒๕๖๙"`,
				`4: created_at "01/11/2026"`,
			},
		},
		{
			name:   "Japanese text and yen",
			source: Source{Currency: "JPY", Zone: tokyo, Statuses: map[string]ledger.RecordStatus{"入金済み": ledger.RecordPaid}},
			header: []string{"order_id", "omise_charge_id", "total", "status", "created_at", "お名前"},
			rows: [][]cell{
				line("注文-１", "chrg_test_5abc", "1,234円", "入金済み", "2026年11月1日", "山田 太郎"),
				line("注文-2", "", "１２００", "未入金", "2026/11/1 9:05", "ソ能表"),
				line("注文-3", "", "▲500", "paid", "2026-11-01 09:05", ""),
				line("注文-4", "", "12.50", "paid", "2026-11-01 09:05", ""),
			},
			records: []string{
				"1: 注文-１ chrg_test_5abc 1234 JPY paid - 2026-10-31T15:00:00Z",
				"2: 注文-2 - 1200 JPY (未入金) - 2026-11-01T00:05:00Z",
				"3: 注文-3 - -500 JPY paid - 2026-11-01T00:05:00Z",
			},
			unreadable: []string{`4: amount "12.50"`},
			words:      map[string]int{"未入金": 1},
		},
		{
			name:   "minor units by the header, currency by the row",
			source: Source{Currency: "THB"},
			header: []string{"id", "order_id", "amount_satang", "currency", "refunded_amount", "paid_at"},
			rows: [][]cell{
				typed(line("chrg_test_1", "1", "123450", "thb", "50", "1793527200000"), map[int]kind{2: number, 4: number, 5: number}),
				typed(line("chrg_test_2", "2", "1200", "JPY", "-1200", ""), map[int]kind{2: number, 4: number}),
				line("chrg_test_3", "3", "1,200", "", "true", ""),
				line("chrg_test_4", "4", "1200.50", "", "", ""),
				line("chrg_test_5", "5", "1200", "XAU", "", ""),
			},
			records: []string{
				"1: 1 chrg_test_1 123450 THB () 50 2026-11-01T10:00:00Z",
				"2: 2 chrg_test_2 1200 JPY () 1200 -",
				"3: 3 chrg_test_3 1200 THB () - -",
			},
			unreadable: []string{`4: amount "1200.50"`, `5: currency "XAU"`},
		},
		{
			name:   "charge ids in mixed columns, of an account in test mode",
			source: Source{Live: &testMode},
			header: []string{"id", "reference", "payment_reference", "status"},
			rows: [][]cell{
				line("chrg_test_1", "INV-1", "", "succeeded"),
				line("7", "chrg_test_2", "", "Refunded"),
				line("8", "trxn_test_9", "chrg_test_3", "partially refunded"),
				line("9", "chrg_test_4", "chrg_test_5", "paid"),
				line("10", "chrg_6", "", "paid"),
				line("11", "chrg_test_X", "", "paid"),
				line("", "pm_1", "", "paid"),
			},
			records: []string{
				"1: - chrg_test_1 - - paid - -",
				"2: 7 chrg_test_2 - - refunded - -",
				"3: 8 chrg_test_3 - - partially_refunded - -",
			},
			unreadable: []string{
				`4: charge_id "chrg_test_5 chrg_test_4"`,
				`5: charge_id "chrg_6"`,
				`6: charge_id "chrg_test_X"`,
				`7: row ""`,
			},
		},
		{
			name:   "Shopify's orders with a line per article",
			source: Source{Where: map[string][]string{"Payment Method": {"omise*", "Opn"}}},
			header: []string{"Name", "Financial Status", "Currency", "Total", "Refunded Amount", "Payment Method", "Payment Reference", "Created at", "Id"},
			rows: [][]cell{
				line("#1001", "paid", "THB", "1016.45", "0.00", "Omise Cards", "", "2026-11-01 10:00:00 +0700", "512"),
				line("#1001", "", "", "", "", "omise", "", "2026-11-01 10:00:00 +0700", ""),
				line("#1003", "paid", "THB", "ten", "0.00", "opn", "", "2026-11-01 10:00:00 +0700", "514"),
				line("#1003", "", "", "", "", "omise", "", "2026-11-01 10:00:00 +0700", ""),
				line("#1002", "paid", "THB", "10.00", "0.00", "Bank Deposit", "", "2026-11-01 10:00:00 +0700", "513"),
				line("#1001", "voided", "THB", "1016.45", "0.00", "OPN", "", "2026-11-01 10:00:00 +0700", "512"),
			},
			records: []string{
				"1: #1001 - 101645 THB paid 0 2026-11-01T03:00:00Z",
				"6: #1001 - 101645 THB cancelled 0 2026-11-01T03:00:00Z",
			},
			unreadable: []string{`3: amount "ten"`},
			skipped:    map[string]int{notInWhere: 1, furtherLine: 2},
			repeated:   1,
		},
		{
			name: "columns that the config names",
			source: Source{Currency: "USD", Columns: map[Field]string{
				OrderRef: "booking", ChargeID: "gateway ref", Amount: "price", CreatedAt: "when",
			}},
			header: []string{"order_id", "booking", "Gateway_Ref", "omise_charge_id", "amount", "price", "when"},
			rows: [][]cell{
				line("1", "B1", "chrg_1", "chrg_2", "5.00", "US$1 234,50", "2026-11-01T00:00:00.25Z"),
				line("2", "B2", "", "chrg_2", "5.00", "฿5.00", ""),
				typed(line("3", "true", "", "chrg_2", "5.00", "6", ""), map[int]kind{1: truth}),
				line("4", "B4", "", "", "5.00", "6.001", ""),
			},
			records: []string{"1: B1 chrg_1 123450 USD () - 2026-11-01T00:00:00Z"},
			unreadable: []string{
				`2: amount "฿5.00"`,
				`3: row ""`,
				`4: amount "6.001"`,
			},
		},
	}
}
