package sandbox

import (
	"strings"
	"testing"
)

// TestExamplesOfTheDocuments sends each example that the documents of charges give, in the forms
// that their languages give it.
func TestExamplesOfTheDocuments(t *testing.T) {
	s := newServer(t, options())
	customer := do(t, s, "POST /customers", "card="+newToken(t, s))
	fill := strings.NewReplacer("CUST", idOf(customer), "CARD", customer["default_card"].(string))
	const old = "Omise-Version: 2014-07-27"
	pending := map[string]any{"status": "pending", "paid": false}
	paid := map[string]any{"status": "successful", "paid": true}
	for _, tt := range []struct {
		name, body, version string
		want                map[string]any
	}{
		{"offsite, curl", "amount=100000&currency=thb&return_uri=https://www.omise.co/example_return_uri&offsite=alipay", "", pending},
		{"offsite, php", "amount=100000&currency=thb&return_uri=http%3A%2F%2Fwww.example.com&offsite=alipay", "", pending},
		{"offsite, node", `{"amount":"100000","currency":"thb","return_uri":"http://www.example.com","offsite":"alipay"}`, "", pending},
		{"offsite, ruby", "amount=100000&currency=thb&description=an+alipay+charge&return_uri=http://www.example.com&offsite=alipay", "", pending},
		{"offsite, c#", `{"amount":2000,"currency":"thb","return_uri":"http://www.example.com","offsite":"alipay"}`, "", pending},
		{
			"offsite, python", `{"amount":100000,"currency":"thb","return_uri":"https://www.example.com/orders/54321/complete","offsite":"alipay"}`, old,
			map[string]any{"status": "pending", "offsite": "alipay", "offline": nil, "source_of_fund": "offsite", "captured": false, "currency": "thb"},
		},
		{"offsite, go", `{"customer":"CUST","amount":204842,"currency":"thb","return_uri":"http://www.example.com","offsite":"alipay"}`, "", pending},
		{"bank, curl", "amount=100000&currency=thb&return_uri=https://www.omise.co/example_return_uri&offsite=internet_banking_scb", "", pending},
		{
			"bank, python", `{"amount":100000,"currency":"thb","return_uri":"https://www.example.com/orders/54321/complete","offsite":"internet_banking_scb"}`, old,
			map[string]any{"offsite": "internet_banking_scb"},
		},
		{"bank, go", `{"customer":"CUST","amount":204842,"currency":"thb","return_uri":"http://www.example.com","offsite":"internet_banking_scb"}`, "", pending},
		{
			"customer and card, curl", "amount=100000&currency=thb&customer=CUST&card=CARD&ip=203.0.113.1" +
				"&description=Details about the purchase (e.g. number of items, type of items, date of delivery)", "", paid,
		},
		{"customer and card, node", `{"amount":"100000","currency":"thb","customer":"CUST","card":"CARD"}`, "", paid},
		{"customer and card, c#", `{"amount":2000,"currency":"thb","customer":"CUST","card":"CARD"}`, "", paid},
		{"customer and card, go", `{"amount":204842,"currency":"thb","description":"example charge.","card":"CARD","customer":"CUST"}`, "", paid},
		{"customer, curl", "amount=100000&currency=thb&customer=CUST", "", paid},
		{"customer, python", `{"amount":100000,"currency":"thb","customer":"CUST","return_uri":"https://www.example.com/orders/54321/complete"}`, "", paid},
		{"metadata, curl", "amount=10000&currency=thb&customer=CUST&metadata[order_id]=ORDER-1234&metadata[color]=black", "", paid},
		{"metadata, php", "amount=10000&currency=thb&customer=CUST&metadata%5Border_id%5D=ORDER_ID&metadata%5Bcolor%5D=pink", "", paid},
		{"metadata, go", `{"customer":"CUST","amount":204842,"currency":"thb","description":"customer charge.","metadata":{"OrderID":"123456","Color":"Black"}}`, "", paid},
		{"token, curl", "amount=100000&currency=thb&card=TOKN", "", paid},
		{"token, node", `{"amount":"100000","currency":"thb","card":"TOKN"}`, "", paid},
		{"token, c#", `{"amount":2000,"currency":"thb","card":"TOKN","metadata":{"order_id":"123"}}`, "", paid},
		{"token, old", "amount=100000&currency=thb&card=TOKN", old, map[string]any{"captured": true, "paid": true, "source_of_fund": "card", "offsite": nil, "refunded": 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := fill.Replace(tt.body)
			if strings.Contains(body, "TOKN") {
				body = strings.ReplaceAll(body, "TOKN", newToken(t, s))
			}
			headers := []string{"Content-Type: application/x-www-form-urlencoded"}
			if body[0] == '{' {
				headers = []string{"Content-Type: application/json"}
			}
			if tt.version != "" {
				headers = append(headers, tt.version)
			}
			a := ask(t, s, "POST", "/charges", body, headers...)
			if a.status != 200 {
				t.Fatalf("%d %s", a.status, a.body)
			}
			check(t, a.decode(t), tt.want)
		})
	}
	for _, kind := range []string{"description=Another description", "metadata[order_id]=ORDER-1234&metadata[color]=black"} {
		c := do(t, s, "POST /charges", fill.Replace("amount=100000&currency=thb&customer=CUST"))
		do(t, s, "PATCH "+place(c), kind)
	}
}

// TestOldShapesOfACharge holds the keys of the documented example, which is older than 2019.
func TestOldShapesOfACharge(t *testing.T) {
	s := newServer(t, options())
	id := idOf(do(t, s, "POST /charges", "amount=12345&currency=thb&ip=203.0.113.1&card="+newToken(t, s)))
	counter := idOf(do(t, s, "POST /charges", "amount=100000&currency=thb&source[type]=bill_payment_tesco_lotus"))
	documented := strings.Fields(`object id location amount funding_amount refunded transaction_fees currency funding_currency ip
		refunds link description metadata card schedule customer dispute transaction failure_code failure_message status offline
		offsite source_of_fund reference authorize_uri return_uri created paid_at expires_at expired_at reversed_at branch terminal
		device authorized capturable capture disputable livemode refundable reversed reversible voided paid expired`)
	for version, captured := range map[string]bool{"2017-11-02": false, "2015-11-17": false, "2014-07-27": true} {
		t.Run(version, func(t *testing.T) {
			c := get(t, s, "/charges/"+id, "Omise-Version: "+version).decode(t)
			for _, key := range documented {
				if _, has := c[key]; !has {
					t.Errorf("%s: a charge has no %s", version, key)
				}
			}
			if _, has := c["captured"]; has != captured {
				t.Errorf("%s: captured is there: %v", version, has)
			}
			check(t, c, map[string]any{
				"reference": strings.Replace(id, "chrg", "paym", 1), "source_of_fund": "card", "offsite": nil, "offline": nil, "refunded": 0,
				"currency": "thb", "expires_at": "2026-11-28T05:30:00Z",
			})
			check(t, get(t, s, "/charges/"+counter, "Omise-Version: "+version).decode(t), map[string]any{"offline": "bill_payment_tesco_lotus", "offsite": nil, "source_of_fund": "offline"})
		})
	}
}
