package sandbox

import (
	"net/http"
	"testing"
)

// What the sandbox does not imitate has empty lists, not errors.
func TestEmptyLists(t *testing.T) {
	s := newServer(t, options())
	for path, want := range map[string]string{
		"/schedules": "list", "/charges/schedules": "list", "/transfers/schedules": "list", "/receipts": "receipt_list",
	} {
		page := object(t, s, path+"?limit=7")
		check(t, page, map[string]any{"object": want, "total": 0, "limit": 7, "location": path})
		if len(rows(t, page)) != 0 {
			t.Errorf("%s: %v", path, page)
		}
	}
	refuse(t, s, "POST /schedules", `{"every":1}`, "bad_request")
	for _, path := range []string{"/schedules/schd_test_1", "/occurrences/occu_test_1", "/receipts/rcpt_1", "/recipients/recp_test_1/schedules"} {
		if a := get(t, s, path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}
