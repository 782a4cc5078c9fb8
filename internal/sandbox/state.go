package sandbox

// state is everything an account holds, each list sorted by creation and id.
type state struct {
	live     bool
	upgraded second // when the account's own version became 2019-05-29
	account         // as the merchant set it up

	charges   shelf[*charge]
	refunds   shelf[*refund]
	disputes  shelf[*dispute]
	customers shelf[*customer] // its rows without deleted ones, all others with them
	events    shelf[*event]

	sources    shelf[*source]
	tokens     shelf[*token]
	links      shelf[*link]
	transfers  shelf[*transfer]
	recipients shelf[*recipient]

	chargeEvents map[string][]*event // by the charge that they are about
}

func newState(live bool, now second) *state {
	return &state{
		live:         live,
		upgraded:     now - 45*day,
		charges:      newShelf[*charge]("charge"),
		refunds:      newShelf[*refund]("refund"),
		disputes:     newShelf[*dispute]("dispute"),
		customers:    newShelf[*customer]("customer"),
		events:       newShelf[*event]("event"),
		sources:      newShelf[*source]("source"),
		tokens:       newShelf[*token]("token"),
		links:        newShelf[*link]("link"),
		transfers:    newShelf[*transfer]("transfer"),
		recipients:   newShelf("recipient", defaultRecipient(live, now)),
		chargeEvents: map[string][]*event{},
	}
}

// sort is for after seeding, which adds in no order.
func (st *state) sort() {
	st.charges.sort()
	st.refunds.sort()
	st.disputes.sort()
	st.customers.sort()
	st.sources.sort()
	st.events.sort()
	for _, e := range st.events.rows {
		st.fileEvent(e)
	}
}

func (st *state) putEvent(e *event) {
	st.events.put(e)
	st.fileEvent(e)
}

// fileEvent puts an event into the list of its charge.
func (st *state) fileEvent(e *event) {
	if e.charge != "" {
		st.chargeEvents[e.charge] = insertRow(st.chargeEvents[e.charge], e)
	}
}

func (s *Server) id(kind string, at second) string {
	return s.ids.next(kind, s.opt.Livemode, at)
}

func (c *customer) cardNow(id string, now second) (*card, error) {
	return findRow("card", c.cardsAt(now), id, now)
}
