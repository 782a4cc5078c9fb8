package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"

	"reconcile/internal/money"
)

func recordFields() []field[Records] {
	return slices.Concat(recordPlace(), recordScope(), recordReading(), recordTrust(), recordWords())
}

// recordPlace is where the rows are.
func recordPlace() []field[Records] {
	return []field[Records]{
		{
			key: "name",
			read: func(r *Records, v value) {
				v.matching(&r.Name, accountName, "begin with a letter or digit and hold only letters, digits, _ . -")
			},
			write: func(r *Records) any { return r.Name },
		},
		{
			key:   "account",
			read:  func(r *Records, v value) { v.text(&r.Account) },
			write: func(r *Records) any { return r.Account },
		},
		textField("path", func(r *Records) *string { return &r.Path }),
		textField("sheet", func(r *Records) *string { return &r.Sheet }),
		{
			key:   "driver",
			read:  func(r *Records, v value) { v.choice(&r.Driver, "sqlite", "postgres", "mysql") },
			write: func(r *Records) any { return orNil(r.Driver) },
		},
		{
			key:   "dsn_env",
			read:  func(r *Records, v value) { v.dsnEnv(&r.DSNEnv) },
			write: func(r *Records) any { return orNil(r.DSNEnv) },
		},
		{
			key:     "dsn",
			refused: "does not belong into the config, because it may hold a password; put it into an environment variable and name that with dsn_env",
		},
		{
			key:   "query",
			read:  func(r *Records, v value) { v.query(&r.Query) },
			write: func(r *Records) any { return orNil(r.Query) },
		},
	}
}

// recordScope is which rows are records, and how many of all they are.
func recordScope() []field[Records] {
	return []field[Records]{
		wordField("covers", "changes", "all", func(r *Records) *bool { return &r.Whole }),
		{
			key:   "since",
			read:  func(r *Records, v value) { v.date(&r.Since) },
			write: func(r *Records) any { return orNil(r.Since) },
		},
		{
			key:   "where",
			read:  func(r *Records, v value) { v.where(&r.Where) },
			write: func(r *Records) any { return mapOrNil(r.Where) },
		},
		yesNoField("all_omise", func(r *Records) *bool { return &r.AllOmise }),
	}
}

// recordReading is what the values of a row mean.
func recordReading() []field[Records] {
	return []field[Records]{
		wordField("amount_unit", "major", "minor", func(r *Records) *bool { return &r.Minor }),
		{
			key:   "currency",
			read:  func(r *Records, v value) { v.currency(&r.Currency) },
			write: func(r *Records) any { return orNil(string(r.Currency)) },
		},
		{
			key:   "timezone",
			read:  func(r *Records, v value) { v.zone(&r.Timezone, &r.Zone) },
			write: func(r *Records) any { return r.Timezone },
		},
		{
			key:   "date_format",
			read:  func(r *Records, v value) { v.dateFormat(&r.DateFormat) },
			write: func(r *Records) any { return orNil(r.DateFormat) },
		},
		yesNoField("buddhist", func(r *Records) *bool { return &r.Buddhist }),
		{
			key:   "encoding",
			read:  func(r *Records, v value) { v.choice(&r.Encoding, "utf-8", "shift_jis", "windows-874") },
			write: func(r *Records) any { return r.Encoding },
		},
	}
}

// recordTrust is how fresh the books must be.
func recordTrust() []field[Records] {
	return []field[Records]{
		spanField("grace", false, func(r *Records) *time.Duration { return &r.Grace }),
		spanField("max_age", true, func(r *Records) *time.Duration { return &r.MaxAge }),
		yesNoField("optional", func(r *Records) *bool { return &r.Optional }),
	}
}

// recordWords is what headers and words of this shop mean.
func recordWords() []field[Records] {
	return []field[Records]{
		{
			key:   "columns",
			read:  func(r *Records, v value) { v.columns(&r.Columns) },
			write: func(r *Records) any { return mapOrNil(r.Columns) },
		},
		{
			key:   "statuses",
			read:  func(r *Records, v value) { v.statuses(&r.Statuses) },
			write: func(r *Records) any { return mapOrNil(r.Statuses) },
		},
	}
}

func textField[T any](key string, of func(*T) *string) field[T] {
	return field[T]{
		key:   key,
		read:  func(dst *T, v value) { v.text(of(dst)) },
		write: func(src *T) any { return orNil(*of(src)) },
	}
}

func yesNoField[T any](key string, of func(*T) *bool) field[T] {
	return field[T]{
		key:   key,
		read:  func(dst *T, v value) { v.yesNo(of(dst)) },
		write: func(src *T) any { return *of(src) },
	}
}

// wordField is one of two words; the second one sets the flag.
func wordField[T any](key, off, on string, of func(*T) *bool) field[T] {
	return field[T]{
		key: key,
		read: func(dst *T, v value) {
			var word string
			if v.choice(&word, off, on) {
				*of(dst) = word == on
			}
		},
		write: func(src *T) any {
			if *of(src) {
				return on
			}
			return off
		},
	}
}

func mapOrNil[V any](m map[string]V) any {
	if len(m) == 0 {
		return nil
	}
	return m
}

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
