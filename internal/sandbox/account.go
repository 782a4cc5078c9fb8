package sandbox

// account is what a merchant sets for itself.
type account struct {
	webhookURI     string // where events go that no charge sends elsewhere, "" for nowhere
	chainReturnURI string
	chainEnabled   bool
	autoActivate   bool
	zeroInterest   bool
	exportKeys     string // JSON, "" for the default
}

// opened is when the account was, long before anything happened in it.
func (s *Server) opened() second { return accountOpened(s.base) }

func accountOpened(base second) second { return base - 1000*day }

func (s *Server) drawAccount(r *render) {
	a := s.st.account
	r.open('{')
	r.str("object", "account")
	r.str("id", s.accountID())
	r.str("team", "acct_5s4ndb0x5s4ndb0x5s4")
	r.bool("livemode", r.live)
	r.str("location", "/account")
	r.str("country", s.country.code)
	r.str("currency", r.v.currency(s.country.currency))
	r.str("email", "merchant@example.com")
	r.when(r.v.created(), s.opened())
	r.key("supported_currencies")
	r.open('[')
	for _, c := range s.country.supported {
		r.comma()
		r.text(r.v.currency(c))
	}
	r.close(']')
	r.str("api_version", "2019-05-29")
	r.bool("auto_activate_recipients", a.autoActivate)
	r.bool("chain_enabled", a.chainEnabled)
	r.bool("zero_interest_installments", a.zeroInterest)
	r.opt("chain_return_uri", a.chainReturnURI)
	r.opt("webhook_uri", a.webhookURI)
	r.raw("metadata_export_keys", a.exports())
	r.bool("chaining_allowed", false)
	r.str("last_updated_api_version", "2019-05-29")
	r.transferConfig(s.country.currency)
	r.close('}')
}

func (a account) exports() string {
	if a.exportKeys == "" {
		return `{"charge":[],"transfer":[],"refund":[],"dispute":[]}`
	}
	return a.exportKeys
}

func (s *Server) accountID() string {
	if s.opt.Livemode {
		return "account_5s4ndb0x5s4ndb0x5s4"
	}
	return "account_test_5s4ndb0x5s4ndb0x5s4"
}

// transferConfig has amounts in main units, unlike all other answers.
func (r *render) transferConfig(currency string) {
	info, _ := currencyOf(currency)
	fee := mainUnits(info.transferFee, currency)
	r.key("transfer_config")
	r.open('{')
	r.str("min_transfer_amount", fee)
	r.str("max_transfer_amount", mainUnits(maxAmount, currency))
	r.str("same_bank_max_transfer_amount", mainUnits(maxAmount, currency))
	r.bool("is_payout_enabled", false)
	r.str("fee", fee)
	r.str("provider", "")
	r.str("merchant_id", "OPNK")
	r.null("transfer_service_availability", "max_active_realtime_transfer_schedules")
	r.close('}')
}
