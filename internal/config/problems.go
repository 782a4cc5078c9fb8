package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Problem is one thing to correct in a config file.
type Problem struct {
	Line int    // 0 where no line is at fault
	Key  string // dotted, as in fetch.workers or accounts[0].name; may be empty
	Text string
}

// Problems is everything that is wrong with one config file, in line order.
type Problems struct {
	File string
	List []Problem

	cause error
}

// Error has one line per problem: "FILE:LINE: KEY: what is wrong; what to do".
func (p *Problems) Error() string {
	lines := make([]string, len(p.List))
	for i, one := range p.List {
		var b strings.Builder
		b.WriteString(p.File)
		if one.Line > 0 {
			fmt.Fprintf(&b, ":%d", one.Line)
		}
		if one.Key != "" {
			b.WriteString(": " + one.Key)
		}
		lines[i] = b.String() + ": " + one.Text
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the reason why the file could not be read, if that was it.
func (p *Problems) Unwrap() error { return p.cause }

func (p *Problems) add(line int, key, text string) {
	p.List = append(p.List, Problem{Line: line, Key: key, Text: text})
}

// sorted puts problems in line order; those of one line keep theirs.
func (p *Problems) sorted() *Problems {
	slices.SortStableFunc(p.List, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return p
}

// longest is how much of a wrong value a message shows.
const longest = 40

// show quotes a wrong value for a message, unless it is long or may be secret.
func show(s string) string {
	if holdsKey(s) {
		return hidden
	}
	if n := utf8.RuneCountInString(s); n > longest {
		return fmt.Sprintf("a text of %d characters", n)
	}
	return fmt.Sprintf("%q", s)
}

// keyStart is what every Omise key begins with, keyInside a whole key amid
// other text. Both are lower case only: OMISE_SKEY_TEST is a fine name.
var (
	keyStart  = regexp.MustCompile(`^\s*[sp]key_`)
	keyInside = regexp.MustCompile(`[sp]key_(?:test_|live_)?[0-9a-zA-Z]{12,}`)
)

func holdsKey(s string) bool { return keyStart.MatchString(s) || keyInside.MatchString(s) }
