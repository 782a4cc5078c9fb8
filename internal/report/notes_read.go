package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/ledger"
)

// notes are what finance typed into a workbook's breaks, whatever program saved
// it and whatever was moved, sorted, hidden or copied in it.
type notes struct {
	file *workbookFile
	rows map[noteKey]*noteRow
	keys []noteKey // in the order of the sheets
	said []string  // what could not be told, for people
}

type noteKey struct{ account, id string }

// noteRow is what a row says of a break, by the place of the column in
// typedNames.
type noteRow struct {
	place string
	text  [3]string
}

func typedNames() [3]string {
	return [3]string{ledger.NoteOwner, ledger.NoteResolution, ledger.NoteText}
}

// read reads every sheet that has the titles of the table, its own sheets before
// those that somebody copied.
func (n *notes) read() error {
	sheets := slices.Clone(n.file.sheets)
	slices.SortStableFunc(sheets, func(a, b sheetPart) int { return copied(a) - copied(b) })
	for _, s := range sheets {
		at, ok, err := n.columns(s)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := n.sheet(s, at); err != nil {
			return err
		}
	}
	return nil
}

func copied(s sheetPart) int {
	if t, ok := tableOf(s.title); ok && t.Name == "breaks" {
		return 0
	}
	return 1
}

// noteColumns says where a sheet has the columns that matter.
type noteColumns struct {
	header      int // the row of the titles
	account, id int
	typed       [3]int
}

// columns finds the titles of the table, in whatever language, among the first
// rows of a sheet.
func (n *notes) columns(s sheetPart) (at noteColumns, ok bool, err error) {
	var missing []string
	err = n.file.rows(s.part, func(r gridRow) error {
		for _, language := range []string{"en", "ja", "th"} {
			if at, missing, ok = titlesIn(r, speech{lang: language}); ok {
				return errEnough
			}
		}
		if r.number > headerReach {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return at, false, err
	}
	if ok && len(missing) > 0 {
		n.say("the sheet %s has no column %s, so nothing of it was read: give the column its title back", s.title, strings.Join(missing, ", "))
		return at, false, nil
	}
	return at, ok, nil
}

// titlesIn looks for the titles in a row. The ids and one of the typed columns
// make a row of titles; missing are the others.
func titlesIn(r gridRow, s speech) (at noteColumns, missing []string, ok bool) {
	t := breaks()
	place := func(name string) int {
		title := s.say(t.Columns[t.Column(name)].Title)
		return slices.IndexFunc(r.cells, func(c gridCell) bool {
			return c.kind == gridText && strings.TrimSpace(string(c.text)) == title
		})
	}
	at = noteColumns{header: r.number, account: place("account"), id: place("break_id")}
	for i, name := range typedNames() {
		if at.typed[i] = place(name); at.typed[i] < 0 {
			missing = append(missing, s.say(t.Columns[t.Column(name)].Title))
		}
	}
	return at, missing, at.account >= 0 && at.id >= 0 && len(missing) < len(at.typed)
}

func (n *notes) say(format string, args ...any) {
	n.said = append(n.said, fmt.Sprintf(format, args...))
}

func (n *notes) sheet(s sheetPart, at noteColumns) error {
	return n.file.rows(s.part, func(r gridRow) error {
		id := string(r.cell(at.id).text)
		if r.number <= at.header || !strings.HasPrefix(id, "brk_") {
			return nil
		}
		row := noteRow{place: fmt.Sprintf("%s, row %d", s.title, r.number)}
		for i, col := range at.typed {
			text, ok := typedText(r.cell(col))
			if !ok {
				n.say("%s: %s holds the error value %s, so the row was not read: type a text", row.place, address(col, r.number), text)
				return nil
			}
			row.text[i] = text
		}
		row.text[1] = resolutionWord(row.text[1])
		n.add(noteKey{string(r.cell(at.account).text), id}, row)
		return nil
	})
}

// typedText is what a cell shows. A formula counts by its value.
func typedText(c gridCell) (text string, ok bool) {
	text = string(c.text)
	switch {
	case c.kind == gridOther && strings.HasPrefix(text, "#"):
		return text, false
	case c.kind == gridEmpty && len(c.formula) > 0:
		return string(c.formula), false
	case c.kind == gridOther && text == "1":
		return "TRUE", true
	case c.kind == gridOther:
		return "FALSE", true
	}
	return text, true
}

// resolutionWord translates back what was picked, in any language. Another word
// stays as it was typed.
func resolutionWord(typed string) string {
	typed = strings.TrimSpace(typed)
	all := words()
	for _, w := range resolutions() {
		for _, known := range []string{w, all[w].EN, all[w].JA, all[w].TH} {
			if strings.EqualFold(typed, known) {
				return w
			}
		}
	}
	return typed
}

// add keeps a row. Of rows that were copied, what somebody typed counts before
// what stands there anyway; of two texts the first.
func (n *notes) add(k noteKey, row noteRow) {
	first, ok := n.rows[k]
	if !ok {
		n.rows[k] = &row
		n.keys = append(n.keys, k)
		return
	}
	for i, text := range row.text {
		switch {
		case text == first.text[i] || untyped(i, text):
		case untyped(i, first.text[i]):
			first.text[i] = text
		default:
			n.say("break %s stands there twice with another %s: %s (%s) counts, %s (%s) does not: keep one of the rows",
				k.id, typedNames()[i], short(first.text[i]), first.place, short(text), row.place)
		}
	}
}

// untyped says whether a cell is as it is written for a new break.
func untyped(column int, text string) bool {
	return text == "" || typedNames()[column] == ledger.NoteResolution && text == ledger.Undecided
}

func (n *notes) cells() []ledger.NoteCells {
	var all []ledger.NoteCells
	for _, k := range n.keys {
		t := n.rows[k].text
		all = append(all, ledger.NoteCells{Account: k.account, Break: k.id, Owner: t[0], Resolution: t[1], Note: t[2]})
	}
	return all
}
