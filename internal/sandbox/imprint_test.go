package sandbox

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestBrands(t *testing.T) {
	for number, want := range map[string]string{
		"4": visa, "4222222222222": visa, "51": masterCard, "2221": masterCard, "272099": masterCard,
		"2720": masterCard, "37": amex, "3528": jcb, "3589": jcb, "305": diners, "38": diners,
		"6011": discover, "649": discover, "62": unionPay, "81": unionPay,
		"": "", "3": "", "50": "", "56": "", "2220": "", "2721": "", "3527": "", "3590": "", "306": "", "643": "", "0": "", "9": "",
	} {
		if got := brandOf(number); got != want {
			t.Errorf("%s is of %q, want %q", number, got, want)
		}
	}
}

func TestTestCardsAreValid(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range testCards {
		if c.outcome == "" && !c.secure {
			t.Errorf("nothing happens with %v", c.numbers)
		}
		for _, number := range c.numbers {
			if !validNumber(number) || brandOf(number) == "" || seen[number] {
				t.Errorf("%s is not valid, of no brand, or there twice", number)
			}
			seen[number] = true
			i := options().imprint(number)
			if i.outcome != c.outcome || i.secure != c.secure || i.unchecked != c.unchecked || i.last != number[len(number)-4:] {
				t.Errorf("%s left %+v", number, i)
			}
		}
	}
}

// drawNumber makes a valid number of any brand.
func drawNumber(t *rapid.T) string {
	b := rapid.SampledFrom(brandTable).Draw(t, "brand")
	low, _ := strconv.Atoi(b.from)
	high, _ := strconv.Atoi(b.to)
	number := strconv.Itoa(rapid.IntRange(low, high).Draw(t, "prefix"))
	length := rapid.SampledFrom(b.lengths).Draw(t, "length")
	for len(number) < length-1 {
		number += strconv.Itoa(rapid.IntRange(0, 9).Draw(t, "digit"))
	}
	for check := range 10 {
		if full := number + strconv.Itoa(check); luhn(full) {
			return full
		}
	}
	t.Fatalf("%s has no check digit", number)
	return ""
}

// drawNeighbour changes one digit of a number.
func drawNeighbour(t *rapid.T, number string) string {
	at := rapid.IntRange(0, len(number)-1).Draw(t, "at")
	other := (int(number[at]-'0') + rapid.IntRange(1, 9).Draw(t, "shift")) % 10
	return number[:at] + strconv.Itoa(other) + number[at+1:]
}

func TestNumbersAndTheirNeighbours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := drawNumber(t)
		if !validNumber(number) {
			t.Fatalf("%s is not valid", number)
		}
		for _, wrong := range []string{drawNeighbour(t, number), "x" + number[1:], "+" + number[1:], number + "\x00", number[:len(number)-1] + " "} {
			if validNumber(wrong) {
				t.Fatalf("%q is valid as well as %s", wrong, number)
			}
		}
	})
}

func TestFingerprints(t *testing.T) {
	a, b := options().imprint("4242424242424242"), options().imprint("4111111111111111")
	other := Options{Seed: 8}.imprint("4242424242424242")
	if a.fingerprint == b.fingerprint || a.fingerprint == other.fingerprint {
		t.Error("another number or another seed has the same fingerprint")
	}
	if len(a.fingerprint) != 44 || !strings.HasSuffix(a.fingerprint, "=") {
		t.Errorf("fingerprint %q", a.fingerprint)
	}
	if again := options().imprint(cardNumber(" 4242-4242 4242-4242 ")); again != a {
		t.Errorf("with spaces it is %+v, not %+v", again, a)
	}
}
