package report

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reconcile/internal/money"
)

func bangkok() *time.Location { return time.FixedZone("+07", 7*3600) }
func tokyo() *time.Location   { return time.FixedZone("+09", 9*3600) }

func at(loc *time.Location, s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, loc)
	if err != nil {
		panic(err)
	}
	return t
}

func bkk(s string) Cell { return TimeCell(at(bangkok(), s)) }
func tyo(s string) Cell { return TimeCell(at(tokyo(), s)) }

func thb(n int64) Cell { return AmountCell(n, "THB") }
func jpy(n int64) Cell { return AmountCell(n, "JPY") }
func tx(s string) Cell { return TextCell(s) }
func wd(s string) Cell { return WordCell(s) }

func rowsOf(rows [][]Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for _, r := range rows {
			if !yield(slices.Clone(r), nil) {
				return
			}
		}
	}
}

func sampleOptions(dir string) Options {
	return Options{
		Dir: dir, Formats: []string{FormatCSV, FormatXLSX}, BOM: true,
		Language: "en", Calendar: "gregorian", Zone: bangkok(),
	}
}

// sampleBook is a shop in Bangkok with a branch in Tokyo, one night.
func sampleBook() Book {
	b := Book{
		Run: 42, Version: "0.1.0", AsOf: at(bangkok(), "2026-11-21 03:00:00"),
		Accounts: []Account{
			{
				Name: "main", Timezone: "Asia/Bangkok", From: "2026-11-20", To: "2026-11-20",
				FromUTC: at(bangkok(), "2026-11-20 00:00:00"), ToUTC: at(bangkok(), "2026-11-20 23:59:59"),
				HistoryFrom: "2026-01-01", DataAsOf: at(bangkok(), "2026-11-21 03:00:12"),
			},
			{
				Name: "tokyo", Timezone: "Asia/Tokyo", From: "2026-11-20", To: "2026-11-20",
				FromUTC: at(tokyo(), "2026-11-20 00:00:00"), ToUTC: at(tokyo(), "2026-11-20 23:59:59"),
			},
		},
		Proofs: []Proof{{
			Account: "main", List: "charges",
			From: at(bangkok(), "2026-11-20 00:00:00"), To: at(bangkok(), "2026-11-20 23:59:59"),
			Total: 3, Rows: 3, Sums: map[money.Currency]int64{"THB": 445450, "JPY": 1200},
			ProvenAt: at(bangkok(), "2026-11-21 03:00:12"),
		}},
		Unproven: []Unproven{{
			Account: "tokyo", List: "charges",
			From: at(tokyo(), "2026-11-20 00:00:00"), To: at(tokyo(), "2026-11-20 23:59:59"),
			Reason: "the API said 58 and gave 20",
		}},
		Replaces: []string{"2026-11-20"},
		Notices:  []string{"charge chrg_5x9 has the unknown status “frozen”: counted in charges alone"},
	}
	rows := sampleRows()
	for _, t := range Tables() {
		b.Tables = append(b.Tables, Filled{Table: t, Rows: rowsOf(rows[t.Name])})
	}
	return b
}

func sampleRows() map[string][][]Cell {
	return map[string][][]Cell{
		"charges":           sampleCharges(),
		"refunds":           sampleRefunds(),
		"disputes":          sampleDisputes(),
		"capture_deadlines": sampleDeadlines(),
		"expiring_charges":  sampleExpiringCharges(),
		"expiring_cards":    sampleCards(),
		"breaks":            sampleBreaks(),
		"changes":           sampleChanges(),
		"summary":           sampleSummary(),
	}
}

func sampleCharges() [][]Cell {
	none := Cell{}
	return [][]Cell{
		{
			tx("main"), tx("chrg_5x1aaaaaaaaaaaaaaaa"), tx("=1+1"), bkk("2026-11-20 09:15:00"), bkk("2026-11-20 09:15:04"),
			tx("successful"), tx("visa"), wd("THB"), thb(123450), thb(123450), thb(23450), wd("THB"), thb(123450),
			thb(4506), thb(315), thb(0), thb(0), thb(118629), tx("trxn_5x1"), tx("cust_1"), none, none, none, wd("not_compared"),
		},
		{
			tx("main"), tx("chrg_5x2"), tx("line one\r\nline \"two\", end"), bkk("2026-11-20 10:00:00"), none,
			tx("pending"), tx("promptpay"), wd("THB"), thb(322000), thb(0), none, none, none,
			none, none, none, none, none, none, none, none, none, none, wd("not_compared"),
		},
		{
			tx("tokyo"), tx("chrg_6x1"), tx("'A-17"), tyo("2026-11-20 23:59:59"), tyo("2026-11-20 23:59:59"),
			tx("successful"), tx("jcb"), wd("JPY"), jpy(1200), jpy(1200), jpy(0), wd("JPY"), jpy(1200),
			jpy(44), jpy(4), none, none, jpy(1152), tx("trxn_6x1"), none, tx("open"), tx("A-17"), jpy(1300), wd("break"),
		},
	}
}

func sampleRefunds() [][]Cell {
	return [][]Cell{{
		tx("main"), tx("rfnd_1"), tx("chrg_5x1aaaaaaaaaaaaaaaa"), tx("@ref"), bkk("2026-11-20 18:00:00"), thb(23450), wd("THB"),
		thb(23450), wd("THB"), wd("partial"), tx("closed"), thb(123450), thb(123450), thb(23450), bkk("2026-11-20 09:15:00"),
		tx("visa"), tx("cust_1"), tx("A-16"), thb(24000), thb(-550), wd("amount_mismatch"),
	}}
}

func sampleDisputes() [][]Cell {
	return [][]Cell{{
		tx("tokyo"), tx("dspt_1"), tx("chrg_6x1"), tx("'A-17"), tyo("2026-11-20 12:00:00"),
		{},
		tx("open"),
		tx("goods_or_services_not_provided"), jpy(1200), wd("JPY"), jpy(1200), wd("JPY"),
		{},
		{},
	}}
}

func sampleDeadlines() [][]Cell {
	none := Cell{}
	line := func(id, by, state string, days, hours, minor int64) []Cell {
		return []Cell{
			tx("main"), tx(id), tx("A-" + id), bkk("2026-11-14 11:00:00"), thb(minor), wd("THB"), bkk(by), wd("expires_at"),
			CountCell(days), CountCell(hours), wd(state), YesNoCell(false), tx("visa"), none, none, none,
		}
	}
	return [][]Cell{
		line("chrg_l", "2026-11-20 11:00:00", "lapsed", -1, -16, 99900),
		line("chrg_o", "2026-11-20 23:00:00", "overdue", -1, -4, 150000),
		line("chrg_u", "2026-11-21 11:00:00", "urgent", 0, 8, 1250000),
		line("chrg_v", "2026-11-21 15:00:00", "urgent", 0, 12, 90000),
		line("chrg_n", "2026-11-27 11:00:00", "open", 6, 152, 790025),
		{
			tx("tokyo"), tx("chrg_j"), tx("J-1"), tyo("2026-11-19 11:00:00"), jpy(480000), wd("JPY"), tyo("2026-12-18 11:00:00"), wd("window"),
			CountCell(27), CountCell(654), wd("open"), YesNoCell(true), tx("jcb"), none, none, none,
		},
	}
}

func sampleExpiringCharges() [][]Cell {
	return [][]Cell{{
		tx("main"), tx("chrg_5x2"), tx("A-18"), bkk("2026-11-20 10:00:00"), thb(322000), wd("THB"), tx("promptpay"),
		bkk("2026-11-21 10:00:00"), CountCell(7), wd("soon"),
		{},
		{},
		{},
	}}
}

func sampleCards() [][]Cell {
	return [][]Cell{
		{
			tx("main"), tx("cust_1"), tx("somchai@example.com"), tx("card_1"), tx("Visa"), tx("4242"), tx("สมชาย ใจดี"),
			tx("KASIKORNBANK"), tx("th"), DateCell(2026, 11, 30), CountCell(9), wd("this_month"), YesNoCell(true),
			tx("card_2"), bkk("2026-11-20 09:15:04"), CountCell(3),
		},
		{
			tx("tokyo"), tx("cust_9"), tx("hanako@example.jp"), tx("card_9"), tx("JCB"), tx("0005"), tx("山田 花子"),
			{},
			tx("jp"), DateCell(2026, 10, 31), CountCell(-21), wd("expired"), YesNoCell(false),
			{},
			{},
			{},
		},
	}
}

// sampleBreaks has a break of every kind, in every state, with what finance says
// of them.
func sampleBreaks() [][]Cell {
	type side struct{ books, omise Cell }
	none := Cell{}
	line := func(account, id, kind, ref, charge, field string, v side, difference Cell, cur, seen string, days int64, state, why, severity, owner, resolution, note string) []Cell {
		first := bkk(seen + " 03:00:00")
		if account == "tokyo" {
			first = tyo(seen + " 05:00:00")
		}
		return []Cell{
			tx(account), tx("brk_" + id), wd(kind), tx(ref), tx(charge), none, fieldCell(field), v.books, v.omise, difference, wd(cur),
			first, CountCell(days), wd(state), tx(why), wd(severity), YesNoCell(days > 21), tx(owner), wd(resolution), tx(note),
		}
	}
	return [][]Cell{
		line("main", "9f0000000000000b", "unreadable_record", "orders:118", "", "amount", side{tx("=1.200,00 บาท"), none}, none, "", "2026-11-19", 2, "open",
			"Row 118 of orders-2026-11-18.csv says =1.200,00 บาท where an amount should stand. Correct the row in the shop and export it again.", "low", "", "open", ""),
		line("main", "9f0000000000000a", "ambiguous", "000131", "", "", side{thb(250000), tx("chrg_5a1;chrg_5a2")}, none, "THB", "2026-11-21", 0, "new",
			"Order 000131 of 2,500.00 THB has two successful charges, and neither 1,000.00 THB nor 2,000.00 THB is its amount. Find out which of them paid the order.", "medium", "", "open", ""),
		line("main", "9f00000000000001", "missing_in_records", "", "chrg_5m1", "", side{none, thb(1250000)}, none, "THB", "2026-11-13", 8, "open",
			"Omise captured 12,500.00 THB on 12 November 2026, and no order names the charge or its reference A-77. Enter the payment, or refund it if nothing was sold.", "high", "Somchai", "open", "asked the shop\nwaiting for an answer"),
		line("main", "9f00000000000002", "missing_at_omise", "000140", "chrg_5zz", "", side{thb(99000), none}, none, "THB", "2026-11-20", 1, "open",
			"Order 000140 says that 990.00 THB was paid with chrg_5zz, and Omise does not know this charge.", "low", "", "open", ""),
		line("tokyo", "9f00000000000003", "currency_mismatch", "J-9", "chrg_6c1", "currency", side{tx("THB"), tx("JPY")}, none, "JPY", "2026-11-21", 0, "new",
			"Order J-9 is in THB, Omise charged JPY.", "low", "", "open", ""),
		line("main", "9f00000000000004", "status_mismatch", "000127", "chrg_5s1", "status", side{wd("paid"), wd("failed")}, none, "THB", "2026-11-18", 3, "open",
			"Order 000127 is paid in the books, and its charge failed at Omise. If the goods were sent, ask for the payment.", "medium", "สมหญิง", "open", "โทรหาลูกค้าแล้ว"),
		line("tokyo", "9f00000000000005", "amount_mismatch", "A-17", "chrg_6x1", "amount", side{jpy(1300), jpy(1200)}, jpy(-100), "JPY", "2026-10-28", 24, "open",
			"Omise captured 1,200 JPY, order A-17 says 1,300 JPY: the order was edited after payment, or only part was captured. Check the order; if part was captured, correct its total.", "high", "花子", "accepted", "送料の値引き"),
		line("main", "9f00000000000006", "refund_mismatch", "A-16", "chrg_5x1aaaaaaaaaaaaaaaa", "refunded", side{thb(24000), thb(23450)}, thb(-550), "THB", "2026-11-21", 0, "new",
			"Omise refunded 234.50 THB, order A-16 says 240.00 THB.", "low", "", "open", ""),
		line("main", "9f00000000000007", "duplicate_record", "000150-B", "chrg_5d1", "", side{thb(50000), none}, none, "THB", "2026-11-20", 1, "cured",
			"Order 000150-B names the charge of order 000150.", "low", "", "fixed", "merged"),
		line("main", "9f00000000000008", "duplicate_charge", "000160", "chrg_5e2", "", side{none, thb(45000)}, none, "THB", "2026-11-21", 0, "new",
			"Order 000160 was paid twice: chrg_5e1 came first, chrg_5e2 is one too many. Refund it.", "low", "", "open", ""),
		line("main", "9f00000000000009", "refund_sum", "", "chrg_5r1", "refunded", side{none, thb(100000)}, thb(100), "THB", "2026-11-20", 1, "open",
			"Omise says that 1,000.00 THB was refunded, and its refunds add up to 999.00 THB.", "low", "", "open", ""),
		line("main", "9f0000000000000c", "over_refunded", "", "chrg_5o1", "refunded", side{none, thb(110000)}, thb(10000), "THB", "2026-11-21", 0, "new",
			"Omise refunded 1,100.00 THB of a charge of 1,000.00 THB.", "low", "", "open", ""),
	}
}

func sampleChanges() [][]Cell {
	noticed := bkk("2026-11-21 03:00:10")
	return [][]Cell{
		{
			tx("main"), wd("charge"), tx("chrg_5x0"), wd("status"), tx("pending"), tx("successful"),
			{},
			noticed,
			CountCell(1042), bkk("2026-11-18 08:00:00"), YesNoCell(false),
		},
		{
			tx("main"), wd("charge"), tx("chrg_4x0"), wd("refunded"), thb(0), thb(-5000), wd("THB"), noticed,
			CountCell(42), bkk("2026-10-18 08:00:00"), YesNoCell(true),
		},
		{
			tx("main"), wd("card"), tx("card_1"), wd("expires_on"), DateCell(2025, 11, 30), DateCell(2026, 11, 30),
			{},
			noticed,
			CountCell(42), bkk("2024-10-18 08:00:00"), YesNoCell(false),
		},
	}
}

func sampleSummary() [][]Cell {
	var rows [][]Cell
	add := func(account string, cur money.Currency, measure string, n, minor int64) {
		rows = append(rows, []Cell{tx(account), wd(string(cur)), wd(measure), CountCell(n), AmountCell(minor, cur)})
	}
	for _, m := range []struct {
		name             string
		n, baht, k, yens int64
	}{
		{"captured", 1, 123450, 1, 1200},
		{"refunded", 1, 23450, 0, 0},
		{"voided", 0, 0, 0, 0},
		{"reversed", 0, 0, 0, 0},
		{"expired", 0, 0, 0, 0},
		{"net_captured", 1, 100000, 1, 1200},
		{"charges", 2, 445450, 1, 1200},
		{"authorized_open", 4, 2280025, 1, 480000},
		{"disputed_open", 0, 0, 1, 1200},
		{"breaks_open", 8, 10650, 1, 0},
		{"records", 12, 1890000, 2, 2600},
		{"matched", 1, 123450, 0, 0},
	} {
		add("main", "THB", m.name, m.n, m.baht)
		add("tokyo", "JPY", m.name, m.k, m.yens)
	}
	rows = append([][]Cell{{tx("main"), wd(""), wd("breaks_open"), CountCell(1), {}}}, rows...)
	slices.SortStableFunc(rows, func(a, b []Cell) int { return strings.Compare(a[0].text, b[0].text) })
	return rows
}

// mustWrite writes a book with small or real limits and fails the test on an
// error.
func mustWrite(t testing.TB, o Options, b Book) Result {
	t.Helper()
	r, err := Write(t.Context(), o, b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sampleDir(t testing.TB) string { return filepath.Join(t.TempDir(), "2026-11-20") }

// manyCharges gives n rows without holding them.
func manyCharges(n int) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		row := slices.Clone(sampleCharges()[0])
		for i := range n {
			row[1], row[2] = tx(fmt.Sprintf("chrg_test_%019d", i)), tx(fmt.Sprintf("ORDER-%d", i))
			row[8] = thb(int64(i) * 100)
			if !yield(row, nil) {
				return
			}
		}
	}
}

var errSource = errors.New("ledger is gone")

func brokenRows(err error) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) { yield(nil, err) }
}
