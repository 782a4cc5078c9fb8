package sandbox

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"rsc.io/qr"
)

// scannable tells whether a charge with the source has a QR code for the shopper to scan.
func (x *source) scannable() bool { return x.method().shows == showsCode }

// codeID is that of the document which holds the image.
func (x *source) codeID() string { return "docu" + strings.TrimPrefix(x.id, "src") }

// codeURI is of an image that leads to the shopper's page.
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
func (s *Server) getCode(q *query) ([]byte, error) {
	c, err := s.st.chargeNow(q.id(), q.now)
	if err != nil {
		return nil, err
	}
	id := q.args["document"]
	if c.source == nil || !c.source.scannable() || c.source.codeID() != id {
		return nil, notFound("document", id)
	}
	return q.object(func(r *render) { r.codeImage(c.source, c) })
}

// pageCode draws the QR code of a source, which leads to the page of its charge.
func (s *Server) pageCode(w http.ResponseWriter, r *http.Request) {
	id, kind, _ := strings.Cut(r.PathValue("file"), ".")
	payment := s.paymentOfSource(id)
	if payment == "" || kind != "png" && kind != "svg" {
		missing(w, "code")
		return
	}
	code, err := qr.Encode(s.baseURL(r)+"/payments/"+payment+"/authorize", qr.M)
	if err != nil {
		missing(w, "code")
		return
	}
	guard(w.Header())
	if kind == "svg" {
		w.Header().Set("Content-Type", "image/svg+xml")
		_, _ = w.Write(drawing(code))
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(code.PNG())
}

// quiet is how many modules around a QR code stay white (ISO/IEC 18004).
const quiet = 4

// drawing is a QR code as SVG, one unit a module. Shops put it into their own pages, so it comes
// without an XML declaration and says its size.
func drawing(code *qr.Code) []byte {
	var b bytes.Buffer
	side := code.Size + 2*quiet
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" shape-rendering="crispEdges">`, 8*side, 8*side, side, side)
	fmt.Fprintf(&b, `<path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, side, side)
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	b.WriteString(`"/></svg>` + "\n")
	return b.Bytes()
}

// paymentOfSource is "" for a source that is in no charge yet.
func (s *Server) paymentOfSource(id string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	now := s.now()
	x, err := s.st.sourceNow(id, now)
	if err != nil || x.chargeAt(now) == nil {
		return ""
	}
	return x.charge.payment()
}
