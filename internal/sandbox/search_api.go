package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) searchRoutes() []route {
	return []route{
		{http.MethodGet, "/search", secretKey, s.getSearch()},
	}
}

// getSearch has a table of scopes, each searched in its own way.
func (s *Server) getSearch() endpoint {
	scopes := map[string]endpoint{
		"charge":    search(s.chargeScope()),
		"customer":  search(s.customerScope()),
		"dispute":   search(s.disputeScope()),
		"link":      search(s.linkScope()),
		"recipient": search(s.recipientScope()),
		"refund":    search(s.refundScope()),
		"transfer":  search(s.transferScope()),
	}
	known := strings.Join(slices.Sorted(maps.Keys(scopes)), ", ")
	return func(q *query) ([]byte, error) {
		find := scopes[q.in.text("scope")]
		if find == nil {
			return nil, refused("invalid_scope", "scope must be one of %s", known)
		}
		return find(q)
	}
}

// searchParams page otherwise than lists do, and begin with the newest.
type searchParams struct {
	page, perPage int
	order         string
}

func parseSearch(f *fields) searchParams {
	p := searchParams{
		page:    f.within("page", 1, 1, 1<<30),
		perPage: f.within("per_page", 30, 1, maxLimit),
		order:   reverseChronological,
	}
	if f.oneOf("order", chronological, reverseChronological) == chronological {
		p.order = chronological
	}
	return p
}

func (p searchParams) list() listParams {
	return listParams{offset: (p.page - 1) * p.perPage, limit: p.perPage, order: p.order}
}

func search[T row](sc scope[T]) endpoint {
	return func(q *query) ([]byte, error) {
		p := parseSearch(q.in)
		found, err := sc.find(q.in, q.now)
		if err != nil {
			return nil, err
		}
		r := q.render()
		r.open('{')
		r.str("object", "search")
		r.key("data")
		r.open('[')
		for _, x := range pick(found, p.list()) {
			sc.draw(r, x)
		}
		r.close(']')
		r.searchTail(q.in, p, len(found))
		return r.b, nil
	}
}

func (r *render) searchTail(f *fields, p searchParams, total int) {
	r.str("order", p.order)
	r.str("scope", f.text("scope"))
	r.opt("query", f.text("query"))
	r.raw("filters", f.object("filters"))
	r.int("page", int64(p.page))
	r.int("per_page", int64(p.perPage))
	r.int("total", int64(total))
	r.int("total_pages", int64((total+p.perPage-1)/p.perPage))
	r.str("location", "/search")
	r.null("export", "aggregate_level")
	r.close('}')
}
