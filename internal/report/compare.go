package report

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxEdits is how many edits a comparison lists; the rest is counted.
const maxEdits = 100

// Edit is one place at which a workbook does not say what it should.
type Edit struct {
	Sheet string // title
	Cell  string // address in the workbook; empty for a sheet, a column or a row that is missing
	What  string // what is wrong, to be read after sheet and cell
}

// Place is sheet and cell as spreadsheets write them.
func (e Edit) Place() string {
	if e.Cell == "" {
		return e.Sheet
	}
	return e.Sheet + "!" + e.Cell
}

// Comparison is what came out of holding two workbooks side by side.
type Comparison struct {
	Edits []Edit   // by sheet and row
	More  int      // further edits that are not listed; a whole row counts once
	Notes []string // what is different and no damage
}

// Count is how many edits are known of.
func (c Comparison) Count() int { return len(c.Edits) + c.More }

// Compare holds a workbook against what it should say, cell by cell. Rows of a
// table may stand in another order, and columns too: they are found by what
// they say, then by the ids in them. What finance adds beside our tables, or on
// sheets of its own, is noted and is no edit.
func Compare(workbook, recomputed string) (Comparison, error) {
	has, err := openWorkbookFile(workbook)
	if err != nil {
		return Comparison{}, err
	}
	defer func() { _ = has.Close() }()
	want, err := openWorkbookFile(recomputed)
	if err != nil {
		return Comparison{}, err
	}
	defer func() { _ = want.Close() }()
	c := &comparer{has: has, want: want}
	if err := errors.Join(c.sheets(), has.sound()); err != nil {
		return Comparison{}, fmt.Errorf("compare workbook %s: %w", workbook, err)
	}
	return c.out, nil
}

type comparer struct {
	has, want *workbookFile
	out       Comparison
}

// sound reads the parts that no comparison looks at, such as styles and
// charts: the zip's own checksums show a damaged one.
func (w *workbookFile) sound() error {
	for _, f := range w.zip.File {
		if f.UncompressedSize64 > maxIndexBytes {
			continue // rows or texts: read by now
		}
		r, err := f.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		_, err = io.Copy(io.Discard, r)
		if err := errors.Join(err, r.Close()); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func (c *comparer) edit(sheet, cell, format string, args ...any) {
	if len(c.out.Edits) >= maxEdits {
		c.out.More++
		return
	}
	c.out.Edits = append(c.out.Edits, Edit{sheet, cell, fmt.Sprintf(format, args...)})
}

func (c *comparer) note(format string, args ...any) {
	c.out.Notes = append(c.out.Notes, fmt.Sprintf(format, args...))
}

func (c *comparer) sheets() error {
	for _, s := range c.want.sheets {
		part, ok := c.has.sheet(s.title)
		if !ok {
			c.edit(s.title, "", "the sheet is missing")
			continue
		}
		if err := c.sheet(s.title, part, s.part); err != nil {
			return err
		}
	}
	for _, s := range c.has.sheets {
		if _, ok := c.want.sheet(s.title); !ok {
			c.note("the sheet %s is not one of the report's", s.title)
		}
	}
	return nil
}

func (w *workbookFile) sheet(title string) (part string, ok bool) {
	for _, s := range w.sheets {
		if s.title == title {
			return s.part, true
		}
	}
	return "", false
}

func (c *comparer) sheet(title, has, want string) error {
	if t, ok := tableOf(title); ok {
		return c.table(title, t, has, want)
	}
	return c.page(title, has, want)
}

// tableOf finds the table that a sheet holds, in any language.
func tableOf(title string) (Table, bool) {
	for _, t := range Tables() {
		for _, name := range []string{t.Title.EN, t.Title.JA, t.Title.TH} {
			rest, ok := strings.CutPrefix(title, name)
			if ok && (rest == "" || rest[0] == ' ' && strings.Trim(rest[1:], "0123456789") == "") {
				return t, true
			}
		}
	}
	return Table{}, false
}

// page compares a sheet that is no table, row by row. Rows that someone put in
// between are found by what stands the same before and after them.
func (c *comparer) page(title, hasPart, wantPart string) error {
	has, err := c.has.load(hasPart)
	if err != nil {
		return err
	}
	want, err := c.want.load(wantPart)
	if err != nil {
		return err
	}
	width := 0
	for _, row := range want {
		width = max(width, len(row.cells))
	}
	beside := 0
	for i := range has {
		beside += has[i].cut(width)
	}
	top := 0
	for top < min(len(has), len(want)) && has[top].same(want[top]) {
		top++
	}
	if top == len(want) { // what is left was written below the page
		for _, row := range has[top:] {
			beside += row.filled()
		}
		has = has[:top]
	}
	c.noteBeside(title, beside)
	c.middle(title, top, has, want)
	return nil
}

// middle compares the rows between an equal top and an equal end.
func (c *comparer) middle(title string, top int, has, want []gridRow) {
	end := 0
	for end < min(len(has), len(want))-top && has[len(has)-1-end].same(want[len(want)-1-end]) {
		end++
	}
	has, want = has[top:len(has)-end], want[top:len(want)-end]
	for i := range max(len(has), len(want)) {
		switch {
		case i >= len(want):
			c.extraRow(title, has[i])
		case i >= len(has):
			c.missingRow(title, want[i])
		default:
			c.cells(title, has[i], want[i], nil)
		}
	}
}

func (c *comparer) extraRow(title string, row gridRow) {
	if row.filled() > 0 {
		c.edit(title, fmt.Sprintf("A%d", row.number), "is a row that the report does not have: %s", row.start())
	}
}

func (c *comparer) missingRow(title string, row gridRow) {
	if row.filled() > 0 {
		c.edit(title, "", "a row is missing: %s", row.start())
	}
}

func (c *comparer) noteBeside(title string, cells int) {
	if cells > 0 {
		c.note("%s: %d cell(s) beside what the report wrote", title, cells)
	}
}

// cells names the cells of a row that differ. Columns are those of has; nil
// means that both rows have the same.
func (c *comparer) cells(title string, has, want gridRow, l *layout) {
	for i := range max(len(want.cells), len(has.cells)) {
		col, kind := i, Text
		if l != nil {
			if i >= len(l.columns) {
				return
			}
			if l.table.Columns[i].typed {
				continue
			}
			col, kind = l.columns[i], l.table.Columns[i].Kind
		}
		a, b := has.cell(i), want.cell(i)
		if col < 0 || a.same(b) {
			continue
		}
		c.edit(title, address(col, has.number), "says %s, it should say %s", a.say(b, kind), b.say(a, kind))
	}
}

func address(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col+1, row)
	if err != nil {
		return fmt.Sprintf("row %d", row)
	}
	return name
}

// load reads a whole sheet, with its empty rows: row 1 comes first.
func (w *workbookFile) load(part string) ([]gridRow, error) {
	var all []gridRow
	err := w.rows(part, func(r gridRow) error {
		if r.filled() == 0 {
			return nil
		}
		if r.number <= len(all) {
			return errXML
		}
		for len(all) < r.number-1 {
			all = append(all, gridRow{number: len(all) + 1})
		}
		all = append(all, r.clone())
		return nil
	})
	return all, err
}

func (r gridRow) clone() gridRow {
	kept := gridRow{number: r.number, cells: make([]gridCell, len(r.cells))}
	for i, c := range r.cells {
		kept.cells[i] = gridCell{c.kind, bytes.Clone(c.text), bytes.Clone(c.formula)}
	}
	return kept
}

func (r gridRow) filled() int {
	n := 0
	for _, c := range r.cells {
		if !c.empty() {
			n++
		}
	}
	return n
}

// cut takes off the columns from width on, and says how many of them held
// something.
func (r *gridRow) cut(width int) int {
	if len(r.cells) <= width {
		return 0
	}
	gone := gridRow{cells: r.cells[width:]}.filled()
	r.cells = r.cells[:width]
	return gone
}

func (r gridRow) same(other gridRow) bool {
	for i := range max(len(r.cells), len(other.cells)) {
		if !r.cell(i).same(other.cell(i)) {
			return false
		}
	}
	return true
}

// start is the first words of a row, for a person to find it by.
func (r gridRow) start() string {
	var parts []string
	for _, c := range r.cells {
		if !c.empty() && len(parts) < 3 {
			parts = append(parts, short(string(cmp.Or(string(c.text), string(c.formula)))))
		}
	}
	return strings.Join(parts, ", ")
}

func (c gridCell) empty() bool { return c.kind == gridEmpty && len(c.formula) == 0 }

// same compares two cells. The value of a formula counts where both files
// hold one: not every program saves it.
func (c gridCell) same(other gridCell) bool {
	if !bytes.Equal(c.formula, other.formula) {
		return false
	}
	if len(c.formula) > 0 && (c.kind == gridEmpty || other.kind == gridEmpty) {
		return true
	}
	return c.kind == other.kind && bytes.Equal(c.text, other.text)
}

// say is a cell in words, as far as it takes to tell it from another one.
func (c gridCell) say(other gridCell, kind Kind) string {
	text := short(string(c.text))
	switch {
	case c.empty():
		return "nothing"
	case len(c.formula) > 0:
		return short(string(c.formula)) + " (" + cmp.Or(text, "nothing") + ")"
	case c.kind == gridText && other.kind == gridNumber && len(other.formula) == 0:
		return "the text " + text
	case c.kind == gridNumber && other.kind == gridText && len(other.formula) == 0:
		return "the number " + text
	case c.kind == gridNumber && (kind == Time || kind == Date):
		return saySerial(text)
	}
	return text
}

// short keeps a sentence readable, and on one line.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}
