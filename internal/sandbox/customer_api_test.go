package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestCustomerWithACard(t *testing.T) {
	s := newServer(t, options())
	token := newToken(t, s)
	cardID := s.st.tokens.byID[token].card.id
	s.Advance(time.Second)
	c := newCustomer(t, s, url.Values{
		"card": {token}, "email": {"john.doe@example.com"}, "description": {"John Doe (id: 30)"},
		"metadata[tier]": {"gold"}, "metadata[tags][]": {"a", "b"},
	}.Encode())
	check(t, c, map[string]any{
		"object": "customer", "email": "john.doe@example.com", "description": "John Doe (id: 30)",
		"default_card": cardID, "deleted": false, "created_at": "2026-11-21T05:30:01Z",
	})
	if tags := c["metadata"].(map[string]any)["tags"].([]any); len(tags) != 2 || tags[1] != "b" {
		t.Errorf("metadata %v", c["metadata"])
	}
	held := rows(t, c["cards"].(map[string]any))
	check(t, held[0], map[string]any{"id": cardID, "location": place(c) + "/cards/" + cardID, "created_at": "2026-11-21T05:30:00Z"})
	if keys := eventKeys(t, s); keys != "customer.create" {
		t.Errorf("events %s", keys)
	}
}

func TestCustomerWithNothing(t *testing.T) {
	s := newServer(t, options())
	for _, body := range []string{"", "{}", `{"card":null,"email":"","description":null,"metadata":{}}`} {
		c := newCustomer(t, s, body)
		check(t, c, map[string]any{"email": nil, "description": nil, "default_card": nil})
		check(t, c["cards"].(map[string]any), map[string]any{"total": 0})
	}
	if total := object(t, s, "/customers")["total"]; total != 3.0 {
		t.Errorf("%v customers", total)
	}
}

func TestRefusedCustomersChangeNothing(t *testing.T) {
	s := newServer(t, options())
	c := newCustomer(t, s, "card="+newToken(t, s))
	foreign := newCustomer(t, s, "card="+newToken(t, s))
	good, state := newToken(t, s), untouched(t, s)
	before := get(t, s, place(c)).body
	for _, tt := range []struct {
		method, path, body, code string
		status                   int
	}{
		{"POST", "/customers", "card=tokn_test_none", "not_found", 404},
		{"POST", "/customers", "card[name]=x", "bad_request", 400},
		{"POST", "/customers", "metadata=x&card=" + good, "bad_request", 400},
		{"POST", "/customers", `{"email":{}}`, "bad_request", 400},
		{"PATCH", "/customers/cust_test_none", "", "not_found", 404},
		{"PATCH", place(c), "card=tokn_test_none&email=new@example.com", "not_found", 404},
		{"PATCH", place(c), "card=" + good + "&default_card=card_test_none", "not_found", 404},
		{"PATCH", place(c), "email=new@example.com&default_card=" + foreign["default_card"].(string), "not_found", 404},
		{"PATCH", place(c), "default_card[]=x", "bad_request", 400},
		{"DELETE", "/customers/cust_test_none", "", "not_found", 404},
		{"GET", "/customers/cust_test_none/linked_accounts", "", "not_found", 404},
	} {
		a := ask(t, s, tt.method, tt.path, tt.body)
		if a.status != tt.status || a.decode(t)["code"] != tt.code {
			t.Errorf("%s %s %s: %d %s", tt.method, tt.path, tt.body, a.status, a.body)
		}
	}
	if get(t, s, place(c)).body != before || untouched(t, s) != state {
		t.Error("something changed")
	}
	newCustomer(t, s, "card="+good)
}

func TestCustomerChanges(t *testing.T) {
	s := newServer(t, options())
	c := newCustomer(t, s, `{"email":"a@example.com","description":"first","metadata":{"a":1,"b":2}}`)
	got := patch(t, s, place(c), `{"email":"b@example.com","description":"","metadata":{"c":12.50}}`)
	check(t, got, map[string]any{"email": "b@example.com", "description": "first", "created_at": c["created_at"]})
	if body := get(t, s, place(c)).body; !strings.Contains(body, `"metadata":{"c":12.50}`) {
		t.Errorf("metadata is not replaced as a whole: %s", body)
	}
	events := rows(t, object(t, s, "/events"))
	check(t, events[0]["data"].(map[string]any), map[string]any{"email": "a@example.com"})
	check(t, events[1]["data"].(map[string]any), map[string]any{"email": "b@example.com"})
	if keys := eventKeys(t, s); keys != "customer.create customer.update" {
		t.Errorf("events %s", keys)
	}
}

func TestDefaultCard(t *testing.T) {
	s := newServer(t, options())
	c := newCustomer(t, s, "")
	var cards []string
	add := func(extra string) map[string]any {
		s.Advance(time.Minute)
		token := newToken(t, s)
		cards = append(cards, s.st.tokens.byID[token].card.id)
		return patch(t, s, place(c), "card="+token+strings.ReplaceAll(extra, "NEW", cards[len(cards)-1]))
	}
	expect := func(why string, c map[string]any, i int) {
		t.Helper()
		if c["default_card"] != cards[i] {
			t.Errorf("%s: the default is %v, not card %d", why, c["default_card"], i)
		}
	}
	drop := func(i int) {
		s.Advance(time.Minute)
		if a := ask(t, s, http.MethodDelete, place(c)+"/cards/"+cards[i], ""); a.status != http.StatusOK {
			t.Fatal(a.body)
		}
	}
	expect("the first card", add(""), 0)
	expect("a second card", add(""), 0)
	expect("a third that is named in the same request", add("&default_card=NEW"), 2)
	expect("one of those before", patch(t, s, place(c), "default_card="+cards[1]), 1)
	drop(1)
	expect("the default deleted", object(t, s, place(c)), 2)
	expect("a card after that", add(""), 2)
	drop(0)
	expect("another deleted", object(t, s, place(c)), 2)
	drop(2)
	drop(3)
	check(t, object(t, s, place(c)), map[string]any{"default_card": nil})
	expect("the first one again", add(""), 4)
}

func TestTheCardAddedLastIsNewest(t *testing.T) {
	s := newServer(t, options())
	early := newToken(t, s)
	s.Advance(time.Minute)
	c := newCustomer(t, s, "card="+newToken(t, s))
	s.Advance(time.Minute)
	patch(t, s, place(c), "card="+newToken(t, s))
	s.Advance(time.Minute)
	patch(t, s, place(c), "card="+early)
	ask(t, s, http.MethodDelete, place(c)+"/cards/"+c["default_card"].(string), "")
	check(t, object(t, s, place(c)), map[string]any{"default_card": s.st.tokens.byID[early].card.id})
}

func TestCustomerDeletion(t *testing.T) {
	for _, tt := range []struct {
		version string
		keys    int
	}{{"2019-05-29", 12}, {"2017-11-02", 4}} {
		t.Run(tt.version, func(t *testing.T) {
			s := newServer(t, options())
			c := newCustomer(t, s, "email=a@example.com&card="+newToken(t, s))
			card := place(c) + "/cards/" + c["default_card"].(string)
			a := ask(t, s, http.MethodDelete, place(c), "{}", "Omise-Version: "+tt.version)
			got := a.decode(t)
			check(t, got, map[string]any{"object": "customer", "id": c["id"], "livemode": false, "deleted": true})
			if len(got) != tt.keys {
				t.Errorf("%s: %s", tt.version, a.body)
			}
			for _, gone := range []string{place(c), card, place(c) + "/cards"} {
				if a := get(t, s, gone); a.status != http.StatusNotFound {
					t.Errorf("%s: %d", gone, a.status)
				}
			}
			if a := ask(t, s, http.MethodDelete, place(c), ""); a.status != http.StatusNotFound {
				t.Errorf("again: %d", a.status)
			}
			check(t, object(t, s, "/customers"), map[string]any{"total": 0})
			if keys := eventKeys(t, s); keys != "customer.create customer.destroy" {
				t.Errorf("events %s", keys)
			}
		})
	}
}

func TestLinkedAccountsAreNone(t *testing.T) {
	s := newServer(t, options())
	c := newCustomer(t, s, "")
	check(t, object(t, s, place(c)+"/linked_accounts"), map[string]any{"object": "list", "total": 0})
}
