package job

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"reconcile/internal/ledger"
)

func TestChargeState(t *testing.T) {
	expires := new(instant(t, "2026-11-24 09:00"))
	held := ledger.Charge{Status: "pending", Authorized: true, Amount: 125050, Currency: "THB", CreatedAt: instant(t, "2026-11-17 09:00"), ExpiresAt: expires}
	paid := ledger.Charge{Status: "successful", Paid: true, Amount: 1250, Currency: "JPY", PaidAt: new(instant(t, "2026-11-17 10:05"))}
	for name, test := range map[string]struct {
		charge ledger.Charge
		want   string
	}{
		"paid":             {paid, "Paid on 2026-11-17T10:05:00+07:00: 1,250 JPY captured, nothing refunded."},
		"partly refunded":  {with(paid, func(c *ledger.Charge) { c.RefundedAmount = 250 }), "Paid on 2026-11-17T10:05:00+07:00: 1,250 JPY captured, 250 JPY of it refunded."},
		"refunded in full": {with(paid, func(c *ledger.Charge) { c.RefundedAmount = 1250 }), "Paid on 2026-11-17T10:05:00+07:00: 1,250 JPY captured, all of it refunded."},
		"disputed": {
			with(paid, func(c *ledger.Charge) { c.DisputeStatus = "pending" }),
			"Paid on 2026-11-17T10:05:00+07:00: 1,250 JPY captured, nothing refunded. The customer disputes it: the dispute is pending.",
		},
		"held":                  {held, "Authorised and not captured: 1,250.50 THB are held until 2026-11-24T09:00:00+07:00."},
		"held without a date":   {with(held, func(c *ledger.Charge) { c.ExpiresAt = nil }), "Authorised and not captured: 1,250.50 THB are held until 2026-11-24T09:00:00+07:00."},
		"held too long":         {with(held, func(c *ledger.Charge) { c.ExpiresAt = new(instant(t, "2026-11-20 09:59")) }), "Authorised and not captured: the deadline for 1,250.50 THB was 2026-11-20T09:59:00+07:00."},
		"unpaid":                {with(held, func(c *ledger.Charge) { c.Authorized = false }), "Not paid yet: 1,250.50 THB wait for the customer until 2026-11-24T09:00:00+07:00."},
		"failed":                {ledger.Charge{Status: "failed", FailureCode: "insufficient_fund"}, "Failed (insufficient_fund): no money moved."},
		"expired":               {ledger.Charge{Status: "expired", Amount: 100, Currency: "THB"}, "Expired: the customer did not pay 1.00 THB in time."},
		"expired authorisation": {with(held, func(c *ledger.Charge) { c.Status = "expired" }), "Lapsed: 1,250.50 THB were authorised and not captured in time. The money is lost; it is not a refund."},
		"reversed at the deadline": {
			with(held, func(c *ledger.Charge) { c.Status, c.ReversedAt = "reversed", new(instant(t, "2026-11-24 08:00")) }),
			"Lapsed: 1,250.50 THB were authorised and not captured in time. The money is lost; it is not a refund.",
		},
		"reversed before": {
			with(held, func(c *ledger.Charge) { c.Status, c.ReversedAt = "reversed", new(instant(t, "2026-11-24 07:59")) }),
			"Reversed on 2026-11-24T07:59:00+07:00: the hold on 1,250.50 THB was let go, no money moved.",
		},
		"a new word": {ledger.Charge{Status: "frozen"}, `Omise says "frozen", which none of its documents knows: the charge is counted and not summed.`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := told20(t).chargeState(test.charge); got != test.want {
				t.Errorf("\n%s, want\n%s", got, test.want)
			}
		})
	}
}

func with[T any](v T, edit func(*T)) T {
	edit(&v)
	return v
}

func TestRule(t *testing.T) {
	charge := ledger.Charge{ID: "chrg_test_1", Transaction: "trxn_test_1", Status: "successful", CreatedAt: instant(t, "2026-11-17 10:00")}
	record := ledger.Record{Source: "orders", OrderRef: "000123"}
	matched := ledger.Comparison{Result: ledger.Matched, RecordRef: "000123"}
	parts := []ledger.Charge{{ID: "chrg_test_1", Status: "successful", Paid: true, Amount: 1000}, {ID: "chrg_test_2", Status: "successful", Paid: true, Amount: 250}}
	for name, test := range map[string]struct {
		found   ledger.Comparison
		record  ledger.Record
		charges []ledger.Charge
		want    string
	}{
		"charge id":       {matched, with(record, func(r *ledger.Record) { r.Charge = "chrg_test_1" }), nil, "Matched by charge id: record 000123 of source orders names this charge."},
		"transaction":     {matched, with(record, func(r *ledger.Record) { r.Charge = "trxn_test_1" }), nil, "Matched by transaction: record 000123 of source orders names trxn_test_1."},
		"order reference": {matched, record, []ledger.Charge{charge}, "Matched by order reference 000123: the record of source orders names no charge, and this is the one of the order."},
		"failed attempt": {
			matched, with(record, func(r *ledger.Record) { r.Charge = "chrg_test_0" }),
			[]ledger.Charge{charge, {ID: "chrg_test_0", Status: "failed"}},
			"Matched by order reference 000123: the record of source orders names chrg_test_0, which did not take the money, and this charge of the same order did.",
		},
		"split payment": {
			matched, with(record, func(r *ledger.Record) { r.Charge, r.Amount = "chrg_test_1", new(int64(1250)) }), parts,
			"Matched as a split payment: 2 charges of order 000123 add up to its record of source orders.",
		},
		"two that do not add up": {
			matched, with(record, func(r *ledger.Record) { r.Charge, r.Amount = "chrg_test_1", new(int64(1000)) }), parts,
			"Matched by charge id: record 000123 of source orders names this charge.",
		},
		"schedule":       {ledger.Comparison{Result: ledger.Matched}, record, nil, "Matched, without a record of its own: it belongs to a schedule or to an order that has its record."},
		"other attempt":  {ledger.Comparison{Result: ledger.NotNeeded, RecordRef: "000123"}, record, nil, "Needs no record of its own: another charge answers for order 000123."},
		"nothing needed": {ledger.Comparison{Result: ledger.NotNeeded}, record, nil, "Needs no record: no money was captured or is held, the charge is successful."},
		"expected":       {ledger.Comparison{Result: ledger.Expected}, record, nil, "Waits for the books: what happened is later than they reach, their grace taken off."},
		"break":          {ledger.Comparison{Result: ledger.InBreak}, record, nil, "Part of break brk_1 (amount_mismatch) and brk_2 (refund_mismatch) and brk_4 (ambiguous)."},
		"too early":      {ledger.Comparison{Result: ledger.NotCompared}, record, nil, "Not compared: it was made before the books begin, or one of them has not been read yet; `reconcile records` shows them."},
	} {
		t.Run(name, func(t *testing.T) {
			k := compared{
				books: true, historyFrom: "2026-11-01", records: []ledger.Record{test.record}, charges: test.charges,
				of:     func(string) ledger.Comparison { return test.found },
				breaks: []ledger.Break{{ID: "brk_1", Kind: ledger.BreakAmount, Charge: charge.ID}, {ID: "brk_2", Kind: ledger.BreakRefund, Charge: charge.ID}, {ID: "brk_3", Charge: "chrg_test_9"}, {ID: "brk_4", Kind: ledger.BreakAmbiguous, OmiseValue: "chrg_test_0;chrg_test_1"}},
			}
			if got := told20(t).rule(charge, test.found, k); got != test.want {
				t.Errorf("\n%s, want\n%s", got, test.want)
			}
		})
	}
}

func TestNotComparedSaysWhy(t *testing.T) {
	old := ledger.Charge{Status: "successful", CreatedAt: instant(t, "2026-10-31 23:59")}
	for name, test := range map[string]struct {
		charge ledger.Charge
		k      compared
		want   string
	}{
		"no books":    {old, compared{}, "the config names no records"},
		"no proof":    {old, compared{books: true}, "no history of charges and refunds is proven yet"},
		"too old":     {old, compared{books: true, historyFrom: "2026-11-01"}, "before 2026-11-01, the first day that is proven"},
		"odd status":  {with(old, func(c *ledger.Charge) { c.Status = "frozen" }), compared{books: true, historyFrom: "2026-11-01"}, "its status is none"},
		"before them": {old, compared{books: true, historyFrom: "2026-10-31"}, "before the books begin"},
	} {
		t.Run(name, func(t *testing.T) {
			got := told20(t).rule(test.charge, ledger.Comparison{Result: ledger.NotCompared}, test.k)
			if !strings.HasPrefix(got, "Not compared: ") || !strings.Contains(got, test.want) {
				t.Errorf("%s, want it to say %s", got, test.want)
			}
		})
	}
}

// Texts come from shops and their customers, and end up in a terminal.
func TestTextIsHarmless(t *testing.T) {
	facts := Facts{{"charge_id", "chrg_test_1"}, {"order_ref", "\x1b[31mred\x1b[0m\r\n\u202eevil\u2028"}, {"name", "山田　太郎 ก่อน"}}
	var p page
	p.blocks("Charge", []Facts{facts})
	want := "\nCharge chrg_test_1\n" +
		`  order ref         \x1b[31mred\x1b[0m\r\n\u202eevil\u2028` + "\n" +
		"  name              山田　太郎 ก่อน\n"
	if p.String() != want {
		t.Errorf("%q, want\n%q", p.String(), want)
	}
}

func TestLinesFit(t *testing.T) {
	var p page
	p.line(4, 6, strings.Repeat("words of a sentence ", 20))
	p.line(0, 2, strings.Repeat("x", 150)+" and more")
	lines := strings.Split(strings.TrimSuffix(p.String(), "\n"), "\n")
	for i, line := range lines[:len(lines)-2] {
		margin := len(line) - len(strings.TrimLeft(line, " "))
		if len(line) > textWidth || margin != map[bool]int{true: 4, false: 6}[i == 0] {
			t.Errorf("line %d has %d characters and a margin of %d: %q", i, len(line), margin, line)
		}
	}
	if got := lines[len(lines)-1]; got != "  and more" {
		t.Errorf("after a long word comes %q", got)
	}
}

func TestAmountIsTold(t *testing.T) {
	for _, test := range []struct {
		amount Amount
		want   string
	}{
		{Amount{0, "THB"}, "0.00 THB"},
		{Amount{99999, "THB"}, "999.99 THB"},
		{Amount{100000, "THB"}, "1,000.00 THB"},
		{Amount{-123456789, "THB"}, "-1,234,567.89 THB"},
		{Amount{1234567, "JPY"}, "1,234,567 JPY"},
		{Amount{-100, "JPY"}, "-100 JPY"},
	} {
		if got := test.amount.String(); got != test.want {
			t.Errorf("%s, want %s", got, test.want)
		}
	}
}

func TestFactsAreOneJSONObject(t *testing.T) {
	facts := Facts{
		{"text", "<a & b>"},
		{"empty", ""},
		{"unknown", nil},
		{"yes", true},
		{"n", 7},
		{"money", Amount{-123450, "THB"}},
		{"at", time.Date(2026, 11, 20, 10, 0, 0, 0, bangkok(t))},
	}
	got, err := json.Marshal(struct{ Facts Facts }{facts})
	want := `{"Facts":{"text":"\u003ca \u0026 b\u003e","empty":null,"unknown":null,"yes":true,"n":7,"money":"-1234.50","at":"2026-11-20T10:00:00+07:00"}}`
	if err != nil || string(got) != want {
		t.Errorf("%s %v, want\n%s", got, err, want)
	}
}

// What finance has accepted is told, but nobody need look at it.
func TestAcceptedBreakIsTold(t *testing.T) {
	d := chargeDossier(t)
	b := d.listed["brk_0123456789abcdef"]
	b.Resolution = ledger.Accepted
	d.listed[b.ID] = b
	e := told20(t).explanation(d, started(t))
	if strings.Contains(e.State, "open") || len(e.Next) != 1 || e.Next[0] != "Break brk_0123456789abcdef: accepted, until one of its two values changes." {
		t.Errorf("%s\n%q", e.State, e.Next)
	}
}
