package sandbox

// wireScripts are what each client sends in one and the same course of events: a card is kept for a
// customer, charged, the charge captured, refunded, listed, changed; the card changed and deleted.
// They differ in what the formats differ in.
func wireScripts() map[string][]wireStep {
	return map[string][]wireStep{"go": goScript(), "node": nodeScript(), "python": pythonScript(), "ruby": rubyScript(), "php": phpScript(), "curl": curlScript()}
}

func wants(want ...string) []string { return want }

// goScript has JSON bodies everywhere, even on GET and DELETE, and times of nine digits.
func goScript() []wireStep {
	return []wireStep{
		{jsonCall("pkey POST /tokens", `{"card":{"name":"A B","number":"4242424242424242","expiration_month":10,"expiration_year":2028,"security_code":"123"}}`), "token", wants("used=false")},
		{jsonCall("POST /customers", `{"email":"a@example.com","card":"{token}","metadata":{"a":{"b":1}}}`), "customer", wants("metadata.a.b=1", "cards.total=1")},
		{jsonCall("POST /charges", `{"customer":"{customer}","amount":100000,"currency":"thb","platform_fee":{},"capture":false}`), "charge", wants("status=pending", "capture=false")},
		{jsonCall("POST /charges/{charge}/capture", `{}`), "", wants("status=successful", "captured_amount=100000")},
		{jsonCall("POST /charges/{charge}/refunds", `{"amount":30000}`), "refund", wants("amount=30000", "charge={charge}")},
		{jsonCall("GET /charges", `{"limit":1,"order":"reverse_chronological","from":"2026-11-21T03:50:09.751833123+07:00"}`), "", wants("limit=1", "order=reverse_chronological", "from=2026-11-20T20:50:09Z", "data.0.id={charge}")},
		{jsonCall("GET /charges/{charge}", `{}`), "", wants("refunded_amount=30000")},
		{jsonCall("PATCH /charges/{charge}", `{"description":"another"}`), "", wants("description=another")},
		{jsonCall("PATCH /customers/{customer}/cards/{card}", `{"city":"Bangkok","expiration_year":2030}`), "", wants("city=Bangkok", "expiration_month=10", "expiration_year=2030")},
		{jsonCall("pkey POST /sources", `{"type":"promptpay","amount":5000,"currency":"thb","billing":{"country":"","city":"","postal_code":"","state":"","street1":""},"shipping":{"country":"","city":"","postal_code":"","state":"","street1":""}}`), "source", wants("type=promptpay", "currency=THB")},
		{jsonCall("POST /charges", `{"source":"{source}","amount":5000,"currency":"thb","platform_fee":{}}`), "", wants("status=pending", "source.id={source}")},
		{jsonCall("DELETE /customers/{customer}/cards/{card}", `{}`), "", wants("deleted=true")},
		{jsonCall("DELETE /customers/{customer}", `{}`), "", wants("deleted=true")},
		{jsonCall("GET /customers/{customer}", `{}`), "", wants("404 not_found")},
	}
}

// nodeScript has numbers for what the documents call texts, a query on GET, and empty bodies that
// call themselves JSON.
func nodeScript() []wireStep {
	return []wireStep{
		{jsonCall("pkey POST /tokens", `{"card":{"name":"JOHN DOE","city":"Bangkok","postal_code":10320,"number":"4242424242424242","expiration_month":2,"expiration_year":2028,"security_code":123}}`), "token", wants("card.postal_code=10320")},
		{jsonCall("POST /customers", `{"email":"a@example.com","card":"{token}","metadata":{"tags":["a","b"],"n":1.50}}`), "customer", wants("metadata.tags.1=b", "metadata.n=1.5")},
		{jsonCall("POST /charges", `{"amount":"100000","currency":"thb","customer":"{customer}","card":"{card}","capture":false}`), "charge", wants("amount=100000", "status=pending")},
		{jsonCall("POST /charges/{charge}/capture", ""), "", wants("status=successful")},
		{jsonCall("POST /charges/{charge}/refunds", `{"amount":30000,"metadata":{"why":null}}`), "refund", wants("amount=30000")},
		{jsonCall("GET /charges?limit=1&from=2026-11-20T00%3A00%3A00.000Z", ""), "", wants("limit=1", "data.0.id={charge}")},
		{jsonCall("PATCH /charges/{charge}", `{"metadata":{"order_id":"123456","color":"black"}}`), "", wants("metadata.color=black")},
		{jsonCall("PATCH /customers/{customer}/cards/{card}", `{"expiration_month":11,"expiration_year":2028,"name":"John Doe","postal_code":10310}`), "", wants("postal_code=10310", "name=John Doe")},
		{jsonCall("POST /charges", `{"amount":"100000","currency":"thb","return_uri":"http://www.example.com","offsite":"alipay"}`), "", wants("status=pending")},
		{jsonCall("DELETE /customers/{customer}", ""), "", wants("deleted=true")},
		{jsonCall("GET /charges/chrg_test_none", ""), "", wants("404 not_found")},
	}
}

// pythonScript has JSON on every method, nulls for what is not given, escapes beyond ASCII, and the
// secret key for sources.
func pythonScript() []wireStep {
	return []wireStep{
		{jsonCall("pkey POST /tokens", `{"card": {"name": "\u0e2a\u0e21\u0e0a\u0e32\u0e22", "number": "4242424242424242", "expiration_month": 10, "expiration_year": 2028, "city": "Bangkok", "postal_code": "10320", "security_code": 123}}`), "token", wants("card.name=สมชาย")},
		{jsonCall("POST /customers", `{"email": "a@example.com", "card": "{token}"}`), "customer", wants("cards.total=1")},
		{jsonCall("POST /charges", `{"amount": 100000, "currency": "thb", "customer": "{customer}", "capture": false, "description": null}`), "charge", wants("status=pending", "description=null")},
		{jsonCall("POST /charges/{charge}/capture", `{}`), "", wants("status=successful")},
		{jsonCall("POST /charges/{charge}/refunds", `{"amount": 30000}`), "refund", wants("amount=30000")},
		{jsonCall("GET /charges", `{"from": null, "limit": 100, "offset": 0, "order": null, "to": null}`), "", wants("total=1", "limit=100", "order=chronological")},
		{jsonCall("GET /charges/{charge}", `{}`), "", wants("id={charge}")},
		{jsonCall("PATCH /customers/{customer}/cards/{card}", `{"expiration_month": 11, "expiration_year": 2029}`), "", wants("expiration_month=11")},
		{jsonCall("POST /sources", `{"type": "bill_payment_tesco_lotus", "amount": 100000, "currency": "thb"}`), "source", wants("flow=offline")},
		{jsonCall("DELETE /customers/{customer}/cards/{card}", `{}`), "", wants("deleted=true")},
		{jsonCall("GET /customers/{customer}/cards", `{}`), "", wants("total=0")},
	}
}

// rubyScript has forms with brackets as they are, and empty ones.
func rubyScript() []wireStep {
	return []wireStep{
		{formCall("pkey POST /tokens", `card[name]=A+B&card[number]=4242424242424242&card[expiration_month]=10&card[expiration_year]=2028&card[security_code]=123`), "token", wants("card.last_digits=4242", "card.name=A B")},
		{formCall("POST /customers", `card={token}&email=a%40example.com&metadata[a][b]=1&metadata[tags][]=x&metadata[tags][]=y`), "customer", wants("email=a@example.com", "metadata.a.b=1", "metadata.tags.1=y")},
		{formCall("POST /charges", `amount=100000&currency=thb&customer={customer}&capture=false`), "charge", wants("status=pending")},
		{formCall("POST /charges/{charge}/capture", ""), "", wants("status=successful")},
		{formCall("POST /charges/{charge}/refunds", `amount=30000`), "refund", wants("amount=30000")},
		{formCall("GET /charges?from=2026-11-21T03%3A50%3A09%2B07%3A00&limit=1&order=reverse_chronological", ""), "", wants("from=2026-11-20T20:50:09Z", "data.0.id={charge}")},
		{formCall("PATCH /charges/{charge}", `description=Another+description`), "", wants("description=Another description")},
		{formCall("PATCH /customers/{customer}/cards/{card}", `expiration_month=11&expiration_year=2029&name=S.+Prasert&postal_code=10310`), "", wants("expiration_year=2029", "name=S. Prasert")},
		{formCall("pkey POST /sources", `type=internet_banking_bbl&amount=500000&currency=thb`), "source", wants("flow=redirect")},
		{formCall("POST /charges", `amount=500000&currency=thb&source={source}&return_uri=https%3A%2F%2Fexample.com`), "", wants("status=pending", "return_uri=https://example.com")},
		{formCall("DELETE /customers/{customer}", ""), "", wants("deleted=true")},
	}
}

// phpScript has escaped brackets, a slash after the path where there is no id, 0 for false, and
// POSTs that have nothing at all.
func phpScript() []wireStep {
	return []wireStep{
		{formCall("pkey POST /tokens/", `card%5Bname%5D=A+B&card%5Bnumber%5D=4242424242424242&card%5Bexpiration_month%5D=10&card%5Bexpiration_year%5D=2028&card%5Bsecurity_code%5D=123`), "token", wants("card.name=A B")},
		{formCall("POST /customers/", `email=a%40example.com&card={token}&metadata%5Btags%5D%5B%5D=x&metadata%5Btags%5D%5B%5D=y`), "customer", wants("metadata.tags.0=x")},
		{formCall("POST /charges/", `amount=100000&currency=thb&customer={customer}&capture=0`), "charge", wants("status=pending", "capture=false")},
		{silentCall("POST /charges/{charge}/capture"), "", wants("status=successful")},
		{formCall("POST /charges/{charge}/refunds/", `amount=30000`), "refund", wants("amount=30000")},
		{silentCall("GET /charges/?limit=2"), "", wants("limit=2", "total=1")},
		{silentCall("GET /charges/{charge}"), "", wants("refunded_amount=30000")},
		{formCall("PATCH /charges/{charge}", `metadata%5Border_id%5D=ORDER_ID&metadata%5Bcolor%5D=red`), "", wants("metadata.color=red")},
		{formCall("PATCH /customers/{customer}/cards/{card}", `expiration_month=11&expiration_year=2029`), "", wants("expiration_month=11")},
		{formCall("pkey POST /sources/", `amount=100000&currency=thb&type=bill_payment_tesco_lotus`), "source", wants("type=bill_payment_tesco_lotus")},
		{silentCall("DELETE /customers/{customer}/cards/{card}"), "", wants("deleted=true")},
		{silentCall("DELETE /customers/{customer}"), "", wants("deleted=true")},
	}
}

// curlScript is how the documents show it: everything in forms, on GET too, dates without a time.
func curlScript() []wireStep {
	return []wireStep{
		{formCall("pkey POST /tokens", `card[name]=Somchai Prasert&card[number]=4242424242424242&card[expiration_month]=10&card[expiration_year]=2028&card[city]=Bangkok&card[postal_code]=10320&card[security_code]=123`), "token", wants("card.name=Somchai Prasert")},
		{formCall("POST /charges", `amount=100000&currency=thb&card={token}`), "charge", wants("status=successful")},
		{formCall("POST /charges", `amount=100000&currency=thb&card={token}`), "", wants("400 used_token")},
		{formCall("GET /charges", `from=2015-04-01&limit=5`), "", wants("from=2015-04-01T00:00:00Z", "limit=5", "total=1")},
		{formCall("POST /charges", `amount=100000&currency=thb&return_uri=https://www.omise.co/example_return_uri&source[type]=alipay`), "", wants("status=pending", "source.type=alipay", "source.amount=100000")},
		{formCall("PATCH /charges/{charge}", `metadata[order_id]=ORDER-1234&metadata[color]=black`), "", wants("metadata.order_id=ORDER-1234")},
		{formCall("POST /charges", `amount=100000&currency=thb`), "", wants("400 missing_card")},
		{formCall("pkey GET /charges", ""), "", wants("401 authentication_failure")},
	}
}
