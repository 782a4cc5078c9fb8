package ledger_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/ledger"
)

const horizon = 40

func anySpan() *rapid.Generator[ledger.Span] {
	return rapid.Custom(func(t *rapid.T) ledger.Span {
		from := rapid.IntRange(0, horizon).Draw(t, "from")
		return ledger.Span{From: ledger.Instant(from), To: ledger.Instant(rapid.IntRange(from, horizon).Draw(t, "to"))}
	})
}

func anySpans() *rapid.Generator[[]ledger.Span] { return rapid.SliceOfN(anySpan(), 0, 6) }

func covers(spans []ledger.Span, at ledger.Instant) bool {
	return slices.ContainsFunc(spans, func(s ledger.Span) bool { return s.From <= at && at <= s.To })
}

func inOrder(t *rapid.T, spans []ledger.Span) {
	for i, s := range spans {
		if s.From > s.To {
			t.Fatalf("span %v ends before it begins", s)
		}
		if i > 0 && s.From < spans[i-1].To {
			t.Fatalf("%v and %v overlap", spans[i-1], s)
		}
	}
}

func TestUnion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spans := anySpans().Draw(t, "spans")
		before := slices.Clone(spans)
		joined := ledger.Union(spans...)
		if !slices.Equal(before, spans) {
			t.Fatal("the argument was changed")
		}
		inOrder(t, joined)
		for i := range joined {
			if i > 0 && joined[i].From <= joined[i-1].To {
				t.Fatalf("%v and %v touch and stay apart", joined[i-1], joined[i])
			}
		}
		for at := ledger.Instant(-1); at <= horizon+1; at++ {
			if covers(joined, at) != covers(spans, at) {
				t.Fatalf("%d: covered %v before, %v after: %v", at, covers(spans, at), covers(joined, at), joined)
			}
		}
		if again := ledger.Union(joined...); !slices.Equal(again, joined) {
			t.Fatalf("union of a union: %v", again)
		}
	})
}

func TestSubtract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want, have := anySpans().Draw(t, "want"), anySpans().Draw(t, "have")
		left := ledger.Subtract(want, have)
		inOrder(t, left)
		for at := ledger.Instant(-1); at <= horizon+1; at++ {
			switch {
			case covers(want, at) && !covers(have, at) && !covers(left, at):
				t.Fatalf("%d is lost: %v", at, left)
			case covers(left, at) && !covers(want, at):
				t.Fatalf("%d was not wanted: %v", at, left)
			}
		}
		// What is left meets what is there at its ends only.
		for _, l := range left {
			for _, h := range ledger.Union(have...) {
				if l.From < l.To && max(l.From, h.From) < min(l.To, h.To) {
					t.Fatalf("%v is wanted again though %v is there", l, h)
				}
			}
		}
		if rest := ledger.Subtract(want, want); len(rest) > 0 {
			t.Fatalf("want less itself: %v", rest)
		}
	})
}

// A span of one second is as much wanted as any other.
func TestSubtractKeepsSpansOfOneInstant(t *testing.T) {
	for _, tc := range []struct{ want, have, left []ledger.Span }{
		{[]ledger.Span{{From: 5, To: 5}}, nil, []ledger.Span{{From: 5, To: 5}}},
		{[]ledger.Span{{From: 5, To: 5}}, []ledger.Span{{From: 0, To: 4}}, []ledger.Span{{From: 5, To: 5}}},
		{[]ledger.Span{{From: 5, To: 5}}, []ledger.Span{{From: 5, To: 6}}, nil},
		{[]ledger.Span{{From: 1, To: 2}, {From: 5, To: 5}}, nil, []ledger.Span{{From: 1, To: 2}, {From: 5, To: 5}}},
	} {
		if diff := cmp.Diff(tc.left, ledger.Subtract(tc.want, tc.have)); diff != "" {
			t.Errorf("%v less %v (-want +got):\n%s", tc.want, tc.have, diff)
		}
	}
}

func TestCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := anySpan().Draw(t, "span")
		size := rapid.IntRange(1, horizon+5).Draw(t, "size")
		pieces := ledger.Cut(span, time.Duration(size)*time.Second)
		if pieces[0].From != span.From || pieces[len(pieces)-1].To != span.To {
			t.Fatalf("%v: the ends are gone: %v", span, pieces)
		}
		for i, p := range pieces {
			if p.To-p.From > ledger.Instant(size) || (p.From == p.To && span.From != span.To) {
				t.Fatalf("%v: piece %v", span, p)
			}
			if i > 0 && p.From != pieces[i-1].To {
				t.Fatalf("%v: %v and %v do not share an end", span, pieces[i-1], p)
			}
		}
		if most := (int(span.To-span.From)+size-1)/size + 1; len(pieces) > most {
			t.Fatalf("%v: %d pieces", span, len(pieces))
		}
	})
}
