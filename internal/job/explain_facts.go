package job

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// Fact is one thing known of an object: its name, as the columns of the reports
// have it, and its value: a string, a bool, an int, a time.Time, an Amount, or
// nil where it is not known.
type Fact struct {
	Name  string
	Value any
}

// Facts are what is known of an object, in the order in which it is told. JSON
// has them as one object.
type Facts []Fact

// MarshalJSON writes the facts as one object, in their order.
func (f Facts) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, fact := range f {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := encodeJSON(fact.Value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", fact.Name, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encodeJSON leaves <, > and & as they are: nothing here ends up in HTML.
func encodeJSON(value any) ([]byte, error) {
	if text, ok := value.(string); ok && text == "" {
		return []byte("null"), nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSpace(b.Bytes()), err
}

// Amount is money in minor units of its currency. JSON has it as CSV reports
// do, "1234.50"; people read "1,234.50 THB".
type Amount struct {
	Minor    int64
	Currency money.Currency
}

// MarshalText gives the amount in major units, without the currency.
func (a Amount) MarshalText() ([]byte, error) { return []byte(money.Format(a.Minor, a.Currency)), nil }

func (a Amount) String() string {
	return strings.TrimSpace(money.Grouped(a.Minor, a.Currency) + " " + string(a.Currency))
}

func amountOf(minor *int64, c money.Currency) any {
	if minor == nil {
		return nil
	}
	return Amount{*minor, c}
}

func timeOf(at *ledger.Instant, zone *time.Location) any {
	if at == nil {
		return nil
	}
	return at.In(zone)
}

// told is a value as a person reads it; "" where it is not known.
func told(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return printable(v)
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case time.Time:
		return v.Format(time.RFC3339)
	case Amount:
		return v.String()
	}
	return fmt.Sprint(value)
}

// printable shows what a terminal would obey, and what turns the direction of
// reading, as escapes: texts come from shops and their customers.
func printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsGraphic(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
	}
	return b.String()
}
