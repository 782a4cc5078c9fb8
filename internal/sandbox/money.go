package sandbox

import (
	"fmt"
	"strconv"
)

// rate turns minor units of one currency into minor units of another, as an exact fraction.
type rate struct{ num, den int64 }

// minorValue is what one minor unit of a currency is worth in millionths of a satang: round
// figures, since only their ratios matter here.
func minorValue(currency string) (int64, bool) {
	switch currency {
	case "THB":
		return 1_000_000, true
	case "JPY":
		return 23_450_000, true
	case "USD":
		return 35_120_000, true
	case "SGD":
		return 26_110_000, true
	case "MYR":
		return 7_840_000, true
	case "EUR":
		return 38_060_000, true
	case "GBP":
		return 44_430_000, true
	case "AUD":
		return 22_950_000, true
	case "CHF":
		return 40_170_000, true
	case "CNY":
		return 4_880_000, true
	case "DKK":
		return 5_100_000, true
	case "HKD":
		return 4_510_000, true
	}
	return 0, false
}

// rateOf is nudged by drift ten-thousandths, so that a refund need not have its charge's rate.
func rateOf(from, to string, drift int64) rate {
	if from == to {
		return rate{1, 1}
	}
	a, _ := minorValue(from)
	b, _ := minorValue(to)
	return rate{a / 10_000 * (10_000 + drift), b}
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

// minorUnits is how many minor units a main one has: 100, of the yen 1.
func minorUnits(currency string) int64 {
	if currency == "JPY" {
		return 1
	}
	return 100
}

// mainUnits prints an amount of minor units: 3000 THB as 30.00, 3000 JPY as 3000.
func mainUnits(amount int64, currency string) string {
	if minorUnits(currency) == 1 {
		return strconv.FormatInt(amount, 10)
	}
	sign := ""
	if amount < 0 {
		sign, amount = "-", -amount
	}
	return fmt.Sprintf("%s%d.%02d", sign, amount/100, amount%100)
}

// transferFee is what a transfer costs, tax included, in minor units. The baht's is recorded, the
// others are round figures.
func transferFee(currency string) int64 {
	switch currency {
	case "THB":
		return 3_000
	case "JPY":
		return 260
	}
	return 100
}
