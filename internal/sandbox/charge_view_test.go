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
		t.Run(tt.country, func(t *testing.T) {
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
		})
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
