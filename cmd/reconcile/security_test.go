package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"reconcile/internal/job"
	"reconcile/internal/sandbox"
)

// vaultKey is of a length at which its Base64 ends with padding, which a server
// may write in several ways.
const vaultKey = "skey_test_5zneverbeseen7agai"

// traces are the parts of the key that may be seen nowhere: its first twelve
// and its last eight characters, each as they are and as Base64 of "key:" has
// them. Whatever repeats the key, whole or cut, in either spelling, holds one.
func traces() map[string]string {
	coded := base64.RawStdEncoding.EncodeToString([]byte(vaultKey + ":"))
	return map[string]string{
		"the key's beginning":           vaultKey[:12],
		"the key's end":                 vaultKey[len(vaultKey)-8:],
		"the beginning of it in Base64": coded[:16],
		"the end of it in Base64":       coded[len(coded)-10:],
	}
}

// vault is a merchant with a key to guard: a folder with config, ledger,
// reports and temporary files, and a sandbox that a spoiler stands before.
type vault struct {
	t       *testing.T
	dir     string
	sandbox *sandbox.Server
	spoiler *spoiler
	clock   *clock
	said    string // by all commands so far
}

func newVault(t *testing.T) *vault {
	t.Helper()
	start, err := time.Parse(time.RFC3339, scriptStart)
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.New(sandbox.Options{Seed: 3, Charges: 60, Customers: 6, Days: 30, Now: func() time.Time { return start }})
	if err != nil {
		t.Fatal(err)
	}
	v := &vault{t: t, dir: t.TempDir(), sandbox: server, spoiler: &spoiler{Handler: server}, clock: newClock(start)}
	tmp := filepath.Join(v.dir, "tmp")
	if err := os.Mkdir(tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", tmp)
	v.configure(serveOn(t, v.spoiler))
	return v
}

func (v *vault) configure(url string) {
	v.t.Helper()
	text := fmt.Sprintf("ledger: ./reconcile.db\naccounts: [{name: shop, secret_key_env: KEY, timezone: Asia/Bangkok, base_url: %q}]\nfetch: {requests_per_second: 5000, retry_for: 3s}\n", url)
	if err := os.WriteFile(filepath.Join(v.dir, "config.yaml"), []byte(text), 0o600); err != nil {
		v.t.Fatal(err)
	}
}

// withoutWorkbook has reports written as CSV alone, which takes half the time.
func (v *vault) withoutWorkbook() {
	v.t.Helper()
	file, err := os.OpenFile(filepath.Join(v.dir, "config.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		v.t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.WriteString(file, "reports: {formats: [csv]}\n"); err != nil {
		v.t.Fatal(err)
	}
}

// program is the command line in this process.
func (v *vault) program(stdout, stderr io.Writer) *program {
	getenv := func(name string) string { return map[string]string{"KEY": vaultKey}[name] }
	return &program{getenv: getenv, stdout: stdout, stderr: stderr, now: v.clock.Now, timer: v.clock.timer}
}

// run runs one command and gives its exit code and what it said.
func (v *vault) run(args ...string) (code int, stdout, stderr string) {
	v.t.Helper()
	var out, said bytes.Buffer
	code = v.program(&out, &said).run(v.t.Context(), append(args, "--config", filepath.Join(v.dir, "config.yaml")))
	v.said += out.String() + said.String()
	return code, out.String(), said.String()
}

// must runs one command that has to end with one of the codes.
func (v *vault) must(codes []int, args ...string) (stdout, stderr string) {
	v.t.Helper()
	code, stdout, stderr := v.run(args...)
	if !slices.Contains(codes, code) {
		v.t.Errorf("%v: exit code %d, want one of %v\n%s%s", args, code, codes, stdout, stderr)
	}
	return stdout, stderr
}

// serveOnce lets serve catch up one night and stops it.
func (v *vault) serveOnce() {
	v.t.Helper()
	var stdout, stderr heard
	ctx, stop := context.WithCancel(v.t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- v.program(&stdout, &stderr).run(ctx, []string{"serve", "-v", "--config", filepath.Join(v.dir, "config.yaml")})
	}()
	stdout.wait(v.t, "requests")
	stop()
	if code := <-ended; code != job.ExitDone {
		v.t.Errorf("serve: exit code %d\n%s", code, stderr.String())
	}
	v.said += stdout.String() + stderr.String()
}

// later lets time pass, here and in the sandbox.
func (v *vault) later(d time.Duration) {
	v.clock.wait(d)
	v.sandbox.Advance(d)
}

// guarded looks for the key in all that was said and in every file.
func (v *vault) guarded() {
	v.t.Helper()
	look := func(where string, text []byte) {
		v.t.Helper()
		for what, trace := range traces() {
			if at := bytes.Index(text, []byte(trace)); at >= 0 {
				v.t.Errorf("%s is in %s: …%q…", what, where, text[max(0, at-60):min(len(text), at+40)])
			}
		}
	}
	look("what the commands said", []byte(v.said))
	eachFile(v.t, v.dir, func(name string, text []byte) {
		look(name, text)
		if strings.HasSuffix(name, ".xlsx") {
			eachPart(v.t, text, func(part string, text []byte) { look(name+": "+part, text) })
		}
	})
}

func eachFile(t *testing.T, dir string, visit func(name string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		visit(name, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// eachPart visits the files inside a workbook.
func eachPart(t *testing.T, workbook []byte, visit func(name string, text []byte)) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		visit(f.Name, text)
	}
}

// spoiler stands before a sandbox and answers in its place, or spoils what it
// answers, as the test says.
type spoiler struct {
	http.Handler
	mu    sync.Mutex
	spoil func(w http.ResponseWriter, r *http.Request) // nil: the sandbox answers
	heard []*http.Request
}

func (s *spoiler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	heard := r.Clone(context.Background())
	heard.Body = io.NopCloser(bytes.NewReader(body))
	s.mu.Lock()
	s.heard = append(s.heard, heard)
	spoil := s.spoil
	s.mu.Unlock()
	if spoil == nil {
		s.Handler.ServeHTTP(w, r)
		return
	}
	spoil(w, r)
}

func (s *spoiler) set(spoil func(w http.ResponseWriter, r *http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spoil = spoil
}

func (s *spoiler) requests() []*http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.heard)
}

// told puts what a request gave away into a text: the key for KEY, the value of
// its Authorization header for AUTH, the same as a form escapes it for ESCAPED.
func told(r *http.Request, text string) string {
	user, _, _ := r.BasicAuth()
	auth := r.Header.Get("Authorization")
	return strings.NewReplacer("KEY", user, "AUTH", auth, "ESCAPED", strings.NewReplacer(" ", "%20", "=", "%3D").Replace(auth)).Replace(text)
}

// says answers every request so.
func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, told(r, value))
		}
		w.WriteHeader(status)
		fmt.Fprint(w, told(r, body))
	}
}

// sends answers every request with these bytes, which need not be HTTP.
func sends(raw string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer connection.Close()
		fmt.Fprint(connection, told(r, raw))
	}
}

// rewrites has the sandbox answer and changes each object of its answer, those
// inside others included, by the function of its kind.
func (v *vault) rewrites(kinds map[string]func(r *http.Request, object map[string]any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding")
		answer := httptest.NewRecorder()
		v.sandbox.ServeHTTP(answer, r)
		decoder := json.NewDecoder(answer.Body)
		decoder.UseNumber()
		var whole any
		if err := decoder.Decode(&whole); err != nil {
			panic(err)
		}
		rewrite(r, whole, kinds)
		w.Header().Set("Date", answer.Header().Get("Date"))
		w.WriteHeader(answer.Code)
		_ = json.NewEncoder(w).Encode(whole)
	}
}

func rewrite(r *http.Request, value any, kinds map[string]func(*http.Request, map[string]any)) {
	switch value := value.(type) {
	case []any:
		for _, inner := range value {
			rewrite(r, inner, kinds)
		}
	case map[string]any:
		for _, inner := range value {
			rewrite(r, inner, kinds)
		}
		kind, _ := value["object"].(string)
		if change := kinds[kind]; change != nil {
			change(r, value)
		}
	}
}

// fill sets keys of an object, with what the request gave away.
func fill(pairs ...string) func(*http.Request, map[string]any) {
	return func(r *http.Request, object map[string]any) {
		for i := 0; i < len(pairs); i += 2 {
			object[pairs[i]] = told(r, pairs[i+1])
		}
	}
}

type kinds = map[string]func(*http.Request, map[string]any)

// TestKeyIsNowhereWhenServersEchoIt lets a server give the key back in every
// part of an answer that an error may quote.
func TestKeyIsNowhereWhenServersEchoIt(t *testing.T) {
	const apiError = `{"object":"error","location":"KEY","code":"AUTH","message":"KEY and AUTH are wrong"}`
	faults := map[string]http.HandlerFunc{
		"400":                        says(400, apiError),
		"401":                        says(401, apiError),
		"403":                        says(403, apiError),
		"404":                        says(404, apiError),
		"429":                        says(429, apiError, "Retry-After: KEY"),
		"500 in HTML":                says(500, "<html>KEY <b>AUTH</b></html>"),
		"503 error":                  says(503, apiError, "Date: KEY"),
		"200 in HTML":                says(200, "<html>KEY AUTH</html>", "Content-Type: text/html; AUTH"),
		"200 error":                  says(200, apiError),
		"200 text":                   says(200, `"KEY AUTH"`),
		"200 names":                  says(200, `{"KEY":{"AUTH":}}`),
		"200 twice the same name":    says(200, `{"KEY":1,"KEY":2,"object":"AUTH"}`),
		"200 wrong types":            says(200, `{"object":"list","total":"KEY","offset":"AUTH"}`),
		"200 object of another kind": says(200, `{"object":"AUTH","id":"KEY","total":1}`),
		"200 with another encoding":  says(200, "KEY", "Content-Encoding: gzip"),
		"redirect":                   says(302, "KEY", "Location: https://KEY:AUTH@127.0.0.1:1/KEY?a=ESCAPED#KEY"),
		"redirect to nowhere":        says(307, "AUTH", "Location: https://%zz/KEY/ESCAPED"),
		"no HTTP":                    sends("AUTH KEY\r\n\r\n"),
		"no status":                  sends("HTTP/1.1 KEY AUTH\r\n\r\n"),
		"no header":                  sends("HTTP/1.1 200 OK\r\nAUTH\r\n\r\n"),
		"no length":                  sends("HTTP/1.1 200 OK\r\nContent-Length: KEY\r\n\r\nAUTH"),
		"no chunk":                   sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nKEY\r\nAUTH"),
		"cut":                        sends("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"object\":\"KEY AUTH"),
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			v := newVault(t)
			v.withoutWorkbook() // its Audit sheet says what the manifest says
			failed := []int{job.ExitFailed, job.ExitPartial, job.ExitRefused}
			v.spoiler.set(fault)
			v.must(failed, "check", "-v")
			v.spoiler.set(func(w http.ResponseWriter, r *http.Request) { // the account is fine, all else is not
				if r.URL.Path == "/account" {
					v.sandbox.ServeHTTP(w, r)
					return
				}
				fault(w, r)
			})
			v.must(failed, "run", "-v", "--log-format", "json", "--json")
			v.guarded()
		})
	}
}

// echoes are objects that hold the key wherever Omise writes free text. Those
// of the first kind can be read, those of the second cannot.
func echoes() map[string]kinds {
	return map[string]kinds{
		"readable": {
			"account": fill("id", "account_KEY", "country", "KEY"),
			"charge": func(r *http.Request, c map[string]any) {
				fill("description", "Authorization: AUTH", "failure_code", "KEY", "status", "KEY", "transaction", "KEY", "schedule", "AUTH")(r, c)
				c["metadata"] = map[string]string{"order_id": told(r, "KEY"), told(r, "KEY"): told(r, "AUTH")}
			},
			"source":   fill("type", "AUTH"),
			"refund":   fill("status", "KEY", "transaction", "AUTH", "charge", "chrg_test_KEY"),
			"dispute":  fill("reason_code", "KEY", "status", "AUTH"),
			"customer": fill("email", "KEY@example.com", "default_card", "AUTH"),
			"card":     fill("name", "AUTH", "bank", "KEY", "brand", "KEY", "country", "AUTH", "fingerprint", "AUTH", "last_digits", "KEY"),
		},
		"unreadable": {
			"charge":  fill("id", "KEY", "created_at", "AUTH", "currency", "KEY"),
			"refund":  fill("created_at", "AUTH"),
			"dispute": fill("currency", "AUTH"),
			"card":    fill("created_at", "KEY", "id", "AUTH"),
		},
		"lists": {"list": fill("order", "AUTH", "from", "AUTH", "to", "KEY", "location", "KEY")},
	}
}

// TestKeyIsNowhereWhenObjectsHoldIt runs every command over objects that hold
// the key.
func TestKeyIsNowhereWhenObjectsHoldIt(t *testing.T) {
	for name, objects := range echoes() {
		t.Run(name, func(t *testing.T) {
			v := newVault(t)
			v.spoiler.set(v.rewrites(objects))
			any := []int{job.ExitDone, job.ExitPartial, job.ExitFailed}
			v.must(any, "check")
			v.must(any, "backfill", "--from", "2028-10-01", "--to", "2028-11-15", "-v")
			v.must(any, "run", "-v")
			v.later(24 * time.Hour)
			v.serveOnce()
			v.must(any, "report", "--out", filepath.Join(v.dir, "again"), "--json")
			v.must(any, "report", "--run", "2", "--log-format", "json")
			v.must(any, "runs", "-v")
			v.guarded()
		})
	}
}

// A panic in a night is logged with its stack; neither it nor the night's
// values say the key.
func TestKeyIsInNoStack(t *testing.T) {
	v := newVault(t)
	var log heard
	p := v.program(io.Discard, &log)
	p.configPath = filepath.Join(v.dir, "config.yaml")
	p.log = slog.New(slog.NewTextHandler(&log, nil))
	env, err := p.env()
	if err != nil {
		t.Fatal(err)
	}
	key, err := env.Config.SecretKey(env.Config.Accounts[0], env.Getenv)
	if err != nil || key.Reveal() != vaultKey {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- p.serve(ctx, env, func(context.Context) error {
			panic(fmt.Sprintf("%v %+v %#v %s %q %x", key, env.Config, key, key, key, key))
		})
	}()
	log.wait(t, "goroutine")
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	v.said = log.String()
	v.guarded()
}

// TestNothingButGETLeaves listens to a whole life: no request has another
// method, a body, or anything that asks for one.
func TestNothingButGETLeaves(t *testing.T) {
	v := newVault(t)
	v.must([]int{job.ExitDone}, "check")
	v.must([]int{job.ExitDone}, "backfill", "--from", "2028-10-01", "--to", "2028-11-15")
	v.must([]int{job.ExitDone}, "run")
	v.later(24 * time.Hour)
	v.serveOnce()
	v.must([]int{job.ExitDone}, "report", "--month", "2028-10")
	requests := v.spoiler.requests()
	if len(requests) < 10 {
		t.Fatalf("only %d requests were heard", len(requests))
	}
	for _, r := range requests {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodGet || len(body) > 0 || r.ContentLength > 0 || len(r.TransferEncoding) > 0 {
			t.Errorf("%s %s: a body of %d bytes, %v", r.Method, r.URL, len(body), err)
		}
		for _, header := range []string{"X-Http-Method-Override", "X-Http-Method", "X-Method-Override", "Upgrade", "Expect", "Cookie"} {
			if r.Header.Get(header) != "" {
				t.Errorf("%s has the header %s", r.URL, header)
			}
		}
		if strings.Contains(r.URL.RawQuery, "_method") {
			t.Errorf("%s asks for another method", r.URL)
		}
	}
}
