package sandbox

import (
	"fmt"
	"net/url"
	"testing"
)

// validCard is the card of the documents' examples, a few years on.
func validCard() map[string]string {
	return map[string]string{
		"name": "Somchai Prasert", "number": "4242424242424242", "expiration_month": "10",
		"expiration_year": "2030", "city": "Bangkok", "postal_code": "10320", "security_code": "123",
	}
}

func cardForm(card map[string]string) string {
	form := url.Values{}
	for name, text := range card {
		form.Set("card["+name+"]", text)
	}
	return form.Encode()
}

// newToken makes a token for a card with changes, names and texts by turns, and gives its id.
func newToken(t *testing.T, s *Server, changes ...string) string {
	t.Helper()
	card := validCard()
	for i := 0; i < len(changes); i += 2 {
		card[changes[i]] = changes[i+1]
	}
	return idOf(do(t, s, "POST /tokens", cardForm(card), withPublicKey))
}

// untouched says what a refused request must leave as it was; an id drawn is a change, too.
func untouched(t *testing.T, s *Server) string {
	t.Helper()
	return fmt.Sprint(s.ids.made, len(s.st.tokens.byID), len(s.st.customers.rows), len(s.st.events.rows))
}

// customerWithCard makes a customer with one card and gives the paths of both.
func customerWithCard(t *testing.T, s *Server) (customer, card string) {
	t.Helper()
	c := newCustomer(t, s, "card="+newToken(t, s, "street1", "476 Fifth Avenue"))
	return place(c), place(c) + "/cards/" + c["default_card"].(string)
}
