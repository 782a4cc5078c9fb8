package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

const (
	maxLog = 10_000 // bounds what a sandbox that stays up remembers

	otherPaths = "(others)" // counts those beyond
)

// logged are the parameters that the log shows. What else clients put into a query may be a card's
// number or somebody's address.
var logged = []string{"from", "to", "offset", "limit", "order", "expand", "scope", "page", "per_page"}

// requestLog counts API requests by path, control calls left out.
type requestLog struct {
	mu    sync.Mutex
	total int
	paths map[string]int
	uris  []string
}

func (l *requestLog) add(r *http.Request) {
	uri := hideNumbers(logLine(r))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paths == nil {
		l.paths = map[string]int{}
	}
	l.total++
	path := r.URL.Path
	if l.paths[path] == 0 && len(l.paths) >= maxLog {
		path = otherPaths
	}
	l.paths[path]++
	if len(l.uris) == maxLog {
		l.uris = slices.Delete(l.uris, 0, maxLog/2)
	}
	l.uris = append(l.uris, uri)
}

// logLine is the path, of a GET with those parameters that are harmless.
func logLine(r *http.Request) string {
	path := r.URL.EscapedPath()
	if r.Method != http.MethodGet || r.URL.RawQuery == "" {
		return path
	}
	var shown []string
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if name, _, _ := strings.Cut(pair, "="); slices.Contains(logged, name) {
			shown = append(shown, pair)
		}
	}
	if len(shown) == 0 {
		return path
	}
	return path + "?" + strings.Join(shown, "&")
}

func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total, l.paths, l.uris = 0, nil, nil
}

// Requests is the number of API requests since New or Reset, failed ones included.
func (s *Server) Requests() int {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.total
}

// RequestsByPath gives the number of API requests for each path; beyond 10,000 paths they are
// counted together under "(others)".
func (s *Server) RequestsByPath() map[string]int {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	if s.log.paths == nil {
		return map[string]int{}
	}
	return maps.Clone(s.log.paths)
}

// RequestLog gives the latest API requests, oldest first, as path and, of a GET, the parameters of
// lists; at least the last 5,000 of them.
func (s *Server) RequestLog() []string {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return slices.Clone(s.log.uris)
}
