package report_test

import (
	"math"
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/report"
)

// books are what a comparison said, by charge.
type books struct {
	charges map[string]ledger.Comparison
	totals  []ledger.Total
}

func (b books) Compared(account string) bool                { return account == "main" }
func (b books) Charge(account, id string) ledger.Comparison { return b.charges[account+" "+id] }
func (b books) Totals() []ledger.Total                      { return b.totals }

func bookRules() report.Rules {
	rules := nightRules()
	rules.Books = books{
		charges: map[string]ledger.Comparison{
			"main c1": {
				Result: ledger.InBreak, RecordRef: "000123", RecordAmount: new(int64(125000)), RecordCurrency: "THB", RecordStatus: ledger.RecordPartiallyRefunded,
				RefundResult: ledger.AmountMismatch, RecordRefunded: new(int64(500)), RefundDifference: new(int64(-499)),
			},
			"main c2":  {Result: ledger.Expected, RefundResult: ledger.MissingInRecords, RecordRef: "=2"},
			"tokyo c3": {Result: ledger.InBreak},
		},
		totals: []ledger.Total{
			{Account: "main", Currency: "THB", Measure: "records", Count: 3, Amount: 250},
			{Account: "main", Currency: "THB", Measure: "matched", Count: 2, Amount: 150},
			{Account: "main", Currency: "EUR", Measure: "records", Count: 1, Amount: 99},
		},
	}
	return rules
}

func TestRowsShowWhatTheBooksSay(t *testing.T) {
	charge := func(account, id string) ledger.Charge {
		return ledger.Charge{Account: account, ID: id, CreatedAt: utc("2026-11-20 00:00:00"), Status: "pending", Amount: 100, Currency: "THB", ExpiresAt: new(utc("2026-11-20 21:00:00"))}
	}
	refund := func(charge string, last bool) ledger.ChargeRefund {
		return ledger.ChargeRefund{Refund: ledger.Refund{Account: "main", ID: "r", Charge: charge, CreatedAt: utc("2026-11-20 00:00:00"), Amount: 1, Currency: "THB"}, Last: last}
	}
	s := source{
		charges:        []ledger.DisputedCharge{{Charge: charge("main", "c1")}, {Charge: charge("main", "c2")}, {Charge: charge("tokyo", "c3")}, {Charge: charge("tokyo", "c4")}},
		refunds:        []ledger.ChargeRefund{refund("c1", false), refund("c1", true), refund("c2", true)},
		disputes:       []ledger.ChargeDispute{{Dispute: ledger.Dispute{Account: "main", ID: "d", Charge: "c1", CreatedAt: utc("2026-11-20 00:00:00"), Status: "open", Amount: 1, Currency: "THB"}}},
		authorizations: []ledger.Authorization{{Charge: charge("main", "c1"), CaptureBy: utc("2026-11-20 21:00:00")}},
		unpaid:         []ledger.Charge{charge("main", "c1")},
	}
	const created = "2026-11-20T07:00:00+07:00"
	for table, want := range map[string][]string{
		"charges": {
			"main,c1,," + created + ",,pending,,THB,1.00,0.00,0.00,,,,,,,,,,,000123,1250.00,break",
			"main,c2,," + created + ",,pending,,THB,1.00,0.00,0.00,,,,,,,,,,,'=2,,expected",
			"tokyo,c3,,2026-11-20T09:00:00+09:00,,pending,,THB,1.00,0.00,0.00,,,,,,,,,,,,,break",
			"tokyo,c4,,2026-11-20T09:00:00+09:00,,pending,,THB,1.00,0.00,0.00,,,,,,,,,,,,,not_compared",
		},
		"refunds": {
			"main,r,c1,," + created + ",0.01,THB,,,,,,,,,,,000123,,,",
			"main,r,c1,," + created + ",0.01,THB,,,,,,,,,,,000123,5.00,-4.99,amount_mismatch",
			"main,r,c2,," + created + ",0.01,THB,,,,,,,,,,,'=2,,,missing_in_records",
		},
		"disputes":          {"main,d,c1,," + created + ",,open,,0.01,THB,,,000123,partially_refunded"},
		"capture_deadlines": {"main,c1,," + created + ",1.00,THB,2026-11-21T04:00:00+07:00,expires_at,0,1,urgent,no,,,000123,partially_refunded"},
		"expiring_charges":  {"main,c1,," + created + ",1.00,THB,,2026-11-21T04:00:00+07:00,1,soon,,000123,partially_refunded"},
	} {
		t.Run(table, func(t *testing.T) { same(t, want, lines(t, table, s, bookRules())) })
	}
}

// Records and matched stand where books are, also in a currency that only they
// have; breaks without a currency are counted and have no amount.
func TestTotalRowsWithBooksAndBreaks(t *testing.T) {
	s := source{
		currencies: []ledger.AccountCurrency{{Account: "main", Currency: "THB"}, {Account: "tokyo", Currency: "JPY"}},
		openBreaks: []ledger.Total{
			{Account: "main", Currency: "THB", Measure: "breaks_open", Count: 4, Amount: 1234},
			{Account: "main", Measure: "breaks_open", Count: 2},
		},
	}
	got := map[string]bool{}
	rows := lines(t, "summary", s, bookRules())
	for _, row := range rows {
		got[row] = true
	}
	for _, want := range []string{
		"main,,breaks_open,2,", "main,THB,breaks_open,4,12.34", "main,THB,records,3,2.50", "main,THB,matched,2,1.50",
		"main,EUR,records,1,0.99", "main,EUR,matched,0,0.00", "main,EUR,captured,0,0.00", "tokyo,JPY,breaks_open,0,0",
	} {
		if !got[want] {
			t.Errorf("%s is not among %q", want, rows)
		}
	}
	if rows[0] != "main,,breaks_open,2," || rows[1] != "main,EUR,captured,0,0.00" || len(rows) != 1+16+16+14 {
		t.Errorf("%d rows: %q", len(rows), rows)
	}
}

func TestBreakRows(t *testing.T) {
	rules := nightRules()
	rules.Severity = report.Severity{
		High:   report.Threshold{Amounts: map[money.Currency]int64{"THB": 1000000}, Days: 7},
		Medium: report.Threshold{Amounts: map[money.Currency]int64{"THB": 100000, "JPY": 5000}, Days: 3},
	}
	seen := utc("2026-11-19 17:00:00") // midnight of the day before as-of in Bangkok
	b := func(kind ledger.BreakKind, edit func(*ledger.ListedBreak)) ledger.ListedBreak {
		listed := ledger.ListedBreak{Break: ledger.Break{Account: "main", ID: "brk_1", Kind: kind, Currency: "THB", Explanation: "Why."}, State: "open", FirstSeen: seen, Resolution: "open"}
		edit(&listed)
		return listed
	}
	const first = "2026-11-20T00:00:00+07:00,1,open,Why.,"
	same(t, []string{
		`main,brk_1,unreadable_record,orders:7,,,amount,'=1,,,,` + first + `low,no,,open,`,
		`main,brk_1,unreadable_record,orders:8,,,'=total,12.00,,,THB,` + first + `low,no,,open,`,
		`main,brk_1,ambiguous,A-1,,,,1000.00,chrg_1;chrg_2,,THB,` + first + `medium,no,,open,`,
		`main,brk_1,missing_in_records,,chrg_1,,,,10000.00,,THB,` + first + `high,no,,open,`,
		`main,brk_1,missing_at_omise,A-1,,,,999.99,,,THB,` + first + `low,no,,open,`,
		`main,brk_1,missing_at_omise,A-1,,,,a lot,,,THB,` + first + `low,no,,open,`,
		`main,brk_1,missing_at_omise,A-1,,,,5000,,,JPY,` + first + `medium,no,,open,`,
		`main,brk_1,currency_mismatch,A-1,chrg_1,,currency,USD,THB,,THB,` + first + `low,no,,open,`,
		`main,brk_1,status_mismatch,A-1,chrg_1,,status,on-hold,failed,,THB,` + first + `low,no,,open,`,
		`main,brk_1,status_mismatch,A-1,chrg_1,,status,paid,'=odd,,THB,` + first + `low,no,,open,`,
		`main,brk_1,amount_mismatch,A-1,chrg_1,,amount,1200.00,200.00,-1000.00,THB,` + first + `medium,yes,'@Nok,accepted,"a, ""b"""`,
		`main,brk_1,refund_mismatch,A-1,chrg_1,rfnd_1,refunded,,0.01,-92233720368547758.08,THB,` + first + `high,no,,fixed,`,
		`main,brk_1,over_refunded,,chrg_1,,refunded,,9.00,1.00,EUR,2026-11-14T02:59:59+07:00,7,new,Why.,high,no,,open,`,
		`main,brk_1,duplicate_charge,A-1,chrg_1,,,,,,THB,2026-11-18T23:59:59+07:00,3,cured,Why.,medium,no,,open,`,
	}, lines(t, "breaks", source{breaks: []ledger.ListedBreak{
		b(ledger.BreakUnreadable, func(b *ledger.ListedBreak) {
			b.RecordRef, b.Field, b.RecordValue, b.Currency = "orders:7", "amount", "=1", ""
		}),
		b(ledger.BreakUnreadable, func(b *ledger.ListedBreak) { b.RecordRef, b.Field, b.RecordValue = "orders:8", "=total", "12.00" }),
		b(ledger.BreakAmbiguous, func(b *ledger.ListedBreak) {
			b.RecordRef, b.RecordValue, b.OmiseValue, b.Amount = "A-1", "1000", "chrg_1;chrg_2", new(int64(100000))
		}),
		b(ledger.BreakMissingInRecords, func(b *ledger.ListedBreak) {
			b.Charge, b.OmiseValue, b.Amount = "chrg_1", "10000.00", new(int64(1000000))
		}),
		b(ledger.BreakMissingAtOmise, func(b *ledger.ListedBreak) { b.RecordRef, b.RecordValue, b.Amount = "A-1", "999.99", new(int64(99999)) }),
		b(ledger.BreakMissingAtOmise, func(b *ledger.ListedBreak) { b.RecordRef, b.RecordValue = "A-1", "a lot" }),
		b(ledger.BreakMissingAtOmise, func(b *ledger.ListedBreak) {
			b.RecordRef, b.RecordValue, b.Amount, b.Currency = "A-1", "5000", new(int64(5000)), "JPY"
		}),
		b(ledger.BreakCurrency, func(b *ledger.ListedBreak) {
			b.RecordRef, b.Charge, b.Field, b.RecordValue, b.OmiseValue = "A-1", "chrg_1", "currency", "USD", "THB"
		}),
		b(ledger.BreakStatus, func(b *ledger.ListedBreak) {
			b.RecordRef, b.Charge, b.Field, b.RecordValue, b.OmiseValue = "A-1", "chrg_1", "status", "on-hold", "failed"
		}),
		b(ledger.BreakStatus, func(b *ledger.ListedBreak) {
			b.RecordRef, b.Charge, b.Field, b.RecordValue, b.OmiseValue = "A-1", "chrg_1", "status", "paid", "=odd"
		}),
		b(ledger.BreakAmount, func(b *ledger.ListedBreak) {
			b.RecordRef, b.Charge, b.Field, b.RecordValue, b.OmiseValue, b.Difference, b.Amount = "A-1", "chrg_1", "amount", "1200.00", "200.00", new(int64(-100000)), new(int64(math.MaxInt64))
			b.ClosedPeriod, b.Owner, b.Resolution, b.Note = true, "@Nok", "accepted", `a, "b"`
		}),
		b(ledger.BreakRefund, func(b *ledger.ListedBreak) {
			b.RecordRef, b.Charge, b.Refund, b.Field, b.OmiseValue, b.Difference, b.Resolution = "A-1", "chrg_1", "rfnd_1", "refunded", "0.01", new(int64(math.MinInt64)), "fixed"
		}),
		b(ledger.BreakOverRefunded, func(b *ledger.ListedBreak) {
			b.Charge, b.Field, b.OmiseValue, b.Difference, b.Currency, b.State, b.FirstSeen = "chrg_1", "refunded", "9.00", new(int64(100)), "EUR", "new", utc("2026-11-13 19:59:59")
		}),
		b(ledger.BreakDuplicateCharge, func(b *ledger.ListedBreak) {
			b.RecordRef, b.Charge, b.State, b.FirstSeen = "A-1", "chrg_1", "cured", utc("2026-11-18 16:59:59")
		}),
	}}, rules))
}

// The month of October in Bangkok was closed by run 5, and again by run 9.
func october(run int64) ledger.Closing {
	return ledger.Closing{Account: "main", Month: "2026-10", From: utc("2026-09-30 17:00:00"), To: utc("2026-10-31 17:00:00"), Run: run}
}

// closedFields are the fields of a charge's change that alter October.
func closedFields(t *testing.T, s source, before, after ledger.Charge, run int64) string {
	t.Helper()
	s.runs = []ledger.Run{{ID: run, StartedAt: utc("2026-11-20 20:00:00")}}
	s.chargeV = []ledger.Version[ledger.Charge]{{Before: before, After: after, Since: 6, Run: run}}
	return closedRows(t, s)
}

func closedRows(t *testing.T, s source) string {
	t.Helper()
	var fields string
	for _, filled := range report.Fill(t.Context(), s, nightRules()) {
		if filled.Table.Name != "changes" {
			continue
		}
		for row, err := range filled.Rows {
			if err != nil {
				t.Fatal(err)
			}
			if row[filled.Table.Column("closed_period")].String() == "yes" {
				fields += row[filled.Table.Column("field")].String() + " "
			}
		}
	}
	return fields
}

func TestChangesOfAClosedMonth(t *testing.T) {
	within, after := new(utc("2026-10-31 16:59:59")), new(utc("2026-10-31 17:00:00"))
	charge := ledger.Charge{Account: "main", ID: "c", CreatedAt: *within, Status: "pending", Amount: 100, Currency: "THB", ExpiresAt: after}
	younger := charge
	younger.CreatedAt = *after
	paid := func(c *ledger.Charge, at *ledger.Instant) {
		c.Status, c.Paid, c.Authorized, c.PaidAt, c.ExpiresAt = "successful", true, true, at, nil
	}
	for name, tc := range map[string]struct {
		before ledger.Charge
		edit   func(*ledger.Charge)
		want   string
	}{
		"paid in it":                    {charge, func(c *ledger.Charge) { paid(c, within) }, "status paid paid_at captured "},
		"paid after it":                 {charge, func(c *ledger.Charge) { paid(c, after) }, ""},
		"paid, nobody says when":        {charge, func(c *ledger.Charge) { paid(c, nil) }, "status paid captured "},
		"paid by a status nobody knows": {charge, func(c *ledger.Charge) { paid(c, within); c.Status = "frozen" }, ""},
		"reversed in it":                {charge, func(c *ledger.Charge) { c.Status, c.Reversed, c.ReversedAt = "reversed", true, within }, "status reversed "},
		"reversed after it":             {charge, func(c *ledger.Charge) { c.Status, c.Reversed, c.ReversedAt = "reversed", true, after }, ""},
		"expired in it":                 {charge, func(c *ledger.Charge) { c.Status, c.ExpiresAt = "expired", within }, "status expires_at "},
		"expired after it":              {charge, func(c *ledger.Charge) { c.Status = "expired" }, ""},
		"failed":                        {charge, func(c *ledger.Charge) { c.Status = "failed" }, ""},
		"amount":                        {charge, func(c *ledger.Charge) { c.Amount = 90 }, "amount "},
		"amount of a younger charge":    {younger, func(c *ledger.Charge) { c.Amount = 90 }, ""},
		"dispute":                       {charge, func(c *ledger.Charge) { c.DisputeStatus = "open" }, ""},
		"refunded later":                {charge, func(c *ledger.Charge) { c.RefundedAmount = 5 }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			changed := tc.before
			tc.edit(&changed)
			s := source{closings: []ledger.Closing{october(5)}}
			if got := closedFields(t, s, tc.before, changed, 7); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
			// What moves into a month alters it as what moves out does.
			if got := closedFields(t, s, changed, tc.before, 7); got != tc.want {
				t.Errorf("the other way round %q, want %q", got, tc.want)
			}
		})
	}
}

func TestOnlyWhatCameAfterTheLatestClosingAltersAMonth(t *testing.T) {
	before := ledger.Charge{Account: "main", ID: "c", CreatedAt: utc("2026-10-05 00:00:00"), Status: "pending", Amount: 100, Currency: "THB"}
	after := before
	after.Amount = 90
	both := source{closings: []ledger.Closing{october(5), october(9)}}
	elsewhere := october(5)
	elsewhere.Account = "tokyo"
	for name, tc := range map[string]struct {
		s    source
		run  int64
		want string
	}{
		"never closed":       {source{}, 7, ""},
		"before":             {source{closings: []ledger.Closing{october(9)}}, 7, ""},
		"by the same run":    {source{closings: []ledger.Closing{october(7)}}, 7, ""},
		"between":            {both, 7, ""},
		"after both":         {both, 10, "amount "},
		"of another account": {source{closings: []ledger.Closing{elsewhere}}, 7, ""},
	} {
		if got := closedFields(t, tc.s, before, after, tc.run); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestRefundsOfAClosedMonth(t *testing.T) {
	charge := ledger.Charge{Account: "main", ID: "c", CreatedAt: utc("2026-10-05 00:00:00"), Status: "successful", Paid: true, PaidAt: new(utc("2026-10-05 00:00:00")), Amount: 100, Currency: "THB"}
	more := charge
	more.RefundedAmount = 5
	for found, want := range map[int64]string{5: "", 6: "", 7: "refunded ", 8: ""} { // charge: version 6, then 7
		s := source{closings: []ledger.Closing{october(5)}, foundLate: map[string]int64{"c": found}}
		if got := closedFields(t, s, charge, more, 7); got != want {
			t.Errorf("found by run %d: %q, want %q", found, got, want)
		}
	}
	refund := func(at string) ledger.Version[ledger.Refund] {
		before := ledger.Refund{Account: "main", ID: "r", Charge: "c", CreatedAt: utc(at), Amount: 10, Currency: "THB", Status: "pending"}
		after := before
		after.Status, after.Amount, after.Voided = "closed", 9, true
		return ledger.Version[ledger.Refund]{Before: before, After: after, Run: 7}
	}
	for at, want := range map[string]string{"2026-10-31 16:59:59": "status amount voided ", "2026-10-31 17:00:00": ""} {
		s := source{closings: []ledger.Closing{october(5)}, runs: []ledger.Run{{ID: 7}}, refundV: []ledger.Version[ledger.Refund]{refund(at)}}
		if got := closedRows(t, s); got != want {
			t.Errorf("refund of %s: %q, want %q", at, got, want)
		}
	}
}
