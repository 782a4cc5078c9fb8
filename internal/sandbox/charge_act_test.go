package sandbox

import (
	"fmt"
	"testing"
	"time"
)

func authorized(t *testing.T, s *Server, more string) string {
	t.Helper()
	c := do(t, s, "POST /charges", "amount=100000&currency=thb&capture=0&card="+newToken(t, s)+more)
	check(t, c, map[string]any{"status": "pending", "capturable": true, "reversible": true, "capture": false, "paid_at": nil})
	return "/charges/" + c["id"].(string)
}

func TestCaptureOverTheAPI(t *testing.T) {
	s := newServer(t, options())
	for _, tt := range []struct {
		name, more, body string
		captured         int
		authType         any
	}{
		{"whole", "", "", 100_000, nil},
		{"whole, said", "", "capture_amount=100000", 100_000, nil},
		{"final", "&authorization_type=final_auth", "{}", 100_000, "final_auth"},
		{"part of a pre-authorisation", "&authorization_type=pre_auth", `{"capture_amount": 40000}`, 40_000, "pre_auth"},
		{"next to nothing", "&authorization_type=pre_auth", "capture_amount=1", 1, "pre_auth"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := authorized(t, s, tt.more)
			c := do(t, s, "POST "+path+"/capture", tt.body)
			check(t, c, map[string]any{
				"status": "successful", "paid": true, "capturable": false, "reversible": false, "amount": 100_000,
				"authorized_amount": 100_000, "captured_amount": tt.captured, "funding_amount": tt.captured, "authorization_type": tt.authType,
			})
			refuse(t, s, "POST "+path+"/capture", "", "failed_capture")
			refuse(t, s, "POST "+path+"/reverse", "", "failed_reverse")
		})
	}
}

func TestCapturesThatAreRefused(t *testing.T) {
	s := newServer(t, options())
	open := authorized(t, s, "")
	final := authorized(t, s, "&authorization_type=final_auth")
	reversed := authorized(t, s, "")
	check(t, do(t, s, "POST "+reversed+"/reverse", ""), map[string]any{"status": "reversed", "reversed": true, "reversed_at": "2026-11-21T05:30:00Z"})
	waiting := place(ofSource(t, s, "promptpay", ""))
	for _, tt := range []struct{ request, body, code string }{
		{"POST /charges/chrg_test_none/capture", "", "not_found"},
		{"POST " + open + "/capture", "capture_amount=100001", "failed_capture"},
		{"POST " + open + "/capture", "capture_amount=0", "bad_request"},
		{"POST " + open + "/capture", "capture_amount=-5", "bad_request"},
		{"POST " + open + "/capture", "capture_amount=half", "bad_request"},
		{"POST " + final + "/capture", "capture_amount=99999", "failed_capture"},
		{"POST " + open + "/capture", "capture_amount=99999", "failed_capture"},
		{"POST " + reversed + "/capture", "", "failed_capture"},
		{"POST " + reversed + "/reverse", "", "failed_reverse"},
		{"POST " + waiting + "/capture", "", "failed_capture"},
		{"POST " + waiting + "/reverse", "", "failed_reverse"},
		{"POST " + open + "/expire", "", "failed_expire"},
		{"POST " + open + "/mark_as_paid", "", "invalid_charge"},
	} {
		refuse(t, s, tt.request, tt.body, tt.code)
	}
	s.Advance(7 * 24 * time.Hour)
	refuse(t, s, "POST "+open+"/capture", "", "expired_charge")
	refuse(t, s, "POST "+open+"/reverse", "", "expired_charge")
	// What the merchant gave up stays apart from what lapsed.
	check(t, object(t, s, open), map[string]any{"status": "reversed", "reversed_at": "2026-11-28T05:30:00Z", "expires_at": "2026-11-28T05:30:00Z"})
	check(t, object(t, s, reversed), map[string]any{"status": "reversed", "reversed_at": "2026-11-21T05:30:00Z", "expires_at": "2026-11-28T05:30:00Z"})
}

func TestReversalTakesBackADelayedCapture(t *testing.T) {
	s := newServer(t, options())
	path := "/charges/" + addCharge(t, s, ChargeSpec{Status: "successful", PaidAt: testNow.Add(time.Hour)})
	do(t, s, "POST "+path+"/reverse", "")
	s.Advance(2 * time.Hour)
	check(t, object(t, s, path), map[string]any{"status": "reversed", "paid": false, "transaction": nil})
}

func TestLifetimeOfAuthorisationsIsASetting(t *testing.T) {
	for _, tt := range []struct {
		country, currency string
		lifetime          time.Duration
		want              string
	}{
		{"TH", "thb", 0, "2026-11-28T05:30:00Z"},
		{"JP", "jpy", 0, "2026-12-21T05:30:00Z"},
		{"JP", "jpy", 36 * time.Hour, "2026-11-22T17:30:00Z"},
	} {
		o := options()
		o.Country, o.Lifetime = tt.country, tt.lifetime
		s := newServer(t, o)
		c := do(t, s, "POST /charges", "amount=100000&capture=false&currency="+tt.currency+"&card="+newToken(t, s))
		check(t, c, map[string]any{"expires_at": tt.want})
	}
}

func TestExpireIsForEightTypesOnly(t *testing.T) {
	s := newServer(t, options())
	for _, kind := range []string{"alipay_cn", "alipay_hk", "barcode_alipay", "dana", "gcash", "kakaopay", "paypay", "touch_n_go"} {
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
		path := place(do(t, s, "POST /charges", "currency=thb&source[type]=promptpay&amount="+tt.amount))
		refuse(t, s, "POST "+path+"/mark_as_failed", "failure_code=bad_luck", "bad_request")
		c := do(t, s, "POST "+path+"/mark_as_"+tt.mark, tt.body)
		check(t, c, tt.want)
		if c["paid"] == true && c["transaction"] == nil {
			t.Errorf("%s is paid without a transaction", path)
		}
		refuse(t, s, "POST "+path+"/mark_as_paid", "", "invalid_charge")
		refuse(t, s, "POST "+path+"/mark_as_failed", "", "invalid_charge")
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

func TestUpdateOfACharge(t *testing.T) {
	s := newServer(t, options())
	c := do(t, s, "POST /charges", "amount=100000&currency=thb&description=first&metadata[a]=1&metadata[b]=2&card="+newToken(t, s))
	path := place(c)
	for _, tt := range []struct {
		body        string
		description string
		metadata    string
	}{
		{"description=Another description", "Another description", `{"a":"1","b":"2"}`},
		{`{"metadata": {"c": {"d": 3.10}}}`, "Another description", `{"c":{"d":3.10}}`},
		{`{"description": "", "metadata": null}`, "Another description", `{"c":{"d":3.10}}`},
		{`{"metadata": {}, "amount": 5}`, "Another description", `{}`},
	} {
		s.Advance(time.Second)
		check(t, do(t, s, "PATCH "+path, tt.body), map[string]any{"description": tt.description, "amount": 100_000, "status": "successful"})
		if got := s.st.charges.byID[c["id"].(string)].wordsAt(s.now()); got.metadata != tt.metadata {
			t.Errorf("after %s metadata is %s", tt.body, got.metadata)
		}
	}
	s.SetClock(testNow)
	check(t, object(t, s, path), map[string]any{"description": "first"})
	refuse(t, s, "PATCH "+path, "metadata=odd", "bad_request")
	refuse(t, s, "PATCH "+path, "description[]=odd", "bad_request")
	refuse(t, s, "PATCH /charges/chrg_test_none", "description=x", "not_found")
}

func TestChargesOfALink(t *testing.T) {
	s := newServer(t, options())
	l := do(t, s, "POST /links", "amount=100000&currency=thb&title=t&description=d&multiple=true")["id"].(string)
	first := addCharge(t, s, ChargeSpec{Link: l})
	s.Advance(time.Second)
	second := addCharge(t, s, ChargeSpec{Link: l, Amount: 50_000})
	addCharge(t, s, ChargeSpec{})
	page := object(t, s, "/links/"+l+"/charges?order=reverse_chronological")
	check(t, page, map[string]any{"object": "list", "total": 2, "location": "/links/" + l + "/charges"})
	if got := ids(rows(t, page)); got != second+" "+first {
		t.Errorf("charges of the link are %s", got)
	}
	check(t, rows(t, page)[0], map[string]any{"link": l})
	refuse(t, s, "GET /links/link_test_none/charges", "", "not_found")
}

// TestEventsOfACharge holds each write to the event that tells of it, with the charge as it was then.
func TestEventsOfACharge(t *testing.T) {
	s := newServer(t, options())
	path := authorized(t, s, "&authorization_type=pre_auth")
	do(t, s, "PATCH "+path, "description=changed")
	do(t, s, "POST "+path+"/capture", "capture_amount=60000")
	do(t, s, "POST "+path+"/refunds", "amount=10000")
	var got []string
	for _, e := range rows(t, object(t, s, path+"/events")) {
		data := e["data"].(map[string]any)
		got = append(got, e["key"].(string))
		switch e["key"] {
		case "charge.create":
			check(t, data, map[string]any{"status": "pending", "paid": false, "description": nil, "captured_amount": 100_000})
		case "charge.update":
			check(t, data, map[string]any{"status": "pending", "description": "changed"})
		case "charge.capture":
			check(t, data, map[string]any{"status": "successful", "captured_amount": 60_000, "refunded_amount": 0})
		}
	}
	if want := "[charge.create charge.update charge.capture refund.create]"; fmt.Sprint(got) != want {
		t.Errorf("events are %v, want %s", got, want)
	}
}
