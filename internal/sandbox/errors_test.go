package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

func TestAnswersOtherThanOK(t *testing.T) {
	s, c := threeCharges(t)
	for _, tt := range []struct {
		method, path string
		status       int
		code         string
	}{
		{"GET", "/charges/chrg_test_none", 404, "not_found"},
		{"GET", "/charges/" + c[0] + "/refunds/rfnd_test_none", 404, "not_found"},
		{"GET", "/charges/chrg_test_none/refunds", 404, "not_found"},
		{"GET", "/customers/cust_test_none/cards", 404, "not_found"},
		{"GET", "/disputes/dspt_test_none", 404, "not_found"},
		{"GET", "/events/evnt_test_none", 404, "not_found"},
		{"GET", "/nothing", 404, "not_found"},
		{"GET", "//charges", 404, "not_found"},
		{"POST", "/charges", 400, "bad_request"},
		{"DELETE", "/customers", 405, "method_not_allowed"},
		{"PATCH", "/charges", 405, "method_not_allowed"},
	} {
		a := ask(t, s, tt.method, tt.path, "")
		if e := a.decode(t); a.status != tt.status || e["code"] != tt.code || e["object"] != "error" {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, a.status, a.body)
		}
	}
	want := `{"object":"error","location":"https://www.omise.co/api-errors#not-found","code":"not_found","message":"charge chrg_x was not found"}`
	if a := get(t, s, "/charges/chrg_x"); a.body != want {
		t.Errorf("got %s", a.body)
	}
	if a := ask(t, s, http.MethodHead, "/charges/"+c[0], ""); a.status != http.StatusOK {
		t.Errorf("HEAD: %d", a.status)
	}
	if a := get(t, s, "/customers//cards"); !strings.Contains(a.body, "the path /customers//cards was not found") {
		t.Errorf("no id: %s", a.body)
	}
	if a := get(t, s, "/charges", "Omise-Version: 2013-01-01"); a.status != 400 {
		t.Errorf("unsupported version: %d", a.status)
	}
}
