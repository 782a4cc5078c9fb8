package records

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"reconcile/internal/money"
)

func TestAmounts(t *testing.T) {
	baht := amountForm{currency: "THB"}
	satang := amountForm{currency: "THB", minor: true}
	yen := amountForm{currency: "JPY"}
	dollars := amountForm{currency: "USD"}
	european := amountForm{currency: "EUR", commas: true}
	for _, tc := range []struct {
		form amountForm
		text string
		kind kind
		want int64
	}{
		{baht, "1234.5", plain, 123450},
		{baht, "0", plain, 0},
		{baht, "000123.40", plain, 12340},
		{baht, "0.500", plain, 50},
		{baht, "1234.5000", plain, 123450},
		{baht, "1200.000", plain, 120000},
		{baht, "1,234,567.89", plain, 123456789},
		{baht, "1 234.50", plain, 123450},
		{baht, "1\u00a0234,50", plain, 123450},
		{baht, "1\u202f234\u202f567", plain, 123456700},
		{baht, "1'234.50", plain, 123450},
		{baht, "1’234’567", plain, 123456700},
		{baht, "1.234,50", plain, 123450},
		{baht, "1.234.567", plain, 123456700},
		{baht, "1.234.567,8", plain, 123456780},
		{baht, "-5", plain, -500},
		{baht, "−5.00", plain, -500},
		{baht, "5.00-", plain, -500},
		{baht, "(1,234.50)", plain, -123450},
		{baht, "฿(5)", plain, -500},
		{baht, "-฿5", plain, -500},
		{baht, "฿ -5", plain, -500},
		{baht, "+5", plain, 500},
		{baht, "1,200.-", plain, 120000},
		{baht, "1,200.- บาท", plain, 120000},
		{baht, "2.2737367544323206E-13", double, 0},
		{baht, "-2.2737367544323206E-13", double, 0},
		{baht, "THB 5.00", plain, 500},
		{baht, "5 baht", plain, 500},
		{baht, "5 บาท", plain, 500},
		{baht, "๑,๒๓๔.๕๐", plain, 123450},
		{baht, "１，２３４．５０", plain, 123450},
		{baht, "92233720368547758.07", plain, 9223372036854775807},
		{baht, "1.500", number, 150},
		{baht, "1E3", number, 100000},
		{baht, "1.25e1", number, 1250},
		{baht, "1234.4999999999999", double, 123450},
		{baht, "0.30000000000000004", double, 30},
		{baht, "1.2345E3", double, 123450},
		{baht, "-2.5000000000000001E-1", double, -25},
		{satang, "123450", plain, 123450},
		{satang, "1,234", plain, 1234},
		{satang, "1.2345E5", double, 123450},
		{yen, "1200.00", plain, 1200},
		{yen, "1,200", plain, 1200},
		{yen, "¥1,200", plain, 1200},
		{yen, "￥１，２００", plain, 1200},
		{yen, `\1,200`, plain, 1200},
		{yen, "1,200円", plain, 1200},
		{yen, "1,200 yen", plain, 1200},
		{yen, "△1,200", plain, -1200},
		{amountForm{currency: "CNY"}, "¥12.50", plain, 1250},
		{amountForm{currency: "SGD"}, "$12.50", plain, 1250},
		{amountForm{currency: "SGD"}, "S$12.50", plain, 1250},
		{dollars, "US$ 12.50", plain, 1250},
		{dollars, "12.50 usd", plain, 1250},
		{amountForm{currency: "GBP"}, "£12.50", plain, 1250},
		{amountForm{currency: "DKK"}, "12.50 kr.", plain, 1250},
		{european, "12,50", plain, 1250},
		{european, "€ 1.234,50", plain, 123450},
		{european, "1234,5", plain, 123450},
		{european, "1,234.50", plain, 123450},
		{european, "1,234,567", plain, 123456700},
		{amountForm{currency: "JPY", commas: true}, "1,234", plain, 1234},
	} {
		got, err := tc.form.parse(tc.text, tc.kind)
		if err != nil || got != tc.want {
			t.Errorf("%s %q = %d, %v; want %d", tc.form.currency, tc.text, got, err, tc.want)
		}
	}
}

func TestAmountsThatAreRefused(t *testing.T) {
	baht := amountForm{currency: "THB"}
	satang := amountForm{currency: "THB", minor: true}
	european := amountForm{currency: "EUR", commas: true}
	for _, tc := range []struct {
		form amountForm
		text string
		kind kind
		says string
	}{
		{baht, "12,50", plain, "export amounts with a dot"},
		{baht, "1.234", plain, "thousands or three decimals"},
		{baht, "1.500", plain, "thousands or three decimals"},
		{european, "1,234", plain, "thousands or three decimals"},
		{european, "1.234", plain, "thousands or three decimals"},
		{baht, "1234.505", plain, "more decimals than the 2 of THB"},
		{baht, "1.234", number, "more decimals than the 2 of THB"},
		{baht, "1.23456e+2", number, "more decimals than the 2 of THB"},
		{baht, "1234.567", double, "more decimals than the 2 of THB"},
		{amountForm{currency: "JPY"}, "12.5", plain, "more decimals than the 0 of JPY"},
		{satang, "1234.50", plain, "amount_unit: major"},
		{satang, "1234.00", plain, "amount_unit: major"},
		{satang, "1234.5", double, "amount_unit: major"},
		{baht, "$5", plain, `"$"`},
		{baht, "5 JPY", plain, "the currency of the row is THB"},
		{baht, "¥5", plain, "the currency of the row is THB"},
		{amountForm{currency: "USD"}, "S$5", plain, "the currency of the row is USD"},
		{baht, "5 pieces", plain, "is no currency"},
		{baht, "5 XAU", plain, "is no currency"},
		{baht, "free", plain, "is not an amount"},
		{baht, "--5", plain, "more than one minus"},
		{baht, "-5-", plain, "more than one minus"},
		{baht, "-(5)", plain, "more than one minus"},
		{baht, "(5", plain, "is no currency"},
		{baht, ".50", plain, "is no currency"},
		{baht, "5.", plain, "is no currency"},
		{baht, "12,34,567", plain, "grouped"},
		{baht, "1234,567.00", plain, "grouped"},
		{baht, "0,500", plain, "grouped"},
		{baht, "1,234.567.890", plain, "grouped"},
		{baht, "1.2.3", plain, "grouped"},
		{baht, "1.234.56", plain, "grouped"},
		{baht, "1-2", plain, "grouped"},
		{baht, "1/2", plain, "grouped"},
		{baht, "10:300", plain, "grouped"},
		{baht, "10x300", plain, "grouped"},
		{baht, "1-234", plain, "grouped"},
		{baht, "1;234", plain, "grouped"},
		{baht, "2026-11-01", plain, "grouped"},
		{baht, "01.11.2026", plain, "grouped"},
		{baht, "a5b", plain, "is not an amount: \"a\" is no currency that Omise has"},
		{baht, "1 2", plain, "grouped"},
		{baht, "5 / 7 บาท", plain, "grouped"},
		{baht, "1E3", plain, "grouped"},
		{baht, "99999999999999999999", plain, "too large"},
		{baht, "92233720368547758.08", plain, "too large"},
		{satang, "9223372036854775808", plain, "too large"},
		{baht, "1e99", number, "too large"},
		{baht, "1e999999999", number, "grouped"},
		{baht, "1E+15", double, "more digits"},
		{baht, "1e999999999", double, "more digits"},
		{baht, "true", truth, "true or false"},
	} {
		got, err := tc.form.parse(tc.text, tc.kind)
		if err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s %q = %d, %v; want an error that says %q", tc.form.currency, tc.text, got, err, tc.says)
		}
	}
}

func TestAmountsInEveryFormAreTheSame(t *testing.T) {
	currencies := []money.Currency{"THB", "JPY", "USD", "SGD", "EUR"}
	rapid.Check(t, func(t *rapid.T) {
		form := amountForm{currency: rapid.SampledFrom(currencies).Draw(t, "currency")}
		minor := rapid.Int64Range(-1e17, 1e17).Draw(t, "minor")
		text := money.Format(minor, form.currency)
		for _, write := range []func(string) string{
			func(s string) string { return s },
			thousands,
			func(s string) string { return strings.ReplaceAll(thousands(s), ",", " ") },
			func(s string) string { return string(form.currency) + " " + thousands(s) },
			func(s string) string { return thousands(s) + " " + strings.ToLower(string(form.currency)) },
			thaiDigits,
		} {
			got, err := form.parse(write(text), plain)
			if err != nil || got != minor {
				t.Fatalf("%q of %d %s = %d, %v", write(text), minor, form.currency, got, err)
			}
		}
	})
}

// thousands groups the digits before the dot.
func thousands(text string) string {
	whole, fraction, dotted := strings.Cut(text, ".")
	digits := strings.TrimPrefix(whole, "-")
	sign := whole[:len(whole)-len(digits)]
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if dotted {
		digits += "." + fraction
	}
	return sign + digits
}

func thaiDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return '๐' + r - '0'
		}
		return r
	}, text)
}

func TestCurrencies(t *testing.T) {
	for text, want := range map[string]money.Currency{
		"thb": "THB", "JPY": "JPY", "baht": "THB", "บาท": "THB", "฿": "THB", "円": "JPY", "ＵＳＤ": "USD", "€": "EUR",
	} {
		if got, err := parseCurrency(text); err != nil || got != want {
			t.Errorf("currency %q = %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"XAU", "$", "¥", "THB JPY", "764"} {
		if got, err := parseCurrency(text); err == nil {
			t.Errorf("currency %q = %q, want an error", text, got)
		}
	}
	if _, err := parseCurrency("XAU"); !errors.Is(err, money.ErrUnknownCurrency) || !strings.Contains(err.Error(), "THB USD") {
		t.Errorf("currency XAU: %v, want one that names what Omise has", err)
	}
}
