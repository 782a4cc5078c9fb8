package sandbox

import (
	"net/http"
	"testing"
)

func TestPercent(t *testing.T) {
	for hundredths, want := range map[int64]string{
		0: "0.0", 5: "0.05", 10: "0.1", 65: "0.65", 100: "1.0", 205: "2.05", 250: "2.5", 365: "3.65", 700: "7.0", 1_000: "10.0",
	} {
		if got := percent(hundredths); got != want {
			t.Errorf("%d hundredths are %s, want %s", hundredths, got, want)
		}
	}
}

// Drift is in ten-thousandths of the rate, and a currency is always worth itself.
func TestRateDrifts(t *testing.T) {
	for _, tt := range []struct {
		from, to     string
		amount       int64
		drift, worth int64
	}{
		{"USD", "THB", 10_000, 0, 351_200},
		{"USD", "THB", 10_000, 100, 354_712},
		{"USD", "THB", 10_000, -100, 347_688},
		{"JPY", "THB", 1_000, 1, 23_452},
		{"THB", "JPY", 10_000, 0, 426},
		{"THB", "JPY", 12, 0, 1}, // 0.51 yen
		{"THB", "JPY", 11, 0, 0}, // 0.47 yen
		{"THB", "THB", 12_345, 100, 12_345},
	} {
		if got := rateOf(tt.from, tt.to, tt.drift).apply(tt.amount); got != tt.worth {
			t.Errorf("%d %s with a drift of %d are %d %s, want %d", tt.amount, tt.from, tt.drift, got, tt.to, tt.worth)
		}
	}
}

func TestMainUnits(t *testing.T) {
	for _, c := range []struct {
		amount         int64
		currency, want string
	}{{3_000, "THB", "30.00"}, {5, "THB", "0.05"}, {-1_234, "SGD", "-12.34"}, {3_000, "JPY", "3000"}, {0, "USD", "0.00"}} {
		if got := mainUnits(c.amount, c.currency); got != c.want {
			t.Errorf("%d %s is %s, want %s", c.amount, c.currency, got, c.want)
		}
	}
}

func TestForex(t *testing.T) {
	s := newServer(t, options())
	check(t, object(t, s, "/forex/usd"), map[string]any{"object": "forex", "base": "USD", "quote": "THB", "rate": 35.12, "location": "/forex/usd"})
	check(t, object(t, s, "/forex/JPY"), map[string]any{"rate": 0.2345})
	if a := get(t, s, "/forex/btc"); a.status != http.StatusNotFound {
		t.Errorf("unknown currency: %d", a.status)
	}
	o := options()
	o.Country = "JP"
	check(t, object(t, newServer(t, o), "/forex/thb"), map[string]any{"rate": 4.26439232, "quote": "JPY"})
}

func TestSharesAreRoundedHalfUp(t *testing.T) {
	for _, tt := range []struct{ amount, part, want int64 }{
		{100_000, 365, 3_650},
		{100, 49, 0},
		{100, 50, 1},
		{100, 149, 1},
		{100, 150, 2},
		{0, 365, 0},
	} {
		if got := share(tt.amount, tt.part); got != tt.want {
			t.Errorf("%d hundredths of a percent of %d are %d, want %d", tt.part, tt.amount, got, tt.want)
		}
	}
}
