package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// fixtures answers from a folder of recordings instead of state. Recorded lists are filtered by
// creation time, ordered and paged as asked; what a recording says it had beyond the rows that it
// holds stays in the total, so a walk over it ends short, as it must. Objects keep the shape of
// the version they were recorded in.
type fixtures struct{ root fs.FS }

// openFixtures takes the folder that stands for the host, or the one above it.
func openFixtures(dir string) (*fixtures, error) {
	root := os.DirFS(dir)
	if sub, err := fs.Stat(root, "api.omise.co"); err == nil && sub.IsDir() {
		root = os.DirFS(dir + "/api.omise.co")
	}
	found, err := fs.Glob(root, "*-get.json")
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("sandbox: fixtures %s: no recordings such as charges-get.json", dir)
	}
	return &fixtures{root: root}, nil
}

// recording is what any answer may hold.
type recording struct {
	Object   string            `json:"object"`
	ID       string            `json:"id"`
	Data     []json.RawMessage `json:"data"`
	Total    int               `json:"total"`
	Code     string            `json:"code"`
	Refunds  *recording        `json:"refunds"`
	Cards    *recording        `json:"cards"`
	Created  json.RawMessage   `json:"created_at"`
	Created2 json.RawMessage   `json:"created"`
	Created3 json.RawMessage   `json:"created_at_at"`
}

func parseRecording(raw []byte) recording {
	var r recording
	// An event's data is an object: that error leaves the other fields read.
	_ = json.Unmarshal(raw, &r)
	return r
}

func (r recording) isList() bool { return strings.HasSuffix(r.Object, "list") }

// created accepts the names of all vintages; a row without any matches every window.
func (r recording) created() second {
	for _, raw := range []json.RawMessage{r.Created, r.Created2, r.Created3} {
		var t time.Time
		if len(raw) > 0 && json.Unmarshal(raw, &t) == nil && !t.IsZero() {
			return secondOf(t)
		}
	}
	return 0
}

type recordedRow struct {
	id  string
	at  second
	raw []byte
}

func (r *recordedRow) rowKey() (second, string) { return r.at, r.id }

// find lets every GET be answered, whatever its path.
func (f *fixtures) find(method, path string) (route, map[string]string, *Error) {
	if method != http.MethodGet && method != http.MethodHead {
		return route{}, nil, (&router{methods: map[string]route{http.MethodGet: {}}}).otherMethod(method, path)
	}
	return route{method: http.MethodGet, pattern: path, key: eitherKey, do: f.answer}, nil, nil
}

func (f *fixtures) answer(q *query) ([]byte, error) {
	name := strings.Trim(q.path, "/")
	if isListPath(name) || parseRecording(f.read(name)).isList() {
		return f.page(q, name)
	}
	raw := f.object(name)
	if raw == nil {
		return nil, notFound(strings.TrimSuffix(path.Base(path.Dir(name)), "s"), path.Base(name))
	}
	if r := parseRecording(raw); r.Object == "error" {
		return nil, recordedError(r.Code, raw)
	}
	return raw, nil
}

func isListPath(name string) bool {
	parts := strings.Split(name, "/")
	switch len(parts) {
	case 1:
		return slices.Contains([]string{"charges", "refunds", "disputes", "customers", "events"}, name)
	case 2:
		return parts[0] == "disputes" && slices.Contains([]string{"open", "pending", "closed"}, parts[1])
	case 3:
		return slices.Contains([]string{"refunds", "events", "cards"}, parts[2])
	}
	return false
}

func recordedError(code string, raw []byte) *Error {
	status := http.StatusBadRequest
	switch code {
	case "not_found":
		status = http.StatusNotFound
	case "authentication_failure":
		status = http.StatusUnauthorized
	}
	return &Error{Status: status, Code: code, recorded: raw}
}

func (f *fixtures) read(name string) []byte {
	raw, err := fs.ReadFile(f.root, name+"-get.json")
	if err != nil {
		return nil
	}
	return raw
}

func (f *fixtures) page(q *query, name string) ([]byte, error) {
	if raw := f.read(name); raw != nil {
		switch r := parseRecording(raw); {
		case !json.Valid(raw):
			return raw, nil
		case r.Object == "error":
			return nil, recordedError(r.Code, raw)
		}
	}
	rows, total := f.rows(name)
	q.unheld = max(0, total-len(rows))
	return list(q, "/"+name, rows, func(r *render, x *recordedRow) {
		r.comma()
		r.b = append(r.b, x.raw...)
	})
}

// rows gives a recorded list, or the one that stands inside its recorded owner.
func (f *fixtures) rows(name string) ([]*recordedRow, int) {
	r := parseRecording(f.read(name))
	if !r.isList() {
		owner := parseRecording(f.ownerOf(name))
		switch inner := path.Base(name); {
		case inner == "refunds" && owner.Refunds != nil:
			r = *owner.Refunds
		case inner == "cards" && owner.Cards != nil:
			r = *owner.Cards
		}
	}
	rows := make([]*recordedRow, 0, len(r.Data))
	for _, raw := range r.Data {
		var compact bytes.Buffer
		_ = json.Compact(&compact, raw)
		x := parseRecording(raw)
		rows = append(rows, &recordedRow{id: x.ID, at: x.created(), raw: compact.Bytes()})
	}
	slices.SortStableFunc(rows, compareRows[*recordedRow])
	return rows, r.Total
}

func (f *fixtures) ownerOf(list string) []byte {
	if owner := path.Dir(list); owner != "." {
		return f.object(owner)
	}
	return nil
}

// object gives a recorded object, or the row of a recorded list that has its id.
func (f *fixtures) object(name string) []byte {
	if raw := f.read(name); raw != nil {
		return raw
	}
	lists := []string{path.Dir(name)}
	if path.Base(lists[0]) == "refunds" {
		lists = append(lists, "refunds")
	}
	for _, list := range lists {
		if list == "." {
			continue
		}
		rows, _ := f.rows(list)
		for _, x := range rows {
			if x.id == path.Base(name) {
				return x.raw
			}
		}
	}
	return nil
}
