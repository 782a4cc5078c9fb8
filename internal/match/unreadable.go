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
func (m *Matcher) nameUnreadable() {
	rows := slices.Clone(m.rules.Unreadable)
	slices.SortFunc(rows, func(a, b ledger.UnreadableRow) int {
		return cmp.Or(
			cmp.Compare(a.Source, b.Source), cmp.Compare(a.Hash, b.Hash),
			cmp.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Value, b.Value),
		)
	})
	meant := m.meantBy(rows)
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Source == rows[0].Source && rows[n].Hash == rows[0].Hash {
			n++
		}
		m.report(m.unreadableBreak(rows[0], n), meant[rows[0].Hash]...)
		rows = rows[n:]
	}
	for w, rows := range m.words {
		m.report(m.wordBreak(w, rows))
	}
}

// meantBy finds, by the rows' hashes, the charges that unreadable rows name and
// no record stands for. They are not missing in the books.
func (m *Matcher) meantBy(rows []ledger.UnreadableRow) map[string][]int32 {
	names := map[symbol]string{}
	for _, row := range rows {
		called := []string{row.Ref}
		if row.Field == "charge_id" { // two charges in one row
			called = append(called, strings.Fields(row.Value)...)
		}
		for _, name := range called {
			if s := m.texts.find(reference(name)); s != none {
				names[s] = row.Hash
			}
		}
	}
	meant := map[string][]int32{}
	for i := range m.charges {
		c := &m.charges[i]
		if len(names) == 0 || c.role != unlinked || !m.compares(c) {
			continue
		}
		for _, s := range []symbol{c.id, c.transaction, c.order} {
			if hash, ok := names[s]; ok && s != none {
				meant[hash] = append(meant[hash], int32(i))
				break
			}
		}
	}
	return meant
}

func (m *Matcher) unreadableBreak(row ledger.UnreadableRow, times int) ledger.Break {
	b := ledger.Break{
		Account: m.rules.Account, Kind: ledger.BreakUnreadable, Source: row.Source, RecordRef: fmt.Sprintf("%s:%d", row.Source, row.Row),
		Field: row.Field, RecordValue: row.Value, Explanation: explainUnreadable(row, times),
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
