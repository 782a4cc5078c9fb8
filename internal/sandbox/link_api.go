package sandbox

import (
	"net/http"
	"strings"
)

func (s *Server) linkRoutes() []route {
	return []route{
		{http.MethodGet, "/links", secretKey, s.getLinks},
		{http.MethodPost, "/links", secretKey, s.postLink},
		{http.MethodGet, "/links/{id}", secretKey, s.getLink},
		{http.MethodDelete, "/links/{id}", secretKey, s.deleteLink},
	}
}

func (s *Server) getLinks(q *query) ([]byte, error) {
	return list(q, "/links", living(s.st.links, q.now), (*render).link)
}

func (s *Server) getLink(q *query) ([]byte, error) {
	l, err := s.st.linkNow(q.id(), q.now)
	if err != nil {
		return nil, err
	}
	return q.object(l.draw)
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
	s.st.links = insertRow(s.st.links, l)
	s.st.linkByID[l.id] = l
	s.record(q.now, "link.create", l, "")
	return q.object(l.draw)
}

func (s *Server) deleteLink(q *query) ([]byte, error) {
	l, err := s.st.linkNow(q.id(), q.now)
	if err != nil {
		return nil, err
	}
	l.deletedAt = q.now
	s.record(q.now, "link.destroy", l, "")
	return q.deleted("link", l.id, l.draw)
}
