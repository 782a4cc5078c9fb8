package config

import (
	"slices"
	"time"
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
