package sandbox

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
)

func TestNewRefuses(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"no clock":      func(o *Options) { o.Now = nil },
		"country":       func(o *Options) { o.Country = "FR" },
		"public key":    func(o *Options) { o.Key = "pkey_test_x" },
		"live key":      func(o *Options) { o.Key = "skey_x" },
		"negative":      func(o *Options) { o.Charges = -1 },
		"unknown fault": func(o *Options) { o.Faults = "flood=5%" },
		"no fixtures":   func(o *Options) { o.Fixtures = t.TempDir() },
	} {
		o := options()
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// A mistake in the sandbox itself is answered and logged, and holds up nobody.
func TestPanicIsAnswered(t *testing.T) {
	o := options()
	var log bytes.Buffer
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	s := newServer(t, o)
	fall := func(*query) ([]byte, error) { panic("oops") }
	s.api = s.handle(newRouter([]route{{http.MethodPost, "/fall", secretKey, fall}}).find)
	for range 2 {
		a := ask(t, s, "POST", "/fall", "")
		if a.status != http.StatusInternalServerError || a.decode(t)["code"] != "internal_error" {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if strings.Count(log.String(), "panic=oops") != 2 {
		t.Errorf("log: %s", log.String())
	}
}

func TestConcurrentUse(t *testing.T) {
	o := options()
	o.Charges, o.Customers, o.Faults = 60, 40, "insert=30%,delete=30%,wrong_total=5%"
	s := newServer(t, o)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			for n := range 15 {
				for _, path := range []string{"/charges", "/customers", "/refunds", "/events"} {
					get(t, s, fmt.Sprintf("%s?limit=20&offset=%d", path, 20*(n%3)))
				}
				if i == 0 {
					_, _ = s.AddCharge(ChargeSpec{Amount: 5_000})
					s.Advance(60_000_000_000)
				}
			}
		})
	}
	wg.Wait()
	if s.Requests() != 6*15*4 {
		t.Errorf("%d requests", s.Requests())
	}
}

func TestTwoBeginAnewAtOnce(t *testing.T) {
	s := newServer(t, options())
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			if n%2 == 0 {
				must(t, s.Reset())
				return
			}
			must(t, s.reseed(planting{int64(n), n, n}))
		})
	}
	wg.Wait()
	page := object(t, s, "/customers")
	if got := s.planting(); page["total"] != float64(got.Customers) {
		t.Errorf("%v customers, said to be %+v", page["total"], got)
	}
}
