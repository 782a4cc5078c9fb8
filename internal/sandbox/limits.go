package sandbox

import (
	"slices"
	"strings"
)

// limit is what one charge may amount to, in minor units, both ends included.
type limit struct {
	currency string
	low      int64
	high     int64
}

// limits are those of the four countries, each in its own currency. Other currencies have none that
// is documented; theirs are a round guess.
var limits = [...]limit{
	{"THB", 2_000, 15_000_000},
	{"JPY", 100, 6_000_000},
	{"SGD", 100, 2_000_000},
	{"MYR", 100, 10_000_000},
}

func limitOf(currency string) limit {
	for _, l := range limits {
		if l.currency == currency {
			return l
		}
	}
	return limit{currency, 100, 10_000_000}
}

// checkAmount tells whether a merchant of the country can charge an amount, in minor units of a
// currency in upper case.
func (l *country) checkAmount(amount int64, currency string) *Error {
	allowed := limitOf(currency)
	switch {
	case !slices.Contains(l.supported, currency):
		return refused("invalid_charge", "currency is currently not supported")
	case amount < allowed.low:
		return refused("invalid_charge", "amount must be greater than or equal to %d (%s subunits)", allowed.low, strings.ToLower(currency))
	case amount > allowed.high:
		return refused("invalid_charge", "amount must be less than or equal to %d (%s subunits)", allowed.high, strings.ToLower(currency))
	}
	return nil
}
