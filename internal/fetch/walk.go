package fetch

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"reconcile/internal/ledger"
)

const (
	// maxWalks is how often a window that does not add up is walked.
	maxWalks = 5
	// smallest is the window that is not split any further, and maxSplits how
	// often one is: what still moves then is no list that grows.
	smallest  = time.Minute
	maxSplits = 5
	// pageStep is how far one page is from the next. Pages overlap by one row:
	// where a page does not begin with the row that the one before it ended
	// with, rows have moved. A total alone cannot show that, when one row
	// vanishes and another one comes between two pages.
	pageStep = pageLimit - 1
)

// walk is one window on its way: which pages are asked for, and whether those
// that came add up. The first page tells the total, from which the offsets of
// the others follow; the last page is read after all others, because only its
// total shows that nothing moved meanwhile. Everything here is memory; the
// rows are in the ledger's inbox.
type walk struct {
	window ledger.Window

	total     int   // of the first page; -1 before it came
	ahead     []int // offsets not yet asked for, the last page's left out
	tail      int   // offset of the last page
	flying    int   // pages asked for and not yet here
	tailTaken bool
	pages     map[int]page // without their rows
	short     string       // how a page had fewer rows than its own total promised
	err       error

	splits   int // how often the window that it is a piece of was split
	walks    int
	outcomes []string // what each walk that did not add up came to
}

// newWalk starts a window.
func newWalk(w ledger.Window) *walk {
	k := &walk{window: w}
	k.restart()
	return k
}

func (k *walk) restart() {
	k.total, k.ahead, k.tail, k.flying, k.tailTaken, k.err = -1, []int{0}, 0, 0, false, nil
	k.short = ""
	k.pages = map[int]page{}
	k.walks++
}

// resume takes over the pages that an earlier run had saved. If rows have
// moved since, the pages that are still to come will not fit to them: the last
// one is always asked for.
func (k *walk) resume(saved []ledger.Page) bool {
	if len(saved) == 0 {
		return false
	}
	total := saved[0].Total
	for _, p := range saved {
		if p.Total != total || p.Start%pageStep != 0 || p.Last == "" || total <= pageLimit {
			k.pages = map[int]page{}
			return false
		}
		k.pages[p.Start] = page{offset: p.Start, total: p.Total, rows: p.Rows, first: p.First, last: p.Last}
	}
	k.learn(total)
	delete(k.pages, k.tail)
	return true
}

// learn works out the offsets once the total is known.
func (k *walk) learn(total int) {
	k.total = total
	k.ahead = nil
	k.tail = 0
	for offset := 0; offset+pageLimit < total; offset += pageStep {
		if _, here := k.pages[offset]; !here {
			k.ahead = append(k.ahead, offset)
		}
		k.tail = offset + pageStep
	}
}

// take gives the next page to ask for, if there is one to ask for now.
func (k *walk) take() (int, bool) {
	switch {
	case k.err != nil:
		return 0, false
	case len(k.ahead) > 0 && (k.total >= 0 || k.flying == 0):
		offset := k.ahead[0]
		k.ahead = k.ahead[1:]
		k.flying++
		return offset, true
	case k.total >= 0 && k.flying == 0 && !k.tailTaken && k.tail > 0:
		k.tailTaken = true
		k.flying++
		return k.tail, true
	}
	return 0, false
}

// give takes in a page, or the error in its place, and reports whether the
// walk is over.
func (k *walk) give(p page, err error) bool {
	k.flying--
	if err != nil {
		if k.err == nil {
			k.err = err
		}
		return k.flying == 0
	}
	p.batch = ledger.Batch{} // it is in the ledger's inbox by now
	if k.total < 0 {
		k.pages[p.offset] = p
		k.learn(p.total)
	}
	k.pages[p.offset] = p
	k.noteShort(p)
	return k.flying == 0 && (k.err != nil || k.done())
}

// noteShort ends the asking where a page has fewer rows than its own total
// promises: no list does that by moving, and such a total may promise pages
// without end.
func (k *walk) noteShort(p page) {
	if p.total != k.total || p.rows >= min(pageLimit, p.total-p.offset) {
		return
	}
	k.short = fmt.Sprintf("Omise counts %d and gave %d rows at offset %d", p.total, p.rows, p.offset)
	k.ahead, k.tailTaken = nil, true
}

// fresh counts the rows of a page that no earlier page has shown.
func (k *walk) fresh(p page) int {
	if p.offset == 0 {
		return p.rows
	}
	return max(0, p.rows-(pageLimit-pageStep))
}

func (k *walk) done() bool { return k.total >= 0 && len(k.ahead) == 0 && (k.tail == 0 || k.tailTaken) }

// disagreement says in words how the pages do not fit to one another, "" when
// they do, and whether that is because rows have moved.
func (k *walk) disagreement() (reason string, moved bool) {
	if k.short != "" {
		return k.short, false
	}
	offsets := slices.Sorted(maps.Keys(k.pages))
	for i, offset := range offsets {
		p := k.pages[offset]
		if p.total != k.total {
			return fmt.Sprintf("total went from %d to %d while the pages were read", k.total, p.total), true
		}
		if i == 0 {
			continue
		}
		before := k.pages[offsets[i-1]]
		if p.rows > 1 && p.first == before.first && p.last == before.last {
			return "the server gives the same page at several offsets", false
		}
		if before.last != p.first {
			return "rows moved while the pages were read", true
		}
	}
	return "", false
}

// unreadable is everything on the walk's pages that could not be read.
func (k *walk) unreadable() []ledger.Unreadable {
	var all []ledger.Unreadable
	for _, p := range k.pages {
		all = append(all, p.unreadable...)
	}
	return all
}

// verdict is what is to be done with a window whose walk is over.
type verdict int

const (
	prove  verdict = iota
	again          // walk it once more
	split          // it keeps moving: walk smaller pieces
	giveUp         // not proven
)

// judge decides on a walk that ended with rows distinct ids.
func (k *walk) judge(rows int) (verdict, string) {
	reason, moved := k.disagreement()
	if reason == "" && rows != k.total {
		reason = fmt.Sprintf("Omise counts %d and gave %d", k.total, rows)
		if n := len(k.unreadable()); n > 0 {
			reason += fmt.Sprintf(", of which %d could not be read", n)
		}
	}
	if reason == "" {
		return prove, ""
	}
	same := !moved && slices.Contains(k.outcomes, reason)
	k.outcomes = append(k.outcomes, reason)
	switch {
	case same:
		return giveUp, reason
	case k.walks < maxWalks:
		return again, reason
	case k.splits < maxSplits && k.window.Span.To-k.window.Span.From > ledger.Instant(smallest/time.Second):
		return split, reason
	}
	return giveUp, "it keeps moving: " + reason
}
