package sandbox

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) sourceRoutes() []route {
	return []route{
		{http.MethodPost, "/sources", eitherKey, s.createSource},
		{http.MethodGet, "/sources/{id}", eitherKey, with(s.sourceOf, show)},
		{http.MethodGet, "/charges/{id}/documents/{document}", secretKey, with(s.chargeOf, s.getCode)},
	}
}

func (s *Server) createSource(q *query) ([]byte, error) {
	x := s.readSource(q.in)
	if err := q.in.err(); err != nil {
		return nil, err
	}
	s.keepSource(x, q.now)
	return q.object(x.draw)
}

// readSource reads the parameters of a source, of its own or inside a charge's. It has no id yet;
// what is wrong with it is the fault of f.
func (s *Server) readSource(f *fields) *source {
	f.require("amount", "currency", "type")
	x := &source{
		kind: f.text("type"), amount: f.integer("amount"), currency: strings.ToUpper(f.text("currency")),
		barcode: f.text("barcode"), bank: f.text("bank"), ip: readIP(f),
		platform:  f.oneOf("platform_type", "WEB", "IOS", "ANDROID"),
		promotion: f.text("promotion_code"), payer: readPayer(f),
		store: store{f.text("store_id"), f.text("store_name"), f.text("terminal_id")},
	}
	if f.err() == nil {
		s.checkMethod(f, x)
	}
	s.readPlan(f, x)
	return x
}

func readPayer(f *fields) payer {
	return payer{
		name: f.text("name"), email: f.text("email"),
		phone:   cmp.Or(f.text("phone_number"), f.text("mobile_number")),
		billing: readParty(f, "billing"), shipping: readParty(f, "shipping"), items: readItems(f),
	}
}

// readParty reads an address as JSON, "" if it says nothing: the Go client sends the names of all
// its parts with every source.
func readParty(f *fields, name string) string {
	said := slices.ContainsFunc(f.group(name).members, func(m member) bool { return !m.empty() })
	if !said {
		return ""
	}
	return f.object(name)
}

func readItems(f *fields) string {
	items := f.get("items").list()
	for i := range items {
		if items[i].kind != kindObject {
			f.wrong("items", "is not a list of objects")
			return ""
		}
		readItem(f, &items[i])
	}
	return value{kind: kindArray, items: items}.json()
}

// readItem makes numbers of what a form could only send as texts.
func readItem(f *fields, item *value) {
	g := fields{value: *item, path: f.label("items"), up: f}
	for _, name := range []string{"amount", "quantity"} {
		if n := g.integer(name); g.has(name) {
			item.set(name, value{kind: kindNumber, text: strconv.FormatInt(n, 10)})
		}
	}
}

// checkMethod holds a source against what its type asks for.
func (s *Server) checkMethod(f *fields, x *source) {
	m := x.method()
	switch {
	case !knownMethod(x.kind):
		f.wrong("type", "%.40q is not a type of source", x.kind)
		return
	case m.currencies != nil && !slices.Contains(m.currencies, x.currency):
		f.wrong("currency", "must be %s for a source of type %s", strings.Join(m.currencies, " or "), x.kind)
		return
	}
	if err := s.country.checkAmount(x.amount, x.currency); err != nil {
		f.refuse(err)
		return
	}
	for _, name := range m.needs {
		if name == "phone_number" && x.payer.phone != "" {
			continue
		}
		f.require(name)
	}
}

// leastPlan is the least amount of an instalment plan in satang.
const leastPlan = 200_000

// readPlan reads the instalments of a plan; other types do without.
func (s *Server) readPlan(f *fields, x *source) {
	m := x.method()
	if m.terms == nil {
		return
	}
	x.term = f.integer("installment_term")
	x.absorbing = f.boolean("zero_interest_installments", s.st.zeroInterest)
	switch {
	case !slices.Contains(m.terms, x.term):
		f.wrong("installment_term", "%d is not one of the terms of %s: %v", x.term, x.kind, m.terms)
	case x.currency == "THB" && x.amount < leastPlan, x.amount < x.term*m.monthly:
		f.wrong("amount", "is too small for %d instalments of %s", x.term, x.kind)
	}
}
