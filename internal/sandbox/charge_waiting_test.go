package sandbox

import (
	"testing"
	"time"
)

func TestExpireIsForEightTypesOnly(t *testing.T) {
	s := newServer(t, options())
	for _, kind := range []string{"alipay_cn", "alipay_hk", "barcode_alipay", "dana", "gcash", "kakaopay", "paypay", "touch_n_go"} {
		t.Run(kind, func(t *testing.T) {
			path := place(ofSource(t, s, kind, "&source[barcode]=1234567890"))
			s.Advance(time.Second)
			now := s.Clock().Format(time.RFC3339)
			c := do(t, s, "POST "+path+"/expire", "")
			check(t, c, map[string]any{
				"status": "expired", "expired": true, "expires_at": now, "expired_at": now, "paid": false,
				"reversed": false, "capturable": false, "failure_code": nil,
			})
			check(t, c["source"].(map[string]any), map[string]any{"charge_status": "expired"})
			refuse(t, s, "POST "+path+"/expire", "", "failed_expire")
			refuse(t, s, "POST "+path+"/mark_as_paid", "", "expired_charge")
		})
	}
	for _, kind := range []string{"promptpay", "alipay", "internet_banking_bbl", "wechat_pay"} {
		refuse(t, s, "POST "+place(ofSource(t, s, kind, ""))+"/expire", "", "failed_expire")
	}
	paid := place(ofSource(t, s, "gcash", ""))
	do(t, s, "POST "+paid+"/mark_as_paid", "")
	refuse(t, s, "POST "+paid+"/expire", "", "failed_expire")
}

func TestMarkAsPaidAndAsFailed(t *testing.T) {
	s := newServer(t, options())
	for _, tt := range []struct {
		mark, body string
		amount     string
		want       map[string]any
	}{
		{"paid", "", "300000", map[string]any{"status": "successful", "paid": true, "paid_at": "2026-11-21T05:30:00Z"}},
		{"paid", "", "666601", map[string]any{"status": "successful"}},
		{"failed", "", "300000", map[string]any{"status": "failed", "failure_code": "payment_rejected", "paid": false}},
		{"failed", "", "666611", map[string]any{"status": "failed", "failure_code": "timeout"}},
		{"failed", "failure_code=insufficient_balance", "300000", map[string]any{"status": "failed", "failure_code": "insufficient_balance"}},
	} {
		t.Run(tt.mark+" "+tt.amount+" "+tt.body, func(t *testing.T) {
			path := place(do(t, s, "POST /charges", "currency=thb&source[type]=promptpay&amount="+tt.amount))
			refuse(t, s, "POST "+path+"/mark_as_failed", "failure_code=bad_luck", "bad_request")
			c := do(t, s, "POST "+path+"/mark_as_"+tt.mark, tt.body)
			check(t, c, tt.want)
			if c["paid"] == true && c["transaction"] == nil {
				t.Errorf("%s is paid without a transaction", path)
			}
			refuse(t, s, "POST "+path+"/mark_as_paid", "", "invalid_charge")
			refuse(t, s, "POST "+path+"/mark_as_failed", "", "invalid_charge")
		})
	}
}

func TestLiveChargesCannotBeMarked(t *testing.T) {
	o := options()
	o.Livemode = true
	s := newServer(t, o)
	id := addCharge(t, s, ChargeSpec{Source: "promptpay"})
	for _, mark := range []string{"paid", "failed"} {
		if a := ask(t, s, "POST", "/charges/"+id+"/mark_as_"+mark, "", withKey("skey_5s4ndb0x")); a.status != 400 || a.decode(t)["code"] != "bad_request" {
			t.Errorf("%s: %d %s", mark, a.status, a.body)
		}
	}
	if i, err := s.Charge(id); err != nil || i.Status != "pending" {
		t.Errorf("charge is %v, %v", i.Status, err)
	}
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

// The card or the shopper has said yes already: what waits then is the merchant's capture.
func TestAuthorisedChargeDoesNotWait(t *testing.T) {
	s := newServer(t, options())
	path := "/charges/" + addCharge(t, s, ChargeSpec{Source: "gcash", Status: "authorized"})
	check(t, object(t, s, path), map[string]any{"status": "pending", "authorized": true, "capturable": true})
	refuse(t, s, "POST "+path+"/expire", "", "failed_expire")
	refuse(t, s, "POST "+path+"/mark_as_paid", "", "invalid_charge")
	refuse(t, s, "POST "+path+"/mark_as_failed", "", "invalid_charge")
	check(t, do(t, s, "POST "+path+"/capture", ""), map[string]any{"status": "successful", "paid": true})
}
