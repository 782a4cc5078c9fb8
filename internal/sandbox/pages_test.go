package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

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
	check(t, b.call(http.MethodGet, "/charges/"+idOf(c), ""), map[string]any{"status": "expired"})
	for _, path := range []string{"/payments/paym_test_nothing", "/payments/" + idOf(c), "/payments/paym", "/payments/x%2Fy"} {
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
	check(t, b.call(http.MethodGet, "/charges/"+idOf(c), ""), map[string]any{"status": "pending"})
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
}

func TestWayBack(t *testing.T) {
	for uri, want := range map[string]string{
		"https://shop.example/a?b=1&c=2": `href="https://shop.example/a?b=1&amp;c=2"`,
		"shop://orders/17":               `href="shop://orders/17"`, // an app
		"javascript://x/%0aalert(1)":     "",
		"JavaScript:alert(1)":            "",
		"data:text/html,x":               "",
		"":                               "",
	} {
		var out strings.Builder
		must(t, pageTemplate.Execute(&out, page{Back: wayBack(uri)}))
		if leads := strings.Contains(out.String(), "Back to the shop"); leads != (want != "") || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %s", uri, out.String())
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
