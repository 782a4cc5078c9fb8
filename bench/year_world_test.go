package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"

	"reconcile/internal/ledger"
)

// What happens in a day at the merchant of the year: 10,000 charges, a shop
// that takes cards, some of them captured later, and bills that are paid in
// cash. Nobody publishes such figures for Omise. These are assumptions, on the
// dear side for whoever reads by night: each of them leaves something to read.
const (
	chargesADay = 10_000

	authorised = 300 // cards that are captured later, within 7 days of a Thai authorisation
	bills      = 200 // bill payments and the like, open for days
	abandoned  = 600 // QR codes and bank pages that nobody finished: they expire in a day

	refunds   = 200 // 2 % of charges
	pendingOf = 20  // one refund in this many settles later
	voids     = 30
	disputes  = 5 // 0.05 %: card schemes warn a merchant at about ten times as much

	customersAtFirst = 20_000 // who keep a card
	newCustomers     = 20
	goneCustomers    = 10
	renewedCards     = 60 // the bank sent a new card: the expiry changes in place
	goneCards        = 20

	staffStatuses = 2 // what Omise's staff sets right by hand
	staffRefunds  = 1
	staffDisputes = 1
	metadata      = 20 // a shop that writes its order number late
)

const (
	hour = ledger.Instant(3600)
	day  = 24 * hour
	year = 365
)

// kind is what can happen to an object that was known before.
type kind string

// The kinds, those that the planner's rules reach first.
const (
	capturedWhole   kind = "captured days later"
	capturedPart    kind = "captured in part"
	reversed        kind = "reversed"
	lapsed          kind = "authorisation lapsed"
	paidLate        kind = "bill paid late"
	expired         kind = "unpaid, expired"
	refundMade      kind = "refund: its own row"
	refunded        kind = "refund: its charge"
	refundSettled   kind = "refund settled later"
	voided          kind = "void: its charge"
	disputed        kind = "dispute opened: its charge"
	decided         kind = "dispute decided"
	cardRenewed     kind = "card's expiry changed"
	cardGone        kind = "card deleted"
	customerGone    kind = "customer deleted"
	staffStatus     kind = "status set by staff"
	newMetadata     kind = "metadata"
	staffRefund     kind = "refund's status, silent"
	disputeOverturn kind = "decided dispute, silent"
)

// told are the kinds that some list, or the state of the object, tells of.
var told = []kind{
	capturedWhole, capturedPart, reversed, lapsed, paidLate, expired, refundMade, refunded, refundSettled,
	voided, disputed, decided, cardRenewed, cardGone, customerGone,
}

// silent are the kinds that nothing tells of: only the sweep finds them.
var silent = []kind{staffStatus, newMetadata, staffRefund, disputeOverturn}

// object is a row of a list at Omise that something happens to. All others are
// only counted.
type object struct {
	list   ledger.List
	id     string
	at     ledger.Instant // created
	open   bool           // it can still change by itself
	charge *object        // that a refund or a dispute names
}

// change is something that happened to an object that was there before.
type change struct {
	kind
	*object
}

// event is a change that is certain to come.
type event struct {
	change
	at ledger.Instant
}

// world is Omise as it is: when the rows of its lists were made, and the
// objects that are not at rest.
type world struct {
	dice *rand.Rand
	now  ledger.Instant
	rows map[ledger.List][]ledger.Instant // sorted

	later      []event
	bustle     bool            // some of the day's charges are not final at once
	moving     map[string]bool // charges that are open
	refunds    []*object
	disputes   []*object
	unread     map[string]*object // made or changed since the ledger last read them
	happened   []change           // since the night before, to what was known then
	knownUntil ledger.Instant
	shown      map[string]shown // where the world is that of a real API
}

func newWorld(seed uint64, start ledger.Instant) *world {
	w := &world{
		dice: rand.New(rand.NewPCG(seed, 0)), now: start,
		rows: map[ledger.List][]ledger.Instant{}, moving: map[string]bool{}, unread: map[string]*object{}, shown: map[string]shown{},
	}
	w.add(ledger.Customers, customersAtFirst, year*day)
	return w
}

// add makes n rows in the span that ends now.
func (w *world) add(list ledger.List, n int, span ledger.Instant) {
	for i := range n {
		w.rows[list] = append(w.rows[list], w.now-span+1+ledger.Instant(i)*span/ledger.Instant(n))
	}
}

// count is how many rows a window shows.
func (w *world) count(list ledger.List, span ledger.Span) int {
	rows := w.rows[list]
	first := sort.Search(len(rows), func(i int) bool { return rows[i] >= span.From })
	end := sort.Search(len(rows), func(i int) bool { return rows[i] > span.To })
	return max(0, end-first)
}

// pass lets a day go by and gives what happened to what was known before it.
func (w *world) pass() []change {
	w.happened, w.knownUntil = nil, w.now
	w.now += day
	w.add(ledger.Charges, chargesADay, day)
	if w.bustle {
		w.sell()
	}
	w.fallDue()
	w.giveBack()
	w.contest()
	w.keepCards()
	w.amend()
	slices.Sort(w.rows[ledger.Refunds])
	slices.Sort(w.rows[ledger.Disputes])
	return w.happened
}

// happen notes a change; what is younger than the night before is no change to
// anyone, only a row that is read for the first time.
func (w *world) happen(k kind, o *object) {
	w.unread[o.id] = o
	known := o.at
	if k == refundMade {
		known = o.charge.at
	}
	if known <= w.knownUntil {
		w.happened = append(w.happened, change{k, o})
	}
}

// sell draws what becomes of the day's charges that are not final at once.
func (w *world) sell() {
	today := w.dice.Perm(chargesADay)
	for i, n := range today[:authorised+bills+abandoned] {
		o := w.charge(len(w.rows[ledger.Charges]) - chargesADay + n)
		o.open, w.moving[o.id], w.unread[o.id] = true, true, o
		switch {
		case i < authorised:
			w.authorise(o)
		case i < authorised+bills:
			w.bill(o)
		default:
			w.expect(expired, o, day)
		}
	}
}

// authorise: most are captured when the goods leave, in the first days.
func (w *world) authorise(o *object) {
	switch dice := w.dice.IntN(100); {
	case dice < 84:
		w.expect(capturedWhole, o, w.between(hour, 5*day))
	case dice < 90:
		w.expect(capturedPart, o, w.between(hour, 6*day))
	case dice < 96:
		w.expect(reversed, o, w.between(hour, 6*day))
	default:
		w.expect(lapsed, o, 7*day)
	}
}

func (w *world) bill(o *object) {
	if w.dice.IntN(100) < 75 {
		w.expect(paidLate, o, w.between(hour, 3*day))
		return
	}
	w.expect(expired, o, 3*day)
}

func (w *world) expect(k kind, o *object, in ledger.Instant) {
	w.later = append(w.later, event{change{k, o}, o.at + in})
}

// fallDue lets happen what was to come by now.
func (w *world) fallDue() {
	var left []event
	for _, e := range w.later {
		if e.at > w.now {
			left = append(left, e)
			continue
		}
		e.open = false
		delete(w.moving, e.id)
		w.happen(e.kind, e.object)
	}
	w.later = left
}

// giveBack refunds: most within weeks of the sale, one in four at any age up to
// 364 days.
func (w *world) giveBack() {
	for i := range refunds {
		age := w.between(0, 14*day)
		if i%4 == 1 {
			age = w.between(0, 364*day)
		}
		w.refund(refunded, w.chargeOfAge(age), i%pendingOf == 0)
	}
	for range voids {
		w.refund(voided, w.chargeOfAge(w.between(0, 2*day)), false)
	}
}

func (w *world) refund(k kind, charge *object, pending bool) {
	r := &object{list: ledger.Refunds, id: fmt.Sprintf("rfnd_%d", len(w.refunds)), charge: charge, open: pending}
	r.at = w.after(charge.at)
	w.refunds = append(w.refunds, r)
	w.rows[ledger.Refunds] = append(w.rows[ledger.Refunds], r.at)
	w.happen(refundMade, r)
	w.happen(k, charge)
	if pending {
		w.expect(refundSettled, r, w.between(day, 7*day))
	}
}

// contest: a chargeback comes weeks after the sale and is decided weeks later.
func (w *world) contest() {
	for range disputes {
		charge := w.chargeOfAge(w.between(5*day, 120*day))
		d := &object{list: ledger.Disputes, id: fmt.Sprintf("dspt_%d", len(w.disputes)), charge: charge, open: true}
		d.at = w.after(charge.at)
		w.disputes = append(w.disputes, d)
		w.rows[ledger.Disputes] = append(w.rows[ledger.Disputes], d.at)
		w.unread[d.id] = d
		w.happen(disputed, charge)
		w.expect(decided, d, w.between(15*day, 75*day))
	}
}

func (w *world) keepCards() {
	for range renewedCards {
		w.happen(cardRenewed, w.customer(w.someCustomer()))
	}
	for range goneCards {
		w.happen(cardGone, w.customer(w.someCustomer()))
	}
	for range goneCustomers {
		n := w.someCustomer()
		w.happen(customerGone, w.customer(n))
		w.rows[ledger.Customers] = slices.Delete(w.rows[ledger.Customers], n, n+1)
	}
	w.add(ledger.Customers, newCustomers, day)
}

func (w *world) someCustomer() int { return w.dice.IntN(len(w.rows[ledger.Customers])) }

func (w *world) customer(n int) *object {
	at := w.rows[ledger.Customers][n]
	return &object{list: ledger.Customers, id: fmt.Sprintf("cust_%d", at), at: at}
}

// amend changes what looks final, at any age.
func (w *world) amend() {
	for range staffStatuses {
		w.happen(staffStatus, w.chargeOfAge(w.between(0, 364*day)))
	}
	for range metadata {
		w.happen(newMetadata, w.chargeOfAge(w.between(0, 364*day)))
	}
	for range staffRefunds {
		w.happenToFinal(staffRefund, w.refunds)
	}
	for range staffDisputes {
		w.happenToFinal(disputeOverturn, w.disputes)
	}
}

// happenToFinal changes one of the final refunds or disputes of the last year.
func (w *world) happenToFinal(k kind, all []*object) {
	young := all[sort.Search(len(all), func(i int) bool { return all[i].at >= w.now-364*day }):]
	for range len(young) {
		if o := young[w.dice.IntN(len(young))]; !o.open {
			w.happen(k, o)
			return
		}
	}
}

// charge gives the n-th charge of all, at rest.
func (w *world) charge(n int) *object {
	return &object{list: ledger.Charges, id: fmt.Sprintf("chrg_%d", n), at: w.rows[ledger.Charges][n]}
}

// chargeOfAge gives a charge at rest that was made so long ago, or the first one.
func (w *world) chargeOfAge(age ledger.Instant) *object {
	rows := w.rows[ledger.Charges]
	n := sort.Search(len(rows), func(i int) bool { return rows[i] >= w.now-age })
	o := w.charge(min(n, len(rows)-1))
	for n = min(n, len(rows)-1); w.moving[o.id] && n > 0; n-- {
		o = w.charge(n - 1)
	}
	return o
}

func (w *world) between(low, high ledger.Instant) ledger.Instant {
	return low + ledger.Instant(w.dice.Int64N(int64(high-low)))
}

// after is a moment of the day that ends now, not before at.
func (w *world) after(at ledger.Instant) ledger.Instant {
	return w.between(max(at, w.now-day+1), w.now+1)
}
