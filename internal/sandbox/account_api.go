package sandbox

import (
	"net/http"
	"net/netip"
	"strings"
)

func (s *Server) accountRoutes() []route {
	return []route{
		{http.MethodGet, "/account", secretKey, s.getAccount},
		{http.MethodPatch, "/account", secretKey, s.patchAccount},
	}
}

func (s *Server) getAccount(q *query) ([]byte, error) { return q.object(s.drawAccount) }

// patchAccount changes what is named; null and "" clear an address.
func (s *Server) patchAccount(q *query) ([]byte, error) {
	a := s.st.account
	a.webhookURI = q.in.address("webhook_uri", a.webhookURI)
	a.chainReturnURI = q.in.address("chain_return_uri", a.chainReturnURI)
	a.chainEnabled = q.in.boolean("chain_enabled", a.chainEnabled)
	a.autoActivate = q.in.boolean("auto_activate_recipients", a.autoActivate)
	a.zeroInterest = q.in.boolean("zero_interest_installments", a.zeroInterest)
	if q.in.has("metadata_export_keys") {
		a.exportKeys = q.in.exportKeys("metadata_export_keys")
	}
	if err := q.in.err(); err != nil {
		return nil, err
	}
	s.st.account = a
	return q.object(s.drawAccount)
}

// address reads a URI that the world can be called at: https, or plain http on this machine.
func (f *fields) address(name, fallback string) string {
	if !f.named(name) {
		return fallback
	}
	text := f.text(name)
	if text == "" {
		return ""
	}
	if !isEndpoint(text) {
		f.wrong(name, "%.80q is not an https address", text)
		return fallback
	}
	return text
}

// loopback tells the names and addresses of this machine.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return ownName(host) || err == nil && ip.IsLoopback()
}

func ownName(host string) bool { return host == "localhost" || strings.HasSuffix(host, ".localhost") }

// exportKeys are the columns of metadata that an export shows, for each kind of object.
func (f *fields) exportKeys(name string) string {
	g := f.group(name)
	var j jsonBuf
	j.open('{')
	for _, kind := range []string{"charge", "transfer", "refund", "dispute"} {
		j.key(kind)
		j.open('[')
		for _, key := range g.get(kind).list() {
			if key.kind != kindText {
				g.wrong(kind, "is not a list of texts")
			}
			j.comma()
			j.text(key.text)
		}
		j.close(']')
	}
	j.close('}')
	return string(j.b)
}
