package sandbox

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

func TestShopperDecides(t *testing.T) {
	for choice, want := range map[string]struct {
		status, code, word string
	}{
		"complete": {"successful", "", "Paid"},
		"fail":     {"failed", "payment_rejected", "Not paid"},
		"cancel":   {"failed", "payment_cancelled", "Not paid"},
	} {
		t.Run(choice, func(t *testing.T) {
			b := newShopper(t, options())
			c, page := b.buy("alipay", "&description=Two+teas&return_uri="+url.QueryEscape(b.shop.URL+"/orders/7"))
			if c["authorize_uri"] != page+"/authorize" {
				t.Errorf("authorize_uri is %v", c["authorize_uri"])
			}
			status, text := b.open(page + "/authorize")
			if status != http.StatusOK {
				t.Errorf("the page is %d", status)
			}
			has(t, text, "THB 1,234.56", "Two teas", "Pay THB 1,234.56", "Let it fail", "Cancel", idOf(c))
			if status, text = b.press(page + "/" + choice); status != http.StatusOK || text != "thank you" || b.back[0] != "/orders/7" {
				t.Errorf("%d %s at %v", status, text, b.back)
			}
			got := b.call(http.MethodGet, "/charges/"+idOf(c), "")
			check(t, got, map[string]any{"status": want.status, "failure_code": orNull(want.code)})
			check(t, got["source"].(map[string]any), map[string]any{"charge_status": want.status})
			check(t, b.call(http.MethodGet, "/sources/"+got["source"].(map[string]any)["id"].(string), ""), map[string]any{"charge_status": want.status})
			if status, text = b.open(page + "/result"); status != http.StatusOK {
				t.Errorf("the result is %d", status)
			}
			has(t, text, "<h1>"+want.word+"</h1>", `href="`+b.shop.URL+`/orders/7"`)
			// Nobody decides twice.
			for _, again := range []string{"/complete", "/fail", "/cancel"} {
				if status, text = b.press(page + again); status != http.StatusConflict {
					t.Errorf("%s again: %d", again, status)
				}
				has(t, text, want.word)
			}
			if status, _ = b.open(page + "/authorize"); status != http.StatusConflict || len(b.back) != 1 {
				t.Errorf("the decided page is %d, the shop saw %v", status, b.back)
			}
			check(t, b.call(http.MethodGet, "/charges/"+idOf(c), ""), map[string]any{"status": want.status})
		})
	}
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// Every type of source, as clients charge it, is paid on its page.
func TestEverySourceTypeIsPaid(t *testing.T) {
	shoppers := map[string]*shopper{}
	for _, m := range methods {
		params := sourceParams(m)
		currency := params["currency"]
		if shoppers[currency] == nil {
			o := options()
			o.Country = countryFor(currency)
			shoppers[currency] = newShopper(t, o)
		}
		b := shoppers[currency]
		form := url.Values{"amount": {"500000"}, "currency": {currency}, "return_uri": {b.shop.URL + "/" + m.name}}
		for k, v := range params {
			if k != "amount" && k != "currency" {
				form.Set("source["+k+"]", v)
			}
		}
		c := b.call(http.MethodPost, "/charges", form.Encode())
		check(t, c, map[string]any{"status": "pending", "paid": false, "card": nil})
		x := c["source"].(map[string]any)
		check(t, x, map[string]any{"type": m.name, "amount": 500_000, "charge_status": "pending", "flow": flowOf(t, m.name)})
		if leads := flowOf(t, m.name) != flowOffline || m.name == "econtext"; leads != (c["authorize_uri"] != nil) {
			t.Errorf("%s: authorize_uri is %v", m.name, c["authorize_uri"])
		}
		page := b.web.URL + "/payments/paym" + strings.TrimPrefix(idOf(c), "chrg")
		if status, text := b.press(page + "/complete"); status != http.StatusOK || text != "thank you" || b.back[len(b.back)-1] != "/"+m.name {
			t.Errorf("%s: %d %.80s, the shop saw %v", m.name, status, text, b.back)
		}
		check(t, b.call(http.MethodGet, "/sources/"+idOf(x), ""), map[string]any{"charge_status": "successful"})
	}
}

func TestPayingAtTheCounter(t *testing.T) {
	b := newShopper(t, options())
	c, page := b.buy("bill_payment_tesco_lotus", "")
	refs := c["source"].(map[string]any)["references"].(map[string]any)
	check(t, refs, map[string]any{"expires_at": c["expires_at"], "device_id": nil, "va_code": nil})
	_, text := b.open(page + "/authorize")
	has(t, text, "Paid at the counter", "at a counter", "22 November 2026, 12:30 (UTC&#43;07:00)", refs["reference_number_1"].(string), refs["payment_code"].(string))
	status, text := b.press(page + "/complete")
	if status != http.StatusOK {
		t.Errorf("without a shop to go back to: %d", status)
	}
	has(t, text, "<h1>Paid</h1>", "The payment went through")
	if strings.Contains(text, "Back to the shop") {
		t.Error("a way back to no shop")
	}
}

func TestDecisionsAreKept(t *testing.T) {
	o := options()
	o.Data, o.BaseURL = filepath.Join(t.TempDir(), "sandbox.data"), "http://sandbox.test"
	first := newServer(t, o)
	id := idOf(do(t, first, "POST /charges", "amount=100000&currency=thb&source[type]=promptpay"))
	if a := ask(t, first, http.MethodPost, "/payments/paym"+strings.TrimPrefix(id, "chrg")+"/complete", ""); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.body)
	}
	link := idOf(do(t, first, "POST /links", "amount=100000&currency=thb&title=a&description=b"))
	if a := ask(t, first, http.MethodPost, "/pay/links/"+link, ""); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.body)
	}
	paths := []string{"/charges/" + id, "/links/" + link, "/events", "/transactions"}
	var before []string
	for _, path := range paths {
		before = append(before, get(t, first, path).body)
	}
	must(t, first.Close())
	again := newServer(t, o)
	defer again.Close()
	for i, path := range paths {
		if got := get(t, again, path).body; got != before[i] {
			t.Errorf("%s was\n%s, is\n%s", path, before[i], got)
		}
	}
}

// The page of a payment that the shop gave up again says so.
func TestPaymentThatIsGivenBack(t *testing.T) {
	b := newShopper(t, options())
	id := addCharge(t, b.s, ChargeSpec{Status: "authorized", Amount: 123_456})
	result := b.web.URL + "/payments/paym" + strings.TrimPrefix(id, "chrg") + "/result"
	_, text := b.open(result)
	has(t, text, "<h1>Authorised</h1>", "held until the shop takes it")
	must(t, b.s.Reverse(id))
	_, text = b.open(result)
	has(t, text, "<h1>Given back</h1>", "The shop gave up the amount that was held.", "THB 1,234.56")
}
