package sandbox

import (
	"testing"
	"time"
)

func TestMoreCardsThanAPage(t *testing.T) {
	s := newServer(t, options())
	id, _ := addCustomer(t, s, 23)
	embedded := object(t, s, "/customers/"+id)["cards"].(map[string]any)
	if embedded["total"] != 23.0 || len(rows(t, embedded)) != 20 || embedded["location"] != "/customers/"+id+"/cards" {
		t.Errorf("embedded list has %d of %v at %v", len(rows(t, embedded)), embedded["total"], embedded["location"])
	}
	if got := rows(t, object(t, s, "/customers/"+id+"/cards?limit=100")); len(got) != 23 {
		t.Errorf("%d cards", len(got))
	}
}

func TestDeletedCardsAndCustomersVanish(t *testing.T) {
	s := newServer(t, options())
	a, cards := addCustomer(t, s, 3)
	b, _ := addCustomer(t, s, 0)
	path := "/customers/" + a
	check(t, object(t, s, path), map[string]any{"default_card": cards[0]})
	check(t, object(t, s, "/customers/"+b), map[string]any{"default_card": nil})
	must(t, s.DeleteCard(a, cards[0]))
	check(t, object(t, s, path), map[string]any{"default_card": cards[2], "deleted": false})
	if got := ids(rows(t, object(t, s, path+"/cards"))); got != cards[1]+" "+cards[2] {
		t.Errorf("cards are %s", got)
	}
	if a := get(t, s, path+"/cards/"+cards[0]); a.status != 404 {
		t.Errorf("deleted card: %d", a.status)
	}
	s.Advance(time.Minute)
	must(t, s.DeleteCustomer(a))
	if a := get(t, s, path); a.status != 404 {
		t.Errorf("deleted customer: %d", a.status)
	}
	if got := ids(rows(t, object(t, s, "/customers"))); got != b {
		t.Errorf("customers are %s, want %s", got, b)
	}
	if code(s.DeleteCustomer(a)) != "not_found" || code(s.DeleteCard(b, cards[1])) != "not_found" {
		t.Error("what is deleted can be deleted again")
	}
}

func TestCardExpiryChangesInPlace(t *testing.T) {
	s := newServer(t, options())
	id, cards := addCustomer(t, s, 1)
	charge := addCharge(t, s, ChargeSpec{Customer: id})
	path := "/customers/" + id + "/cards/" + cards[0]
	before := object(t, s, path)
	s.Advance(time.Hour)
	must(t, s.UpdateCard(id, cards[0], 3, 2031))
	check(t, object(t, s, path), map[string]any{
		"id": before["id"], "created_at": before["created_at"], "fingerprint": before["fingerprint"],
		"expiration_month": 3, "expiration_year": 2031,
	})
	snapshot := object(t, s, "/charges/"+charge)
	check(t, snapshot, map[string]any{"customer": id})
	check(t, snapshot["card"].(map[string]any), map[string]any{"id": cards[0], "expiration_month": 11, "expiration_year": 2026, "location": path})
	if s.UpdateCard(id, cards[0], 13, 2031) == nil {
		t.Error("month 13 was accepted")
	}
}

// Of cards that came in the same second the one added last takes over.
func TestLastCardOfASecond(t *testing.T) {
	s := newServer(t, options())
	id, err := s.AddCustomer(CustomerSpec{Cards: []CardSpec{{}, {}, {}}})
	must(t, err)
	cards := s.Customers()[0].Cards
	for _, left := range []int{2, 1, 0} {
		if left < 2 {
			must(t, s.DeleteCard(id, cards[left+1]))
		}
		if left == 2 {
			must(t, s.SetDefaultCard(id, cards[2]))
		}
		check(t, object(t, s, "/customers/"+id), map[string]any{"default_card": cards[left]})
	}
}

func TestSetDefaultCard(t *testing.T) {
	s := newServer(t, options())
	customer, err := s.AddCustomer(CustomerSpec{Cards: []CardSpec{{}}})
	must(t, err)
	second, err := s.AddCard(customer, CardSpec{})
	must(t, err)
	must(t, s.SetDefaultCard(customer, second))
	check(t, object(t, s, "/customers/"+customer), map[string]any{"default_card": second})
	if code(s.SetDefaultCard(customer, "card_test_none")) != "not_found" {
		t.Error("a card that is not there became the default")
	}
}
