package sandbox

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// check wants these members of an object; others may be there.
func check(t *testing.T, got map[string]any, want map[string]any) {
	t.Helper()
	for key, v := range want {
		if n, ok := v.(int); ok {
			v = float64(n)
		}
		if got[key] != v {
			t.Errorf("%s is %v, want %v", key, got[key], v)
		}
	}
}

func idOf(object map[string]any) string { return object["id"].(string) }

func place(object map[string]any) string { return object["location"].(string) }

func rows(t rapid.TB, page map[string]any) []map[string]any {
	t.Helper()
	data, ok := page["data"].([]any)
	if !ok {
		t.Fatalf("no data in %v", page)
	}
	var out []map[string]any
	for _, x := range data {
		out = append(out, x.(map[string]any))
	}
	return out
}

// walk reads a whole list in pages of 100.
func walk(t rapid.TB, s *Server, path string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for {
		page := object(t, s, path+"?limit=100&offset="+strconv.Itoa(len(all)))
		got := rows(t, page)
		all = append(all, got...)
		if page["total"] == float64(len(all)) {
			return all
		}
		if len(got) == 0 {
			t.Fatalf("%s has %v rows and shows %d", path, page["total"], len(all))
		}
	}
}

func ids(rows []map[string]any) string {
	var out []string
	for _, r := range rows {
		out = append(out, idOf(r))
	}
	return strings.Join(out, " ")
}

func eventKeys(t *testing.T, s *Server) string {
	t.Helper()
	var keys []string
	for _, e := range rows(t, object(t, s, "/events?limit=100")) {
		keys = append(keys, e["key"].(string))
	}
	return strings.Join(keys, " ")
}
