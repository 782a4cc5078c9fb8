package sandbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say what a sandbox holds and how it behaves.
type Options struct {
	// Seed decides everything random: the same Seed, Now and calls give the same bytes.
	Seed int64
	// Charges and Customers are the numbers of seeded objects, 0 for none.
	Charges   int
	Customers int
	// Country of the account, "TH" (default), "JP", "SG" or "MY": its currency, zone, tax, and
	// the lifetime of authorisations (JP 30 days, others 7).
	Country string
	// Livemode false: ids carry _test_ and keys must be skey_test_...
	Livemode bool
	// Key is the secret key accepted; "" accepts any well-formed one of the right mode.
	Key string
	// BaseURL is where clients reach the sandbox, for absolute links such as authorize_uri; default
	// the Host that each request names.
	BaseURL string
	// Now is required. The sandbox's clock is Now plus an offset moved by SetClock and Advance.
	Now func() time.Time
	// Fixtures is a folder of recorded answers, served instead of seeded state.
	Fixtures string
	// Faults is a fault spec, see SetFaults.
	Faults string
	// Days before Now over which the seeded charges are spread, default 60.
	Days int
}

// Server is one account's API. It is safe for concurrent use.
type Server struct {
	opt     Options
	country country
	base    second // the clock at New, from which seeding and Reset start
	offset  atomic.Int64

	api, control, pages http.Handler
	fixtures            *fixtures
	log                 requestLog
	zippers             sync.Pool // of *gzip.Writer

	mu  sync.RWMutex
	st  *state
	ids *idSource // of what is made after seeding

	faultMu sync.Mutex
	faults  faultPlan
	dice    *rand.Rand
}

// New makes a server with its seeded objects. It refuses unknown countries, malformed keys, fault
// specs it does not know and a fixture folder without recordings.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		return nil, errors.New("sandbox: Options.Now is required")
	}
	if o.Country == "" {
		o.Country = "TH"
	}
	if o.Days <= 0 {
		o.Days = 60
	}
	land, err := countryOf(o.Country)
	if err != nil {
		return nil, err
	}
	if o.Key != "" && keyKindOf(o.Key, o.Livemode) != secretKey {
		return nil, errors.New("sandbox: Options.Key is not a secret key of the sandbox's mode")
	}
	if o.Charges < 0 || o.Customers < 0 {
		return nil, fmt.Errorf("sandbox: cannot seed %d charges and %d customers", o.Charges, o.Customers)
	}
	s := &Server{opt: o, country: land, base: secondOf(o.Now())}
	if o.Fixtures != "" {
		if s.fixtures, err = openFixtures(o.Fixtures); err != nil {
			return nil, err
		}
	}
	if err := s.Reset(); err != nil {
		return nil, err
	}
	s.api = s.apiRoutes()
	s.control = s.controlRoutes()
	s.pages = s.pageRoutes()
	return s, nil
}

// Reset brings back the seeded objects, the clock, the faults of Options and an empty request log.
func (s *Server) Reset() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset.Store(0)
	s.log.clear()
	s.ids = &idSource{Rand: newRand(s.opt.Seed, streamIDs)}
	s.st = newState(s.opt.Livemode, s.base)
	if s.fixtures == nil {
		seed(s.st, s.opt, s.country, s.base)
	}
	return s.SetFaults(s.opt.Faults)
}

// ServeHTTP answers an API request, or under /_sandbox/ a control call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if len(r.URL.Path) > 1 && strings.HasSuffix(r.URL.Path, "/") {
		r = withPath(r, strings.TrimSuffix(r.URL.Path, "/"))
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/_sandbox/"):
		s.control.ServeHTTP(w, r)
		return
	case strings.HasPrefix(r.URL.Path, "/payments/"), strings.HasPrefix(r.URL.Path, "/pay/"):
		s.pages.ServeHTTP(w, r)
		return
	}
	s.log.add(r.URL)
	w.Header().Set("Date", s.clock().UTC().Format(http.TimeFormat))
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
