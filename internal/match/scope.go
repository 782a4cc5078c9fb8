package match

import (
	"cmp"
	"math"
	"slices"

	"reconcile/internal/ledger"
)

// scope says what is compared at all, and how late is too late for the books.
type scope struct {
	compared bool           // there are books and a proven history
	from     ledger.Instant // charges created before it are not compared
	cut      ledger.Instant // what happened by then should be in the books, whichever source has it
	sources  []sourceScope
	proven   []ledger.Span
	allKnown bool // every source was read at least once
}

type sourceScope struct {
	began bool // since is known
	since ledger.Instant
	cut   ledger.Instant // what happened later is not held against the source
	due   ledger.Instant // a record created later is not yet missing at Omise
}

func (m *Matcher) setScope(orders orders) {
	s := scope{proven: ledger.Union(m.rules.Proven...), allKnown: true, cut: math.MaxInt64, sources: make([]sourceScope, len(m.rules.Sources))}
	for i, source := range m.rules.Sources {
		s.sources[i].cut = source.ReadAt.Add(-source.Grace)
		s.sources[i].due = m.rules.To.Add(-source.Grace)
		s.allKnown = s.allKnown && source.Known
		s.cut = min(s.cut, s.sources[i].cut)
	}
	m.scope = s
	m.findSince(orders)
	m.findFrom()
	m.findAskedFor()
}

// findSince tells from when each source is compared. A source without a record
// says nothing of any charge: an empty book must not make every charge a break.
func (m *Matcher) findSince(orders orders) {
	hasRecords := make([]bool, len(m.scope.sources))
	for i := range m.records {
		r := &m.records[i]
		hasRecords[r.source] = true
		if r.has(hasCreated) {
			m.scope.sources[r.source].begin(r.created)
		}
	}
	m.findSinceByCharges(orders)
	for i, source := range m.rules.Sources {
		if s := &m.scope.sources[i]; hasRecords[i] && source.Since != nil {
			s.began, s.since = true, *source.Since
		}
	}
}

// findSinceByCharges serves sources whose records have no times: the earliest
// charge that they lead to stands in.
func (m *Matcher) findSinceByCharges(orders orders) {
	undated := make([]bool, len(m.scope.sources))
	for i, s := range m.scope.sources {
		undated[i] = !s.began
	}
	if !slices.Contains(undated, true) {
		return
	}
	for i := range m.records {
		if r := &m.records[i]; r.role == led && undated[r.source] {
			m.scope.sources[r.source].begin(m.charges[r.charge].created)
		}
	}
	for o := range orders.all(m) {
		earliest := slices.MinFunc(o.charges, func(a, b int32) int { return cmp.Compare(m.charges[a].created, m.charges[b].created) })
		for _, i := range o.records {
			if r := &m.records[i]; r.role == seeking && undated[r.source] {
				m.scope.sources[r.source].begin(m.charges[earliest].created)
			}
		}
	}
}

func (s *sourceScope) begin(at ledger.Instant) {
	if !s.began || at < s.since {
		s.began, s.since = true, at
	}
}

func (m *Matcher) findFrom() {
	if m.rules.HistoryFrom == nil {
		return
	}
	for _, s := range m.scope.sources {
		if s.began && (!m.scope.compared || s.since < m.scope.from) {
			m.scope.compared, m.scope.from = true, s.since
		}
	}
	m.scope.from = max(m.scope.from, *m.rules.HistoryFrom)
}

// findAskedFor takes in older charges that the id of a record leads to which is
// not older itself: Omise was asked for them.
func (m *Matcher) findAskedFor() {
	for i := range m.records {
		if r := &m.records[i]; r.role == led && r.has(hasCreated) && r.created >= m.scope.from {
			m.charges[r.charge].flags |= askedFor
		}
	}
}

// compares reports whether the charge is compared at all.
func (m *Matcher) compares(c *charge) bool {
	return m.scope.compared && c.state != unknown && (c.created >= m.scope.from || c.has(askedFor))
}

// comparesRecord is the same for a record, without regard to its charge. It may
// be older than since: an order is often made before it is paid.
func (m *Matcher) comparesRecord(r *record) bool {
	return m.scope.compared && (!r.has(hasCreated) || r.created >= *m.rules.HistoryFrom)
}

// began reports whether a record is not older than since.
func (m *Matcher) began(r *record) bool {
	return !r.has(hasCreated) || r.created >= m.scope.sources[r.source].since
}

func (m *Matcher) cutOf(r *record) ledger.Instant { return m.scope.sources[r.source].cut }

// proves reports whether every window of charges in the span is proven.
func (s *scope) proves(span ledger.Span) bool {
	for _, p := range s.proven {
		if p.Contains(span) {
			return true
		}
	}
	return false
}
