package sandbox

import (
	"bytes"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rsc.io/qr"
)

// shopper is a browser at a sandbox, beside the shop that it comes from.
type shopper struct {
	t    *testing.T
	s    *Server
	web  *httptest.Server
	shop *httptest.Server
	back []string // paths at which the shop saw the shopper return
}

func newShopper(t *testing.T, o Options) *shopper {
	t.Helper()
	b := &shopper{t: t, s: newServer(t, o)}
	b.web = httptest.NewServer(b.s)
	b.shop = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.back = append(b.back, r.URL.Path)
		_, _ = io.WriteString(w, "thank you")
	}))
	t.Cleanup(b.web.Close)
	t.Cleanup(b.shop.Close)
	return b
}

// call asks the API over the network.
func (b *shopper) call(method, path, body string) map[string]any {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.web.URL+path, strings.NewReader(body))
	must(b.t, err)
	r.SetBasicAuth(testKey, "")
	status, text := b.send(r)
	if status != http.StatusOK {
		b.t.Fatalf("%s %s %s: %d %s", method, path, body, status, text)
	}
	return answer{body: text}.decode(b.t)
}

// open and press are what a browser does; redirects are followed.
func (b *shopper) open(address string) (int, string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, address, http.NoBody)
	must(b.t, err)
	return b.send(r)
}

func (b *shopper) press(address string, headers ...string) (int, string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, address, http.NoBody)
	must(b.t, err)
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ": ")
		r.Header.Set(k, v)
	}
	return b.send(r)
}

func (b *shopper) send(r *http.Request) (int, string) {
	b.t.Helper()
	resp, err := http.DefaultClient.Do(r)
	must(b.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(b.t, err)
	return resp.StatusCode, string(text)
}

// buy makes a charge of an inline source that waits, and gives it with its page's address.
func (b *shopper) buy(kind, more string) (charge map[string]any, page string) {
	b.t.Helper()
	c := b.call(http.MethodPost, "/charges", "amount=123456&currency=thb&source[type]="+kind+more)
	if c["status"] != "pending" {
		b.t.Fatalf("%s: %v", kind, c)
	}
	return c, b.web.URL + "/payments/paym" + strings.TrimPrefix(c["id"].(string), "chrg")
}

func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is not in %.3000s", p, text[strings.Index(text, "<main>")+1:])
		}
	}
}

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
			has(t, text, "THB 1,234.56", "Two teas", "Pay THB 1,234.56", "Let it fail", "Cancel", c["id"].(string))
			if status, text = b.press(page + "/" + choice); status != http.StatusOK || text != "thank you" || b.back[0] != "/orders/7" {
				t.Errorf("%d %s at %v", status, text, b.back)
			}
			got := b.call(http.MethodGet, "/charges/"+c["id"].(string), "")
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
			check(t, b.call(http.MethodGet, "/charges/"+c["id"].(string), ""), map[string]any{"status": want.status})
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
		if flowOf(t, m.name) == flowOffline != (c["authorize_uri"] == nil) {
			t.Errorf("%s: authorize_uri is %v", m.name, c["authorize_uri"])
		}
		page := b.web.URL + "/payments/paym" + strings.TrimPrefix(c["id"].(string), "chrg")
		if status, text := b.press(page + "/complete"); status != http.StatusOK || text != "thank you" || b.back[len(b.back)-1] != "/"+m.name {
			t.Errorf("%s: %d %.80s, the shop saw %v", m.name, status, text, b.back)
		}
		check(t, b.call(http.MethodGet, "/sources/"+x["id"].(string), ""), map[string]any{"charge_status": "successful"})
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

func TestTheCodeLeadsToThePage(t *testing.T) {
	b := newShopper(t, options())
	c, page := b.buy("promptpay", "")
	code := c["source"].(map[string]any)["scannable_code"].(map[string]any)
	image := code["image"].(map[string]any)
	check(t, image, map[string]any{"object": "document", "filename": "qrcode.png", "kind": "qr", "created_at": c["created_at"]})
	status, text := b.open(image["download_uri"].(string))
	got, err := png.Decode(strings.NewReader(text))
	if status != http.StatusOK || err != nil || got.Bounds().Dx() < 100 {
		t.Fatalf("%d %v", status, err)
	}
	want, err := qr.Encode(page+"/authorize", qr.M)
	must(t, err)
	if !bytes.Equal([]byte(text), want.PNG()) {
		t.Error("the code leads elsewhere")
	}
	fresh := b.call(http.MethodPost, "/sources", "amount=100000&currency=thb&type=promptpay")["id"].(string)
	for _, file := range []string{fresh + ".png", "src_test_nothing.png", c["source"].(map[string]any)["id"].(string)} {
		if status, _ := b.open(b.web.URL + "/pay/qr/" + file); status != http.StatusNotFound {
			t.Errorf("%s: %d", file, status)
		}
	}
}

func TestPagesOfPaymentsThatCannotBePaid(t *testing.T) {
	b := newShopper(t, options())
	c, page := b.buy("truemoney", "&source[phone_number]=0812345678&return_uri="+url.QueryEscape(b.shop.URL))
	b.s.Advance(25 * time.Hour)
	for _, try := range []func(string, ...string) (int, string){b.press, func(a string, _ ...string) (int, string) {
		return b.open(strings.Replace(a, "complete", "authorize", 1))
	}} {
		status, text := try(page + "/complete")
		if status != http.StatusConflict || len(b.back) != 0 {
			t.Errorf("too late: %d, back at %v", status, b.back)
		}
		has(t, text, "Too late")
	}
	check(t, b.call(http.MethodGet, "/charges/"+c["id"].(string), ""), map[string]any{"status": "expired"})
	for _, path := range []string{"/payments/paym_test_nothing", "/payments/" + c["id"].(string), "/payments/paym", "/payments/x%2Fy"} {
		if status, text := b.open(b.web.URL + path + "/authorize"); status != http.StatusNotFound || !strings.Contains(text, "no such") {
			t.Errorf("%s: %d %.80s", path, status, text)
		}
		if status, _ := b.press(b.web.URL + path + "/complete"); status != http.StatusNotFound {
			t.Errorf("paying %s: %d", path, status)
		}
	}
}

func TestOtherSitesCannotPay(t *testing.T) {
	b := newShopper(t, options())
	c, page := b.buy("promptpay", "")
	for _, header := range []string{"Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"} {
		if status, text := b.press(page+"/complete", header); status != http.StatusForbidden || !strings.Contains(text, "Not from here") {
			t.Errorf("%s: %d", header, status)
		}
	}
	check(t, b.call(http.MethodGet, "/charges/"+c["id"].(string), ""), map[string]any{"status": "pending"})
	if status, _ := b.press(page+"/complete", "Origin: "+b.web.URL, "Sec-Fetch-Site: same-origin"); status != http.StatusOK {
		t.Errorf("its own page: %d", status)
	}
}

func TestPagesEscapeAndTakeFewMethods(t *testing.T) {
	b := newShopper(t, options())
	_, at := b.buy("promptpay", "&description="+url.QueryEscape(`<script>alert("x")</script>`))
	r := httptest.NewRequest(http.MethodGet, at+"/authorize", http.NoBody)
	w := httptest.NewRecorder()
	b.s.ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), "<script") {
		t.Error("the description runs")
	}
	has(t, w.Body.String(), "&lt;script&gt;alert")
	has(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
	for method, want := range map[string]int{"HEAD": 200, "PUT": 405, "DELETE": 405, "POST": 405} {
		w := httptest.NewRecorder()
		b.s.ServeHTTP(w, httptest.NewRequest(method, at+"/authorize", http.NoBody))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", method, w.Code, want)
		}
	}
	var out strings.Builder
	must(t, pageTemplate.Execute(&out, page{Back: "javascript:alert(1)"}))
	if strings.Contains(out.String(), "javascript:") {
		t.Error("the way back runs")
	}
}

func TestLinkPages(t *testing.T) {
	b := newShopper(t, options())
	once := b.call(http.MethodPost, "/links", "amount=50000&currency=thb&title=Workshop&description=Tea+%26+cake")
	page := once["payment_uri"].(string)
	status, text := b.open(page)
	if status != http.StatusOK {
		t.Errorf("the link is %d", status)
	}
	has(t, text, "<h1>Workshop</h1>", "THB 500.00", "Tea &amp; cake")
	status, text = b.press(page)
	if status != http.StatusOK {
		t.Errorf("paying it: %d", status)
	}
	has(t, text, "<h1>Paid</h1>", "THB 500.00")
	link := b.call(http.MethodGet, "/links/"+once["id"].(string), "")
	check(t, link, map[string]any{"used": true})
	check(t, rows(t, link["charges"].(map[string]any))[0], map[string]any{"amount": 50_000, "status": "successful", "link": once["id"]})
	for _, try := range []func() (int, string){func() (int, string) { return b.open(page) }, func() (int, string) { return b.press(page) }} {
		status, text := try()
		if status != http.StatusConflict {
			t.Errorf("a used link is %d", status)
		}
		has(t, text, "takes one payment")
	}
	many := b.call(http.MethodPost, "/links", "amount=50000&currency=thb&title=Tips&description=Thanks&multiple=true")
	for range 3 {
		if status, _ := b.press(many["payment_uri"].(string)); status != http.StatusOK {
			t.Errorf("a link for many: %d", status)
		}
	}
	if total := b.call(http.MethodGet, "/links/"+many["id"].(string)+"/charges", "")["total"]; total != 3.0 {
		t.Errorf("it has %v charges", total)
	}
	for _, method := range []func(string) int{func(a string) int { s, _ := b.open(a); return s }, func(a string) int { s, _ := b.press(a); return s }} {
		if status := method(b.web.URL + "/pay/links/link_test_nothing"); status != http.StatusNotFound {
			t.Errorf("no link: %d", status)
		}
	}
}

func TestDecisionsAreKept(t *testing.T) {
	o := options()
	o.Data, o.BaseURL = filepath.Join(t.TempDir(), "sandbox.data"), "http://sandbox.test"
	first := newServer(t, o)
	id := ask(t, first, http.MethodPost, "/charges", "amount=100000&currency=thb&source[type]=promptpay").decode(t)["id"].(string)
	if a := ask(t, first, http.MethodPost, "/payments/paym"+strings.TrimPrefix(id, "chrg")+"/complete", ""); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.body)
	}
	link := ask(t, first, http.MethodPost, "/links", "amount=100000&currency=thb&title=a&description=b").decode(t)["id"].(string)
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

func TestOddAddressesOfPages(t *testing.T) {
	s := newServer(t, options())
	for _, path := range []string{
		"/payments//authorize", "/payments/%00/authorize", "/payments/..%2f..%2fcharges/authorize", "/payments/" + strings.Repeat("x", 9_000) + "/complete",
		"/pay/links/%F0%28", "/pay/links/", "/pay/qr/.png", "/pay/qr/%2e%2e.png", "/pay/qr/", "/payments/", "/pay/anything",
	} {
		for _, method := range []string{"GET", "POST"} {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest(method, path, http.NoBody))
			if w.Code < 300 || w.Code >= 500 {
				t.Errorf("%s %.60s: %d", method, path, w.Code)
			}
		}
	}
}

func TestPageOfADecisionThatCannotBeKept(t *testing.T) {
	s, w := newServer(t, options()), httptest.NewRecorder()
	s.pageRefused(w, nil, &Error{Status: http.StatusServiceUnavailable, Message: "the disk is full"}, nil)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d", w.Code)
	}
	has(t, w.Body.String(), "That did not work", "the disk is full")
}

func TestPrice(t *testing.T) {
	for _, tt := range []struct {
		amount   int64
		currency string
		want     string
	}{
		{5, "THB", "THB 0.05"},
		{2_000, "THB", "THB 20.00"},
		{123_456, "SGD", "SGD 1,234.56"},
		{100_000_000_000, "USD", "USD 1,000,000,000.00"},
		{100, "JPY", "JPY 100"},
		{1_234_567, "JPY", "JPY 1,234,567"},
	} {
		if got := price(tt.amount, tt.currency); got != tt.want {
			t.Errorf("%d %s is %q, want %q", tt.amount, tt.currency, got, tt.want)
		}
	}
}
