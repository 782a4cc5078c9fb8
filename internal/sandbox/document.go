package sandbox

import "net/http"

// document is evidence for a dispute. Only its name is kept, not what it says.
type document struct {
	id        string
	created   second
	deletedAt second
	dispute   *dispute
	filename  string
}

func (x *document) rowKey() (second, string) { return x.created, x.id }
func (x *document) draw(r *render)           { r.document(x) }
func (x *document) gone(t second) bool       { return x.deletedAt.reached(t) }

func (r *render) document(x *document) {
	location := x.dispute.location() + "/documents/" + x.id
	r.open('{')
	r.str("object", "document")
	r.bool("livemode", r.live)
	r.str("id", x.id)
	r.bool("deleted", x.gone(r.at))
	r.str("filename", x.filename)
	r.str("location", location)
	r.str("kind", "details_of_purchase")
	r.null("download_uri")
	r.when(r.v.created(), x.created)
	r.close('}')
}

func (s *Server) documentRoutes() []route {
	return []route{
		{http.MethodGet, "/disputes/{id}/documents", secretKey, with(s.disputeOf, s.getDocuments)},
		{http.MethodPost, "/disputes/{id}/documents", secretKey, with(s.undecidedOf, s.postDocument)},
		{http.MethodGet, "/disputes/{id}/documents/{document}", secretKey, with(s.documentOf, show)},
		{http.MethodDelete, "/disputes/{id}/documents/{document}", secretKey, with(s.documentOf, s.deleteDocument)},
	}
}

func (s *Server) getDocuments(q *query, d *dispute) ([]byte, error) {
	return list(q, d.location()+"/documents", living(d.documents, q.now), (*render).document)
}

func (s *Server) postDocument(q *query, d *dispute) ([]byte, error) {
	q.in.require("file")
	x := &document{created: q.now, dispute: d, filename: q.in.text("file")}
	if err := q.in.err(); err != nil {
		return nil, err
	}
	x.id = s.id("docu", q.now)
	d.documents = insertRow(d.documents, x)
	s.record(q.now, "dispute.update", d, d.charge.id)
	return q.object(x.draw)
}

func (s *Server) documentOf(q *query) (*document, error) {
	d, err := s.disputeOf(q)
	if err != nil {
		return nil, err
	}
	return findRow("document", living(d.documents, q.now), q.args["document"], q.now)
}

func (s *Server) deleteDocument(q *query, x *document) ([]byte, error) {
	if err := x.dispute.isOpen(q.now); err != nil {
		return nil, err
	}
	x.deletedAt = q.now
	s.record(q.now, "dispute.update", x.dispute, x.dispute.charge.id)
	return q.deleted("document", x.id, x.draw)
}
