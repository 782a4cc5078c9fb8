package sandbox

import (
	"net/http"
	"testing"
)

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
	link := b.call(http.MethodGet, "/links/"+idOf(once), "")
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
	if total := b.call(http.MethodGet, "/links/"+idOf(many)+"/charges", "")["total"]; total != 3.0 {
		t.Errorf("it has %v charges", total)
	}
	for _, method := range []func(string) int{func(a string) int { s, _ := b.open(a); return s }, func(a string) int { s, _ := b.press(a); return s }} {
		if status := method(b.web.URL + "/pay/links/link_test_nothing"); status != http.StatusNotFound {
			t.Errorf("no link: %d", status)
		}
	}
}
