package sandbox

import (
	"fmt"
	"sync"
	"time"
)

// second is an instant in whole Unix seconds, all that Omise prints; 0 is "not yet".
type second int64

const (
	minute second = 60
	hour          = 60 * minute
	day           = 24 * hour
)

func secondOf(t time.Time) second { return second(t.Unix()) }

func (s second) time() time.Time { return time.Unix(int64(s), 0).UTC() }

func (s second) duration() time.Duration { return time.Duration(s) * time.Second }

// reached tells a fact that has happened by t from one that is unset or still to come.
func (s second) reached(t second) bool { return s != 0 && s <= t }

// by gives an instant that has come by t, 0 for one that has not.
func (s second) by(t second) second {
	if s.reached(t) {
		return s
	}
	return 0
}

// dial is what makes the sandbox's clock differ from the machine's.
type dial struct {
	Offset time.Duration `json:"offset_ns,omitzero"`
	Still  time.Time     `json:"still,omitzero"` // where the clock stands; zero while it runs
}

// clock is the sandbox's present.
type clock struct {
	machine func() time.Time

	mu     sync.Mutex
	dial   dial
	pinned time.Time // the instant of the write under way, zero between writes
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.pinned.IsZero() {
		return c.pinned
	}
	return c.dial.read(c.machine())
}

func (d dial) read(machine time.Time) time.Time {
	if !d.Still.IsZero() {
		return d.Still
	}
	return machine.Add(d.Offset)
}

// pin makes one instant of all that a write asks for the time; zero ends it.
func (c *clock) pin(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pinned = at
}

func (c *clock) turn(to dial) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dial = to
}

// The years of a clock; much further, offsets do not fit into a time.Duration.
const (
	firstYear = 2000
	lastYear  = 2200
)

func checkYear(t time.Time) error {
	if y := t.UTC().Year(); y < firstYear || y > lastYear {
		return fmt.Errorf("the clock goes from %d to %d, not to %d", firstYear, lastYear, y)
	}
	return nil
}

// showing gives the dial at which the clock reads what to makes of its present reading, standing
// still or not.
func (c *clock) showing(to func(time.Time) time.Time, still bool) (dial, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	machine := c.machine()
	t := to(c.dial.read(machine))
	if still {
		return dial{Still: t.UTC()}, checkYear(t)
	}
	return dial{Offset: t.Sub(machine)}, checkYear(t)
}

func (c *clock) stands() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.dial.Still.IsZero()
}

func (s *Server) now() second { return secondOf(s.clock.now()) }

// Clock is the sandbox's present, in UTC.
func (s *Server) Clock() time.Time { return s.clock.now().UTC() }

// SetClock moves the clock to t. A clock that runs goes on from there as Options.Now does. Set back,
// it shows the objects as they were, except that deleted customers stay out of the list. Outside of
// the years 2000 to 2200 it does not go.
func (s *Server) SetClock(t time.Time) {
	_ = s.moveClock(func(time.Time) time.Time { return t }, s.clock.stands())
}

// Advance moves the clock by d.
func (s *Server) Advance(d time.Duration) {
	_ = s.moveClock(func(t time.Time) time.Time { return t.Add(d) }, s.clock.stands())
}

// moveClock keeps where the dial then is rather than how it got there, because the machine's own
// clock will read something else when the data file is played again.
func (s *Server) moveClock(to func(time.Time) time.Time, still bool) error {
	s.order.Lock()
	defer s.order.Unlock()
	d, err := s.clock.showing(to, still)
	if err != nil {
		return err
	}
	if err := s.journal.append(&entry{At: s.clock.now(), IDs: s.made(), Clock: &d}); err != nil {
		return err
	}
	s.clock.turn(d)
	return nil
}
