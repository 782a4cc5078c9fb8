package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

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
		{`amount=100000&currency=thb&type=alipay&items[][quantity]=two`, "items[quantity] is not an integer"},
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

// An inline source is the same in every form that clients send it in.
func TestInlineSources(t *testing.T) {
	for _, body := range []string{
		"amount=100000&currency=thb&source[type]=truemoney&source[phone_number]=0812345678&return_uri=https://shop.example.com",
		"amount=100000&currency=thb&source%5Btype%5D=truemoney&source%5Bmobile_number%5D=0812345678&return_uri=https://shop.example.com",
		`{"amount":100000,"currency":"THB","source":{"type":"truemoney","phone_number":"0812345678"},"return_uri":"https://shop.example.com"}`,
		`{"amount":100000,"currency":"THB","source":{"type":"truemoney","phone_number":"0812345678","amount":"100000","currency":"thb"},"return_uri":"https://shop.example.com"}`,
	} {
		c := do(t, newServer(t, options()), "POST /charges", body)
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
