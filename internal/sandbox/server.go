package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
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
	// Lifetime of authorisations that nobody captures, default 30 days for JP, 7 elsewhere.
	Lifetime time.Duration
	// Clock is where the sandbox's clock stands until it is moved; zero: it runs like Now.
	Clock time.Time
	// Data is a file that keeps what was written over the network between starts, "" for none. New
	// refuses options that are not those it was begun with, see Kept.
	Data string
	// RetryAfter are the pauses before a webhook that failed is sent again, default 1, 3 and 9
	// seconds.
	RetryAfter []time.Duration
	// Log gets what no caller can be told; nil: nobody.
	Log *slog.Logger
}

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

	faultMu sync.Mutex
	faults  faultPlan
	spec    string // of the faults
	dice    *rand.Rand
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

// complete puts the defaults in and refuses what cannot be.
func (o *Options) complete() error {
	if o.Now == nil {
		return errors.New("sandbox: Options.Now is required")
	}
	o.Country = cmp.Or(o.Country, "TH")
	if o.Days <= 0 {
		o.Days = 60
	}
	if o.RetryAfter == nil {
		o.RetryAfter = []time.Duration{time.Second, 3 * time.Second, 9 * time.Second}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	switch {
	case o.Key != "" && keyKindOf(o.Key, o.Livemode) != secretKey:
		return errors.New("sandbox: Options.Key is not a secret key of the sandbox's mode")
	case o.Fixtures != "" && o.Data != "":
		return errors.New("sandbox: recorded answers do not change, there is no data to keep of them")
	case o.Lifetime < 0:
		return fmt.Errorf("sandbox: an authorisation cannot live for %s", o.Lifetime)
	}
	return o.planting().check()
}

func (p planting) check() error {
	if p.Charges < 0 || p.Customers < 0 {
		return fmt.Errorf("sandbox: cannot seed %d charges and %d customers", p.Charges, p.Customers)
	}
	return nil
}

// open seeds, plays the data file if there is one, and only then tells endpoints what waits.
func (s *Server) open() error {
	if s.opt.Data == "" {
		return s.Reset()
	}
	j, h, rest, err := openJournal(s.opt.Data)
	if err != nil {
		return err
	}
	s.journal = j
	if rest == nil {
		return s.Reset()
	}
	if err := h.contradicts(s.opt); err != nil {
		return err
	}
	s.start, s.base = h.Start, secondOf(h.Start)
	if h.Again != nil {
		s.planted = *h.Again
	}
	if err := s.SetFaults(s.opt.Faults); err != nil {
		return err
	}
	s.plant()
	torn, err := j.entries(rest, s.replay)
	if torn {
		s.opt.Log.Warn("the last line of the data file was cut off and is left out", "file", j.path)
	}
	s.hooks.release()
	return err
}

// Reset brings back the seeded objects, the clock, the faults of Options and an empty request log,
// and empties the data file.
func (s *Server) Reset() error { return s.reseed(s.planted) }

// Reseed is Reset to other numbers of objects, from another seed. That of the faults stays.
func (s *Server) Reseed(seed int64, charges, customers int) error {
	return s.reseed(planting{seed, charges, customers})
}

func (s *Server) reseed(p planting) error {
	if err := p.check(); err != nil {
		return err
	}
	if err := s.SetFaults(s.opt.Faults); err != nil {
		return err
	}
	s.order.Lock()
	defer s.order.Unlock()
	h := headerOf(s.opt, s.start)
	if p != h.planting {
		h.Again = &p
	}
	if err := s.journal.restart(h); err != nil {
		return err
	}
	s.mu.Lock()
	s.planted = p
	s.mu.Unlock()
	s.plant()
	s.hooks.release()
	return nil
}

// plant makes the state of the beginning.
func (s *Server) plant() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.turn(dial{Still: s.opt.Clock})
	s.log.clear()
	s.ids = &idSource{Rand: newRand(s.planted.Seed, streamIDs)}
	s.st = newState(s.opt.Livemode, s.base)
	if s.hooks != nil {
		s.hooks.cancel()
	}
	s.hooks = newWebhooks(s)
	if s.fixtures != nil {
		return
	}
	o := s.opt
	o.Seed, o.Charges, o.Customers = s.planted.Seed, s.planted.Charges, s.planted.Customers
	seed(s.st, o, s.country, s.base)
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
	if len(r.URL.Path) > 1 && strings.HasSuffix(r.URL.Path, "/") {
		r = withPath(r, strings.TrimSuffix(r.URL.Path, "/"))
	}
	switch {
	case isControl(r.URL.Path):
		s.serveControl(w, r)
		return
	case strings.HasPrefix(r.URL.Path, "/payments/"), strings.HasPrefix(r.URL.Path, "/pay/"):
		s.pages.ServeHTTP(w, r)
		return
	}
	s.log.add(r)
	w.Header().Set("Date", s.clock.now().UTC().Format(http.TimeFormat))
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
