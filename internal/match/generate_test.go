package match_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

// shop makes up a merchant's life: every order plays one of the plays, each of
// which knows what must be found of it and what becomes of its charges.
type shop struct {
	*books
	t       *rapid.T
	n       int // orders so far
	planted []string
	want    map[string]ledger.Result // by charge
	parts   map[string]bool          // charges that pay their record in parts
	shared  map[string]bool          // order references that several records have
}

func newShop(t *rapid.T) *shop {
	s := &shop{books: newBooks(), t: t, want: map[string]ledger.Result{}, parts: map[string]bool{}, shared: map[string]bool{}}
	s.rules.Sources = append(s.rules.Sources, source("erp"))
	s.rules.Sources[1].Whole = false
	s.rules.NotAtOmise = map[string]bool{}
	return s
}

// play is one order of a shop.
type play struct {
	ref   string // its order reference
	id    string // what its charges are called, with a letter behind it
	by    string // how its record names the charge: "", chrg_ or trxn_
	total int64
	when  ledger.Instant
	from  string // the source of its record
}

func (s *shop) newPlay() play {
	s.n++
	word := rapid.SampledFrom([]string{"", "คำสั่งซื้อ-", "注文", "Ord #", "é"}).Draw(s.t, "word")
	return play{
		ref: fmt.Sprintf("%s%06d", word, s.n), id: fmt.Sprintf("test_%d", s.n),
		by:    rapid.SampledFrom([]string{"", "chrg_", "trxn_"}).Draw(s.t, "by"),
		total: rapid.Int64Range(200, 1_000_000).Draw(s.t, "total"),
		when:  begin + rapid.Custom(func(t *rapid.T) ledger.Instant { return ledger.Instant(rapid.IntRange(2, 50).Draw(t, "day")) * day }).Draw(s.t, "when"),
		from:  rapid.SampledFrom([]string{"shop", "erp"}).Draw(s.t, "source"),
	}
}

// pay adds a charge of the play, letter by letter an hour later than the last.
func (s *shop) pay(p play, letter rune, amount int64, result ledger.Result, change ...func(*ledger.Charge)) string {
	id := p.id + string(letter)
	when := madeAt(p.when + ledger.Instant(letter-'a')*hour)
	s.charge(id, p.ref, amount, append([]func(*ledger.Charge){when}, change...)...)
	s.want["chrg_"+id] = result
	return "chrg_" + id
}

// book adds the play's record, which names charge a unless it goes by reference.
func (s *shop) book(p play, total int64, change ...func(*ledger.Record)) {
	id := ""
	if p.by != "" {
		id = p.by + p.id + "a"
	}
	s.record(p.ref, id, total, append([]func(*ledger.Record){of(p.from), dated(p.when)}, change...)...)
}

func (s *shop) plant(kind ledger.BreakKind, charge, ref string) {
	s.planted = append(s.planted, fmt.Sprintf("%s %s %s", kind, charge, ref))
}

func anyShop(t *rapid.T) *shop {
	s := newShop(t)
	all := plays()
	names := slices.Sorted(maps.Keys(all))
	s.book(play{ref: "opening", from: "shop", when: begin + day}, 1, says(ledger.RecordPending))
	for range rapid.IntRange(1, 60).Draw(t, "orders") {
		all[rapid.SampledFrom(names).Draw(t, "play")](s, s.newPlay())
	}
	return s
}

// shuffled is the same life told in another order.
func (s *shop) shuffled() *books {
	b := *s.books
	order := rapid.Permutation(indexes(len(b.charges))).Draw(s.t, "charges")
	b.charges, b.orders = nil, nil
	for _, i := range order {
		b.charges, b.orders = append(b.charges, s.charges[i]), append(b.orders, s.orders[i])
	}
	b.records = rapid.Permutation(s.records).Draw(s.t, "records")
	b.refunds = rapid.Permutation(append([]ledger.Refund{{ID: "rfnd_other", Charge: "chrg_other"}}, s.refunds...)).Draw(s.t, "refunds")
	b.rules.Unreadable = slices.Clone(s.rules.Unreadable)
	slices.Reverse(b.rules.Unreadable)
	return &b
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// TestFoundIsPlanted holds on any books: what was planted is found, with the
// right kind, charge and record, and not one more; every charge has the result
// of its story.
func TestFoundIsPlanted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyShop(t)
		o := s.match()
		if diff := cmp.Diff(sorted(s.planted), sorted(found(o)), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("breaks (-planted +found):\n%s", diff)
		}
		for id, want := range s.want {
			if got := o.Charge(id).Result; got != want {
				t.Fatalf("charge %s is %s, want %s", id, got, want)
			}
		}
	})
}

// TestOrderDoesNotMatter holds that the same books in any order give the same
// breaks with the same ids, and the same of every charge.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyShop(t)
		one, other := s.match(), s.shuffled().match()
		if diff := cmp.Diff(one.Breaks(), other.Breaks()); diff != "" {
			t.Fatalf("breaks (-one +other):\n%s", diff)
		}
		for id := range s.want {
			if diff := cmp.Diff(one.Charge(id), other.Charge(id)); diff != "" {
				t.Fatalf("charge %s (-one +other):\n%s", id, diff)
			}
		}
		if diff := cmp.Diff(one.Totals(begin, now), other.Totals(begin, now)); diff != "" {
			t.Fatalf("totals (-one +other):\n%s", diff)
		}
	})
}

// TestNothingTwice holds that a record is shown with its amount for one charge
// only, and stands for one charge unless that pays in parts.
func TestNothingTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyShop(t)
		o := s.match()
		amounts, standing := map[string]string{}, map[string]string{}
		for id := range s.want {
			seen := o.Charge(id)
			if s.shared[seen.RecordRef] {
				continue
			}
			if seen.RecordAmount != nil {
				once(t, amounts, seen.RecordRef, id)
			}
			if seen.Result == matched && !s.parts[id] {
				once(t, standing, seen.RecordRef, id)
			}
		}
	})
}

func once(t *rapid.T, taken map[string]string, ref, id string) {
	if other, twice := taken[ref]; twice {
		t.Fatalf("record %s stands for %s and %s", ref, other, id)
	}
	taken[ref] = id
}

// TestSumsAreConserved holds that every satang captured lies in one result, and
// that Totals count what is matched.
func TestSumsAreConserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyShop(t)
		o := s.match()
		byResult, captured := map[ledger.Result]int64{}, int64(0)
		for _, c := range s.charges {
			if c.Currency == "THB" {
				byResult[o.Charge(c.ID).Result] += c.Captured()
				captured += c.Captured()
			}
		}
		sum := int64(0)
		for _, result := range []ledger.Result{matched, inBreak, notNeeded, expected, notCompared} {
			sum += byResult[result]
		}
		if sum != captured {
			t.Fatalf("%d captured, the results hold %d: %v", captured, sum, byResult)
		}
		if got := totalOf(o, "matched"); got != byResult[matched] {
			t.Fatalf("totals say %d matched, the charges %d", got, byResult[matched])
		}
	})
}

func totalOf(o *match.Outcome, measure string) int64 {
	for _, total := range o.Totals(begin-90*day, now+1) {
		if total.Measure == measure && total.Currency == "THB" {
			return total.Amount
		}
	}
	return 0
}

// TestEveryPlay tells each story alone, so that one that no longer works is
// named by itself, and holds that there is one for every kind of break.
func TestEveryPlay(t *testing.T) {
	kinds := map[ledger.BreakKind]bool{}
	for name, tell := range plays() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				s := newShop(r)
				s.book(play{ref: "opening", from: "shop", when: begin + day}, 1, says(ledger.RecordPending))
				tell(s, s.newPlay())
				o := s.match()
				if diff := cmp.Diff(sorted(s.planted), sorted(found(o)), cmpopts.EquateEmpty()); diff != "" {
					r.Fatalf("breaks (-planted +found):\n%s", diff)
				}
				for _, b := range o.Breaks() {
					kinds[b.Kind] = true
				}
			})
		})
	}
	for _, kind := range ledger.BreakKinds() {
		if !kinds[kind] {
			t.Errorf("no play makes a %s", kind)
		}
	}
}
