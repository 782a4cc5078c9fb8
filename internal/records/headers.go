package records

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// defaultHeaders are the headers that mean a field without being told so. The
// first that is there counts; of charge_id the first that holds one in the row.
var defaultHeaders = map[Field][]string{
	ChargeID: {
		"omise_charge_id", "charge_id", "id_charge", "charge", "transaction_id", "_transaction_id",
		"last_trans_id", "payment_reference", "provider_reference", "reference", "transid", "id",
	},
	OrderRef: {
		"order_id", "order_number", "order_ref", "id_order", "increment_id", "invoice_id",
		"booking_id", "x_reference", "name", "id",
	},
	Amount: {
		"amount_minor", "amount_satang", "amount_cents", "amount_subunits",
		"amount", "total", "order_total", "total_amount", "grand_total", "amount_baht", "x_amount",
	},
	Currency:  {"currency", "currency_code", "order_currency", "x_currency"},
	Status:    {"status", "payment_status", "charge_status", "financial_status", "order_status"},
	Refunded:  {"refunded_amount", "refund_amount", "refunded_total", "total_refunded", "refunded"},
	CreatedAt: {"created_at", "created", "date", "date_added", "order_date", "date_created", "paid_at", "date_paid"},
}

// besideName is the header that makes a column `name` an order reference: it
// is that in Shopify's export, and the customer's name in others.
const besideName = "financial_status"

// headerKey is what headers are compared by: no case, blanks, "-" or "_", and
// full-width letters equal to their narrow form.
func headerKey(header string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(header))
}

// minorHeaders are the default headers whose amounts are in minor units
// whatever the config says.
var minorHeaders = defaultHeaders[Amount][:4]

// saysMinor reports whether a header names minor units by itself.
func saysMinor(header string) bool {
	sameKey := func(name string) bool { return headerKey(name) == headerKey(header) }
	if slices.ContainsFunc(minorHeaders, sameKey) {
		return true
	}
	words := strings.FieldsFunc(strings.ToLower(norm.NFKC.String(header)), func(r rune) bool {
		return !unicode.IsLetter(r)
	})
	if len(words) == 0 {
		return false
	}
	switch words[len(words)-1] {
	case "minor", "satang", "cents", "subunit", "subunits":
		return true
	}
	return false
}

// candidates are the headers that a source understands as the field, in the
// order in which they count.
func (s Source) candidates(field Field, have headings) []string {
	if name, ok := s.Columns[field]; ok {
		return []string{name}
	}
	names := defaultHeaders[field]
	if field == OrderRef && len(have.under(besideName)) == 0 {
		names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "name" })
	}
	return names
}

// headings are the headers of a table by what they are compared by.
type headings struct {
	names []string
	byKey map[string][]int
}

func newHeadings(names []string) headings {
	h := headings{names: names, byKey: make(map[string][]int, len(names))}
	for i, name := range names {
		if key := headerKey(name); key != "" {
			h.byKey[key] = append(h.byKey[key], i)
		}
	}
	return h
}

// under gives the columns whose headers equal a name.
func (h headings) under(name string) []int { return h.byKey[headerKey(name)] }

// named gives the columns that the config means. A name written exactly as in
// the file means that column alone: so "Total" can be told from "total".
func (h headings) named(name string) []int {
	var exact []int
	for _, i := range h.under(name) {
		if strings.TrimSpace(h.names[i]) == strings.TrimSpace(name) {
			exact = append(exact, i)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return h.under(name)
}
