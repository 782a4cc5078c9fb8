package sandbox

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
)

// The log shows which lists were asked for and how, and nothing that could be a card.
func TestRequestLogKeepsNoSecrets(t *testing.T) {
	s := newServer(t, options())
	get(t, s, "/charges?limit=3&card[number]=4242424242424242&offset=1&query=a@example.com")
	get(t, s, "/tokens?card%5Bnumber%5D=4242424242424242")
	ask(t, s, "POST", "/tokens?limit=3&card[number]=4242424242424242", "")
	if got := strings.Join(s.RequestLog(), " "); got != "/charges?limit=3&offset=1 /tokens /tokens" {
		t.Errorf("log: %s", got)
	}
}

func TestRequestLogIsBounded(t *testing.T) {
	var l requestLog
	for i := range 2*maxLog + 2 {
		l.add(httptest.NewRequest("GET", fmt.Sprintf("/charges/%d", i), nil))
	}
	if len(l.paths) > maxLog+1 || l.paths[otherPaths] != maxLog+2 || len(l.uris) > maxLog || l.total != 2*maxLog+2 {
		t.Errorf("%d paths, %d lines, %d others", len(l.paths), len(l.uris), l.paths[otherPaths])
	}
}
