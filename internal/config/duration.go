package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// ParseDuration reads Go's durations and whole days before them: 7d, 36h,
// 2h30m, 1d12h. A day is 24 hours. Nothing is negative; a bare 0 is 0.
func ParseDuration(s string) (time.Duration, error) {
	switch {
	case s == "0":
		return 0, nil
	case strings.HasPrefix(s, "-"):
		return 0, fmt.Errorf("%s is negative", show(s))
	case s != "" && strings.Trim(s, "0123456789.") == "":
		return 0, fmt.Errorf("%s has no unit; write e.g. %ss, %sm, %sh or %sd", show(s), cut(s), cut(s), cut(s), cut(s))
	}
	days, rest, hasDays := strings.Cut(s, "d")
	if !hasDays {
		days, rest = "0", s
	}
	whole, err := strconv.ParseUint(days, 10, 31)
	if errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("%s is too long", show(s))
	}
	if err != nil || strings.ContainsAny(rest, "+-") {
		return 0, notDuration(s)
	}
	var clock time.Duration
	if rest != "" || !hasDays {
		if clock, err = time.ParseDuration(rest); err != nil {
			return 0, notDuration(s)
		}
	}
	if int64(whole) > (math.MaxInt64-int64(clock))/int64(day) {
		return 0, fmt.Errorf("%s is too long", show(s))
	}
	return time.Duration(whole)*day + clock, nil
}

func notDuration(s string) error {
	return fmt.Errorf("%s is not a duration; write e.g. 30s, 10m, 2h30m, 3d or 1d12h", show(s))
}

// cut shortens a number for an example.
func cut(s string) string { return s[:min(len(s), 6)] }

// FormatDuration writes a duration the shortest way that ParseDuration reads
// back: 7d, 1d12h, 30s, 0.
func FormatDuration(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	var b strings.Builder
	if days := d / day; days > 0 {
		fmt.Fprintf(&b, "%dd", days)
	}
	if d %= day; d != 0 {
		text := d.String()
		if strings.HasSuffix(text, "m0s") {
			text = strings.TrimSuffix(text, "0s")
		}
		if strings.HasSuffix(text, "h0m") {
			text = strings.TrimSuffix(text, "0m")
		}
		b.WriteString(text)
	}
	return b.String()
}
