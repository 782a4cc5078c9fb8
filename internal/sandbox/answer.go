package sandbox

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// handle lets the faults have their say before and after the endpoint's own answer. The list is
// disturbed before the answer leaves, so that the client's next request finds it done.
func (s *Server) handle(e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l := s.rollFaults()
		if !l.wait(r.Context()) || s.strike(w, r, l) {
			return
		}
		body, q, err := s.perform(e, r, l)
		if err != nil {
			s.writeError(w, r, err)
			return
		}
		s.disturb(q, l)
		s.write(w, r, http.StatusOK, body, l)
	})
}

func (s *Server) perform(e endpoint, r *http.Request, l luck) ([]byte, *query, error) {
	if err := s.authenticate(r); err != nil {
		return nil, nil, err
	}
	if r.Method != http.MethodGet {
		return nil, nil, &Error{Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Message: r.Method + " is not answered by the sandbox"}
	}
	v, err := versionOf(r.Header.Get("Omise-Version"))
	if err != nil {
		return nil, nil, err
	}
	params, err := readParams(r)
	if err != nil {
		return nil, nil, err
	}
	q := &query{r: r, now: s.now(), v: v, live: s.opt.Livemode, params: params, lies: l.lies}
	s.mu.RLock()
	defer s.mu.RUnlock()
	body, fail := e(q)
	return body, q, fail
}

func (s *Server) writeError(w http.ResponseWriter, r *http.Request, err error) {
	var e *Error
	if !errors.As(err, &e) {
		e = &Error{Status: http.StatusInternalServerError, Code: "internal_error", Message: err.Error()}
	}
	if e.Status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodGet)
	}
	s.write(w, r, e.Status, e.body(), luck{})
}

// write sends a body, compressed if the client takes it, torn or cut if luck will have it so.
func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, body []byte, l luck) {
	h := w.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/json; charset=utf-8")
	}
	if l.torn {
		body = body[:len(body)*2/3]
	}
	if acceptsGzip(r) {
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
