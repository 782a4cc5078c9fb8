package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func optional[T any](t *rapid.T, label string, values ...T) *T {
	i := rapid.IntRange(-1, len(values)-1).Draw(t, label)
	if i < 0 {
		return nil
	}
	return &values[i]
}

func one[T any](t *rapid.T, label string, values ...T) T {
	return rapid.SampledFrom(values).Draw(t, label)
}

func yes(t *rapid.T) bool { return rapid.Bool().Draw(t, "yes") }

const testWindow = 7 * 86400

// anyState draws what decides on the state of a charge.
func anyState(t *rapid.T) Charge {
	return Charge{
		CreatedAt: one[Instant](t, "created", 1000000, 1003600), Amount: 500,
		Status:     one(t, "status", "pending", "successful", "failed", "expired", "reversed", "frozen", ""),
		Authorized: yes(t), Paid: yes(t), Reversed: yes(t), Capturable: optional(t, "capturable", false, true),
		CapturedAmount: optional[int64](t, "captured", 0, 300, 500), AuthorizedAmount: optional[int64](t, "held", 0, 400),
		ExpiresAt:  optional[Instant](t, "expires", 1000000+testWindow, 1003600+testWindow),
		ReversedAt: optional[Instant](t, "reversed_at", 999999+testWindow-3600, 1000000+testWindow-3600, 1000000+testWindow, 1003599+testWindow-3600, 1003600+testWindow),
		Capture:    yes(t), Expired: yes(t), ExpiredAt: optional[Instant](t, "expired_at", 5),
		SourceType: one(t, "source", "", "PromptPay"), CardBrand: one(t, "brand", "", "American Express"),
	}
}

// What the contract says, word for word and apart from the code.
func contractLapsed(c Charge) bool {
	by := c.CreatedAt + testWindow
	if c.ExpiresAt != nil {
		by = *c.ExpiresAt
	}
	neverPaid := c.Authorized && !c.Paid
	return neverPaid && (c.Status == "expired" || (c.Status == "reversed" && (c.ReversedAt == nil || *c.ReversedAt >= by-3600)))
}

func TestStatesInSQLAreThoseInGo(t *testing.T) {
	l := openTest(t)
	run := beginTest(t, l)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		c := anyState(t)
		c.Account, c.ID = "main", fmt.Sprint("chrg_", n)
		if _, err := l.SaveObjects(t.Context(), run, Batch{Charges: []Charge{c}}); err != nil {
			t.Fatal(err)
		}
		var open, openInSQL, isLapsed, waits, ranOut, isPending bool
		var sum, by int64
		query := strings.Join([]string{openAuthorization("c"), "c." + openStatus, lapsed, unpaidPending, unpaidExpired, pending("c"), captured, captureBy}, ", ")
		err := l.db.QueryRow("SELECT "+query+" FROM charges AS c, (SELECT ? AS capture_window) AS s WHERE c.id = ?", testWindow, c.ID).
			Scan(&open, &openInSQL, &isLapsed, &waits, &ranOut, &isPending, &sum, &by)
		if err != nil {
			t.Fatal(err)
		}
		final := slices.Contains([]string{"successful", "failed", "expired", "reversed"}, c.Status)
		for what, pair := range map[string][2]any{
			"open authorization": {open, c.OpenAuthorization()},
			"open, by contract":  {open, c.Status == "pending" && c.Authorized && !c.Paid && !c.Reversed && (c.Capturable == nil || *c.Capturable)},
			"open status":        {openInSQL, !final},
			"known status":       {c.KnownStatus(), final || c.Status == "pending"},
			"lapsed":             {isLapsed, contractLapsed(c)},
			"waits for customer": {waits, c.Status == "pending" && !c.Authorized},
			"expired unpaid":     {ranOut, c.Status == "expired" && !c.Authorized},
			"pending":            {isPending, c.Status == "pending"},
			"captured":           {sum, c.Captured()},
		} {
			if pair[0] != pair[1] {
				t.Fatalf("%s: %v in SQL, %v in Go: %+v", what, pair[0], pair[1], c)
			}
		}
		if open && isLapsed {
			t.Fatalf("open and lapsed: %+v", c)
		}
	})
}

func TestAmountsAndMethodOfACharge(t *testing.T) {
	for _, tc := range []struct {
		charge         Charge
		captured, held int64
		method         string
	}{
		{Charge{Amount: 100, CapturedAmount: new(int64(100))}, 0, 100, ""},
		{Charge{Amount: 100, Paid: true}, 100, 100, ""},
		{Charge{Amount: 100, Paid: true, CapturedAmount: new(int64(0)), AuthorizedAmount: new(int64(0))}, 0, 0, ""},
		{Charge{Amount: 100, Paid: true, CapturedAmount: new(int64(50)), AuthorizedAmount: new(int64(120)), CardBrand: "Visa"}, 50, 120, "visa"},
		{Charge{SourceType: "PromptPay", CardBrand: "Visa"}, 0, 0, "promptpay"},
		{Charge{CardBrand: "American Express"}, 0, 0, "american express"},
	} {
		if c := tc.charge; c.Captured() != tc.captured || c.Held() != tc.held || c.PaymentMethod() != tc.method {
			t.Errorf("%+v: %d, %d, %q", c, c.Captured(), c.Held(), c.PaymentMethod())
		}
	}
}
