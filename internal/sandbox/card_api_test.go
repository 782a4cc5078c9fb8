package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestCardChanges(t *testing.T) {
	s := newServer(t, options())
	_, card := customerWithCard(t, s)
	for _, tt := range []struct {
		body string
		want map[string]any
	}{
		{"expiration_month=12&expiration_year=2031&name=Somchai Praset&postal_code=10310", map[string]any{
			"expiration_month": 12, "expiration_year": 2031, "name": "Somchai Praset", "postal_code": "10310", "city": "Bangkok",
		}},
		{`{"expiration_month":3}`, map[string]any{"expiration_month": 3, "expiration_year": 2031}},
		{`{"expiration_year":"28"}`, map[string]any{"expiration_month": 3, "expiration_year": 2028}},
		{`{"city":"Chiang Mai","postal_code":50200,"name":null,"expiration_month":""}`, map[string]any{
			"city": "Chiang Mai", "postal_code": "50200", "name": "Somchai Praset", "expiration_month": 3,
		}},
		{"number=4111111111111111&brand=JCB&country=jp&street1=x&state=x&last_digits=1&fingerprint=x&deleted=true&email=x", map[string]any{
			"brand": visa, "last_digits": "4242", "country": "", "street1": "476 Fifth Avenue", "state": nil, "deleted": false,
			"fingerprint": fingerprint(7, "4242424242424242"), "email": nil,
		}},
		{"", map[string]any{"city": "Chiang Mai"}},
	} {
		check(t, patch(t, s, card, tt.body), tt.want)
	}
}

func TestRefusedCardChanges(t *testing.T) {
	s := newServer(t, options())
	customer, card := customerWithCard(t, s)
	before, state := get(t, s, card).body, untouched(t, s)
	for _, tt := range []struct{ path, body, message string }{
		{card, "name=New&expiration_month=13", "expiration month is not between 1 and 12 and expiration date is invalid"},
		{card, "name=New&expiration_year=2025", "expiration date cannot be in the past"},
		{card, "expiration_month=10&expiration_year=2026", "expiration date cannot be in the past"},
		{card, "expiration_year=20300", "expiration year is invalid"},
		{card, "name=%20", "name can't be blank"},
		{card, "name[]=x", "name is not a text"},
		{customer + "/cards/card_test_none", "name=x", "card card_test_none was not found"},
		{"/customers/cust_test_none/cards/card_test_none", "name=x", "customer cust_test_none was not found"},
	} {
		if a := ask(t, s, http.MethodPatch, tt.path, tt.body); a.status < 400 || a.status > 404 || a.decode(t)["message"] != tt.message {
			t.Errorf("%s: %d %s", tt.body, a.status, a.body)
		}
	}
	if get(t, s, card).body != before || untouched(t, s) != state {
		t.Error("something changed")
	}
}

func TestACardThatExpiredCanChangeItsName(t *testing.T) {
	s := newServer(t, options())
	_, card := customerWithCard(t, s)
	s.Advance(5 * 365 * 24 * time.Hour)
	check(t, patch(t, s, card, "name=New Name"), map[string]any{"name": "New Name", "expiration_year": 2030})
}

func TestCardsOfAnotherCustomer(t *testing.T) {
	s := newServer(t, options())
	mine, card := customerWithCard(t, s)
	other, _ := customerWithCard(t, s)
	for _, method := range []string{http.MethodGet, http.MethodPatch, http.MethodDelete} {
		if a := ask(t, s, method, strings.Replace(card, mine, other, 1), ""); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", method, a.status)
		}
	}
}

func TestCardDeletion(t *testing.T) {
	for _, tt := range []struct {
		version string
		keys    int
	}{{"2019-05-29", 24}, {"2017-11-02", 4}} {
		t.Run(tt.version, func(t *testing.T) {
			s := newServer(t, options())
			customer, card := customerWithCard(t, s)
			a := ask(t, s, http.MethodDelete, card, "", "Omise-Version: "+tt.version)
			got := a.decode(t)
			check(t, got, map[string]any{"object": "card", "livemode": false, "deleted": true})
			if len(got) != tt.keys {
				t.Errorf("%s: %d keys in %s", tt.version, len(got), a.body)
			}
			for _, method := range []string{http.MethodGet, http.MethodPatch, http.MethodDelete} {
				if a := ask(t, s, method, card, ""); a.status != http.StatusNotFound {
					t.Errorf("%s: %d", method, a.status)
				}
			}
			check(t, object(t, s, customer+"/cards"), map[string]any{"total": 0})
			check(t, object(t, s, customer), map[string]any{"default_card": nil, "deleted": false})
			if keys := eventKeys(t, s); keys != "customer.create card.destroy" {
				t.Errorf("events %s", keys)
			}
		})
	}
}

func TestEventsOfCards(t *testing.T) {
	s := newServer(t, options())
	customer, card := customerWithCard(t, s)
	patch(t, s, customer, "card="+newToken(t, s))
	patch(t, s, customer, "email=a@example.com&card="+newToken(t, s))
	patch(t, s, card, "name=New Name")
	patch(t, s, card, "name=Newer Name")
	want := "customer.create customer.update.card customer.update.card customer.update card.update card.update"
	if keys := eventKeys(t, s); keys != want {
		t.Errorf("events %s", keys)
	}
	events := rows(t, object(t, s, "/events"))
	check(t, events[0]["data"].(map[string]any)["cards"].(map[string]any), map[string]any{"total": 1})
	check(t, events[4]["data"].(map[string]any), map[string]any{"object": "card", "name": "New Name"})
}

func TestAChargeKeepsTheCardAsItWas(t *testing.T) {
	s := newServer(t, options())
	customer, card := customerWithCard(t, s)
	body := "amount=10000&currency=thb&customer=" + strings.TrimPrefix(customer, "/customers/")
	charge := do(t, s, "POST /charges", body)
	patch(t, s, card, "name=New Name&expiration_year=2040")
	ask(t, s, http.MethodDelete, card, "")
	kept := object(t, s, place(charge))["card"].(map[string]any)
	check(t, kept, map[string]any{"name": "Somchai Prasert", "expiration_year": 2030, "deleted": false, "location": card})
}
