package sandbox

import (
	"net/url"
	"strings"
)

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
