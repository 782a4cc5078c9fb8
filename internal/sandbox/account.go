package sandbox

import "net/http"

func (s *Server) accountRoutes() []route {
	return []route{
		{http.MethodGet, "/account", secretKey, s.getAccount},
	}
}

func (s *Server) getAccount(q *query) ([]byte, error) { return q.object(s.account) }

func (s *Server) account(r *render) {
	prefix := "account_test_"
	if s.opt.Livemode {
		prefix = "account_"
	}
	r.open('{')
	r.str("object", "account")
	r.str("id", prefix+"5s4ndb0x5s4ndb0x5s4")
	r.str("team", "acct_5s4ndb0x5s4ndb0x5s4")
	r.bool("livemode", r.live)
	r.str("location", "/account")
	r.str("country", s.country.code)
	r.str("currency", r.v.currency(s.country.currency))
	r.str("email", "merchant@example.com")
	r.when(r.v.created(), s.base-1000*day)
	r.key("supported_currencies")
	r.open('[')
	for _, c := range s.country.supported {
		r.comma()
		r.text(r.v.currency(c))
	}
	r.close(']')
	r.str("api_version", "2019-05-29")
	r.bool("auto_activate_recipients", false)
	r.bool("chain_enabled", false)
	r.bool("zero_interest_installments", false)
	r.null("chain_return_uri", "webhook_uri")
	r.raw("metadata_export_keys", `{"charge":[],"transfer":[],"refund":[],"dispute":[]}`)
	r.bool("chaining_allowed", false)
	r.str("last_updated_api_version", "2019-05-29")
	r.close('}')
}
