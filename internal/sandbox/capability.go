package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// What every account can do, whatever its country.
const (
	cardBrands   = "JCB,Visa,MasterCard,American Express,UnionPay"
	tokenMethods = "googlepay,applepay"
)

func (s *Server) capabilityRoutes() []route {
	return []route{
		{http.MethodGet, "/capability", eitherKey, s.getCapability},
	}
}

func (s *Server) getCapability(q *query) ([]byte, error) { return q.object(s.capability) }

func (s *Server) capability(r *render) {
	r.open('{')
	r.str("object", "capability")
	r.str("location", "/capability")
	r.texts("banks", transferBanks(&s.country))
	r.capabilityLimits(s.country)
	r.key("payment_methods")
	r.open('[')
	r.paymentMethod(method{name: "card", currencies: s.country.supported}, strings.Split(cardBrands, ","))
	for _, m := range methods {
		if m.currencies == nil {
			m.currencies = []string{s.country.currency}
		}
		if slices.Contains(m.currencies, s.country.currency) {
			r.paymentMethod(m, nil)
		}
	}
	r.close(']')
	r.str("country", s.country.code)
	r.texts("tokenization_methods", strings.Split(tokenMethods, ","))
	r.bool("zero_interest_installments", s.st.zeroInterest)
	r.close('}')
}

func (r *render) capabilityLimits(land country) {
	own, _ := currencyOf(land.currency)
	r.key("limits")
	r.open('{')
	r.amounts("charge_amount", own.low, own.high)
	r.amounts("transfer_amount", own.transferFee, maxAmount)
	r.key("installment_amount")
	r.open('{')
	r.int("min", leastPlan)
	r.close('}')
	r.close('}')
}

func (r *render) amounts(key string, low, high int64) {
	r.key(key)
	r.open('{')
	r.int("max", high)
	r.int("min", low)
	r.close('}')
}

func (r *render) paymentMethod(m method, brands []string) {
	r.open('{')
	r.str("object", "payment_method")
	r.str("name", m.name)
	currencies := make([]string, len(m.currencies))
	for i, c := range m.currencies {
		currencies[i] = r.v.currency(c)
	}
	r.texts("currencies", currencies)
	r.texts("card_brands", brands)
	r.terms(m)
	r.null("loan_installment_terms")
	r.methodBanks(m)
	r.null("provider")
	r.close('}')
}

func (r *render) terms(m method) {
	if m.terms == nil {
		r.null("installment_terms")
		return
	}
	r.key("installment_terms")
	r.open('[')
	for _, months := range m.terms {
		r.comma()
		r.b = strconv.AppendInt(r.b, months, 10)
	}
	r.close(']')
}

// methodBanks names the banks that the shopper chooses from.
func (r *render) methodBanks(m method) {
	r.key("banks")
	r.open('[')
	if slices.Contains(m.needs, "bank") {
		for _, b := range onlineBanks {
			r.open('{')
			r.str("code", b.code)
			r.str("name", b.name)
			r.bool("active", true)
			r.close('}')
		}
	}
	r.close(']')
}

// texts writes a list of texts, null for none.
func (r *render) texts(key string, all []string) {
	if all == nil {
		r.null(key)
		return
	}
	r.key(key)
	r.open('[')
	for _, x := range all {
		r.comma()
		r.text(x)
	}
	r.close(']')
}
