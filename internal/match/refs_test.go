package match_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

// FuzzReferences holds for any two references and ids that a charge and a
// record meet exactly when their ids, or without one their references, are
// equal, and that nothing else comes of odd text.
func FuzzReferences(f *testing.F) {
	f.Add("7", "7", "chrg_a", "chrg_a")
	f.Add(" 000123\u00a0", "000123", "chrg_a", "")
	f.Add("คำสั่งซื้อ-1", "คำสั่งซื้อ-1", "chrg_a", "trxn_a")
	f.Add("Café", "Cafe\u0301", "chrg_a", "chrg_b")
	f.Add("", "", "", "")
	f.Add("\xff", "\xff", "a\nb", "a")
	f.Fuzz(func(t *testing.T, charged, booked, charge, named string) {
		b := newBooks()
		b.charge("", charged, 100, func(c *ledger.Charge) { c.ID, c.Transaction = charge, "trxn_a" }).record(booked, named, 100, of("shop"))
		b.record("opening", "", 1, says(ledger.RecordPending))
		seen := b.match().Charge(charge)
		same := func(a, b string) bool {
			form := func(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }
			return form(a) != "" && form(a) == form(b)
		}
		transaction := strings.HasPrefix(named, "trxn_")
		byID := named != "" && (named == charge || named == "trxn_a")
		byReference := same(charged, booked) && (named == "" || transaction && !byID)
		if meets := seen.Result == matched; charge != "" && meets != (byID || byReference) {
			t.Errorf("charge %q of order %q, record %q of order %q: %s", charge, charged, named, booked, seen.Result)
		}
	})
}

// TestTextsAreKept holds that the compact store gives back every id as it was,
// over the edges of its blocks.
func TestTextsAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.StringN(1, -1, 40), 1, 300, rapid.ID).Draw(t, "ids")
		m := match.New(newBooks().rules, rapid.IntRange(0, 500).Draw(t, "guess"), 0)
		for i, id := range ids {
			m.AddCharge(&ledger.Charge{ID: id, CreatedAt: begin + ledger.Instant(i), Status: ledger.StatusSuccessful, Paid: true, Currency: "THB"}, "")
		}
		m.AddRecord(&ledger.Record{Source: "shop", OrderRef: "opening", Status: ledger.RecordPending, CreatedAt: at(begin)})
		o := m.Match()
		got := map[string]bool{}
		for _, b := range o.Breaks() {
			got[b.Charge] = true
		}
		for _, id := range ids {
			if !got[id] || o.Charge(id).Result != inBreak {
				t.Fatalf("charge %q is lost", id)
			}
		}
		if len(got) != len(ids) {
			t.Fatalf("%d charges in, %d out", len(ids), len(got))
		}
	})
}
