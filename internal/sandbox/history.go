package sandbox

// history is a fact that changes, with the instant of each change: what an object looked like on
// an earlier day can still be asked.
type history[T any] []dated[T]

type dated[T any] struct {
	since second
	fact  T
}

func begun[T any](since second, fact T) history[T] { return history[T]{{since, fact}} }

// at gives the fact as of t, the first one before there was any. Of two that had come by t the one
// set later counts, also when the clock had been set back between them.
func (h history[T]) at(t second) T {
	i := len(h) - 1
	for i > 0 && h[i].since > t {
		i--
	}
	return h[i].fact
}

func (h *history[T]) set(since second, fact T) { *h = append(*h, dated[T]{since, fact}) }
