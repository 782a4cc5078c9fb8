package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

const (
	maxBody  = 1 << 20
	maxDepth = 32 // of nested parameters; metadata of real shops has two or three
)

var errTooDeep = badRequest("parameters are nested deeper than %d", maxDepth)

// decode merges the query with a JSON or form body, of any method: some SDKs send the parameters of
// a list as the body of a GET. What stands in the query wins.
func decode(r *http.Request) (value, *Error) {
	body, err := readAll(r.Body)
	if err != nil {
		return value{}, err
	}
	params, err := decodeBody(body, r.Header.Get("Content-Type"))
	if err != nil {
		return params, err
	}
	err = decodeForm(r.URL.RawQuery, &params)
	return params, err
}

func readAll(body io.Reader) ([]byte, *Error) {
	if body == nil {
		return nil, nil
	}
	all, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	switch {
	case err != nil:
		return nil, badRequest("body could not be read")
	case len(all) > maxBody:
		return nil, badRequest("body is longer than %d bytes", maxBody)
	}
	return bytes.TrimSpace(all), nil
}

// decodeBody goes by the first byte rather than by the Content-Type, which curl sets to that of a
// form whatever it sends, and which PHP leaves out.
func decodeBody(body []byte, contentType string) (value, *Error) {
	params := value{kind: kindObject}
	switch {
	case len(body) == 0:
		return params, nil
	case strings.HasPrefix(contentType, "multipart/"):
		return decodeMultipart(body, contentType)
	case body[0] == '{' || body[0] == '[' || strings.Contains(contentType, "json"):
		return decodeJSON(body)
	}
	err := decodeForm(string(body), &params)
	return params, err
}
