package sandbox

// currencyInfo is what depends on the currency of an amount. Amounts are minor units.
type currencyInfo struct {
	code        string // upper case
	value       int64  // of one minor unit, in millionths of a satang; only the ratios matter
	minor       int64  // minor units of a main one
	low, high   int64  // what one charge may amount to, both ends included
	transferFee int64  // tax included
}

// The limits of the four countries' own currencies are documented, the baht's fee is recorded. All
// other figures are round guesses.
var currencies = [...]currencyInfo{
	{"THB", 1_000_000, 100, 2_000, 15_000_000, 3_000},
	{"JPY", 23_450_000, 1, 100, 6_000_000, 260},
	{"SGD", 26_110_000, 100, 100, 2_000_000, 100},
	{"MYR", 7_840_000, 100, 100, 10_000_000, 100},
	{"USD", 35_120_000, 100, 100, 10_000_000, 100},
	{"EUR", 38_060_000, 100, 100, 10_000_000, 100},
	{"GBP", 44_430_000, 100, 100, 10_000_000, 100},
	{"AUD", 22_950_000, 100, 100, 10_000_000, 100},
	{"CHF", 40_170_000, 100, 100, 10_000_000, 100},
	{"CNY", 4_880_000, 100, 100, 10_000_000, 100},
	{"DKK", 5_100_000, 100, 100, 10_000_000, 100},
	{"HKD", 4_510_000, 100, 100, 10_000_000, 100},
}

// currencyOf knows a currency by its code in upper case.
func currencyOf(code string) (info currencyInfo, known bool) {
	for _, c := range currencies {
		if c.code == code {
			return c, true
		}
	}
	return currencyInfo{code: code, minor: 100}, false
}
