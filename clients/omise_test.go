package clients

import (
	"errors"
	"testing"
	"time"

	"github.com/omise/omise-go"
	"github.com/omise/omise-go/operations"
)

// newClient is set up as the README says.
func newClient(t *testing.T, url string) *omise.Client {
	t.Helper()
	c, err := omise.NewClient(publicKey, secretKey)
	if err != nil {
		t.Fatal(err)
	}
	c.Endpoints["https://api.omise.co"] = url
	c.Endpoints["https://vault.omise.co"] = url
	return c
}

// do gives what runs an operation that has to work. It takes the Do of a client, because the type of
// operations cannot be named outside omise-go.
func do[T, Operation any](t *testing.T, do func(any, Operation) error) func(Operation) *T {
	return func(op Operation) *T {
		t.Helper()
		result := new(T)
		if err := do(result, op); err != nil {
			t.Fatalf("%T: %v", op, err)
		}
		return result
	}
}

// refuse wants an error of Omise's.
func refuse(t *testing.T, err error, status int, code string) {
	t.Helper()
	var fault *omise.Error
	if !errors.As(err, &fault) || fault.StatusCode != status || fault.Code != code || fault.Message == "" {
		t.Errorf("got %v, want (%d/%s)", err, status, code)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

const (
	goodCard   = "4242424242424242"
	brokeCard  = "4111111111140011" // brings insufficient_fund
	cardHolder = "Somchai Prasert"
)

func newToken(t *testing.T, c *omise.Client, number string) *omise.Token {
	t.Helper()
	return do[omise.Token](t, c.Do)(&operations.CreateToken{
		Name: cardHolder, Number: number, ExpirationMonth: time.October, ExpirationYear: time.Now().Year() + 2,
		City: "Bangkok", PostalCode: "10320", SecurityCode: "123",
	})
}

// newCharge charges a new token of the good card.
func newCharge(t *testing.T, c *omise.Client, op operations.CreateCharge) *omise.Charge {
	t.Helper()
	op.Card = newToken(t, c, goodCard).ID
	if op.Currency == "" {
		op.Currency = "thb"
	}
	return do[omise.Charge](t, c.Do)(&op)
}
