package sandbox

import "slices"

// state is everything an account holds, each list sorted by creation and id.
type state struct {
	live     bool
	upgraded second // when the account's own version became 2019-05-29
	account         // as the merchant set it up

	charges   []*charge
	refunds   []*refund
	disputes  []*dispute
	customers []*customer // without deleted ones
	events    []*event

	links      []*link // as transfers and recipients with deleted ones
	transfers  []*transfer
	recipients []*recipient

	chargeByID   map[string]*charge
	disputeByID  map[string]*dispute
	customerByID map[string]*customer
	sourceByID   map[string]*source
	tokenByID    map[string]*token
	eventByID    map[string]*event
	chargeEvents map[string][]*event // by the charge that they are about

	linkByID      map[string]*link
	transferByID  map[string]*transfer
	recipientByID map[string]*recipient
}

func newState(live bool, now second) *state {
	us := defaultRecipient(live, now)
	return &state{
		live:         live,
		upgraded:     now - 45*day,
		chargeByID:   map[string]*charge{},
		disputeByID:  map[string]*dispute{},
		customerByID: map[string]*customer{},
		sourceByID:   map[string]*source{},
		tokenByID:    map[string]*token{},
		eventByID:    map[string]*event{},
		chargeEvents: map[string][]*event{},

		recipients:    []*recipient{us},
		linkByID:      map[string]*link{},
		transferByID:  map[string]*transfer{},
		recipientByID: map[string]*recipient{us.id: us},
	}
}

// sort is for after seeding, which appends in no order.
func (st *state) sort() {
	slices.SortFunc(st.charges, compareRows[*charge])
	slices.SortFunc(st.refunds, compareRows[*refund])
	slices.SortFunc(st.disputes, compareRows[*dispute])
	slices.SortFunc(st.customers, compareRows[*customer])
	slices.SortFunc(st.events, compareRows[*event])
	for _, e := range st.events {
		st.indexEvent(e)
	}
}

func (st *state) addEvent(e *event) {
	st.events = insertRow(st.events, e)
	st.indexEvent(e)
}

func (st *state) indexEvent(e *event) {
	st.eventByID[e.id] = e
	if e.charge != "" {
		st.chargeEvents[e.charge] = insertRow(st.chargeEvents[e.charge], e)
	}
}

func (s *Server) id(kind string, at second) string {
	return s.ids.next(kind, s.opt.Livemode, at)
}

func (st *state) chargeNow(id string, now second) (*charge, error) {
	c := st.chargeByID[id]
	if c == nil || c.created > now {
		return nil, notFound("charge", id)
	}
	return c, nil
}

func (st *state) customerNow(id string, now second) (*customer, error) {
	c := st.customerByID[id]
	if c == nil || c.created > now || c.deleted.reached(now) {
		return nil, notFound("customer", id)
	}
	return c, nil
}

func (st *state) disputeNow(id string, now second) (*dispute, error) {
	d := st.disputeByID[id]
	if d == nil || d.created > now {
		return nil, notFound("dispute", id)
	}
	return d, nil
}

func (c *customer) cardNow(id string, now second) (*card, error) {
	for _, k := range c.cardsAt(now) {
		if k.id == id {
			return k, nil
		}
	}
	return nil, notFound("card", id)
}
