package sandbox

import (
	"fmt"
	"strconv"
	"time"
)

// customer makes the i-th of n customers, over the last 400 days.
func (s *seeder) customer(i, n int) {
	step := 400 * day / second(n)
	at := s.base - 400*day + step*second(i) + s.within(0, max(step, 1))
	who := people[(i*7+s.rng.IntN(3))%len(people)]
	c := &customer{id: s.id("cust", at), created: at, deletable: i%20 == 7}
	p := profile{
		metadata: "{}", description: who.name,
		email: fmt.Sprintf("%s.%d@example.com", who.mail, i+1),
	}
	if c.deletable {
		p.description += " (deletable)"
	}
	if s.chance(25) {
		p.metadata = fmt.Sprintf(`{"member":%d,"tier":%q}`, 1000+i, choose(s, []string{"gold", "silver", "ทอง"}))
	}
	c.profile = begun(at, p)
	s.wallet(c, cardsOf(i, n, s.rng.IntN(100)))
	s.st.customers.add(c)
	s.event(at, "customer.create", c, "")
}

// cardsOf says how many cards the i-th of n customers has: one in fifty, but at least one, has
// more than a page shows.
func cardsOf(i, n, roll int) int {
	switch {
	case i%50 == min(3, n-1):
		return 23
	case i%50 == 0, roll < 6:
		return 0
	case roll < 66:
		return 1
	}
	return 2 + roll%4
}

// wallet fills in n cards, the first with the customer, the others later; some were deleted or
// prolonged in place since.
func (s *seeder) wallet(c *customer, n int) {
	at := c.created
	for i := range n {
		k := s.newCard(c.id, at, s.base)
		c.cards = insertRow(c.cards, k)
		if i > 0 {
			s.event(at, "customer.update.card", c, "")
		}
		if s.chance(6) {
			changed := s.within(at, s.base)
			p := k.printed.at(at)
			p.year += 3
			k.printed.set(changed, p)
			s.event(changed, "card.update", k, "")
		}
		at = s.within(at, s.base)
	}
	if n > 0 {
		c.profile[0].fact.favourite = c.cards[0]
	}
	if n > 2 && n < 20 && s.chance(20) {
		gone := c.cards[0]
		c.drop(gone, s.within(gone.created+1, s.base))
		s.event(gone.deleted, "card.destroy", gone, "")
	}
}

// newCard makes a card whose expiry lies, seen from now, from long past to far ahead.
func (s *seeder) newCard(owner string, at, now second) *card {
	who := choose(s, people)
	roll := s.rng.IntN(100)
	ahead := 13 + s.rng.IntN(40)
	if owner != "" {
		ahead = expiryClass(roll, s.rng.IntN(12))
	}
	month := firstOfMonth(now, s.land).AddDate(0, ahead, 0)
	k := &card{
		id: s.id("card", at), created: at, customer: owner, imprint: s.imprint(), bank: choose(s, banks),
		country: choose(s, []string{"", "th", "jp", "us"}), financing: choose(s, []string{"", "credit", "debit"}),
	}
	if owner != "" {
		k.attached = at
	}
	k.printed = begun(at, printed{int(month.Month()), month.Year(), who.name, who.city, who.postal})
	return k
}

// imprint of a number that nobody ever typed.
func (s *seeder) imprint() imprint {
	number := strconv.FormatUint(s.rng.Uint64(), 10)
	return imprint{brand: choose(s, brands), last: lastFour(number), fingerprint: fingerprint(s.seed, number)}
}

// expiryClass gives months from the current one: 15 % past, 8 % this month, 15 % the next two.
func expiryClass(roll, spread int) int {
	switch {
	case roll < 5:
		return -12 - spread
	case roll < 15:
		return -1 - spread/4
	case roll < 23:
		return 0
	case roll < 38:
		return 1 + spread%2
	}
	return 4 + spread*4
}

func firstOfMonth(at second, land *country) time.Time {
	t := at.time().In(land.zone)
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// keptCard finds a customer's card that was there at an instant; nil if a few tries find none.
func (s *seeder) keptCard(at second) (*card, string) {
	for range 4 {
		if len(s.st.customers.rows) == 0 {
			break
		}
		c := choose(s, s.st.customers.rows)
		if held := c.cardsAt(at); c.created <= at && len(held) > 0 {
			return choose(s, held), c.id
		}
	}
	return nil, ""
}
