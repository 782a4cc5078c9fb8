package sandbox

import (
	"math/rand/v2"
	"strconv"
)

const idAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz"

// idSource makes the ids of a running sandbox. They count up, so that what was made later in one
// second also sorts later, as it does at Omise, whose times are finer than what it prints.
type idSource struct {
	*rand.Rand
	made int
}

// next gives an id of a kind such as "chrg".
func (i *idSource) next(kind string, live bool, at second) string {
	const counted = 36 * 36 * 36 * 36
	i.made++
	count := strconv.FormatInt(int64(counted+i.made%counted), 36)[1:]
	return idPrefix(kind, live, at) + "z" + count + letters(i.Uint64(), 7)
}

// newID makes an id of the seeded past from a random stream. It never begins with a z, so that it
// sorts before what the sandbox makes later in the same second.
func newID(kind string, live bool, at second, rng *rand.Rand) string {
	tail := letters(rng.Uint64(), 12)
	if tail[0] == 'z' {
		tail = "y" + tail[1:]
	}
	return idPrefix(kind, live, at) + tail
}

// idPrefix makes ids sort by time, as Omise's do.
func idPrefix(kind string, live bool, at second) string {
	if !live {
		kind += "_test"
	}
	return kind + "_5" + strconv.FormatInt(int64(at), 36)
}

func letters(bits uint64, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = idAlphabet[bits%36]
		bits /= 36
	}
	return string(b)
}
