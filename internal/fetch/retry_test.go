package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"pgregory.net/rapid"
)

func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func cutBody(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	fmt.Fprint(w, `{"object":"acc`)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func reset(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

const (
	gateway  = "<html><title>502 Bad Gateway</title></html>"
	tooMany  = `{"object":"error","code":"too_many_requests","message":"slow down"}`
	internal = `{"object":"error","code":"internal_error","message":"an unexpected error happened"}`
)

// failing answers with bad n times, then as it should; n < 0: always with bad.
func failing(t *testing.T, n int, bad http.HandlerFunc) (*httptest.Server, *atomic.Int32) {
	var asked atomic.Int32
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if turn := int(asked.Add(1)); n < 0 || turn <= n {
			bad(w, r)
			return
		}
		fmt.Fprint(w, accountJSON)
	}), &asked
}

func TestRetriedUntilItWorks(t *testing.T) {
	for name, bad := range map[string]http.HandlerFunc{
		"429":              answer(429, tooMany),
		"429 html":         answer(429, gateway),
		"408":              answer(408, ""),
		"500":              answer(500, internal),
		"502 html":         answer(502, gateway),
		"503":              answer(503, `{"object":"error","code":"service_unavailable","message":"x"}`),
		"504 empty":        answer(504, ""),
		"520 of a proxy":   answer(520, "?"),
		"cut":              cutBody,
		"reset":            reset,
		"200 html":         answer(200, "<html>down for maintenance</html>"),
		"200 empty":        answer(200, ""),
		"200 error object": answer(200, internal),
		"torn JSON":        answer(200, accountJSON[:len(accountJSON)-9]),
		"two answers":      answer(200, accountJSON+accountJSON),
	} {
		t.Run(name, func(t *testing.T) {
			server, asked := failing(t, 7, bad)
			client, clock := newClient(t, server.URL)
			got, err := ask(client)
			if err != nil || got != accountJSON || client.Requests() < 8 || int(asked.Load()) != client.Requests() {
				t.Errorf("%q, %v after %d requests, %d arrived", got, err, client.Requests(), asked.Load())
			}
			wantExponential(t, clock.Waits())
		})
	}
}

// wantExponential checks waits against 0.5 s doubling to 30 s, half as much
// jitter to either side.
func wantExponential(t *testing.T, waits []time.Duration) {
	t.Helper()
	if len(waits) < 7 {
		t.Fatalf("%d waits", len(waits))
	}
	mean := 500 * time.Millisecond
	for i, w := range waits {
		if w < mean/2 || w > mean*3/2 {
			t.Errorf("wait %d is %s, want %s ± half", i, w, mean)
		}
		mean = min(2*mean, 30*time.Second)
	}
}

func TestNeverRetried(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 405, 422} {
		for _, body := range []string{`{"object":"error","code":"word","message":"in English"}`, gateway, ""} {
			server, asked := failing(t, -1, answer(status, body, "Retry-After: 1"))
			client, clock := newClient(t, server.URL)
			_, err := ask(client)
			var api *APIError
			if !errors.As(err, &api) || api.Status != status || asked.Load() != 1 || len(clock.Waits()) != 0 {
				t.Errorf("%d: %v after %d requests", status, err, asked.Load())
			}
			if got := errors.Is(err, ErrRefused); got != (status == 401) {
				t.Errorf("%d: refused %t", status, got)
			}
			if !strings.Contains(err.Error(), "GET /account: ") || strings.HasPrefix(body, "{") && !strings.Contains(err.Error(), "word: in English") {
				t.Errorf("%d: %v", status, err)
			}
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for name, c := range map[string]struct {
		value    string
		min, max time.Duration
	}{
		"seconds":       {"7", 7 * time.Second, 7 * time.Second},
		"date":          {start.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second, 90 * time.Second},
		"date gone by":  {start.Add(-time.Hour).Format(http.TimeFormat), 0, time.Second},
		"zero":          {"0", 0, time.Second},
		"negative":      {"-5", 0, time.Second},
		"nonsense":      {"soon", 0, time.Second},
		"less than own": {"0", 250 * time.Millisecond, 750 * time.Millisecond},
	} {
		for _, status := range []int{429, 503} {
			server, _ := failing(t, 1, answer(status, tooMany, "Retry-After: "+c.value))
			client, clock := newClient(t, server.URL)
			if _, err := ask(client); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if waits := clock.Waits(); len(waits) != 1 || waits[0] < c.min || waits[0] > c.max {
				t.Errorf("%s after %d: waited %v", name, status, waits)
			}
		}
	}
}

// A wait asked for once does not prolong the waits after it.
func TestRetryAfterHoldsOnce(t *testing.T) {
	var asked atomic.Int32
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch asked.Add(1) {
		case 1:
			answer(429, tooMany, "Retry-After: 60")(w, r)
		case 2:
			answer(500, internal)(w, r)
		default:
			fmt.Fprint(w, accountJSON)
		}
	})
	client, clock := newClient(t, server.URL)
	if _, err := ask(client); err != nil {
		t.Fatal(err)
	}
	if waits := clock.Waits(); len(waits) != 2 || waits[0] != time.Minute || waits[1] > 2*time.Second {
		t.Errorf("waited %v", waits)
	}
}

func TestRetriesAreBounded(t *testing.T) {
	for name, bad := range map[string]http.HandlerFunc{
		"outage":            answer(503, ""),
		"short Retry-After": answer(429, tooMany, "Retry-After: 45"),
		"long Retry-After":  answer(429, tooMany, "Retry-After: 86400"),
		"huge Retry-After":  answer(429, tooMany, "Retry-After: 99999999999"),
		"late date":         answer(429, tooMany, "Retry-After: "+start.AddDate(1, 0, 0).Format(http.TimeFormat)),
	} {
		t.Run(name, func(t *testing.T) {
			server, _ := failing(t, -1, bad)
			client, clock := newClient(t, server.URL)
			_, err := ask(client)
			if took := clock.Now().Sub(start); err == nil || !strings.Contains(err.Error(), "gave up after 10m") || took > 10*time.Minute {
				t.Errorf("%v after %s", err, took)
			}
			if errors.Is(err, ErrUnreachable) {
				t.Errorf("one request alone: %v", err)
			}
		})
	}
}

func TestBreaker(t *testing.T) {
	var down atomic.Bool
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			answer(503, "")(w, r)
			return
		}
		fmt.Fprint(w, accountJSON)
	})
	client, _ := newClient(t, server.URL)
	play := func(isDown bool) error {
		down.Store(isDown)
		_, err := ask(client)
		return err
	}
	for i, isDown := range []bool{true, true, false, true, true} { // the success starts the count anew
		if err := play(isDown); errors.Is(err, ErrUnreachable) || (err != nil) != isDown {
			t.Fatalf("request %d: %v", i, err)
		}
	}
	if err := play(true); !errors.Is(err, ErrUnreachable) {
		t.Errorf("the third in a row: %v", err)
	}
	before := client.Requests()
	if err := play(true); !errors.Is(err, ErrUnreachable) || client.Requests() != before {
		t.Errorf("after that: %v, %d requests more", err, client.Requests()-before)
	}
}

// An answer, even one that says no, shows that Omise is there.
func TestBreakerForgetsAfterAnAnswer(t *testing.T) {
	var status atomic.Int32
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { answer(int(status.Load()), "")(w, r) })
	client, _ := newClient(t, server.URL)
	for _, s := range []int32{500, 500, 404, 500, 500} {
		status.Store(s)
		if _, err := ask(client); err == nil || errors.Is(err, ErrUnreachable) {
			t.Errorf("%d: %v", s, err)
		}
	}
}

func TestStopAt(t *testing.T) {
	server, asked := failing(t, -1, answer(503, ""))
	client, clock := newClient(t, server.URL, func(o *ClientOptions) { o.StopAt = start.Add(3 * time.Minute) })
	if _, err := ask(client); err == nil || clock.Now().After(start.Add(3*time.Minute)) {
		t.Errorf("%v at %s", err, clock.Now())
	}
	clock.Advance(3 * time.Minute)
	before := asked.Load()
	if _, err := ask(client); !errors.Is(err, ErrTimeUp) || asked.Load() != before {
		t.Errorf("past the end: %v, %d requests more", err, asked.Load()-before)
	}
}

func TestPageInFlightArrivesAfterCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server, asked := failing(t, 0, nil)
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		cancel()
		fmt.Fprint(w, accountJSON)
	})
	client, _ := newClient(t, server.URL)
	arrived := ""
	read := func(body []byte) error { arrived = string(body); return nil }
	if err := client.get(ctx, "/account", nil, read); err != nil || arrived != accountJSON {
		t.Errorf("%q, %v", arrived, err)
	}
	if err := client.get(ctx, "/account", nil, read); !errors.Is(err, context.Canceled) || asked.Load() != 1 {
		t.Errorf("the next one: %v, %d requests", err, asked.Load())
	}
}

func TestCancelEndsRetries(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	server, asked := failing(t, -1, func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		w.WriteHeader(500)
	})
	client, _ := newClient(t, server.URL)
	err := client.get(ctx, "/account", url.Values{}, func([]byte) error { return nil })
	if !errors.Is(err, context.Canceled) || asked.Load() != 1 {
		t.Errorf("%v after %d requests", err, asked.Load())
	}
}

// Whatever the answers ask for, the waits of one request stay within its
// patience and are never shorter than Retry-After.
func TestPolicyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := NewFakeClock(start)
		patience := time.Duration(rapid.IntRange(1, 7200).Draw(t, "patience")) * time.Second
		p := newPolicy(patience, clock.Now)
		p.Reset()
		var waits []time.Duration
		for range 2000 {
			p.after = time.Duration(rapid.IntRange(0, 100).Draw(t, "after")) * time.Second
			wait := p.NextBackOff()
			if wait == backoff.Stop {
				break
			}
			if wait < p.after {
				t.Fatalf("waits %s, asked for %s", wait, p.after)
			}
			waits = append(waits, wait)
			clock.Advance(wait)
		}
		if !p.exhausted || clock.Now().Sub(start) > patience {
			t.Fatalf("exhausted %t after %s of %s, waits %v", p.exhausted, clock.Now().Sub(start), patience, slices.Max(append(waits, 0)))
		}
	})
}
