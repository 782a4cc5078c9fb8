package records

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"reconcile/internal/money"
)

// marks are the signs and names of currencies beside their codes. Some stand
// for several currencies and contradict none of them.
var marks = map[string][]money.Currency{
	"฿": {"THB"}, "baht": {"THB"}, "บาท": {"THB"},
	"円": {"JPY"}, "yen": {"JPY"}, "圓": {"JPY"},
	`\`: {"JPY"}, // the yen sign of Shift_JIS
	"¥": {"JPY", "CNY"}, "元": {"CNY"},
	"$": {"USD", "SGD", "AUD", "CAD", "HKD"}, "us$": {"USD"}, "s$": {"SGD"}, "a$": {"AUD"}, "c$": {"CAD"}, "hk$": {"HKD"},
	"€": {"EUR"}, "£": {"GBP"}, "rm": {"MYR"}, "rp": {"IDR"}, "kr": {"DKK"}, "fr": {"CHF"},
}

// markCurrencies are the currencies that a code, sign or name may stand for;
// none when it is not known.
func markCurrencies(mark string) []money.Currency {
	mark = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(norm.NFKC.String(mark))), ".")
	if found := marks[mark]; found != nil {
		return found
	}
	if code, err := money.ParseCurrency(mark); err == nil {
		return []money.Currency{code}
	}
	return nil
}

// parseCurrency reads a code in either case, or a sign or name that stands for
// one currency only.
func parseCurrency(text string) (money.Currency, error) {
	code, err := money.ParseCurrency(text)
	if err == nil {
		return code, nil
	}
	if found := markCurrencies(text); len(found) == 1 {
		return found[0], nil
	}
	return "", fmt.Errorf("is no currency that Omise has: %w; correct the row, or leave it out with `where`", err)
}

// agrees is the error of a mark beside an amount that contradicts the
// currency of its row.
func agrees(mark string, currency money.Currency) error {
	if mark = strings.TrimSpace(mark); mark == "" {
		return nil
	}
	found := markCurrencies(mark)
	if len(found) == 0 {
		return fmt.Errorf("is not an amount: %q is no currency that Omise has", mark)
	}
	if !slices.Contains(found, currency) {
		return fmt.Errorf("is written with %q, and the currency of the row is %s; correct the row, or `currency` in the config", mark, currency)
	}
	return nil
}
