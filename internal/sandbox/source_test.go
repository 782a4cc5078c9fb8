package sandbox

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

func TestSourceIsRetrieved(t *testing.T) {
	s := newServer(t, options())
	made := ask(t, s, http.MethodPost, "/sources/", `{"amount":100000,"currency":"THB","type":"alipay_cn","platform_type":"IOS","ip":"203.0.113.9"}`)
	x := made.decode(t)
	check(t, x, map[string]any{"platform_type": "IOS", "ip": "203.0.113.9", "location": "/sources/" + idOf(x)})
	for _, key := range []string{withPublicKey, ""} {
		if got := get(t, s, place(x), key); got.body != made.body {
			t.Errorf("retrieved as\n%s, made as\n%s", got.body, made.body)
		}
	}
	if a := get(t, s, "/sources/src_test_nothing"); a.status != 404 || a.decode(t)["code"] != "not_found" {
		t.Errorf("no such source: %d %s", a.status, a.body)
	}
}

// The examples of the document, which are in more languages than formats.
func TestSourceExamples(t *testing.T) {
	s := newServer(t, options())
	for _, body := range []string{
		"amount=100000&currency=THB&type=bill_payment_tesco_lotus",
		"amount=100000&currency=thb&type=bill_payment_tesco_lotus",
		`{"amount":12345,"currency":"THB","type":"internet_banking_bbl"}`,
		`{"type":"internet_banking_bbl","amount":500000,"currency":"thb"}`,
		`{"type":"internet_banking_scb","amount":10000,"currency":"thb"}`,
		`{"type":"alipay","amount":2000,"currency":"thb"}`,
		// as the Go client sends it, empty addresses and all
		`{"type":"bill_payment_tesco_lotus","amount":100000,"currency":"thb",
		  "billing":{"country":"","city":"","postal_code":"","state":"","street1":""},
		  "shipping":{"country":"","city":"","postal_code":"","state":"","street1":""}}`,
	} {
		a := ask(t, s, http.MethodPost, "/sources", body, withPublicKey)
		if a.status != 200 {
			t.Errorf("%s: %d %s", body, a.status, a.body)
			continue
		}
		check(t, a.decode(t), map[string]any{"billing": nil, "shipping": nil, "charge_status": "unknown"})
	}
	shop := ask(t, s, http.MethodPost, "/sources", `{"amount":12345,"currency":"THB","type":"barcode_alipay","barcode":"1234567890",
		"store_id":"store_1","store_name":"store 1","terminal_id":"POS-01"}`).decode(t)
	check(t, shop, map[string]any{
		"flow": "offline", "barcode": "1234567890", "store_id": "store_1", "store_name": "store 1", "terminal_id": "POS-01",
		"amount": 12345, "mobile_number": nil, "phone_number": nil, "references": nil, "name": nil, "email": nil,
		"installment_term": nil, "zero_interest_installments": nil, "scannable_code": nil,
	})
}

func TestSourceDetailsComeBack(t *testing.T) {
	s := newServer(t, options())
	x := ask(t, s, http.MethodPost, "/sources", `{"amount":500000,"currency":"THB","type":"installment_ktc","installment_term":"10",
		"zero_interest_installments":1,"mobile_number":"+66812345678","name":"สมชาย","email":"a@example.com","promotion_code":"TEN",
		"bank":"ktc","billing":{"country":"TH","street1":"ถนน"},"items":[{"name":"tea","amount":250000,"quantity":2}]}`).decode(t)
	check(t, x, map[string]any{
		"installment_term": 10, "zero_interest_installments": true, "absorption_type": "merchant", "mobile_number": "+66812345678",
		"phone_number": "+66812345678", "name": "สมชาย", "email": "a@example.com", "promotion_code": "TEN", "bank": "ktc", "shipping": nil,
	})
	if got := jsonOf(t, x["billing"]) + jsonOf(t, x["items"]); got != `{"country":"TH","street1":"ถนน"}[{"amount":250000,"name":"tea","quantity":2}]` {
		t.Errorf("billing and items are %s", got)
	}
	form := ask(t, s, http.MethodPost, "/sources",
		"amount=500000&currency=thb&type=installment_bbl&installment_term=4&items[][name]=tea&items[][amount]=1&items[][name]=cup&billing[city]=X").decode(t)
	check(t, form, map[string]any{"zero_interest_installments": false, "absorption_type": "customer"})
	if got := jsonOf(t, form["items"]); got != `[{"amount":1,"name":"tea"},{"name":"cup"}]` {
		t.Errorf("items are %s", got)
	}
	if form["billing"].(map[string]any)["city"] != "X" {
		t.Errorf("billing is %v", form["billing"])
	}
}

func TestSourceShapeOf2017(t *testing.T) {
	s := newServer(t, options())
	old := do(t, s, "POST /sources", "amount=100000&currency=THB&type=alipay", "Omise-Version: 2017-11-02")
	check(t, old, map[string]any{"currency": "thb", "created": "2026-11-21T05:30:00Z"})
	if _, has := old["created_at"]; has {
		t.Error("a source of 2017 has created_at")
	}
}

func TestSourceFollowsItsCharge(t *testing.T) {
	s := newServer(t, options())
	id := idOf(do(t, s, "POST /sources", "amount=100000&currency=thb&type=promptpay", withPublicKey))
	s.Advance(time.Minute)
	charged := do(t, s, "POST /charges", `{"amount":100000,"currency":"thb","source":"`+id+`"}`)
	if got := jsonOf(t, object(t, s, "/sources/"+id)); got != jsonOf(t, charged["source"]) {
		t.Errorf("the source is\n%s, inside its charge\n%s", got, jsonOf(t, charged["source"]))
	}
	for _, tt := range []struct {
		at     time.Duration
		status string
		code   bool // to scan
	}{{0, "unknown", false}, {time.Minute, "pending", true}, {25 * time.Hour, "expired", true}} {
		s.SetClock(testNow.Add(tt.at))
		x := object(t, s, "/sources/"+id)
		check(t, x, map[string]any{"charge_status": tt.status})
		if (x["scannable_code"] != nil) != tt.code {
			t.Errorf("after %s its code is %v", tt.at, x["scannable_code"])
		}
	}
	s.SetClock(testNow.Add(-time.Second))
	if a := get(t, s, "/sources/"+id); a.status != 404 {
		t.Errorf("before it was made: %d", a.status)
	}
}

// Seeded sources are there like their charges.
func TestSeededSources(t *testing.T) {
	o := options()
	o.Charges = 120
	s, seen := newServer(t, o), 0
	for _, c := range walk(t, s, "/charges") {
		x, ok := c["source"].(map[string]any)
		if !ok {
			continue
		}
		seen++
		check(t, object(t, s, place(x)), map[string]any{"amount": c["amount"], "currency": c["currency"], "charge_status": c["status"]})
	}
	if seen < 10 {
		t.Errorf("only %d of 120 charges have a source", seen)
	}
}

// Plans begin at 2,000 baht, and at the least instalment of their bank.
func TestLeastInstalmentPlan(t *testing.T) {
	s := newServer(t, options())
	for _, tt := range []struct {
		kind, term string
		least      int
	}{
		{"installment_bay", "3", 200_000},
		{"installment_bay", "4", 200_000},
		{"installment_bay", "6", 300_000},
		{"installment_bay", "10", 500_000},
	} {
		plan := "currency=thb&type=" + tt.kind + "&installment_term=" + tt.term + "&amount="
		check(t, do(t, s, "POST /sources", plan+strconv.Itoa(tt.least)), map[string]any{"amount": tt.least})
		refuse(t, s, "POST /sources", plan+strconv.Itoa(tt.least-1), "bad_request")
	}
}

// The control plane makes charges of types that Omise has not got yet: the shopper goes to a page.
func TestChargeOfAnUnknownType(t *testing.T) {
	s := newServer(t, options())
	path := "/charges/" + addCharge(t, s, ChargeSpec{Source: "telepathy"})
	c := object(t, s, path)
	check(t, c, map[string]any{"status": "pending", "expires_at": "2026-11-22T05:30:00Z"})
	check(t, c["source"].(map[string]any), map[string]any{"type": "telepathy", "flow": "redirect"})
	if c["authorize_uri"] == nil {
		t.Error("the shopper is sent nowhere")
	}
	refuse(t, s, "POST "+path+"/expire", "", "failed_expire")
	check(t, do(t, s, "POST "+path+"/mark_as_paid", ""), map[string]any{"status": "successful", "refundable": false, "fee": 2_500})
	refuse(t, s, "POST /sources", "amount=100000&currency=thb&type=telepathy", "bad_request")
}
