package sandbox

import (
	"math/rand/v2"
	"strconv"
)

// newID makes an id that sorts roughly by time, as Omise's do: a prefix from the instant, the rest
// from the caller's own random stream.
func newID(kind string, live bool, at second, rng *rand.Rand) string {
	const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
	b := make([]byte, 0, 32)
	b = append(b, kind...)
	if !live {
		b = append(b, "_test"...)
	}
	b = append(b, '_', '5')
	b = strconv.AppendInt(b, int64(at), 36)
	bits := rng.Uint64()
	for range 12 {
		b = append(b, alphabet[bits%36])
		bits /= 36
	}
	return string(b)
}
