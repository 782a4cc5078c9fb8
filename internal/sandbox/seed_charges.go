package sandbox

import "strconv"

// play is a story that a charge can tell.
type play int

const (
	paidByCard play = iota
	paidBySource
	failedCard
	failedSource
	unpaidSource
	waitingSource
	waitingCard
	capturedAll
	capturedPart
	reversed
	openFar
	openUrgent
	lapsed
	capturedLater
	refundedPart
	refundedFull
	refundedMany
	voidedToday
	refundedLate
	disputed
	paidTwice
)

// shares of a hundred charges, in the order of the plays.
var shares = []int{50, 12, 6, 1, 5, 2, 1, 4, 2, 2, 3, 1, 2, 1, 2, 1, 1, 1, 1, 1, 1}

// deck holds every play once, as far as n goes, then fills up by shares, shuffled.
func (s *seeder) deck(n int) []play {
	var hundred []play
	for p, share := range shares {
		for range share {
			hundred = append(hundred, play(p))
		}
	}
	deck := make([]play, n)
	for i := range deck {
		deck[i] = hundred[i%len(hundred)]
		if i < len(shares) {
			deck[i] = play(i)
		}
	}
	s.rng.Shuffle(n, func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
	return deck
}

// charge makes the i-th of n charges.
func (s *seeder) charge(p play, i, n int) {
	at := s.when(p, i, n)
	if p == paidTwice && s.again() {
		return
	}
	c := s.draft(at, byShare(p))
	switch p {
	case paidByCard:
		s.retry(c)
		s.pay(c)
	case paidBySource, paidTwice:
		s.pay(c)
	case failedCard, failedSource:
		c.fail(s.past(at+s.within(1, minute)), choose(s, failureCodes))
		s.declined = c
	case waitingCard:
		c.awaits = true
	case capturedAll, capturedPart, reversed, openFar, openUrgent, lapsed, capturedLater:
		s.authorize(c, p)
	case refundedPart, refundedFull, refundedMany, voidedToday, refundedLate:
		s.pay(c)
		s.giveBack(c, p)
	case disputed:
		s.pay(c)
		s.contest(c)
	}
	s.keep(c)
}

func byShare(p play) (source bool) {
	return p == paidBySource || p == failedSource || p == unpaidSource || p == waitingSource
}

// when spreads the charges over the days, now and then two in the same second, and moves those
// whose story needs a certain age.
func (s *seeder) when(p play, i, n int) second {
	step := (s.base - s.start) / second(max(n, 1))
	at := s.start + step*second(i) + s.within(0, max(step, 1))
	if i%40 == 39 && len(s.st.charges.rows) > 0 {
		at = s.st.charges.rows[len(s.st.charges.rows)-1].created
	}
	life := s.land.lifetime
	switch p {
	case waitingSource, waitingCard:
		at = s.base - s.within(minute, 50*minute)
	case openFar:
		at = s.base - s.within(hour, life/2)
	case openUrgent:
		at = s.base - life + s.within(hour, 2*day)
	case lapsed:
		at = min(at, s.base-life-s.within(hour, 20*day))
	case capturedLater:
		at = s.base - s.within(hour, 6*hour)
	case refundedLate:
		at = min(at, s.base-s.within(6*day, 30*day))
	}
	return max(at, s.start)
}

// keep adds a finished charge with its event.
func (s *seeder) keep(c *charge) {
	s.st.charges.add(c)
	if x := c.source; x != nil {
		x.charge, x.amount, x.currency, x.ip = c, c.amount, c.currency, c.ip
		s.st.sources.add(x)
	}
	s.event(c.created, "charge.create", c, c.id)
	if c.paidAt.reached(s.base) && c.source != nil {
		s.event(c.paidAt, "charge.complete", c, c.id)
	}
	if c.paidAt.reached(s.base) && !c.capture {
		s.event(c.paidAt, "charge.capture", c, c.id)
	}
	if c.reversedAt != 0 {
		s.event(c.reversedAt, "charge.reverse", c, c.id)
	}
}

func (s *seeder) draft(at second, bySource bool) *charge {
	c := &charge{
		created: at, funding: s.land.currency, currency: s.land.currency, land: s.land,
		capture: true, metadata: "{}", id: s.id("chrg", at), transaction: s.id("trxn", at),
		sparse: s.chance(5),
	}
	if !bySource && len(s.land.foreign) > 0 && s.chance(9) {
		c.currency = choose(s, s.land.foreign)
	}
	c.amount = s.price(c.currency)
	c.rate = rateOf(c.currency, c.funding, int64(s.rng.IntN(200))-100)
	if bySource {
		s.bySource(c)
	} else {
		s.byCard(c)
	}
	if s.chance(60) {
		c.ip = "203.0.113." + strconv.Itoa(1+s.rng.IntN(254))
	}
	s.order++
	s.describe(c, s.order)
	return c
}

func (s *seeder) bySource(c *charge) {
	kind := choose(s, s.land.methods)
	c.source = &source{id: s.id("src", c.created), created: c.created - s.within(0, 3), kind: kind}
	m := methodOf(kind)
	c.feeRate = m.feeRate
	c.expires = c.created + m.lifetime
	c.awaits = true
	c.returnURI = "https://shop.example.com/orders/complete"
	if kind == "installment_bay" {
		c.source.term = int64(choose(s, []int{3, 4, 6, 10}))
		c.interestRate = interestPerMonth * c.source.term
	}
}

func (s *seeder) byCard(c *charge) {
	c.feeRate = cardMethod.feeRate
	// Omise keeps fractions of seconds: some deadlines print one second short.
	c.expires = c.created + s.land.lifetime - second(s.rng.IntN(4)/3)
	if s.chance(30) {
		c.card, c.customer = s.keptCard(c.created)
	}
	if c.customer != "" && s.chance(8) {
		c.schedule = s.id("schd", c.created-30*day)
	}
	if c.card == nil {
		c.card = s.newCard("", c.created-s.within(0, 3), s.base)
	}
	if c.currency != c.funding && c.card.brand != visa && c.card.brand != masterCard {
		c.currency, c.rate = c.funding, rate{1, 1}
		c.amount = s.price(c.currency)
	}
	if s.chance(30) {
		c.awaits = true
		c.returnURI = "https://shop.example.com/orders/complete"
	}
}
