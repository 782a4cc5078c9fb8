package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func writeFixtures(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, "api.omise.co", name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return dir
}

func smallFixtures(t *testing.T) *Server {
	t.Helper()
	var data []string
	for i := range 5 {
		data = append(data, fmt.Sprintf(`{"object":"charge","id":"chrg_%d","amount": %d,"created_at":"2025-01-0%dT00:00:00Z",
			"refunds":{"object":"list","total":1,"data":[{"object":"refund","id":"rfnd_%d","created_at":"2025-02-01T00:00:00Z"}]}}`, i, i, i+1, i))
	}
	o := options()
	o.Fixtures = writeFixtures(t, map[string]string{
		"charges-get.json":        `{"object":"list","data":[` + strings.Join(data, ",") + `],"total":9,"location":"/charges"}`,
		"charges/404-get.json":    `{"object":"error","code":"not_found","message":"recorded"}`,
		"customers-get.json":      "not JSON at all",
		"account-get.json":        `{"object":"account","id":"account_test_1"}`,
		"charges/chrg_2-get.json": `{"object":"charge","id":"chrg_2","recorded":true}`,
		"balance-get.json":        `{"object":"balance"}`,
		"disputes/open-get.json":  `{"object":"list","total":1,"data":[{"id":"dspt_1"}]}`,
		"refunds-get.json":        `{"object":"list","total":1,"data":[{"object":"refund","id":"rfnd_x","created":"2025-02-01T07:00:00+07:00"}]}`,
	})
	return newServer(t, o)
}

func TestFixtureLists(t *testing.T) {
	s := smallFixtures(t)
	for _, tt := range []struct {
		path  string
		want  string
		total int
	}{
		{"/charges", "chrg_0 chrg_1 chrg_2 chrg_3 chrg_4", 9},
		{"/charges?limit=2&offset=1", "chrg_1 chrg_2", 9},
		{"/charges?order=reverse_chronological&limit=1", "chrg_4", 9},
		{"/charges?from=2025-01-02&to=2025-01-03", "chrg_1 chrg_2", 6},
		{"/charges/chrg_1/refunds", "rfnd_1", 1},
		{"/refunds?from=2025-02-01&to=2025-02-01", "rfnd_x", 1},
		{"/disputes/open", "dspt_1", 1},
		{"/disputes/open?from=2030-01-01", "", 0},
		{"/disputes", "", 0},
		{"/events", "", 0},
		{"/customers/cust_x/cards", "", 0},
	} {
		page := object(t, s, tt.path)
		if got := ids(rows(t, page)); got != tt.want || page["total"] != float64(tt.total) {
			t.Errorf("%s: %s of %v", tt.path, got, page["total"])
		}
	}
}

func TestFixtureObjects(t *testing.T) {
	s := smallFixtures(t)
	check(t, object(t, s, "/account"), map[string]any{"id": "account_test_1"})
	check(t, object(t, s, "/balance"), map[string]any{"object": "balance"})
	check(t, object(t, s, "/charges/chrg_2"), map[string]any{"recorded": true})
	check(t, object(t, s, "/charges/chrg_3"), map[string]any{"amount": 3})
	check(t, object(t, s, "/charges/chrg_3/refunds/rfnd_3"), map[string]any{"id": "rfnd_3"})
	if a := get(t, s, "/customers"); a.status != 200 || a.body != "not JSON at all" {
		t.Errorf("broken recording: %d %s", a.status, a.body)
	}
	for path, want := range map[string]string{
		"/charges/404":     `"message":"recorded"`,
		"/charges/chrg_9":  "charge chrg_9 was not found",
		"/charges/..%2f..": "not found",
	} {
		if a := get(t, s, path); a.status != 404 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if _, err := s.AddCharge(ChargeSpec{Amount: 1}); err == nil {
		t.Error("a charge was added to recordings")
	}
	if a := ask(t, s, "POST", "/charges", ""); a.status != 405 {
		t.Errorf("POST: %d", a.status)
	}
}

func TestRealRecordings(t *testing.T) {
	if _, err := os.Stat(recorded); err != nil {
		t.Skip("no recordings here")
	}
	o := options()
	o.Fixtures = recorded
	s := newServer(t, o)
	page := object(t, s, "/charges?limit=100&to=2025-03-01")
	if len(rows(t, page)) != 15 || page["total"] != 53.0 {
		t.Errorf("%d rows of %v", len(rows(t, page)), page["total"])
	}
	check(t, object(t, s, "/charges/chrg_test_62f161x7rdkm4u7pibg"), map[string]any{"amount": 31_000})
	if page := object(t, s, "/customers"); page["total"] != 4.0 {
		t.Errorf("customers: %v", page["total"])
	}
	if page := object(t, s, "/events"); len(rows(t, page)) != 1 {
		t.Errorf("events: %v", page["total"])
	}
}
