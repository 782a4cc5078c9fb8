package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"reconcile": reconcile})
}

// reconcile is main with two differences: $NOW sets its clock, and no wait
// between retries takes any time. Without $NOW it is main.
func reconcile() {
	if os.Getenv("AS_USER") != "" {
		becomeOrdinaryUser()
	}
	if os.Getenv("NOW") == "" {
		main()
	}
	start, err := time.Parse(time.RFC3339, os.Getenv("NOW"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(99)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	clock := newClock(start)
	p := &program{getenv: os.Getenv, stdout: os.Stdout, stderr: os.Stderr, now: clock.Now, timer: clock.timer}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// clock starts where a test wants it and goes on with real time. Who waits for
// its timers moves it instead.
type clock struct {
	mu      sync.Mutex
	start   time.Time
	started time.Time
	waited  time.Duration
}

func newClock(start time.Time) *clock { return &clock{start: start, started: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.started.IsZero() {
		return c.start.Add(c.waited) // it stands still but for waits
	}
	return c.start.Add(time.Since(c.started) + c.waited)
}

func (c *clock) wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waited += d
}

func (c *clock) timer() backoff.Timer { return &timer{clock: c, fired: make(chan time.Time, 1)} }

type timer struct {
	clock *clock
	fired chan time.Time
}

func (t *timer) Start(d time.Duration) {
	t.clock.wait(d)
	t.fired <- t.clock.Now()
}

func (t *timer) Stop()               {}
func (t *timer) C() <-chan time.Time { return t.fired }
