package sandbox

// event names something that happened. Its data need not be kept: the object is drawn as of the
// event's instant, in the version that the account then had, whatever the request asks.
type event struct {
	id      string
	created second
	key     string
	object  drawable
	charge  string // the charge it is about, if any
}

type drawable interface{ draw(r *render) }

func (e *event) rowKey() (second, string) { return e.created, e.id }

// event takes the instant of the account's upgrade to 2019-05-29 from the state.
func (st *state) drawEvent(r *render, e *event) {
	r.open('{')
	r.str("object", "event")
	r.str("id", e.id)
	r.bool("livemode", r.live)
	r.str("location", "/events/"+e.id)
	r.raw("webhook_deliveries", "[]")
	r.key("data")
	then := *r
	then.at, then.v = e.created, v2019
	if e.created < st.upgraded {
		then.v = v2017
	}
	e.object.draw(&then)
	r.b = then.b
	r.str("key", e.key)
	r.when(r.v.created(), e.created)
	r.close('}')
}
