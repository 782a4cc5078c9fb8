package sandbox

import (
	"net/http"
	"strings"
)

// keyKind says which keys an endpoint takes: secret ones for what a merchant's server does, public
// ones for what a shopper's browser may.
type keyKind uint8

const (
	secretKey keyKind = 1 << iota
	publicKey
	eitherKey = secretKey | publicKey
)

// keyKindOf is 0 for what is no key of the mode: skey_test_... and pkey_test_..., live without the
// word test.
func keyKindOf(key string, live bool) keyKind {
	kinds := map[string]keyKind{"skey": secretKey, "pkey": publicKey}
	head, rest, _ := strings.Cut(key, "_")
	tail, test := strings.CutPrefix(rest, "test_")
	if test == live || tail == "" {
		return 0
	}
	if strings.Trim(tail, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return 0
	}
	return kinds[head]
}

// authenticate gives the kind of the request's key, which Options.Key may narrow to one secret key.
func (s *Server) authenticate(r *http.Request) (keyKind, *Error) {
	key, _, _ := r.BasicAuth()
	kind := keyKindOf(key, s.opt.Livemode)
	if kind == 0 || kind == secretKey && s.opt.Key != "" && key != s.opt.Key {
		return 0, authenticationFailure()
	}
	return kind, nil
}

func authenticationFailure() *Error {
	return &Error{Status: http.StatusUnauthorized, Code: "authentication_failure", Message: "authentication failed"}
}
