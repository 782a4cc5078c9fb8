package sandbox

import (
	"strconv"
	"strings"
	"time"
)

// fields reads parameters by name and type. The first one that is not what it should be is kept as
// the fault; reading goes on with zero values, so that an endpoint reads all it needs and asks once.
type fields struct {
	value
	path  string // of a group, "card" for card[name]
	fault *Error
	up    *fields // the group that this one is part of, whose fault is this one's too
}

func newFields(v value) *fields { return &fields{value: v} }

// err is nil or an *Error.
func (f *fields) err() error {
	if f.fault == nil {
		return nil
	}
	return f.fault
}

// refuse keeps a fault, unless there is one.
func (f *fields) refuse(e *Error) {
	if f.up != nil {
		f.up.refuse(e)
	}
	if f.fault == nil {
		f.fault = e
	}
}

func (f *fields) wrong(name, format string, args ...any) {
	f.refuse(badRequest(f.label(name)+" "+format, args...))
}

func (f *fields) label(name string) string {
	if f.path == "" {
		return name
	}
	return f.path + "[" + name + "]"
}

// has tells a parameter with a value from null, "" and none at all.
func (f *fields) has(name string) bool { return !f.get(name).empty() }

// named tells a parameter that was sent, if only as null or "".
func (f *fields) named(name string) bool { return f.index(name) >= 0 }

// require refuses when any of the names has no value.
func (f *fields) require(names ...string) {
	for _, name := range names {
		if !f.has(name) {
			f.wrong(name, "is missing")
			return
		}
	}
}

// text reads a text; a number will do, as clients send postal codes.
func (f *fields) text(name string) string {
	v := f.get(name)
	if v.kind == kindObject || v.kind == kindArray {
		f.wrong(name, "is not a text")
		return ""
	}
	return v.text
}

// integer reads a whole number or a text of digits, 0 if there is none.
func (f *fields) integer(name string) int64 {
	v := f.get(name)
	if v.empty() {
		return 0
	}
	n, err := strconv.ParseInt(v.text, 10, 64)
	if err != nil || v.kind != kindNumber && v.kind != kindText {
		f.wrong(name, "is not an integer")
		return 0
	}
	return n
}

// boolean reads true, false, 1 and 0, of any type: forms have texts only, and PHP sends 0.
func (f *fields) boolean(name string, fallback bool) bool {
	v := f.get(name)
	if v.empty() {
		return fallback
	}
	switch v.text {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	f.wrong(name, "is neither true nor false")
	return fallback
}

// instant reads RFC 3339 with any fraction and offset, or a date, which is its midnight in UTC.
func (f *fields) instant(name string) (t time.Time, ok bool) {
	text := f.text(name)
	if text == "" {
		return t, false
	}
	// An unescaped + of an offset arrives as a space.
	t, err := time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "+", 1))
	if err != nil {
		t, err = time.Parse(time.DateOnly, text)
	}
	if err != nil {
		f.wrong(name, "%.40q is not an ISO 8601 time", text)
		return t, false
	}
	return t, true
}

// group reads a nested object, empty if there is none.
func (f *fields) group(name string) *fields {
	v := f.get(name)
	if !v.empty() && v.kind != kindObject {
		f.wrong(name, "is not an object")
		v = value{}
	}
	return &fields{value: v, path: f.label(name), up: f}
}

// object reads a nested object as JSON text, "{}" if there is none.
func (f *fields) object(name string) string {
	v := f.get(name)
	switch {
	case v.empty(), v.kind == kindArray && len(v.items) == 0: // PHP's empty map
		return "{}"
	case v.kind != kindObject:
		f.wrong(name, "is not an object")
		return "{}"
	}
	return v.json()
}

// oneOf reads a text that has to be one of the words, or none.
func (f *fields) oneOf(name string, words ...string) string {
	text := f.text(name)
	for _, w := range words {
		if text == w || text == "" {
			return text
		}
	}
	f.wrong(name, "%.40q is none of %s", text, strings.Join(words, ", "))
	return ""
}
