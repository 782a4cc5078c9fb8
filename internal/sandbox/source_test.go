package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// withPublicKey is a header for what a shopper's browser asks.
var withPublicKey = "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("pkey_test_5s4ndb0x:"))

// sourceFlows are all types of source by what the shopper goes through.
var sourceFlows = map[string]string{
	flowRedirect: `alipay boost direct_debit_bay direct_debit_kbank direct_debit_ktb direct_debit_scb duitnow_obw duitnow_qr
		fpx grabpay grabpay_rms installment_bay installment_bbl installment_citi installment_ezypay installment_first_choice
		installment_kbank installment_ktc installment_mbb installment_scb installment_ttb installment_uob installment_wlb_bay
		installment_wlb_bbl installment_wlb_first_choice installment_wlb_kbank installment_wlb_ktc installment_wlb_scb
		installment_wlb_ttb installment_wlb_uob internet_banking_bay internet_banking_bbl internet_banking_ktb
		internet_banking_scb maybank_qr points_citi rabbit_linepay shopeepay truemoney`,
	flowAppRedirect: `alipay_cn alipay_hk atome dana gcash kakaopay mobile_banking_bay mobile_banking_bbl mobile_banking_kbank
		mobile_banking_ktb mobile_banking_ocbc mobile_banking_ocbc_pao mobile_banking_scb paypay shopeepay_jumpapp touch_n_go
		truemoney_jumpapp wechat_pay`,
	flowOffline: `alipayplus_mpm alipayplus_upm atome_qr barcode_alipay barcode_wechat bill_payment_tesco_lotus econtext paynow
		promptpay qr_code_upi truemoney_qr wechat_pay_mpm wechat_pay_upm`,
}

func flowOf(t *testing.T, kind string) string {
	t.Helper()
	for flow, kinds := range sourceFlows {
		if slices.Contains(strings.Fields(kinds), kind) {
			return flow
		}
	}
	t.Fatalf("nobody has said which flow %s has", kind)
	return ""
}

// sourceParams are the parameters of a source that has all that its type needs.
func sourceParams(m method) map[string]string {
	all := map[string]string{
		"barcode": "1234567890", "bank": "cimb", "name": "ヤマダ", "email": "yamada@example.com",
		"phone_number": "0812345678", "installment_term": "6",
	}
	params := map[string]string{"type": m.name, "amount": "500000", "currency": "thb"}
	if m.currencies != nil {
		params["currency"] = strings.ToLower(m.currencies[0])
	}
	for _, name := range m.needs {
		params[name] = all[name]
	}
	return params
}

func formOf(params map[string]string) string {
	form := url.Values{}
	for k, v := range params {
		form.Set(k, v)
	}
	return form.Encode()
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	must(t, err)
	return string(text)
}

func countryFor(currency string) string {
	return map[string]string{"thb": "TH", "jpy": "JP", "sgd": "SG", "myr": "MY"}[currency]
}

// serverFor gives the sandbox of a country, one for a whole test.
func serverFor(t *testing.T) func(currency string) *Server {
	all := map[string]*Server{}
	return func(currency string) *Server {
		if all[currency] == nil {
			o := options()
			o.Country = countryFor(currency)
			all[currency] = newServer(t, o)
		}
		return all[currency]
	}
}

func TestEverySourceType(t *testing.T) {
	server := serverFor(t)
	for _, m := range methods {
		params := sourceParams(m)
		s := server(params["currency"])
		a := ask(t, s, http.MethodPost, "/sources", formOf(params), withPublicKey)
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", m.name, a.status, a.body)
		}
		x := a.decode(t)
		check(t, x, map[string]any{
			"object": "source", "type": m.name, "flow": flowOf(t, m.name), "amount": 500_000, "currency": strings.ToUpper(params["currency"]),
			"charge_status": "unknown", "references": nil, "scannable_code": nil, "livemode": false, "created_at": "2026-11-21T05:30:00Z",
		})
		same := ask(t, s, http.MethodPost, "/sources", jsonOf(t, params)).decode(t)
		for _, own := range []string{"id", "location"} {
			delete(x, own)
			delete(same, own)
		}
		if jsonOf(t, x) != jsonOf(t, same) {
			t.Errorf("%s: as a form\n%v, as JSON\n%v", m.name, x, same)
		}
		for _, name := range append([]string{"type", "amount", "currency"}, m.needs...) {
			lacking := maps.Clone(params)
			delete(lacking, name)
			if a := ask(t, s, http.MethodPost, "/sources", formOf(lacking)); a.status != 400 || !strings.Contains(a.body, name+" is missing") {
				t.Errorf("%s without %s: %d %s", m.name, name, a.status, a.body)
			}
		}
	}
}

func TestSourceIsRetrieved(t *testing.T) {
	s := newServer(t, options())
	made := ask(t, s, http.MethodPost, "/sources/", `{"amount":100000,"currency":"THB","type":"alipay_cn","platform_type":"IOS","ip":"203.0.113.9"}`)
	x := made.decode(t)
	check(t, x, map[string]any{"platform_type": "IOS", "ip": "203.0.113.9", "location": "/sources/" + x["id"].(string)})
	for _, key := range []string{withPublicKey, ""} {
		if got := get(t, s, x["location"].(string), key); got.body != made.body {
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
	if items := form["items"].([]any); len(items) != 2 || form["billing"].(map[string]any)["city"] != "X" {
		t.Errorf("items are %v, billing %v", items, form["billing"])
	}
}

func TestRefusedSources(t *testing.T) {
	refused, clean := newServer(t, options()), newServer(t, options())
	const good = `{"amount":100000,"currency":"thb","type":"alipay"}`
	for _, tt := range []struct{ body, message string }{
		{``, "is missing"},
		{`{"amount":null,"currency":"thb","type":"alipay"}`, "amount is missing"},
		{`{"amount":"1000.00","currency":"thb","type":"alipay"}`, "amount is not an integer"},
		{`{"amount":1e5,"currency":"thb","type":"alipay"}`, "amount is not an integer"},
		{`{"amount":99999999999999999999,"currency":"thb","type":"alipay"}`, "amount is not an integer"},
		{`{"amount":[100000],"currency":"thb","type":"alipay"}`, "amount is not an integer"},
		{`{"amount":-100000,"currency":"thb","type":"alipay"}`, "amount"},
		{`{"amount":1999,"currency":"thb","type":"alipay"}`, "amount"},
		{`{"amount":15000001,"currency":"thb","type":"alipay"}`, "amount"},
		{`{"amount":99,"currency":"jpy","type":"alipay"}`, "amount"},
		{`{"amount":100000,"currency":"xyz","type":"alipay"}`, "currency"},
		{`{"amount":100000,"currency":{"a":1},"type":"alipay"}`, "currency is not a text"},
		{`{"amount":100000,"currency":"thb","type":"telepathy"}`, "not a type of source"},
		{`{"amount":100000,"currency":"thb","type":"card"}`, "not a type of source"},
		{`{"amount":100000,"currency":"thb","type":"paynow"}`, "currency must be SGD"},
		{`{"amount":100000,"currency":"sgd","type":"promptpay"}`, "currency must be THB"},
		{`{"amount":500000,"currency":"thb","type":"installment_kbank","installment_term":5}`, "installment_term 5 is not one of"},
		{`{"amount":500000,"currency":"thb","type":"installment_kbank","installment_term":"six"}`, "installment_term is not an integer"},
		{`{"amount":199999,"currency":"thb","type":"installment_kbank","installment_term":3}`, "too small for 3"},
		{`{"amount":499999,"currency":"thb","type":"installment_bay","installment_term":10}`, "too small for 10"},
		{`{"amount":100000,"currency":"thb","type":"alipay","ip":"300.1.1.1"}`, "is not an IP address"},
		{`{"amount":100000,"currency":"thb","type":"alipay","platform_type":"FRIDGE"}`, "platform_type"},
		{`{"amount":100000,"currency":"thb","type":"alipay","items":["tea"]}`, "items is not a list of objects"},
		{`{"amount":100000,"currency":"thb","type":"alipay","billing":"street"}`, "billing is not an object"},
		{`[1]`, "not an object"},
	} {
		a := ask(t, refused, http.MethodPost, "/sources", tt.body)
		if e := a.decode(t); a.status != 400 || e["object"] != "error" || !strings.Contains(e["message"].(string), tt.message) {
			t.Errorf("%s: %d %s", tt.body, a.status, a.body)
		}
	}
	if a, b := ask(t, refused, http.MethodPost, "/sources", good), ask(t, clean, http.MethodPost, "/sources", good); a.body != b.body {
		t.Errorf("refusals have left their mark:\n%s\n%s", a.body, b.body)
	}
}

func TestSourceShapeOf2017(t *testing.T) {
	s := newServer(t, options())
	old := ask(t, s, http.MethodPost, "/sources", "amount=100000&currency=THB&type=alipay", "Omise-Version: 2017-11-02").decode(t)
	check(t, old, map[string]any{"currency": "thb", "created": "2026-11-21T05:30:00Z"})
	if _, has := old["created_at"]; has {
		t.Error("a source of 2017 has created_at")
	}
}

func TestCapability(t *testing.T) {
	for code, want := range map[string]struct{ currency, has, lacks string }{
		"TH": {"THB", "promptpay alipay installment_bay truemoney", "paynow econtext fpx"},
		"JP": {"JPY", "econtext paypay wechat_pay", "promptpay paynow"},
		"SG": {"SGD", "paynow grabpay", "promptpay fpx"},
		"MY": {"MYR", "fpx touch_n_go installment_mbb", "promptpay econtext"},
	} {
		o := options()
		o.Country = code
		s := newServer(t, o)
		c := get(t, s, "/capability", withPublicKey).decode(t)
		check(t, c, map[string]any{"object": "capability", "location": "/capability", "country": code, "zero_interest_installments": false})
		able := map[string]map[string]any{}
		for _, m := range c["payment_methods"].([]any) {
			m := m.(map[string]any)
			able[m["name"].(string)] = m
		}
		if able["card"]["currencies"].([]any)[0] != want.currency || able["card"]["card_brands"] == nil {
			t.Errorf("%s: card is %v", code, able["card"])
		}
		for _, name := range strings.Fields(want.has) {
			if able[name] == nil || able[name]["currencies"].([]any)[0] != want.currency {
				t.Errorf("%s: %s is %v", code, name, able[name])
			}
		}
		for _, name := range strings.Fields(want.lacks) {
			if able[name] != nil {
				t.Errorf("%s has %s", code, name)
			}
		}
	}
}

// What capability offers can be charged for, with nothing but what its type needs.
func TestCapabilityIsTrue(t *testing.T) {
	s := newServer(t, options())
	for _, m := range get(t, s, "/capability").decode(t)["payment_methods"].([]any) {
		m := m.(map[string]any)
		name := m["name"].(string)
		if name == "card" {
			continue
		}
		params := sourceParams(methodByName[name])
		for _, currency := range m["currencies"].([]any) {
			params["currency"] = currency.(string)
			if terms, ok := m["installment_terms"].([]any); ok {
				params["installment_term"] = jsonOf(t, terms[0])
			}
			if a := ask(t, s, http.MethodPost, "/sources", formOf(params)); a.status != 200 {
				t.Errorf("%s in %s: %s", name, currency, a.body)
			}
		}
	}
}

func TestSourceFollowsItsCharge(t *testing.T) {
	s := newServer(t, options())
	id := ask(t, s, http.MethodPost, "/sources", "amount=100000&currency=thb&type=promptpay", withPublicKey).decode(t)["id"].(string)
	s.Advance(time.Minute)
	charged := ask(t, s, http.MethodPost, "/charges", `{"amount":100000,"currency":"thb","source":"`+id+`"}`).decode(t)
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

// An inline source is the same in every form that clients send it in.
func TestInlineSources(t *testing.T) {
	for _, body := range []string{
		"amount=100000&currency=thb&source[type]=truemoney&source[phone_number]=0812345678&return_uri=https://shop.example.com",
		"amount=100000&currency=thb&source%5Btype%5D=truemoney&source%5Bmobile_number%5D=0812345678&return_uri=https://shop.example.com",
		`{"amount":100000,"currency":"THB","source":{"type":"truemoney","phone_number":"0812345678"},"return_uri":"https://shop.example.com"}`,
		`{"amount":100000,"currency":"THB","source":{"type":"truemoney","phone_number":"0812345678","amount":"100000","currency":"thb"},"return_uri":"https://shop.example.com"}`,
	} {
		c := ask(t, newServer(t, options()), http.MethodPost, "/charges", body).decode(t)
		check(t, c, map[string]any{"status": "pending", "amount": 100_000})
		x, _ := c["source"].(map[string]any)
		check(t, x, map[string]any{"type": "truemoney", "amount": 100_000, "currency": "THB", "phone_number": "0812345678", "created_at": c["created_at"]})
	}
	for _, body := range []string{
		"amount=100000&currency=thb&source[type]=truemoney&return_uri=https://shop.example.com",
		"amount=100000&currency=thb&source[type]=alipay",
		"amount=100000&currency=thb&source[type]=alipay&source[amount]=99999&return_uri=https://shop.example.com",
		"amount=100000&currency=thb&source[name]=nobody&return_uri=https://shop.example.com",
		"amount=100000&currency=thb&source=src_test_nothing&return_uri=https://shop.example.com",
	} {
		if a := ask(t, newServer(t, options()), http.MethodPost, "/charges", body); a.status != 400 && a.status != 404 {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
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
		check(t, object(t, s, x["location"].(string)), map[string]any{"amount": c["amount"], "currency": c["currency"], "charge_status": c["status"]})
	}
	if seen < 10 {
		t.Errorf("only %d of 120 charges have a source", seen)
	}
}
