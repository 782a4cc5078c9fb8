package records

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// looksLikeCharge reports whether a value means to be the id of a charge or of
// its transaction. Ids of other means of payment do not.
func looksLikeCharge(text string) bool {
	return len(text) >= 5 && (strings.EqualFold(text[:5], "chrg_") || strings.EqualFold(text[:5], "trxn_"))
}

// parseCharge checks the id of a charge or transaction. Where the mode of the
// ledger is known, an id of the other mode is refused.
func parseCharge(text string, live *bool) error {
	rest, test := strings.CutPrefix(text[5:], "test_")
	prefix := text[:5] == "chrg_" || text[:5] == "trxn_"
	if !prefix || rest == "" || strings.Trim(rest, "0123456789abcdefghijklmnopqrstuvwxyz") != "" {
		return errors.New("is not an id of an Omise charge: chrg_ or chrg_test_ with small letters and digits behind it; correct the row")
	}
	switch {
	case live != nil && *live && test:
		return errors.New("is an id of test mode, and the ledger holds live charges; leave the row out, or use another ledger for tests")
	case live != nil && !*live && !test:
		return errors.New("is an id of live mode, and the ledger holds test charges; leave the row out, or use another ledger for live charges")
	}
	return nil
}

var chargeInText = regexp.MustCompile(`\bchrg_(?:test_)?[0-9a-z]+\b`)

// onlyCharge finds the charge id in the text of a row that could not be taken
// apart; "" unless there is just one.
func onlyCharge(text string) string {
	ids := slices.Compact(chargeInText.FindAllString(text, -1))
	if len(ids) != 1 {
		return ""
	}
	return ids[0]
}

// charge finds the charge id of a row: the first column that holds one.
func (in *intake) charge(m *mapping, row []cell) (string, *fault) {
	found := ""
	for _, c := range m.charge {
		value := c.cell(row)
		id := strings.TrimSpace(value.text)
		if value.fault != "" || !looksLikeCharge(id) {
			continue
		}
		if err := parseCharge(id, in.Live); err != nil {
			return "", c.shown.unreadable(id, err)
		}
		if twoCharges(found, id) {
			return "", &fault{ChargeID, found + " " + id, "names two different charges; correct the row, or say which column counts in `columns: {charge_id: ...}`"}
		}
		if found == "" {
			found = id
		}
		c.shown.sample(id, id)
	}
	return found, nil
}

func twoCharges(a, b string) bool {
	return a != b && strings.HasPrefix(a, "chrg_") && strings.HasPrefix(b, "chrg_")
}

// orderRef reads the order reference of a row. A column that holds the row's
// charge id is not its order reference as well, and a truth value is none.
func (in *intake) orderRef(m *mapping, row []cell) (string, *fault) {
	text, c, f := m.value(OrderRef, row)
	if f != nil || text == "" || c.kind == truth || isTruth(text) {
		return "", f
	}
	column := m.of[OrderRef]
	if m.isCharge(column, text) {
		return "", nil
	}
	ref, err := parseOrderRef(text, c.kind)
	if err != nil {
		return "", column.shown.unreadable(text, err)
	}
	column.shown.sample(text, ref)
	return ref, nil
}

// isCharge reports whether a value of the column is the row's charge id.
func (m *mapping) isCharge(column *column, text string) bool {
	for _, c := range m.charge {
		if c.at == column.at {
			return looksLikeCharge(text)
		}
	}
	return false
}

// isTruth reports whether a text is a truth value that a text format could
// not write otherwise.
func isTruth(text string) bool {
	return strings.EqualFold(text, "true") || strings.EqualFold(text, "false")
}

// isFlag reports whether a text says yes or no: a column of such words says
// whether there was a refund, and not how much.
func isFlag(text string) bool {
	return isTruth(text) || strings.EqualFold(text, "yes") || strings.EqualFold(text, "no")
}

// shortened is how a spreadsheet program writes a long number that it shows
// in a narrow cell: its last digits are lost.
var shortened = regexp.MustCompile(`^[0-9][.,][0-9]+E\+[0-9]+$`)

func parseOrderRef(text string, kind kind) (string, error) {
	if kind == double {
		if exact, ok := roundDouble(text); ok {
			return exact, nil
		}
		return "", errors.New("is a number of more than 15 digits, which a spreadsheet cannot hold; format the column as text and enter it again")
	}
	if shortened.MatchString(text) {
		return "", errors.New("is a number that a spreadsheet program shortened; format the column as text and export it again")
	}
	return norm.NFC.String(text), nil
}
