package sandbox

import "testing"

// journeyStep is a request of the API and, if there is one, the recording of Omise's answer.
type journeyStep struct {
	wireRequest
	keep, file string
}

const (
	journeyCard = `"name":"Somchai Prasert","expiration_month":10,"expiration_year":2028,"security_code":"123"`
	goodCard    = `{"card":{"number":"4242424242424242","city":"Bangkok","postal_code":"10320",` + journeyCard + `}}`

	slip = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"slip.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--b--\r\n"

	aCharge   = "charges/chrg_test_63444wyfsg4mtvvck1z"
	aCustomer = "customers/cust_test_63440m5rxrwz1lcwno0"
	aCard     = aCustomer + "/cards/card_test_63440m1wwjc3ipgm9w4"
	aDispute  = "disputes/dspt_test_6344e4i5yv427gaj1s2"
	aLink     = "links/link_test_6344k6rzgco9ul41cap"
	aTransfer = "transfers/trsf_test_6344mzlz6y6nbeiaoxv"
)

func leg(line, body, keep, file string) journeyStep {
	return journeyStep{jsonCall(line, body), keep, file}
}

// journey goes once through the API. Each answer is held against its recording, and in the contract
// test against that of Omise's test API; so nothing in it needs the control plane, or changes what a
// merchant has set up.
func journey() []journeyStep {
	return []journeyStep{
		leg("GET /account", "", "", "account-get"),
		leg("PATCH /account", `{}`, "", "account-patch"),
		leg("pkey GET /capability", "", "", "capability-get"),
		leg("pkey POST /tokens", goodCard, "token", "tokens-post"),
		leg("POST /customers", `{"email":"john.smith@example.com","description":"John Smith","card":"{token}"}`, "customer", "customers-post"),
		leg("pkey GET /tokens/{token}", "", "", "tokens/tokn_test_63440m1z407jm6hgxtu-get"),
		leg("GET /customers/{customer}", "", "", aCustomer+"-get"),
		leg("GET /customers", "", "", "customers-get"),
		leg("GET /customers/{customer}/cards/{card}", "", "", aCard+"-get"),
		leg("PATCH /customers/{customer}/cards/{card}", `{"expiration_month":11,"expiration_year":2027,"name":"Somchai Praset","postal_code":"10310"}`, "", aCard+"-patch"),
		leg("GET /customers/{customer}/cards", "", "", ""),
		leg("POST /charges", `{"amount":100000,"currency":"thb","customer":"{customer}","ip":"127.0.0.1","description":"Order-123","capture":false}`, "charge", "charges-post"),
		leg("GET /charges/{charge}", "", "", aCharge+"-get"),
		leg("PATCH /charges/{charge}", `{"description":"Another description"}`, "", aCharge+"-patch"),
		leg("POST /charges/{charge}/capture", "", "", aCharge+"/capture-post"),
		leg("POST /charges/{charge}/refunds", `{"amount":10000,"metadata":{"color":"red"}}`, "refund", aCharge+"/refunds-post"),
		leg("GET /charges/{charge}/refunds/{refund}", "", "", aCharge+"/refunds/rfnd_test_63444yucggg93yxa027-get"),
		leg("GET /charges/{charge}/refunds", "", "", ""),
		leg("GET /charges/{charge}/events", "", "", ""),
		leg("GET /refunds", "", "", ""),
		leg("POST /charges", `{"amount":100000,"currency":"thb","customer":"{customer}","capture":false,"authorization_type":"pre_auth"}`, "held", ""),
		leg("POST /charges/{held}/reverse", "", "", aCharge+"/reverse-post"),
		leg("pkey POST /sources", `{"type":"alipay_cn","amount":100000,"currency":"thb","platform_type":"IOS"}`, "source", "sources-post"),
		leg("pkey GET /sources/{source}", "", "", "sources/src_test_6344b4gx4a8rx10p8p2-get"),
		leg("POST /charges", `{"amount":100000,"currency":"thb","source":"{source}","return_uri":"https://www.example.com"}`, "waiting", ""),
		leg("POST /charges/{waiting}/expire", "", "", aCharge+"/expire-post"),
		leg("POST /charges", `{"amount":100000,"currency":"thb","source":{"type":"promptpay"}}`, "scanned", ""),
		leg("POST /charges/{scanned}/mark_as_paid", "", "", ""),
		leg("GET /charges/{scanned}/documents/docu_test_none", "", "", ""),
		leg("POST /charges", `{"amount":100000,"currency":"thb","return_uri":"https://www.example.com","source":{"type":"truemoney","phone_number":"0812345678"}}`, "refusing", ""),
		leg("POST /charges/{refusing}/mark_as_failed", "", "", ""),
		leg("POST /charges", `{"amount":100000,"currency":"thb","customer":"{customer}"}`, "contested", ""),
		leg("GET /events", `{"limit":1,"order":"reverse_chronological"}`, "event", "events-get"),
		leg("GET /events/{event}", "", "", "events/evnt_test_no1t4tnemucod0e51mo-get"),
		leg("POST /charges/{contested}/disputes", "", "dispute", aCharge+"/disputes-post"),
		leg("GET /charges", `{"limit":100}`, "", "charges-get"),
		leg("GET /disputes", "", "", "disputes-get"),
		leg("GET /disputes/open", "", "", "disputes/open-get"),
		leg("GET /disputes/{dispute}", "", "", aDispute+"-get"),
		leg("PATCH /disputes/{dispute}", `{"message":"it was delivered"}`, "", aDispute+"-patch"),
		{parseCall("POST /disputes/{dispute}/documents", "multipart/form-data; boundary=b", slip), "document", ""},
		leg("GET /disputes/{dispute}/documents", "", "", ""),
		leg("GET /disputes/{dispute}/documents/{document}", "", "", ""),
		leg("DELETE /disputes/{dispute}/documents/{document}", "", "", ""),
		leg("GET /disputes/pending", "", "", "disputes/pending-get"),
		leg("PATCH /disputes/{dispute}/accept", "", "", aDispute+"/accept-patch"),
		leg("GET /disputes/closed", "", "", "disputes/closed-get"),
		leg("GET /balance", "", "", "balance-get"),
		leg("GET /transactions", "", "transaction", "transactions-get"),
		leg("GET /transactions/{transaction}", "", "", "transactions/trxn_test_62f1itsgwfln0dwo9md-get"),
		leg("POST /transfers", `{"amount":5000}`, "transfer", "transfers-post"),
		leg("GET /transfers/{transfer}", "", "", aTransfer+"-get"),
		leg("GET /transfers", "", "", "transfers-get"),
		leg("PATCH /transfers/{transfer}", `{"amount":6000}`, "", aTransfer+"-patch"),
		leg("DELETE /transfers/{transfer}", "", "", aTransfer+"-delete"),
		leg("POST /transfers", `{"amount":5000}`, "sent", ""),
		leg("POST /transfers/{sent}/mark_as_sent", "", "", ""),
		leg("POST /transfers/{sent}/mark_as_paid", "", "", ""),
		leg("POST /recipients", `{"name":"Somchai Prasert","email":"somchai@example.com","type":"individual","bank_account":{"brand":"bbl","number":"1234567890","name":"SOMCHAI PRASERT"}}`, "recipient", ""),
		leg("GET /recipients/{recipient}", "", "", ""),
		leg("PATCH /recipients/{recipient}", `{"name":"Malee Prasert"}`, "", ""),
		leg("PATCH /recipients/{recipient}/verify", "", "", ""),
		leg("GET /recipients/{recipient}/schedules", "", "", ""),
		leg("GET /recipients", "", "", ""),
		leg("DELETE /recipients/{recipient}", "", "", ""),
		leg("POST /links", `{"amount":100000,"currency":"thb","title":"Order-384","description":"New Product"}`, "link", "links-post"),
		leg("GET /links/{link}", "", "", aLink+"-get"),
		leg("GET /links", "", "", "links-get"),
		leg("GET /links/{link}/charges", "", "", ""),
		leg("DELETE /links/{link}", "", "", aLink+"-delete"),
		leg("GET /search", `{"scope":"charge","query":"{charge}"}`, "", ""),
		leg("GET /receipts", "", "", "receipts-get"),
		leg("GET /charges/schedules", "", "", "charges/schedules-get"),
		leg("GET /transfers/schedules", "", "", "transfers/schedules-get"),
		leg("GET /customers/{customer}/schedules", "", "", aCustomer+"/schedules-get"),
		leg("GET /schedules", "", "", ""),
		leg("GET /customers/{customer}/linked_accounts", "", "", ""),
		leg("GET /forex/USD", "", "", "forex/USD-get"),
		leg("PATCH /customers/{customer}", `{"description":"Another description"}`, "", aCustomer+"-patch"),
		leg("DELETE /customers/{customer}/cards/{card}", "", "", aCard+"-delete"),
		leg("DELETE /customers/{customer}", "", "", aCustomer+"-delete"),

		leg("GET /customers/{customer}", "", "", ""),
		leg("POST /charges", `{"amount":100000,"currency":"thb"}`, "", ""),
		leg("POST /charges", `{"amount":100000,"currency":"thb","card":"{token}"}`, "", ""),
		leg("POST /charges", `{"amount":1,"currency":"thb","source":{"type":"promptpay"}}`, "", ""),
		leg("POST /charges/{charge}/capture", "", "", ""),
		leg("POST /charges/{charge}/reverse", "", "", ""),
		leg("POST /charges/{charge}/expire", "", "", ""),
		leg("POST /charges/{charge}/refunds", `{"amount":100000}`, "", ""),
		leg("pkey POST /tokens", `{"card":{"number":"4242424242424241",`+journeyCard+`}}`, "", ""),
		leg("GET /charges/chrg_test_none", "", "", ""),
		leg("POST /schedules", `{"every":2,"period":"day","charge":{"customer":"{customer}","amount":100000}}`, "", ""),
		leg("GET /schedules/schd_test_none", "", "", ""),
		leg("DELETE /schedules/schd_test_none", "", "", ""),
		leg("GET /schedules/schd_test_none/occurrences", "", "", ""),
		leg("GET /occurrences/occu_test_none", "", "", ""),
		leg("GET /receipts/rcpt_test_none", "", "", ""),
		leg("GET /charges?limit=101", "", "", ""),
		leg("GET /charges?offset=-1", "", "", ""),
		leg("GET /charges?order=desc", "", "", ""),
		leg("GET /charges?from=yesterday", "", "", ""),
		leg("pkey GET /charges", "", "", ""),
		leg("GET /nothing", "", "", ""),
	}
}

func TestJourneyGoesEverywhere(t *testing.T) {
	routes := newServer(t, options()).routes()
	find := newRouter(routes).find
	been := map[string]bool{}
	for _, step := range journey() {
		if rt, _, err := find(step.method, step.path); err == nil {
			been[rt.method+" "+rt.pattern] = true
		}
	}
	for _, rt := range routes {
		if !been[rt.method+" "+rt.pattern] {
			t.Errorf("the journey leaves out %s %s", rt.method, rt.pattern)
		}
	}
}

// newServerWithMoney has a payment of the week before, so that there is something to transfer.
func newServerWithMoney(t *testing.T, o Options) *Server {
	t.Helper()
	s := newServer(t, o)
	_, err := s.AddCharge(ChargeSpec{Amount: 1_000_000, CreatedAt: o.Now().AddDate(0, 0, -7)})
	must(t, err)
	return s
}

// keepID notes the id of an object, or of the first row of a list.
func keepID(ids map[string]string, name string, object value) {
	if list := object.get("data"); len(list.items) > 0 {
		object = list.items[0]
	}
	if id := object.get("id").text; name != "" && id != "" {
		ids[name] = id
	}
	if card := object.get("default_card").text; card != "" {
		ids["card"] = card
	}
}
