package job

import (
	"errors"
	"iter"
	"testing"
)

// countTo yields 1 to n and then an error, and says how far it was read.
func countTo(n int, err error, read *int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for *read < n {
			*read++
			if !yield(*read, nil) {
				return
			}
		}
		if err != nil {
			yield(0, err)
		}
	}
}

func TestAheadKeepsRowsAndOrder(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, n := range []int{0, 1, 255, 256, 257, 5000} {
		for _, want := range []error{nil, broken} {
			sum, last, read := 0, 0, 0
			var failed error
			for row, err := range ahead(countTo(n, want, &read)) {
				if failed = err; err != nil {
					continue
				}
				if *row != last+1 {
					t.Fatalf("%d follows %d", *row, last)
				}
				last, sum = *row, sum+*row
			}
			if last != n || sum != n*(n+1)/2 || !errors.Is(failed, want) {
				t.Errorf("%d rows and %v: last %d, %v", n, want, last, failed)
			}
		}
	}
}

func TestAheadEndsWithItsReader(t *testing.T) {
	read := 0
	for row := range ahead(countTo(1_000_000, nil, &read)) {
		if *row == 300 {
			break
		}
	}
	if now := read; now >= 1_000_000 || now < 300 { // nobody reads any more, or the race detector tells
		t.Errorf("%d rows were read for 300", now)
	}
}
