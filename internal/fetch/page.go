package fetch

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"reconcile/internal/ledger"
)

// pageLimit is the most rows that Omise documents for a page.
const pageLimit = 100

// maxTotal is more rows than any window can have: a total beyond it is a lie
// that would have pages asked for without end.
const maxTotal = 100_000_000

// page is one page of a list, checked against what was asked and translated.
type page struct {
	offset      int
	total       int
	first, last string // ids of its ends, "" where unreadable
	rows        int    // elements, readable or not
	batch       ledger.Batch
	unreadable  []ledger.Unreadable
}

// question is what a page is asked for; the answer must echo it.
type question struct {
	path   string
	span   *ledger.Span // nil: no from and to
	offset int
	limit  int
}

func (q question) query() url.Values {
	v := url.Values{
		"offset": {strconv.Itoa(q.offset)},
		"limit":  {strconv.Itoa(q.limit)},
		"order":  {"chronological"},
	}
	if q.span != nil {
		v.Set("from", q.span.From.Time().Format(time.RFC3339))
		v.Set("to", q.span.To.Time().Format(time.RFC3339))
	}
	return v
}

// list asks for one page and refuses an answer that is not to this question: a
// server that ignores parameters gives a valid-looking first page.
func (c *Client) list(ctx context.Context, q question) (wireList, error) {
	var answer wireList
	err := c.get(ctx, q.path, q.query(), func(body []byte) error {
		answer = wireList{}
		if err := decode(body, &answer, &answer.wireHead); err != nil {
			return err
		}
		if err := q.fits(answer); err != nil {
			return doubt{err}
		}
		return nil
	})
	return answer, err
}

func (q question) fits(a wireList) error {
	switch {
	case a.Object != "list" || a.Total == nil || *a.Total < 0:
		return fmt.Errorf("the answer is no list with a total (object %q)", cut(a.Object))
	case *a.Total > maxTotal:
		return fmt.Errorf("the answer's total %d is more than any list can hold", *a.Total)
	case a.Offset == nil || *a.Offset != q.offset:
		return q.ignored("offset", strconv.Itoa(q.offset), show(a.Offset))
	case a.Limit == nil || *a.Limit != q.limit:
		return q.ignored("limit", strconv.Itoa(q.limit), show(a.Limit))
	case a.Order != nil && *a.Order != "chronological": // older versions leave it out
		return q.ignored("order", "chronological", *a.Order)
	case len(a.Data) > q.limit:
		return fmt.Errorf("the answer has %d rows, %d were asked for", len(a.Data), q.limit)
	case q.span == nil:
		return nil
	case !sameInstant(a.From, q.span.From):
		return q.ignored("from", q.span.From.Time().Format(time.RFC3339), show(a.From))
	case !sameInstant(a.To, q.span.To):
		return q.ignored("to", q.span.To.Time().Format(time.RFC3339), show(a.To))
	}
	return nil
}

func (q question) ignored(name, asked, got string) error {
	return fmt.Errorf("the server ignores parameters: asked for %s %s, the answer says %s", name, asked, cut(got))
}

func sameInstant(s *string, want ledger.Instant) bool {
	if s == nil {
		return false
	}
	at, err := time.Parse(time.RFC3339, *s)
	return err == nil && ledger.InstantOf(at) == want
}

func show[T any](p *T) string {
	if p == nil {
		return "nothing"
	}
	return fmt.Sprint(*p)
}

// windowPage reads one page of a window.
func (s *session) windowPage(ctx context.Context, w ledger.Window, offset int) (page, error) {
	answer, err := s.client.list(ctx, question{path: "/" + string(w.List), span: &w.Span, offset: offset, limit: pageLimit})
	if err != nil {
		return page{}, err
	}
	p := page{offset: offset, total: *answer.Total, rows: len(answer.Data)}
	for _, raw := range answer.Data {
		if err := s.add(ctx, &p, w.List, raw); err != nil {
			return page{}, err
		}
	}
	if err := outside(w.Span, p.batch); err != nil {
		return page{}, err
	}
	if len(answer.Data) > 0 {
		p.first, p.last = idOf(answer.Data[0]), idOf(answer.Data[len(answer.Data)-1])
	}
	return p, nil
}

// outside names a row that was not created in the span asked for: a server that
// ignores from and to may echo them all the same. Whether the ends belong to a
// span is not documented, so a row may lie one second beyond.
func outside(span ledger.Span, batch ledger.Batch) error {
	return cmp.Or(
		outsideOf(span, batch.Charges, func(c ledger.Charge) (string, ledger.Instant) { return c.ID, c.CreatedAt }),
		outsideOf(span, batch.Refunds, func(r ledger.Refund) (string, ledger.Instant) { return r.ID, r.CreatedAt }),
		outsideOf(span, batch.Disputes, func(d ledger.Dispute) (string, ledger.Instant) { return d.ID, d.CreatedAt }),
		outsideOf(span, batch.Customers, func(c ledger.Customer) (string, ledger.Instant) { return c.ID, c.CreatedAt }),
	)
}

func outsideOf[T any](span ledger.Span, rows []T, of func(T) (id string, at ledger.Instant)) error {
	for _, row := range rows {
		if id, at := of(row); at < span.From-overlap || at > span.To+overlap {
			return fmt.Errorf("the server ignores from and to: %s was created at %s", id, at.Time().Format(time.RFC3339))
		}
	}
	return nil
}

// add translates one element of a list into the page. An element that cannot
// be read is kept aside and does not sink the page.
func (s *session) add(ctx context.Context, p *page, list ledger.List, raw json.RawMessage) error {
	switch list {
	case ledger.Charges:
		keep(s, p, ledger.ChargeObject, raw, s.t.charge, &p.batch.Charges)
	case ledger.Refunds:
		keep(s, p, ledger.RefundObject, raw, s.t.refund, &p.batch.Refunds)
	case ledger.Disputes:
		keep(s, p, ledger.DisputeObject, raw, s.t.dispute, &p.batch.Disputes)
	case ledger.Customers:
		var embedded wireList
		customer := func(raw json.RawMessage) (c ledger.Customer, err error) {
			c, embedded, err = s.t.customer(raw)
			return c, err
		}
		if keep(s, p, ledger.CustomerObject, raw, customer, &p.batch.Customers) {
			return s.addCards(ctx, p, p.batch.Customers[len(p.batch.Customers)-1].ID, embedded)
		}
	}
	return nil
}

// keep appends what read makes of raw to rows, or notes why it cannot.
func keep[T any](s *session, p *page, object ledger.Object, raw json.RawMessage, read func(json.RawMessage) (T, error), rows *[]T) bool {
	row, err := read(raw)
	if err != nil {
		hide := s.client.hide.Replace // whatever the element says, the key is not kept
		p.unreadable = append(p.unreadable, ledger.Unreadable{Account: s.account.Name, Object: object, ID: cut(hide(idOf(raw))), Reason: hide(err.Error())})
		return false
	}
	*rows = append(*rows, row)
	return true
}

// idOf is the id of an element that may be unreadable otherwise.
func idOf(raw json.RawMessage) string {
	var id ref
	_ = unmarshal(raw, &id) // an element without a readable id is named without one
	return string(id)
}

// addCards adds every card of a customer: the embedded ones, or all pages of
// the customer's own list when the embedded one says that there are more.
func (s *session) addCards(ctx context.Context, p *page, customer string, embedded wireList) error {
	cards := embedded.Data
	if embedded.Total != nil && (*embedded.Total > len(cards) || repeats(cards)) {
		var err error
		if cards, err = s.allCards(ctx, customer); err != nil {
			return err
		}
		if len(cards) != *embedded.Total {
			return fmt.Errorf("cards of %s: the customer counts %d and their list has %d: %w", customer, *embedded.Total, len(cards), errMoved)
		}
	}
	for _, raw := range cards {
		keep(s, p, ledger.CardObject, raw, func(raw json.RawMessage) (ledger.Card, error) { return s.t.card(raw, customer) }, &p.batch.Cards)
	}
	return nil
}

// repeats reports whether an id comes twice: what it stands in the place of is
// missing then.
func repeats(elements []json.RawMessage) bool {
	seen := map[string]bool{}
	for _, raw := range elements {
		id := idOf(raw)
		if id != "" && seen[id] {
			return true
		}
		seen[id] = true
	}
	return false
}

// errMoved says that a list changed while it was read.
var errMoved = errors.New("the list changed while it was read")

// allCards pages through the cards of one customer. A list that moves is read
// again from the start.
func (s *session) allCards(ctx context.Context, customer string) ([]json.RawMessage, error) {
	var err error
	for range maxWalks {
		var cards []json.RawMessage
		if cards, err = s.walkCards(ctx, customer); err == nil || missing(err) || !errors.Is(err, errMoved) {
			return cards, err
		}
	}
	return nil, fmt.Errorf("cards of %s: %w", customer, err)
}

func (s *session) walkCards(ctx context.Context, customer string) ([]json.RawMessage, error) {
	var cards []json.RawMessage
	seen := map[string]bool{}
	total, last := -1, ""
	for offset := 0; ; offset += pageStep {
		answer, err := s.client.list(ctx, question{path: "/customers/" + url.PathEscape(customer) + "/cards", offset: offset, limit: pageLimit})
		if missing(err) {
			return nil, fmt.Errorf("%w: %w", errMoved, err)
		}
		if err != nil {
			return nil, err
		}
		if total >= 0 && total != *answer.Total {
			return nil, errMoved
		}
		total = *answer.Total
		page := answer.Data
		if offset > 0 { // it overlaps the page before by a row
			if len(page) == 0 || idOf(page[0]) != last {
				return nil, errMoved
			}
			page = page[1:]
		}
		for _, raw := range page {
			last = idOf(raw)
			if last != "" {
				seen[last] = true
			}
		}
		cards = append(cards, page...)
		if offset+pageLimit >= total {
			break
		}
	}
	if len(cards) != total || len(seen) != total {
		return nil, errMoved
	}
	return cards, nil
}
