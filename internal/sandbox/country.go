package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// country is what Omise derives from where the merchant is registered.
type country struct {
	code      string
	currency  string
	zone      *time.Location
	lifetime  second // of an authorisation
	vat       int64  // hundredths of a percent
	supported []string
	methods   []string // source types its shoppers use
	foreign   []string
}

func countryOf(code string) (country, error) {
	zone := func(hours int) *time.Location { return time.FixedZone(code, hours*3600) }
	switch code {
	case "TH":
		return country{
			code: code, currency: "THB", zone: zone(7), lifetime: 7 * day, vat: 700,
			supported: []string{"THB", "JPY", "USD", "EUR", "GBP", "SGD", "AUD", "CHF", "CNY", "DKK", "HKD", "MYR"},
			methods:   []string{"promptpay", "promptpay", "promptpay", "truemoney", "internet_banking_bbl", "installment_bay", "wechat_pay", "mobile_banking_scb"},
			foreign:   []string{"USD", "JPY", "SGD"},
		}, nil
	case "JP":
		return country{
			code: code, currency: "JPY", zone: zone(9), lifetime: 30 * day, vat: 1000,
			supported: []string{"JPY", "THB", "USD", "SGD"},
			methods:   []string{"econtext", "econtext", "paypay", "wechat_pay"},
			foreign:   []string{"USD", "THB"},
		}, nil
	case "SG":
		return country{
			code: code, currency: "SGD", zone: zone(8), lifetime: 7 * day, vat: 900,
			supported: []string{"SGD", "JPY", "USD", "THB"},
			methods:   []string{"paynow", "paynow", "wechat_pay"},
			foreign:   []string{"USD", "JPY", "THB"},
		}, nil
	case "MY":
		return country{
			code: code, currency: "MYR", zone: zone(8), lifetime: 7 * day, vat: 800,
			supported: []string{"MYR"},
			methods:   []string{"fpx", "fpx", "touch_n_go", "wechat_pay"},
		}, nil
	}
	return country{}, fmt.Errorf("sandbox: country %q is none of TH, JP, SG, MY", code)
}

// sameDay tells whether two instants share the account's business day, which is when it settles.
func (c *country) sameDay(a, b second) bool {
	x, y := a.time().In(c.zone), b.time().In(c.zone)
	return x.YearDay() == y.YearDay() && x.Year() == y.Year()
}

// checkAmount tells whether a merchant of the country can charge an amount, in minor units of a
// currency in upper case.
func (c *country) checkAmount(amount int64, currency string) *Error {
	allowed, _ := currencyOf(currency)
	switch {
	case !slices.Contains(c.supported, currency):
		return refused("invalid_charge", "currency is currently not supported")
	case amount < allowed.low:
		return refused("invalid_charge", "amount must be greater than or equal to %d (%s subunits)", allowed.low, strings.ToLower(currency))
	case amount > allowed.high:
		return refused("invalid_charge", "amount must be less than or equal to %d (%s subunits)", allowed.high, strings.ToLower(currency))
	}
	return nil
}
