package sandbox

import (
	"maps"
	"net/url"
	"slices"
	"sync"
)

// maxLog bounds what a sandbox that stays up remembers.
const maxLog = 10_000

// requestLog counts API requests by path, control calls left out.
type requestLog struct {
	mu    sync.Mutex
	total int
	paths map[string]int
	uris  []string
}

func (l *requestLog) add(u *url.URL) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paths == nil {
		l.paths = map[string]int{}
	}
	l.total++
	l.paths[u.Path]++
	if len(l.uris) == maxLog {
		l.uris = slices.Delete(l.uris, 0, maxLog/2)
	}
	l.uris = append(l.uris, u.RequestURI())
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

// RequestsByPath gives the number of API requests for each path.
func (s *Server) RequestsByPath() map[string]int {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	if s.log.paths == nil {
		return map[string]int{}
	}
	return maps.Clone(s.log.paths)
}

// RequestLog gives the latest API requests, oldest first, as path and query; at least the last
// 5,000 of them.
func (s *Server) RequestLog() []string {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return slices.Clone(s.log.uris)
}
