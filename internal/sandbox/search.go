package sandbox

import (
	"slices"
	"strings"
)

// scope is a kind of object as the search knows it. Its rows come sorted by creation.
type scope[T row] struct {
	rows    func(t second) []T
	texts   func(x T, t second) []string // what the words of a query are looked for in
	filters map[string]filter[T]
	draw    func(*render, T)
}

// filter makes a test out of what is asked for, none if that makes no sense.
type filter[T row] func(want string) test[T]

type test[T row] func(x T, t second) bool

// find gives the rows that pass the filters and have every word of the query.
func (sc scope[T]) find(f *fields, t second) ([]T, error) {
	tests := sc.tests(f.group("filters"))
	for _, word := range strings.Fields(f.text("query")) {
		tests = append(tests, sc.word(word))
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	var found []T
	for _, x := range between(sc.rows(t), 0, t) {
		if !slices.ContainsFunc(tests, func(pass test[T]) bool { return !pass(x, t) }) {
			found = append(found, x)
		}
	}
	return found, nil
}

func (sc scope[T]) tests(filters *fields) []test[T] {
	var tests []test[T]
	for _, m := range filters.members {
		if m.empty() {
			continue
		}
		want := filters.text(m.name)
		pass := sc.test(m.name, want)
		if pass == nil {
			filters.refuse(refused("invalid_filters", "filter %.40q cannot be %.40q", m.name, want))
		}
		tests = append(tests, pass)
	}
	return tests
}

// test is nil if the scope has no such filter, or the filter cannot be that. All scopes have two.
func (sc scope[T]) test(name, want string) test[T] {
	switch f := sc.filters[name]; {
	case name == "id":
		return byID[T](want)
	case name == "created":
		return byCreated[T](want)
	case f != nil:
		return f(want)
	}
	return nil
}

// word looks in the id and the texts, or is a filter itself, as in amount:1000.
func (sc scope[T]) word(word string) test[T] {
	if name, want, ok := strings.Cut(word, ":"); ok {
		if pass := sc.test(name, want); pass != nil {
			return pass
		}
	}
	word = strings.ToLower(word)
	return func(x T, t second) bool {
		_, id := x.rowKey()
		return slices.ContainsFunc(append(sc.texts(x, t), id), func(text string) bool {
			return strings.Contains(strings.ToLower(text), word)
		})
	}
}
