package sandbox

import "testing"

func TestHistory(t *testing.T) {
	h := begun(10, "a")
	h.set(20, "b")
	h.set(30, "c")
	expect := func(when second, want string) {
		t.Helper()
		if got := h.at(when); got != want {
			t.Errorf("at %d it is %s, want %s", when, got, want)
		}
	}
	for when, want := range map[second]string{0: "a", 10: "a", 19: "a", 20: "b", 29: "b", 30: "c", 99: "c"} {
		expect(when, want)
	}
	h.set(15, "d") // the clock was set back
	for when, want := range map[second]string{10: "a", 14: "a", 15: "d", 25: "d", 30: "d"} {
		expect(when, want)
	}
}
