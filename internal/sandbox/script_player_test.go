package sandbox

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// played is a server with all that a script has asked of it and got.
type played struct {
	t        *testing.T
	s        *Server
	ids      map[string]string
	told     map[string]bool // ids of events
	answered map[string]bool // method and pattern of the routes that gave 200
	text     strings.Builder
}

var (
	scriptLine  = regexp.MustCompile(`^(?:(\w+) = )?([A-Z]+) (\S+)(?: (.*?))?(?: ! (\S+))?$`)
	placeholder = regexp.MustCompile(`\{\w+\}`)
)

// playDay plays the script on a new server, while others ask for the paths all the time.
func playDay(t *testing.T, o Options, busy ...string) *played {
	t.Helper()
	return playDayAnd(t, o, func(*played) {}, busy...)
}

// playDayAnd does something more before each request of the script.
func playDayAnd(t *testing.T, o Options, more func(*played), busy ...string) *played {
	t.Helper()
	p := &played{t: t, s: newServer(t, o), ids: map[string]string{}, told: map[string]bool{}, answered: map[string]bool{}}
	defer p.busy(busy)()
	for line := range strings.SplitSeq(strings.TrimSpace(aDay), "\n") {
		m := scriptLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("script: %s", line)
		}
		more(p)
		p.step(m[1], m[2], p.fill(m[3]), p.fill(m[4]))
		if m[5] != "" {
			p.event(line, m[5])
		}
	}
	return p
}

// busy begins to ask for the paths, until the function that it gives is called.
func (p *played) busy(paths []string) (stop func()) {
	var over atomic.Bool
	var readers sync.WaitGroup
	for _, path := range paths {
		readers.Go(func() {
			for !over.Load() {
				get(p.t, p.s, path)
			}
		})
	}
	return func() { over.Store(true); readers.Wait() }
}

func (p *played) fill(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(name string) string {
		if id := p.ids[strings.Trim(name, "{}")]; id != "" {
			return id
		}
		return name
	})
}

func (p *played) ask(method, path, body string) answer {
	p.t.Helper()
	headers := []string{"Content-Type: application/json"}
	if !strings.HasPrefix(body, "{") {
		headers[0] = "Content-Type: application/x-www-form-urlencoded"
	}
	if strings.HasPrefix(path, "/tokens") {
		headers = append(headers, withPublicKey)
	}
	return ask(p.t, p.s, method, path, body, headers...)
}

func (p *played) step(name, method, path, body string) {
	p.t.Helper()
	a := p.ask(method, path, body)
	if a.status != http.StatusOK {
		p.t.Fatalf("%s %s %s: %d %s", method, path, body, a.status, a.body)
	}
	fmt.Fprintf(&p.text, "%s %s %s\n%s\n", method, path, body, a.body)
	if rt, _, err := p.s.find(method, path); err == nil {
		p.answered[rt.method+" "+rt.pattern] = true
	}
	if name != "" {
		p.ids[name], _ = a.decode(p.t)["id"].(string)
	}
}

// event holds the latest event, which must be a new one.
func (p *played) event(line, key string) {
	p.t.Helper()
	e := rows(p.t, object(p.t, p.s, "/events?order=reverse_chronological&limit=1"))[0]
	if id := e["id"].(string); e["key"] != key || p.told[id] {
		p.t.Errorf("%s\ngave no %s", line, key)
	} else {
		p.told[id] = true
	}
}

// lists are the answers of all routes without a placeholder that read.
func (p *played) lists() string {
	p.t.Helper()
	var all strings.Builder
	for _, rt := range p.s.routes() {
		if rt.method != http.MethodGet || strings.Contains(rt.pattern, "{") {
			continue
		}
		path := rt.pattern
		if path == "/search" {
			path += "?scope=charge&query=two"
		}
		a := get(p.t, p.s, path)
		if a.status == http.StatusOK {
			p.answered["GET "+rt.pattern] = true
		}
		fmt.Fprintf(&all, "%s\n%s\n", path, a.body)
	}
	return all.String()
}
