package records

import (
	"cmp"
	"slices"
	"strings"
)

// maxSamples is how many values of a column are shown, and maxSample how many
// characters of each.
const (
	maxSamples = 3
	maxSample  = 60
)

// show gives what is shown of a column that means a field, the same for every
// row set in which it occurs.
func (in *intake) show(field Field, header string) *Column {
	for _, c := range in.columns {
		if c.Field == field && c.Header == header {
			return c
		}
	}
	c := &Column{Field: field, Header: header}
	in.columns = append(in.columns, c)
	return c
}

// field gives a column that means the field, nil when none was seen.
func (in *intake) field(field Field) *Column {
	for _, c := range in.columns {
		if c.Field == field {
			return c
		}
	}
	return nil
}

func (c *Column) open() bool { return len(c.Samples) < maxSamples }

// sample shows a value beside what it was read as.
func (c *Column) sample(text, read string) {
	if !c.open() {
		return
	}
	sample := onLine(text)
	if read != text {
		sample += " -> " + onLine(read)
	}
	c.Samples = append(c.Samples, sample)
}

// onLine fits a value into a line.
func onLine(text string) string { return cut(strings.Join(strings.Fields(text), " "), maxSample) }

// unreadable shows the value among the samples too.
func (c *Column) unreadable(text string, err error) *fault {
	c.sample(text, "unreadable")
	return &fault{c.Field, text, err.Error()}
}

// describe says how the columns are read.
func (in *intake) describe(m *mapping) {
	for _, c := range m.charge {
		c.shown.As = "charge or transaction id"
	}
	for field, c := range m.of {
		switch field {
		case OrderRef:
			c.shown.As = "text"
		case Currency:
			c.shown.As = "currency code"
		case Status:
			c.shown.As = "status word"
		case CreatedAt:
			c.shown.As = in.describeTimes()
		case Amount, Refunded:
			c.shown.As = in.describeUnits(c.minor) + ", " + in.describeCurrency(m)
		}
	}
}

func (in *intake) describeUnits(minor bool) string {
	if minor {
		return "minor units"
	}
	return "major units"
}

func (in *intake) describeCurrency(m *mapping) string {
	column, fixed := m.of[Currency], string(in.Currency)
	switch {
	case column != nil && fixed != "":
		return "currency from the column " + column.shown.Header + ", else " + fixed
	case column != nil:
		return "currency from the column " + column.shown.Header
	case fixed != "":
		return fixed
	}
	return "no currency: set `currency`"
}

func (in *intake) describeTimes() string {
	as := "time"
	if in.DateFormat != "" {
		as += " as " + in.DateFormat
	}
	if in.Buddhist {
		as += ", Buddhist years"
	}
	return as + ", " + in.Zone.String() + " where it has no zone"
}

// shown gives the columns in the order of the fields, and the headers that
// mean nothing.
func (in *intake) shown() (columns []Column, unused []string) {
	order := Fields()
	slices.SortStableFunc(in.columns, func(a, b *Column) int {
		return cmp.Compare(slices.Index(order, a.Field), slices.Index(order, b.Field))
	})
	used := map[string]bool{}
	for _, c := range in.columns {
		columns = append(columns, *c)
		used[c.Header] = true
	}
	for _, name := range in.names {
		if !used[name] && strings.TrimSpace(name) != "" {
			unused = append(unused, name)
		}
	}
	return columns, unused
}
