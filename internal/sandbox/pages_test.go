package sandbox

import (
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/qr"
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

func TestTheCodeLeadsToThePage(t *testing.T) {
	b := newShopper(t, options())
	c, page := b.buy("truemoney_qr", "")
	document := imageOf(t, c)
	check(t, document, map[string]any{"object": "document", "filename": "qrcode.png", "kind": "qr", "created_at": c["created_at"]})
	if got := b.call(http.MethodGet, place(document), ""); jsonOf(t, got) != jsonOf(t, document) {
		t.Errorf("retrieved as %v, shown as %v", got, document)
	}
	status, text := b.open(document["download_uri"].(string))
	got, err := png.Decode(strings.NewReader(text))
	if status != http.StatusOK || err != nil {
		t.Fatalf("%d %v", status, err)
	}
	want, err := qr.Encode(page+"/authorize", qr.M, qr.Auto)
	must(t, err)
	if !samePicture(got, want) {
		t.Error("the code leads elsewhere")
	}
	fresh := b.call(http.MethodPost, "/sources", "amount=100000&currency=thb&type=promptpay")["id"].(string)
	for _, file := range []string{fresh + ".png", "src_test_nothing.png", c["source"].(map[string]any)["id"].(string)} {
		if status, _ := b.open(b.web.URL + "/pay/qr/" + file); status != http.StatusNotFound {
			t.Errorf("%s: %d", file, status)
		}
	}
}

func imageOf(t *testing.T, charge map[string]any) map[string]any {
	t.Helper()
	code, ok := charge["source"].(map[string]any)["scannable_code"].(map[string]any)
	if !ok {
		t.Fatalf("no code in %v", charge["source"])
	}
	return code["image"].(map[string]any)
}

// TestTheDrawnCode draws the image of PromptPay again, pixel by pixel: shops put it into their pages.
func TestTheDrawnCode(t *testing.T) {
	b := newShopper(t, options())
	c, page := b.buy("promptpay", "")
	document := imageOf(t, c)
	check(t, document, map[string]any{"filename": "qrcode_test.svg", "kind": "qr"})
	status, text := b.open(document["download_uri"].(string))
	var svg struct {
		Path []struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal([]byte(text), &svg); err != nil || status != http.StatusOK || len(svg.Path) != 2 {
		t.Fatalf("%d %v %.200s", status, err, text)
	}
	want, err := qr.Encode(page+"/authorize", qr.M, qr.Auto)
	must(t, err)
	got := image.NewGray(image.Rect(0, 0, want.Bounds().Dx()+8, want.Bounds().Dy()+8))
	draw.Draw(got, got.Bounds(), image.White, image.Point{}, draw.Src)
	for _, step := range strings.Split(svg.Path[1].D, "M")[1:] {
		var x, y, length, back int
		if _, err := fmt.Sscanf(step, "%d %dh%dv1h-%dz", &x, &y, &length, &back); err != nil || back != length {
			t.Fatalf("%q: %v", step, err)
		}
		draw.Draw(got, image.Rect(x, y, x+length, y+1), image.Black, image.Point{}, draw.Src)
	}
	if !samePicture(got, want) {
		t.Errorf("the drawing shows something else: %s", text)
	}
}

// samePicture tells whether a picture is a code with a white rim of four modules.
func samePicture(got, code image.Image) bool {
	side := code.Bounds().Dx() + 8
	scale := got.Bounds().Dx() / side
	if scale*side != got.Bounds().Dx() {
		return false
	}
	for y := range side * scale {
		for x := range side * scale {
			at := image.Pt(x/scale-4, y/scale-4)
			dark := at.In(code.Bounds()) && code.At(at.X, at.Y) == color.Black
			if r, _, _, _ := got.At(x, y).RGBA(); dark != (r == 0) {
				return false
			}
		}
	}
	return true
}

// TestTheBarCode reads the bars as shops do that draw them anew.
func TestTheBarCode(t *testing.T) {
	b := newShopper(t, options())
	c, _ := b.buy("bill_payment_tesco_lotus", "")
	x := c["source"].(map[string]any)
	refs := x["references"].(map[string]any)
	status, text := b.open(refs["barcode"].(string))
	var svg struct {
		Bars []struct {
			X     int    `xml:"x,attr"`
			Width string `xml:"width,attr"`
		} `xml:"g>g>rect"`
	}
	if err := xml.Unmarshal([]byte(text), &svg); err != nil || status != http.StatusOK {
		t.Fatalf("%d %v %.200s", status, err, text)
	}
	want, err := code128.Encode(fmt.Sprintf("|%s00\r%s\r%s\r%.0f", refs["omise_tax_id"], refs["reference_number_1"], refs["reference_number_2"], c["amount"]))
	must(t, err)
	dark := make([]bool, want.Bounds().Dx())
	for _, bar := range svg.Bars {
		width, err := strconv.Atoi(strings.TrimSuffix(bar.Width, "px"))
		must(t, err)
		for i := range width / 2 {
			dark[(bar.X-20)/2+i] = true
		}
	}
	for i := range dark {
		if dark[i] != (want.At(i, 0) == color.Black) {
			t.Fatalf("module %d of %s", i, text)
		}
	}
	for _, file := range []string{x["id"].(string), "src_test_none.svg", x["id"].(string) + ".png"} {
		if status, _ := b.open(b.web.URL + "/pay/barcode/" + file); status != http.StatusNotFound {
			t.Errorf("%s: %d", file, status)
		}
	}
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
