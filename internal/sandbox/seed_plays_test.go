package sandbox

import "testing"

// Who pays twice does so within minutes, which must be over when the seeded past ends.
func TestSecondPaymentIsInThePast(t *testing.T) {
	for _, tt := range []struct {
		age  second // of the first payment
		done bool
	}{{10*minute - 1, false}, {10 * minute, true}, {day, true}} {
		land, err := countryOf("TH")
		must(t, err)
		st := newState(false, secondOf(testNow))
		s := &seeder{st: st, rng: newRand(7, streamSeed), land: &land, base: secondOf(testNow)}
		if s.again() {
			t.Error("a second payment without a first")
		}
		s.pay(s.draft(s.base-tt.age, false))
		first := s.lastPaid
		if done := s.again(); done != tt.done {
			t.Fatalf("%d s after the first payment, a second one: %v", tt.age, done)
		}
		for _, c := range st.charges.rows {
			if c.created <= first.created || c.paidAt > s.base || c.amount != first.amount || c.card != first.card {
				t.Errorf("%+v repeats %+v", c, first)
			}
		}
	}
}
