package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reconcile/internal/config"
)

const testKey = "skey_test_4xs8breq32civvobx15"

func env(name, value string) func(string) string {
	return func(asked string) string {
		if asked == name {
			return value
		}
		return ""
	}
}

func TestSecretKey(t *testing.T) {
	a := config.Account{Name: "main", SecretKeyEnv: "KEY"}
	const badForm = "is not an Omise secret key (skey_... or skey_test_...); look for quotes, blanks or a cut end"
	for _, tt := range []struct{ value, want string }{
		{" " + testKey + "\r\n", ""},
		{"skey_4xs8breq32civvobx15", ""},
		{"", "account main: environment variable KEY is not set; set it to the account's secret key (skey_...)"},
		{" \n", "account main: environment variable KEY is empty; it must hold the account's secret key (skey_...)"},
		{"pkey_test_4xs8breq32civvobx15", "account main: environment variable KEY is a public key; it must be the account's secret key (skey_...)"},
		{`"` + testKey + `"`, "account main: environment variable KEY " + badForm},
		{testKey + "\nx", "account main: environment variable KEY " + badForm},
		{"skey_test_", "account main: environment variable KEY " + badForm},
	} {
		key, err := a.SecretKey(env("KEY", tt.value))
		switch {
		case tt.want == "" && (err != nil || key.Reveal() != strings.TrimSpace(tt.value)):
			t.Errorf("%q: %v", tt.value, err)
		case tt.want != "" && (err == nil || err.Error() != tt.want):
			t.Errorf("got  %v\nwant %s", err, tt.want)
		}
		if err == nil && key.Test() != strings.Contains(tt.value, "_test_") {
			t.Errorf("%q: Test() = %v", tt.value, key.Test())
		}
	}
}

func TestSecretKeyFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "omise.key"), []byte(testKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &config.Config{Folder: dir}
	key, err := c.SecretKey(config.Account{Name: "main", SecretKeyFile: "omise.key"}, nil)
	if err != nil || key.Reveal() != testKey || !key.Test() {
		t.Errorf("%v, %v", key, err)
	}
	absolute := filepath.Join(dir, "omise.key")
	if key, err = (config.Account{Name: "main", SecretKeyFile: absolute}).SecretKey(nil, "elsewhere"); err != nil || key.Reveal() != testKey {
		t.Errorf("absolute: %v, %v", key, err)
	}
	_, err = c.SecretKey(config.Account{Name: "main", SecretKeyFile: "none.key"}, nil)
	want := "account main: secret_key_file " + filepath.Join(dir, "none.key") + " cannot be read: no such file or directory"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// A key must not slip out, however it is printed and wherever it is kept.
func TestKeyIsHidden(t *testing.T) {
	key, err := config.ParseKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	type holder struct {
		Key    config.Key
		hidden config.Key
	}
	h := holder{Key: key, hidden: key}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", key)
		fmt.Fprintf(&out, verb+"\n", &key)
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", &h)
	}
	js, err := json.Marshal(map[string]any{"a": key, "b": &key, "c": h})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(js)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", key, "holder", h)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", key, "holder", h)
	out.Write(log.Bytes())
	if strings.Contains(out.String(), "4xs8") || strings.Contains(out.String(), fmt.Sprintf("%x", "4xs8")) {
		t.Errorf("the key slipped out:\n%s", out.String())
	}
	if (config.Key{}).Reveal() != "" || key.String() != "skey_***" || key.GoString() != "skey_***" {
		t.Error("zero key or String")
	}
}
