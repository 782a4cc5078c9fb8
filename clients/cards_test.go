package clients

import (
	"testing"
	"time"

	"github.com/omise/omise-go"
	"github.com/omise/omise-go/operations"
)

func TestTokens(t *testing.T) {
	c := newClient(t, startSandbox(t))
	token := newToken(t, c, goodCard)
	equal(t, "object", token.Object, "token")
	equal(t, "livemode", token.Live, false)
	equal(t, "used", token.Used, false)
	equal(t, "brand", token.Card.Brand, "Visa")
	equal(t, "last digits", token.Card.LastDigits, "4242")
	equal(t, "name", token.Card.Name, cardHolder)
	equal(t, "city", token.Card.City, "Bangkok")
	equal(t, "postal code", token.Card.PostalCode, "10320")
	equal(t, "month", token.Card.ExpirationMonth, time.October)
	equal(t, "security code check", token.Card.SecurityCodeCheck, true)

	again := do[omise.Token](t, c.Do)(&operations.RetrieveToken{ID: token.ID})
	equal(t, "id", again.ID, token.ID)
	equal(t, "fingerprint", again.Card.Fingerprint, token.Card.Fingerprint)

	charge := operations.CreateCharge{Amount: 100_000, Currency: "thb", Card: token.ID}
	do[omise.Charge](t, c.Do)(&charge)
	refuse(t, c.Do(nil, &charge), 400, "used_token")
	equal(t, "used", do[omise.Token](t, c.Do)(&operations.RetrieveToken{ID: token.ID}).Used, true)
	refuse(t, c.Do(nil, &operations.RetrieveToken{ID: "tokn_test_none"}), 404, "not_found")
	refuse(t, c.Do(nil, &operations.CreateToken{
		Name: cardHolder, Number: "4242424242424241", ExpirationMonth: 1, ExpirationYear: time.Now().Year() + 1,
	}), 400, "invalid_card")
}

func TestCustomers(t *testing.T) {
	c := newClient(t, startSandbox(t))
	made := do[omise.Customer](t, c.Do)(&operations.CreateCustomer{
		Email: "somchai@example.com", Description: "first", Card: newToken(t, c, goodCard).ID,
		Metadata: map[string]any{"tier": "gold"},
	})
	equal(t, "email", made.Email, "somchai@example.com")
	equal(t, "tier", made.Metadata["tier"], any("gold"))
	equal(t, "cards", made.Cards.Total, 1)
	equal(t, "default card", made.DefaultCard, made.Cards.Data[0].ID)

	changed := do[omise.Customer](t, c.Do)(&operations.UpdateCustomer{
		CustomerID: made.ID, Description: "second", Metadata: map[string]any{"tier": "silver"},
	})
	equal(t, "description", changed.Description, "second")
	equal(t, "email", changed.Email, "somchai@example.com")
	found := do[omise.Customer](t, c.Do)(&operations.RetrieveCustomer{CustomerID: made.ID})
	equal(t, "tier", found.Metadata["tier"], any("silver"))

	do[omise.Customer](t, c.Do)(&operations.CreateCustomer{Email: "malee@example.com"})
	list := do[omise.CustomerList](t, c.Do)(&operations.ListCustomers{List: operations.List{Limit: 1, Order: omise.ReverseChronological}})
	equal(t, "total", list.Total, 2)
	equal(t, "rows", len(list.Data), 1)
	equal(t, "latest", list.Data[0].Email, "malee@example.com")

	equal(t, "deleted", do[omise.Deletion](t, c.Do)(&operations.DestroyCustomer{CustomerID: made.ID}).Deleted, true)
	refuse(t, c.Do(nil, &operations.RetrieveCustomer{CustomerID: made.ID}), 404, "not_found")
	refuse(t, c.Do(nil, &operations.CreateCharge{Amount: 100_000, Currency: "thb", Customer: made.ID}), 404, "not_found")
	equal(t, "total", do[omise.CustomerList](t, c.Do)(&operations.ListCustomers{}).Total, 1)
}

func TestCards(t *testing.T) {
	c := newClient(t, startSandbox(t))
	customer := do[omise.Customer](t, c.Do)(&operations.CreateCustomer{Card: newToken(t, c, goodCard).ID})
	first := customer.DefaultCard
	customer = do[omise.Customer](t, c.Do)(&operations.UpdateCustomer{CustomerID: customer.ID, Card: newToken(t, c, "5555555555554444").ID})
	equal(t, "cards", customer.Cards.Total, 2)
	second := customer.Cards.Data[1]
	equal(t, "brand", second.Brand, "MasterCard")

	customer = do[omise.Customer](t, c.Do)(&operations.UpdateCustomer{CustomerID: customer.ID, DefaultCard: second.ID})
	equal(t, "default card", customer.DefaultCard, second.ID)
	charge := do[omise.Charge](t, c.Do)(&operations.CreateCharge{Amount: 50_000, Currency: "thb", Customer: customer.ID})
	equal(t, "card charged", charge.Card.ID, second.ID)

	year := time.Now().Year() + 3
	changed := do[omise.Card](t, c.Do)(&operations.UpdateCard{
		CustomerID: customer.ID, CardID: first, Name: "S. Prasert", City: "Chiang Mai", PostalCode: "50000",
		ExpirationMonth: time.May, ExpirationYear: year,
	})
	for _, card := range []*omise.Card{
		changed,
		do[omise.Card](t, c.Do)(&operations.RetrieveCard{CustomerID: customer.ID, CardID: first}),
		do[omise.CardList](t, c.Do)(&operations.ListCards{CustomerID: customer.ID}).Find(first),
	} {
		equal(t, "name", card.Name, "S. Prasert")
		equal(t, "city", card.City, "Chiang Mai")
		equal(t, "postal code", card.PostalCode, "50000")
		equal(t, "month", card.ExpirationMonth, time.May)
		equal(t, "year", card.ExpirationYear, year)
	}

	equal(t, "deleted", do[omise.Deletion](t, c.Do)(&operations.DestroyCard{CustomerID: customer.ID, CardID: second.ID}).Deleted, true)
	cards := do[omise.CardList](t, c.Do)(&operations.ListCards{CustomerID: customer.ID, List: operations.List{Limit: 100}})
	equal(t, "cards left", cards.Total, 1)
	equal(t, "default card", do[omise.Customer](t, c.Do)(&operations.RetrieveCustomer{CustomerID: customer.ID}).DefaultCard, first)
	refuse(t, c.Do(nil, &operations.RetrieveCard{CustomerID: customer.ID, CardID: second.ID}), 404, "not_found")
}
