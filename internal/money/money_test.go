package money_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"reconcile/internal/money"
)

func TestFormat(t *testing.T) {
	for _, tc := range []struct {
		minor int64
		cur   money.Currency
		want  string
	}{
		{123450, "THB", "1234.50"},
		{1234, "JPY", "1234"},
		{5, "THB", "0.05"},
		{0, "USD", "0.00"},
		{0, "JPY", "0"},
		{-5, "SGD", "-0.05"},
		{-1234, "JPY", "-1234"},
		{math.MinInt64, "THB", "-92233720368547758.08"},
		{math.MaxInt64, "THB", "92233720368547758.07"},
	} {
		if got := money.Format(tc.minor, tc.cur); got != tc.want {
			t.Errorf("Format(%d, %s) = %q, want %q", tc.minor, tc.cur, got, tc.want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for _, tc := range []struct {
		minor int64
		cur   money.Currency
		want  string
	}{
		{0, "THB", "0.00"},
		{99999, "THB", "999.99"},
		{123450, "THB", "1,234.50"},
		{123456789, "THB", "1,234,567.89"},
		{-99999, "THB", "-999.99"},
		{-123450, "THB", "-1,234.50"},
		{999, "JPY", "999"},
		{1234, "JPY", "1,234"},
		{-123456, "JPY", "-123,456"},
		{math.MinInt64, "JPY", "-9,223,372,036,854,775,808"},
	} {
		if got := money.Grouped(tc.minor, tc.cur); got != tc.want {
			t.Errorf("Grouped(%d, %s) = %q, want %q", tc.minor, tc.cur, got, tc.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{"", "-", ".", "1.", ".5", "1.005", "1,000", "1e3", "--1", "1.-5", "+1", " 1", "٣", "99999999999999999999"} {
		if got, err := money.Parse(s, "THB"); err == nil {
			t.Errorf("Parse(%q) = %d, want an error", s, got)
		}
	}
	if got, err := money.Parse("1.5", "JPY"); err == nil {
		t.Errorf("Parse(1.5 JPY) = %d, want an error: yen have no decimals", got)
	}
}

func TestParseCurrency(t *testing.T) {
	if c, err := money.ParseCurrency("thb"); err != nil || c != "THB" {
		t.Errorf("ParseCurrency(thb) = %q, %v", c, err)
	}
	for _, s := range []string{"", "XAU", "KWD", "thbx"} {
		if _, err := money.ParseCurrency(s); !errors.Is(err, money.ErrUnknownCurrency) {
			t.Errorf("ParseCurrency(%q): %v, want ErrUnknownCurrency", s, err)
		}
	}
}

func TestFormatThenParseGivesTheAmountBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64().Draw(t, "minor")
		cur := rapid.SampledFrom([]money.Currency{"THB", "JPY", "USD", "SGD"}).Draw(t, "currency")
		got, err := money.Parse(money.Format(minor, cur), cur)
		if err != nil || got != minor {
			t.Fatalf("%d %s came back as %d, %v", minor, cur, got, err)
		}
	})
}

func TestAddSaysWhenTheSumDoesNotFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		sum, ok := money.Add(a, b)
		if ok != (sum-b == a && (b >= 0) == (a+b >= a)) {
			t.Fatalf("Add(%d, %d) = %d, %v", a, b, sum, ok)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0", "-0.01", "1234.50", "9223372036854775807"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		minor, err := money.Parse(s, "THB")
		if err != nil {
			return
		}
		again, err := money.Parse(money.Format(minor, "THB"), "THB")
		if err != nil || again != minor {
			t.Fatalf("%q read as %d, then %d, %v", s, minor, again, err)
		}
	})
}
