package ledger

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// OrderRef says where a charge carries the merchant's order reference.
type OrderRef struct {
	Sources []string       // "description" or "metadata.KEY", the first with a value counts
	Pattern *regexp.Regexp // its first group is the reference inside a description
}

// Of gives the reference to show for a charge, as it stands, and whether it is
// one that may be matched: a description without a hit of the pattern is shown
// and matches nothing.
func (o OrderRef) Of(c Charge) (shown string, matches bool) {
	for _, source := range o.Sources {
		if key, ok := strings.CutPrefix(source, "metadata."); ok {
			if value := metadataValue(c.Metadata, key); value != "" {
				return value, true
			}
			continue
		}
		if strings.TrimSpace(c.Description) == "" {
			continue
		}
		if hit := o.Pattern.FindStringSubmatch(c.Description); len(hit) > 1 && hit[1] != "" {
			return hit[1], true
		}
		return c.Description, false
	}
	return "", false
}

// metadataValue reads one key of a metadata object: text as it is, a number as
// written in the JSON. Truth values, objects, lists, null and blanks are no
// value. A key with dots may also lead into nested objects.
func metadataValue(metadata, key string) string {
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(metadata), &object) != nil {
		return ""
	}
	if raw, ok := object[key]; ok {
		return scalar(raw)
	}
	if first, rest, nested := strings.Cut(key, "."); nested {
		return metadataValue(string(object[first]), rest)
	}
	return ""
}

func scalar(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0:
		return ""
	case raw[0] == '"':
		var text string
		if json.Unmarshal(raw, &text) != nil || strings.TrimSpace(text) == "" {
			return ""
		}
		return text
	case raw[0] == '-' || ('0' <= raw[0] && raw[0] <= '9'):
		return string(raw)
	}
	return ""
}
