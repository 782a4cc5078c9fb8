package sandbox

import "slices"

// state is everything an account holds, each list sorted by creation and id.
type state struct {
	live     bool
	upgraded second // when the account's own version became 2019-05-29

	charges   []*charge
	refunds   []*refund
	disputes  []*dispute
	customers []*customer // without deleted ones
	events    []*event

	chargeByID   map[string]*charge
	disputeByID  map[string]*dispute
	customerByID map[string]*customer
}

func newState(live bool, now second) *state {
	return &state{
		live:         live,
		upgraded:     now - 45*day,
		chargeByID:   map[string]*charge{},
		disputeByID:  map[string]*dispute{},
		customerByID: map[string]*customer{},
	}
}

// sort is for after seeding, which appends in no order.
func (st *state) sort() {
	slices.SortFunc(st.charges, compareRows[*charge])
	slices.SortFunc(st.refunds, compareRows[*refund])
	slices.SortFunc(st.disputes, compareRows[*dispute])
	slices.SortFunc(st.customers, compareRows[*customer])
	slices.SortFunc(st.events, compareRows[*event])
}

// record notes an event of the running sandbox.
func (s *Server) record(at second, key string, object drawable, charge string) {
	s.st.events = insertRow(s.st.events, &event{id: s.id("evnt", at), created: at, key: key, object: object, charge: charge})
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
