package sandbox

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// maxWaiting bounds what endpoints that do not answer leave in memory.
const maxWaiting = 1_000

// webhooks tells endpoints of events: each of them one event after another, none held up by
// another's slowness, and no writer by any.
type webhooks struct {
	send   func(ctx context.Context, uri string, body []byte) (status int, err error)
	draw   func(e *event) []byte
	note   func(d delivered) error
	now    func() second
	pauses []time.Duration
	log    *slog.Logger

	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu      sync.Mutex
	held    bool // nobody is told while the data file is played
	queues  map[string][]*call
	waiting int
	idle    chan struct{} // closed while nothing waits
}

// call is an event on its way to an endpoint.
type call struct {
	event    *event
	uri      string
	place    int
	attempts int
}

func newWebhooks(s *Server) *webhooks {
	w := &webhooks{
		send: postLocally(), draw: s.drawPayload, now: s.now,
		pauses: s.opt.RetryAfter, log: s.opt.Log,
		held: true, queues: map[string][]*call{}, idle: make(chan struct{}),
	}
	close(w.idle)
	w.ctx, w.cancel = context.WithCancel(context.Background())
	w.note = func(d delivered) error { return s.noteDelivery(w, d) }
	return w
}

// endpoints gives the URIs to be told of an event: those that its charge names, which hold for its
// refunds too, else the account's.
func (st *state) endpoints(e *event) []string {
	ofCharge := strings.HasPrefix(e.key, "charge.") || strings.HasPrefix(e.key, "refund.")
	if c := st.charges.byID[e.charge]; c != nil && ofCharge && len(c.webhooks) > 0 {
		return c.webhooks
	}
	if st.webhookURI != "" {
		return []string{st.webhookURI}
	}
	return nil
}

// add queues an event for its endpoints. Where too much waits already, nobody is told and the event
// says so.
func (w *webhooks) add(e *event, uris []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for place, uri := range uris {
		if w.waiting >= maxWaiting {
			e.keep(delivered{Event: e.id, URI: uri, Place: place, Attempt: 1, Last: true, Error: "too many webhooks wait", At: e.created})
			continue
		}
		w.queue(&call{event: e, uri: uri, place: place})
	}
}

func (w *webhooks) queue(c *call) {
	if w.waiting == 0 {
		w.idle = make(chan struct{})
	}
	w.waiting++
	w.queues[c.uri] = append(w.queues[c.uri], c)
	if len(w.queues[c.uri]) == 1 && !w.held {
		w.done.Go(func() { w.serve(c.uri) })
	}
}

// release begins with what waits.
func (w *webhooks) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = false
	for uri := range w.queues {
		w.done.Go(func() { w.serve(uri) })
	}
}

// serve tells one endpoint until nothing waits for it.
func (w *webhooks) serve(uri string) {
	for c := w.first(uri); c != nil; c = w.first(uri) {
		if !w.tell(c) {
			return
		}
	}
}

func (w *webhooks) first(uri string) *call {
	w.mu.Lock()
	defer w.mu.Unlock()
	if queue := w.queues[uri]; len(queue) > 0 {
		return queue[0]
	}
	return nil
}

// tell makes the attempts of a call that are left, and reports whether the sandbox goes on.
func (w *webhooks) tell(c *call) bool {
	body := w.draw(c.event)
	for n := c.attempts + 1; ; n++ {
		status, err := w.send(w.ctx, c.uri, body)
		if w.ctx.Err() != nil {
			return false
		}
		d := delivered{Event: c.event.id, URI: c.uri, Place: c.place, Attempt: n, Status: status, At: w.now()}
		if err != nil {
			d.Error = err.Error()
		}
		d.Last = status/100 == 2 || n > len(w.pauses) || errors.Is(err, errElsewhere)
		if err := w.note(d); err != nil {
			w.log.Warn("webhook not kept", "event", d.Event, "error", err)
			w.settle(d)
		}
		if d.Last {
			return true
		}
		if !pause(w.ctx, w.pauses[n-1]) {
			return false
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// settle counts an attempt; after the last one the call leaves its queue.
func (w *webhooks) settle(d delivered) {
	w.mu.Lock()
	defer w.mu.Unlock()
	queue := w.queues[d.URI]
	if len(queue) == 0 || queue[0].event.id != d.Event || queue[0].place != d.Place {
		return
	}
	queue[0].attempts = d.Attempt
	if !d.Last {
		return
	}
	w.waiting--
	if w.queues[d.URI] = queue[1:]; len(queue) == 1 {
		delete(w.queues, d.URI)
	}
	if w.waiting == 0 {
		close(w.idle)
	}
}

// rest gives what closes when nothing waits, and how much does.
func (w *webhooks) rest() (<-chan struct{}, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.idle, w.waiting
}

// wait gives how much still waits when nothing does, or the time is over, or nobody asks any more.
func (w *webhooks) wait(ctx context.Context, most time.Duration) int {
	idle, _ := w.rest()
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	select {
	case <-idle:
	case <-ctx.Done():
	case <-w.ctx.Done():
	}
	_, waiting := w.rest()
	return waiting
}

// noteDelivery keeps an attempt like any other write, unless the sandbox was reset meanwhile: what
// follows may have an event of the same id.
func (s *Server) noteDelivery(w *webhooks, d delivered) error {
	s.order.Lock()
	defer s.order.Unlock()
	if w.ctx.Err() != nil {
		return nil
	}
	return s.commit(entry{Delivery: &d}, func() error {
		s.keepDelivery(d)
		return nil
	})
}

func (s *Server) keepDelivery(d delivered) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.st.events.byID[d.Event]; e != nil {
		e.keep(d)
	}
	s.hooks.settle(d)
}

func (s *Server) drawPayload(e *event) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.st.payload(e, s.opt.Livemode)
}
