package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

func (s *Server) forexRoutes() []route {
	return []route{
		{http.MethodGet, "/forex/{currency}", secretKey, s.getForex},
	}
}

// getForex gives the rate at which charges are converted, before a day's drift.
func (s *Server) getForex(q *query) ([]byte, error) {
	base, known := currencyOf(strings.ToUpper(q.args["currency"]))
	if !known {
		return nil, notFound("forex", q.args["currency"])
	}
	quote, _ := currencyOf(s.country.currency)
	return q.object(func(r *render) {
		r.open('{')
		r.str("object", "forex")
		r.raw("rate", mainRate(base, quote))
		r.str("location", "/forex/"+strings.ToLower(base.code))
		r.bool("livemode", r.live)
		r.str("base", base.code)
		r.str("quote", quote.code)
		r.close('}')
	})
}

// mainRate is what one main unit of base is worth in main units of quote, with eight decimals.
func mainRate(base, quote currencyInfo) string {
	const whole = 100_000_000
	b, q := base.value*base.minor, quote.value*quote.minor
	n := (b*whole + q/2) / q
	decimals := strconv.FormatInt(whole+n%whole, 10)[1:]
	return strconv.FormatInt(n/whole, 10) + "." + decimals
}
