package report_test

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
	"reconcile/internal/report"
)

// source is a ledger made by hand.
type source struct {
	charges        []ledger.DisputedCharge
	refunds        []ledger.ChargeRefund
	disputes       []ledger.ChargeDispute
	authorizations []ledger.Authorization
	unpaid         []ledger.Charge
	cards          []ledger.KeptCard
	runs           []ledger.Run
	chargeV        []ledger.Version[ledger.Charge]
	refundV        []ledger.Version[ledger.Refund]
	disputeV       []ledger.Version[ledger.Dispute]
	cardV          []ledger.Version[ledger.Card]
	customerV      []ledger.Version[ledger.Customer]
	breaks         []ledger.ListedBreak
	openBreaks     []ledger.Total
	closings       []ledger.Closing
	foundLate      map[string]int64 // charge -> run that first saw a refund of it
	totals         []ledger.Total
	currencies     []ledger.AccountCurrency
	err            error
}

func give[T any](rows []T, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

func of[T any](versions []ledger.Version[T], run ledger.Run, err error) iter.Seq2[ledger.Version[T], error] {
	var found []ledger.Version[T]
	for _, v := range versions {
		if v.Run == run.ID {
			found = append(found, v)
		}
	}
	return give(found, err)
}

func (s source) PeriodCharges(context.Context) iter.Seq2[ledger.DisputedCharge, error] {
	return give(s.charges, s.err)
}

func (s source) PeriodRefunds(context.Context) iter.Seq2[ledger.ChargeRefund, error] {
	return give(s.refunds, s.err)
}

func (s source) ListedDisputes(context.Context) iter.Seq2[ledger.ChargeDispute, error] {
	return give(s.disputes, s.err)
}

func (s source) Authorizations(context.Context) iter.Seq2[ledger.Authorization, error] {
	return give(s.authorizations, s.err)
}

func (s source) UnpaidCharges(context.Context) iter.Seq2[ledger.Charge, error] {
	return give(s.unpaid, s.err)
}

func (s source) ExpiringCards(context.Context) iter.Seq2[ledger.KeptCard, error] {
	return give(s.cards, s.err)
}

func (s source) Breaks(context.Context, int64) iter.Seq2[ledger.ListedBreak, error] {
	return give(s.breaks, s.err)
}

func (s source) OpenBreaks(context.Context, int64) ([]ledger.Total, error) { return s.openBreaks, nil }

func (s source) Closings(context.Context) ([]ledger.Closing, error) { return s.closings, nil }

func (s source) RefundFoundLate(_ context.Context, _, charge string, c ledger.Closing, from, to int64) (bool, error) {
	run := s.foundLate[charge]
	return run > c.Run && from < run && run <= to, nil
}

func (s source) RunsSinceBaseline(context.Context) ([]ledger.Run, error) { return s.runs, nil }

func (s source) ChargeChanges(_ context.Context, r ledger.Run) iter.Seq2[ledger.Version[ledger.Charge], error] {
	return of(s.chargeV, r, s.err)
}

func (s source) RefundChanges(_ context.Context, r ledger.Run) iter.Seq2[ledger.Version[ledger.Refund], error] {
	return of(s.refundV, r, s.err)
}

func (s source) DisputeChanges(_ context.Context, r ledger.Run) iter.Seq2[ledger.Version[ledger.Dispute], error] {
	return of(s.disputeV, r, s.err)
}

func (s source) CardChanges(_ context.Context, r ledger.Run) iter.Seq2[ledger.Version[ledger.Card], error] {
	return of(s.cardV, r, s.err)
}

func (s source) CustomerChanges(_ context.Context, r ledger.Run) iter.Seq2[ledger.Version[ledger.Customer], error] {
	return of(s.customerV, r, s.err)
}

func (s source) Totals(context.Context) iter.Seq2[ledger.Total, error] { return give(s.totals, s.err) }

func (s source) Currencies(context.Context) iter.Seq2[ledger.AccountCurrency, error] {
	return give(s.currencies, s.err)
}

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// utc reads an instant; pointers of it are what Omise may leave out.
func utc(text string) ledger.Instant {
	t, err := time.Parse(time.DateTime, text)
	if err != nil {
		panic(err)
	}
	return ledger.InstantOf(t)
}

// As-of is 03:00 in Bangkok on 21 November 2026.
func nightRules() report.Rules {
	return report.Rules{
		AsOf: utc("2026-11-20 20:00:00"),
		OrderRef: ledger.OrderRef{
			Sources: []string{"metadata.order_id", "description"},
			Pattern: regexp.MustCompile(`order #?([0-9]+)$`),
		},
		CaptureWarning: 72 * time.Hour,
		Accounts: map[string]report.AccountRules{
			"main":   {Zone: zone("Asia/Bangkok"), HistoryFrom: new(utc("2026-08-22 20:00:00"))}, // 90 days before
			"tokyo":  {Zone: zone("Asia/Tokyo"), HistoryFrom: new(utc("2026-08-22 20:00:01"))},
			"berlin": {Zone: zone("Europe/Berlin")},
		},
	}
}

// lines writes the folder and gives the rows of one of its files.
func lines(t *testing.T, table string, s source, rules report.Rules) []string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "night")
	_, err := report.Write(t.Context(), report.Options{Dir: dir, Formats: []string{report.FormatCSV}}, report.Book{
		Run: 1, AsOf: rules.AsOf.Time(), Tables: report.Fill(t.Context(), s, rules),
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, table+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSuffix(string(text), "\r\n"), "\r\n")
	return rows[1:]
}

func same(t *testing.T, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChargeRows(t *testing.T) {
	paid := ledger.Charge{
		Account: "main", ID: "chrg_1", CreatedAt: utc("2026-11-19 17:00:00"), PaidAt: new(utc("2026-11-20 16:59:59")), Status: "successful",
		Amount: 100000, Currency: "USD", Paid: true, Authorized: true, CapturedAmount: new(int64(50000)), RefundedAmount: 1,
		FundingAmount: new(int64(1750000)), FundingCurrency: "THB", Fee: new(int64(63875)), FeeVAT: new(int64(4471)), Interest: new(int64(0)), InterestVAT: new(int64(0)), Net: new(int64(1681654)),
		CardBrand: "American Express", Transaction: "trxn_1", Customer: "cust_1", Metadata: `{"order_id":"A-17"}`,
	}
	unpaid := paid
	unpaid.ID, unpaid.Paid, unpaid.PaidAt, unpaid.Status, unpaid.SourceType, unpaid.Transaction, unpaid.Metadata, unpaid.Description = "chrg_2", false, nil, "pending", "PromptPay", "", "", "order #5"
	old := ledger.Charge{Account: "tokyo", ID: "=chrg", CreatedAt: utc("2026-11-20 00:00:00"), PaidAt: new(utc("2026-11-20 00:00:01")), Status: "successful", Amount: 1234, Currency: "JPY", Paid: true, Description: "gift, wrapped"}
	summer := ledger.Charge{Account: "berlin", ID: "chrg_4", CreatedAt: utc("2026-10-25 00:30:00"), PaidAt: new(utc("2026-10-25 01:30:00")), Status: "odd", Amount: 5, Currency: "EUR"}
	same(t, []string{
		"main,chrg_1,A-17,2026-11-20T00:00:00+07:00,2026-11-20T23:59:59+07:00,successful,american express,USD,1000.00,500.00,0.01,THB,17500.00,638.75,44.71,0.00,0.00,16816.54,trxn_1,cust_1,,,,not_compared",
		"main,chrg_2,5,2026-11-20T00:00:00+07:00,,pending,promptpay,USD,1000.00,0.00,0.01,,,,,,,,,cust_1,open,,,not_compared",
		"tokyo,'=chrg,\"gift, wrapped\",2026-11-20T09:00:00+09:00,2026-11-20T09:00:01+09:00,successful,,JPY,1234,1234,0,,,,,,,,,,,,,not_compared",
		"berlin,chrg_4,,2026-10-25T02:30:00+02:00,2026-10-25T02:30:00+01:00,odd,,EUR,0.05,0.00,0.00,,,,,,,,,,,,,not_compared",
	}, lines(t, "charges", source{charges: []ledger.DisputedCharge{{Charge: paid}, {Charge: unpaid, Disputed: "open"}, {Charge: old}, {Charge: summer}}}, nightRules()))
}

// Funding amount, fees and net are empty where Omise left them out, each by itself.
func TestChargeRowsOfOldVersions(t *testing.T) {
	c := ledger.Charge{
		Account: "main", ID: "c", Status: "successful", Amount: 100, Currency: "THB", Paid: true, FundingCurrency: "THB",
		Fee: new(int64(4)), CreatedAt: utc("2026-11-20 00:00:00"),
	}
	same(t, []string{"main,c,,2026-11-20T07:00:00+07:00,,successful,,THB,1.00,1.00,0.00,,,0.04,,,,,,,,,,not_compared"},
		lines(t, "charges", source{charges: []ledger.DisputedCharge{{Charge: c}}}, nightRules()))
}

func TestRefundRows(t *testing.T) {
	charge := &ledger.Charge{
		Account: "main", ID: "chrg_1", CreatedAt: utc("2026-11-01 00:00:00"), Amount: 10000, Currency: "THB", Paid: true, CapturedAmount: new(int64(8000)), RefundedAmount: 9000,
		CardBrand: "Visa", Customer: "cust_1", Metadata: `{"order_id":17}`,
	}
	never := *charge
	never.Paid = false
	refund := func(id string, amount int64, edit func(*ledger.ChargeRefund)) ledger.ChargeRefund {
		r := ledger.ChargeRefund{Refund: ledger.Refund{Account: "main", ID: id, Charge: "chrg_1", CreatedAt: utc("2026-11-20 01:00:00"), Amount: amount, Currency: "THB", Status: "closed"}, Of: charge}
		if edit != nil {
			edit(&r)
		}
		return r
	}
	const known, unknown = "100.00,80.00,90.00,2026-11-01T07:00:00+07:00,visa,cust_1,,,,", ",,,,,,,,,"
	same(t, []string{
		"main,r1,chrg_1,17,2026-11-20T08:00:00+07:00,10.00,THB,,,partial,closed," + known,
		"main,r2,chrg_1,17,2026-11-20T08:00:00+07:00,80.00,THB,,,full,closed," + known + "not_compared",
		"main,r3,chrg_1,17,2026-11-20T08:00:00+07:00,80.00,THB,79.50,THB,void,," + known,
		"main,r4,chrg_1,17,2026-11-20T08:00:00+07:00,100.00,THB,,,partial,pending," + known,
		"main,r5,chrg_1,17,2026-11-20T08:00:00+07:00,80.00,USD,,,partial,closed," + known,
		"main,r6,chrg_1,,2026-11-20T08:00:00+07:00,10.00,THB,,,,closed," + unknown + "not_compared",
		"main,r7,chrg_1,,2026-11-20T08:00:00+07:00,10.00,THB,,,void,closed," + unknown,
		"main,r8,chrg_1,17,2026-11-20T08:00:00+07:00,100.00,THB,,,partial,closed,100.00,0.00,90.00,2026-11-01T07:00:00+07:00,visa,cust_1,,,,",
	}, lines(t, "refunds", source{refunds: []ledger.ChargeRefund{
		refund("r1", 1000, nil),
		refund("r2", 8000, func(r *ledger.ChargeRefund) { r.Last = true }),
		refund("r3", 8000, func(r *ledger.ChargeRefund) {
			r.Voided, r.Status, r.FundingAmount, r.FundingCurrency = true, "", new(int64(7950)), "THB"
		}),
		refund("r4", 10000, func(r *ledger.ChargeRefund) { r.Status, r.FundingCurrency = "pending", "THB" }),
		refund("r5", 8000, func(r *ledger.ChargeRefund) { r.Currency = "USD" }),
		refund("r6", 1000, func(r *ledger.ChargeRefund) { r.Of, r.Last = nil, true }),
		refund("r7", 1000, func(r *ledger.ChargeRefund) { r.Of, r.Voided = nil, true }),
		refund("r8", 10000, func(r *ledger.ChargeRefund) { r.Of = &never }),
	}}, nightRules()))
}

func TestDisputeRows(t *testing.T) {
	d := ledger.Dispute{Account: "tokyo", ID: "dspt_1", Charge: "chrg_1", CreatedAt: utc("2026-11-19 15:00:00"), Status: "open", ReasonCode: "goods_or_services_not_provided", Amount: 1200, Currency: "JPY"}
	closed := d
	closed.ID, closed.Status, closed.ClosedAt, closed.FundingAmount, closed.FundingCurrency = "dspt_2", "lost", new(utc("2026-11-20 14:59:59")), new(int64(27050)), "THB"
	same(t, []string{
		"tokyo,dspt_1,chrg_1,,2026-11-20T00:00:00+09:00,,open,goods_or_services_not_provided,1200,JPY,,,,",
		"tokyo,dspt_2,chrg_1,A,2026-11-20T00:00:00+09:00,2026-11-20T23:59:59+09:00,lost,goods_or_services_not_provided,1200,JPY,270.50,THB,,",
	}, lines(t, "disputes", source{disputes: []ledger.ChargeDispute{{Dispute: d}, {Dispute: closed, Of: &ledger.Charge{Account: "tokyo", Metadata: `{"order_id":"A"}`}}}}, nightRules()))
}

func TestAuthorizationRows(t *testing.T) {
	asOf := nightRules().AsOf
	held := ledger.Charge{Account: "main", ID: "c", CreatedAt: utc("2026-11-14 04:00:00"), Status: "pending", Authorized: true, Amount: 10000, AuthorizedAmount: new(int64(12000)), Currency: "THB", CardBrand: "JCB", Customer: "cust_1"}
	at := func(by ledger.Instant, edit func(*ledger.Authorization)) ledger.Authorization {
		a := ledger.Authorization{Charge: held, CaptureBy: by}
		a.ExpiresAt = new(by)
		if edit != nil {
			edit(&a)
		}
		return a
	}
	const head, tail = "main,c,,2026-11-14T11:00:00+07:00,120.00,THB,", ",no,jcb,cust_1,,"
	same(t, []string{
		head + "2026-11-20T20:00:00+07:00,expires_at,-1,-7,overdue" + tail,
		head + "2026-11-21T02:59:59+07:00,expires_at,0,-1,overdue" + tail,
		head + "2026-11-21T03:00:00+07:00,expires_at,0,0,urgent" + tail,
		head + "2026-11-21T03:59:59+07:00,expires_at,0,0,urgent" + tail,
		head + "2026-11-22T00:00:00+07:00,expires_at,1,21,urgent" + tail,
		head + "2026-11-24T03:00:00+07:00,expires_at,3,72,urgent" + tail,
		head + "2026-11-24T03:00:01+07:00,expires_at,3,72,open" + tail,
		head + "2026-11-27T11:00:00+07:00,expires_at,6,152,open" + tail,
		head + "2026-11-20T11:00:00+07:00,expires_at,-1,-16,lapsed" + tail,
		"main,c,,2026-11-14T11:00:00+07:00,100.00,THB,2026-11-21T11:00:00+07:00,window,0,8,urgent,yes,jcb,cust_1,,",
	}, lines(t, "capture_deadlines", source{authorizations: []ledger.Authorization{
		at(asOf-7*3600, nil), at(asOf-1, nil), at(asOf, nil), at(asOf+3599, nil), at(utc("2026-11-21 17:00:00"), nil),
		at(asOf+72*3600, nil), at(asOf+72*3600+1, nil), at(utc("2026-11-27 04:00:00"), nil),
		at(utc("2026-11-20 04:00:00"), func(a *ledger.Authorization) { a.Lapsed, a.Status = true, "expired" }),
		at(utc("2026-11-21 04:00:00"), func(a *ledger.Authorization) { a.ExpiresAt, a.AuthorizedAmount, a.Capture = nil, nil, true }),
	}}, nightRules()))
}

// Days are calendar days of the account, hours are hours: on the night when
// clocks go back the two part.
func TestDeadlinesWhereClocksChange(t *testing.T) {
	rules := nightRules()
	rules.AsOf = utc("2026-10-24 22:30:00") // 00:30 summer time on the 25th
	a := ledger.Authorization{Charge: ledger.Charge{Account: "berlin", ID: "c", CreatedAt: utc("2026-10-18 22:30:00"), Status: "pending", Amount: 1, Currency: "EUR"}, CaptureBy: utc("2026-10-25 22:59:59")}
	b := a
	b.CaptureBy = utc("2026-10-25 23:00:00")
	same(t, []string{
		"berlin,c,,2026-10-19T00:30:00+02:00,0.01,EUR,2026-10-25T23:59:59+01:00,window,0,24,urgent,no,,,,",
		"berlin,c,,2026-10-19T00:30:00+02:00,0.01,EUR,2026-10-26T00:00:00+01:00,window,1,24,urgent,no,,,,",
	}, lines(t, "capture_deadlines", source{authorizations: []ledger.Authorization{a, b}}, rules))
}

func TestUnpaidRows(t *testing.T) {
	asOf := nightRules().AsOf
	waiting := func(status string, expires *ledger.Instant) ledger.Charge {
		return ledger.Charge{Account: "main", ID: "c", CreatedAt: utc("2026-11-20 00:00:00"), Status: status, Amount: 5000, Currency: "THB", SourceType: "PromptPay", ExpiresAt: expires, ExpiredAt: new(utc("2026-01-01 00:00:00")), Expired: true}
	}
	const head = "main,c,,2026-11-20T07:00:00+07:00,50.00,THB,promptpay,"
	same(t, []string{
		head + "2026-11-21T02:59:59+07:00,-1,overdue,,,",
		head + "2026-11-21T02:00:00+07:00,-1,overdue,,,",
		head + "2026-11-21T01:59:59+07:00,-2,overdue,,,",
		head + "2026-11-21T03:00:00+07:00,0,soon,,,",
		head + "2026-11-23T03:00:00+07:00,48,soon,,,",
		head + "2026-11-20T10:00:00+07:00,-17,expired,,,",
		head + ",,expired,,,",
	}, lines(t, "expiring_charges", source{unpaid: []ledger.Charge{
		waiting("pending", new(asOf-1)), waiting("pending", new(asOf-3600)), waiting("pending", new(asOf-3601)), waiting("pending", new(asOf)), waiting("pending", new(asOf+48*3600)),
		waiting("expired", new(utc("2026-11-20 03:00:00"))), waiting("expired", nil),
	}}, nightRules()))
}

func TestCardRows(t *testing.T) {
	kept := func(account string, year, month int, edit func(*ledger.KeptCard)) ledger.KeptCard {
		k := ledger.KeptCard{Card: ledger.Card{
			Account: account, ID: "card_1", Customer: "cust_1", Brand: "Visa", LastDigits: "0042", Name: "SOMCHAI JAIDEE", Bank: "Bank of Ayudhya, PLC", Country: "th",
			ExpirationYear: year, ExpirationMonth: month,
		}, Email: "s@example.com", Charges90d: 3}
		if edit != nil {
			edit(&k)
		}
		return k
	}
	const head = `cust_1,s@example.com,card_1,Visa,0042,SOMCHAI JAIDEE,"Bank of Ayudhya, PLC",th,`
	same(t, []string{
		"main," + head + "2026-11-30,9,this_month,yes,card_2,2026-11-20T16:00:00+07:00,3",
		"main," + head + "2026-10-31,-21,expired,no,,,3",
		"main," + head + "2026-12-31,40,soon,no,,,0",
		"main," + head + "2027-02-28,99,soon,no,,,3",
		"main," + head + "2028-02-29,465,soon,no,,,3",
		"main," + head + "2027-11-30,374,soon,no,,,3",
		"tokyo," + head + "2026-11-30,9,this_month,no,,,", // history a second too young
		"berlin," + head + "2026-11-30,10,this_month,no,,,",
	}, lines(t, "expiring_cards", source{cards: []ledger.KeptCard{
		kept("main", 2026, 11, func(k *ledger.KeptCard) {
			k.Default, k.ReplacedBy, k.LastChargedAt = true, "card_2", new(utc("2026-11-20 09:00:00"))
		}),
		kept("main", 2026, 10, nil), kept("main", 2026, 12, func(k *ledger.KeptCard) { k.Charges90d = 0 }),
		kept("main", 2027, 2, nil), kept("main", 2028, 2, nil), kept("main", 2027, 11, nil), kept("tokyo", 2026, 11, nil), kept("berlin", 2026, 11, nil),
	}}, nightRules()))
}

// On the last day of the month a card is still good; a day later it is not.
func TestCardRowsAtTheEndOfTheMonth(t *testing.T) {
	card := ledger.KeptCard{Card: ledger.Card{Account: "main", ID: "k", Customer: "u", ExpirationYear: 2026, ExpirationMonth: 11}}
	for asOf, want := range map[string]string{
		"2026-11-30 16:59:59": "2026-11-30,0,this_month", "2026-11-30 17:00:00": "2026-11-30,-1,expired",
		"2026-10-31 16:59:59": "2026-11-30,30,soon", "2026-10-31 17:00:00": "2026-11-30,29,this_month",
	} {
		rules := nightRules()
		rules.AsOf = utc(asOf)
		rules.Accounts["main"] = report.AccountRules{Zone: zone("Asia/Bangkok"), HistoryFrom: new(ledger.Instant(0))}
		same(t, []string{"main,u,,k,,,,,," + want + ",no,,,0"}, lines(t, "expiring_cards", source{cards: []ledger.KeptCard{card}}, rules))
	}
}

func TestChangeRows(t *testing.T) {
	created := utc("2026-11-01 00:00:00")
	b := ledger.Charge{
		Account: "main", ID: "chrg_1", CreatedAt: created, Status: "pending", Amount: 10000, Currency: "THB", CapturedAmount: new(int64(10000)),
		Expired: false, Refundable: new(false), Fee: new(int64(5)), ExpiresAt: new(utc("2026-11-08 00:00:00")),
	}
	a := b
	a.Status, a.Amount, a.Authorized, a.Paid, a.PaidAt, a.RefundedAmount, a.Reversed, a.Voided = "successful", 9000, true, true, new(utc("2026-11-02 00:00:00")), 50, true, true
	a.DisputeStatus, a.ExpiresAt, a.CapturedAmount = "open", nil, new(int64(8000))
	a.Expired, a.ExpiredAt, a.Refundable, a.CanPerformVoid, a.Fee, a.Metadata = true, new(created), new(true), new(true), new(int64(6)), "{}" // by themselves
	quiet := b
	quiet.ID, quiet.ExpiredAt, quiet.Fee = "chrg_0", new(created), nil
	s := source{
		runs:    []ledger.Run{{ID: 7, StartedAt: utc("2026-11-19 20:00:00")}, {ID: 1042, StartedAt: utc("2026-11-20 20:00:00")}},
		chargeV: []ledger.Version[ledger.Charge]{{Before: b, After: a, Run: 1042}, {Before: quiet, After: quiet, Run: 1042}},
		refundV: []ledger.Version[ledger.Refund]{{
			Before: ledger.Refund{Account: "tokyo", ID: "rfnd_1", CreatedAt: created, Amount: 10, Currency: "JPY", Charge: "x"},
			After:  ledger.Refund{Account: "tokyo", ID: "rfnd_1", CreatedAt: created, Amount: 12, Currency: "JPY", Voided: true, Status: "closed", Transaction: "t"}, Run: 1042,
		}},
		disputeV: []ledger.Version[ledger.Dispute]{{
			Before: ledger.Dispute{Account: "main", ID: "dspt_1", CreatedAt: created, Currency: "THB", Status: "open", Amount: 1},
			After:  ledger.Dispute{Account: "main", ID: "dspt_1", CreatedAt: created, Currency: "THB", Status: "won", Amount: 2, ClosedAt: &created}, Run: 7,
		}},
		cardV: []ledger.Version[ledger.Card]{{
			Before: ledger.Card{Account: "main", ID: "card_1", CreatedAt: created, ExpirationYear: 2026, ExpirationMonth: 2, Name: "-A"},
			After:  ledger.Card{Account: "main", ID: "card_1", CreatedAt: created, ExpirationYear: 2028, ExpirationMonth: 2, Name: "B", Deleted: true, Brand: "x"}, Run: 1042,
		}},
		customerV: []ledger.Version[ledger.Customer]{{
			Before: ledger.Customer{Account: "main", ID: "cust_1", CreatedAt: created, DefaultCard: "card_1", Email: "a"},
			After:  ledger.Customer{Account: "main", ID: "cust_1", CreatedAt: created, Deleted: true, Email: "b"}, Run: 1042,
		}},
	}
	const charge, tail = "main,charge,chrg_1,", ",THB,2026-11-21T03:00:00+07:00,1042,2026-11-01T07:00:00+07:00,no"
	const noCurrency = ",,2026-11-21T03:00:00+07:00,1042,2026-11-01T07:00:00+07:00,no"
	const yen = ",JPY,2026-11-21T05:00:00+09:00,1042,2026-11-01T09:00:00+09:00,no"
	same(t, []string{
		"main,dispute,dspt_1,status,open,won,THB,2026-11-20T03:00:00+07:00,7,2026-11-01T07:00:00+07:00,no",
		charge + "status,pending,successful" + tail,
		charge + "amount,100.00,90.00" + tail,
		charge + "authorized,no,yes" + tail,
		charge + "paid,no,yes" + tail,
		charge + "paid_at,,2026-11-02T07:00:00+07:00" + tail,
		charge + "captured,0.00,80.00" + tail,
		charge + "refunded,0.00,0.50" + tail,
		charge + "reversed,no,yes" + tail,
		charge + "voided,no,yes" + tail,
		charge + "dispute,,open" + tail,
		charge + "expires_at,2026-11-08T07:00:00+07:00," + tail,
		"tokyo,refund,rfnd_1,status,,closed" + yen,
		"tokyo,refund,rfnd_1,amount,10,12" + yen,
		"tokyo,refund,rfnd_1,voided,no,yes" + yen,
		"main,card,card_1,expires_on,2026-02-28,2028-02-29" + noCurrency,
		"main,card,card_1,name,'-A,B" + noCurrency,
		"main,card,card_1,deleted,no,yes" + noCurrency,
		"main,customer,cust_1,default_card,card_1," + noCurrency,
		"main,customer,cust_1,deleted,no,yes" + noCurrency,
	}, lines(t, "changes", s, nightRules()))
}

func TestTotalRows(t *testing.T) {
	of := func(account, measure string, count, amount int64) ledger.Total {
		return ledger.Total{Account: account, Currency: map[string]money.Currency{"main": "THB", "tokyo": "JPY"}[account], Measure: measure, Count: count, Amount: amount}
	}
	s := source{
		currencies: []ledger.AccountCurrency{{Account: "main", Currency: "THB"}, {Account: "tokyo", Currency: "JPY"}},
		totals: []ledger.Total{
			of("main", "refunded", 2, 12000), of("main", "captured", 1, 10000), of("main", "voided", 1, 5), of("main", "pending", 3, 7),
			of("tokyo", "dispute_lost", 1, 300),
		},
	}
	same(t, []string{
		"main,THB,captured,1,100.00", "main,THB,refunded,2,120.00", "main,THB,voided,1,0.05", "main,THB,reversed,0,0.00", "main,THB,expired,0,0.00",
		"main,THB,net_captured,1,-20.00", "main,THB,charges,0,0.00", "main,THB,successful,0,0.00", "main,THB,failed,0,0.00", "main,THB,pending,3,0.07",
		"main,THB,authorized_open,0,0.00", "main,THB,disputed_open,0,0.00", "main,THB,breaks_open,0,0.00", "main,THB,dispute_lost,0,0.00",
		"tokyo,JPY,captured,0,0", "tokyo,JPY,refunded,0,0", "tokyo,JPY,voided,0,0", "tokyo,JPY,reversed,0,0", "tokyo,JPY,expired,0,0",
		"tokyo,JPY,net_captured,0,0", "tokyo,JPY,charges,0,0", "tokyo,JPY,successful,0,0", "tokyo,JPY,failed,0,0", "tokyo,JPY,pending,0,0",
		"tokyo,JPY,authorized_open,0,0", "tokyo,JPY,disputed_open,0,0", "tokyo,JPY,breaks_open,0,0", "tokyo,JPY,dispute_lost,1,300",
	}, lines(t, "summary", s, nightRules()))
}

// An error of the ledger ends every table, and nothing is written.
func TestRowsEndWithTheLedgersError(t *testing.T) {
	gone := errors.New("the ledger is gone")
	for _, filled := range report.Fill(t.Context(), source{err: gone, runs: []ledger.Run{{ID: 1}}}, nightRules()) {
		var last error
		for _, err := range filled.Rows {
			last = err
		}
		if !errors.Is(last, gone) {
			t.Errorf("%s ended with %v", filled.Table.Name, last)
		}
	}
}

// Whoever stops reading early is not sent more.
func TestRowsMayBeLeftEarly(t *testing.T) {
	s := source{
		charges:    []ledger.DisputedCharge{{Charge: ledger.Charge{Account: "main"}}, {Charge: ledger.Charge{Account: "main"}}},
		currencies: []ledger.AccountCurrency{{Account: "main", Currency: "THB"}}, runs: []ledger.Run{{ID: 1}},
		customerV: []ledger.Version[ledger.Customer]{{Before: ledger.Customer{Account: "main"}, After: ledger.Customer{Account: "main", Deleted: true, DefaultCard: "x"}, Run: 1}},
	}
	for _, filled := range report.Fill(t.Context(), s, nightRules()) {
		for range filled.Rows {
			break
		}
	}
}
