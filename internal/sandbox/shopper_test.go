package sandbox

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
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
	return c, b.web.URL + "/payments/paym" + strings.TrimPrefix(idOf(c), "chrg")
}

func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is not in %.3000s", p, text[strings.Index(text, "<main>")+1:])
		}
	}
}
