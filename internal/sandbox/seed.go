package sandbox

import (
	"math/rand/v2"
)

// seeder fills a state with a plausible shop. It only ever draws from its own stream and never
// walks a map, so the same options give the same bytes.
type seeder struct {
	seed  int64
	st    *state
	rng   *rand.Rand
	land  *country
	base  second
	start second // the oldest charge

	order    int
	disputes int
	lastPaid *charge // by card, for shoppers who pay twice
	declined *charge // for shoppers who then try another card
}

func seed(st *state, o Options, land country, base second) {
	s := &seeder{
		seed: o.Seed, st: st, rng: newRand(o.Seed, streamSeed), land: &land, base: base,
		start: base - second(o.Days)*day,
	}
	for i := range o.Customers {
		s.customer(i, o.Customers)
	}
	deck := s.deck(o.Charges)
	st.charges.rows = make([]*charge, 0, o.Charges)
	for i, play := range deck {
		s.charge(play, i, o.Charges)
	}
	st.sort()
}

func (s *seeder) id(kind string, at second) string { return newID(kind, s.st.live, at, s.rng) }

// chance is true in percent of a hundred.
func (s *seeder) chance(percent int) bool { return s.rng.IntN(100) < percent }

func (s *seeder) within(low, high second) second {
	if high <= low {
		return low
	}
	return low + second(s.rng.Int64N(int64(high-low)))
}

func choose[T any](s *seeder, from []T) T { return from[s.rng.IntN(len(from))] }

func (s *seeder) event(at second, key string, object drawable, charge string) {
	s.st.events.add(&event{id: s.id("evnt", at), created: at, key: key, object: object, charge: charge})
}

// past keeps a moment within what has happened by now.
func (s *seeder) past(at second) second { return min(at, s.base) }
