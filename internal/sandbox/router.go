package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// route is an endpoint with its method and path, such as "/charges/{id}/capture", and the kind of
// key that it takes.
type route struct {
	method, pattern string
	key             keyKind
	do              endpoint
}

// endpoint answers with JSON or an *Error. What is not a GET runs alone, and may change state.
type endpoint func(q *query) ([]byte, error)

// router finds the route of a request, step by step along its path. Where both fit, a word wins
// over a placeholder: /disputes/open is not the dispute "open".
type router struct {
	words   map[string]*router
	any     *router
	name    string // of the placeholder that leads here
	methods map[string]route
}

func newRouter(routes []route) *router {
	root := &router{}
	for _, rt := range routes {
		root.add(rt)
	}
	return root
}

func (n *router) add(rt route) {
	for step := range strings.SplitSeq(strings.TrimPrefix(rt.pattern, "/"), "/") {
		n = n.child(step)
	}
	if n.methods == nil {
		n.methods = map[string]route{}
	}
	n.methods[rt.method] = rt
}

func (n *router) child(step string) *router {
	if strings.HasPrefix(step, "{") {
		if n.any == nil {
			n.any = &router{name: strings.Trim(step, "{}")}
		}
		return n.any
	}
	if n.words == nil {
		n.words = map[string]*router{}
	}
	if n.words[step] == nil {
		n.words[step] = &router{}
	}
	return n.words[step]
}

// find gives the route and the values of its placeholders: 404 if no route has the path, 405 if
// those that have it take other methods.
func (n *router) find(method, path string) (route, map[string]string, *Error) {
	args := map[string]string{}
	for step := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		next := n.words[step]
		if next == nil && step != "" && n.any != nil {
			next = n.any
			args[next.name] = step
		}
		if next == nil {
			return route{}, nil, unknownPath(path)
		}
		n = next
	}
	if n.methods == nil {
		return route{}, nil, unknownPath(path)
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	rt, ok := n.methods[method]
	if !ok {
		return rt, nil, n.otherMethod(method, path)
	}
	return rt, args, nil
}

func unknownPath(path string) *Error {
	return &Error{Status: http.StatusNotFound, Code: "not_found", Message: "the path " + path + " was not found", path: true}
}

func (n *router) otherMethod(method, path string) *Error {
	var allowed []string
	for m := range n.methods {
		allowed = append(allowed, m)
	}
	slices.Sort(allowed)
	return &Error{
		Status: http.StatusMethodNotAllowed, Code: "method_not_allowed",
		Message: path + " does not take " + method, allow: strings.Join(allowed, ", "),
	}
}
