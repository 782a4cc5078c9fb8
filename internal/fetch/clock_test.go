package fetch

import (
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v4"
)

// FakeClock stands still until a wait moves it: its timers fire at once and
// put the clock on by what they were to wait.
type FakeClock struct {
	mu    sync.Mutex
	now   time.Time
	waits []time.Duration
}

// NewFakeClock makes a clock that shows at.
func NewFakeClock(at time.Time) *FakeClock { return &FakeClock{now: at} }

// Now is what the clock shows.
func (c *FakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock on.
func (c *FakeClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Waits is what was waited for so far.
func (c *FakeClock) Waits() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.waits)
}

// Timer makes a timer of this clock.
func (c *FakeClock) Timer() backoff.Timer {
	return &fakeTimer{clock: c, fired: make(chan time.Time, 1)}
}

type fakeTimer struct {
	clock *FakeClock
	fired chan time.Time
}

func (t *fakeTimer) Start(d time.Duration) {
	t.clock.mu.Lock()
	t.clock.waits = append(t.clock.waits, d)
	t.clock.mu.Unlock()
	t.clock.Advance(d)
	t.fired <- t.clock.Now()
}

func (t *fakeTimer) Stop() {}

func (t *fakeTimer) C() <-chan time.Time { return t.fired }
