package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
)

// faulty serves a seeded sandbox over TCP.
func faulty(t *testing.T, spec string) (*Server, *httptest.Server) {
	t.Helper()
	o := options()
	o.Charges, o.Customers, o.Faults, o.BaseURL = 250, 60, spec, "http://sandbox.test" // links do not name the port
	s := newServer(t, o)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return s, web
}

func fetch(ctx context.Context, web *httptest.Server, path string) (*http.Response, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, web.URL+path, http.NoBody)
	if err != nil {
		return nil, "", err
	}
	r.SetBasicAuth(testKey, "")
	resp, err := web.Client().Do(r)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

func TestFaultsThatReplaceTheAnswer(t *testing.T) {
	for _, tt := range []struct {
		spec   string
		status int
		want   string
	}{
		{"429:0", 429, `"code":"too_many_requests"`},
		{"500=100%", 500, `"code":"internal_error"`},
		{"502", 502, "<h1>502 Bad Gateway</h1>"},
		{"503=100", 503, `"object":"error"`},
		{"error200", 200, `"object":"error"`},
		{"refuse", 401, `"code":"authentication_failure"`},
	} {
		t.Run(tt.spec, func(t *testing.T) {
			_, web := faulty(t, tt.spec)
			resp, body, err := fetch(t.Context(), web, "/charges")
			must(t, err)
			if resp.StatusCode != tt.status || !strings.Contains(body, tt.want) {
				t.Errorf("%s: %d %.200s", tt.spec, resp.StatusCode, body)
			}
			if after := resp.Header.Get("Retry-After"); (after == "0") != strings.HasPrefix(tt.spec, "429") {
				t.Errorf("%s: Retry-After %q", tt.spec, after)
			}
		})
	}
}

func TestHTMLFaultComesWithBothStatuses(t *testing.T) {
	_, web := faulty(t, "html")
	seen := map[int]int{}
	for range 20 {
		resp, body, err := fetch(t.Context(), web, "/charges")
		must(t, err)
		if !strings.HasPrefix(body, "<html>") {
			t.Fatalf("body is %.100s", body)
		}
		seen[resp.StatusCode]++
	}
	if seen[200] == 0 || seen[503] == 0 || len(seen) != 2 {
		t.Errorf("statuses %v", seen)
	}
}

func TestFaultsOfTheConnection(t *testing.T) {
	_, web := faulty(t, "cut")
	resp, body, err := fetch(t.Context(), web, "/charges")
	if resp == nil || !errors.Is(err, io.ErrUnexpectedEOF) || len(body) == 0 {
		t.Errorf("cut: %v after %d bytes", err, len(body))
	}
	_, web = faulty(t, "reset")
	if _, _, err := fetch(t.Context(), web, "/charges"); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
		t.Errorf("reset: %v", err)
	}
}

func TestSlowEndsWithItsClient(t *testing.T) {
	_, web := faulty(t, "slow:1h")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, _, err := fetch(ctx, web, "/charges"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("slow: %v", err)
	}
	_, web = faulty(t, "slow:1ms")
	if resp, _, err := fetch(t.Context(), web, "/charges"); err != nil || resp.StatusCode != 200 {
		t.Errorf("a little slow: %v", err)
	}
}

func TestLies(t *testing.T) {
	page := func(spec, path string) (map[string]any, string) {
		_, web := faulty(t, spec)
		_, body, err := fetch(t.Context(), web, path)
		must(t, err)
		var v map[string]any
		_ = json.Unmarshal([]byte(body), &v)
		return v, body
	}
	const second = "/charges?limit=50&offset=50&order=reverse_chronological&from=2026-10-01"
	honest, text := page("", second)

	if got, _ := page("ignore_params", second); got["limit"] != 20.0 || got["offset"] != 0.0 || got["from"] != "1970-01-01T00:00:00Z" || len(rows(t, got)) != 20 {
		t.Errorf("ignore_params echoes %v %v %v", got["limit"], got["offset"], got["from"])
	}
	if got, _ := page("wrong_total", second); got["total"] == honest["total"] || ids(rows(t, got)) != ids(rows(t, honest)) {
		t.Errorf("wrong_total: %v", got["total"])
	}
	first, _ := page("", strings.Replace(second, "offset=50", "offset=0", 1))
	if got, _ := page("repeat_page", second); got["offset"] != 50.0 || ids(rows(t, got)) != ids(rows(t, first)) {
		t.Error("repeat_page is not the first page")
	}
	if got, body := page("torn", second); got != nil || len(body) == 0 || !strings.HasPrefix(text, body) {
		t.Errorf("torn has %d of %d bytes", len(body), len(text))
	}
	for _, path := range []string{second, "/customers", "/refunds"} {
		got, body := page("bad_element", path)
		if got == nil || strings.Count(body, `:"abc"`) != 1 {
			t.Errorf("bad_element of %s: %d spoiled", path, strings.Count(body, `:"abc"`))
		}
	}
}

func TestInsertShowsOnTheNextPage(t *testing.T) {
	for _, path := range []string{"/charges", "/refunds", "/customers"} {
		s, web := faulty(t, "insert")
		before := len(walkQuietly(t, s, path))
		for range 2 {
			_, _, err := fetch(t.Context(), web, path+"?limit=1")
			must(t, err)
		}
		if after := len(walkQuietly(t, s, path)); after != before+2 {
			t.Errorf("%s: %d rows became %d", path, before, after)
		}
	}
}

func TestDeleteTakesOnlyWhatMayGo(t *testing.T) {
	s, web := faulty(t, "delete")
	deletable := map[string]bool{}
	for _, c := range s.Customers() {
		if c.Deletable {
			deletable[c.ID] = true
		}
	}
	if len(deletable) != 3 {
		t.Fatalf("%d of 60 are deletable", len(deletable))
	}
	before := len(s.Customers())
	for range 40 {
		_, _, err := fetch(t.Context(), web, "/customers?limit=20&offset=20")
		must(t, err)
	}
	left := s.Customers()
	for _, c := range left {
		if deletable[c.ID] {
			t.Errorf("%s is still there", c.ID)
		}
	}
	if len(left) != before-3 {
		t.Errorf("%d customers became %d", before, len(left))
	}
}

// walkQuietly walks with the faults off.
func walkQuietly(t *testing.T, s *Server, path string) []map[string]any {
	t.Helper()
	must(t, s.SetFaults(""))
	defer func() { must(t, s.SetFaults("insert")) }()
	return walk(t, s, path)
}

func TestFaultSpecs(t *testing.T) {
	plan, err := parseFaults(" all=2.5% , 429=10%:3,slow=1:150ms,torn ")
	must(t, err)
	if len(plan) != len(outages)+3 || plan[0].parts != 25_000 || plan[10].after != 3 || plan[11].delay != 150*time.Millisecond || plan[12].parts != 1_000_000 {
		t.Errorf("plan is %+v", plan)
	}
	for _, spec := range []string{"flood", "429=200%", "500=x", "500=5%:1", "429:-1", "429:x", "slow:fast", "=5%", "cut=NaN"} {
		if _, err := parseFaults(spec); err == nil {
			t.Errorf("%q was accepted", spec)
		}
	}
	if _, err := parseFaults("flood"); !strings.Contains(err.Error(), "bad_element") {
		t.Errorf("the error does not name the known ones: %v", err)
	}
}

func TestFaultsFollowTheSeed(t *testing.T) {
	o := options()
	o.Faults = "429=30%,500=30%,html=20%"
	roll := func(s *Server) string {
		var out strings.Builder
		for range 60 {
			out.WriteString(http.StatusText(get(t, s, "/charges").status) + " ")
		}
		return out.String()
	}
	a := newServer(t, o)
	first := roll(a)
	if first != roll(newServer(t, o)) {
		t.Error("two servers of one seed fail differently")
	}
	must(t, a.SetFaults(o.Faults))
	if first != roll(a) {
		t.Error("SetFaults does not start the dice anew")
	}
}

// Who walks a list misses somebody only if one of those passed goes.
func TestDeleteTakesWhoWasPassed(t *testing.T) {
	o := options()
	o.Faults = "delete"
	s := newServer(t, o)
	for range 6 {
		_, err := s.AddCustomer(CustomerSpec{Deletable: true})
		must(t, err)
	}
	for before := 6; before > 1; before-- {
		first := idOf(rows(t, object(t, s, "/customers?limit=1"))[0])
		left := s.Customers()
		if len(left) != before-1 || left[0].ID == first {
			t.Errorf("of %d customers %+v are left, the first was %s", before, left, first)
		}
	}
}
