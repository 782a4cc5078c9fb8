package sandbox

const (
	defaultLimit = 20
	maxLimit     = 100

	chronological        = "chronological"
	reverseChronological = "reverse_chronological"
)

// listParams are the five parameters of every list, as applied.
type listParams struct {
	from, to second // both ends included
	offset   int
	limit    int
	order    string
}

func defaultParams(now second) listParams {
	return listParams{to: now, limit: defaultLimit, order: chronological}
}

// parseList reads the parameters of a list. State has whole seconds, so a fraction is cut off, of
// from too: what a client made since then is in the list.
func parseList(f *fields, now second) (listParams, error) {
	p := defaultParams(now)
	if t, ok := f.instant("from"); ok {
		p.from = secondOf(t)
	}
	if t, ok := f.instant("to"); ok {
		p.to = secondOf(t)
	}
	if p.offset = int(f.integer("offset")); p.offset < 0 {
		f.wrong("offset", "must be an integer from 0")
	}
	p.limit = f.within("limit", defaultLimit, 1, maxLimit)
	if order := f.oneOf("order", chronological, reverseChronological); order != "" {
		p.order = order
	}
	return p, f.err()
}

// within reads an integer between two bounds, both included.
func (f *fields) within(name string, fallback, low, high int) int {
	if !f.has(name) {
		return fallback
	}
	n := f.integer(name)
	if n < int64(low) || n > int64(high) {
		f.wrong(name, "must be an integer from %d to %d", low, high)
		return fallback
	}
	return int(n)
}
