package sandbox

import (
	"testing"
	"time"
)

func TestRefundsOverTheAPI(t *testing.T) {
	s := newServer(t, options())
	c := do(t, s, "POST /charges", "amount=100000&currency=thb&card="+newToken(t, s))
	path := place(c)
	part := do(t, s, "POST "+path+"/refunds", `{"amount": 30000, "void": false, "metadata": {"why": ["late", 1]}}`)
	check(t, part, map[string]any{
		"object": "refund", "amount": 30_000, "funding_amount": 30_000, "currency": "THB", "charge": c["id"],
		"voided": false, "status": "closed", "location": path + "/refunds/" + idOf(part),
	})
	if why := part["metadata"].(map[string]any)["why"].([]any); why[0] != "late" || why[1] != 1.0 {
		t.Errorf("metadata is %v", part["metadata"])
	}
	check(t, object(t, s, place(part)), map[string]any{"id": part["id"], "transaction": part["transaction"]})
	check(t, object(t, s, path), map[string]any{
		"status": "successful", "refunded_amount": 30_000, "refundable": true, "partially_refundable": true, "can_perform_void": false,
	})
	rest := do(t, s, "POST "+path+"/refunds", "amount=70000")
	check(t, rest, map[string]any{"voided": false})
	got := object(t, s, path)
	check(t, got, map[string]any{"status": "successful", "refunded_amount": 100_000, "refundable": false, "partially_refundable": false, "voided": false})
	check(t, got["refunds"].(map[string]any), map[string]any{"total": 2, "location": path + "/refunds"})
	for _, list := range []string{"/refunds", path + "/refunds"} {
		if all := ids(rows(t, object(t, s, list))); all != idOf(part)+" "+idOf(rest) {
			t.Errorf("%s has %s", list, all)
		}
	}
}

func TestRefundsThatAreRefused(t *testing.T) {
	s := newServer(t, options())
	charge := func(more string) string {
		return place(do(t, s, "POST /charges", "amount=100000&currency=thb&card="+newToken(t, s)+more))
	}
	paid, held, gone, disputed, many := charge(""), charge("&capture=false&authorization_type=pre_auth"), charge("&capture=false"), charge(""), charge("")
	do(t, s, "POST "+gone+"/reverse", "")
	do(t, s, "POST "+disputed+"/disputes", "")
	whole := place(ofSource(t, s, "truemoney", "&source[phone_number]=0812345678"))
	never := place(ofSource(t, s, "wechat_pay", ""))
	waiting := place(ofSource(t, s, "promptpay", ""))
	do(t, s, "POST "+whole+"/mark_as_paid", "")
	do(t, s, "POST "+never+"/mark_as_paid", "")
	do(t, s, "POST "+held+"/capture", "capture_amount=50000")
	declined := place(do(t, s, "POST /charges", "amount=666605&currency=thb&card="+newToken(t, s)))
	for range 15 {
		do(t, s, "POST "+many+"/refunds", "amount=1")
	}
	for _, tt := range []struct{ path, body, code string }{
		{"/charges/chrg_test_none", "amount=1", "not_found"},
		{paid, "", "bad_request"},
		{paid, "amount=0", "bad_request"},
		{paid, "amount=-1", "bad_request"},
		{paid, "amount=1.5", "bad_request"},
		{paid, "amount=1&metadata=x", "bad_request"},
		{paid, "amount=1&void=perhaps", "bad_request"},
		{paid, "amount=100001", "failed_refund"},
		{paid, "amount=5000&void=true", "failed_void"},
		{held, "amount=50001", "failed_refund"},
		{gone, "amount=1", "failed_refund"},
		{disputed, "amount=1", "failed_refund"},
		{many, "amount=1", "failed_refund"},
		{many, "void=true", "failed_void"},
		{whole, "amount=1", "failed_refund"},
		{never, "amount=300000", "failed_refund"},
		{waiting, "amount=1", "failed_refund"},
		{declined, "amount=1", "failed_refund"},
	} {
		refuse(t, s, "POST "+tt.path+"/refunds", tt.body, tt.code)
	}
	check(t, do(t, s, "POST "+held+"/refunds", "amount=50000"), map[string]any{"voided": true})
	check(t, do(t, s, "POST "+whole+"/refunds", "amount=300000"), map[string]any{"amount": 300_000})
}

func TestVoidOverTheAPI(t *testing.T) {
	s := newServer(t, options()) // 12:30 in Bangkok
	for _, tt := range []struct {
		name, body string
		wait       time.Duration
		voided     bool
		refusal    string
	}{
		{"asked for", "void=true", 0, true, ""},
		{"asked for with its amount", "amount=100000&void=1", 11 * time.Hour, true, ""},
		{"a full refund is one", "amount=100000", 11 * time.Hour, true, ""},
		{"too late", "void=true", 12 * time.Hour, false, "failed_void"},
		{"a full refund the day after is none", "amount=100000", 12 * time.Hour, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.SetClock(testNow)
			path := place(do(t, s, "POST /charges", "amount=100000&currency=thb&card="+newToken(t, s)))
			s.Advance(tt.wait)
			check(t, object(t, s, path), map[string]any{"can_perform_void": tt.wait < 12*time.Hour})
			if tt.refusal != "" {
				refuse(t, s, "POST "+path+"/refunds", tt.body, tt.refusal)
				return
			}
			check(t, do(t, s, "POST "+path+"/refunds", tt.body), map[string]any{"voided": tt.voided, "amount": 100_000})
			check(t, object(t, s, path), map[string]any{"voided": tt.voided, "refunded_amount": 100_000, "can_perform_void": false, "refundable": false})
		})
	}
}
