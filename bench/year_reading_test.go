package bench

import (
	"cmp"
	"maps"
	"slices"

	"reconcile/internal/ledger"
)

// part says what a night's requests were spent on.
type part string

// The parts. Windows of charges are one part: sweep, look-back and open days
// share them.
const (
	accountAndProbes part = "account and probes"
	openCharges      part = "open charges by id"
	namedCharges     part = "charges named by refunds and disputes"
	openDisputes     part = "open disputes by id"
)

func partOf(list ledger.List) part { return "windows of " + part(list) }

// reading is what a strategy read in one night, and what that cost.
type reading struct {
	spans map[ledger.List][]ledger.Span
	byID  map[string]bool
	cost  map[part]int
}

func (r reading) requests() int {
	n := 0
	for _, c := range r.cost {
		n += c
	}
	return n
}

func (r reading) shows(o *object) bool {
	return r.byID[o.id] || slices.ContainsFunc(r.spans[o.list], func(s ledger.Span) bool { return s.From <= o.at && o.at <= s.To })
}

// pages is how many requests a list of n rows takes, 100 rows each.
func pages(n int) int { return max(1, (n+99)/100) }

// overlappingPages is the same where each page begins with the row that the
// one before it ended with.
func overlappingPages(n int) int { return 1 + max(0, (n-100+98)/99) }

// by gives a strategy that lists everything made since an instant, and asks for
// nothing else: no proofs, no overlaps, no probes, no second look.
func by(since func(now ledger.Instant) ledger.Instant) func(*world) reading {
	return func(w *world) reading {
		r := reading{spans: map[ledger.List][]ledger.Span{}, cost: map[part]int{}}
		for _, list := range ledger.Lists() {
			span := ledger.Span{From: since(w.now), To: w.now}
			r.spans[list] = []ledger.Span{span}
			r.cost[partOf(list)] = pages(w.count(list, span))
		}
		return r
	}
}

// everything is the strategy that reads all lists from their beginning.
var everything = by(func(ledger.Instant) ledger.Instant { return 0 })

// tally is what a strategy found of one kind.
type tally struct{ happened, nextNight, found, longest int }

// record is how a strategy did over the nights.
type record struct {
	name     string
	read     func(*world) reading
	requests []int
	costs    []map[part]int
	kinds    map[kind]*tally
	waiting  map[int][]change // by the night in which they were due
	patient  bool             // what it did not find at once it may find later
}

func newRecord(name string, read func(*world) reading, patient bool) *record {
	return &record{name: name, read: read, patient: patient, kinds: map[kind]*tally{}, waiting: map[int][]change{}}
}

// night reads, and marks what it found of what happened so far.
func (r *record) night(n int, w *world, happened []change) {
	got := r.read(w)
	r.requests = append(r.requests, got.requests())
	r.costs = append(r.costs, got.cost)
	for _, c := range happened {
		r.of(c.kind).happened++
	}
	r.waiting[n] = slices.Clone(happened)
	for since, waiting := range r.waiting {
		r.waiting[since] = slices.DeleteFunc(waiting, func(c change) bool {
			if !got.shows(c.object) {
				return false
			}
			t := r.of(c.kind)
			t.found++
			t.longest = max(t.longest, n-since+1)
			if n == since {
				t.nextNight++
			}
			return true
		})
		if !r.patient || len(r.waiting[since]) == 0 {
			delete(r.waiting, since)
		}
	}
}

func (r *record) of(k kind) *tally {
	if r.kinds[k] == nil {
		r.kinds[k] = &tally{}
	}
	return r.kinds[k]
}

// median and most of the requests of the first n nights.
func (r *record) spent(n int) (median, most int) {
	sorted := slices.Sorted(slices.Values(r.requests[:n]))
	return sorted[n/2], sorted[n-1]
}

// medians gives what each part cost in a median night, dearest first.
func (r *record) medians(n int) []partCost {
	all := map[part][]int{}
	for _, cost := range r.costs[:n] {
		for p := range cost {
			all[p] = nil
		}
	}
	for p := range all {
		for _, cost := range r.costs[:n] {
			all[p] = append(all[p], cost[p])
		}
		slices.Sort(all[p])
	}
	parts := slices.Collect(maps.Keys(all))
	slices.SortFunc(parts, func(a, b part) int { return cmp.Or(all[b][n/2]-all[a][n/2], cmp.Compare(a, b)) })
	var costs []partCost
	for _, p := range parts {
		costs = append(costs, partCost{p, all[p][n/2], all[p][n-1]})
	}
	return costs
}

type partCost struct {
	part
	median, most int
}

func oldestFirst(a, b *object) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) }
