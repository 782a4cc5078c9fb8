package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	defaultLimit = 20
	maxLimit     = 100
	maxBody      = 1 << 20

	chronological        = "chronological"
	reverseChronological = "reverse_chronological"
)

// listParams are the five parameters of every list, as applied.
type listParams struct {
	from, to second // both ends included
	offset   int
	limit    int
	order    string
}

func defaultParams(now second) listParams {
	return listParams{to: now, limit: defaultLimit, order: chronological}
}

// readParams merges the query with a JSON or form body: some SDKs send list parameters as the body
// of a GET. Null and "" count as absent.
func readParams(r *http.Request) (map[string]string, *Error) {
	merged := map[string]string{}
	if err := bodyParams(r, merged); err != nil {
		return nil, err
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("query string is malformed")
	}
	addValues(merged, query)
	return merged, nil
}

func addValues(into map[string]string, values url.Values) {
	for k, v := range values {
		if last := v[len(v)-1]; last != "" {
			into[k] = last
		}
	}
}

func bodyParams(r *http.Request, into map[string]string) *Error {
	if r.Body == nil {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return badRequest("body could not be read")
	}
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return nil
	case body[0] == '{' || strings.Contains(r.Header.Get("Content-Type"), "json"):
		return jsonParams(body, into)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return badRequest("form body is malformed")
	}
	addValues(into, form)
	return nil
}

func jsonParams(body []byte, into map[string]string) *Error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var parsed any
	if err := dec.Decode(&parsed); err != nil {
		return badRequest("JSON body is malformed")
	}
	values, _ := parsed.(map[string]any) // omise-elixir sends [] for none
	for k, v := range values {
		switch v := v.(type) {
		case string:
			if v != "" {
				into[k] = v
			}
		case json.Number:
			into[k] = v.String()
		}
	}
	return nil
}

func parseList(values map[string]string, now second) (listParams, *Error) {
	p := defaultParams(now)
	var err *Error
	if p.from, err = instant(values, "from", p.from, true); err != nil {
		return p, err
	}
	if p.to, err = instant(values, "to", p.to, false); err != nil {
		return p, err
	}
	if p.offset, err = number(values, "offset", 0, 0, 1<<40); err != nil {
		return p, err
	}
	if p.limit, err = number(values, "limit", defaultLimit, 1, maxLimit); err != nil {
		return p, err
	}
	switch order := values["order"]; order {
	case "", chronological:
	case reverseChronological:
		p.order = order
	default:
		return p, badRequest("order %q is neither %s nor %s", order, chronological, reverseChronological)
	}
	return p, nil
}

func number(values map[string]string, name string, fallback, low, high int) (int, *Error) {
	text := values[name]
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, badRequest("%s must be an integer from %d to %d", name, low, high)
	}
	return n, nil
}

// instant reads RFC 3339 or a date, which is its midnight in UTC. State has whole seconds, so a
// fraction in from excludes the second that it has begun.
func instant(values map[string]string, name string, fallback second, up bool) (second, *Error) {
	text := values[name]
	if text == "" {
		return fallback, nil
	}
	t, err := time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "+", 1))
	if err != nil {
		if t, err = time.Parse(time.DateOnly, text); err != nil {
			return 0, badRequest("%s %q is not an ISO 8601 time", name, text)
		}
	}
	s := secondOf(t)
	if up && t.Nanosecond() > 0 {
		s++
	}
	return s, nil
}
