package sandbox

import (
	"bytes"
	"cmp"
	"slices"
)

// event names something that happened. What it shows is the object as it was, in the version that the
// account then had, whatever the request asks: of the seeded past drawn when asked, since then drawn
// when it happened, because one second can hold more than one change.
type event struct {
	id         string
	created    second
	key        string
	charge     string // the charge it is about, if any
	object     drawable
	data       []byte // in place of object
	deliveries []delivered
}

func (e *event) rowKey() (second, string) { return e.created, e.id }

// delivered is one attempt to tell an endpoint of an event.
type delivered struct {
	Event   string `json:"event"`
	URI     string `json:"uri"`
	Place   int    `json:"place"` // of the endpoint among those that the event goes to
	Attempt int    `json:"attempt"`
	Last    bool   `json:"last"`
	Status  int    `json:"status,omitzero"` // of HTTP, 0 where nobody answered
	Error   string `json:"error,omitempty"`
	At      second `json:"at"`
}

// keep adds an attempt in an order that does not depend on which endpoint was the faster one.
func (e *event) keep(d delivered) {
	e.deliveries = append(e.deliveries, d)
	slices.SortStableFunc(e.deliveries, func(a, b delivered) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Attempt, b.Attempt))
	})
}

func (st *state) drawEvent(r *render, e *event) { st.drawEventWith(r, e, true) }

func (st *state) drawEventWith(r *render, e *event, deliveries bool) {
	r.open('{')
	r.str("object", "event")
	r.str("id", e.id)
	r.bool("livemode", r.live)
	r.str("location", "/events/"+e.id)
	r.key("webhook_deliveries")
	r.open('[')
	if deliveries {
		st.drawDeliveries(r, e)
	}
	r.close(']')
	r.key("data")
	st.drawData(r, e)
	r.str("key", e.key)
	r.when(r.v.created(), e.created)
	r.close('}')
}

// drawData takes the instant of the account's upgrade to 2019-05-29 from the state.
func (st *state) drawData(r *render, e *event) {
	if e.data != nil {
		r.b = append(r.b, e.data...)
		return
	}
	then := *r
	then.at, then.v = e.created, v2019
	if e.created < st.upgraded {
		then.v = v2017
	}
	e.object.draw(&then)
	r.b = then.b
}

func (st *state) drawDeliveries(r *render, e *event) {
	for _, d := range e.deliveries {
		if d.At > r.at {
			continue
		}
		r.open('{')
		r.str("object", "webhook_delivery")
		r.str("id", d.id(e))
		r.str("uri", d.URI)
		r.status(d.Status)
		r.str("key", e.key)
		r.opt("error", d.Error)
		r.str("payload", string(st.payload(e, r.live)))
		r.time("created_at", d.At, "2006-01-02 15:04:05 UTC")
		r.close('}')
	}
}

func (r *render) status(http int) {
	if http == 0 {
		r.null("status")
		return
	}
	r.int("status", int64(http))
}

// id derives from the event's, so that no delivery moves the ids of what comes after.
func (d delivered) id(e *event) string {
	return "whdl" + e.id[len("evnt"):] + string(idAlphabet[d.Place%36]) + string(idAlphabet[d.Attempt%36])
}

// payload is what an endpoint is sent.
func (st *state) payload(e *event, live bool) []byte {
	r := &render{at: e.created, v: v2019, live: live}
	st.drawEventWith(r, e, false)
	return r.b
}

// record notes an event of the running sandbox and has its endpoints told.
func (s *Server) record(at second, key string, object drawable, charge string) {
	e := &event{id: s.id("evnt", at), created: at, key: key, charge: charge, object: object}
	r := &render{at: at, live: s.opt.Livemode, base: s.reached}
	s.st.drawData(r, e)
	e.data, e.object = bytes.Clone(r.b), nil
	s.st.putEvent(e)
	s.hooks.add(e, s.st.endpoints(e))
}
