package records

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"reconcile/internal/ledger"
)

// intake turns the rows of one file or query into records, and counts.
type intake struct {
	Source
	sink  Sink
	out   Reading
	file  string // path; "" for a query
	words map[string]ledger.RecordStatus
	times calendar

	mapping *mapping
	names   []string // every header seen
	columns []*Column

	seed   maphash.Seed
	seen   map[uint64]struct{} // charge id and order reference of the records so far
	orders map[uint64]struct{} // order references of all rows so far
}

// Why a row that can be read is no record.
const (
	notInWhere  = "not in where"
	furtherLine = "further line of an order"
)

// newIntake starts a reading. What the format knows of itself stands in about
// already: Format, Delimiter, Sheet, ReadAt.
func newIntake(s Source, sink Sink, about Reading) (*intake, error) {
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	if s.Buddhist && s.DateFormat != "" && !strings.Contains(s.DateFormat, "2006") {
		return nil, errors.New("`buddhist: true` needs a `date_format` whose year has four digits (2006)")
	}
	about.Skipped, about.Words = map[string]int{}, map[string]int{}
	return &intake{
		Source: s, sink: sink, out: about,
		words:  s.statusWords(),
		times:  calendar{zone: s.Zone, layout: s.DateFormat, buddhist: s.Buddhist},
		seed:   maphash.MakeSeed(),
		seen:   map[uint64]struct{}{},
		orders: map[uint64]struct{}{},
	}, nil
}

// header says what the columns are called, in the order of the cells.
func (in *intake) header(names []string) error {
	m, err := in.keys(names)
	if err != nil {
		return err
	}
	in.mapping = m
	return in.complete()
}

// maxNames bounds how many headers are remembered, where every line may have
// its own.
const maxNames = maxColumns

// keys decides what columns mean that may be there in some rows only.
func (in *intake) keys(names []string) (*mapping, error) {
	for _, name := range names {
		if len(in.names) < maxNames && !slices.Contains(in.names, name) {
			in.names = append(in.names, name)
		}
	}
	m, err := in.decide(newHeadings(names))
	if err == nil {
		in.describe(m)
	}
	return m, err
}

// row takes one row below the header. Fewer cells than columns are fine; more
// are a sign of shifted cells, but in a workbook, where people write notes
// beside a table.
func (in *intake) row(number int, cells []cell) error {
	if blank(cells) {
		return nil
	}
	in.out.Rows++
	m := in.mapping
	if in.out.Delimiter != "" && len(cells) > m.width && !blank(cells[m.width:]) {
		return in.unreadable(number, rowText(cells), "", &fault{reason: "has more cells than the header has columns; " +
			"a text with the separator in it must stand in double quotes"})
	}
	if !m.wanted(cells) {
		in.out.Skipped[notInWhere]++
		return nil
	}
	r, f := in.record(m, cells)
	further := f == nil && in.further(r)
	in.orders[in.hash(r.OrderRef)] = struct{}{}
	switch {
	case f != nil:
		return in.unreadable(number, rowText(cells), cmp.Or(r.Charge, r.OrderRef), f)
	case further:
		in.out.Skipped[furtherLine]++
		return nil
	}
	in.count(r)
	return in.sink.Record(r, number)
}

// broken takes a row that could not be taken apart into cells. Its text is
// kept as a hash only, it may name people.
func (in *intake) broken(number int, text, reason string) error {
	in.out.Rows++
	return in.unreadable(number, text, onlyCharge(text), &fault{reason: reason})
}

// further reports whether the row is a further line of an order that an
// earlier row has told all about, as in exports with a line per article.
func (in *intake) further(r ledger.Record) bool {
	if r.Charge != "" || r.Amount != nil || r.Refunded != nil || r.Status != "" || r.Word != "" {
		return false
	}
	_, known := in.orders[in.hash(r.OrderRef)]
	return known
}

// count counts a record, and remembers it by a hash: a million of them take
// some tens of megabytes.
func (in *intake) count(r ledger.Record) {
	in.out.Records++
	if r.Word != "" {
		in.out.Words[r.Word]++
	}
	id := in.hash(r.Charge, r.OrderRef)
	if _, known := in.seen[id]; known {
		in.out.Repeated++
	}
	in.seen[id] = struct{}{}
}

func (in *intake) hash(parts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(in.seed)
	for _, part := range parts {
		_, _ = h.WriteString(part)
		_ = h.WriteByte('\n')
	}
	return h.Sum64()
}

// maxReasons is how many unreadable rows a Reading shows, and maxValue how
// many characters of a value are kept.
const (
	maxReasons = 20
	maxValue   = 200
)

// unreadable names a row that could not be understood. ref is the charge or the
// order that it is about, where that could be read.
func (in *intake) unreadable(number int, text, ref string, f *fault) error {
	hash := sha256.Sum256([]byte(text))
	u := ledger.UnreadableRow{
		Account: in.Account, Source: in.Name, File: in.file, Ref: ref, Row: number,
		Hash: hex.EncodeToString(hash[:]), Field: string(f.field), Value: cut(f.value, maxValue), Reason: f.reason,
	}
	in.out.Unreadable++
	if len(in.out.Reasons) < maxReasons {
		in.out.Reasons = append(in.out.Reasons, u)
	}
	return in.sink.Unreadable(u)
}

// done ends the reading.
func (in *intake) done() (Reading, error) {
	if len(in.names) > 0 && in.out.Rows > 0 {
		if err := in.complete(); err != nil {
			return in.out, err
		}
	}
	in.out.Columns, in.out.Unused = in.shown()
	return in.out, nil
}
