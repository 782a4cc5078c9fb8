package sandbox

import (
	"net/http"
	"strings"
)

func (s *Server) linkRoutes() []route {
	return []route{
		{http.MethodGet, "/links", secretKey, s.getLinks},
		{http.MethodPost, "/links", secretKey, s.postLink},
		{http.MethodGet, "/links/{id}", secretKey, with(s.linkOf, show)},
		{http.MethodDelete, "/links/{id}", secretKey, with(s.linkOf, s.deleteLink)},
	}
}

func (s *Server) getLinks(q *query) ([]byte, error) {
	return list(q, "/links", living(s.st.links.rows, q.now), (*render).link)
}

func (s *Server) postLink(q *query) ([]byte, error) {
	q.in.require("amount", "currency", "title", "description")
	l := &link{
		created: q.now, amount: q.in.integer("amount"), currency: strings.ToUpper(q.in.text("currency")),
		title: q.in.text("title"), description: q.in.text("description"), multiple: q.in.boolean("multiple", false),
	}
	if e := s.country.checkAmount(l.amount, l.currency); e != nil {
		q.in.refuse(e)
	}
	if err := q.in.err(); err != nil {
		return nil, err
	}
	l.id = s.id("link", q.now)
	s.st.links.put(l)
	s.record(q.now, "link.create", l, "")
	return q.object(l.draw)
}

func (s *Server) deleteLink(q *query, l *link) ([]byte, error) {
	l.deletedAt = q.now
	s.record(q.now, "link.destroy", l, "")
	return q.deleted("link", l.id, l.draw)
}
