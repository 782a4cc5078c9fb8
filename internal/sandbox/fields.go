package sandbox

import (
	"slices"
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
	f.refuse(badRequest("%s "+format, append([]any{f.label(name)}, args...)...))
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

// instantLayouts are how clients write times, any fraction of a second included: with an offset;
// with one as PHP writes it; with none, which is UTC; as Ruby writes both; and dates, whose midnight
// in UTC is meant.
func instantLayouts() [6]string {
	return [...]string{
		time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05",
		"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 UTC", time.DateOnly,
	}
}

// instant reads a time, ok false if there is none.
func (f *fields) instant(name string) (t time.Time, ok bool) {
	text := f.text(name)
	if text == "" {
		return t, false
	}
	written := text
	if strings.IndexByte(text, 'T') == len(time.DateOnly) {
		written = strings.Replace(text, " ", "+", 1) // of an offset, when it was not escaped
	}
	for _, layout := range instantLayouts() {
		if t, err := time.Parse(layout, written); err == nil {
			return t, true
		}
	}
	f.wrong(name, "%.40q is not an ISO 8601 time", text)
	return t, false
}

// group reads a nested object, empty if there is none.
func (f *fields) group(name string) *fields {
	v := f.get(name)
	if v.kind != kindObject {
		if !v.empty() && !v.emptyMap() {
			f.wrong(name, "is not an object")
		}
		v = value{}
	}
	return &fields{value: v, path: f.label(name), up: f}
}

// object reads a nested object as JSON text, "{}" if there is none.
func (f *fields) object(name string) string {
	v := f.get(name)
	switch {
	case v.empty(), v.emptyMap():
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

// only refuses parameters that are none of the names.
func (f *fields) only(names ...string) {
	for _, m := range f.members {
		if !slices.Contains(names, m.name) {
			f.wrong(m.name, "is not known")
		}
	}
}
