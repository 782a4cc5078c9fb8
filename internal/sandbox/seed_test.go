package sandbox

import (
	"slices"
	"testing"
	"time"
)

func TestSeedIsDeterministic(t *testing.T) {
	o := options()
	o.Charges, o.Customers = 150, 60
	a, b := newServer(t, o), newServer(t, o)
	for _, path := range []string{
		"/charges?limit=100", "/charges?limit=100&offset=100", "/refunds?limit=100",
		"/disputes", "/customers?limit=100", "/events?limit=100", "/account",
	} {
		if x, y := get(t, a, path), get(t, b, path); x.status != 200 || x.body != y.body {
			t.Errorf("%s: two servers of one seed differ", path)
		}
	}
	o.Seed++
	if get(t, newServer(t, o), "/charges").body == get(t, a, "/charges").body {
		t.Error("another seed gives the same charges")
	}
}

func TestScriptIsDeterministicAndResetUndoesIt(t *testing.T) {
	o := options()
	o.Charges, o.Customers = 40, 10
	s := newServer(t, o)
	before := get(t, s, "/charges?limit=100").body
	var after [2]string
	for i := range after {
		id, err := s.AddCharge(ChargeSpec{Amount: 5_000})
		must(t, err)
		s.Advance(time.Hour)
		_, err = s.Refund(id, 100)
		must(t, err)
		after[i] = get(t, s, "/charges?limit=100").body + get(t, s, "/refunds?limit=100").body
		must(t, s.Reset())
	}
	if after[0] != after[1] || get(t, s, "/charges?limit=100").body != before {
		t.Error("the same script after Reset gives other bytes")
	}
}

func TestSeedVariety(t *testing.T) {
	for _, country := range []string{"TH", "JP", "SG", "MY"} {
		t.Run(country, func(t *testing.T) {
			o := options()
			o.Charges, o.Customers, o.Country = 400, 60, country
			s := newServer(t, o)
			seen := map[string]int{}
			for _, c := range walk(t, s, "/charges") {
				noteVariety(t, seen, c)
			}
			for _, c := range walk(t, s, "/customers") {
				if cards := c["cards"].(map[string]any); cards["total"].(float64) == 23 && len(cards["data"].([]any)) == 20 {
					seen["wallet beyond a page"]++
				}
			}
			for _, want := range []string{
				statusPending, statusSuccessful, statusFailed, statusExpired, statusReversed,
				"open", "partial capture", "refunded", "voided", "several refunds", "sparse", "customer",
				"source", "wallet beyond a page", disputeOpen, disputePending, disputeWon, disputeLost,
			} {
				if seen[want] == 0 {
					t.Errorf("no seeded charge or customer is %s: %v", want, seen)
				}
			}
			if country == "TH" && seen["foreign"] == 0 {
				t.Error("no charge in a foreign currency")
			}
		})
	}
}

func noteVariety(t *testing.T, seen map[string]int, c map[string]any) {
	t.Helper()
	n := func(key string) int64 { f, _ := c[key].(float64); return int64(f) }
	note := func(what string, is bool) {
		if is {
			seen[what]++
		}
	}
	if n("net")+n("fee")+n("fee_vat")+n("interest")+n("interest_vat") != n("funding_amount") {
		t.Errorf("%v: the parts do not add up to the funding amount", c["id"])
	}
	if paid := c["paid"] == true; paid != (c["status"] == statusSuccessful) {
		t.Errorf("%v: paid %v, status %v", c["id"], paid, c["status"])
	}
	_, full := c["captured_amount"]
	if sum := refundSum(c); sum != n("refunded_amount") || full && sum > n("captured_amount") {
		t.Errorf("%v: refunds add up to %d, refunded %d", c["id"], sum, n("refunded_amount"))
	}
	if full && len(c) != 63 {
		t.Errorf("%v: %d keys, the recordings have 63", c["id"], len(c))
	}
	seen[c["status"].(string)]++
	note("sparse", !full)
	note("open", c["capturable"] == true)
	note("partial capture", full && c["paid"] == true && n("captured_amount") < n("amount"))
	note("refunded", n("refunded_amount") > 0)
	note("voided", c["voided"] == true)
	note("several refunds", len(rows(t, c["refunds"].(map[string]any))) > 1)
	note("customer", c["customer"] != nil)
	note("source", c["source"] != nil)
	note("foreign", c["currency"] != c["funding_currency"])
	if d, ok := c["dispute"].(map[string]any); ok {
		seen[d["status"].(string)]++
	}
}

func refundSum(c map[string]any) (sum int64) {
	for _, f := range c["refunds"].(map[string]any)["data"].([]any) {
		sum += int64(f.(map[string]any)["amount"].(float64))
	}
	return sum
}

func TestSeedInvariants(t *testing.T) {
	for n := range 12 {
		o := options()
		o.Seed, o.Charges, o.Customers = int64(n), n*n, n
		o.Days = 1 + n*8
		o.Country = []string{"TH", "JP", "SG", "MY"}[n%4]
		s := newServer(t, o)
		if got := s.Charges(); len(got) != n*n {
			t.Errorf("seed %d: %d of %d charges", n, len(got), n*n)
		}
		for _, c := range s.st.charges.rows {
			if c.created > s.base || c.created < s.base-second(o.Days)*day {
				t.Errorf("%s was created outside the days asked for", c.id)
			}
			if told := story(c); !slices.IsSorted(told) {
				t.Errorf("%s happened in this order: %v", c.id, told)
			}
			for _, f := range c.refunds {
				if f.created < c.paidAt || f.created > s.base {
					t.Errorf("%s was made before its payment or in the future", f.id)
				}
			}
		}
		for _, e := range s.st.events.rows {
			if e.created > s.base {
				t.Errorf("%s %s lies in the future", e.key, e.id)
			}
		}
		wide := 0
		for _, c := range s.Customers() {
			if len(c.Cards) == 23 {
				wide++
			}
		}
		if n > 0 && wide != 1 {
			t.Errorf("%d of %d customers have 23 cards", wide, n)
		}
	}
}

// story gives the instants of what became of a charge, in the order in which they have to come.
func story(c *charge) []second {
	all := []second{c.created, c.authorizedAt, c.paidAt}
	if c.dispute != nil {
		all = append(all, c.dispute.created, c.dispute.answered, c.dispute.closed)
	}
	return slices.DeleteFunc(all, func(at second) bool { return at == 0 })
}

func TestSizesOfWallets(t *testing.T) {
	var sizes []int
	for roll := range 100 {
		sizes = append(sizes, cardsOf(1, 100, roll))
	}
	slices.Sort(sizes)
	if got := slices.Compact(sizes); !slices.Equal(got, []int{0, 1, 2, 3, 4, 5}) {
		t.Errorf("customers have %v cards", got)
	}
}
