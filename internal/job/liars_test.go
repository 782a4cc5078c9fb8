package job_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/google/go-cmp/cmp"

	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// patience is a clock that only waits between retries move on, at once.
type patience struct {
	mu  sync.Mutex
	now time.Time
}

func (p *patience) Now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// back puts the clock to where it began.
func (p *patience) back() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = start
}

func (p *patience) timer() backoff.Timer { return &patientTimer{p, make(chan time.Time, 1)} }

type patientTimer struct {
	clock *patience
	fired chan time.Time
}

func (t *patientTimer) Start(d time.Duration) {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	t.clock.now = t.clock.now.Add(d)
	t.fired <- t.clock.now
}

func (t *patientTimer) Stop()               {}
func (t *patientTimer) C() <-chan time.Time { return t.fired }

// lie stands between the job and a sandbox that tells the truth.
type lie func(api http.Handler, w http.ResponseWriter, r *http.Request)

// liar is a shop whose server lies until it is told to stop.
type liar struct {
	*shop
	clock  *patience
	honest atomic.Bool
}

func newLiar(t *testing.T, tell lie, fetch string) *liar {
	t.Helper()
	l := &liar{clock: &patience{now: start}}
	l.shop = newShop(t, sandbox.Options{Seed: 5, Charges: 260, Customers: 30, Days: 33, Now: l.clock.Now}, "")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tell == nil || l.honest.Load() {
			l.server.ServeHTTP(w, r)
			return
		}
		tell(l.server, w, r)
	}))
	t.Cleanup(server.Close)
	if fetch == "" {
		fetch = "retry_for: 1m"
	}
	l.env = l.configured(fmt.Sprintf(`
ledger: ./ledger.db
accounts:
  - {name: main, secret_key_env: KEY, base_url: %q, timezone: Asia/Bangkok}
reports: {dir: ./reports, formats: [csv]}
fetch: {requests_per_second: 100000, %s}
`, server.URL, fetch))
	l.env.Timer = l.clock.timer
	return l
}

// night runs once and gives the result and all that it says.
func (l *liar) night() (job.Result, string) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // a lie must not keep the job for ever
	defer cancel()
	result, err := job.Run(ctx, l.env, job.RunOptions{})
	said := slices.Clone(result.Errors)
	for _, u := range result.Unproven {
		said = append(said, u.List+": "+u.Reason)
	}
	if err != nil {
		said = append(said, err.Error())
	}
	return result, strings.Join(said, "\n")
}

// answer is the JSON of one answer, numbers as they were written.
type answer map[string]any

func (a answer) rows() []any { return a["data"].([]any) }

// row is an element of a list.
func (a answer) row(i int) map[string]any { return a.rows()[i].(map[string]any) }

func (a answer) total() int {
	n, err := a["total"].(json.Number).Int64()
	if err != nil {
		panic(err) // the sandbox writes whole numbers
	}
	return int(n)
}

// ask gives the honest answer.
func ask(api http.Handler, r *http.Request) (*httptest.ResponseRecorder, answer) {
	plain := r.Clone(r.Context())
	plain.Header.Del("Accept-Encoding")
	recorded := httptest.NewRecorder()
	api.ServeHTTP(recorded, plain)
	var a answer
	decoder := json.NewDecoder(bytes.NewReader(recorded.Body.Bytes()))
	decoder.UseNumber()
	if decoder.Decode(&a) != nil {
		return recorded, nil
	}
	return recorded, a
}

// falsify changes the honest answers to one path.
func falsify(path string, change func(query url.Values, a answer)) lie {
	return func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			api.ServeHTTP(w, r)
			return
		}
		recorded, a := ask(api, r)
		change(r.URL.Query(), a)
		w.Header().Set("Date", recorded.Header().Get("Date"))
		if err := json.NewEncoder(w).Encode(a); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

// claim sets one key of every page of charges.
func claim(key string, value any) lie {
	return falsify("/charges", func(_ url.Values, a answer) { a[key] = value })
}

// instead answers a path, or "" for all of them, with something else.
func instead(path, contentType, body string) lie {
	return func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		if path != "" && r.URL.Path != path {
			api.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Date", dateOf(api))
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}
}

func dateOf(api http.Handler) string {
	return api.(*sandbox.Server).Clock().Format(http.TimeFormat)
}

// deaf has the server hear another question than the one that was asked, and
// then write the asked one into its answer.
func deaf(names ...string) lie {
	return func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/charges" {
			api.ServeHTTP(w, r)
			return
		}
		asked, heard := r.URL.Query(), r.URL.Query()
		for _, name := range names {
			heard.Del(name)
		}
		other := r.Clone(r.Context())
		other.URL.RawQuery = heard.Encode()
		recorded, a := ask(api, other)
		for _, name := range names {
			a[name] = asked.Get(name)
			if n, err := strconv.Atoi(asked.Get(name)); err == nil {
				a[name] = n
			}
		}
		w.Header().Set("Date", recorded.Header().Get("Date"))
		if err := json.NewEncoder(w).Encode(a); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

func offsetOf(q url.Values) int {
	n, _ := strconv.Atoi(q.Get("offset")) // none is 0
	return n
}

// isLast reports whether a page is the last one, which may be the first too.
func isLast(q url.Values, a answer) bool { return offsetOf(q)+len(a.rows()) >= a.total() }

// between reports whether a page is neither the first nor the last.
func between(q url.Values, a answer) bool { return offsetOf(q) > 0 && !isLast(q, a) }

// moreAtTheEnd has only the last page count a row that is not there.
func moreAtTheEnd(q url.Values, a answer) {
	if isLast(q, a) {
		a["total"] = a.total() + 1
	}
}

// otherMode makes the ids of a charge those of a live account.
func otherMode(_ url.Values, a answer) {
	for i := range a.rows() {
		row := a.row(i)
		row["id"] = strings.Replace(row["id"].(string), "_test_", "_", 1)
	}
}

// liveRows says that every row is a live one.
func liveRows(_ url.Values, a answer) {
	for i := range a.rows() {
		a.row(i)["livemode"] = true
	}
}

// TestLies: whatever a server makes up, the run is not complete and says what
// is wrong. The first honest night afterwards gives the honest reports.
func TestLies(t *testing.T) {
	t.Parallel()
	honest := newLiar(t, nil, "")
	result, said := honest.night()
	if result.Status != ledger.Complete {
		t.Fatalf("an honest server: %s %s", result.Status, said)
	}
	want := reportsOf(t, result)
	const page = "<html><body>Sign in to the hotel's network</body></html>"
	const failure = `{"object":"error","code":"internal_error","message":"try later"}`
	for name, c := range map[string]struct {
		lie  lie
		want []string // all that must be said
	}{
		"total too high":             {falsify("/charges", func(_ url.Values, a answer) { a["total"] = a.total() + 7 }), []string{"charges: ", "Omise counts", "and gave"}},
		"total too high by pages":    {falsify("/charges", func(_ url.Values, a answer) { a["total"] = a.total() + 1000 }), []string{"charges: "}},
		"total too low":              {falsify("/charges", func(_ url.Values, a answer) { a["total"] = max(0, a.total()-1) }), []string{"charges: ", "Omise counts", "and gave"}},
		"another total at the end":   {falsify("/charges", moreAtTheEnd), []string{"charges: ", "Omise counts", "and gave"}},
		"negative total":             {claim("total", -1), []string{"charges: ", "total"}},
		"total beyond any integer":   {claim("total", json.Number("1e30")), []string{"charges: ", "total"}},
		"no list":                    {claim("object", "charge"), []string{"charges: ", "no list"}},
		"another offset":             {claim("offset", 50), []string{"charges: ", "offset 0", "says 50"}},
		"another limit":              {claim("limit", 20), []string{"charges: ", "limit 100", "says 20"}},
		"another from":               {claim("from", "1970-01-01T00:00:00Z"), []string{"charges: ", "from", "says 1970-01-01"}},
		"another to":                 {claim("to", "2026-11-20T02:00:00Z"), []string{"charges: ", "to", "says 2026-11-20T02:00:00Z"}},
		"another order":              {claim("order", "reverse_chronological"), []string{"charges: ", "order", "says reverse_chronological"}},
		"one page for all":           {deaf("offset"), []string{"charges: "}},
		"more rows than asked for":   {falsify("/charges", func(_ url.Values, a answer) { a["data"] = slices.Repeat(a.rows(), 1+101/max(1, len(a.rows()))) }), []string{"charges: ", "100 were asked for"}},
		"a row twice on a page":      {falsify("/charges", func(_ url.Values, a answer) { twice(a, 1) }), []string{"charges: ", "Omise counts", "and gave"}},
		"an empty page in between":   {falsify("/charges", func(q url.Values, a answer) { emptyIf(between(q, a), a) }), []string{"charges: "}},
		"an empty last page":         {falsify("/charges", func(q url.Values, a answer) { emptyIf(isLast(q, a), a) }), []string{"charges: "}},
		"rows of other days":         {deaf("from"), []string{"charges: ", "created"}},
		"rows that say live":         {falsify("/charges", liveRows), []string{"charges: ", "livemode"}},
		"ids of the other mode":      {falsify("/charges", otherMode), []string{"charges: ", "chrg_"}},
		"customer ids of other mode": {falsify("/customers", otherMode), []string{"customers: ", "cust_"}},
		"an account that says live":  {falsify("/account", func(_ url.Values, a answer) { a["livemode"] = true }), []string{"live"}},
		"errors with 200":            {instead("", "application/json", failure), []string{"cannot reach Omise", "internal_error", "try later"}},
		"charges are errors":         {instead("/charges", "application/json", failure), []string{"charges: ", "internal_error"}},
		"a hotel's network":          {instead("", "text/html", page), []string{"cannot reach Omise", "not the JSON that Omise sends"}},
		"a list in place of one":     {instead("/charges", "application/json", "[]"), []string{"charges: ", "not what was asked for"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLiar(t, c.lie, "")
			result, said := l.night()
			if result.Status == ledger.Complete || result.Exit != job.ExitPartial && result.Exit != job.ExitUsage {
				t.Errorf("%s, exit %d", result.Status, result.Exit)
			}
			for _, words := range c.want {
				if !strings.Contains(said, words) {
					t.Errorf("%q is not said, but:\n%s", words, said)
				}
			}
			l.honest.Store(true)
			l.clock.back()
			if result, said = l.night(); result.Status != ledger.Complete {
				t.Fatalf("after the lies: %s, exit %d: %s", result.Status, result.Exit, said)
			}
			if diff := cmp.Diff(want, reportsOf(t, result)); diff != "" {
				t.Errorf("after the lies (-honest +got):\n%s", diff)
			}
		})
	}
}

// twice puts the first row of a page into the place of another one.
func twice(a answer, place int) {
	if len(a.rows()) > place {
		a.rows()[place] = a.rows()[0]
	}
}

func emptyIf(yes bool, a answer) {
	if yes {
		a["data"] = []any{}
	}
}

// TestTotalsWithoutEnd: a total that no list can have costs neither memory nor
// a request for each page that it promises.
func TestTotalsWithoutEnd(t *testing.T) {
	t.Parallel()
	for _, total := range []int{20_000_000, math.MaxInt64} {
		l := newLiar(t, claim("total", total), "")
		result, said := l.night()
		if result.Exit != job.ExitPartial || !strings.Contains(said, "charges: ") || !strings.Contains(said, strconv.Itoa(total)) {
			t.Errorf("exit %d, and it is said: %.500s", result.Exit, said)
		}
		if n := l.server.Requests(); n > 200 {
			t.Fatalf("%d requests for a total of %d", n, total) // the next one would never end
		}
	}
}

// endless writes body again and again until the reader is gone, a gigabyte at most.
func endless(sent *atomic.Int64, header http.Header, body []byte) lie {
	return func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/charges" {
			api.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Date", dateOf(api))
		for name, values := range header {
			w.Header()[name] = values
		}
		for n := 0; n < 1<<30; n += len(body) {
			written, err := w.Write(body)
			sent.Add(int64(written))
			if err != nil {
				return
			}
		}
	}
}

// TestAnswersWithoutEnd: a body of a gigabyte, as it is or unpacked, is cut off
// while it comes. It runs alone, because it counts what is allocated.
func TestAnswersWithoutEnd(t *testing.T) {
	for name, c := range map[string]struct {
		header http.Header
		body   []byte
	}{
		"a gigabyte":  {nil, bytes.Repeat([]byte(" "), 1<<20)},
		"a gzip bomb": {http.Header{"Content-Encoding": {"gzip"}}, bomb(t, 16<<20)},
	} {
		t.Run(name, func(t *testing.T) {
			var sent atomic.Int64
			l := newLiar(t, endless(&sent, c.header, c.body), "workers: 1")
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			result, said := l.night()
			runtime.ReadMemStats(&after)
			if result.Exit != job.ExitPartial || !strings.Contains(said, "charges: ") || !strings.Contains(said, "larger than") {
				t.Errorf("exit %d, and it is said: %s", result.Exit, said)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<29 {
				t.Errorf("%d MiB were allocated for it", grown>>20)
			}
			if n := sent.Load(); n > 1<<28 {
				t.Errorf("%d MiB were taken", n>>20)
			}
		})
	}
}

// bomb is n spaces, packed. Several of them in a row unpack as one.
func bomb(t *testing.T, n int) []byte {
	t.Helper()
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	spaces := bytes.Repeat([]byte(" "), 1<<20)
	for range n / len(spaces) {
		if _, err := z.Write(spaces); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// drip sends text and then a byte at a time, for as long as somebody listens.
func drip(text string) lie {
	return func(_ http.Handler, w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		every := time.NewTicker(5 * time.Millisecond)
		defer every.Stop()
		for _, err = conn.Write([]byte(text)); err == nil; _, err = conn.Write([]byte("a")) {
			<-every.C
		}
	}
}

// TestDrips: the time for a request is that for all of it, however it trickles.
func TestDrips(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":  "",
		"a status": "HTTP/1.1 2",
		"a header": "HTTP/1.1 200 OK\r\nDate: ",
		"a body":   "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{\"object\":\"",
		"a chunk":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n{\"object\":\"",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLiar(t, drip(text), "timeout: 30ms, retry_for: 1s")
			result, said := l.night()
			if result.Exit != job.ExitPartial || !strings.Contains(said, "cannot reach Omise") || !strings.Contains(said, "deadline exceeded") {
				t.Errorf("exit %d, and it is said: %s", result.Exit, said)
			}
		})
	}
}

// proofEnds gives the latest end of a window in the manifest of a run.
func proofEnds(t *testing.T, r job.Result) time.Time {
	t.Helper()
	var manifest struct {
		Proofs []struct{ To time.Time }
	}
	if err := json.Unmarshal([]byte(files(t, r.Dir)["manifest.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	var last time.Time
	for _, p := range manifest.Proofs {
		if p.To.After(last) {
			last = p.To
		}
	}
	return last
}

// TestClocksThatDiffer: no window ends after the earlier of the two clocks,
// because what Omise has yet to make can be proven by nobody. A machine whose
// clock is ahead by more than a minute is told so, and its run is partial.
func TestClocksThatDiffer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ahead time.Duration
		exit  int
	}{
		"an hour ahead":     {time.Hour, job.ExitPartial},
		"two minutes ahead": {2 * time.Minute, job.ExitPartial},
		"a little ahead":    {20 * time.Second, job.ExitDone},
		"in step":           {0, job.ExitDone},
		"a little behind":   {-20 * time.Second, job.ExitDone},
		"an hour behind":    {-time.Hour, job.ExitDone},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLiar(t, nil, "")
			ours := func() time.Time { return l.clock.Now().Add(c.ahead) }
			l.env.Now = ours
			result, said := l.night()
			if result.Exit != c.exit {
				t.Errorf("exit %d, want %d: %s", result.Exit, c.exit, said)
			}
			if c.exit == job.ExitPartial && !strings.Contains(said, "clock") {
				t.Errorf("the clock is not named, but: %s", said)
			}
			earlier := slices.MinFunc([]time.Time{ours(), l.clock.Now()}, time.Time.Compare)
			if last := proofEnds(t, result); last.After(earlier) || last.Before(earlier.Add(-time.Minute)) {
				t.Errorf("windows end at %s, the earlier clock says %s", last, earlier)
			}
		})
	}
}
