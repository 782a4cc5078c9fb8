package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
)

// hidden is what a key shows as.
const hidden = "skey_***"

var secretKey = regexp.MustCompile(`^skey_(test_)?[0-9a-zA-Z]+$`)

// Key is an Omise secret key that cannot be printed, logged or marshalled by
// accident; only Reveal gives it away.
type Key struct {
	// A pointer, so that fmt prints an address even where it cannot call our
	// methods (a Key in another struct's unexported field).
	secret *string
}

// ParseKey reads a secret key; space around it is dropped. The error never
// holds the text.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return Key{}, errors.New("is empty; it must hold the account's secret key (skey_...)")
	case strings.HasPrefix(text, "pkey_"):
		return Key{}, errors.New("is a public key; it must be the account's secret key (skey_...)")
	case !secretKey.MatchString(text):
		return Key{}, errors.New("is not an Omise secret key (skey_... or skey_test_...); look for quotes, blanks or a cut end")
	}
	return Key{secret: &text}, nil
}

// Reveal gives the key itself, for the Authorization header and nothing else.
func (k Key) Reveal() string {
	if k.secret == nil {
		return ""
	}
	return *k.secret
}

// Test says whether this is a test mode key.
func (k Key) Test() bool { return strings.HasPrefix(k.Reveal(), "skey_test_") }

// String hides the key.
func (k Key) String() string { return hidden }

// GoString hides the key from %#v.
func (k Key) GoString() string { return hidden }

// Format hides the key from every other verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalJSON hides the key.
func (k Key) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalText hides the key from YAML and other text encoders.
func (k Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the key from slog.
func (k Key) LogValue() slog.Value { return slog.StringValue(hidden) }

// SecretKey reads the account's key from its environment variable or its
// file; a relative file name starts at dir, the config file's folder.
func (a Account) SecretKey(getenv func(string) string, dir ...string) (Key, error) {
	from, text := "environment variable "+a.SecretKeyEnv, ""
	if a.SecretKeyFile != "" {
		path := a.SecretKeyFile
		if len(dir) > 0 {
			path = resolve(dir[0], path)
		}
		from = "secret_key_file " + path
		data, err := readLimited(path)
		if err != nil {
			return Key{}, fmt.Errorf("account %s: %s cannot be read: %w", a.Name, from, plain(err))
		}
		text = string(data)
	} else if text = getenv(a.SecretKeyEnv); text == "" {
		return Key{}, fmt.Errorf("account %s: %s is not set; set it to the account's secret key (skey_...)", a.Name, from)
	}
	key, err := ParseKey(text)
	if err != nil {
		return Key{}, fmt.Errorf("account %s: %s %w", a.Name, from, err)
	}
	return key, nil
}
