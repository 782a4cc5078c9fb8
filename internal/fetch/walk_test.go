package fetch

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/ledger"
)

// offsets plays a walk over a list that stands still and gives the offsets in
// the order in which they were asked for.
func offsets(k *walk, total int) []int {
	var asked []int
	for {
		offset, ok := k.take()
		if !ok {
			return asked
		}
		asked = append(asked, offset)
		if k.give(pageAt(offset, total), nil) {
			return asked
		}
	}
}

// pageAt is a page of a list whose ids are the offsets of its rows.
func pageAt(offset, total int) page {
	p := page{offset: offset, total: total, rows: min(pageLimit, max(0, total-offset))}
	if p.rows > 0 {
		p.first, p.last = strconv.Itoa(offset), strconv.Itoa(offset+p.rows-1)
	}
	return p
}

// savedAt is the same page as the ledger keeps it.
func savedAt(offset, total int) ledger.Page {
	p := pageAt(offset, total)
	return ledger.Page{Start: p.offset, Total: p.total, Rows: p.rows, First: p.first, Last: p.last}
}

func TestOffsets(t *testing.T) {
	for _, c := range []struct {
		list  ledger.List
		total int
		want  []int
	}{
		{ledger.Charges, 0, []int{0}},
		{ledger.Charges, 1, []int{0}},
		{ledger.Charges, 100, []int{0}},
		{ledger.Charges, 101, []int{0, 99}},
		{ledger.Refunds, 199, []int{0, 99}},
		{ledger.Disputes, 200, []int{0, 99, 198}},
		{ledger.Customers, 0, []int{0}},
		{ledger.Customers, 100, []int{0}},
		{ledger.Customers, 101, []int{0, 99}},
		{ledger.Customers, 199, []int{0, 99}},
		{ledger.Customers, 200, []int{0, 99, 198}},
		{ledger.Customers, 298, []int{0, 99, 198}},
	} {
		k := newWalk(ledger.Window{List: c.list})
		if diff := cmp.Diff(c.want, offsets(k, c.total)); diff != "" {
			t.Errorf("%d %s (-want +got):\n%s", c.total, c.list, diff)
		}
		if v, reason := k.judge(c.total); v != prove {
			t.Errorf("%d %s: %v %s", c.total, c.list, v, reason)
		}
	}
}

// The first page alone tells the total; nothing is asked for beside it. The
// last page waits for all others.
func TestFirstPageAloneAndLastPageLast(t *testing.T) {
	k := newWalk(ledger.Window{List: ledger.Charges})
	if offset, ok := k.take(); offset != 0 || !ok {
		t.Fatal(offset, ok)
	}
	if offset, ok := k.take(); ok {
		t.Fatalf("%d is asked for before the total is known", offset)
	}
	k.give(pageAt(0, 350), nil)
	var flying []int
	for offset, ok := k.take(); ok; offset, ok = k.take() {
		flying = append(flying, offset)
	}
	if !slices.Equal(flying, []int{99, 198}) {
		t.Fatalf("%v are asked for at once", flying)
	}
	for i, offset := range flying {
		if k.give(pageAt(offset, 350), nil) {
			t.Fatal("over before the last page")
		}
		last, ok := k.take()
		if ok != (i == 1) || ok && last != 297 {
			t.Fatalf("after %d: take gives %d %t", offset, last, ok)
		}
	}
	if !k.give(pageAt(297, 350), nil) {
		t.Error("not over after the last page")
	}
}

func TestErrorEndsAWalk(t *testing.T) {
	k := newWalk(ledger.Window{List: ledger.Charges})
	k.take()
	k.give(page{total: 500, rows: 100}, nil)
	k.take()
	k.take()
	boom := errors.New("boom")
	if k.give(page{offset: 100}, boom) {
		t.Error("over while a page is in flight")
	}
	if offset, ok := k.take(); ok {
		t.Errorf("%d is asked for after an error", offset)
	}
	if !k.give(page{offset: 200, total: 500, rows: 100}, nil) || !errors.Is(k.err, boom) {
		t.Errorf("not over, or without its error: %v", k.err)
	}
}

func TestResume(t *testing.T) {
	for name, c := range map[string]struct {
		list  ledger.List
		saved []ledger.Page
		want  []int // asked for after it; nil: it starts anew
	}{
		"nothing saved":       {ledger.Charges, nil, nil},
		"the first":           {ledger.Charges, []ledger.Page{savedAt(0, 350)}, []int{99, 198, 297}},
		"some":                {ledger.Charges, []ledger.Page{savedAt(0, 350), savedAt(198, 350)}, []int{99, 297}},
		"all but the last":    {ledger.Refunds, []ledger.Page{savedAt(0, 250), savedAt(99, 250)}, []int{198}},
		"the last once more":  {ledger.Charges, []ledger.Page{savedAt(0, 150), savedAt(99, 150)}, []int{99}},
		"totals that differ":  {ledger.Charges, []ledger.Page{savedAt(0, 350), savedAt(99, 351)}, nil},
		"customers too":       {ledger.Customers, []ledger.Page{savedAt(0, 250)}, []int{99, 198}},
		"an older version's":  {ledger.Charges, []ledger.Page{{Start: 0, Total: 350, Rows: 100}}, nil},
		"one page is no gain": {ledger.Charges, []ledger.Page{savedAt(0, 50)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			k := newWalk(ledger.Window{List: c.list})
			resumed := k.resume(c.saved)
			if resumed != (c.want != nil) {
				t.Fatalf("resumed %t", resumed)
			}
			if !resumed {
				return
			}
			if diff := cmp.Diff(c.want, offsets(k, c.saved[0].Total)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if v, reason := k.judge(c.saved[0].Total); v != prove {
				t.Errorf("%v %s", v, reason)
			}
		})
	}
}

// A resumed walk whose total has moved meanwhile is not proven.
func TestResumeSeesAnotherTotal(t *testing.T) {
	k := newWalk(ledger.Window{List: ledger.Charges})
	k.resume([]ledger.Page{savedAt(0, 250)})
	offsets(k, 251)
	if v, reason := k.judge(250); v != again || !strings.Contains(reason, "total went from 250 to 251") {
		t.Errorf("%v %s", v, reason)
	}
}

// attempt is what a walk came to: the totals of its two pages and the distinct rows.
type attempt struct{ first, last, rows int }

func TestJudge(t *testing.T) {
	minutes := func(n int) ledger.Span { return ledger.Span{From: 0, To: ledger.Instant(n * 60)} }
	for name, c := range map[string]struct {
		span     ledger.Span
		attempts []attempt
		want     []verdict
		reason   string
	}{
		"fits": {minutes(9), []attempt{{150, 150, 150}}, []verdict{prove}, ""},
		"fits at last": {
			minutes(9),
			[]attempt{{150, 151, 151}, {151, 152, 152}, {152, 152, 152}},
			[]verdict{again, again, prove},
			"",
		},
		"the same wrong answer twice": {minutes(9), []attempt{{150, 150, 149}, {150, 150, 149}}, []verdict{again, giveUp}, "Omise counts 150 and gave 149"},
		"too many rows":               {minutes(9), []attempt{{150, 150, 151}, {150, 150, 151}}, []verdict{again, giveUp}, "Omise counts 150 and gave 151"},
		"the same, not in a row": {
			minutes(9),
			[]attempt{{150, 150, 149}, {150, 151, 151}, {150, 150, 149}},
			[]verdict{again, again, giveUp},
			"gave 149",
		},
		"keeps moving": {
			minutes(9),
			[]attempt{{1, 2, 2}, {2, 3, 3}, {3, 4, 4}, {4, 5, 5}, {5, 6, 6}},
			[]verdict{again, again, again, again, split},
			"total went from",
		},
		"keeps moving and is as small as it gets": {
			minutes(1),
			[]attempt{{1, 2, 2}, {2, 3, 3}, {3, 4, 4}, {4, 5, 5}, {5, 6, 6}},
			[]verdict{again, again, again, again, giveUp},
			"it keeps moving: total went from 5 to 6 while the pages were read",
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := newWalk(ledger.Window{List: ledger.Charges, Span: c.span})
			for i, a := range c.attempts {
				if i > 0 {
					k.restart()
				}
				k.total = a.first
				k.pages[0], k.pages[100] = page{total: a.first}, page{offset: 100, total: a.last}
				v, reason := k.judge(a.rows)
				if v != c.want[i] || i == len(c.attempts)-1 && !strings.Contains(reason, c.reason) {
					t.Errorf("walk %d: %v %q, want %v %q", i, v, reason, c.want[i], c.reason)
				}
			}
		})
	}
}

func TestJudgeNamesTheUnreadable(t *testing.T) {
	k := newWalk(ledger.Window{List: ledger.Charges})
	k.take()
	k.give(page{total: 3, rows: 3, unreadable: []ledger.Unreadable{{ID: "chrg_1"}}}, nil)
	if _, reason := k.judge(2); reason != "Omise counts 3 and gave 2, of which 1 could not be read" {
		t.Error(reason)
	}
	if len(k.unreadable()) != 1 {
		t.Errorf("%v", k.unreadable())
	}
}

// shop is a list that changes while it is walked. Rows are numbers, in the
// order of the list.
type shop struct {
	rows    []int
	touched map[int]bool // came or went during this walk
}

func (s *shop) insert(row int) {
	if at, here := slices.BinarySearch(s.rows, row); !here {
		s.rows = slices.Insert(s.rows, at, row)
		s.touched[row] = true
	}
}

func (s *shop) remove(at int) {
	s.touched[s.rows[at]] = true
	s.rows = slices.Delete(s.rows, at, at+1)
}

func (s *shop) page(offset int) (page, []int) {
	rows := slices.Clone(s.rows[min(offset, len(s.rows)):min(offset+pageLimit, len(s.rows))])
	p := page{offset: offset, total: len(s.rows), rows: len(rows)}
	if len(rows) > 0 {
		p.first, p.last = strconv.Itoa(rows[0]), strconv.Itoa(rows[len(rows)-1])
	}
	return p, rows
}

// walkShop walks the list once with up to three pages in flight; between any
// two answers disturb may change it. It gives the distinct rows that came.
func walkShop(t *rapid.T, k *walk, s *shop, disturb func()) map[int]bool {
	got := map[int]bool{}
	s.touched = map[int]bool{}
	var flying []int
	for first := true; ; first = false {
		for len(flying) < 3 {
			offset, ok := k.take()
			if !ok {
				break
			}
			flying = append(flying, offset)
		}
		if len(flying) == 0 {
			t.Fatal("the walk is stuck")
		}
		if !first { // a change before the first page is no change during the walk
			disturb()
		}
		i := rapid.IntRange(0, len(flying)-1).Draw(t, "arrives")
		p, rows := s.page(flying[i])
		flying = slices.Delete(flying, i, i+1)
		for _, row := range rows {
			got[row] = true
		}
		if k.give(p, nil) {
			return got
		}
	}
}

func drawShop(t *rapid.T) *shop {
	s := &shop{}
	for i := range rapid.IntRange(0, 450).Draw(t, "rows") {
		s.rows = append(s.rows, i*1000)
	}
	return s
}

// The guarantee for charges, refunds and disputes, of which none ever vanishes:
// a proven walk holds exactly the rows that the list had from the first page to
// the last, each once; had one come in between, it would not be proven.
func TestProofOfAListThatOnlyGrows(t *testing.T) {
	proofs := 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawShop(t)
		k := newWalk(ledger.Window{List: ledger.Charges, Span: ledger.Span{To: 9999}})
		busy := rapid.IntRange(0, 4).Draw(t, "busy")
		for {
			got := walkShop(t, k, s, func() {
				if busy > 0 && rapid.IntRange(0, 9).Draw(t, "dice") < busy {
					s.insert(rapid.IntRange(0, 500_000).Draw(t, "new"))
				}
			})
			switch v, reason := k.judge(len(got)); v {
			case prove:
				proofs++
				want := map[int]bool{}
				for _, row := range s.rows {
					want[row] = true
				}
				// A row that came after the last page was read is the next night's.
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("proven, but (-there +read):\n%s", diff)
				}
				return
			case again:
				k.restart()
			default:
				if k.walks < maxWalks && len(s.touched) == 0 {
					t.Fatalf("given up after %d walks: %s", k.walks, reason)
				}
				return
			}
		}
	})
	if proofs == 0 {
		t.Error("nothing was ever proven")
	}
}

// The guarantee for customers, who come and go: a proven walk holds every row
// that was there from the first page to the last, each once, and as many rows
// as the list counted on every page. A row that came or went during the walk
// may be in it or not.
func TestProofOfAListThatShrinks(t *testing.T) {
	proofs, moved := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawShop(t)
		k := newWalk(ledger.Window{List: ledger.Customers, Span: ledger.Span{To: 9999}})
		dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)) // rapid's own numbers tend to be small
		before := slices.Clone(s.rows)
		got := walkShop(t, k, s, func() {
			if len(s.rows) == 0 || dice.IntN(3) > 0 {
				return
			}
			at := dice.IntN(len(s.rows))
			near := s.rows[at]
			s.remove(at)
			switch dice.IntN(6) {
			case 0: // one goes
			case 1: // another comes anywhere
				s.insert(dice.IntN(450_000))
			default: // another comes beside it
				s.insert(near + 1 + dice.IntN(998))
			}
		})
		v, _ := k.judge(len(got))
		if v != prove {
			if len(s.touched) == 0 {
				t.Fatal("nothing moved, and yet it is not proven")
			}
			return
		}
		proofs++
		if len(s.touched) > 0 {
			moved++
		}
		if len(got) != k.total {
			t.Fatalf("proven with %d rows of %d", len(got), k.total)
		}
		for _, row := range before {
			if !got[row] && !s.touched[row] {
				t.Fatalf("proven, but row %d is missing; %d there, %d read", row, len(s.rows), len(got))
			}
		}
		for row := range got {
			if !s.touched[row] && !slices.Contains(before, row) {
				t.Fatalf("row %d comes from nowhere", row)
			}
		}
	})
	if moved == 0 {
		t.Errorf("%d proofs, none of a list that moved", proofs)
	}
	t.Logf("%d proofs, %d of them of a list that moved", proofs, moved)
}

// The overlap is what sees a row come and another go between two pages, when
// the total says nothing.
func TestOverlapSeesWhatTheTotalHides(t *testing.T) {
	s := &shop{touched: map[int]bool{}}
	for i := range 150 {
		s.rows = append(s.rows, i)
	}
	k := newWalk(ledger.Window{List: ledger.Charges})
	for over := false; !over; {
		offset, _ := k.take()
		p, _ := s.page(offset)
		over = k.give(p, nil)
		if offset == 0 {
			s.remove(10)
			s.insert(1000)
		}
	}
	if v, reason := k.judge(150); v != again || !strings.Contains(reason, "rows moved") {
		t.Errorf("%v %s", v, reason)
	}
}

// Saved pages of a walk that was cut short at any point, then taken up again,
// give the same rows as one that was not.
func TestResumeProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawShop(t)
		s.touched = map[int]bool{}
		w := ledger.Window{List: ledger.Charges, Span: ledger.Span{To: 9999}}
		k := newWalk(w)
		got := map[int]bool{}
		var saved []ledger.Page
		read := func(k *walk) bool {
			offset, ok := k.take()
			if !ok {
				t.Fatal("the walk is stuck")
			}
			p, rows := s.page(offset)
			for _, row := range rows {
				got[row] = true
			}
			saved = append(saved, ledger.Page{Start: offset, Total: p.total, Rows: p.rows, First: p.first, Last: p.last})
			return k.give(p, nil)
		}
		over := false
		for range rapid.IntRange(0, 6).Draw(t, "pages before the cut") {
			if over = read(k); over {
				break
			}
		}
		arrived := len(saved)
		k = newWalk(w)
		if !k.resume(slices.Clone(saved)) {
			saved, got, arrived = nil, map[int]bool{}, 0
			k = newWalk(w)
		}
		for !read(k) {
		}
		if v, reason := k.judge(len(got)); v != prove || len(got) != len(s.rows) {
			t.Fatalf("%v %s: %d of %d rows", v, reason, len(got), len(s.rows))
		}
		repeated := len(saved) - max(1, (len(s.rows)-1+pageStep-1)/pageStep)
		if len(s.rows) > pageLimit && repeated > 1 || arrived == 0 && repeated > 1 {
			t.Fatalf("%d pages were read twice", repeated)
		}
	})
}
