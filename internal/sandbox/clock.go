package sandbox

import "time"

// second is an instant in whole Unix seconds, all that Omise prints; 0 is "not yet".
type second int64

const (
	minute second = 60
	hour          = 60 * minute
	day           = 24 * hour
)

func secondOf(t time.Time) second { return second(t.Unix()) }

func (s second) time() time.Time { return time.Unix(int64(s), 0).UTC() }

// reached tells a fact that has happened by t from one that is unset or still to come.
func (s second) reached(t second) bool { return s != 0 && s <= t }

func (s *Server) clock() time.Time {
	return s.opt.Now().Add(time.Duration(s.offset.Load()))
}

func (s *Server) now() second { return secondOf(s.clock()) }

// Clock is the sandbox's present, in UTC.
func (s *Server) Clock() time.Time { return s.clock().UTC() }

// SetClock moves the clock to t; it goes on running from there as Options.Now does. Set back, it
// shows the objects as they were, except that deleted customers stay out of the list.
func (s *Server) SetClock(t time.Time) {
	s.offset.Store(int64(t.Sub(s.opt.Now())))
}

// Advance moves the clock by d.
func (s *Server) Advance(d time.Duration) { s.offset.Add(int64(d)) }
