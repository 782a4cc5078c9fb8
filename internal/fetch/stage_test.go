package fetch_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

var start = time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

type testKey string

func (k testKey) Reveal() string { return string(k) }

// stage is a shop at a sandbox, behind real HTTP, and a ledger in a file. The
// sandbox's clock runs a second ahead, so that what it makes between two pages
// lies behind the windows.
type stage struct {
	t      *testing.T
	api    *sandbox.Server
	server *httptest.Server
	night0 time.Time        // when the present night began
	clock  *fetch.FakeClock // retries move it on
	ledger *ledger.Ledger
	run    int64

	mu   sync.Mutex
	wrap func(http.Handler, http.ResponseWriter, *http.Request) // nil: the sandbox alone
	uris []string                                               // of the present night
}

func newStage(t *testing.T, o sandbox.Options) *stage {
	t.Helper()
	t.Parallel()
	o.Now = func() time.Time { return start.Add(time.Second) }
	api, err := sandbox.New(o)
	must(t, err)
	s := &stage{t: t, api: api, night0: start}
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.server.Close)
	s.newLedger()
	return s
}

func (s *stage) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		s.t.Errorf("%s %s", r.Method, r.URL)
	}
	s.mu.Lock()
	s.uris = append(s.uris, r.URL.RequestURI())
	wrap := s.wrap
	s.mu.Unlock()
	if wrap != nil {
		wrap(s.api, w, r)
		return
	}
	s.api.ServeHTTP(w, r)
}

// newLedger puts an empty ledger in the place of the one before, and the clock
// back to the beginning of the night.
func (s *stage) newLedger() {
	s.t.Helper()
	s.clock = fetch.NewFakeClock(s.night0)
	l, err := ledger.Open(context.Background(), filepath.Join(s.t.TempDir(), "reconcile.db"))
	must(s.t, err)
	s.t.Cleanup(func() { l.Close() })
	s.ledger = l
}

// options is a plain nightly run of this moment.
func (s *stage) options() fetch.Options {
	run, err := s.ledger.BeginRun(context.Background(), ledger.Run{Kind: ledger.KindRun, StartedAt: ledger.InstantOf(s.clock.Now())})
	must(s.t, err)
	s.run = run.ID
	return fetch.Options{
		Account: "main", KeyTest: true, Zone: bangkok(), Run: run.ID, Started: run.StartedAt, Workers: 4,
		Lookback: 3 * day, Now: s.clock.Now, Log: slog.New(slog.DiscardHandler), Progress: newTally(),
	}
}

func (s *stage) client() *fetch.Client {
	client := fetch.NewClient(fetch.ClientOptions{
		BaseURL: s.server.URL, Key: testKey("skey_test_5s4ndb0x"), UserAgent: "reconcile/test", RequestsPerSecond: 100_000,
		Timeout: 30 * time.Second, RetryFor: 10 * time.Minute, Now: s.clock.Now, Timer: s.clock.Timer, Log: slog.New(slog.DiscardHandler),
	})
	s.t.Cleanup(client.Close)
	return client
}

// sync reads with what change makes of the options of a nightly run.
func (s *stage) sync(ctx context.Context, change ...func(*fetch.Options)) (fetch.Result, error) {
	s.t.Helper()
	s.mu.Lock()
	s.uris = nil
	s.mu.Unlock()
	o := s.options()
	for _, c := range change {
		c(&o)
	}
	return fetch.Sync(ctx, s.client(), s.ledger, o)
}

// night is a sync that must go well and prove all it reads.
func (s *stage) night(change ...func(*fetch.Options)) fetch.Result {
	s.t.Helper()
	result, err := s.sync(context.Background(), change...)
	if err = errors.Join(err, result.Err); err != nil || len(result.Problems) > 0 {
		s.t.Fatalf("sync: %v %v", err, result.Problems)
	}
	for _, w := range s.failed() {
		s.t.Errorf("not proven: %s %s to %s: %s", w.List, w.Span.From.Time(), w.Span.To.Time(), w.Reason)
	}
	return result
}

// tomorrow moves both clocks on.
func (s *stage) tomorrow() {
	s.night0 = s.night0.Add(day)
	s.api.SetClock(s.night0.Add(time.Second))
	s.clock.Advance(s.night0.Sub(s.clock.Now()))
}

func (s *stage) setWrap(wrap func(http.Handler, http.ResponseWriter, *http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrap = wrap
}

// asked gives the requests of the present night to paths with a prefix.
func (s *stage) asked(prefix string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []string
	for _, uri := range s.uris {
		if strings.HasPrefix(uri, prefix) {
			found = append(found, uri)
		}
	}
	return found
}

func (s *stage) failed() []ledger.Window {
	s.t.Helper()
	windows, err := s.ledger.FailedWindows(context.Background(), s.run)
	must(s.t, err)
	return windows
}

func (s *stage) addCharge(spec sandbox.ChargeSpec) string {
	s.t.Helper()
	id, err := s.api.AddCharge(spec)
	must(s.t, err)
	return id
}

func (s *stage) addCustomer(spec sandbox.CustomerSpec) string {
	s.t.Helper()
	id, err := s.api.AddCustomer(spec)
	must(s.t, err)
	return id
}

// rows dumps a table of the ledger: id to column to value. The runs that wrote
// the rows are left out, as are the columns named.
func (s *stage) rows(table string, without ...string) map[string]map[string]any {
	s.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: s.ledger.Path()}).EscapedPath()+"?mode=ro")
	must(s.t, err)
	defer db.Close()
	rows, err := db.Query("SELECT * FROM " + table)
	must(s.t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	must(s.t, err)
	all := map[string]map[string]any{}
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		must(s.t, rows.Scan(into...))
		row := map[string]any{}
		for i, c := range columns {
			if c != "since" && c != "seal" && !slices.Contains(without, c) {
				row[c] = values[i]
			}
		}
		all[row["id"].(string)] = row
	}
	must(s.t, rows.Err())
	return all
}

var tables = []string{"charges", "refunds", "disputes", "customers", "cards"}

// dump is every object of the ledger.
func (s *stage) dump() map[string]map[string]map[string]any {
	all := map[string]map[string]map[string]any{}
	for _, table := range tables {
		all[table] = s.rows(table)
	}
	return all
}

// tally is a Progress that adds up.
type tally struct {
	mu           sync.Mutex
	expect, read map[ledger.List]int
}

func newTally() *tally {
	return &tally{expect: map[ledger.List]int{}, read: map[ledger.List]int{}}
}

func (p *tally) Expect(list ledger.List, rows int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expect[list] += rows
}

func (p *tally) Read(list ledger.List, rows int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read[list] += rows
}

func bangkok() *time.Location { return time.FixedZone("+07", 7*3600) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// spanOf reads from and to out of a request.
func spanOf(t *testing.T, uri string) ledger.Span {
	t.Helper()
	u, err := url.Parse(uri)
	must(t, err)
	from, err := time.Parse(time.RFC3339, u.Query().Get("from"))
	must(t, err)
	to, err := time.Parse(time.RFC3339, u.Query().Get("to"))
	must(t, err)
	return ledger.Span{From: ledger.InstantOf(from), To: ledger.InstantOf(to)}
}

func keys[V any](m map[string]V) []string {
	all := make([]string, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

func cards(n int) []sandbox.CardSpec { return make([]sandbox.CardSpec, n) }

func ago(d time.Duration) time.Time { return start.Add(-d) }

// refusing answers 401 to every request of a prefix.
func refusing(prefix string) func(http.Handler, http.ResponseWriter, *http.Request) {
	return replying(prefix, http.StatusUnauthorized, `{"object":"error","code":"authentication_failure","message":"authentication failed"}`)
}

func replying(prefix string, status int, body string) func(http.Handler, http.ResponseWriter, *http.Request) {
	return func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, prefix) {
			api.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}
