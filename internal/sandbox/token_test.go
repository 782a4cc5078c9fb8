package sandbox

import (
	"net/http"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTokenOfEveryField(t *testing.T) {
	s := newServer(t, options())
	body := `{"card":{"name":"Somchai Prasert","number":4242424242424242,"expiration_month":"02","expiration_year":31,
		"city":"Bangkok","country":"US","email":"a@example.com","phone_number":"0123456789","postal_code":10320,
		"security_code":123,"state":"NY","street1":"476 Fifth Avenue","street2":null,"unknown":true}}`
	a := ask(t, s, http.MethodPost, "/tokens", body, withPublicKey)
	token := a.decode(t)
	check(t, token, map[string]any{
		"object": "token", "livemode": false, "used": false, "charge_status": "unknown",
		"location": "http://example.com/tokens/" + idOf(token), "created_at": "2026-11-21T05:30:00Z",
	})
	check(t, token["card"].(map[string]any), map[string]any{
		"object": "card", "livemode": false, "location": nil, "deleted": false,
		"name": "Somchai Prasert", "expiration_month": 2, "expiration_year": 2031, "brand": visa,
		"last_digits": "4242", "first_digits": nil, "security_code_check": true, "tokenization_method": nil,
		"city": "Bangkok", "country": "us", "email": "a@example.com", "phone_number": "0123456789",
		"postal_code": "10320", "state": "NY", "street1": "476 Fifth Avenue", "street2": nil,
		"bank": "", "financing": "", "created_at": "2026-11-21T05:30:00Z",
	})
	again := ask(t, s, http.MethodGet, "/tokens/"+idOf(token), "", withPublicKey)
	if again.body != a.body {
		t.Errorf("retrieved as %s, created as %s", again.body, a.body)
	}
}

func TestTokenBefore2019(t *testing.T) {
	s := newServer(t, options())
	a := ask(t, s, http.MethodPost, "/tokens", cardForm(validCard()), "Omise-Version: 2017-11-02", withPublicKey)
	token := a.decode(t)
	card := token["card"].(map[string]any)
	for _, key := range []string{"location", "deleted", "created_at"} {
		if _, ok := card[key]; ok {
			t.Errorf("card has %s", key)
		}
	}
	check(t, card, map[string]any{"created": "2026-11-21T05:30:00Z", "last_digits": "4242"})
	check(t, token, map[string]any{"created": "2026-11-21T05:30:00Z", "created_at": nil, "charge_status": "unknown"})
}

func TestWhatIsWrongWithACard(t *testing.T) {
	s := newServer(t, options())
	before := untouched(t, s)
	for _, tt := range []struct{ name, text, want string }{
		{"name", "", "name can't be blank"},
		{"name", "  ", "name can't be blank"},
		{"number", "", "number can't be blank and brand not supported (unknown)"},
		{"number", "4242424242424241", "number is invalid"},
		{"number", "424242424242424", "number is invalid"},
		{"number", "1234", "number is invalid and brand not supported (unknown)"},
		{"number", "9999999999999995", "brand not supported (unknown)"},
		{"number", "no number", "number is invalid and brand not supported (unknown)"},
		{"expiration_month", "", "expiration month can't be blank and expiration month is not between 1 and 12"},
		{"expiration_month", "13", "expiration month is not between 1 and 12 and expiration date is invalid"},
		{"expiration_month", "May", "expiration month is not between 1 and 12 and expiration date is invalid"},
		{"expiration_year", "", "expiration year can't be blank and expiration year is invalid"},
		{"expiration_year", "2150", "expiration year is invalid"},
		{"expiration_year", "2000", "expiration date cannot be in the past"},
		{"expiration_year", "1999", "expiration year is invalid and expiration date cannot be in the past"},
		{"expiration_year", "2025", "expiration date cannot be in the past"},
		{"expiration_year", "25", "expiration date cannot be in the past"},
		{"security_code", "12", "security code is invalid"},
		{"security_code", "1234", "security code is invalid"},
		{"security_code", "12a", "security code is invalid"},
		{"country", "USA", "country is not a two-letter code"},
	} {
		card := validCard()
		card[tt.name] = tt.text
		a := ask(t, s, http.MethodPost, "/tokens", cardForm(card), withPublicKey)
		check(t, a.decode(t), map[string]any{"object": "error", "code": "invalid_card", "message": tt.want})
		if a.status != http.StatusBadRequest {
			t.Errorf("%s %q: %d", tt.name, tt.text, a.status)
		}
	}
	a := ask(t, s, http.MethodPost, "/tokens", `{"card":{"expiration_month":0,"expiration_year":"x","number":"1"}}`, withPublicKey)
	check(t, a.decode(t), map[string]any{"message": "expiration month is not between 1 and 12, name can't be blank, expiration year is invalid, expiration date is invalid, number is invalid, and brand not supported (unknown)"})
	for body, want := range map[string]string{"": "missing_card", "card=": "missing_card", "card=x": "bad_request", "card[name][a]=b": "bad_request"} {
		if a := ask(t, s, http.MethodPost, "/tokens", body, withPublicKey); a.status != http.StatusBadRequest || a.decode(t)["code"] != want {
			t.Errorf("%q: %d %s", body, a.status, a.body)
		}
	}
	if untouched(t, s) != before {
		t.Error("refused tokens changed something")
	}
}

func TestCardsGoodUntilTheirMonthIsOver(t *testing.T) {
	s := newServer(t, options())
	newToken(t, s, "number", "378282246310005", "security_code", "1234")
	newToken(t, s, "number", "378282246310005", "security_code", "123")
	newToken(t, s, "number", "4242 4242-4242 4242", "security_code", "")
	newToken(t, s, "expiration_month", "12", "expiration_year", "2099")
	card := validCard()
	card["expiration_month"], card["expiration_year"] = "11", "2026"
	bangkok := time.FixedZone("TH", 7*3600)
	for _, tt := range []struct {
		at     time.Time
		status int
	}{
		{time.Date(2026, 12, 1, 0, 0, -1, 0, bangkok), http.StatusOK},
		{time.Date(2026, 12, 1, 0, 0, 0, 0, bangkok), http.StatusBadRequest},
	} {
		s.SetClock(tt.at)
		if a := ask(t, s, http.MethodPost, "/tokens", cardForm(card), withPublicKey); a.status != tt.status {
			t.Errorf("%s: %d", tt.at, a.status)
		}
	}
}

func TestTokensTakePublicKeysOnly(t *testing.T) {
	s := newServer(t, options())
	id := newToken(t, s)
	for _, a := range []answer{ask(t, s, http.MethodPost, "/tokens", cardForm(validCard())), get(t, s, "/tokens/"+id)} {
		if a.status != http.StatusUnauthorized || a.decode(t)["code"] != "authentication_failure" {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	a := ask(t, s, http.MethodGet, "/tokens/tokn_test_none", "", withPublicKey)
	if a.status != http.StatusNotFound || a.decode(t)["message"] != "token tokn_test_none was not found" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestTokenIsUsedOnce(t *testing.T) {
	s := newServer(t, options())
	id := newToken(t, s)
	customer := place(newCustomer(t, s, "card="+id))
	check(t, ask(t, s, http.MethodGet, "/tokens/"+id, "", withPublicKey).decode(t), map[string]any{"used": true, "card": nil, "charge_status": "unknown"})
	before := untouched(t, s)
	for _, a := range []answer{
		ask(t, s, http.MethodPost, "/customers", "card="+id),
		ask(t, s, http.MethodPatch, customer, "card="+id),
		ask(t, s, http.MethodPost, "/charges", "amount=10000&currency=thb&card="+id),
	} {
		if e := a.decode(t); a.status != http.StatusBadRequest || e["code"] != "used_token" || e["message"] != "token was already used" {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if untouched(t, s) != before {
		t.Error("a used token changed something")
	}
}

func TestChargeStatusOfAToken(t *testing.T) {
	s := newServer(t, options())
	id := newToken(t, s)
	charge := ask(t, s, http.MethodPost, "/charges", "amount=10000&currency=thb&capture=false&card="+id).decode(t)
	got := ask(t, s, http.MethodGet, "/tokens/"+id, "", withPublicKey).decode(t)
	check(t, got, map[string]any{"used": true, "charge_status": "pending"})
	must(t, s.Capture(idOf(charge), 0))
	got = ask(t, s, http.MethodGet, "/tokens/"+id, "", withPublicKey).decode(t)
	check(t, got, map[string]any{"charge_status": "successful"})
	check(t, got["card"].(map[string]any), map[string]any{"last_digits": "4242"})
	if a := ask(t, s, http.MethodPost, "/customers", "card="+id); a.decode(t)["code"] != "used_token" {
		t.Errorf("the token of a charge became a customer's: %d %s", a.status, a.body)
	}
}

func TestAnyValidNumberMakesAToken(t *testing.T) {
	s := newServer(t, options())
	rapid.Check(t, func(rt *rapid.T) {
		card, number := validCard(), drawNumber(rt)
		card["number"] = number
		got := ask(t, s, http.MethodPost, "/tokens", cardForm(card), withPublicKey).decode(t)
		if got["object"] != "token" {
			rt.Fatalf("%s: %v", number, got)
		}
		k := got["card"].(map[string]any)
		if k["brand"] != brandOf(number) || k["last_digits"] != number[len(number)-4:] || k["fingerprint"] != fingerprint(7, number) {
			rt.Fatalf("%s: %v", number, k)
		}
		card["number"] = drawNeighbour(rt, number)
		if got := ask(t, s, http.MethodPost, "/tokens", cardForm(card), withPublicKey).decode(t); got["code"] != "invalid_card" {
			rt.Fatalf("%s, one digit from %s: %v", card["number"], number, got)
		}
	})
}
