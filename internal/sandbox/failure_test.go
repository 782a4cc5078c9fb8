package sandbox

import (
	"fmt"
	"strings"
	"testing"
)

// documentedCodes are those that the documents of charges list.
const documentedCodes = "confirmed_amount_mismatch failed_fraud_check failed_processing insufficient_balance insufficient_fund " +
	"invalid_account_number invalid_account payment_cancelled payment_rejected stolen_or_lost_card timeout"

// TestEveryFailureCodeByAmount provokes each code with a card, and with a source that is paid for.
func TestEveryFailureCodeByAmount(t *testing.T) {
	s := newServer(t, options())
	for i, code := range strings.Fields(documentedCodes) {
		money := fmt.Sprintf("amount=%d&currency=thb&", 666_601+i)
		card := do(t, s, "POST /charges", money+"card="+newToken(t, s))
		check(t, card, map[string]any{"status": "failed", "failure_code": code, "authorized": false, "paid": false, "capturable": false})
		if message, _ := card["failure_message"].(string); message == "" || message == failureText("") {
			t.Errorf("%s says %q", code, message)
		}
		source := do(t, s, "POST /charges", money+"source[type]=promptpay")
		check(t, source, map[string]any{"status": "pending", "failure_code": nil})
		must(t, s.Pay(idOf(source)))
		check(t, object(t, s, place(source)), map[string]any{"status": "failed", "failure_code": code})
	}
	for _, amount := range []int64{666_600, 666_613} {
		c := do(t, s, "POST /charges", fmt.Sprintf("amount=%d&currency=thb&card=%s", amount, newToken(t, s)))
		check(t, c, map[string]any{"status": "successful"})
	}
}

func TestFailingAmountsAreWithinEveryLimit(t *testing.T) {
	for _, l := range currencies {
		if first, last := int64(666_601), int64(666_600+len(failures)); first < l.low || last > l.high {
			t.Errorf("%s takes %d to %d", l.code, l.low, l.high)
		}
	}
}

// TestEveryFailureCodeByCard holds the table of test cards to the documents, with a token and with a
// card that a customer keeps.
func TestEveryFailureCodeByCard(t *testing.T) {
	s := newServer(t, options())
	provoked := map[string]bool{}
	for _, card := range testCards {
		if card.secure || card.outcome == "" {
			continue
		}
		customer := idOf(do(t, s, "POST /customers", "card="+newToken(t, s, "number", card.numbers[0])))
		for _, by := range []string{"card=" + newToken(t, s, "number", card.numbers[0]), "customer=" + customer} {
			c := do(t, s, "POST /charges", "amount=100000&currency=thb&"+by)
			check(t, c, map[string]any{"status": "failed", "failure_code": card.outcome})
			if c["failure_message"] == failureText("") {
				t.Errorf("%s has no message", card.outcome)
			}
		}
		provoked[card.outcome] = true
	}
	for _, code := range strings.Fields(documentedCodes) {
		if !provoked[code] {
			t.Errorf("no test card brings %s", code)
		}
	}
}

func TestKeptCardPastItsMonthFails(t *testing.T) {
	s := newServer(t, options())
	customer, err := s.AddCustomer(CustomerSpec{Cards: []CardSpec{{ExpirationMonth: 11, ExpirationYear: 2026}}})
	must(t, err)
	body := "amount=100000&currency=thb&customer=" + customer
	s.SetClock(testNow.AddDate(0, 0, 9)) // 30 November, half past noon in Bangkok
	check(t, do(t, s, "POST /charges", body), map[string]any{"status": "successful"})
	s.SetClock(testNow.AddDate(0, 0, 10))
	check(t, do(t, s, "POST /charges", body), map[string]any{"status": "failed", "failure_code": "invalid_account_number"})
}

func TestDeclinedTokenIsSpent(t *testing.T) {
	s := newServer(t, options())
	token := newToken(t, s, "number", "4111111111140011")
	check(t, do(t, s, "POST /charges", "amount=100000&currency=thb&card="+token), map[string]any{"status": "failed"})
	refuse(t, s, "POST /charges", "amount=100000&currency=thb&card="+token, "used_token")
}
