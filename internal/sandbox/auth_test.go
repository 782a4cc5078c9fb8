package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestKeys(t *testing.T) {
	for _, tt := range []struct {
		name, key, user string
		live            bool
		status          int
	}{
		{"any test key", "", "skey_test_abc123", false, 200},
		{"none", "", "", false, 401},
		{"public", "", "pkey_test_abc123", false, 401},
		{"wrong mode", "", "skey_abc123", false, 401},
		{"live", "", "skey_abc123", true, 200},
		{"test key in live mode", "", "skey_test_abc123", true, 401},
		{"malformed", "", "skey_test_", false, 401},
		{"the key", "skey_test_abc", "skey_test_abc", false, 200},
		{"another key", "skey_test_abc", "skey_test_abd", false, 401},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := options()
			o.Key, o.Livemode, o.Charges = tt.key, tt.live, 1
			s := newServer(t, o)
			auth := newRequestHeader(tt.user)
			a := get(t, s, "/charges", auth)
			if a.status != tt.status {
				t.Fatalf("status %d, want %d: %s", a.status, tt.status, a.body)
			}
			if a.status == 200 && strings.Contains(a.body, "chrg_test_") == tt.live {
				t.Errorf("live %v, but ids are %.100s", tt.live, a.body)
			}
			if a.status == 401 && a.decode(t)["code"] != "authentication_failure" {
				t.Error(a.body)
			}
		})
	}
}

func newRequestHeader(user string) string {
	r, _ := http.NewRequest(http.MethodGet, "/", http.NoBody)
	r.SetBasicAuth(user, "")
	return fmt.Sprintf("Authorization: %s", r.Header.Get("Authorization"))
}
