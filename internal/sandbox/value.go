package sandbox

import (
	"slices"
	"strconv"
)

type kind uint8

const (
	kindNone kind = iota // also null
	kindText
	kindNumber
	kindBoolean
	kindObject
	kindArray
)

// value is a parameter as a client sent it. JSON and forms give the same tree, but that all leaves
// of a form are texts.
type value struct {
	kind    kind
	text    string   // of a text; of a number or boolean as it was written
	members []member // of an object, in the order they came, each name once
	items   []value  // of an array

	places map[string]int // of the members by name, once they are many
}

type member struct {
	name string
	value
}

// get gives a member of an object, absent if there is none.
func (v value) get(name string) value {
	if i := v.index(name); i >= 0 {
		return v.members[i].value
	}
	return value{}
}

func (v value) index(name string) int {
	if v.places != nil {
		if i, ok := v.places[name]; ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(v.members, func(m member) bool { return m.name == name })
}

// set replaces a member in place, or adds it at the end.
func (v *value) set(name string, x value) {
	if i := v.index(name); i >= 0 {
		v.members[i].value = x
		return
	}
	v.members = append(v.members, member{name, x})
	if v.places != nil {
		v.places[name] = len(v.members) - 1
		return
	}
	v.place()
}

func (v *value) remove(name string) {
	v.members = slices.DeleteFunc(v.members, func(m member) bool { return m.name == name })
	v.place()
}

// place notes where each member is, if they are many: a body of 1 MB may have 100,000, each of
// which is looked up as it comes.
func (v *value) place() {
	const many = 32
	v.places = nil
	if len(v.members) < many {
		return
	}
	v.places = make(map[string]int, 2*many)
	for i, m := range v.members {
		v.places[m.name] = i
	}
}

// empty is what clients send for "no such parameter": nothing, null or "".
func (v value) empty() bool { return v.kind == kindNone || v.kind == kindText && v.text == "" }

// emptyMap is how PHP and Elixir encode one in JSON.
func (v value) emptyMap() bool { return v.kind == kindArray && len(v.items) == 0 }

func textValue(s string) value { return value{kind: kindText, text: s} }

// json writes the value, objects in the order they came and numbers as they were written.
func (j *jsonBuf) value(v value) {
	j.comma()
	switch v.kind {
	case kindNone:
		j.b = append(j.b, "null"...)
	case kindText:
		j.text(v.text)
	case kindNumber, kindBoolean:
		j.b = append(j.b, v.text...)
	case kindObject:
		j.open('{')
		for _, m := range v.members {
			j.comma()
			j.text(m.name)
			j.b = append(j.b, ':')
			j.value(m.value)
		}
		j.close('}')
	case kindArray:
		j.open('[')
		for _, x := range v.items {
			j.value(x)
		}
		j.close(']')
	}
}

func (v value) json() string {
	var j jsonBuf
	j.value(v)
	return string(j.b)
}

// list reads an array, however it was sent: tags[]=a, tags[0]=a, ["a"], or one text alone.
func (v value) list() []value {
	switch {
	case v.kind == kindArray:
		return v.items
	case v.empty():
		return nil
	case v.kind == kindObject && v.numbered():
		var items []value
		for _, m := range v.members {
			items = append(items, m.value)
		}
		return items
	}
	return []value{v}
}

func (v value) numbered() bool {
	for i, m := range v.members {
		if m.name != strconv.Itoa(i) {
			return false
		}
	}
	return len(v.members) > 0
}
