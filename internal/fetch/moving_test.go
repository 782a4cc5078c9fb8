package fetch_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// anchor is the charge that all refunds and disputes are of; it stays.
const anchor = "chrg_test_anchor"

// thing is a row of a list, with what its element says beside id and time.
type thing struct {
	id   string
	made ledger.Instant
	rest string
	stay bool // it is never deleted
}

func (a *thing) compare(b *thing) int {
	return cmp.Or(cmp.Compare(a.made, b.made), cmp.Compare(a.id, b.id))
}

func (a *thing) json() string {
	return fmt.Sprintf(`{"id":%q,"livemode":false,"created_at":%q,%s}`, a.id, a.made.Time().Format(time.RFC3339), a.rest)
}

// shelf answers like Omise from lists that change between any two requests.
// Unlike the sandbox it deletes from every list, and makes rows of long ago.
type shelf struct {
	account http.Handler
	now     func() time.Time

	mu     sync.Mutex
	dice   *rand.Rand
	moves  int    // how many answers are still followed by a change
	busy   string // the list that they are spent on
	lists  map[string][]*thing
	read   map[string]int    // the end of the page that was read last
	born   map[string]bool   // made after the start, by id
	gone   map[string]bool   // deleted, by id
	cards  map[string]string // list of a customer's cards, by the customer's id
	wallet string            // the longest of these
	count  int
}

func newShelf(seed uint64, account http.Handler, now func() time.Time) *shelf {
	s := &shelf{
		account: account, now: now, dice: rand.New(rand.NewPCG(seed, 7)),
		lists: map[string][]*thing{}, read: map[string]int{}, born: map[string]bool{}, gone: map[string]bool{}, cards: map[string]string{},
	}
	s.put("/charges", &thing{id: anchor, made: ledger.InstantOf(ago(20 * day)), rest: restOf("/charges"), stay: true})
	for path, rows := range map[string]int{"/charges": 230, "/refunds": 199, "/disputes": 198, "/customers": 215} {
		s.fill(path, rows+s.dice.IntN(3))
	}
	for _, cards := range []int{30, 205 + s.dice.IntN(3)} {
		id := s.id("/customers")
		path := "/customers/" + id + "/cards"
		s.cards[id], s.wallet = path, path
		s.put("/customers", &thing{id: id, made: ledger.InstantOf(ago(19 * day)), rest: restOf("/customers"), stay: true})
		s.fill(path, cards)
	}
	clear(s.born) // these are the beginning
	return s
}

func (s *shelf) fill(path string, rows int) {
	for range rows {
		s.put(path, &thing{id: s.id(path), made: s.past(), rest: restOf(path)})
	}
}

// past is a moment in the weeks before the run; several rows may share it.
func (s *shelf) past() ledger.Instant {
	return ledger.InstantOf(ago(time.Duration(1+s.dice.IntN(18*24*60)) * time.Minute))
}

// id makes an id that may sort before or after any other.
func (s *shelf) id(path string) string {
	s.count++
	prefix := map[string]string{"charges": "chrg", "refunds": "rfnd", "disputes": "dspt", "customers": "cust", "cards": "card"}[path[strings.LastIndex(path, "/")+1:]]
	return fmt.Sprintf("%s_test_%03d_%d", prefix, s.dice.IntN(1000), s.count)
}

// restOf is what else stands in an element: final, so that no list is read for
// the sake of what may still change.
func restOf(path string) string {
	switch path[strings.LastIndex(path, "/")+1:] {
	case "charges":
		return `"object":"charge","amount":100,"currency":"THB","status":"failed","paid":false`
	case "refunds":
		return `"object":"refund","amount":1,"currency":"THB","status":"closed","charge":"` + anchor + `"`
	case "disputes":
		return `"object":"dispute","amount":1,"currency":"THB","status":"won","charge":"` + anchor + `"`
	case "customers":
		return `"object":"customer"`
	}
	return `"object":"card","expiration_month":7,"expiration_year":2030`
}

func (s *shelf) put(path string, a *thing) {
	rows := s.lists[path]
	i, _ := slices.BinarySearchFunc(rows, a, (*thing).compare)
	s.lists[path] = slices.Insert(rows, i, a)
	s.born[a.id] = true
}

func (s *shelf) take(path string, i int) {
	rows := s.lists[path]
	if i >= len(rows) || rows[i].stay {
		return
	}
	s.gone[rows[i].id] = true
	s.lists[path] = slices.Delete(rows, i, i+1)
}

// move changes the list that was just read, most of all where it was read.
func (s *shelf) move(path string) {
	rows := len(s.lists[path])
	if s.moves == 0 || path != s.busy || s.read[path] < 99 {
		return // a probe is no page
	}
	s.moves--
	passed, ahead := s.dice.IntN(min(s.read[path], rows)), s.read[path]+s.dice.IntN(100)
	edge := max(0, min(rows-1, s.read[path]-3+s.dice.IntN(6)))
	switch s.dice.IntN(12) {
	case 0: // one comes at the end
		s.put(path, &thing{id: s.id(path), made: ledger.InstantOf(start), rest: restOf(path)})
	case 1: // one comes in the middle
		s.fill(path, 1)
	case 2:
		s.take(path, passed)
	case 3:
		s.take(path, ahead)
	case 4, 5: // from here on the total stays
		s.take(path, ahead)
		s.fill(path, 1)
	case 6:
		s.take(path, edge)
		s.fill(path, 1)
	case 7, 8: // one goes before the reader, one comes at the page's edge
		beside := s.lists[path][edge].made
		s.take(path, passed)
		s.put(path, &thing{id: s.id(path), made: beside, rest: restOf(path)})
	default: // one goes before the reader, one comes behind
		s.take(path, passed)
		s.put(path, &thing{id: s.id(path), made: ledger.InstantOf(start), rest: restOf(path)})
	}
}

func (s *shelf) serve(_ http.Handler, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	s.mu.Lock()
	defer s.mu.Unlock()
	path := r.URL.Path
	switch _, known := s.lists[path]; {
	case path == "/account":
		s.account.ServeHTTP(w, r)
	case known:
		fmt.Fprint(w, s.list(path, r.URL.Query().Get))
		s.move(path)
	case path == "/charges/"+anchor:
		fmt.Fprint(w, s.lists["/charges"][s.index("/charges", anchor)].json())
	default:
		http.NotFound(w, r)
	}
}

func (s *shelf) index(path, id string) int {
	return slices.IndexFunc(s.lists[path], func(a *thing) bool { return a.id == id })
}

func (s *shelf) list(path string, param func(string) string) string {
	rows := s.lists[path]
	ends := ""
	if from, err := time.Parse(time.RFC3339, param("from")); err == nil {
		to, _ := time.Parse(time.RFC3339, param("to")) // the two come together
		rows = slices.DeleteFunc(slices.Clone(rows), func(a *thing) bool { return a.made.Time().Before(from) || a.made.Time().After(to) })
		ends = fmt.Sprintf(`"from":%q,"to":%q,`, param("from"), param("to"))
	}
	offset, _ := strconv.Atoi(param("offset")) // the client always says both
	limit, _ := strconv.Atoi(param("limit"))
	page := rows[min(offset, len(rows)):min(offset+limit, len(rows))]
	s.read[path] = max(1, offset+len(page))
	elements := make([]string, len(page))
	for i, a := range page {
		elements[i] = a.json()
		if cards, many := s.cards[a.id]; many {
			all := s.lists[cards]
			elements[i] = strings.TrimSuffix(elements[i], "}") + fmt.Sprintf(`,"cards":{"object":"list","total":%d,"data":[%s]}}`, len(all), all[0].json())
		}
	}
	return fmt.Sprintf(`{"object":"list",%s"offset":%d,"limit":%d,"order":"chronological","total":%d,"data":[%s]}`, ends, offset, limit, len(rows), strings.Join(elements, ","))
}

// tableOf is the ledger's table for the rows of a list.
func tableOf(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// TestMovingPages: rows come and go between any two pages, in every list. What
// was there all the time is in the ledger wherever a window counts as proven,
// and is marked as deleted nowhere. A quiet night later the ledger has exactly
// what Omise has.
func TestMovingPages(t *testing.T) {
	seeds := 10
	var moved atomic.Int32 // windows proven of lists that had changed
	t.Run("seeds", func(t *testing.T) {
		for seed := range seeds {
			t.Run(strconv.Itoa(seed), func(t *testing.T) {
				s := newStage(t, sandbox.Options{})
				shelf := newShelf(uint64(seed), s.api, s.clock.Now)
				s.setWrap(shelf.serve)
				shelf.moves = 1 + seed/5%3
				shelf.busy = []string{"/charges", "/refunds", "/disputes", "/customers", shelf.wallet}[seed%5]
				wide := func(o *fetch.Options) { o.Lookback = 30 * day }
				result, err := s.sync(context.Background(), wide)
				if err != nil || result.Err != nil {
					t.Fatal(err, result.Err)
				}
				moved.Add(shelf.checkMoving(s))
				shelf.moves = 0
				s.tomorrow()
				s.night(wide)
				shelf.checkQuiet(s)
			})
		}
	})
	if moved.Load() == 0 {
		t.Error("nothing that moved was ever proven")
	}
}

// checkMoving looks at the ledger after the night in which rows moved.
func (s *shelf) checkMoving(st *stage) (moved int32) {
	st.t.Helper()
	for path, rows := range s.lists {
		inLedger := st.rows(tableOf(path))
		list := ledger.Customers // cards come with them
		if !strings.HasSuffix(path, "/cards") {
			list = ledger.List(strings.TrimPrefix(path, "/"))
		}
		proofs, err := st.ledger.Proofs(context.Background(), "main", list, st.run)
		must(st.t, err)
		for _, p := range proofs {
			if slices.ContainsFunc(rows, func(a *thing) bool { return s.born[a.id] }) {
				moved++
			}
			for _, a := range rows {
				in := a.made > p.Span.From && a.made < p.Span.To || strings.HasSuffix(path, "/cards")
				if in && !s.born[a.id] && !there(inLedger[a.id]) {
					st.t.Errorf("%s: %s was there all the time and the window is proven, but the ledger has %v", path, a.id, inLedger[a.id])
				}
			}
		}
	}
	s.checkDeleted(st)
	return moved
}

// there reports whether a row of the ledger is there and not marked as deleted.
func there(row map[string]any) bool {
	return row != nil && (row["deleted"] == nil || row["deleted"] == int64(0))
}

// checkDeleted: only what is gone is marked as deleted.
func (s *shelf) checkDeleted(st *stage) {
	st.t.Helper()
	for _, table := range []string{"customers", "cards"} {
		for id, row := range st.rows(table) {
			if !there(row) && !s.gone[id] {
				st.t.Errorf("%s %s is marked as deleted, and is not gone", table, id)
			}
		}
	}
}

// checkQuiet holds the ledger against the lists after a night without moves.
func (s *shelf) checkQuiet(st *stage) {
	st.t.Helper()
	for path, rows := range s.lists {
		inLedger := st.rows(tableOf(path))
		for _, a := range rows {
			if !there(inLedger[a.id]) {
				st.t.Errorf("%s: %s is at Omise; the ledger has %v", path, a.id, inLedger[a.id])
			}
		}
	}
	s.checkDeleted(st)
	for _, table := range []string{"customers", "cards"} {
		for id, row := range st.rows(table) {
			if there(row) && s.gone[id] {
				st.t.Errorf("%s %s is gone and not marked as deleted", table, id)
			}
		}
	}
}
