package sandbox

import (
	"testing"
	"time"
)

func TestRefunds(t *testing.T) {
	s := newServer(t, options())
	id := addCharge(t, s, ChargeSpec{Amount: 1_500, CreatedAt: testNow.AddDate(0, -2, 0)})
	for range 15 {
		_, err := s.Refund(id, 100)
		must(t, err)
		s.Advance(time.Second)
	}
	check(t, object(t, s, "/charges/"+id), map[string]any{"refunded_amount": 1_500, "refundable": false, "status": "successful", "voided": false})
	// Old charge, new refunds: they are found by their own date.
	page := object(t, s, "/refunds?from=2026-11-21T05:30:14Z")
	if got := rows(t, page); len(got) != 1 || got[0]["charge"] != id || got[0]["status"] != "closed" {
		t.Errorf("refunds of the last second: %v", got)
	}
	one := rows(t, object(t, s, "/charges/"+id+"/refunds"))[0]
	if got := object(t, s, place(one)); got["id"] != one["id"] {
		t.Errorf("%v leads to %v", one["location"], got["id"])
	}

	many := addCharge(t, s, ChargeSpec{Amount: 100_000, CreatedAt: testNow.AddDate(0, 0, -9)})
	for range 15 {
		_, err := s.Refund(many, 100)
		must(t, err)
	}
	if _, err := s.Refund(many, 100); code(err) != "failed_refund" {
		t.Errorf("sixteenth refund: %v", err)
	}
	if _, err := s.Refund(addCharge(t, s, ChargeSpec{Amount: 100}), 101); code(err) != "failed_refund" {
		t.Errorf("refund of more than was captured: %v", err)
	}
}

func TestVoidIsAFullRefundOnTheDayOfPayment(t *testing.T) {
	s := newServer(t, options()) // 12:30 in Bangkok
	for _, tt := range []struct {
		name   string
		wait   time.Duration
		amount int64
		void   bool
	}{
		{"same day", time.Hour, 0, true},
		{"part", time.Hour, 50, false},
		{"next business day, same day in UTC", 12 * time.Hour, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.SetClock(testNow)
			id := addCharge(t, s, ChargeSpec{Amount: 5_000})
			s.Advance(tt.wait)
			refund, err := s.Refund(id, tt.amount)
			must(t, err)
			check(t, object(t, s, "/charges/"+id), map[string]any{"voided": tt.void, "can_perform_void": false})
			check(t, object(t, s, "/charges/"+id+"/refunds/"+refund), map[string]any{"voided": tt.void})
		})
	}
}

func TestRefundWindow(t *testing.T) {
	s := newServer(t, options())
	visa := addCharge(t, s, ChargeSpec{})
	jcb := addCharge(t, s, ChargeSpec{Brand: "JCB"})
	for _, tt := range []struct {
		days      int
		visa, jcb bool
	}{{0, true, true}, {160, true, true}, {161, true, false}, {365, true, false}, {366, false, false}} {
		s.SetClock(testNow.AddDate(0, 0, tt.days))
		check(t, object(t, s, "/charges/"+visa), map[string]any{"refundable": tt.visa, "partially_refundable": tt.visa, "can_perform_void": tt.days == 0})
		check(t, object(t, s, "/charges/"+jcb), map[string]any{"refundable": tt.jcb})
	}
}

func TestForeignCurrency(t *testing.T) {
	s := newServer(t, options())
	id := addCharge(t, s, ChargeSpec{Amount: 1_000, Currency: "JPY", CreatedAt: testNow.AddDate(0, 0, -3)})
	check(t, object(t, s, "/charges/"+id), map[string]any{
		"amount": 1_000, "currency": "JPY", "funding_amount": 23_450, "funding_currency": "THB", "captured_amount": 1_000,
		"fee": 856, "fee_vat": 60, "net": 22_534,
	})
	_, err := s.Refund(id, 400)
	must(t, err)
	check(t, object(t, s, "/charges/"+id), map[string]any{"refunded_amount": 400})
	if f := rows(t, object(t, s, "/refunds"))[0]; f["currency"] != "JPY" || f["funding_currency"] != "THB" || f["funding_amount"].(float64) < 9_000 {
		t.Errorf("refund is %v", f)
	}
}

// A void undoes the charge at the charge's own rate; a refund has that of its day.
func TestFundingOfRefunds(t *testing.T) {
	for _, tt := range []struct {
		name    string
		amount  int64
		after   time.Duration
		voided  bool
		funding int // of 23.45 baht for a yen
	}{
		{"void", 10_000, time.Hour, true, 234_500},
		{"the rest of the day", 9_999, time.Hour, false, 234_406},
		{"whole, the day after", 10_000, 24 * time.Hour, false, 234_453},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, options())
			id := addCharge(t, s, ChargeSpec{Amount: 10_000, Currency: "JPY"})
			check(t, object(t, s, "/charges/"+id), map[string]any{"funding_amount": 234_500})
			s.Advance(tt.after)
			refund, err := s.Refund(id, tt.amount)
			must(t, err)
			check(t, object(t, s, "/charges/"+id+"/refunds/"+refund), map[string]any{"voided": tt.voided, "funding_amount": tt.funding})
		})
	}
}
