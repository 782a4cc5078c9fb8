package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"reconcile/internal/ledger"
)

type (
	chargeEdit  = func(*ledger.Charge)
	disputeEdit = func(*ledger.Dispute)
)

func TestPeriodCharges(t *testing.T) {
	from, to := at("2026-11-20 00:00:00"), at("2026-11-21 00:00:00")
	created := func(at ledger.Instant, paid *ledger.Instant) chargeEdit {
		return func(c *ledger.Charge) { c.CreatedAt, c.PaidAt = at, paid }
	}
	var batch ledger.Batch
	for id, edit := range map[string]chargeEdit{
		"out created before":                created(from-1, nil),
		"in created at midnight":            created(from, nil),
		"in created in the last second":     created(to-1, nil),
		"out created at the next midnight":  created(to, nil),
		"in paid at midnight":               created(from-9999, new(from)),
		"in paid in the last second":        created(from-9999, new(to-1)),
		"out paid before":                   created(from-9999, new(from-1)),
		"out paid at the next midnight":     created(from-9999, new(to)),
		"in created in it, paid after it":   created(from+5, new(to+5)),
		"in created before, by local clock": created(at("2026-11-20 06:59:59"), nil), // still the 19th in UTC
	} {
		batch.Charges = append(batch.Charges, charge(id, edit))
	}
	batch.Charges = append(batch.Charges, charge("out of the scope", func(c *ledger.Charge) { c.Account = "other" }))
	l := open(t)
	run := begin(t, l)
	save(t, l, run.ID, batch)
	n := 0
	last := ledger.DisputedCharge{}
	for _, c := range all(snapshot(t, l, run.ID, 0).PeriodCharges(t.Context())) {
		n++
		if !strings.HasPrefix(c.ID, "in ") {
			t.Errorf("listed: %s", c.ID)
		}
		if c.CreatedAt < last.CreatedAt || (c.CreatedAt == last.CreatedAt && c.ID < last.ID) {
			t.Errorf("%s after %s", c.ID, last.ID)
		}
		last = c
	}
	if n != 6 {
		t.Errorf("%d charges, want 6", n)
	}
}

func TestPeriodChargesOfSeveralAccounts(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	save(t, l, run.ID, ledger.Batch{Charges: []ledger.Charge{charge("b"), charge("a"), charge("A")}})
	save(t, l, run.ID, ledger.Batch{Charges: []ledger.Charge{
		charge("a", func(c *ledger.Charge) { c.Account = "tokyo" }),
		charge("z", func(c *ledger.Charge) { c.Account, c.CreatedAt, c.PaidAt = "tokyo", at("2026-11-20 00:30:00"), nil }),
		charge("y", func(c *ledger.Charge) { c.Account, c.CreatedAt, c.PaidAt = "tokyo", at("2026-11-19 22:30:00"), nil }),
	}})
	// The same business date begins two hours earlier in Tokyo.
	tokyo := scope(func(s *ledger.Scope) { s.Account, s.From, s.To = "tokyo", s.From-7200, s.To-7200 })
	got := ""
	for _, c := range all(snapshot(t, l, run.ID, 0, scope(), tokyo).PeriodCharges(t.Context())) {
		got += c.Account + ":" + c.ID + " "
	}
	if want := "tokyo:y tokyo:z main:A main:a tokyo:a main:b "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestPeriodChargesSayIfDisputed(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	made := func(at ledger.Instant, status string) disputeEdit {
		return func(d *ledger.Dispute) { d.CreatedAt, d.Status = at, status }
	}
	save(t, l, run.ID, ledger.Batch{
		Charges: []ledger.Charge{
			charge("1 none"), charge("2 embedded", func(c *ledger.Charge) { c.DisputeStatus = "open" }),
			charge("3 listed", func(c *ledger.Charge) { c.DisputeStatus = "open" }), charge("4 newest"), charge("5 tie"),
		},
		Disputes: []ledger.Dispute{
			dispute("d1", "3 listed", made(5, "won")),
			dispute("d3", "4 newest", made(5, "lost")), dispute("d2", "4 newest", made(6, "pending")),
			dispute("d5", "5 tie", made(5, "closed")), dispute("d4", "5 tie", made(5, "open")),
			dispute("d6", "6 unknown"),
		},
	})
	got := ""
	for _, c := range all(snapshot(t, l, run.ID, 0).PeriodCharges(t.Context())) {
		got += fmt.Sprintf("%s=%s, ", c.ID, c.Disputed)
	}
	if want := "1 none=, 2 embedded=open, 3 listed=won, 4 newest=pending, 5 tie=closed, "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestPeriodRefunds(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	from, to := at("2026-11-20 00:00:00"), at("2026-11-21 00:00:00")
	made := func(id, of string, at ledger.Instant) ledger.Refund {
		return refund(id, of, func(r *ledger.Refund) { r.CreatedAt = at })
	}
	save(t, l, run.ID, ledger.Batch{
		Charges: []ledger.Charge{charge("c1"), charge("c2", func(c *ledger.Charge) { c.CreatedAt, c.PaidAt = 5, nil })},
		Refunds: []ledger.Refund{
			made("before", "c1", from-1), made("r1", "c1", from), made("r3", "c1", from+9), made("r2", "c1", from+9), made("after", "c1", to),
			made("r4", "c2", to-1), made("r5", "unknown", from+3), made("r6", "unknown", from+2),
		},
	})
	got := ""
	for _, r := range all(snapshot(t, l, run.ID, 0).PeriodRefunds(t.Context())) {
		of := "nil"
		if r.Of != nil {
			of = r.Of.ID
		}
		got += fmt.Sprintf("%s:%s:%v ", r.ID, of, r.Last)
	}
	if want := "r1:c1:false r6:nil:false r5:nil:true r2:c1:false r3:c1:true r4:c2:true "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestListedDisputes(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	from, to := at("2026-11-20 00:00:00"), at("2026-11-21 00:00:00")
	made := func(id, status string, created ledger.Instant, closed *ledger.Instant) ledger.Dispute {
		return dispute(id, "c1", func(d *ledger.Dispute) { d.Status, d.CreatedAt, d.ClosedAt = status, created, closed })
	}
	disputes := []ledger.Dispute{
		made("01 in", "open", 1, nil), made("02 in", "pending", 2, nil), made("03 in", "a new word", 3, nil),
		made("04 out", "won", 4, nil), made("05 out", "lost", 5, nil), made("06 out", "closed", 6, nil),
		made("07 out", "lost", 7, new(from-1)), made("08 in", "lost", 8, new(from)), made("09 in", "won", 9, new(to-1)), made("10 out", "won", 10, new(to)),
		made("11 out", "won", from-1, nil), made("12 in", "won", from, nil), made("13 in", "closed", to-1, new(to+9)), made("14 out", "won", to, nil),
		made("15 in", "open", to, nil),
	}
	disputes[0].Charge = "unknown"
	save(t, l, run.ID, ledger.Batch{Charges: []ledger.Charge{charge("c1")}, Disputes: disputes})
	var want, got []string
	for _, d := range disputes {
		if strings.HasSuffix(d.ID, "in") {
			want = append(want, d.ID)
		}
	}
	for _, d := range all(snapshot(t, l, run.ID, 0).ListedDisputes(t.Context())) {
		got = append(got, d.ID)
		if (d.Of == nil) != (d.Charge == "unknown") {
			t.Errorf("%s: charge %v", d.ID, d.Of)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// nights plays three: what the first knew, what changed in the second, and a
// third that does not belong to the snapshot.
func nights(t testing.TB, l *ledger.Ledger, before, after []ledger.Charge) (baseline, run int64) {
	t.Helper()
	first := begin(t, l)
	save(t, l, first.ID, ledger.Batch{Charges: before})
	second := begin(t, l)
	save(t, l, second.ID, ledger.Batch{Charges: after})
	return first.ID, second.ID
}

func waiting(c *ledger.Charge) {
	c.Status, c.Paid, c.PaidAt, c.Authorized, c.CapturedAmount = "pending", false, nil, true, new(c.Amount)
}

func TestAuthorizations(t *testing.T) {
	from, to := at("2026-11-20 00:00:00"), at("2026-11-21 00:00:00")
	by := func(at ledger.Instant) chargeEdit {
		return func(c *ledger.Charge) { waiting(c); c.ExpiresAt = new(at) }
	}
	gone := func(status string, by, reversed ledger.Instant) chargeEdit {
		return func(c *ledger.Charge) {
			waiting(c)
			c.Status, c.ExpiresAt, c.Reversed = status, new(by), status == "reversed"
			if reversed != 0 {
				c.ReversedAt = new(reversed)
			}
		}
	}
	far := to + 90*86400
	for _, tc := range []struct {
		name          string
		before, after chargeEdit // after nil: as before
		want          string
	}{
		{"open", by(far), nil, "open"},
		{"open, long past", by(5), nil, "open"},
		{"open, automatic capture", func(c *ledger.Charge) { by(far)(c); c.Capture = true }, nil, "open"},
		{"open, capturable", func(c *ledger.Charge) { by(far)(c); c.Capturable = new(true) }, nil, "open"},
		{"not capturable", func(c *ledger.Charge) { by(far)(c); c.Capturable = new(false) }, nil, ""},
		{"not authorized", func(c *ledger.Charge) { by(far)(c); c.Authorized = false }, nil, ""},
		{"paid", func(c *ledger.Charge) { by(far)(c); c.Paid = true }, nil, ""},
		{"reversed, still pending", func(c *ledger.Charge) { by(far)(c); c.Reversed = true }, nil, ""},
		{"captured, with expired_at", func(c *ledger.Charge) { c.ExpiresAt, c.ExpiredAt = new(from+5), new(from+5) }, nil, ""},
		{"expired in the period", gone("expired", from, 0), nil, "lapsed"},
		{"expired in its last second", gone("expired", to-1, 0), nil, "lapsed"},
		{"expired before it", gone("expired", from-1, 0), nil, ""},
		{"expired at its end", gone("expired", to, 0), nil, ""},
		{"expired, never authorized", func(c *ledger.Charge) { gone("expired", from, 0)(c); c.Authorized = false }, nil, ""},
		{"expired, paid", func(c *ledger.Charge) { gone("expired", from, 0)(c); c.Paid = true }, nil, ""},
		{"failed in the period", gone("failed", from, 0), nil, ""},
		{"reversed, when unknown", gone("reversed", from+7200, 0), nil, "lapsed"},
		{"reversed an hour before", gone("reversed", from+7200, from+3600), nil, "lapsed"},
		{"reversed more than an hour before", gone("reversed", from+7200, from+3599), nil, ""},
		{"reversed after", gone("reversed", from+7200, far), nil, "lapsed"},
		{"lapsed since the baseline", by(from - 9*86400), gone("expired", from-9*86400, 0), "lapsed"},
		{"reversed since the baseline, late", by(to + 5), gone("reversed", to+5, to+5), "lapsed"},
		{"reversed since the baseline by the merchant", by(far), gone("reversed", far, from), ""},
		{"captured since the baseline", by(far), func(c *ledger.Charge) { c.ExpiresAt = new(far) }, ""},
		{"lapsed since the baseline, not open then", func(c *ledger.Charge) { by(5)(c); c.Capturable = new(false) }, gone("expired", 5, 0), ""},
		{"lapsed before the baseline, changed since", gone("expired", 5, 0), func(c *ledger.Charge) { gone("expired", 5, 0)(c); c.Description = "x" }, ""},
		{"new and lapsed long ago", nil, gone("expired", 5, 0), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			l := open(t)
			var before, after []ledger.Charge
			if tc.before != nil {
				before = append(before, charge("c", tc.before))
			}
			if tc.after != nil {
				after = append(after, charge("c", tc.after))
			}
			baseline, run := nights(t, l, before, after)
			got := ""
			for _, a := range all(snapshot(t, l, run, baseline).Authorizations(t.Context())) {
				got = map[bool]string{true: "lapsed", false: "open"}[a.Lapsed]
				if a.CaptureBy != *a.ExpiresAt {
					t.Errorf("capture by %d, expires at %d", a.CaptureBy, *a.ExpiresAt)
				}
			}
			if got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

// A second run on an account's first day has no baseline; what the first one
// knew as open and has lapsed since must not fall between them.
func TestAuthorizationsWithoutABaseline(t *testing.T) {
	l := open(t)
	_, run := nights(t, l, []ledger.Charge{charge("c", waiting)}, []ledger.Charge{charge("c", waiting, func(c *ledger.Charge) { c.Status, c.CreatedAt = "expired", 5 })})
	if got := all(snapshot(t, l, run, 0).Authorizations(t.Context())); len(got) != 1 || !got[0].Lapsed {
		t.Errorf("listed %v, want the one that lapsed", got)
	}
}

func TestAuthorizationsByTheCaptureWindow(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	save(t, l, run.ID, ledger.Batch{Charges: []ledger.Charge{
		charge("b", waiting, func(c *ledger.Charge) { c.CreatedAt = 1000 }),
		charge("c", waiting, func(c *ledger.Charge) { c.CreatedAt, c.ExpiresAt = 1000, new(ledger.Instant(1000+7*86400-1)) }),
		charge("a", waiting, func(c *ledger.Charge) { c.CreatedAt = 1000 }),
		// no expires_at: lapsed when the window ends in the period
		charge("d", waiting, func(c *ledger.Charge) { c.Status, c.CreatedAt = "expired", at("2026-11-13 12:00:00") }),
		charge("e", waiting, func(c *ledger.Charge) { c.Status, c.CreatedAt = "expired", at("2026-11-14 00:00:00") }),
	}})
	got := ""
	for _, a := range all(snapshot(t, l, run.ID, 0).Authorizations(t.Context())) {
		got += fmt.Sprintf("%s:%d:%v ", a.ID, a.CaptureBy, a.Lapsed)
	}
	if want := fmt.Sprintf("c:605799:false a:605800:false b:605800:false d:%d:true ", at("2026-11-20 12:00:00")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestUnpaidCharges(t *testing.T) {
	from, to, asOf := at("2026-11-20 00:00:00"), at("2026-11-21 00:00:00"), at("2026-11-21 03:00:00")
	unpaid := func(status string, expires ledger.Instant) chargeEdit {
		return func(c *ledger.Charge) {
			c.Status, c.Paid, c.PaidAt, c.Authorized = status, false, nil, false
			if expires != 0 {
				c.ExpiresAt = new(expires)
			}
		}
	}
	for _, tc := range []struct {
		name          string
		before, after chargeEdit
		want          bool
	}{
		{"soon", unpaid("pending", asOf+1), nil, true},
		{"within 48 hours", unpaid("pending", asOf+48*3600), nil, true},
		{"later", unpaid("pending", asOf+48*3600+1), nil, false},
		{"at as-of", unpaid("pending", asOf), nil, true},
		{"long overdue", unpaid("pending", 5), nil, true},
		{"no deadline", unpaid("pending", 0), nil, false},
		{"authorized", func(c *ledger.Charge) { unpaid("pending", asOf)(c); c.Authorized = true }, nil, false},
		{"expired in the period", unpaid("expired", from), nil, true},
		{"expired in its last second", unpaid("expired", to-1), nil, true},
		{"expired before", unpaid("expired", from-1), nil, false},
		{"expired after", unpaid("expired", to), nil, false},
		{"expired, authorized", func(c *ledger.Charge) { unpaid("expired", from)(c); c.Authorized = true }, nil, false},
		{"failed with expired_at", func(c *ledger.Charge) { unpaid("failed", from)(c); c.Expired, c.ExpiredAt = true, new(from) }, nil, false},
		{"successful with expired_at", func(c *ledger.Charge) { c.ExpiresAt, c.ExpiredAt = new(from), new(from) }, nil, false},
		{"expired since the baseline", unpaid("pending", 5), unpaid("expired", 5), true},
		{"expired since the baseline, no deadline", unpaid("pending", 0), unpaid("expired", 0), true},
		{"expired before the baseline, changed since", unpaid("expired", 5), func(c *ledger.Charge) { unpaid("expired", 5)(c); c.Description = "x" }, false},
		{"paid since the baseline", unpaid("pending", asOf), func(c *ledger.Charge) { c.ExpiresAt = new(asOf) }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			l := open(t)
			var after []ledger.Charge
			if tc.after != nil {
				after = append(after, charge("c", tc.after))
			}
			baseline, run := nights(t, l, []ledger.Charge{charge("c", tc.before)}, after)
			if got := all(snapshot(t, l, run, baseline).UnpaidCharges(t.Context())); (len(got) == 1) != tc.want {
				t.Errorf("listed: %v, want %v", got, tc.want)
			}
		})
	}
}

func TestExpiringCards(t *testing.T) {
	for _, tc := range []struct {
		today       string
		year, month int
		days        int // both horizons, just wide enough
		want        bool
	}{
		{"2026-11-21", 2026, 11, 9, true},
		{"2026-11-21", 2026, 11, 8, false},
		{"2026-11-30", 2026, 11, 0, true},
		{"2026-12-01", 2026, 11, 0, false},
		{"2026-12-01", 2026, 11, 1, true},
		{"2026-12-01", 2026, 12, 30, true},
		{"2026-12-01", 2026, 12, 29, false},
		{"2027-12-31", 2028, 2, 60, true},
		{"2027-12-31", 2028, 2, 59, false}, // 29 February
		{"2026-12-31", 2027, 2, 59, true},
		{"2026-12-31", 2027, 2, 58, false},
		{"2028-03-01", 2028, 2, 1, true},
		{"2028-03-01", 2028, 2, 0, false},
		{"2100-02-28", 2100, 2, 0, true}, // no leap year
	} {
		l := open(t)
		run := begin(t, l)
		save(t, l, run.ID, ledger.Batch{Customers: []ledger.Customer{customer("u")}, Cards: []ledger.Card{
			card("k", "u", func(k *ledger.Card) { k.ExpirationYear, k.ExpirationMonth = tc.year, tc.month }),
		}})
		s := snapshot(t, l, run.ID, 0, scope(func(s *ledger.Scope) { s.AsOfDay, s.ExpiryDays, s.ExpiredDays = tc.today, tc.days, tc.days }))
		if got := all(s.ExpiringCards(t.Context())); (len(got) == 1) != tc.want {
			t.Errorf("%+v: listed %v", tc, got)
		}
		long := must(s.CardsExpiredLongAgo(t.Context()))
		if past := tc.today > fmt.Sprintf("%04d-%02d-31", tc.year, tc.month); (long == 1) != (past && !tc.want) {
			t.Errorf("%+v: %d expired long ago", tc, long)
		}
	}
}

func TestExpiringCardsOfWhom(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	november := func(k *ledger.Card) { k.ExpirationYear, k.ExpirationMonth = 2026, 11 }
	save(t, l, run.ID, ledger.Batch{
		Customers: []ledger.Customer{
			customer("u2", func(c *ledger.Customer) { c.DefaultCard, c.Email = "k3", "u2@shop" }), customer("u1"),
			customer("gone", func(c *ledger.Customer) { c.Deleted = true }),
		},
		Cards: []ledger.Card{
			card("k4", "u2", november), card("k3", "u2", november), card("k5", "u1", november), card("k1", "u2"), // k1: December
			card("deleted", "u1", november, func(k *ledger.Card) { k.Deleted = true }),
			card("of the gone", "gone", november), card("of nobody", "nobody", november),
			card("no month", "u1", func(k *ledger.Card) { k.ExpirationYear, k.ExpirationMonth = 2026, 0 }),
		},
	})
	got := ""
	for _, k := range all(snapshot(t, l, run.ID, 0).ExpiringCards(t.Context())) {
		got += fmt.Sprintf("%s:%s:%s:%v ", k.Customer, k.ID, k.Email, k.Default)
	}
	if want := "u1:k5:u1@example.com:false u2:k3:u2@shop:true u2:k4:u2@shop:false u2:k1:u2@shop:false "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestReplacedBy(t *testing.T) {
	good := func(created ledger.Instant) func(*ledger.Card) {
		return func(k *ledger.Card) { k.ExpirationYear, k.ExpirationMonth, k.CreatedAt = 2029, 1, created }
	}
	november := func(k *ledger.Card) { k.ExpirationYear, k.ExpirationMonth = 2026, 11 }
	for name, tc := range map[string]struct {
		others []ledger.Card
		want   string
	}{
		"by none":                    {nil, ""},
		"by the newest":              {[]ledger.Card{card("k1", "u", good(5)), card("k2", "u", good(7)), card("k3", "u", good(6))}, "k2"},
		"ties by id":                 {[]ledger.Card{card("k3", "u", good(7)), card("k2", "u", good(7))}, "k2"},
		"older than itself":          {[]ledger.Card{card("a", "u", good(1))}, "a"},
		"not by a deleted one":       {[]ledger.Card{card("k1", "u", good(5), func(k *ledger.Card) { k.Deleted = true })}, ""},
		"not by another customer's":  {[]ledger.Card{card("k1", "v", good(5))}, ""},
		"not within the horizon":     {[]ledger.Card{card("k1", "u", func(k *ledger.Card) { k.ExpirationYear, k.ExpirationMonth = 2026, 12 })}, ""},
		"the month after it":         {[]ledger.Card{card("k1", "u", func(k *ledger.Card) { k.ExpirationYear, k.ExpirationMonth = 2027, 1 })}, "k1"},
		"not by one with no month":   {[]ledger.Card{card("k1", "u", func(k *ledger.Card) { k.ExpirationYear, k.ExpirationMonth = 2029, 0 })}, ""},
		"not by one expired already": {[]ledger.Card{card("k1", "u", func(k *ledger.Card) { k.ExpirationYear, k.ExpirationMonth = 2026, 10 })}, ""},
	} {
		l := open(t)
		run := begin(t, l)
		save(t, l, run.ID, ledger.Batch{Customers: []ledger.Customer{customer("u"), customer("v")}, Cards: append(tc.others, card("k", "u", november))})
		for _, k := range all(snapshot(t, l, run.ID, 0).ExpiringCards(t.Context())) {
			if k.ID == "k" && k.ReplacedBy != tc.want {
				t.Errorf("%s: replaced by %q, want %q", name, k.ReplacedBy, tc.want)
			}
		}
	}
	// 31 January is 71 days after 21 November: the end of the horizon itself does not outlive it.
	for days, want := range map[int]string{70: "k1", 71: ""} {
		l := open(t)
		run := begin(t, l)
		save(t, l, run.ID, ledger.Batch{Customers: []ledger.Customer{customer("u")}, Cards: []ledger.Card{
			card("k", "u", november), card("k1", "u", func(k *ledger.Card) { k.ExpirationYear, k.ExpirationMonth = 2027, 1 }),
		}})
		s := snapshot(t, l, run.ID, 0, scope(func(s *ledger.Scope) { s.ExpiryDays = days }))
		if got := all(s.ExpiringCards(t.Context()))[0].ReplacedBy; got != want {
			t.Errorf("horizon of %d days: replaced by %q, want %q", days, got, want)
		}
	}
}

func TestChargesOfACard(t *testing.T) {
	asOf := at("2026-11-21 03:00:00")
	paid := func(id string, created ledger.Instant, paid *ledger.Instant, edits ...chargeEdit) ledger.Charge {
		return charge(id, append([]chargeEdit{func(c *ledger.Charge) { c.Card, c.CreatedAt, c.PaidAt = "k", created, paid }}, edits...)...)
	}
	ago := asOf - 90*86400
	for name, tc := range map[string]struct {
		charges []ledger.Charge
		last    *ledger.Instant
		count   int
	}{
		"none":                       {nil, nil, 0},
		"exactly 90 days ago":        {[]ledger.Charge{paid("c", 1, new(ago))}, new(ago), 0},
		"a second less":              {[]ledger.Charge{paid("c", 1, new(ago+1))}, new(ago + 1), 1},
		"at as-of":                   {[]ledger.Charge{paid("c", 1, new(asOf))}, new(asOf), 1},
		"after as-of":                {[]ledger.Charge{paid("c", 1, new(asOf+1))}, new(asOf + 1), 0},
		"paid_at and not created_at": {[]ledger.Charge{paid("c", asOf-5, new(ago-5))}, new(ago - 5), 0},
		"without paid_at":            {[]ledger.Charge{paid("c", asOf-5, nil)}, new(asOf - 5), 1},
		"several":                    {[]ledger.Charge{paid("a", 1, new(asOf-9)), paid("b", 1, new(asOf-3)), paid("c", 1, new(ago-1))}, new(asOf - 3), 2},
		"not successful":             {[]ledger.Charge{paid("c", 1, new(asOf-9), func(c *ledger.Charge) { c.Status = "failed" })}, nil, 0},
		"another card":               {[]ledger.Charge{paid("c", 1, new(asOf-9), func(c *ledger.Charge) { c.Card = "k2" })}, nil, 0},
		"another account":            {[]ledger.Charge{paid("c", 1, new(asOf-9), func(c *ledger.Charge) { c.Account = "other" })}, nil, 0},
	} {
		l := open(t)
		run := begin(t, l)
		save(t, l, run.ID, ledger.Batch{Charges: tc.charges, Customers: []ledger.Customer{customer("u")}, Cards: []ledger.Card{card("k", "u")}})
		got := all(snapshot(t, l, run.ID, 0).ExpiringCards(t.Context()))[0]
		if diff := cmp.Diff(tc.last, got.LastChargedAt); diff != "" || got.Charges90d != tc.count {
			t.Errorf("%s: %d charges, want %d; last (-want +got):\n%s", name, got.Charges90d, tc.count, diff)
		}
	}
}

func totals(t testing.TB, s *ledger.Snapshot) map[string]string {
	t.Helper()
	found := map[string]string{}
	last := ""
	for _, total := range all(s.Totals(t.Context())) {
		key := total.Account + " " + string(total.Currency)
		if key < last {
			t.Errorf("%s after %s", key, last)
		}
		last = key
		key += " " + total.Measure
		if _, twice := found[key]; twice {
			t.Errorf("%s comes twice", key)
		}
		found[key] = fmt.Sprintf("%d %d", total.Count, total.Amount)
	}
	return found
}

func TestTotals(t *testing.T) {
	from, to := at("2026-11-20 00:00:00"), at("2026-11-21 00:00:00")
	paid := func(at ledger.Instant) chargeEdit {
		return func(c *ledger.Charge) { c.PaidAt, c.CreatedAt = new(at), from-5 }
	}
	state := func(status string, created ledger.Instant) chargeEdit {
		return func(c *ledger.Charge) {
			c.Status, c.CreatedAt, c.Paid, c.PaidAt, c.Authorized = status, created, false, nil, false
			c.CapturedAmount = new(c.Amount) // Omise fills it on charges that were never paid
		}
	}
	with := func(edits ...any) []ledger.Charge {
		c := func(c *ledger.Charge) {
			for _, e := range edits {
				e.(chargeEdit)(c)
			}
		}
		return []ledger.Charge{charge("c", c)}
	}
	flip := func(f chargeEdit) chargeEdit { return f }
	for name, tc := range map[string]struct {
		batch ledger.Batch
		want  string
	}{
		"paid in its first second":  {ledger.Batch{Charges: with(paid(from))}, "captured 1 10000"},
		"paid in its last second":   {ledger.Batch{Charges: with(paid(to - 1))}, "captured 1 10000"},
		"paid before":               {ledger.Batch{Charges: with(paid(from - 1))}, ""},
		"paid after":                {ledger.Batch{Charges: with(paid(to))}, ""},
		"captured in part":          {ledger.Batch{Charges: with(paid(from), flip(func(c *ledger.Charge) { c.CapturedAmount = new(int64(3000)) }))}, "captured 1 3000"},
		"paid, when unknown":        {ledger.Batch{Charges: with(flip(func(c *ledger.Charge) { c.PaidAt = nil }))}, "captured 1 10000, charges 1 10000, successful 1 10000"},
		"created, paid later":       {ledger.Batch{Charges: with(flip(func(c *ledger.Charge) { c.PaidAt = new(to) }))}, "charges 1 10000, successful 1 10000"},
		"failed":                    {ledger.Batch{Charges: with(state("failed", to-1))}, "charges 1 10000, failed 1 10000"},
		"pending":                   {ledger.Batch{Charges: with(state("pending", from))}, "charges 1 10000, pending 1 10000"},
		"pending before":            {ledger.Batch{Charges: with(state("pending", from-1))}, ""},
		"expired in it":             {ledger.Batch{Charges: with(state("expired", 5), flip(func(c *ledger.Charge) { c.ExpiresAt, c.ExpiredAt = new(from), new(to) }))}, "expired 1 10000"},
		"expired after it":          {ledger.Batch{Charges: with(state("expired", 5), flip(func(c *ledger.Charge) { c.ExpiresAt, c.ExpiredAt = new(to), new(from) }))}, ""},
		"captured, with expired_at": {ledger.Batch{Charges: with(paid(5), flip(func(c *ledger.Charge) { c.ExpiresAt, c.ExpiredAt = new(from), new(from) }))}, ""},
		"reversed in it":            {ledger.Batch{Charges: with(state("reversed", 5), flip(func(c *ledger.Charge) { c.ReversedAt = new(to - 1) }))}, "reversed 1 10000"},
		"reversed before it":        {ledger.Batch{Charges: with(state("reversed", 5), flip(func(c *ledger.Charge) { c.ReversedAt = new(from - 1) }))}, ""},
		"an authorisation, ever":    {ledger.Batch{Charges: with(state("pending", 5), flip(func(c *ledger.Charge) { c.Authorized, c.AuthorizedAmount = true, new(int64(1)) }))}, "authorized_open 1 10000"},
		"a word nobody knows":       {ledger.Batch{Charges: with(state("frozen", from))}, "charges 1 10000"},
		"a refund":                  {ledger.Batch{Refunds: []ledger.Refund{refund("r", "x")}}, "refunded 1 1000"},
		"a void":                    {ledger.Batch{Refunds: []ledger.Refund{refund("r", "x", func(r *ledger.Refund) { r.Voided = true })}}, "refunded 1 1000, voided 1 1000"},
		"a refund of old versions":  {ledger.Batch{Refunds: []ledger.Refund{refund("r", "x", func(r *ledger.Refund) { r.Status = "" })}}, "refunded 1 1000"},
		"a refund not closed":       {ledger.Batch{Refunds: []ledger.Refund{refund("r", "x", func(r *ledger.Refund) { r.Status = "pending" })}}, ""},
		"a refund before":           {ledger.Batch{Refunds: []ledger.Refund{refund("r", "x", func(r *ledger.Refund) { r.CreatedAt = from - 1 })}}, ""},
		"a refund at the end":       {ledger.Batch{Refunds: []ledger.Refund{refund("r", "x", func(r *ledger.Refund) { r.CreatedAt = to })}}, ""},
		"a dispute, ever":           {ledger.Batch{Disputes: []ledger.Dispute{dispute("d", "x", func(d *ledger.Dispute) { d.CreatedAt = 5 })}}, "disputed_open 1 10000"},
		"a dispute lost":            {ledger.Batch{Disputes: []ledger.Dispute{dispute("d", "x", func(d *ledger.Dispute) { d.Status, d.ClosedAt = "lost", new(from) })}}, "dispute_lost 1 10000"},
		"a dispute won":             {ledger.Batch{Disputes: []ledger.Dispute{dispute("d", "x", func(d *ledger.Dispute) { d.Status, d.ClosedAt = "won", new(from) })}}, ""},
		"a dispute lost before":     {ledger.Batch{Disputes: []ledger.Dispute{dispute("d", "x", func(d *ledger.Dispute) { d.Status, d.ClosedAt = "lost", new(from-1) })}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t)
			run := begin(t, l)
			save(t, l, run.ID, tc.batch)
			want := map[string]string{}
			for _, part := range strings.Split(tc.want, ", ") {
				if measure, numbers, ok := strings.Cut(part, " "); ok {
					want["main THB "+measure] = numbers
				}
			}
			if diff := cmp.Diff(want, totals(t, snapshot(t, l, run.ID, 0))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The contract: a charge with a status that no document knows counts in
// charges alone, whatever its flags say.
func TestAnUnknownStatusCountsInChargesAlone(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	save(t, l, run.ID, ledger.Batch{Charges: []ledger.Charge{charge("c", func(c *ledger.Charge) {
		c.Status, c.Reversed, c.ReversedAt, c.ExpiresAt = "frozen", true, new(at("2026-11-20 10:00:00")), new(at("2026-11-20 10:00:00"))
	})}})
	if diff := cmp.Diff(map[string]string{"main THB charges": "1 10000"}, totals(t, snapshot(t, l, run.ID, 0))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEveryCurrencyIsListed(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	long := func(c *ledger.Charge) { c.CreatedAt, c.PaidAt = 5, new(ledger.Instant(5)) }
	save(t, l, run.ID, ledger.Batch{
		Charges: []ledger.Charge{charge("c1", long, func(c *ledger.Charge) { c.Currency = "USD" }), charge("c2", long)},
		Refunds: []ledger.Refund{refund("r", "x", func(r *ledger.Refund) { r.Currency, r.CreatedAt = "SGD", 5 })},
		Disputes: []ledger.Dispute{
			dispute("d", "x", func(d *ledger.Dispute) { d.Currency, d.Status = "JPY", "won" }),
			dispute("e", "x", func(d *ledger.Dispute) { d.Account, d.Currency = "other", "EUR" }),
			dispute("f", "x", func(d *ledger.Dispute) { d.Account, d.Currency = "a", "THB" }),
		},
	})
	s := snapshot(t, l, run.ID, 0, scope(), scope(func(s *ledger.Scope) { s.Account = "a" }))
	want := []ledger.AccountCurrency{{Account: "a", Currency: "THB"}, {Account: "main", Currency: "JPY"}, {Account: "main", Currency: "SGD"}, {Account: "main", Currency: "THB"}, {Account: "main", Currency: "USD"}}
	if diff := cmp.Diff(want, all(s.Currencies(t.Context()))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOddWords(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	batch := ledger.Batch{}
	for _, status := range []string{"pending", "successful", "failed", "expired", "reversed", "frozen", ""} {
		batch.Charges = append(batch.Charges, charge("c-"+status, func(c *ledger.Charge) { c.Status = status }))
	}
	for _, status := range []string{"", "closed", "pending", "odd"} {
		batch.Refunds = append(batch.Refunds, refund("r-"+status, "x", func(r *ledger.Refund) { r.Status = status }))
	}
	batch.Charges = append(batch.Charges, charge("late", func(c *ledger.Charge) { c.Status, c.CreatedAt = "frozen", at("2026-11-21 00:00:00") }))
	batch.Refunds = append(batch.Refunds, refund("early", "x", func(r *ledger.Refund) { r.Status, r.CreatedAt = "odd", at("2026-11-19 23:59:59") }))
	save(t, l, run.ID, batch)
	want := []ledger.OddWord{
		{Object: ledger.ChargeObject, Account: "main", ID: "c-"},
		{Object: ledger.ChargeObject, Account: "main", ID: "c-frozen", Status: "frozen"},
		{Object: ledger.RefundObject, Account: "main", ID: "r-odd", Status: "odd"},
		{Object: ledger.RefundObject, Account: "main", ID: "r-pending", Status: "pending"},
	}
	if diff := cmp.Diff(want, all(snapshot(t, l, run.ID, run.ID).OddWords(t.Context()))); diff != "" {
		t.Errorf("of the period (-want +got):\n%s", diff)
	}
	if n := len(all(snapshot(t, l, run.ID, 0).OddWords(t.Context()))); n != len(want)+2 {
		t.Errorf("%d with those new since the baseline, want %d", n, len(want)+2)
	}
}

func TestDisputeNamedByItsIDAlone(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	save(t, l, run.ID, ledger.Batch{
		Charges:  []ledger.Charge{charge("c", func(c *ledger.Charge) { c.Dispute, c.DisputeStatus = "d", "" })},
		Disputes: []ledger.Dispute{dispute("d", "c", func(d *ledger.Dispute) { d.Status = "open" })},
	})
	if got := all(snapshot(t, l, run.ID, 0).PeriodCharges(t.Context())); len(got) != 1 || got[0].DisputeStatus != "open" {
		t.Errorf("%+v: want the status that the dispute itself has", got)
	}
}

// Totals of consecutive periods add up to the total of the whole.
func TestTotalsAddUp(t *testing.T) {
	ledger.Fewer(t, "25")
	l := open(t)
	run := begin(t, l)
	n := 0
	moment := func(t *rapid.T, label string) ledger.Instant {
		return ledger.Instant(rapid.IntRange(0, 12).Draw(t, label))
	}
	maybe := func(t *rapid.T, label string) *ledger.Instant {
		if at := moment(t, label); at > 0 {
			return &at
		}
		return nil
	}
	word := func(t *rapid.T, words ...string) string { return rapid.SampledFrom(words).Draw(t, "status") }
	rapid.Check(t, func(r *rapid.T) {
		n++
		account := fmt.Sprint("a", n)
		var batch ledger.Batch
		for i := range rapid.IntRange(0, 6).Draw(r, "charges") {
			batch.Charges = append(batch.Charges, charge(fmt.Sprint(i), func(c *ledger.Charge) {
				c.Account, c.CreatedAt, c.PaidAt, c.ReversedAt, c.ExpiresAt = account, moment(r, "created"), maybe(r, "paid_at"), maybe(r, "reversed_at"), maybe(r, "expires_at")
				c.Status, c.Paid, c.Authorized = word(r, "pending", "successful", "failed", "expired", "reversed"), rapid.Bool().Draw(r, "paid"), rapid.Bool().Draw(r, "authorized")
				c.Amount = rapid.Int64Range(1, 100).Draw(r, "amount")
			}))
			batch.Refunds = append(batch.Refunds, refund(fmt.Sprint(i), "c", func(x *ledger.Refund) {
				x.Account, x.CreatedAt, x.Amount, x.Voided = account, moment(r, "refunded"), rapid.Int64Range(1, 100).Draw(r, "amount"), rapid.Bool().Draw(r, "voided")
			}))
			batch.Disputes = append(batch.Disputes, dispute(fmt.Sprint(i), "c", func(d *ledger.Dispute) {
				d.Account, d.CreatedAt, d.ClosedAt, d.Status = account, moment(r, "disputed"), maybe(r, "closed"), word(r, "won", "lost", "open")
			}))
		}
		save(t, l, run.ID, batch)
		middle := moment(r, "middle")
		sum := func(spans ...ledger.Span) map[string][2]int64 {
			found := map[string][2]int64{}
			for _, span := range spans {
				s := must(l.Snapshot(t.Context(), run.ID, 0, []ledger.Scope{scope(func(s *ledger.Scope) { s.Account, s.From, s.To = account, span.From, span.To })}))
				for _, total := range all(s.Totals(t.Context())) {
					if total.Measure == "authorized_open" || total.Measure == "disputed_open" {
						continue // stocks
					}
					was := found[total.Measure]
					found[total.Measure] = [2]int64{was[0] + total.Count, was[1] + total.Amount}
				}
				check(s.Close())
			}
			return found
		}
		whole, parts := sum(ledger.Span{From: 0, To: 13}), sum(ledger.Span{From: 0, To: middle}, ledger.Span{From: middle, To: 13})
		if diff := cmp.Diff(whole, parts); diff != "" {
			r.Fatalf("(-whole +parts):\n%s", diff)
		}
	})
}
