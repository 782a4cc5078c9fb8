package sandbox

import (
	"strings"
	"testing"
	"time"
)

func TestChargeByEachWayOfPaying(t *testing.T) {
	s := newServer(t, options())
	customer := idOf(do(t, s, "POST /customers", "card="+newToken(t, s)))
	second := do(t, s, "PATCH /customers/"+customer, "card="+newToken(t, s, "number", "5555555555554444"))
	cards := rows(t, second["cards"].(map[string]any))
	source := idOf(do(t, s, "POST /sources", "amount=100000&currency=THB&type=internet_banking_bbl"))
	paid := map[string]any{"status": "successful", "paid": true, "authorized": true, "source": nil}
	waits := map[string]any{"status": "pending", "paid": false, "authorized": false, "card": nil, "transaction": nil}
	for _, tt := range []struct {
		name, body string
		want       map[string]any
		card, kind string
	}{
		{"token", "card=" + newToken(t, s), paid, "Visa", ""},
		{"default card", "customer=" + customer, paid, "", ""},
		{"customer and card", "customer=" + customer + "&card=" + idOf(cards[1]), paid, "MasterCard", ""},
		{"source", "source=" + source, waits, "", "internet_banking_bbl"},
		{"source described", "source[type]=truemoney&source[phone_number]=0812345678", waits, "", "truemoney"},
		{"source of a customer", "source[type]=promptpay&customer=" + customer, waits, "", "promptpay"},
		{"offsite", "offsite=alipay", waits, "", "alipay"},
		{"offsite of a bank", "offsite=internet_banking_scb", waits, "", "internet_banking_scb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := do(t, s, "POST /charges", "amount=100000&currency=thb&return_uri=https://shop.example.com/done&"+tt.body)
			check(t, c, tt.want)
			check(t, c, map[string]any{"amount": 100_000, "currency": "THB", "object": "charge", "return_uri": "https://shop.example.com/done"})
			if tt.card != "" {
				check(t, c["card"].(map[string]any), map[string]any{"brand": tt.card})
			}
			if strings.Contains(tt.body, "customer=") {
				check(t, c, map[string]any{"customer": customer})
			}
			if tt.kind != "" {
				check(t, c["source"].(map[string]any), map[string]any{"type": tt.kind, "amount": 100_000, "charge_status": "pending"})
			}
			if want := authorizeURI(c, tt.kind); c["authorize_uri"] != want {
				t.Errorf("authorize_uri is %v, want %v", c["authorize_uri"], want)
			}
			again := object(t, s, "/charges/"+idOf(c))
			check(t, again, map[string]any{"status": c["status"], "authorize_uri": c["authorize_uri"]})
		})
	}
}

func TestNoPageWithoutAWayBack(t *testing.T) {
	s := newServer(t, options())
	c := do(t, s, "POST /charges", "amount=100000&currency=thb&card="+newToken(t, s))
	check(t, c, map[string]any{"status": "successful", "authorize_uri": nil, "return_uri": nil})
}

// authorizeURI is null where the shopper goes to a counter, or scans a code.
func authorizeURI(c map[string]any, kind string) any {
	if kind == "promptpay" {
		return nil
	}
	return "http://example.com/payments/paym" + strings.TrimPrefix(idOf(c), "chrg") + "/authorize"
}

func TestChargeParameters(t *testing.T) {
	s := newServer(t, options())
	c := do(t, s, "POST /charges", `{
		"amount": 100000, "currency": "THB", "card": "`+newToken(t, s)+`", "capture": false,
		"authorization_type": "pre_auth", "description": "สองชิ้น", "ip": "2001:db8::1", "platform_fee": {},
		"metadata": {"order_id": 17, "lines": [{"sku": "a", "price": 1.50}], "gift": null},
		"webhook_endpoints": ["https://shop.example.com/a", "http://127.0.0.1:8080/b"],
		"linked_account": "link_1", "unknown": {"x": [1]}}`)
	check(t, c, map[string]any{
		"status": "pending", "capture": false, "capturable": true, "reversible": true, "authorization_type": "pre_auth",
		"authorized_amount": 100_000, "description": "สองชิ้น", "ip": "2001:db8::1", "linked_account": "link_1",
		"expires_at": "2026-11-28T05:30:00Z", "return_uri": nil,
	})
	body := get(t, s, "/charges/"+idOf(c)).body
	if want := `"metadata":{"order_id":17,"lines":[{"sku":"a","price":1.50}],"gift":null}`; !strings.Contains(body, want) {
		t.Errorf("no %s in %s", want, body)
	}
	if got := s.st.charges.byID[idOf(c)].webhooks; len(got) != 2 || got[1] != "http://127.0.0.1:8080/b" {
		t.Errorf("webhook endpoints are %q", got)
	}
}

func TestChargesThatAreRefused(t *testing.T) {
	s := newServer(t, options())
	customer := idOf(do(t, s, "POST /customers", "card="+newToken(t, s)))
	poor := idOf(do(t, s, "POST /customers", "email=a@example.com"))
	other := do(t, s, "POST /customers", "card="+newToken(t, s))
	gone := idOf(do(t, s, "POST /customers", "card="+newToken(t, s)))
	do(t, s, "DELETE /customers/"+gone, "")
	used, good := newToken(t, s), newToken(t, s)
	do(t, s, "POST /charges", "amount=100000&currency=thb&card="+used)
	secure := newToken(t, s, "number", "4111111111130004")
	source := idOf(do(t, s, "POST /sources", "amount=100000&currency=THB&type=promptpay"))
	dollars := idOf(do(t, s, "POST /sources", "amount=100000&currency=USD&type=alipay"))
	spent := idOf(do(t, s, "POST /sources", "amount=100000&currency=THB&type=promptpay"))
	do(t, s, "POST /charges", "amount=100000&currency=thb&source="+spent)

	const money = "amount=100000&currency=thb"
	card := money + "&card=" + good
	for _, tt := range []struct{ body, code string }{
		{"", "bad_request"},
		{"currency=thb&card=" + good, "bad_request"},
		{"amount=100000&card=" + good, "bad_request"},
		{money, "missing_card"},
		{money + "&customer=" + poor, "missing_card"},
		{money + "&card=tokn_test_none", "not_found"},
		{money + "&card[name]=x", "bad_request"},
		{money + "&card=" + used, "used_token"},
		{money + "&customer=" + gone, "not_found"},
		{money + "&customer=cust_test_none&card=" + good, "not_found"},
		{money + "&customer=" + customer + "&card=" + other["default_card"].(string), "not_found"},
		{money + "&customer=cust_test_none&source[type]=promptpay", "not_found"},
		{"amount=1999&currency=thb&card=" + good, "invalid_charge"},
		{"amount=15000001&currency=thb&card=" + good, "invalid_charge"},
		{"amount=-100000&currency=thb&card=" + good, "invalid_charge"},
		{"amount=100.50&currency=thb&card=" + good, "bad_request"},
		{"amount=100000&currency=brl&card=" + good, "invalid_charge"},
		{"amount=99999999999999999999&currency=thb&card=" + good, "bad_request"},
		{card + "&ip=300.1.1.1", "bad_request"},
		{card + "&capture=maybe", "bad_request"},
		{card + "&authorization_type=pre_auth", "bad_request"},
		{card + "&capture=false&authorization_type=odd", "bad_request"},
		{card + "&metadata=text", "bad_request"},
		{card + "&description[a]=b", "bad_request"},
		{card + "&return_uri=/done", "bad_request"},
		{card + "&expires_at=2026-11-22T00:00:00Z", "bad_request"},
		{card + "&webhook_endpoints[]=http://shop.example.com/", "bad_request"},
		{card + "&webhook_endpoints[]=https://a.example.com/&webhook_endpoints[]=https://b.example.com/&webhook_endpoints[]=https://c.example.com/", "bad_request"},
		{money + "&card=" + secure, "bad_request"},
		{money + "&source=src_test_none", "not_found"},
		{money + "&source=" + spent, "bad_request"},
		{"amount=100001&currency=thb&source=" + source, "invalid_charge"},
		{money + "&return_uri=https://shop.example.com/&source=" + dollars, "invalid_charge"},
		{money + "&source=" + source + "&card=" + good, "bad_request"},
		{money + "&source[type]=promptpay&source[amount]=5000", "invalid_charge"},
		{money + "&source[type]=no_such_thing", "bad_request"},
		{money + "&source[type]=truemoney", "bad_request"},
		{money + "&source[type]=alipay", "bad_request"},
		{money + "&source[type]=promptpay&expires_at=2026-11-21T05:30:00Z", "bad_request"},
		{money + "&source[type]=promptpay&expires_at=tomorrow", "bad_request"},
	} {
		refuse(t, s, "POST /charges", tt.body, tt.code)
	}
	check(t, do(t, s, "POST /charges", card), map[string]any{"status": "successful"})
	check(t, do(t, s, "POST /charges", money+"&source="+source), map[string]any{"status": "pending"})
}

func TestChargeThatExpiresWhenAsked(t *testing.T) {
	s := newServer(t, options())
	c := ofSource(t, s, "promptpay", "&expires_at=2026-11-21T15:00:00.999999999%2B09:00")
	check(t, c, map[string]any{"expires_at": "2026-11-21T06:00:00Z", "status": "pending"})
	s.Advance(30 * time.Minute)
	path := "/charges/" + idOf(c)
	check(t, object(t, s, path), map[string]any{"status": "expired", "expired": true, "expired_at": "2026-11-21T06:00:00Z"})
	refuse(t, s, "POST "+path+"/mark_as_paid", "", "expired_charge")
}

func TestSecureCardWaitsForItsShopper(t *testing.T) {
	s := newServer(t, options())
	start := func(number, capture string) string {
		c := do(t, s, "POST /charges", "amount=100000&currency=thb&return_uri=https://shop.example.com/&capture="+capture+"&card="+newToken(t, s, "number", number))
		check(t, c, map[string]any{"status": "pending", "authorized": false, "capturable": false, "paid": false})
		if c["authorize_uri"] == nil || s.st.payment(strings.Split(c["authorize_uri"].(string), "/")[4]).id != c["id"] {
			t.Errorf("authorize_uri is %v", c["authorize_uri"])
		}
		return idOf(c)
	}
	pays, holds, fails, cancels := start("4111111111130004", "1"), start("4111111111130004", "0"), start("4111111111140003", "1"), start("4111111111130004", "1")
	s.Advance(time.Minute)
	must(t, s.Pay(pays))
	must(t, s.Pay(holds))
	must(t, s.Pay(fails))
	must(t, s.Cancel(cancels))
	check(t, object(t, s, "/charges/"+pays), map[string]any{"status": "successful", "paid_at": "2026-11-21T05:31:00Z"})
	check(t, object(t, s, "/charges/"+holds), map[string]any{"status": "pending", "capturable": true, "paid": false})
	check(t, object(t, s, "/charges/"+fails), map[string]any{"status": "failed", "failure_code": "payment_rejected"})
	check(t, object(t, s, "/charges/"+cancels), map[string]any{"status": "failed", "failure_code": "payment_cancelled"})
	abandoned := start("4111111111130004", "1")
	s.Advance(8 * 24 * time.Hour)
	check(t, object(t, s, "/charges/"+abandoned), map[string]any{"status": "expired", "expired": true})
	if code(s.Pay(abandoned)) != "expired_charge" {
		t.Error("an expired charge was paid")
	}
}

func TestInterestOfAnInstalmentPlan(t *testing.T) {
	s := newServer(t, options())
	shopper := ofSource(t, s, "installment_bay", "&source[installment_term]=6")
	merchant := ofSource(t, s, "installment_bay", "&source[installment_term]=6&zero_interest_installments=true")
	check(t, shopper, map[string]any{"interest": 0, "interest_vat": 0, "zero_interest_installments": false})
	check(t, merchant, map[string]any{"interest": 13_320, "interest_vat": 932, "zero_interest_installments": true})
	check(t, shopper["source"].(map[string]any), map[string]any{"absorption_type": "customer", "zero_interest_installments": false})
	check(t, merchant["source"].(map[string]any), map[string]any{"absorption_type": "merchant", "zero_interest_installments": true})
	scanned := ofSource(t, s, "promptpay", "&zero_interest_installments=true")
	check(t, scanned, map[string]any{"interest": 0, "zero_interest_installments": false})
}

// A white-label plan is paid by card, which stays in the charge beside the source.
func TestPlanByCard(t *testing.T) {
	s := newServer(t, options())
	for number, want := range map[string]map[string]any{
		plainCard:          {"status": "successful", "paid": true, "failure_code": nil},
		"4111111111140011": {"status": "failed", "paid": false, "failure_code": "insufficient_fund"},
	} {
		t.Run(number, func(t *testing.T) {
			c := ofSource(t, s, "installment_wlb_bay", "&source[installment_term]=6&card="+newToken(t, s, "number", number))
			check(t, c, map[string]any{"status": "pending", "expires_at": "2026-11-28T05:30:00Z"})
			check(t, c["card"].(map[string]any), map[string]any{"object": "card", "last_digits": number[12:]})
			must(t, s.Pay(idOf(c)))
			check(t, object(t, s, place(c)), want)
		})
	}
	refuse(t, s, "POST /charges", "amount=300000&currency=thb&source[type]=promptpay&card="+newToken(t, s), "bad_request")
}

func TestLimitsOfAmounts(t *testing.T) {
	for _, tt := range []struct {
		country, currency string
		low, high         int64
	}{{"TH", "THB", 2_000, 15_000_000}, {"JP", "JPY", 100, 6_000_000}, {"SG", "SGD", 100, 2_000_000}, {"MY", "MYR", 100, 10_000_000}, {"TH", "USD", 100, 10_000_000}} {
		land, err := countryOf(tt.country)
		must(t, err)
		for amount, fits := range map[int64]bool{tt.low - 1: false, tt.low: true, tt.high: true, tt.high + 1: false, -tt.low: false, 0: false} {
			if got := land.checkAmount(amount, tt.currency); (got == nil) != fits {
				t.Errorf("%d %s: %v", amount, tt.currency, got)
			}
		}
	}
	land, _ := countryOf("MY")
	if got := land.checkAmount(5_000, "THB"); got == nil || got.Message != "currency is currently not supported" {
		t.Errorf("a currency that the account does not support: %v", got)
	}
}
