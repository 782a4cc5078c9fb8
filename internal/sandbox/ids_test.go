package sandbox

import "testing"

// Within a second, what is seeded sorts before what is made later, and that in the order of making.
func TestIDsSortAsTheyWereMade(t *testing.T) {
	rng := newRand(7, streamSeed)
	made := &idSource{Rand: newRand(7, streamIDs)}
	at := secondOf(testNow)
	last := made.next("chrg", false, at)
	for range 500 {
		if id := newID("chrg", false, at, rng); id >= last {
			t.Fatalf("%s of the seed sorts behind %s", id, last)
		}
	}
	for range 500 {
		id := made.next("chrg", false, at)
		if id <= last {
			t.Fatalf("%s sorts before the earlier %s", id, last)
		}
		last = id
	}
}
