package sandbox

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strconv"
)

const gatewayPage = "<html>\r\n<head><title>%</title></head>\r\n<body>\r\n<center><h1>%</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

// wait delays the answer and reports whether the client is still there.
func (l luck) wait(ctx context.Context) bool { return l.delay <= 0 || pause(ctx, l.delay) }

// strike answers in place of the API, if the request's luck says so.
func (s *Server) strike(w http.ResponseWriter, r *http.Request, l luck) bool {
	switch l.terminal {
	case "":
		return false
	case "429":
		w.Header().Set("Retry-After", strconv.Itoa(l.after))
		s.writeError(w, r, &Error{Status: http.StatusTooManyRequests, Code: "too_many_requests", Message: "rate limit exceeded"})
	case "500":
		s.writeError(w, r, internalError())
	case "502":
		s.writePage(w, r, http.StatusBadGateway, "502 Bad Gateway")
	case "503":
		s.writeError(w, r, &Error{Status: http.StatusServiceUnavailable, Code: "service_unavailable", Message: "the service is under maintenance"})
	case "html":
		status := []int{http.StatusOK, http.StatusServiceUnavailable}[l.coin]
		s.writePage(w, r, status, "We are down for maintenance")
	case "error200":
		s.write(w, r, http.StatusOK, internalError().body(), luck{})
	case "refuse":
		s.writeError(w, r, authenticationFailure())
	case "reset":
		abort(w)
	}
	return true
}

func internalError() *Error {
	return &Error{Status: http.StatusInternalServerError, Code: "internal_error", Message: "an unexpected error happened"}
}

func (s *Server) writePage(w http.ResponseWriter, r *http.Request, status int, title string) {
	w.Header().Set("Content-Type", "text/html")
	page := bytes.ReplaceAll([]byte(gatewayPage), []byte("%"), []byte(title))
	s.write(w, r, status, page, luck{})
}

// abort ends the connection with a RST instead of an answer.
func abort(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// spoil makes one element of a page unreadable: its amount, else its own creation time, becomes
// a word.
func spoil(element []byte) []byte {
	const amount, created = `"amount":`, `"created`
	if i := bytes.Index(element, []byte(amount)); i >= 0 {
		i += len(amount)
		end := i + bytes.IndexAny(element[i:], ",}")
		return bytes.Join([][]byte{element[:i], element[end:]}, []byte(`"abc"`))
	}
	i := bytes.LastIndex(element, []byte(created))
	if i < 0 {
		return []byte(`"abc"`)
	}
	i += bytes.IndexByte(element[i:], ':') + 1
	end := i + bytes.IndexAny(element[i+1:], `"`) + 2
	return bytes.Join([][]byte{element[:i], element[end:]}, []byte(`"abc"`))
}
