package job

import "iter"

// ahead reads rows in a goroutine of its own, some in advance, while those
// before them are worked on: a million of them keep two cores busy.
func ahead[T any](rows iter.Seq2[T, error]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		a := advance[T]{batches: make(chan []T, 2), done: make(chan struct{})}
		go a.read(rows)
		defer a.stop()
		for batch := range a.batches {
			for i := range batch {
				if !yield(&batch[i], nil) {
					return
				}
			}
		}
		if a.failed != nil {
			yield(nil, a.failed)
		}
	}
}

type advance[T any] struct {
	batches chan []T
	done    chan struct{}
	failed  error // to be looked at once batches is closed
}

func (a *advance[T]) read(rows iter.Seq2[T, error]) {
	defer close(a.batches)
	const most = 256
	batch := make([]T, 0, most)
	for row, err := range rows {
		if a.failed = err; err != nil {
			break
		}
		if batch = append(batch, row); len(batch) < most {
			continue
		}
		if !a.hand(batch) {
			return
		}
		batch = make([]T, 0, most)
	}
	a.hand(batch)
}

func (a *advance[T]) hand(batch []T) bool {
	select {
	case a.batches <- batch:
		return true
	case <-a.done:
		return false
	}
}

// stop waits until nothing is read any more: the rows are those of the caller's
// transaction.
func (a *advance[T]) stop() {
	close(a.done)
	for range a.batches {
	}
}
