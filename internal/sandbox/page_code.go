package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

// pageCode is the QR code of a source, which leads to the page of its charge.
func (s *Server) pageCode(w http.ResponseWriter, r *http.Request) {
	id, kind, _ := strings.Cut(r.PathValue("file"), ".")
	c := s.chargeOfSource(id)
	if c == nil {
		missing(w, "code")
		return
	}
	to := s.baseURL(r) + "/payments/" + c.payment() + "/authorize"
	switch kind {
	case "svg":
		writeImage(w, "image/svg+xml", qrDrawing, to)
	case "png":
		writeImage(w, "image/png", qrPicture, to)
	default:
		missing(w, "code")
	}
}

// pageBars is the bar code that the shopper takes to a counter.
func (s *Server) pageBars(w http.ResponseWriter, r *http.Request) {
	id, kind, _ := strings.Cut(r.PathValue("file"), ".")
	c := s.chargeOfSource(id)
	if c == nil || kind != "svg" || c.method().shows != showsReferences {
		missing(w, "code")
		return
	}
	writeImage(w, "image/svg+xml", barDrawing, c.slip())
}

// slip is what the counter reads: in Thailand the biller's tax number, both references and the
// amount, as bank slips have them; in Japan the payment code.
func (c *charge) slip() string {
	x := c.source
	if c.currency != "THB" {
		return x.number("payment_code", 9)
	}
	return strings.Join([]string{
		"|" + taxID + "00", x.number("reference_number_1", 18), x.number("reference_number_2", 18), strconv.FormatInt(c.amount, 10),
	}, "\r")
}

func writeImage(w http.ResponseWriter, kind string, draw func(text string) ([]byte, error), text string) {
	image, err := draw(text)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	guard(w.Header())
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(image)
}

// chargeOfSource is nil for a source that is in no charge yet.
func (s *Server) chargeOfSource(id string) *charge {
	s.mu.RLock()
	defer s.mu.RUnlock()
	now := s.now()
	x, err := s.st.sources.now(id, now)
	if err != nil || x.chargeAt(now) == nil {
		return nil
	}
	return x.charge
}
