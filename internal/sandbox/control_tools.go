package sandbox

import (
	"net/http"
	"time"
)

// tools are the calls about the sandbox itself.
func (s *Server) tools() []controlRoute {
	return []controlRoute{
		{http.MethodGet, "/state", s.ctlState},
		{http.MethodGet, "/requests", s.ctlRequests},
		{http.MethodGet, "/clock", s.ctlClock},
		{http.MethodPost, "/clock", s.ctlSetClock},
		{http.MethodPost, "/faults", s.ctlFaults},
		{http.MethodPost, "/reset", s.ctlReseed},
		{http.MethodPost, "/seed", s.ctlReseed},
		{http.MethodPost, "/webhooks/wait", s.ctlWaitWebhooks},
		{http.MethodGet, "/charges/{id}", func(q *query) (any, error) { return s.Charge(q.id()) }},
	}
}

type clockInfo struct {
	Now    string `json:"now"`
	Frozen bool   `json:"frozen"`
}

func (s *Server) clockInfo() clockInfo {
	return clockInfo{s.Clock().Format(time.RFC3339Nano), s.clock.stands()}
}

func (s *Server) ctlClock(*query) (any, error) { return s.clockInfo(), nil }

// ctlSetClock goes to an instant, then on from there, then stops or starts the clock.
func (s *Server) ctlSetClock(q *query) (any, error) {
	at, set := q.in.instant("set")
	frozen := q.in.boolean("freeze", s.clock.stands())
	advance, err := time.ParseDuration(q.in.text("advance"))
	if err != nil && q.in.has("advance") {
		q.in.wrong("advance", "is not a duration such as 24h")
	}
	q.in.only("set", "advance", "freeze")
	if err := q.in.err(); err != nil {
		return nil, err
	}
	err = s.moveClock(func(t time.Time) time.Time {
		if set {
			t = at
		}
		return t.Add(advance)
	}, frozen)
	return s.clockInfo(), err
}

func (s *Server) ctlFaults(q *query) (any, error) {
	var in struct {
		Spec string `json:"spec"`
	}
	if err := q.into(&in); err != nil {
		return nil, err
	}
	return ack{"spec": in.Spec}, s.SetFaults(in.Spec)
}

func (s *Server) ctlRequests(*query) (any, error) {
	return struct {
		Total int            `json:"total"`
		Paths map[string]int `json:"paths"`
	}{s.Requests(), s.RequestsByPath()}, nil
}

// ctlReseed begins anew, with what is not told as it was.
func (s *Server) ctlReseed(q *query) (any, error) {
	p := s.planting()
	if err := q.into(&p); err != nil {
		return nil, err
	}
	return p, s.reseed(p)
}

func (s *Server) webhooks() *webhooks {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.hooks
}

// ctlWaitWebhooks answers when no webhook waits any more, or after a time what still does.
func (s *Server) ctlWaitWebhooks(q *query) (any, error) {
	in := struct {
		Timeout string `json:"timeout"`
	}{"30s"}
	if err := q.into(&in); err != nil {
		return nil, err
	}
	most, err := time.ParseDuration(in.Timeout)
	if err != nil {
		return nil, badRequest("timeout %.40q is not a duration such as 30s", in.Timeout)
	}
	return map[string]int{"waiting": s.webhooks().wait(q.ctx, most)}, nil
}
