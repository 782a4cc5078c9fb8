package sandbox

import (
	"net/http"
	"regexp"
	"strings"
)

// shortestNumber is how many digits the number of a card has at least.
const shortestNumber = 12

// hidden stands where a card's number was.
const hidden = "hidden-number"

// longNumber reads like a card's number, with the spaces and dashes that people write.
var longNumber = regexp.MustCompile(`[0-9](?:[ -]?[0-9]){11,}`)

// hideNumbers is for texts that repeat what a client sent: the sandbox's own messages and its log.
func hideNumbers(text string) string { return longNumber.ReplaceAllLiteralString(text, hidden) }

// withoutNumber is the request with no card's number in its path, where an id should be. Only whole
// steps count, because ids may have many digits in a row.
func withoutNumber(r *http.Request) *http.Request {
	steps, found := strings.Split(r.URL.Path, "/"), false
	for i, step := range steps {
		if likeNumber(step) {
			steps[i], found = hidden, true
		}
	}
	if !found {
		return r
	}
	return withPath(r, strings.Join(steps, "/"))
}
