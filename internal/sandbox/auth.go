package sandbox

import (
	"net/http"
	"strings"
)

// wellFormedKey accepts secret keys only: a public one is refused by these endpoints, as is the
// other mode's.
func wellFormedKey(key string, live bool) bool {
	rest, ok := strings.CutPrefix(key, "skey_")
	if !ok {
		return false
	}
	tail, test := strings.CutPrefix(rest, "test_")
	if test == live || tail == "" {
		return false
	}
	return strings.Trim(tail, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func (s *Server) authenticate(r *http.Request) *Error {
	key, _, ok := r.BasicAuth()
	if ok && wellFormedKey(key, s.opt.Livemode) && (s.opt.Key == "" || key == s.opt.Key) {
		return nil
	}
	return authenticationFailure()
}

func authenticationFailure() *Error {
	return &Error{Status: http.StatusUnauthorized, Code: "authentication_failure", Message: "authentication failed"}
}
