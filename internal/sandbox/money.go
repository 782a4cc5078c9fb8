package sandbox

import (
	"fmt"
	"strconv"
)

// rate turns minor units of one currency into minor units of another, as an exact fraction.
type rate struct{ num, den int64 }

// rateOf is nudged by drift ten-thousandths, so that a refund need not have its charge's rate.
func rateOf(from, to string, drift int64) rate {
	if from == to {
		return rate{1, 1}
	}
	a, _ := currencyOf(from)
	b, _ := currencyOf(to)
	return rate{a.value / 10_000 * (10_000 + drift), b.value}
}

func (r rate) apply(amount int64) int64 { return (amount*r.num + r.den/2) / r.den }

// share is part hundredths of a percent of amount, rounded half up.
func share(amount, part int64) int64 { return (amount*part + 5_000) / 10_000 }

// percent prints hundredths of a percent as Omise does: 365 as 3.65, 700 as 7.0.
func percent(hundredths int64) string {
	whole, rest := hundredths/100, hundredths%100
	s := strconv.FormatInt(whole, 10) + "."
	switch {
	case rest%10 == 0:
		return s + strconv.FormatInt(rest/10, 10)
	case rest < 10:
		return s + "0" + strconv.FormatInt(rest, 10)
	}
	return s + strconv.FormatInt(rest, 10)
}

// mainUnits prints an amount of minor units: 3000 THB as 30.00, 3000 JPY as 3000.
func mainUnits(amount int64, currency string) string {
	if c, _ := currencyOf(currency); c.minor == 1 {
		return strconv.FormatInt(amount, 10)
	}
	sign := ""
	if amount < 0 {
		sign, amount = "-", -amount
	}
	return fmt.Sprintf("%s%d.%02d", sign, amount/100, amount%100)
}
