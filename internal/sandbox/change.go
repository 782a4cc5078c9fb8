package sandbox

import (
	"encoding/json"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// change is the one door of all writes that come over the network: they pass it one by one, each at
// one instant, and are in the data file before anything happens. While the file is played again the
// instants are those of then.
func (s *Server) change(e entry, do func() error) error {
	s.order.Lock()
	defer s.order.Unlock()
	return s.commit(e, do)
}

// commit is for who has taken the order already.
func (s *Server) commit(e entry, do func() error) error {
	if err := s.begin(&e); err != nil {
		return err
	}
	s.clock.pin(e.At)
	defer s.clock.pin(time.Time{})
	return do()
}

func (s *Server) begin(e *entry) error {
	if s.replaying != nil {
		e.At = s.replaying.At
	} else {
		e.At, e.IDs = s.clock.now(), s.made()
		if err := s.journal.append(e); err != nil {
			return err
		}
	}
	if e.Base != "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.reached = e.Base
	}
	return nil
}

func (s *Server) made() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ids.made
}

// entry is the request as the data file keeps it.
func (q *query) entry() entry {
	return entry{Method: q.method, Path: q.path, Version: q.asked, Base: q.base, Params: json.RawMessage(q.in.json())}
}

// perform runs an endpoint of the API: reading ones beside each other, writing ones alone, so that
// the order of what they make is that of their instants.
func (s *Server) perform(rt route, q *query) (body []byte, err error) {
	if rt.method == http.MethodGet {
		s.mu.RLock()
		defer s.mu.RUnlock()
		q.now = s.now()
		return s.answer(rt, q)
	}
	err = s.change(q.entry(), func() (err error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		q.now = s.now()
		body, err = s.answer(rt, q)
		return err
	})
	return body, err
}

// answer turns a mistake of the sandbox itself into an error that a client can read, now and when
// the data file is played.
func (s *Server) answer(rt route, q *query) (body []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.opt.Log.Error("the sandbox failed", "method", q.method, "route", rt.pattern, "panic", p, "stack", string(debug.Stack()))
			body, err = nil, internalError()
		}
	}()
	return rt.do(q)
}

// replay does what an entry of the data file says. What was refused then is refused again.
func (s *Server) replay(e *entry) error {
	if made := s.made(); e.IDs != made {
		return errForeign{made, e.IDs}
	}
	s.replaying = e
	defer func() { s.replaying = nil }()
	switch {
	case e.Clock != nil:
		s.clock.turn(*e.Clock)
	case e.Delivery != nil:
		s.keepDelivery(*e.Delivery)
	default:
		return s.repeat(e)
	}
	return nil
}

func (s *Server) repeat(e *entry) error {
	find, perform := s.find, s.perform
	if isControl(e.Path) {
		find, perform = s.findControl, s.performControl
	}
	rt, args, fault := find(e.Method, e.Path)
	if fault != nil {
		return fault
	}
	params, fault := decodeJSON(e.Params)
	if fault != nil {
		return fault
	}
	v, fault := versionOf(e.Version)
	if fault != nil {
		return fault
	}
	_, _ = perform(rt, &query{
		method: e.Method, path: e.Path, args: args, in: newFields(params), asked: e.Version, v: v, live: s.opt.Livemode, base: e.Base,
	})
	return nil
}

// play makes a control call from inside, such as "/charges/"+id+"/pay" for a shopper who presses the
// button, and reads its answer into a pointer, if one is given.
func (s *Server) play(base, path string, into any) error {
	rt, args, fault := s.findControl(http.MethodPost, controlPrefix+path)
	if fault != nil {
		return fault
	}
	q := &query{method: http.MethodPost, path: controlPrefix + path, args: args, in: newFields(value{kind: kindObject}), live: s.opt.Livemode, base: base}
	body, err := s.performControl(rt, q)
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(body, into)
}

const controlPrefix = "/_sandbox"

func isControl(path string) bool {
	return path == controlPrefix || strings.HasPrefix(path, controlPrefix+"/")
}
