package sandbox

import "strings"

// scannable tells whether a charge with the source has a QR code for the shopper to scan.
func (x *source) scannable() bool { return x.method().shows == showsCode }

// codeID is that of the document which holds the image.
func (x *source) codeID() string { return "docu" + strings.TrimPrefix(x.id, "src") }

// codeURI is of the image, which leads to the shopper's page.
func (r *render) codeURI(x *source) string {
	if x.method().drawn {
		return r.base + "/pay/qr/" + x.id + ".svg"
	}
	return r.base + "/pay/qr/" + x.id + ".png"
}

func (r *render) codeName(x *source) string {
	switch {
	case !x.method().drawn:
		return "qrcode.png"
	case r.live:
		return "qrcode.svg"
	}
	return "qrcode_test.svg"
}

// sourceCode writes the QR code that the shopper scans.
func (r *render) sourceCode(x *source, c *charge) {
	if c == nil || !x.scannable() {
		r.null("scannable_code")
		return
	}
	r.key("scannable_code")
	r.open('{')
	r.str("object", "barcode")
	r.str("type", "qr")
	r.key("image")
	r.codeImage(x, c)
	r.null("raw_data")
	r.close('}')
}

func (r *render) codeImage(x *source, c *charge) {
	id := x.codeID()
	r.open('{')
	r.str("object", "document")
	r.bool("livemode", r.live)
	r.str("id", id)
	r.bool("deleted", false)
	r.str("filename", r.codeName(x))
	r.str("location", "/charges/"+c.id+"/documents/"+id)
	r.str("kind", "qr")
	r.str("download_uri", r.codeURI(x))
	r.when(r.v.created(), c.created)
	r.close('}')
}

// getCode answers with the QR code of a charge, its only document.
func (s *Server) getCode(q *query, c *charge) ([]byte, error) {
	id := q.args["document"]
	if c.source == nil || !c.source.scannable() || c.source.codeID() != id {
		return nil, notFound("document", id)
	}
	return q.object(func(r *render) { r.codeImage(c.source, c) })
}
