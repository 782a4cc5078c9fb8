package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const (
	maxBody  = 1 << 20
	maxDepth = 32 // of nested parameters; metadata of real shops has two or three
)

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

// decodeJSON reads one object. Null and an empty array stand for an empty one.
func decodeJSON(body []byte) (value, *Error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	v, err := decodeNext(dec, 0)
	switch {
	case err == errTooDeep:
		return v, errTooDeep
	case err != nil:
		return v, badRequest("JSON body is malformed")
	}
	if _, err := dec.Token(); err != io.EOF {
		return v, badRequest("JSON body goes on after its end")
	}
	switch {
	case v.kind == kindObject:
		return v, nil
	case v.kind == kindNone, v.emptyMap():
		return value{kind: kindObject}, nil
	}
	return v, badRequest("JSON body is not an object")
}

func decodeNext(dec *json.Decoder, depth int) (value, error) {
	token, err := dec.Token()
	if err != nil {
		return value{}, err
	}
	switch t := token.(type) {
	case string:
		return textValue(t), nil
	case json.Number:
		return value{kind: kindNumber, text: t.String()}, nil
	case bool:
		return value{kind: kindBoolean, text: map[bool]string{true: "true", false: "false"}[t]}, nil
	case json.Delim:
		if depth == maxDepth {
			return value{}, errTooDeep
		}
		return decodeGroup(dec, t, depth+1)
	}
	return value{}, nil // null
}

var errTooDeep = badRequest("parameters are nested deeper than %d", maxDepth)

func decodeGroup(dec *json.Decoder, open json.Delim, depth int) (value, error) {
	v := value{kind: kindArray}
	if open == '{' {
		v.kind = kindObject
	}
	for dec.More() {
		name := ""
		if v.kind == kindObject {
			key, err := dec.Token()
			if err != nil {
				return v, err
			}
			name, _ = key.(string)
		}
		x, err := decodeNext(dec, depth)
		if err != nil {
			return v, err
		}
		if v.kind == kindObject {
			v.set(name, x)
		} else {
			v.items = append(v.items, x)
		}
	}
	_, err := dec.Token()
	return v, err
}

// decodeForm adds name=value pairs to params, brackets in a name being steps into it: card[name],
// metadata[a][b], tags[].
func decodeForm(form string, params *value) *Error {
	for pair := range strings.SplitSeq(form, "&") {
		if pair == "" {
			continue
		}
		rawName, rawText, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(rawName)
		if err != nil {
			return badRequest("form parameter %.40q is malformed", rawName)
		}
		text, err := url.QueryUnescape(rawText)
		if err != nil {
			return badRequest("value of %.40q is malformed", name)
		}
		if err := params.add(name, text); err != nil {
			return err
		}
	}
	return nil
}

// add puts a pair of a form in its place.
func (v *value) add(name, text string) *Error {
	if name == "" {
		return nil
	}
	steps := formSteps(strings.ToValidUTF8(name, "\uFFFD"))
	if len(steps) > maxDepth {
		return errTooDeep
	}
	if !v.put(steps, textValue(strings.ToValidUTF8(text, "\uFFFD"))) {
		return badRequest("%.40q is both a value and a group of values", name)
	}
	return nil
}

// formSteps splits a[b][] into a, b and "". A name whose brackets do not pair is one step.
func formSteps(name string) []string {
	first, rest, ok := strings.Cut(name, "[")
	if !ok || first == "" || !strings.HasSuffix(rest, "]") {
		return []string{name}
	}
	steps := strings.Split(strings.TrimSuffix(rest, "]"), "][")
	for _, step := range steps {
		if strings.ContainsAny(step, "[]") {
			return []string{name}
		}
	}
	return append([]string{first}, steps...)
}

// put places x at the end of the steps and reports whether what stands on the way allows it.
func (v *value) put(steps []string, x value) bool {
	step, rest := steps[0], steps[1:]
	if step == "" {
		return v.push(rest, x)
	}
	if v.kind == kindNone {
		v.kind = kindObject
	}
	if v.kind != kindObject {
		return false
	}
	child := v.get(step)
	if len(rest) == 0 {
		if child.kind == kindObject || child.kind == kindArray {
			return false
		}
		v.set(step, x)
		return true
	}
	if child.empty() {
		child = value{}
	}
	if !child.put(rest, x) {
		return false
	}
	v.set(step, child)
	return true
}

// push appends to an array. Of items[][name]=a&items[][price]=1 the second belongs to the object
// that the first began, until a name comes again.
func (v *value) push(rest []string, x value) bool {
	if v.kind == kindNone {
		v.kind = kindArray
	}
	if v.kind != kindArray {
		return false
	}
	if len(rest) == 0 {
		v.items = append(v.items, x)
		return true
	}
	if n := len(v.items); n > 0 && v.items[n-1].kind == kindObject && v.items[n-1].index(rest[0]) < 0 {
		return v.items[n-1].put(rest, x)
	}
	var child value
	if !child.put(rest, x) {
		return false
	}
	v.items = append(v.items, child)
	return true
}
