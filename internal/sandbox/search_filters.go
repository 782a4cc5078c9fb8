package sandbox

import (
	"math"
	"strconv"
	"strings"
	"time"
)

func byText[T row](get func(x T, t second) string) filter[T] {
	return func(want string) test[T] {
		return func(x T, t second) bool { return strings.EqualFold(get(x, t), want) }
	}
}

func byID[T row](want string) test[T] {
	return func(x T, _ second) bool { _, id := x.rowKey(); return id == want }
}

func byFlag[T row](get func(x T, t second) bool) filter[T] {
	return func(want string) test[T] {
		switch strings.ToLower(want) {
		case "true", "yes", "on", "1":
			return get
		case "false", "no", "off", "0":
			return func(x T, t second) bool { return !get(x, t) }
		}
		return nil
	}
}

// byAmount compares in main units, as people write amounts: 1000 is 100000 satang.
func byAmount[T row](get func(x T, t second) (amount int64, currency string)) filter[T] {
	return bySpan(readAmount, func(x T, t second) int64 {
		amount, currency := get(x, t)
		c, _ := currencyOf(currency)
		return amount * 100 / c.minor
	})
}

// byCreated takes an instant or a day, which is from its midnight to the next in UTC.
func byCreated[T row](want string) test[T] {
	return bySpan(readDay, func(x T, _ second) int64 {
		created, _ := x.rowKey()
		return int64(created)
	})(want)
}

// bySpan takes one value or a range such as 10..20, both ends included and either left out.
func bySpan[T row](read func(string) (span, bool), get func(x T, t second) int64) filter[T] {
	return func(want string) test[T] {
		s, ok := readSpan(want, read)
		if !ok {
			return nil
		}
		return func(x T, t second) bool { n := get(x, t); return s.low <= n && n <= s.high }
	}
}

// span is from low to high, both included.
type span struct{ low, high int64 }

func readSpan(want string, read func(string) (span, bool)) (span, bool) {
	first, last, isRange := strings.Cut(want, "..")
	if !isRange {
		return read(want)
	}
	s := span{math.MinInt64, math.MaxInt64}
	if first != "" {
		from, ok := read(first)
		if !ok {
			return s, false
		}
		s.low = from.low
	}
	if last != "" {
		to, ok := read(last)
		if !ok {
			return s, false
		}
		s.high = to.high
	}
	return s, first != "" || last != ""
}

// readAmount reads an amount of main units into hundredths of one.
func readAmount(text string) (span, bool) {
	whole, decimals, _ := strings.Cut(text, ".")
	if len(decimals) > 2 || len(whole) > 15 {
		return span{}, false
	}
	n, err := strconv.ParseUint(whole+decimals+strings.Repeat("0", 2-len(decimals)), 10, 63)
	return span{int64(n), int64(n)}, err == nil
}

func readDay(text string) (span, bool) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return span{t.Unix(), t.Unix()}, true
	}
	t, err := time.Parse(time.DateOnly, text)
	return span{t.Unix(), t.Unix() + int64(day) - 1}, err == nil
}
