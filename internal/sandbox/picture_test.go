package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// differences tells where an object of ours has other keys, another order of them or other types
// than one of theirs. Null is of every type. What is free in form, such as metadata, is not looked at.
func differences(path string, theirs, ours value) []string {
	switch {
	case theirs.kind == kindNone, ours.kind == kindNone, freeForm(path):
		return nil
	case theirs.kind != ours.kind:
		return []string{fmt.Sprintf("%s is %s, theirs is %s", path, ours.kind, theirs.kind)}
	case theirs.kind == kindArray:
		return differences(path+"[]", joinedShape(theirs.items), joinedShape(ours.items))
	case theirs.kind == kindObject:
		return memberDifferences(path, theirs, ours)
	}
	return nil
}

func freeForm(path string) bool {
	return strings.HasSuffix(path, ".metadata") || strings.HasSuffix(path, ".filters")
}

func memberDifferences(path string, theirs, ours value) []string {
	if a, b := theirs.get("object").text, ours.get("object").text; a != b {
		return []string{fmt.Sprintf("%s is a %s, theirs is a %s", path, b, a)}
	}
	var all, shared []string
	for _, m := range theirs.members {
		if ours.index(m.name) < 0 {
			all = append(all, path+"."+m.name+" is missing")
			continue
		}
		shared = append(shared, m.name)
		all = append(all, differences(path+"."+m.name, m.value, ours.get(m.name))...)
	}
	var order []string
	for _, m := range ours.members {
		if theirs.index(m.name) < 0 {
			all = append(all, path+"."+m.name+" is not theirs")
			continue
		}
		order = append(order, m.name)
	}
	if !slices.Equal(shared, order) {
		all = append(all, path+" has its keys in another order: "+strings.Join(order, " "))
	}
	return all
}

// joinedShape is one value with what all items have, nulls filled from the others.
func joinedShape(items []value) value {
	var all value
	for _, x := range items {
		all = joinShapes(all, x)
	}
	return all
}

func joinShapes(a, b value) value {
	switch {
	case a.kind == kindNone:
		return b
	case a.kind != b.kind:
		return a
	case a.kind == kindArray:
		return value{kind: kindArray, items: slices.Concat(a.items, b.items)}
	case a.kind == kindObject:
		both := value{kind: kindObject, members: slices.Clone(a.members)}
		for i, m := range b.members {
			if both.index(m.name) >= 0 {
				both.set(m.name, joinShapes(both.get(m.name), m.value))
				continue
			}
			both.members = slices.Insert(both.members, min(i, len(both.members)), m)
		}
		return both
	}
	return a
}

func (k kind) String() string {
	return [...]string{"null", "a text", "a number", "a boolean", "an object", "an array"}[k]
}
