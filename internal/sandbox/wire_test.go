package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const testPublicKey = "pkey_test_5s4ndb0x"

// wireRequest is a request as a client sends it. {names} in path, query and body stand for the ids
// of earlier answers.
type wireRequest struct {
	method, path, query, contentType, body string

	version string // Omise-Version, if any
	public  bool   // with the public key
	silent  bool   // without Content-Length and Content-Type
}

// wireStep is a request and what its answer has to say: "status=pending", keys of objects within
// joined by dots, or "404 not_found".
type wireStep struct {
	wireRequest
	keep string // the name by which later steps call the answer's id
	want []string
}

// TestWireFormats plays what the official clients of several languages send, byte by byte, and what
// the documents show for curl.
func TestWireFormats(t *testing.T) {
	for name, script := range wireScripts() {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, options())
			ids := map[string]string{}
			for _, step := range script {
				a := s.sendRaw(t, step.wireRequest, ids)
				step.check(t, a, ids)
			}
		})
	}
}

// sendRaw writes the request as it would go through the wire.
func (s *Server) sendRaw(t *testing.T, q wireRequest, ids map[string]string) answer {
	t.Helper()
	q.path, q.query, q.body = fillIn(q.path, ids), fillIn(q.query, ids), fillIn(q.body, ids)
	target := q.path
	if q.query != "" {
		target += "?" + q.query
	}
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: sandbox.test\r\nAuthorization: Basic %s\r\n", q.method, target, q.credentials())
	if q.version != "" {
		head += "Omise-Version: " + q.version + "\r\n"
	}
	if !q.silent {
		head += fmt.Sprintf("Content-Type: %s\r\nContent-Length: %d\r\n", q.contentType, len(q.body))
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, readRequest(t, head+"\r\n"+q.body))
	raw, _ := io.ReadAll(w.Body)
	return answer{w.Code, w.Header(), string(raw)}
}

func (q wireRequest) credentials() string {
	key := testKey
	if q.public {
		key = testPublicKey
	}
	return base64.StdEncoding.EncodeToString([]byte(key + ":"))
}

func fillIn(text string, ids map[string]string) string {
	for name, id := range ids {
		text = strings.ReplaceAll(text, "{"+name+"}", id)
	}
	return text
}

func (step wireStep) check(t *testing.T, a answer, ids map[string]string) {
	t.Helper()
	got := a.decode(t)
	if status, code, refused := strings.Cut(step.want[0], " "); refused && !strings.Contains(status, "=") {
		if fmt.Sprint(a.status) != status || got["object"] != "error" || got["code"] != code {
			t.Errorf("%s %s: got %d %s, want %s", step.method, step.path, a.status, a.body, step.want[0])
		}
		return
	}
	if a.status != http.StatusOK {
		t.Fatalf("%s %s %s: %d %s", step.method, step.path, step.body, a.status, a.body)
	}
	for _, want := range step.want {
		path, text, _ := strings.Cut(want, "=")
		if found := dig(got, path); found != fillIn(text, ids) {
			t.Errorf("%s %s: %s is %s, want %s", step.method, step.path, path, found, text)
		}
	}
	if step.keep != "" {
		ids[step.keep], _ = got["id"].(string)
		if card, ok := got["default_card"].(string); ok {
			ids["card"] = card
		}
	}
}

// dig gives what stands at a path such as data.0.amount, as text.
func dig(x any, path string) string {
	for step := range strings.SplitSeq(path, ".") {
		switch v := x.(type) {
		case map[string]any:
			x = v[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(v) {
				return "missing"
			}
			x = v[i]
		default:
			return "missing"
		}
	}
	if text, ok := x.(string); ok {
		return text
	}
	raw, _ := json.Marshal(x)
	return string(raw)
}

// jsonCall and formCall are requests of one content type; silentCall is a POST as PHP sends it.
func jsonCall(line, body string) wireRequest { return parseCall(line, jsonType, body) }
func formCall(line, body string) wireRequest { return parseCall(line, formType, body) }

func silentCall(line string) wireRequest {
	q := parseCall(line, "", "")
	q.silent = true
	return q
}

// parseCall reads "POST /charges?limit=1", or with "pkey " before it for the public key.
func parseCall(line, contentType, body string) wireRequest {
	line, public := strings.CutPrefix(line, "pkey ")
	method, target, _ := strings.Cut(line, " ")
	path, query, _ := strings.Cut(target, "?")
	return wireRequest{method: method, path: path, query: query, contentType: contentType, body: body, public: public}
}

// wireRequests are those of all scripts.
func wireRequests() []wireRequest {
	var all []wireRequest
	for _, script := range wireScripts() {
		for _, step := range script {
			all = append(all, step.wireRequest)
		}
	}
	return all
}
