package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// controlCall answers a control request with a value that is written as JSON.
type controlCall func(q *query) (any, error)

type ack map[string]string

// controlRoutes are the calls under /_sandbox. They take no key.
func (s *Server) controlRoutes() []route {
	var all []route
	for _, c := range slices.Concat(s.tools(), s.plays()) {
		all = append(all, route{method: c.method, pattern: controlPrefix + c.path, do: c.endpoint()})
	}
	return all
}

type controlRoute struct {
	method, path string
	call         controlCall
}

func (c controlRoute) endpoint() endpoint {
	return func(q *query) ([]byte, error) {
		answer, err := c.call(q)
		if err != nil {
			return nil, err
		}
		return lineOf(answer)
	}
}

// kept passes a call that plays what happens through the door of all writes.
func (s *Server) kept(call controlCall) controlCall {
	return func(q *query) (answer any, err error) {
		err = s.change(q.entry(), func() (err error) {
			answer, err = call(q)
			return err
		})
		return answer, err
	}
}

func (s *Server) performControl(rt route, q *query) ([]byte, error) { return s.answer(rt, q) }

// serveControl answers in a shape of its own, so that nobody takes a control answer for Omise's.
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request) {
	if foreign(r) {
		writeControl(w, http.StatusForbidden, ack{"error": "control calls are not for pages of other sites"})
		return
	}
	rt, args, fault := s.findControl(r.Method, r.URL.Path)
	if fault != nil {
		s.refuseControl(w, fault)
		return
	}
	params, fault := decode(r)
	if fault != nil {
		s.refuseControl(w, fault)
		return
	}
	s.scrubSpec(&params)
	q := &query{
		method: rt.method, path: r.URL.Path, args: args, in: newFields(params), ctx: r.Context(), live: s.opt.Livemode, base: s.baseURL(r),
	}
	body, err := s.performControl(rt, q)
	if err != nil {
		s.refuseControl(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// refuseControl lists the calls to who asks for one that there is not.
func (s *Server) refuseControl(w http.ResponseWriter, err error) {
	status, text := http.StatusBadRequest, hideNumbers(err.Error())
	if e := new(Error); errors.As(err, &e) {
		status = e.Status
		if e.path && status == http.StatusNotFound {
			writeControl(w, status, map[string]any{"error": text, "calls": s.calls()})
			return
		}
		if e.allow != "" {
			w.Header().Set("Allow", e.allow)
		}
	}
	writeControl(w, status, ack{"error": text})
}

func (s *Server) calls() []string {
	var all []string
	for _, c := range s.controlRoutes() {
		all = append(all, c.method+" "+c.pattern)
	}
	return all
}

func writeControl(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

// foreign tells a request that a browser makes for a page of another site, which needs no key here
// to do harm. Other clients send neither header.
func foreign(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || u.Host != r.Host
}

// into reads all parameters into a struct. Unknown ones are refused: a mistyped one would silently
// do something else.
func (q *query) into(target any) error {
	dec := json.NewDecoder(strings.NewReader(q.in.json()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(target); err != nil {
		return badRequest("body: %v", err)
	}
	return nil
}
