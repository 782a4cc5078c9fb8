package sandbox

import (
	"testing"
	"time"
)

func TestLapsedAuthorisation(t *testing.T) {
	for _, tt := range []struct {
		country, lapse string
		life           time.Duration
		want           map[string]any
	}{
		{"TH", "", 7 * 24 * time.Hour, map[string]any{
			"status": "reversed", "reversed": true, "reversed_at": "2026-11-28T05:30:00Z", "expired": false, "expired_at": nil,
		}},
		{"JP", "expired", 30 * 24 * time.Hour, map[string]any{
			"status": "expired", "reversed": false, "reversed_at": nil, "expired": true, "expired_at": "2026-12-21T05:30:00Z",
		}},
	} {
		o := options()
		o.Country = tt.country
		s := newServer(t, o)
		id := addCharge(t, s, ChargeSpec{Status: "authorized", Lapse: tt.lapse})
		s.Advance(tt.life - time.Second)
		check(t, object(t, s, "/charges/"+id), map[string]any{
			"status": "pending", "capturable": true, "reversible": true, "authorized": true, "paid": false, "transaction": nil,
		})
		s.Advance(time.Second)
		check(t, object(t, s, "/charges/"+id), tt.want)
		check(t, object(t, s, "/charges/"+id), map[string]any{"capturable": false, "authorized": true, "refunded_amount": 0})
		if err := s.Capture(id, 0); code(err) != "expired_charge" {
			t.Errorf("late capture: %v", err)
		}
		if page := object(t, s, "/charges/"+id+"/events"); page["total"] != 1.0 {
			t.Errorf("lapsing made an event: %v", page)
		}
		s.SetClock(testNow)
		check(t, object(t, s, "/charges/"+id), map[string]any{"status": "pending"})
	}
}

func TestCapture(t *testing.T) {
	s := newServer(t, options())
	id := addCharge(t, s, ChargeSpec{Status: "authorized", Sparse: true})
	if _, has := object(t, s, "/charges/"+id)["captured_amount"]; has {
		t.Error("a sparse charge has captured_amount")
	}
	s.Advance(time.Hour)
	must(t, s.Capture(id, 50_000))
	check(t, object(t, s, "/charges/"+id), map[string]any{
		"status": "successful", "paid": true, "capturable": false, "capture": false,
		"amount": 100_000, "authorized_amount": 100_000, "captured_amount": 50_000, "funding_amount": 50_000,
		"fee": 1825, "fee_vat": 128, "net": 48_047, "authorization_type": "pre_auth",
		"paid_at": "2026-11-21T06:30:00Z", "refundable": true, "can_perform_void": true,
	})
	if err := s.Capture(id, 0); code(err) != "failed_capture" {
		t.Errorf("second capture: %v", err)
	}
	other := addCharge(t, s, ChargeSpec{Status: "authorized"})
	if err := s.Capture(other, 100_001); code(err) != "failed_capture" {
		t.Errorf("capture of more than was authorised: %v", err)
	}
	must(t, s.Reverse(other))
	check(t, object(t, s, "/charges/"+other), map[string]any{
		"status": "reversed", "reversed": true, "reversed_at": "2026-11-21T06:30:00Z", "expired_at": nil, "paid": false,
	})
	if err := s.Capture(other, 0); code(err) != "failed_capture" {
		t.Errorf("capture after reversal: %v", err)
	}
}

func TestExpiryFlags(t *testing.T) {
	s := newServer(t, options())
	paid := addCharge(t, s, ChargeSpec{})
	failed := addCharge(t, s, ChargeSpec{Status: "failed"})
	unpaid := addCharge(t, s, ChargeSpec{Source: "promptpay"})
	delayed := addCharge(t, s, ChargeSpec{Status: "successful", PaidAt: testNow.Add(time.Hour)})
	check(t, object(t, s, "/charges/"+delayed), map[string]any{"status": "pending", "capture": true, "capturable": true})
	check(t, object(t, s, "/charges/"+failed), map[string]any{"status": "failed", "expired": false, "failure_code": "insufficient_fund"})
	s.Advance(24 * time.Hour)
	check(t, object(t, s, "/charges/"+unpaid), map[string]any{
		"status": "expired", "expired": true, "authorized": false, "expired_at": "2026-11-22T05:30:00Z", "captured_amount": 100_000,
	})
	check(t, object(t, s, "/charges/"+delayed), map[string]any{"status": "successful", "paid": true})
	s.Advance(6 * 24 * time.Hour)
	check(t, object(t, s, "/charges/"+paid), map[string]any{
		"status": "successful", "expired": false, "expired_at": "2026-11-28T05:30:00Z", "expires_at": "2026-11-28T05:30:00Z",
	})
	check(t, object(t, s, "/charges/"+failed), map[string]any{"status": "failed", "expired": true, "expired_at": "2026-11-28T05:30:00Z"})
}

func TestPayAndFail(t *testing.T) {
	s := newServer(t, options())
	a := addCharge(t, s, ChargeSpec{Source: "truemoney"})
	b := addCharge(t, s, ChargeSpec{Source: "truemoney"})
	s.Advance(time.Minute)
	must(t, s.Pay(a))
	must(t, s.Fail(b))
	got := object(t, s, "/charges/"+a)
	check(t, got, map[string]any{"status": "successful", "partially_refundable": false, "refundable": true, "card": nil})
	check(t, got["source"].(map[string]any), map[string]any{"type": "truemoney", "charge_status": "successful", "flow": "redirect"})
	check(t, object(t, s, "/charges/"+b), map[string]any{"status": "failed", "failure_code": "payment_rejected"})
	if s.Pay(a) == nil || s.Fail(b) == nil {
		t.Error("what is settled can be paid or failed again")
	}
}

func TestRefunds(t *testing.T) {
	s := newServer(t, options())
	id := addCharge(t, s, ChargeSpec{Amount: 1_500, CreatedAt: testNow.AddDate(0, -2, 0)})
	for range 15 {
		if _, err := s.Refund(id, 100); err != nil {
			t.Fatal(err)
		}
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

func TestDisputes(t *testing.T) {
	s := newServer(t, options())
	id := addCharge(t, s, ChargeSpec{})
	total := func(path string) any { return object(t, s, path)["total"] }
	dispute, err := s.OpenDispute(id)
	must(t, err)
	check(t, object(t, s, "/charges/"+id), map[string]any{"status": "successful", "refundable": false, "disputable": false, "refunded_amount": 0})
	if total("/disputes/open") != 1.0 || total("/disputes/closed") != 0.0 {
		t.Error("a new dispute is not open")
	}
	s.Advance(time.Hour)
	must(t, s.AnswerDispute(dispute))
	if total("/disputes/open") != 0.0 || total("/disputes/pending") != 1.0 {
		t.Error("an answered dispute is not pending")
	}
	s.Advance(time.Hour)
	must(t, s.CloseDispute(dispute, false))
	check(t, object(t, s, "/disputes/"+dispute), map[string]any{"status": "lost", "closed_at": "2026-11-21T07:30:00Z", "charge": id})
	if total("/disputes/closed") != 1.0 || total("/disputes") != 1.0 {
		t.Error("a lost dispute is not closed")
	}
	check(t, object(t, s, "/charges/"+id), map[string]any{"refundable": false})
	if s.CloseDispute(dispute, true) == nil {
		t.Error("a closed dispute can be closed again")
	}
}
