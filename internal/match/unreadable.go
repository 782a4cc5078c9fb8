package match

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/ledger"
)

// unknownWord is a status that nobody explained, in one source.
type unknownWord struct{ source, word string }

// nameUnreadable turns unreadable rows and unknown status words into breaks.
func (m *Matcher) nameUnreadable(orders orders) {
	rows := m.unreadableRows()
	for len(rows) > 0 {
		var same []ledger.UnreadableRow
		row := rows[0]
		same, rows = leading(rows, func(other ledger.UnreadableRow) bool { return other.Source == row.Source && other.Hash == row.Hash })
		meant := m.meantBy(row, orders)
		for _, at := range meant {
			m.charges[at].record, m.charges[at].role = nobody, unread
		}
		m.report(m.unreadableBreak(row, len(same), meant))
	}
	for w, rows := range m.words {
		m.report(m.wordBreak(w, rows))
	}
}

// unreadableRows is those of the sources that the rules name, with rows of one
// text side by side.
func (m *Matcher) unreadableRows() []ledger.UnreadableRow {
	rows := slices.DeleteFunc(slices.Clone(m.rules.Unreadable), func(r ledger.UnreadableRow) bool { return m.sourceOf(r.Source) < 0 })
	slices.SortFunc(rows, func(a, b ledger.UnreadableRow) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Hash, b.Hash), cmp.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row))
	})
	return rows
}

// meantBy is the charges that an unreadable row names and that no record stands
// for: any by its id, by order reference those that should have a record.
func (m *Matcher) meantBy(row ledger.UnreadableRow, orders orders) []int32 {
	if byID := m.namedIn(row); len(byID) > 0 {
		return m.filter(byID, func(c *charge) bool { return c.role != linked && c.role != rival && m.compares(c) })
	}
	ofOrder := orders.chargesOf(m, m.texts.find(reference(row.Ref)))
	return m.filter(ofOrder, func(c *charge) bool {
		return (c.role == unread || c.lacksRecord()) && c.state.holdsMoney() && m.compares(c)
	})
}

// namedIn is the charges whose ids or transactions stand in an unreadable row:
// one that names two has both in its value.
func (m *Matcher) namedIn(row ledger.UnreadableRow) []int32 {
	ids := []string{row.Ref}
	if row.Field == "charge_id" {
		ids = append(ids, strings.Fields(row.Value)...)
	}
	var charges []int32
	for _, id := range ids {
		if s := m.texts.find(id); s != none && m.leads[s] != nobody && !slices.Contains(charges, m.leads[s]) {
			charges = append(charges, m.leads[s])
		}
	}
	return charges
}

// unreadableBreak names the charge that the row means, if it is only one.
func (m *Matcher) unreadableBreak(row ledger.UnreadableRow, times int, meant []int32) ledger.Break {
	b := ledger.Break{
		Account: m.rules.Account, Kind: ledger.BreakUnreadable, Source: row.Source, RecordRef: fmt.Sprintf("%s:%d", row.Source, row.Row),
		Field: row.Field, RecordValue: row.Value, Explanation: explainUnreadable(row, times),
	}
	if len(meant) == 1 {
		b.Charge = m.texts.text(m.charges[meant[0]].id)
	}
	b.ID = ledger.BreakID(b, row.Hash)
	return b
}

func (m *Matcher) wordBreak(w unknownWord, rows int) ledger.Break {
	b := ledger.Break{
		Account: m.rules.Account, Kind: ledger.BreakUnreadable, Source: w.source, RecordRef: w.source + ":status",
		Field: "status", RecordValue: w.word, Explanation: explainWord(w.word, rows),
	}
	b.ID = ledger.BreakID(b, "status\n"+w.word)
	return b
}
