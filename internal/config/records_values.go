package config

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"

	"reconcile/internal/money"
)

// put leaves a map without entries nil, as one that is left out.
func put[V any](m *map[string]V, key string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = v
}

// dsnEnv reads the name of a variable. What is none may be the DSN itself, so
// the message does not show it.
func (v value) dsnEnv(dst *string) {
	var s string
	if !v.text(&s) {
		return
	}
	if !envName.MatchString(s) {
		v.refuse("must be the name of an environment variable that holds the DSN, e.g. SHOP_DSN; the DSN itself does not belong into the config")
		return
	}
	*dst = s
}

// query reads a text that may have several lines.
func (v value) query(dst *string) {
	s, ok := v.scalar("a query such as SELECT order_id, charge_id, total FROM orders", "!!str")
	switch {
	case !ok:
	case strings.TrimSpace(s) == "":
		v.refuse("is blank; write a query such as SELECT order_id, charge_id, total FROM orders")
	case strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && unprintable(r) }):
		v.refuse("holds a control character; remove it")
	default:
		*dst = s
	}
}

func (v value) date(dst *string) {
	s, ok := v.scalar("a date such as 2026-01-31", "!!timestamp", "!!str")
	if !ok {
		return
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		v.refuse("%s must be a date such as 2026-01-31", show(s))
		return
	}
	*dst = s
}

func (v value) currency(dst *money.Currency) {
	var s string
	if !v.text(&s) {
		return
	}
	currency, err := money.ParseCurrency(s)
	if err != nil {
		v.refuse("%s is not a currency that Omise has; write e.g. THB or JPY", show(s))
		return
	}
	*dst = currency
}

// dateFormat reads a Go layout; an empty one is the default.
func (v value) dateFormat(dst *string) {
	if v.node.Kind == yaml.ScalarNode && v.node.ShortTag() == "!!str" && v.node.Value == "" {
		return
	}
	var s string
	if !v.text(&s) {
		return
	}
	if !wholeDate(s) {
		v.refuse("%s does not give year, month and day; write how your file would write 2 January 2006, e.g. 02/01/2006 or 2006-01-02 15:04", show(s))
		return
	}
	*dst = s
}

// wholeDate reports whether a day that is written with the layout can be read back.
func wholeDate(layout string) bool {
	day := time.Date(2031, 10, 23, 0, 0, 0, 0, time.UTC)
	back, err := time.Parse(layout, day.Format(layout))
	return err == nil && back.Format(time.DateOnly) == day.Format(time.DateOnly)
}

// where reads headers with a pattern or a list of patterns.
func (v value) where(dst *map[string][]string) {
	v.pairs(func(key *yaml.Node, inner value) {
		var list []string
		if inner.node.Kind == yaml.SequenceNode {
			inner.words(&list, func(v value, s *string) bool { return v.text(s) })
		} else if list = []string{""}; !inner.text(&list[0]) {
			return
		}
		if v.named(key, "a column's header") {
			put(dst, key.Value, list)
		}
	})
}

// named refuses a key that cannot be a name in somebody's file.
func (v value) named(key *yaml.Node, what string) bool {
	if strings.TrimSpace(key.Value) == "" || strings.ContainsFunc(key.Value, unprintable) {
		v.to.add(key.Line, v.key, fmt.Sprintf("has a key that is not %s; write it as it stands in the file", what))
		return false
	}
	return true
}

// columns reads which header holds which field.
func (v value) columns(dst *map[string]string) {
	var fields []field[map[string]string]
	for _, name := range []string{"order_ref", "charge_id", "amount", "currency", "status", "refunded", "created_at"} {
		fields = append(fields, field[map[string]string]{key: name, read: func(columns *map[string]string, v value) {
			var header string
			if v.text(&header) {
				put(columns, name, header)
			}
		}})
	}
	section(v, dst, fields)
}

// statuses reads which word of the file means which of ours.
func (v value) statuses(dst *map[string]string) {
	first := map[string]int{}
	v.pairs(func(key *yaml.Node, inner value) {
		if !v.named(key, "a word") {
			return
		}
		if line, twice := first[foldWord(key.Value)]; twice {
			v.to.add(key.Line, shownKey(inner.key), fmt.Sprintf("is the same word as the one on line %d; keep one", line))
			return
		}
		first[foldWord(key.Value)] = key.Line
		var status string
		if inner.choice(&status, "paid", "authorized", "pending", "on-hold", "failed", "cancelled", "refunded", "partially_refunded") {
			put(dst, key.Value, status)
		}
	})
}

// foldWord gives equal texts for words that are read as one: case, blanks, -
// and _ make no difference, nor does WooCommerce's wc- in front.
func foldWord(s string) string {
	s = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "wc-")
	return strings.NewReplacer(" ", "", "-", "", "_", "").Replace(s)
}
