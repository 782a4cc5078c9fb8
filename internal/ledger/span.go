package ledger

import (
	"cmp"
	"slices"
	"time"
)

// Span is a stretch of time with both ends in it.
type Span struct{ From, To Instant }

// Contains reports whether other lies in s.
func (s Span) Contains(other Span) bool { return s.From <= other.From && other.To <= s.To }

// Union joins spans that overlap or share an end, in order of time.
func Union(spans ...Span) []Span {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	var joined []Span
	for _, s := range spans {
		if last := len(joined) - 1; last >= 0 && s.From <= joined[last].To {
			joined[last].To = max(joined[last].To, s.To)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// Subtract gives what of want is not in have, in order of time. The pieces
// keep the ends that they share with have, so nothing falls between.
func Subtract(want, have []Span) []Span {
	var left []Span
	have = Union(have...)
	for _, piece := range Union(want...) {
		covered := slices.ContainsFunc(have, func(h Span) bool { return h.Contains(piece) })
		if covered {
			continue
		}
		instant := piece.From == piece.To
		for _, h := range have {
			if h.To <= piece.From || h.From >= piece.To {
				continue
			}
			if h.From > piece.From {
				left = append(left, Span{piece.From, h.From})
			}
			piece.From = h.To
		}
		if piece.From < piece.To || instant {
			left = append(left, piece)
		}
	}
	return left
}

// Cut splits span into pieces of at most size that share their ends.
func Cut(span Span, size time.Duration) []Span {
	var pieces []Span
	for from := span.From; ; {
		to := min(from.Add(size), span.To)
		pieces = append(pieces, Span{from, to})
		if to == span.To {
			return pieces
		}
		from = to
	}
}
