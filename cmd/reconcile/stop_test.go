package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"reconcile/internal/job"
	"reconcile/internal/sandbox"
)

// gate is a sandbox that holds back the answer to one request.
type gate struct {
	*sandbox.Server
	hold    func(r *http.Request) bool
	reached chan struct{} // closed when the request has come
	open    chan struct{} // closed to let it through
	once    sync.Once
}

func newGate(s *sandbox.Server, hold func(r *http.Request) bool) *gate {
	return &gate{Server: s, hold: hold, reached: make(chan struct{}), open: make(chan struct{})}
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.hold(r) {
		g.once.Do(func() { close(g.reached) })
		<-g.open
	}
	g.Server.ServeHTTP(w, r)
}

// shop is a folder with a config, and a sandbox of 500 charges.
type shop struct {
	dir   string
	clock *clock
	*sandbox.Server
}

func newShop(t *testing.T) *shop {
	t.Helper()
	start, err := time.Parse(time.RFC3339, scriptStart)
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.New(sandbox.Options{Seed: 1, Charges: 500, Customers: 5, Days: 20, Now: func() time.Time { return start }})
	if err != nil {
		t.Fatal(err)
	}
	return &shop{dir: t.TempDir(), clock: &clock{start: start}, Server: server}
}

func (s *shop) configure(t *testing.T, url string) {
	t.Helper()
	text := fmt.Sprintf("ledger: ./reconcile.db\naccounts: [{name: shop, secret_key_env: KEY, timezone: Asia/Bangkok, base_url: %q}]\nfetch: {workers: 1, requests_per_second: 1000}\n", url)
	if err := os.WriteFile(filepath.Join(s.dir, "config.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs a command line and gives what it said.
func (s *shop) run(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, said bytes.Buffer
	p := &program{getenv: func(name string) string { return map[string]string{"KEY": scriptKey}[name] }, stdout: &out, stderr: &said, now: s.clock.Now, timer: s.clock.timer}
	code = p.run(ctx, append(args, "--config", filepath.Join(s.dir, "config.yaml")))
	return code, out.String(), said.String()
}

func (s *shop) count(t *testing.T, query string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(s.dir, "reconcile.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func isSecondPage(r *http.Request) bool {
	return r.URL.Path == "/charges" && r.URL.Query().Get("offset") == "99"
}

// TestStopDuringRun stops a run while a page is on its way: the page is saved,
// no reports are written, and the next run asks only for the rest.
func TestStopDuringRun(t *testing.T) {
	s := newShop(t)
	s.configure(t, serveOn(t, s.Server))
	whole := s.requestsOfARun(t)
	if err := os.Remove(filepath.Join(s.dir, "reconcile.db")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(s.dir, "reports")); err != nil {
		t.Fatal(err)
	}

	held := newGate(s.Server, isSecondPage)
	s.configure(t, serveOn(t, held))
	ctx, stop := context.WithCancel(t.Context())
	type end struct {
		code           int
		stdout, stderr string
	}
	ended := make(chan end, 1)
	go func() {
		code, stdout, stderr := s.run(ctx, "run", "--json")
		ended <- end{code, stdout, stderr}
	}()
	receive(t, held.reached, "the second page")
	before := s.Requests()
	stop()
	close(held.open)
	e := receive(t, ended, "the end of the run")
	if e.code != job.ExitInterrupted || !strings.Contains(e.stderr, "reconcile: interrupted; the next run goes on from here\n") {
		t.Errorf("exit code %d, said %q", e.code, e.stderr)
	}
	var result job.Result
	if err := json.Unmarshal([]byte(e.stdout), &result); err != nil || result.Status != "interrupted" || result.Exit != job.ExitInterrupted {
		t.Errorf("status %q, exit %d, %v", result.Status, result.Exit, err)
	}
	if n := s.Requests() - before; n != 1 {
		t.Errorf("%d requests came after the stop, want only the held one", n)
	}
	if n := s.count(t, "SELECT count(*) FROM pages WHERE start = 99 AND rows = 100"); n != 1 {
		t.Errorf("the page in flight was saved %d times", n)
	}
	if n := s.count(t, "SELECT count(*) FROM charges"); n != 0 {
		t.Errorf("%d charges of a window that is not proven are in the ledger", n)
	}
	if entries, _ := os.ReadDir(filepath.Join(s.dir, "reports")); len(entries) != 0 {
		t.Errorf("the stopped run left %v", entries)
	}
	s.resume(t, whole)
}

// requestsOfARun is what a run costs that nobody stops.
func (s *shop) requestsOfARun(t *testing.T) int {
	t.Helper()
	if code, _, said := s.run(t.Context(), "run"); code != 0 {
		t.Fatalf("exit code %d: %s", code, said)
	}
	return s.Requests()
}

func (s *shop) resume(t *testing.T, whole int) {
	t.Helper()
	from := len(s.RequestLog())
	code, _, said := s.run(t.Context(), "run")
	if code != 0 {
		t.Fatalf("the next run: exit code %d: %s", code, said)
	}
	asked := s.RequestLog()[from:]
	if len(asked) != whole-2 { // two pages of the first window are there
		t.Errorf("%d requests, a whole run takes %d, of which 2 were done:\n%s", len(asked), whole, strings.Join(asked, "\n"))
	}
	if slices.ContainsFunc(asked, func(uri string) bool {
		return strings.HasPrefix(uri, "/charges?from=2028-10-16") && (strings.Contains(uri, "offset=0&") || strings.Contains(uri, "offset=99&"))
	}) {
		t.Errorf("pages that were saved were asked for again:\n%s", strings.Join(asked, "\n"))
	}
	if n, want := s.count(t, "SELECT count(*) FROM charges"), len(s.Charges()); n != want {
		t.Errorf("%d charges, want %d", n, want)
	}
	if n := s.count(t, "SELECT count(*) FROM windows WHERE state <> 'proven'"); n != 0 {
		t.Errorf("%d windows are not proven", n)
	}
}

// TestSandboxCommand runs the real process: its first line is the URL, and an
// interrupt ends it well.
func TestSandboxCommand(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "reconcile", "sandbox", "--charges", "7", "--customers", "2")
	var said bytes.Buffer
	cmd.Stderr = &said
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http://127.0.0.1:") {
		t.Fatalf("first line %q, %v, %s", line, err, said.String())
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSpace(line)+"/charges?limit=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth(scriptKey, "")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var list struct {
		Object string
		Total  int
	}
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil || list.Object != "list" || list.Total == 0 || list.Total > 7 {
		t.Errorf("the sandbox answers %+v, %v", list, err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("stopped: %v, %s", err, said.String())
	}
}
