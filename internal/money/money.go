// Package money holds amounts as whole minor units with their currency. No
// floating-point number ever holds money, and the only division by a power of
// ten in the project stands here.
package money

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ErrUnknownCurrency marks a currency code that Omise does not support. Its
// minor unit is not known, so an amount in it is refused rather than guessed.
var ErrUnknownCurrency = errors.New("unknown currency")

// Currency is an upper-case ISO 4217 code that Omise supports. The empty
// Currency means "none".
type Currency string

// digits gives the minor-unit exponent of every currency that Omise documents
// (docs.omise.co/currency-and-amount and the tables in its official plugins).
// It is Omise's table and not ISO's: only JPY has no minor unit.
var digits = map[Currency]int{
	"AUD": 2, "CAD": 2, "CHF": 2, "CNY": 2, "DKK": 2, "EUR": 2, "GBP": 2,
	"HKD": 2, "IDR": 2, "JPY": 0, "MYR": 2, "SGD": 2, "THB": 2, "USD": 2,
}

// ParseCurrency reads a code in either case: API versions up to 2017-11-02
// write "thb", 2019-05-29 writes "THB". The error wraps ErrUnknownCurrency.
func ParseCurrency(s string) (Currency, error) {
	c := Currency(strings.ToUpper(s))
	if _, ok := digits[c]; !ok {
		return "", fmt.Errorf("%w %q (known: %s)", ErrUnknownCurrency, s, known())
	}
	return c, nil
}

// Digits is the number of decimal places of a major unit: 2 for THB, 0 for JPY.
func (c Currency) Digits() int { return digits[c] }

func known() string {
	codes := make([]string, 0, len(digits))
	for c := range digits {
		codes = append(codes, string(c))
	}
	slices.Sort(codes)
	return strings.Join(codes, " ")
}

// Format writes minor units as a decimal in major units with exactly the
// currency's digits and no thousands sign: 123450 THB is "1234.50", 1234 JPY
// is "1234".
func Format(minor int64, c Currency) string {
	n := c.Digits()
	if n == 0 {
		return strconv.FormatInt(minor, 10)
	}
	sign, abs := "", uint64(minor)
	if minor < 0 {
		sign, abs = "-", -abs
	}
	s := strconv.FormatUint(abs, 10)
	if len(s) <= n {
		s = strings.Repeat("0", n-len(s)+1) + s
	}
	return sign + s[:len(s)-n] + "." + s[len(s)-n:]
}

// Grouped writes minor units as people do, with a comma before every third
// digit of the whole part: 123450 THB is "1,234.50", 1234 JPY is "1,234".
func Grouped(minor int64, c Currency) string { return Group(Format(minor, c)) }

// Group puts these commas into a decimal: "-1234.5" is "-1,234.5".
func Group(decimal string) string {
	whole := strings.IndexByte(decimal+".", '.')
	for i := whole - 3; i > 0 && decimal[i-1] != '-'; i -= 3 {
		decimal = decimal[:i] + "," + decimal[i:]
	}
	return decimal
}

// Parse reads a plain decimal in major units ("1234.50", "-3") into minor
// units. More decimal places than the currency has are an error, never rounded.
func Parse(s string, c Currency) (int64, error) {
	n := c.Digits()
	whole, frac, dotted := strings.Cut(s, ".")
	if dotted && (frac == "" || len(frac) > n) {
		return 0, fmt.Errorf("amount %q: %s has %d decimal places", s, c, n)
	}
	text := whole + frac + strings.Repeat("0", n-len(frac))
	digitsOnly := strings.TrimPrefix(text, "-")
	if whole == "" || whole == "-" || strings.Trim(digitsOnly, "0123456789") != "" {
		return 0, fmt.Errorf("amount %q is not a decimal number", s)
	}
	minor, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("amount %q is too large", s)
	}
	return minor, nil
}

// Add sums two amounts of one currency and reports whether the sum fits.
func Add(a, b int64) (int64, bool) {
	if (b > 0 && a > math.MaxInt64-b) || (b < 0 && a < math.MinInt64-b) {
		return 0, false
	}
	return a + b, true
}
