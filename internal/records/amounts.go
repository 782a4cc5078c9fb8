package records

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"reconcile/internal/money"
)

// amountForm is how the amounts of a column are written.
type amountForm struct {
	currency money.Currency
	minor    bool // whole minor units
	commas   bool // of a file in which a comma may be the decimal sign
}

// parse reads an amount into minor units of the form's currency. The error
// says what is wrong with the value and what to do.
func (f amountForm) parse(text string, kind kind) (int64, error) {
	if kind == plain && simple(text) {
		return f.units(text)
	}
	text, err := untyped(text, kind)
	if err != nil {
		return 0, err
	}
	before, digits, after := around(text)
	if digits == "" {
		return 0, errors.New("is not an amount; correct the row, or name another column in `columns`")
	}
	negative, before, after, err := sign(before, withoutDash(after))
	if err != nil {
		return 0, err
	}
	if err := cmp.Or(agrees(before, f.currency), agrees(after, f.currency)); err != nil {
		return 0, err
	}
	decimal, err := f.ungroup(digits, kind)
	if err != nil {
		return 0, err
	}
	minor, err := f.units(decimal)
	if negative {
		minor = -minor
	}
	return minor, err
}

// simple reports whether a text needs no thought: digits, and a dot with one
// or two of them behind it. Most amounts are like that.
func simple(text string) bool {
	whole, fraction, dotted := strings.Cut(text, ".")
	const digits = "0123456789"
	return whole != "" && strings.Trim(whole, digits) == "" && strings.Trim(fraction, digits) == "" &&
		len(fraction) <= 2 && dotted == (fraction != "")
}

// untyped gives the text of a number as a person would have written it.
func untyped(text string, kind kind) (string, error) {
	switch kind {
	case truth:
		return "", errors.New("is true or false and not an amount; name another column in `columns`")
	case double:
		if exact, ok := roundDouble(text); ok {
			return exact, nil
		}
		return "", errors.New("is a number of more digits than a spreadsheet holds exactly; correct the row")
	case number:
		if strings.ContainsAny(text, "eE") {
			if exact, ok := writeOut(text); ok {
				return exact, nil
			}
		}
	}
	return strings.ReplaceAll(latinDigits(norm.NFKC.String(text)), "’", "'"), nil
}

// latinDigits writes Thai digits as 0 to 9.
func latinDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if '๐' <= r && r <= '๙' {
			return '0' + r - '๐'
		}
		return r
	}, text)
}

// around splits a text into what stands before its first digit, the digits
// with what is between them, and what stands behind the last one.
func around(text string) (before, digits, after string) {
	const ten = "0123456789"
	first, last := strings.IndexAny(text, ten), strings.LastIndexAny(text, ten)
	if first < 0 {
		return text, "", ""
	}
	return text[:first], text[first : last+1], text[last+1:]
}

// withoutDash takes off the dash that stands for no satang or øre: 1,200.-
func withoutDash(after string) string {
	return strings.TrimPrefix(strings.TrimPrefix(after, ".-"), ",-")
}

// sign takes the signs out of what stands around an amount: a minus on either
// side, accountants' parentheses, or the triangle of Japanese books.
func sign(before, after string) (negative bool, _, _ string, err error) {
	signs := 0
	drop := func(r rune) rune {
		if strings.ContainsRune("-−▲△", r) {
			signs++
			return -1
		}
		return r
	}
	before, after = strings.Map(drop, before), strings.Map(drop, after)
	if strings.Contains(before, "(") && strings.Contains(after, ")") {
		before, after = strings.Replace(before, "(", "", 1), strings.Replace(after, ")", "", 1)
		signs++
	}
	switch signs {
	case 0:
		before = strings.Replace(before, "+", "", 1)
	case 1:
		negative = true
	default:
		err = errors.New("has more than one minus; correct the row")
	}
	return negative, before, after, err
}

var (
	errGrouping  = errors.New("is not an amount: its digits are grouped in no known way; correct the row")
	errComma     = errors.New("has a comma where thousands would have three digits behind it; export amounts with a dot before the decimals, or the file with ; between its columns")
	errAmbiguous = errors.New("may have thousands or three decimals; export amounts with exactly two decimals, or with none and without thousands")
)

// ungroup gives the digits as a plain decimal with a dot. What stands before
// the last separator says what that one means; text that may mean two amounts,
// a thousand times apart, is refused.
func (f amountForm) ungroup(digits string, kind kind) (string, error) {
	at := strings.LastIndexFunc(digits, notDigit)
	if at < 0 {
		return digits, nil
	}
	head, last, tail := digits[:at], digits[at], digits[at+1:]
	thousands, ok := grouping(head)
	head = strings.ReplaceAll(head, string(thousands), "")
	short := thousands == none && len(head) <= 3 && head[0] != '0'
	switch {
	case !ok || strings.IndexByte(separators, last) < 0:
		return "", errGrouping
	case short && len(tail) == 3 && f.ambiguous(last, kind):
		return "", errAmbiguous
	case len(tail) == 3 && (last == thousands || short && last != '.'):
		return head + tail, nil
	case last == '.' && thousands != '.':
		return head + "." + tail, nil
	case last != ',' || thousands == ',' || len(tail) > 2:
		return "", errGrouping
	case thousands == none && !f.commas:
		return "", errComma
	}
	return head + "." + tail, nil
}

// separators may stand between digits; none is that of an amount without one.
const (
	separators = ",.' "
	none       = 0
)

// grouping finds what separates the thousands of a number; ok is false when
// they are not groups of three.
func grouping(text string) (separator byte, ok bool) {
	at := strings.IndexFunc(text, notDigit)
	if at < 0 {
		return none, true
	}
	separator = text[at]
	groups := strings.Split(text, text[at:at+1])
	for i, group := range groups {
		three := len(group) == 3 || (i == 0 && len(group) < 3 && group[0] != '0')
		if !three || strings.IndexFunc(group, notDigit) >= 0 {
			return separator, false
		}
	}
	return separator, strings.IndexByte(separators, separator) >= 0
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

// ambiguous: 1.234 may be a European thousand. 1,234 is a thousand, but where
// commas are decimal signs.
func (f amountForm) ambiguous(separator byte, kind kind) bool {
	decimals := !f.minor && f.currency.Digits() > 0
	return kind == plain && (separator == '.' || (separator == ',' && f.commas && decimals))
}

// units turns a plain decimal into minor units. Zeros behind the currency's
// own decimals are no decimals.
func (f amountForm) units(decimal string) (int64, error) {
	whole, fraction, dotted := strings.Cut(decimal, ".")
	if f.minor {
		if dotted {
			return 0, errors.New("has decimals, and the column is read in minor units, such as satang; set `amount_unit: major`, or correct the row")
		}
		return minorUnits(whole)
	}
	places := f.currency.Digits()
	if len(fraction) > places {
		if strings.Trim(fraction[places:], "0") != "" {
			return 0, fmt.Errorf("has more decimals than the %d of %s; correct the row", places, f.currency)
		}
		fraction = fraction[:places]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	minor, err := money.Parse(whole, f.currency)
	if err != nil {
		return 0, errTooLarge
	}
	return minor, nil
}

var errTooLarge = errors.New("is too large to be an amount; correct the row")

func minorUnits(digits string) (int64, error) {
	minor, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, errTooLarge
	}
	return minor, nil
}
