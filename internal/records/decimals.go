package records

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// anyNumber is a number as JSON, a workbook or a database writes it. The
// exponent is bounded, because the digits that it stands for are written out.
var anyNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$`)

// doubleDigits is how many decimal digits a binary floating-point number holds
// for sure; a spreadsheet shows no more. Beyond dustPlaces decimals stands only
// what a subtraction left: 0.3 - 0.1 - 0.2 is not quite 0.
const (
	doubleDigits = 15
	dustPlaces   = 9
)

// roundDouble gives the number that a person entered for the text of the
// double that was stored: 1234.4999999999999 is 1234.5. It is false for more
// digits than a double holds.
func roundDouble(text string) (string, bool) {
	exact, ok := rational(text)
	if !ok {
		return "", false
	}
	whole := new(big.Int).Quo(exact.Num(), exact.Denom())
	places := doubleDigits - len(whole.Abs(whole).String())
	if places < 0 {
		return "", false
	}
	return shortest(exact.FloatString(min(places, dustPlaces))), true
}

// writeOut gives a number without its exponent.
func writeOut(text string) (string, bool) {
	exact, ok := rational(text)
	if !ok {
		return "", false
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	_, fraction, _ := strings.Cut(mantissa, ".")
	power, _ := strconv.Atoi(exponent)
	return exact.FloatString(max(0, len(fraction)-power)), true
}

func rational(text string) (*big.Rat, bool) {
	if !anyNumber.MatchString(text) {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// shortest drops the zeros at the end of a fraction.
func shortest(decimal string) string {
	if !strings.Contains(decimal, ".") {
		return decimal
	}
	decimal = strings.TrimRight(strings.TrimRight(decimal, "0"), ".")
	if decimal == "-0" {
		return "0"
	}
	return decimal
}
