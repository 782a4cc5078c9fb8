package report

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// The lists are copied from the contract by hand: spreadsheets rely on them.
func TestColumnsAreTheContracts(t *testing.T) {
	want := map[string]string{
		"charges":           "account, charge_id, order_ref, created_at, paid_at, status, payment_method, currency, amount, captured, refunded, funding_currency, funding_amount, fee, fee_vat, interest, interest_vat, net, transaction_id, customer_id, disputed, record_ref, record_amount, result",
		"refunds":           "account, refund_id, charge_id, order_ref, refunded_at, amount, currency, funding_amount, funding_currency, kind, refund_status, charge_amount, charge_captured, charge_refunded, charge_created_at, payment_method, customer_id, record_ref, record_refunded, difference, result",
		"disputes":          "account, dispute_id, charge_id, order_ref, created_at, closed_at, status, reason_code, amount, currency, funding_amount, funding_currency, record_ref, record_status",
		"capture_deadlines": "account, charge_id, order_ref, created_at, authorized_amount, currency, capture_by, basis, days_left, hours_left, state, auto_capture, payment_method, customer_id, record_ref, record_status",
		"expiring_charges":  "account, charge_id, order_ref, created_at, amount, currency, payment_method, expires_at, hours_left, state, customer_id, record_ref, record_status",
		"expiring_cards":    "account, customer_id, customer_email, card_id, brand, last_digits, cardholder, bank, country, expires_on, days_left, state, default_card, replaced_by, last_charged_at, charges_90d",
		"breaks":            "account, break_id, kind, record_ref, charge_id, refund_id, field, record_value, omise_value, difference, currency, first_seen, age_days, state, explanation, severity, closed_period, owner, resolution, note",
		"changes":           "account, object, id, field, before, after, currency, noticed_at, run, created_at, closed_period",
		"summary":           "account, currency, measure, count, amount",
	}
	got := map[string]string{}
	for _, table := range Tables() {
		var names []string
		for _, c := range table.Columns {
			names = append(names, c.Name)
		}
		got[table.Name] = strings.Join(names, ", ")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-contract +ours):\n%s", diff)
	}
}

func TestTitlesAreThereInEveryLanguageAndNameOneThingEach(t *testing.T) {
	for _, lang := range []string{"en", "ja", "th"} {
		s, err := newSpeech(lang, "")
		if err != nil {
			t.Fatal(err)
		}
		sheets := map[string]bool{"": true}
		for _, table := range Tables() {
			name := s.sheetName(table, 1)
			if sheets[name] || utf8.RuneCountInString(name) > 28 { // room for " 12" in Excel's 31
				t.Errorf("%s: sheet name %q of %s is empty, long or taken", lang, name, table.Name)
			}
			sheets[name] = true
			titles := map[string]bool{"": true}
			for _, c := range table.Columns {
				if title := s.say(c.Title); titles[title] {
					t.Errorf("%s: title %q of %s.%s is empty or taken", lang, title, table.Name, c.Name)
				} else {
					titles[title] = true
				}
			}
		}
		for w := range s.words {
			if s.word(w) == "" {
				t.Errorf("%s: no word for %s", lang, w)
			}
		}
	}
}
