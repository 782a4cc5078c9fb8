package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// A field is one key of a section: how it is read into its struct and how the
// effective config writes it. Reading, Keys and Effective share these tables.
type field[T any] struct {
	key   string
	read  func(dst *T, v value)
	write func(src *T) any // gives nil for what is not set
	inner []string         // the keys below this one

	refused string // why this key, which somebody may well write, is none
}

// keysOf lists the keys of a table, those below a key after it.
func keysOf[T any](fields []field[T]) []string {
	var keys []string
	for _, f := range allowed(fields) {
		if len(f.inner) == 0 {
			keys = append(keys, f.key)
		}
		for _, below := range f.inner {
			dot := "."
			if strings.HasPrefix(below, "[") {
				dot = ""
			}
			keys = append(keys, f.key+dot+below)
		}
	}
	return keys
}

func allowed[T any](fields []field[T]) []field[T] {
	return slices.DeleteFunc(slices.Clone(fields), func(f field[T]) bool { return f.refused != "" })
}

// parse reads the only document of a file.
func parse(data []byte) (*yaml.Node, error) {
	var document, second yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	err := dec.Decode(&document)
	if errors.Is(err, io.EOF) || (err == nil && len(document.Content) == 0) {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: 1}, nil
	}
	if err != nil {
		return nil, err
	}
	switch err := dec.Decode(&second); {
	case errors.Is(err, io.EOF):
		return document.Content[0], nil
	case err != nil:
		return nil, err
	default:
		return nil, fmt.Errorf("yaml: line %d: a second document (---) follows; keep one", second.Line)
	}
}

var (
	syntaxLine = regexp.MustCompile(`^(?:line ([0-9]+): )?(.*)$`)
	keyWord    = regexp.MustCompile(`[sp]key_\w+`)
)

// syntax turns the parser's error into a problem.
func (p *Problems) syntax(err error, data []byte) {
	text := strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "\n", " ")
	m := syntaxLine.FindStringSubmatch(text)
	line, _ := strconv.Atoi(m[1])
	text = keyWord.ReplaceAllString(m[2], hidden)
	if strings.Contains(text, "cannot start any token") {
		text += "; indent with blanks, not tabs, and quote values that begin with @ or `"
	}
	if m[1] == "" {
		line = unreadable(data)
	}
	p.add(max(line, 1), "", "is not YAML: "+text)
}

// unreadable finds the first line that no YAML parser would read as text; the
// parser does not tell.
func unreadable(data []byte) int {
	for i, line := range strings.Split(string(data), "\n") {
		if !utf8.ValidString(line) || strings.ContainsFunc(strings.Trim(line, "\ufeff\r"), func(r rune) bool { return r != '\t' && unprintable(r) }) {
			return i + 1
		}
	}
	return 0
}

// A value is a place in the file with its dotted key.
type value struct {
	to   *Problems
	key  string
	node *yaml.Node
}

func (v value) refuse(format string, args ...any) {
	v.to.add(v.node.Line, v.key, fmt.Sprintf(format, args...))
}

func (v value) at(key string, node *yaml.Node) value {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if v.key != "" && !strings.HasPrefix(key, "[") {
		key = "." + key
	}
	return value{to: v.to, key: v.key + key, node: node}
}

func (v value) empty() bool {
	return v.node.Kind == yaml.ScalarNode && v.node.ShortTag() == "!!null"
}

// section reads a mapping and says which of its keys are there. An empty
// section counts as left out.
func section[T any](v value, dst *T, fields []field[T]) map[string]value {
	found := map[string]value{}
	v.pairs(func(key *yaml.Node, inner value) {
		at := slices.IndexFunc(fields, func(f field[T]) bool { return f.key == key.Value })
		if at < 0 {
			var known []string
			for _, f := range allowed(fields) {
				known = append(known, f.key)
			}
			v.to.add(key.Line, shownKey(inner.key), "unknown key; known here: "+strings.Join(known, ", "))
			return
		}
		if fields[at].refused != "" {
			v.to.add(key.Line, inner.key, fields[at].refused)
			return
		}
		found[key.Value] = inner
		fields[at].read(dst, inner)
	})
	return found
}

// pairs visits each key of a mapping once.
func (v value) pairs(visit func(key *yaml.Node, inner value)) {
	if v.empty() {
		return
	}
	if v.node.Kind != yaml.MappingNode {
		v.refuse("must be a section of `key: value` lines")
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key, node := v.node.Content[i], v.node.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			v.to.add(key.Line, v.key, "has a key that is not a word; write `key: value`")
			continue
		}
		inner := v.at(key.Value, node)
		if line, twice := first[key.Value]; twice {
			v.to.add(key.Line, shownKey(inner.key), fmt.Sprintf("is already set on line %d; keep one", line))
			continue
		}
		first[key.Value] = key.Line
		visit(key, inner)
	}
}

// shownKey is a key for a message: one that the user made up may be a secret.
func shownKey(key string) string {
	key = keyWord.ReplaceAllString(key, hidden)
	if strings.ContainsFunc(key, unicode.IsControl) {
		key = strconv.Quote(key)
	}
	if len(key) > 2*longest {
		return key[:strings.LastIndexByte(key[:longest], '.')+1] + "…"
	}
	return key
}

// items gives the entries of a list.
func (v value) items() []value {
	if v.empty() {
		return nil
	}
	if v.node.Kind != yaml.SequenceNode {
		v.refuse("must be a list; write [a, b] or one `- entry` per line")
		return nil
	}
	list := make([]value, len(v.node.Content))
	for i, node := range v.node.Content {
		list[i] = v.at(fmt.Sprintf("[%d]", i), node)
	}
	return list
}

// scalar gives a single value of one of the wanted YAML types. It stays silent
// about what looks like a key: that is reported already.
func (v value) scalar(want string, tags ...string) (string, bool) {
	switch {
	case v.node.Kind == yaml.ScalarNode && holdsKey(v.node.Value):
		return "", false
	case v.empty():
		v.refuse("has no value; write %s or remove the line", want)
		return "", false
	case v.node.Kind != yaml.ScalarNode:
		v.refuse("must be %s, not a list or a section", want)
		return "", false
	case !slices.Contains(tags, v.node.ShortTag()):
		v.refuse("%s must be %s", show(v.node.Value), want)
		return "", false
	}
	return v.node.Value, true
}

// text reads a text that is not blank.
func (v value) text(dst *string) bool {
	want := "a text"
	if v.node.Kind == yaml.ScalarNode && v.node.ShortTag() != "!!str" && !v.empty() {
		want = "a text; put it in quotes"
	}
	s, ok := v.scalar(want, "!!str")
	switch {
	case !ok:
		return false
	case strings.TrimSpace(s) == "":
		v.refuse("is blank; write a text or remove the line")
		return false
	case strings.ContainsFunc(s, unprintable):
		v.refuse("holds a control character; remove it")
		return false
	}
	*dst = s
	return true
}

func unprintable(r rune) bool {
	return unicode.IsControl(r) || r == '\ufeff' || r >= 0xfffe && r <= 0xffff
}

// choice reads one of a few words.
func (v value) choice(dst *string, words ...string) bool {
	var s string
	if !v.text(&s) {
		return false
	}
	if !slices.Contains(words, s) {
		v.refuse("%s is not known; write %s", show(s), strings.Join(words, " or "))
		return false
	}
	*dst = s
	return true
}

// whole reads a whole number from low to high; because is told where it is more.
func (v value) whole(dst *int, low, high int, because string) {
	s, ok := v.scalar("a whole number", "!!int")
	if !ok {
		return
	}
	var n int
	if err := v.node.Decode(&n); err != nil {
		v.refuse("%s must be a whole number from %d to %d", show(s), low, high)
		return
	}
	switch {
	case n < low:
		v.refuse("%d is less than %d", n, low)
	case n > high && because != "":
		v.refuse("%d is more than %d, %s", n, high, because)
	case n > high:
		v.refuse("%d is more than %d", n, high)
	default:
		*dst = n
	}
}

// rate reads a number above 0.
func (v value) rate(dst *float64) {
	s, ok := v.scalar("a number above 0", "!!int", "!!float")
	if !ok {
		return
	}
	var f float64
	if err := v.node.Decode(&f); err != nil || math.IsNaN(f) || math.IsInf(f, 0) || f <= 0 {
		v.refuse("%s must be a number above 0", show(s))
		return
	}
	*dst = f
}

func (v value) yesNo(dst *bool) {
	if _, ok := v.scalar("true or false", "!!bool"); !ok {
		return
	}
	if err := v.node.Decode(dst); err != nil {
		v.refuse("%s must be true or false", show(v.node.Value))
	}
}

// span reads a duration; above says that 0 is too little.
func (v value) span(dst *time.Duration, above bool) {
	s, ok := v.scalar("a duration (30s, 10m, 2h, 3d)", "!!str", "!!int", "!!float")
	if !ok {
		return
	}
	d, err := ParseDuration(s)
	switch {
	case err != nil:
		v.refuse("%v", err)
	case above && d == 0:
		v.refuse("must be longer than 0")
	default:
		*dst = d
	}
}

// zone reads the name of a time zone and loads it.
func (v value) zone(name *string, zone **time.Location) {
	var s string
	if !v.text(&s) {
		return
	}
	loaded, err := time.LoadLocation(s)
	switch {
	case s == "Local":
		v.refuse("\"Local\" differs from machine to machine; write a name such as Asia/Bangkok")
	case err != nil:
		v.refuse("%s is not a known time zone; write a name such as Asia/Bangkok", show(s))
	default:
		*name, *zone = s, loaded
	}
}

// scan reports every value and every key of a mapping that looks like an Omise
// key, and in the end lines that hold one elsewhere, comments say. The value
// itself is never shown.
func (p *Problems) scan(root *yaml.Node, data []byte) {
	seen := map[int]bool{}
	var walk func(v value)
	walk = func(v value) {
		switch v.node.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(v.node.Content); i += 2 {
				key, node := v.node.Content[i], v.node.Content[i+1]
				inner := value{to: p, key: strings.TrimPrefix(v.key+"."+key.Value, "."), node: node}
				if holdsKey(key.Value) {
					inner.key = v.key
					seen[key.Line] = true
					p.add(key.Line, v.key, keyFound)
				}
				walk(inner)
			}
		case yaml.SequenceNode:
			for i, node := range v.node.Content {
				walk(value{to: p, key: fmt.Sprintf("%s[%d]", v.key, i), node: node})
			}
		case yaml.ScalarNode:
			if holdsKey(v.node.Value) {
				seen[v.node.Line] = true
				p.add(v.node.Line, shownKey(v.key), keyFound)
			}
		}
	}
	if root != nil {
		walk(value{to: p, node: root})
	}
	for i, line := range bytes.Split(data, []byte("\n")) {
		if !seen[i+1] && keyInside.Match(line) {
			p.add(i+1, "", keyFound)
		}
	}
}

const keyFound = "holds an Omise key; keys do not belong into the config: name an environment variable with secret_key_env, and make a new key if others could read this one"
