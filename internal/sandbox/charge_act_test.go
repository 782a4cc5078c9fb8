package sandbox

import (
	"testing"
	"time"
)

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
		t.Run(tt.country+" "+tt.want, func(t *testing.T) {
			o := options()
			o.Country, o.Lifetime = tt.country, tt.lifetime
			s := newServer(t, o)
			c := do(t, s, "POST /charges", "amount=100000&capture=false&currency="+tt.currency+"&card="+newToken(t, s))
			check(t, c, map[string]any{"expires_at": tt.want})
		})
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
		if got := s.st.charges.byID[idOf(c)].wordsAt(s.now()); got.metadata != tt.metadata {
			t.Errorf("after %s metadata is %s", tt.body, got.metadata)
		}
	}
	s.SetClock(testNow)
	check(t, object(t, s, path), map[string]any{"description": "first"})
	refuse(t, s, "PATCH "+path, "metadata=odd", "bad_request")
	refuse(t, s, "PATCH "+path, "description[]=odd", "bad_request")
	refuse(t, s, "PATCH /charges/chrg_test_none", "description=x", "not_found")
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
