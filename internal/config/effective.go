package config

import (
	"bytes"
	"encoding/json"
	"path/filepath"
)

func folder(path string) string { return filepath.Dir(path) }

// Effective writes the config with every default filled in, as JSON with the
// file's own keys in the documented order: durations and zones by name, no
// secrets, nothing that depends on the machine. Equal configs give equal bytes.
func (c *Config) Effective() ([]byte, error) { return json.Marshal(write(c, rootFields())) }

// ParseEffective gives back the config that Effective wrote, but for its
// Folder. JSON is YAML, so the same checks hold.
func ParseEffective(data []byte) (*Config, error) {
	c, err := Parse("effective config", data)
	if err != nil {
		return nil, err
	}
	c.Folder = ""
	return c, nil
}

// An object is a JSON object whose keys keep their order.
type object []member

type member struct {
	key   string
	value any
}

func write[T any](src *T, fields []field[T]) object {
	o := object{}
	for _, f := range allowed(fields) {
		if v := f.write(src); v != nil {
			o = append(o, member{f.key, v})
		}
	}
	return o
}

func writeAll[T any](list []T, fields []field[T]) []object {
	objects := make([]object, len(list))
	for i := range list {
		objects[i] = write(&list[i], fields)
	}
	return objects
}

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(m.key)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
