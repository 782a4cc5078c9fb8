package sandbox

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Server is one account's API. It is safe for concurrent use.
type Server struct {
	opt     Options
	country country
	start   time.Time // the clock at New; seeding and Reset begin there
	base    second    // start in whole seconds
	clock   clock

	find, findControl finder
	api, pages        http.Handler
	fixtures          *fixtures
	log               requestLog
	zippers           sync.Pool // of *gzip.Writer

	order     sync.Mutex // of writes; taken before mu
	journal   *journal
	replaying *entry // of the data file, while it is played

	mu      stateLock
	books   books
	st      *state
	ids     *idSource // of what is made after seeding
	planted planting
	hooks   *webhooks
	reached string // URL of the latest write, for the links in webhooks

	faults faultBox
}

// New makes a server with its seeded objects. It refuses unknown countries, malformed keys, fault
// specs it does not know, a fixture folder without recordings, and a data file that cannot be used
// (a *DataError) or was begun with other options. Close it at the end.
func New(o Options) (*Server, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	land, err := countryOf(o.Country)
	if err != nil {
		return nil, err
	}
	if o.Lifetime > 0 {
		land.lifetime = second(o.Lifetime / time.Second)
	}
	s := &Server{opt: o, country: land, clock: clock{machine: o.Now}, planted: o.planting(), reached: strings.TrimSuffix(o.BaseURL, "/")}
	if o.Fixtures != "" {
		if s.fixtures, err = openFixtures(o.Fixtures); err != nil {
			return nil, err
		}
	}
	s.startAt(o)
	s.find, s.findControl = s.apiFinder(), newRouter(s.controlRoutes()).find
	s.api, s.pages = s.handle(s.find), s.pageRoutes()
	if err := s.open(); err != nil {
		_ = s.journal.close()
		return nil, err
	}
	return s, nil
}

func (s *Server) startAt(o Options) {
	s.start = o.Now()
	if !o.Clock.IsZero() {
		s.start = o.Clock
	}
	s.base = secondOf(s.start)
}

// Close ends what the server does by itself: telling webhooks and keeping its data file, which is on
// the disk then.
func (s *Server) Close() error {
	hooks := s.webhooks()
	hooks.cancel()
	hooks.done.Wait()
	s.order.Lock()
	defer s.order.Unlock()
	return s.journal.close()
}

// ServeHTTP answers an API request, under /_sandbox/ a control call, and under /payments/ and /pay/
// a shopper's browser.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = withoutNumber(r)
	if len(r.URL.Path) > 1 && strings.HasSuffix(r.URL.Path, "/") {
		r = withPath(r, strings.TrimSuffix(r.URL.Path, "/"))
	}
	w.Header().Set("Date", s.clock.now().UTC().Format(http.TimeFormat))
	switch {
	case isControl(r.URL.Path):
		s.serveControl(w, r)
		return
	case strings.HasPrefix(r.URL.Path, "/payments/"), strings.HasPrefix(r.URL.Path, "/pay/"):
		s.pages.ServeHTTP(w, r)
		return
	}
	s.log.add(r)
	s.api.ServeHTTP(w, r)
}

func withPath(r *http.Request, path string) *http.Request {
	u := *r.URL
	u.Path, u.RawPath = path, ""
	r2 := *r
	r2.URL = &u
	return &r2
}

const (
	streamSeed = iota + 1
	streamIDs
	streamFaults
)

// newRand keeps the streams apart, so that a fault rolled or an object added never moves another.
func newRand(seed int64, stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(seed), stream))
}
