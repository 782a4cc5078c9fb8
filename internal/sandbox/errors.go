package sandbox

import (
	"fmt"
	"net/http"
	"strings"
)

// Error is an Omise error object with its HTTP status.
type Error struct {
	Status  int
	Code    string
	Message string

	path     bool   // no route has the path
	allow    string // methods that a path takes, of a 405
	recorded []byte // the body of a recorded error, answered as it is
}

func (e *Error) Error() string { return e.Code + ": " + hideNumbers(e.Message) }

func notFound(kind, id string) *Error {
	return &Error{Status: http.StatusNotFound, Code: "not_found", Message: fmt.Sprintf("%s %s was not found", kind, id)}
}

func badRequest(format string, args ...any) *Error {
	return refused("bad_request", format, args...)
}

func refused(code, format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, args...)}
}

func (e *Error) body() []byte {
	if e.recorded != nil {
		return e.recorded
	}
	var j jsonBuf
	j.open('{')
	j.str("object", "error")
	j.str("location", "https://www.omise.co/api-errors#"+strings.ReplaceAll(e.Code, "_", "-"))
	j.str("code", e.Code)
	j.str("message", hideNumbers(e.Message))
	j.close('}')
	return j.b
}
