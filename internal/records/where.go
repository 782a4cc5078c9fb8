package records

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// condition is one header of `where`: a row is a record when one of the
// patterns fits its cell.
type condition struct {
	at       int // -1: these rows have no such column
	patterns []string
}

func (in *intake) conditions(have headings) ([]condition, error) {
	var all []condition
	for _, name := range slices.Sorted(maps.Keys(in.Where)) {
		c := condition{at: -1}
		at := have.named(name)
		if len(at) > 1 {
			return nil, fmt.Errorf("`where` names %q, and several columns are called that; rename all but one in the export", name)
		}
		if len(at) == 1 {
			c.at = at[0]
		}
		for _, pattern := range in.Where[name] {
			c.patterns = append(c.patterns, folded(pattern))
		}
		all = append(all, c)
	}
	return all, nil
}

// wanted reports whether every condition holds for the row.
func (m *mapping) wanted(row []cell) bool {
	for _, c := range m.where {
		if c.at < 0 || !c.holds((&column{at: c.at}).cell(row).text) {
			return false
		}
	}
	return true
}

func (c condition) holds(text string) bool {
	text = folded(text)
	return slices.ContainsFunc(c.patterns, func(p string) bool { return fits(p, text) })
}

func folded(text string) string {
	return strings.ToLower(strings.TrimSpace(norm.NFKC.String(text)))
}

// fits reports whether the text has the form of the pattern, in which * stands
// for any text, none included. Nothing else is special.
func fits(pattern, text string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	text, ok := strings.CutPrefix(text, first)
	if !ok || !star {
		return ok && text == ""
	}
	parts := strings.Split(rest, "*")
	last := parts[len(parts)-1]
	for _, part := range parts[:len(parts)-1] {
		_, after, found := strings.Cut(text, part)
		if !found {
			return false
		}
		text = after
	}
	return strings.HasSuffix(text, last)
}
