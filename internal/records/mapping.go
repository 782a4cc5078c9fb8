package records

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// column is a column that means a field.
type column struct {
	at    int  // its place in the row
	minor bool // its amounts are in minor units
	shown *Column
}

// mapping says which columns of a table mean what. It is decided once per
// header; in JSON lines once per set of keys.
type mapping struct {
	width  int
	of     map[Field]*column // every field but charge_id
	charge []*column         // the first that holds a charge id in a row counts
	where  []condition
}

// cell gives the field's cell of a row, empty where there is none.
func (c *column) cell(row []cell) cell {
	if c == nil || c.at >= len(row) {
		return cell{}
	}
	return row[c.at]
}

// decide finds the columns of every field. Two headers that cannot be told
// apart are an error of the source.
func (in *intake) decide(have headings) (*mapping, error) {
	m := &mapping{width: len(have.names), of: map[Field]*column{}}
	for _, field := range Fields() {
		for _, name := range in.candidates(field, have) {
			c, err := in.find(field, name, have)
			if err != nil {
				return nil, err
			}
			if c == nil {
				continue
			}
			if field != ChargeID {
				m.of[field] = c
				break
			}
			if !slices.ContainsFunc(m.charge, func(known *column) bool { return known.at == c.at }) { // two names may mean one header
				m.charge = append(m.charge, c)
			}
		}
	}
	m.units(in.Minor)
	var err error
	m.where, err = in.conditions(have)
	return m, err
}

// find gives the one column under a header that means the field, nil if there
// is none.
func (in *intake) find(field Field, name string, have headings) (*column, error) {
	at := have.under(name)
	if _, named := in.Columns[field]; named {
		at = have.named(name)
	}
	switch len(at) {
	case 0:
		return nil, nil
	case 1:
		header := have.names[at[0]]
		return &column{at: at[0], minor: saysMinor(header), shown: in.show(field, header)}, nil
	}
	first, second := have.names[at[0]], have.names[at[1]]
	if first == second {
		return nil, fmt.Errorf("two columns are called %q and both could be %s; rename one of them in the export", first, field)
	}
	return nil, fmt.Errorf("the columns %q and %q could both be %s; say which in `columns: {%s: %q}`", first, second, field, field, first)
}

// units settles what the headers leave open: the config decides for amounts,
// and refunds are written in the unit that the amounts have.
func (m *mapping) units(minor bool) {
	amount, refunded := m.of[Amount], m.of[Refunded]
	if amount != nil {
		amount.minor = amount.minor || minor
		minor = amount.minor
	}
	if refunded != nil {
		refunded.minor = refunded.minor || minor
	}
}

// complete is the error of a source whose headers, as far as they were seen,
// lack what the config names or what tells records apart.
func (in *intake) complete() error {
	for _, field := range slices.Sorted(maps.Keys(in.Columns)) {
		if in.field(field) == nil {
			return fmt.Errorf("`columns` names %q for %s, and there is no such column; there are: %s", in.Columns[field], field, list(in.names))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in.Where)) {
		if len(newHeadings(in.names).named(name)) == 0 {
			return fmt.Errorf("`where` names the column %q, and there is no such column; there are: %s", name, list(in.names))
		}
	}
	if in.field(ChargeID) == nil && in.field(OrderRef) == nil {
		return fmt.Errorf("no column holds an order reference or a charge id; name one in `columns: {order_ref: ..., charge_id: ...}`; there are: %s", list(in.names))
	}
	return nil
}

// list shows headers in an error.
func list(names []string) string {
	const most = 40
	var quoted []string
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" {
			quoted = append(quoted, fmt.Sprintf("%q", cut(name, 60)))
		}
	}
	if len(quoted) == 0 {
		return "none"
	}
	if more := len(quoted) - most; more > 0 {
		quoted = append(quoted[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(quoted, ", ")
}

// cut leaves so many characters of a text.
func cut(text string, most int) string {
	for i := range text {
		if most--; most < 0 {
			return text[:i]
		}
	}
	return text
}
