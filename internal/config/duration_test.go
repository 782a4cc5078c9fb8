package config_test

import (
	"testing"
	"time"

	"reconcile/internal/config"
)

func TestParseDuration(t *testing.T) {
	const how = " is not a duration; write e.g. 30s, 10m, 2h30m, 3d or 1d12h"
	for _, tt := range []struct {
		text string
		want time.Duration
		err  string
	}{
		{"0", 0, ""},
		{"7d", 168 * time.Hour, ""},
		{"36h", 36 * time.Hour, ""},
		{"10m", 10 * time.Minute, ""},
		{"2h30m", 150 * time.Minute, ""},
		{"1d12h", 36 * time.Hour, ""},
		{"1.5h", 90 * time.Minute, ""},
		{"1d0.5s", 24*time.Hour + 500*time.Millisecond, ""},
		{"", 0, `""` + how},
		{"d", 0, `"d"` + how},
		{"12h1d", 0, `"12h1d"` + how},
		{"1.5d", 0, `"1.5d"` + how},
		{"1d-1h", 0, `"1d-1h"` + how},
		{"+1d", 0, `"+1d"` + how},
		{"1w", 0, `"1w"` + how},
		{"-1h", 0, `"-1h" is negative`},
		{"90", 0, `"90" has no unit; write e.g. 90s, 90m, 90h or 90d`},
		{"106752d", 0, `"106752d" is too long`},
		{"99999999999999d", 0, `"99999999999999d" is too long`},
	} {
		got, err := config.ParseDuration(tt.text)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != tt.want || text != tt.err {
			t.Errorf("ParseDuration(%q) = %v, %q; want %v, %q", tt.text, got, text, tt.want, tt.err)
		}
		if err == nil {
			if back, err := config.ParseDuration(config.FormatDuration(got)); back != got || err != nil {
				t.Errorf("%q came back as %v, %v", config.FormatDuration(got), back, err)
			}
		}
	}
}

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                               "0",
		30 * time.Second:                "30s",
		10 * time.Minute:                "10m",
		2 * time.Hour:                   "2h",
		24 * time.Hour:                  "1d",
		36*time.Hour + 30*time.Minute:   "1d12h30m",
		time.Hour + 10*time.Second:      "1h0m10s",
		48*time.Hour + time.Millisecond: "2d1ms",
	} {
		if got := config.FormatDuration(d); got != want {
			t.Errorf("FormatDuration(%v) = %q, want %q", d, got, want)
		}
	}
}
