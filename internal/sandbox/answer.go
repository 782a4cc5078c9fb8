package sandbox

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// finder gives the route of a method and path, with the values of the path's placeholders.
type finder func(method, path string) (route, map[string]string, *Error)

// handle lets the faults have their say before and after the endpoint's own answer. The list is
// disturbed before the answer leaves, so that the client's next request finds it done.
func (s *Server) handle(find finder) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l := s.faults.roll()
		if !l.wait(r.Context()) || s.strike(w, r, l) {
			return
		}
		rt, q, err := s.admit(find, r)
		if err != nil {
			s.writeError(w, r, err)
			return
		}
		q.lies = l.lies
		body, fail := s.perform(rt, q)
		if fail != nil {
			s.writeError(w, r, fail)
			return
		}
		s.disturb(q, l)
		s.write(w, r, http.StatusOK, body, l)
	})
}

// admit asks for a key before it says which paths there are, as Omise does.
func (s *Server) admit(find finder, r *http.Request) (route, *query, *Error) {
	kind, err := s.authenticate(r)
	if err != nil {
		return route{}, nil, err
	}
	rt, args, err := find(r.Method, r.URL.Path)
	if err != nil {
		return rt, nil, err
	}
	if rt.key&kind == 0 {
		return rt, nil, authenticationFailure()
	}
	v, err := versionOf(r.Header.Get("Omise-Version"))
	if err != nil {
		return rt, nil, err
	}
	params, err := decode(r)
	if err != nil {
		return rt, nil, err
	}
	s.scrub(&params)
	return rt, &query{
		method: rt.method, path: r.URL.Path, args: args, in: newFields(params), ctx: r.Context(),
		asked: r.Header.Get("Omise-Version"), v: v, live: s.opt.Livemode, base: s.baseURL(r),
	}, nil
}

func (s *Server) baseURL(r *http.Request) string {
	if s.opt.BaseURL != "" {
		return strings.TrimSuffix(s.opt.BaseURL, "/")
	}
	return "http://" + r.Host
}

func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Status: http.StatusInternalServerError, Code: "internal_error", Message: err.Error()}
	}
	if e.Status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", e.allow)
	}
	s.write(w, r, e.Status, e.body(), luck{})
}

// worthPacking is where an answer is long enough to gain by it.
const worthPacking = 4096

// write sends a body, compressed if the client takes it, torn or cut if luck will have it so.
func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, body []byte, l luck) {
	h := w.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/json; charset=utf-8")
	}
	if l.torn {
		body = body[:len(body)*2/3]
	}
	if len(body) >= worthPacking && acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = s.compress(body)
	}
	h.Set("Vary", "Accept-Encoding")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if l.cut {
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body)
}

func acceptsGzip(r *http.Request) bool {
	for _, offer := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(offer), ";")
		if name == "gzip" {
			return strings.ReplaceAll(q, " ", "") != "q=0"
		}
	}
	return false
}

// compress reuses its writers: making one costs more than packing a page.
func (s *Server) compress(body []byte) []byte {
	var out bytes.Buffer
	z, ok := s.zippers.Get().(*gzip.Writer)
	if !ok {
		z, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed)
	}
	defer s.zippers.Put(z)
	z.Reset(&out)
	_, _ = z.Write(body)
	_ = z.Close()
	return out.Bytes()
}
