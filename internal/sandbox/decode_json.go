package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
)

// decodeJSON reads one object. Null and an empty array stand for an empty one.
func decodeJSON(body []byte) (value, *Error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	v, err := decodeNext(dec, 0)
	switch {
	case errors.Is(err, errTooDeep):
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
		return value{kind: kindBoolean, text: strconv.FormatBool(t)}, nil
	case json.Delim:
		if depth == maxDepth {
			return value{}, errTooDeep
		}
		return decodeGroup(dec, t, depth+1)
	}
	return value{}, nil // null
}

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
