package report

import (
	"cmp"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"math"
	"slices"
	"strconv"
	"time"
)

// keyColumns are the columns that tell the rows of a table apart, beside the
// account.
func keyColumns(table string) []string {
	switch table {
	case "charges", "capture_deadlines", "expiring_charges":
		return []string{"account", "charge_id"}
	case "refunds":
		return []string{"account", "refund_id"}
	case "disputes":
		return []string{"account", "dispute_id"}
	case "expiring_cards":
		return []string{"account", "customer_id", "card_id"}
	case "breaks":
		return []string{"account", "break_id"}
	case "changes":
		return []string{"account", "object", "id", "field", "run"}
	case "summary":
		return []string{"account", "currency", "measure"}
	default:
		return nil
	}
}

// layout says where a sheet has the columns of its table.
type layout struct {
	table   Table
	header  int   // the row of the titles
	columns []int // by column of the table: the column of the sheet, -1 when it is gone
	keys    []int // columns of the table
}

func layoutOf(t Table) *layout {
	l := &layout{table: t, header: 1}
	for i := range t.Columns {
		l.columns = append(l.columns, i)
	}
	for _, name := range keyColumns(t.Name) {
		l.keys = append(l.keys, t.Column(name))
	}
	return l
}

// pick gives the cells of the table's columns, and how many others are filled.
func (l *layout) pick(r gridRow, into *gridRow) (beside int) {
	into.number, into.cells = r.number, into.cells[:0]
	for _, col := range l.columns {
		into.cells = append(into.cells, r.cell(col))
	}
	return max(r.filled()-into.filled(), 0)
}

// line is a row of a table as it is kept to be compared: hashes in place of
// its cells, because there may be a million. What finance types is apart.
type line struct {
	row              int
	hash, key, typed uint64
}

// hasher gives rows numbers that differ when the rows do.
type hasher struct{ seed maphash.Seed }

func (h hasher) line(l *layout, r gridRow) line {
	var whole, key, typed maphash.Hash
	whole.SetSeed(h.seed)
	key.SetSeed(h.seed)
	typed.SetSeed(h.seed)
	for i, c := range r.cells {
		switch {
		case l.columns[i] < 0:
		case l.table.Columns[i].typed:
			addCell(&typed, c)
		default:
			addCell(&whole, c)
		}
		if slices.Contains(l.keys, i) {
			addCell(&key, c)
		}
	}
	return line{r.number, whole.Sum64(), key.Sum64(), typed.Sum64()}
}

func addCell(h *maphash.Hash, c gridCell) {
	var head [9]byte
	head[0] = byte(c.kind)
	binary.LittleEndian.PutUint32(head[1:], uint32(len(c.text)))
	binary.LittleEndian.PutUint32(head[5:], uint32(len(c.formula)))
	h.Write(head[:])
	h.Write(c.text)
	h.Write(c.formula)
}

// table compares a sheet of rows.
func (c *comparer) table(title string, t Table, hasPart, wantPart string) error {
	own := layoutOf(t)
	titles, err := c.titles(wantPart, own)
	if err != nil {
		return err
	}
	found, err := c.findColumns(title, hasPart, own, titles)
	if err != nil {
		return err
	}
	own.blank(found)
	h := hasher{maphash.MakeSeed()}
	type read struct {
		lines  []line
		beside int
		err    error
	}
	done := make(chan read)
	go func() {
		lines, beside, err := c.want.lines(wantPart, own, h)
		done <- read{lines, beside, err}
	}()
	has, beside, err := c.has.lines(hasPart, found, h)
	want := <-done
	if err := errors.Join(err, want.err); err != nil {
		return err
	}
	c.noteBeside(title, beside)
	m := matchLines(has, want.lines)
	if !m.inOrder {
		c.note("%s: the rows stand in another order", title)
	}
	if m.typed > 0 {
		c.note("%s: finance typed into the owner, resolution or note of %d row(s); a run reads them", title, m.typed)
	}
	return c.explain(title, m, source{c.has, hasPart, found}, source{c.want, wantPart, own})
}

// titles reads the header row of the recomputed sheet.
func (c *comparer) titles(part string, l *layout) ([]string, error) {
	titles := make([]string, len(l.table.Columns))
	err := c.want.rows(part, func(r gridRow) error {
		for i := range titles {
			titles[i] = string(r.cell(i).text)
		}
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return titles, err
}

var errEnough = errors.New("enough rows")

// headerReach is how far down titles are looked for: someone may have written
// above them.
const headerReach = 20

// findColumns finds the columns of a table by their titles.
func (c *comparer) findColumns(title, part string, own *layout, titles []string) (*layout, error) {
	var best gridRow
	most := 0
	err := c.has.rows(part, func(r gridRow) error {
		if n := countTitles(r, titles); n > most || best.number == 0 {
			most, best = n, r.clone()
		}
		if most == len(titles) || r.number > headerReach {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	l := &layout{table: own.table, header: max(best.number, 1), keys: own.keys}
	if most == 0 { // the titles are gone; the rows begin where they should
		l.header, best = 1, gridRow{number: 1}
	}
	l.columns = placeColumns(best, titles)
	c.sayColumns(title, l, best, titles)
	return l, nil
}

func countTitles(r gridRow, titles []string) int {
	n := 0
	for _, cell := range r.cells {
		if cell.kind == gridText && slices.Contains(titles, string(cell.text)) {
			n++
		}
	}
	return n
}

// placeColumns looks for each title, first where it should stand. A title
// that is nowhere was overwritten, if its own place has no other column's.
func placeColumns(header gridRow, titles []string) []int {
	taken := map[int]bool{}
	places := make([]int, len(titles))
	for i, title := range titles {
		places[i] = -1
		if string(header.cell(i).text) == title {
			places[i] = i
		} else {
			places[i] = slices.IndexFunc(header.cells, func(c gridCell) bool { return string(c.text) == title })
		}
		if places[i] >= 0 {
			taken[places[i]] = true
		}
	}
	for i := range places {
		if places[i] >= 0 {
			continue
		}
		if at := i + shift(places, i); at >= 0 && !taken[at] {
			places[i], taken[at] = at, true
		}
	}
	return places
}

// shift is how far the column before was moved.
func shift(places []int, i int) int {
	if i > 0 && places[i-1] >= 0 {
		return places[i-1] - (i - 1)
	}
	return 0
}

func (c *comparer) sayColumns(title string, l *layout, header gridRow, titles []string) {
	moved := false
	for i, at := range l.columns {
		moved = moved || at != i
		switch {
		case at < 0:
			c.edit(title, "", "the column %s is missing", titles[i])
		case string(header.cell(at).text) != titles[i]:
			has, want := header.cell(at), gridCell{kind: gridText, text: []byte(titles[i])}
			c.edit(title, address(at, l.header), "says %s, it should say %s", has.say(want, Text), want.say(has, Text))
		}
	}
	if moved {
		c.note("%s: the columns stand in other places", title)
	}
}

// blank leaves the columns out that the other side does not have: they are
// named once, not in every row.
func (l *layout) blank(other *layout) {
	for i, at := range other.columns {
		if at < 0 {
			l.columns[i] = -1
		}
	}
}

// lines reads the rows below the titles.
func (w *workbookFile) lines(part string, l *layout, h hasher) (lines []line, beside int, err error) {
	var picked gridRow
	err = w.rows(part, func(r gridRow) error {
		if r.number == l.header {
			beside += l.pick(r, &picked)
			return nil
		}
		if r.number < l.header {
			beside += r.filled()
			return nil
		}
		beside += l.pick(r, &picked)
		if picked.filled() > 0 {
			lines = append(lines, h.line(l, picked))
		}
		return nil
	})
	return lines, beside, err
}

// matched is what is left of two lists of rows when equal ones are taken out.
type matched struct {
	pairs   []linePair // same ids, other cells
	extra   []int      // rows of the workbook alone
	missing []int      // rows of the report alone
	typed   int        // rows into which finance typed something
	inOrder bool
}

type linePair struct{ has, want int }

func matchLines(has, want []line) matched {
	places := make([]int, len(has)) // the row of want for each of has, -1 without
	used := make([]bool, len(want))
	for i := range has {
		places[i] = -1
		if i < len(want) && has[i].hash == want[i].hash {
			places[i], used[i] = i, true
		}
	}
	takeBy(func(l line) uint64 { return l.hash }, has, want, places, used)
	equal := slices.Clone(places)
	takeBy(func(l line) uint64 { return l.key }, has, want, places, used)
	m := matched{}
	var order []int
	for i, at := range places {
		switch {
		case at < 0:
			m.extra = append(m.extra, has[i].row)
		case equal[i] < 0:
			m.pairs = append(m.pairs, linePair{has[i].row, want[at].row})
		}
		if at >= 0 {
			order = append(order, at)
			if has[i].typed != want[at].typed {
				m.typed++
			}
		}
	}
	for i, taken := range used {
		if !taken {
			m.missing = append(m.missing, want[i].row)
		}
	}
	m.inOrder = slices.IsSorted(order)
	return m
}

// takeBy pairs the rows that are left and have the same number.
func takeBy(number func(line) uint64, has, want []line, places []int, used []bool) {
	open := map[uint64][]int{}
	for i := len(want) - 1; i >= 0; i-- {
		if !used[i] {
			open[number(want[i])] = append(open[number(want[i])], i)
		}
	}
	for i := range has {
		rest := open[number(has[i])]
		if places[i] >= 0 || len(rest) == 0 {
			continue
		}
		last := len(rest) - 1
		places[i], used[rest[last]] = rest[last], true
		open[number(has[i])] = rest[:last]
	}
}

// source is a sheet that rows can be read from again.
type source struct {
	file   *workbookFile
	part   string
	layout *layout
}

// fetch reads some rows of a sheet once more.
func (s source) fetch(numbers []int) (map[int]gridRow, error) {
	rows := map[int]gridRow{}
	if len(numbers) == 0 {
		return rows, nil
	}
	wanted := map[int]bool{}
	for _, n := range numbers {
		wanted[n] = true
	}
	var picked gridRow
	err := s.file.rows(s.part, func(r gridRow) error {
		if wanted[r.number] && r.number != s.layout.header {
			s.layout.pick(r, &picked)
			rows[r.number] = picked.clone()
		}
		if len(rows) == len(wanted) {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return rows, err
}

// explain names what differs in the rows that are left over.
func (c *comparer) explain(title string, m matched, has, want source) error {
	pairs, extra, missing := first(m.pairs), first(m.extra), first(m.missing)
	more := len(m.pairs) + len(m.extra) + len(m.missing) - len(pairs) - len(extra) - len(missing)
	hasRows, wantRows := extra, missing
	for _, p := range pairs {
		hasRows, wantRows = append(hasRows, p.has), append(wantRows, p.want)
	}
	a, err := has.fetch(hasRows)
	if err != nil {
		return err
	}
	b, err := want.fetch(wantRows)
	if err != nil {
		return err
	}
	found, extra, missing := alike(extra, missing, a, b)
	pairs = append(pairs, found...)
	slices.SortFunc(pairs, func(x, y linePair) int { return cmp.Compare(x.has, y.has) })
	for _, p := range pairs {
		c.cells(title, a[p.has], b[p.want], has.layout)
	}
	for _, row := range extra {
		c.extraRow(title, a[row])
	}
	for _, row := range missing {
		c.missingRow(title, b[row])
	}
	c.out.More += more
	return nil
}

func first[T any](all []T) []T { return slices.Clone(all[:min(len(all), maxEdits)]) }

// alike pairs rows whose ids were edited: those that have most cells in common.
func alike(extra, missing []int, has, want map[int]gridRow) (pairs []linePair, left, gone []int) {
	gone = slices.Clone(missing)
	for _, row := range extra {
		best, most := -1, 0
		for i, other := range gone {
			n := common(has[row], want[other])
			if n > most && 2*n > want[other].filled() {
				best, most = i, n
			}
		}
		if best < 0 {
			left = append(left, row)
			continue
		}
		pairs = append(pairs, linePair{row, gone[best]})
		gone = slices.Delete(gone, best, best+1)
	}
	return pairs, left, gone
}

// common is how many filled cells two rows share.
func common(a, b gridRow) int {
	n := 0
	for i := range b.cells {
		if !b.cells[i].empty() && a.cell(i).same(b.cells[i]) {
			n++
		}
	}
	return n
}

// saySerial writes a day number as the date and time that it shows.
func saySerial(number string) string {
	days, err := strconv.ParseFloat(number, 64) // a date for a sentence, no money
	if err != nil || days < 61 || days > 2958466 {
		return number
	}
	whole := math.Floor(days)
	seconds := math.Round((days - whole) * 86400)
	t := time.Date(1899, 12, 30, 0, 0, int(seconds), 0, time.UTC).AddDate(0, 0, int(whole))
	if days == math.Trunc(days) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.DateTime)
}
