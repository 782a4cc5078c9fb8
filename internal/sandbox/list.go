package sandbox

import (
	"cmp"
	"slices"
	"sort"
)

// row is what a list orders and filters by.
type row interface {
	rowKey() (created second, id string)
}

func compareRows[T row](a, b T) int {
	at, aid := a.rowKey()
	bt, bid := b.rowKey()
	return cmp.Or(cmp.Compare(at, bt), cmp.Compare(aid, bid))
}

// insertRow keeps rows sorted by creation and id; new rows mostly land at the end.
func insertRow[T row](rows []T, x T) []T {
	i, _ := slices.BinarySearchFunc(rows, x, compareRows[T])
	return slices.Insert(rows, i, x)
}

func removeRow[T row](rows []T, x T) []T {
	if i, ok := slices.BinarySearchFunc(rows, x, compareRows[T]); ok {
		return slices.Delete(rows, i, i+1)
	}
	return rows
}

// between gives the rows created in [from, to].
func between[T row](rows []T, from, to second) []T {
	first := sort.Search(len(rows), func(i int) bool { c, _ := rows[i].rowKey(); return c >= from })
	end := sort.Search(len(rows), func(i int) bool { c, _ := rows[i].rowKey(); return c > to })
	return rows[first:max(first, end)]
}

// pick gives the rows of one page in the order asked.
func pick[T any](rows []T, p listParams) []T {
	first := min(p.offset, len(rows))
	page := make([]T, 0, min(p.limit, len(rows)-first))
	for i := first; i < len(rows) && i < first+p.limit; i++ {
		if p.order == reverseChronological {
			page = append(page, rows[len(rows)-1-i])
			continue
		}
		page = append(page, rows[i])
	}
	return page
}

// list renders one page of rows, which are sorted by creation, and applies the lies asked for.
func list[T row](q *query, location string, rows []T, draw func(*render, T)) ([]byte, error) {
	p, err := parseList(q.in, q.now)
	if err != nil {
		return nil, err
	}
	if q.lies.ignoreParams {
		p = defaultParams(q.now)
	}
	rows = between(rows, p.from, min(p.to, q.now))
	shown := p
	if q.lies.repeatPage {
		shown.offset = 0
	}
	total := len(rows) + q.unheld
	if q.lies.wrongTotal {
		total += 7
	}
	r := q.render()
	page := pick(rows, shown)
	r.b = make([]byte, 0, 512+3072*len(page))
	r.listHead("list")
	for i, x := range page {
		start := len(r.b)
		draw(r, x)
		if q.lies.badElement && i == len(page)/2 {
			r.b = append(r.b[:start], spoil(r.b[start:])...)
		}
	}
	r.listTail(p, total, location)
	q.seen = p.offset + len(page)
	return r.b, nil
}

// render draws objects as they were at one instant, in one API version.
type render struct {
	jsonBuf
	at   second
	v    version
	live bool
	base string // of absolute links, see query
}

func (r *render) listHead(object string) {
	r.open('{')
	r.str("object", object)
	r.key("data")
	r.open('[')
}

func (r *render) listTail(p listParams, total int, location string) {
	r.close(']')
	r.int("limit", int64(p.limit))
	r.int("offset", int64(p.offset))
	r.int("total", int64(total))
	r.str("location", location)
	r.str("order", p.order)
	r.time("from", p.from, r.v.listTime())
	r.time("to", p.to, r.v.listTime())
	r.close('}')
}

// embed writes the first page of a list inside an object.
func embed[T row](r *render, key, location string, rows []T, draw func(*render, T)) {
	rows = between(rows, 0, r.at)
	p := defaultParams(r.at)
	r.key(key)
	r.listHead("list")
	for _, x := range pick(rows, p) {
		draw(r, x)
	}
	r.listTail(p, len(rows), location)
}
