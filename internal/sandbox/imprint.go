package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
)

// imprint is all that a card's number leaves behind; the number itself is never kept.
type imprint struct {
	brand       string
	last        string // four digits
	fingerprint string // the same for every card with the number
	outcome     string // failure_code of every payment with the card, "" if they succeed
	secure      bool   // 3-D Secure: the shopper has to authorise the payment
	unchecked   bool   // the security code did not pass its check
}

// imprint takes the number's digits.
func (o Options) imprint(digits string) imprint {
	i := imprint{brand: brandOf(digits), fingerprint: fingerprint(o.Seed, digits)}
	i.last = ("0000" + digits)[len(digits):]
	for _, t := range testCards {
		if slices.Contains(t.numbers, digits) {
			i.outcome, i.secure, i.unchecked = t.outcome, t.secure, t.unchecked
		}
	}
	return i
}

// fingerprint cannot be turned back by trying all numbers without the sandbox's seed, yet is the
// same wherever that seed is.
func fingerprint(seed int64, digits string) string {
	var key [8]byte
	binary.BigEndian.PutUint64(key[:], uint64(seed))
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte(digits))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// cardNumber takes out the spaces and dashes that people write.
func cardNumber(text string) string { return strings.NewReplacer(" ", "", "-", "").Replace(text) }

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// validNumber holds a number against its brand's lengths and its check digit. Of an unknown brand
// any usual length will do: what is wrong then is the brand.
func validNumber(digits string) bool {
	lengths := []int{12, 13, 14, 15, 16, 17, 18, 19}
	if i := brandIndex(digits); i >= 0 {
		lengths = brandTable[i].lengths
	}
	return isDigits(digits) && slices.Contains(lengths, len(digits)) && luhn(digits)
}

// luhn is the check-digit rule of ISO/IEC 7812-1.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}
