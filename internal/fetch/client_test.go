package fetch

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"reconcile/internal/ledger"
)

const secret = "skey_test_4xs8breq32jkxtcnrdz"

type testKey string

func (k testKey) Reveal() string { return string(k) }

var start = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

const accountJSON = `{"object":"account","id":"account_test_1","livemode":false,"country":"TH","currency":"THB"}`

// serve starts a server that fails the test on anything but a GET.
func serve(t *testing.T, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); r.Method != http.MethodGet || len(body) > 0 {
			t.Errorf("%s %s with a body of %d bytes", r.Method, r.URL, len(body))
		}
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}

func newClient(t *testing.T, base string, change ...func(*ClientOptions)) (*Client, *FakeClock) {
	t.Helper()
	clock := NewFakeClock(start)
	o := ClientOptions{
		BaseURL: base, Key: testKey(secret), UserAgent: "reconcile/test",
		RequestsPerSecond: 100_000, Timeout: 10 * time.Second, RetryFor: 10 * time.Minute,
		Now: clock.Now, Timer: clock.Timer, Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&o)
	}
	client := NewClient(o)
	t.Cleanup(client.Close)
	return client, clock
}

// ask sends a request whose answer may be any object.
func ask(client *Client) (string, error) {
	var got string
	err := client.get(context.Background(), "/account", nil, func(body []byte) error {
		var head wireHead
		got = string(body)
		return decode(body, &head, &head)
	})
	return got, err
}

func TestRequest(t *testing.T) {
	var got *http.Request
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		fmt.Fprint(w, accountJSON)
	})
	client, _ := newClient(t, server.URL)
	query := question{path: "/charges", span: &ledger.Span{From: 0, To: ledger.InstantOf(start)}, offset: 200, limit: pageLimit}.query()
	if err := client.get(context.Background(), "/charges", query, func([]byte) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if user, password, ok := got.BasicAuth(); user != secret || password != "" || !ok {
		t.Errorf("basic auth %q %q %t", user, password, ok)
	}
	for name, want := range map[string]string{"Omise-Version": "2019-05-29", "User-Agent": "reconcile/test", "Accept": "application/json"} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	want := "/charges?from=1970-01-01T00%3A00%3A00Z&limit=100&offset=200&order=chronological&to=2026-11-21T03%3A00%3A00Z"
	if got.URL.String() != want {
		t.Errorf("asked for %s\nwant      %s", got.URL, want)
	}
	if client.Requests() != 1 {
		t.Errorf("%d requests counted", client.Requests())
	}
}

func TestAccount(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", start.Add(-5*time.Minute).Format(http.TimeFormat))
		fmt.Fprint(w, `{"object":"account","id":"account_1","livemode":true,"country":"jp","currency":"jpy","new_key":[1]}`)
	})
	client, _ := newClient(t, server.URL)
	account, skew, err := client.Account(context.Background(), "tokyo", false)
	want := ledger.Account{Name: "tokyo", OmiseID: "account_1", Livemode: true, Country: "JP", Currency: "JPY"}
	if err != nil || account != want || skew != 5*time.Minute {
		t.Errorf("%+v, skew %s, %v", account, skew, err)
	}
}

func TestGzip(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("gzip is not asked for")
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		fmt.Fprint(z, accountJSON)
		z.Close()
	})
	client, _ := newClient(t, server.URL)
	if got, err := ask(client); err != nil || got != accountJSON {
		t.Errorf("%q, %v", got, err)
	}
}

func TestRedirectIsNeverFollowed(t *testing.T) {
	var followed atomic.Int32
	other := serve(t, func(http.ResponseWriter, *http.Request) { followed.Add(1) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, target := range []string{other.URL + "/account", "/elsewhere"} {
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/account" {
					followed.Add(1)
				}
				http.Redirect(w, r, target, status)
			})
			client, _ := newClient(t, server.URL)
			_, err := ask(client)
			if err == nil || !strings.Contains(err.Error(), "base_url") || client.Requests() != 1 {
				t.Errorf("%d to %s: %v after %d requests", status, target, err, client.Requests())
			}
		}
	}
	if followed.Load() != 0 {
		t.Errorf("%d redirects were followed", followed.Load())
	}
}

func TestAnswerSizeIsLimited(t *testing.T) {
	for _, zipped := range []bool{false, true} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			var out io.Writer = w
			if zipped {
				w.Header().Set("Content-Encoding", "gzip")
				z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
				defer z.Close()
				out = z
			}
			spaces := bytes.Repeat([]byte(" "), 1<<20)
			for range 2 * maxAnswer >> 20 { // the client hangs up halfway
				if _, err := out.Write(spaces); err != nil {
					return
				}
			}
		})
		client, _ := newClient(t, server.URL)
		_, err := ask(client)
		if err == nil || !strings.Contains(err.Error(), "larger than 32 MiB") || client.Requests() != 1 {
			t.Errorf("zipped %t: %v after %d requests", zipped, err, client.Requests())
		}
	}
}

func TestTimeoutOfOneRequest(t *testing.T) {
	var asked atomic.Int32
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) <= 2 {
			if asked.Load() == 2 { // an answer that begins and never ends
				w.WriteHeader(http.StatusOK)
				fmt.Fprint(w, `{"object":`)
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
			return
		}
		fmt.Fprint(w, accountJSON)
	})
	client, _ := newClient(t, server.URL, func(o *ClientOptions) { o.Timeout = 30 * time.Millisecond })
	if got, err := ask(client); err != nil || got != accountJSON || asked.Load() != 3 {
		t.Errorf("%q, %v after %d requests", got, err, asked.Load())
	}
}

func TestTLS(t *testing.T) {
	client, _ := newClient(t, "https://api.omise.co")
	transport := client.http.Transport.(*http.Transport)
	if transport.TLSClientConfig.MinVersion != tls.VersionTLS12 || transport.TLSClientConfig.InsecureSkipVerify {
		t.Errorf("%+v", transport.TLSClientConfig)
	}
	if http.DefaultTransport.(*http.Transport).TLSClientConfig == transport.TLSClientConfig {
		t.Error("the default transport was changed")
	}
}

// echo answers with everything that the request gave away.
func echo(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, _, _ := r.BasicAuth()
		w.WriteHeader(status)
		fmt.Fprint(w, strings.NewReplacer("KEY", user, "AUTH", r.Header.Get("Authorization")).Replace(body))
	}
}

func TestKeyIsInNoErrorNorLog(t *testing.T) {
	cases := []struct {
		name   string
		status int
		body   string
	}{
		{"400", 400, `{"object":"error","code":"bad_request","message":"KEY is bad"}`},
		{"400 code", 400, `{"object":"error","code":"KEY","message":""}`},
		{"403", 403, `{"object":"error","code":"forbidden","message":"not for KEY"}`},
		{"404", 404, `{"object":"error","code":"not_found","message":"no KEY"}`},
		{"500", 500, `{"object":"error","code":"x","message":"KEY"}`},
		{"429 html", 429, `<html>KEY AUTH</html>`},
		{"200 html", 200, `KEY AUTH`},
		{"200 error object", 200, `{"object":"error","code":"x","message":"KEY"}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { wantNoKey(t, c.status, c.body) })
	}
}

// What does not fit the question is quoted, the key with it.
func TestKeyInAnAnswerThatDoesNotFit(t *testing.T) {
	for _, body := range []string{
		`{"object":"KEY","total":1}`,
		`{"object":"list","total":1,"offset":0,"limit":100,"order":"KEY","data":[]}`,
		`{"object":"list","total":1,"offset":0,"limit":100,"order":"chronological","data":"KEY"}`,
		`{"object":"list","total":"KEY"}`,
	} {
		wantNoKey(t, 200, body)
	}
}

// wantNoKey lets a server answer every request with body and looks for the key
// in all that the client says.
func wantNoKey(t *testing.T, status int, body string) {
	t.Helper()
	server := serve(t, echo(status, body))
	var log bytes.Buffer
	client, _ := newClient(t, server.URL, func(o *ClientOptions) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	said := ""
	if _, _, err := client.Account(context.Background(), "main", true); err != nil {
		said += err.Error()
	}
	if _, err := client.list(context.Background(), question{path: "/charges", limit: 100}); err != nil {
		said += err.Error()
	}
	said += log.String()
	request := http.Request{Header: http.Header{}}
	request.SetBasicAuth(secret, "")
	_, coded, _ := strings.Cut(request.Header.Get("Authorization"), " ")
	for _, leak := range []string{secret, coded} {
		if strings.Contains(said, leak) {
			t.Errorf("%s is in: %s", leak, said)
		}
	}
}

// TestRateInFakeTime counts exactly: the limiter's clock is the bubble's.
func TestRateInFakeTime(t *testing.T) {
	for _, perSecond := range []float64{0.5, 1, 10, 50, 1000} {
		synctest.Test(t, func(t *testing.T) {
			var s stamps
			client, _ := newClient(t, "http://omise.test", func(o *ClientOptions) {
				o.RequestsPerSecond, o.Timeout = perSecond, time.Hour
			})
			client.http.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
				s.add(time.Now())
				return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(accountJSON))}, nil
			})
			askMany(client, 8, max(4, int(perSecond*3/8)))
			if most := s.mostInASecond(); float64(most) > max(1, perSecond) {
				t.Errorf("%d requests in a second at %v per second", most, perSecond)
			}
		})
	}
}

func askMany(client *Client, workers, each int) {
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for range each {
				_, _ = ask(client)
			}
		})
	}
	all.Wait()
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// stamps notes when requests came.
type stamps struct {
	mu sync.Mutex
	at []time.Time
}

func (s *stamps) add(t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = append(s.at, t)
}

// mostInASecond is the most requests in any sliding second.
func (s *stamps) mostInASecond() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	most, first := 0, 0
	for i, at := range s.at { // noted in order, under the lock
		for at.Sub(s.at[first]) >= time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// TestSourceSendsNothingButGET reads the source of the whole project, the
// sandbox and tests left out: nothing there can send another method.
func TestSourceSendsNothingButGET(t *testing.T) {
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "sandbox" && filepath.Base(filepath.Dir(path)) == "internal" || d.Name() == ".git"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files++
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if why := sends(n); why != "" {
				t.Errorf("%s: %s", fset.Position(n.Pos()), why)
			}
			return true
		})
		return nil
	})
	if err != nil || files < 20 {
		t.Errorf("%d files read, %v", files, err)
	}
}

// sends says how a piece of source may send another method than GET.
func sends(n ast.Node) string {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		if pkg, ok := n.X.(*ast.Ident); ok && pkg.Name == "http" {
			switch name := n.Sel.Name; name {
			case "Post", "PostForm", "Head", "Get":
				return "http." + name + " goes around the client"
			case "MethodPost", "MethodPut", "MethodPatch", "MethodDelete", "MethodHead":
				return "http." + name
			}
		}
		if name := n.Sel.Name; name == "PostForm" || name == "RoundTrip" {
			return name + " is called"
		}
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.SelectorExpr)
		if !ok || !strings.HasPrefix(f.Sel.Name, "NewRequest") {
			return ""
		}
		for _, arg := range n.Args {
			if method, ok := arg.(*ast.SelectorExpr); ok && method.Sel.Name == "MethodGet" {
				return ""
			}
		}
		return f.Sel.Name + " without http.MethodGet"
	case *ast.BasicLit:
		switch strings.Trim(n.Value, "\"`") {
		case "POST", "PUT", "PATCH", "DELETE":
			return "the word " + n.Value
		}
	case *ast.AssignStmt:
		for _, left := range n.Lhs {
			if f, ok := left.(*ast.SelectorExpr); ok && f.Sel.Name == "Method" {
				return "a method is assigned"
			}
		}
	}
	return ""
}

// listJSON is a page as Omise sends it, with the question's own echo.
func listJSON(query url.Values, total int, rows ...string) string {
	return fmt.Sprintf(`{"object":"list","data":[%s],"limit":%s,"offset":%s,"total":%d,"location":"/x","order":"chronological","from":%s,"to":%s}`,
		strings.Join(rows, ","), cmp.Or(query.Get("limit"), "20"), cmp.Or(query.Get("offset"), "0"), total, quoted(query.Get("from")), quoted(query.Get("to")))
}

func quoted(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}
