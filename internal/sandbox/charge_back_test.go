package sandbox

import (
	"strings"
	"testing"
	"time"
)

// TestAnotherCourse lets something happen to a charge, sets the clock back to before it, and lets
// something else happen: from then on that is what holds.
func TestAnotherCourse(t *testing.T) {
	for _, tt := range []struct{ charge, first, then, status string }{
		{"source[type]=promptpay", "mark_as_failed", "mark_as_paid", "successful"},
		{"source[type]=promptpay", "mark_as_paid", "mark_as_failed", "failed"},
		{"source[type]=paypay&return_uri=https://shop.example.com", "mark_as_paid", "expire", "expired"},
		{"source[type]=paypay&return_uri=https://shop.example.com", "expire", "mark_as_paid", "successful"},
		{"capture=false", "reverse", "capture", "successful"},
		{"capture=false", "capture", "reverse", "reversed"},
	} {
		t.Run(tt.first+" and then "+tt.then, func(t *testing.T) {
			s := newServer(t, options())
			how := tt.charge
			if !strings.HasPrefix(how, "source") {
				how += "&card=" + newToken(t, s)
			}
			path := place(do(t, s, "POST /charges", "amount=100000&currency=thb&"+how))
			s.Advance(20 * time.Minute)
			do(t, s, "POST "+path+"/"+tt.first, "")
			s.Advance(-10 * time.Minute)
			check(t, object(t, s, path), map[string]any{"status": "pending"})
			do(t, s, "POST "+path+"/"+tt.then, "")
			s.Advance(time.Hour)
			c, paid := object(t, s, path), tt.status == "successful"
			check(t, c, map[string]any{"status": tt.status, "paid": paid, "reversed": tt.status == "reversed", "expired": tt.status == "expired"})
			if (c["transaction"] != nil) != paid || (c["failure_code"] != nil) != (tt.status == "failed") {
				t.Errorf("transaction %v, failure code %v", c["transaction"], c["failure_code"])
			}
			if booked := object(t, s, "/transactions")["total"]; booked != map[bool]float64{true: 1}[paid] {
				t.Errorf("%v transactions", booked)
			}
		})
	}
}

// TestRefundedInAFuture spends what was refunded before the clock was set back.
func TestRefundedInAFuture(t *testing.T) {
	s := newServer(t, options())
	c := do(t, s, "POST /charges", "amount=100000&currency=thb&card="+newToken(t, s))
	path := place(c)
	s.Advance(time.Hour)
	do(t, s, "POST "+path+"/refunds", "amount=70000")
	s.Advance(-30 * time.Minute)
	refuse(t, s, "POST "+path+"/refunds", "amount=30001", "failed_refund")
	refuse(t, s, "POST "+path+"/refunds", "void=true", "failed_void")
	do(t, s, "POST "+path+"/refunds", "amount=30000")
	if _, err := s.Refund(idOf(c), 0); code(err) != "failed_refund" {
		t.Errorf("a refund of nothing: %v", err)
	}
	s.Advance(time.Hour)
	check(t, object(t, s, path), map[string]any{"refunded_amount": 100_000, "refundable": false})
}

func TestDisputedInAFuture(t *testing.T) {
	s := newServer(t, options())
	id := addCharge(t, s, ChargeSpec{Amount: 100_000})
	s.Advance(time.Hour)
	first, err := s.OpenDispute(id)
	must(t, err)
	s.Advance(-30 * time.Minute)
	if _, err := s.OpenDispute(id); code(err) != "invalid_charge" {
		t.Errorf("second dispute: %v", err)
	}
	s.Advance(time.Hour)
	check(t, object(t, s, "/charges/"+id)["dispute"].(map[string]any), map[string]any{"id": first})

	must(t, s.AnswerDispute(first))
	s.Advance(-15 * time.Minute)
	must(t, s.AnswerDispute(first))
	check(t, object(t, s, "/disputes/"+first), map[string]any{"status": "pending"})
}
