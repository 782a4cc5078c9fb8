package sandbox

import (
	"net/http"
	"testing"
)

func TestSpecNumbers(t *testing.T) {
	s := newServer(t, options())
	number := "4111111111140011"
	id := idOf(ctl(t, s, "POST", "/customers", `{"cards":[{"number":`+number+`},{"number":7,"brand":"JCB"},{}]}`))
	token := s.st.tokens.byID[newToken(t, s, "number", number)].card
	held := s.st.customers.byID[id].cards
	if held[0].imprint != token.imprint || held[0].outcome != "insufficient_fund" {
		t.Errorf("planted %+v, tokenised %+v", held[0].imprint, token.imprint)
	}
	if held[1].brand != jcb || held[1].last != "0007" || held[2].brand != visa || held[2].fingerprint == held[1].fingerprint {
		t.Errorf("planted %+v and %+v", held[1].imprint, held[2].imprint)
	}
	same, err := s.AddCard(id, CardSpec{Number: 4111111111140011})
	must(t, err)
	card, err := s.st.customers.byID[id].cardNow(same, s.now())
	must(t, err)
	if card.imprint != token.imprint {
		t.Errorf("added %+v, tokenised %+v", card.imprint, token.imprint)
	}
}

// What the caller says of a card counts more than what its number tells.
func TestSpecSaysMoreThanItsNumber(t *testing.T) {
	s := newServer(t, options())
	const own = `"brand":"JCB","fingerprint":"of-my-own","last_digits":"1234","failure_code":"timeout"`
	id := idOf(ctl(t, s, "POST", "/customers", `{"cards":[{"number":4111111111140011,`+own+`},{"number":"4111111111140011"}]}`))
	held := s.st.customers.byID[id].cards
	if want := (imprint{brand: jcb, fingerprint: "of-my-own", last: "1234", outcome: "timeout"}); held[0].imprint != want {
		t.Errorf("planted %+v, want %+v", held[0].imprint, want)
	}
	if want := s.opt.imprint("4111111111140011"); held[1].imprint != want {
		t.Errorf("planted %+v, want %+v", held[1].imprint, want)
	}
}

func TestSpecWithoutAMonth(t *testing.T) {
	s := newServer(t, options())
	customer := place(newCustomer(t, s, ""))
	before := s.ids.made
	for _, card := range []string{`{"expiration_month":13}`, `{"expiration_month":-1}`, `{"expiration_year":30}`} {
		if a := ask(t, s, "POST", "/_sandbox/customers", `{"cards":[{},`+card+`]}`); a.status != http.StatusBadRequest {
			t.Errorf("customer with %s: %d", card, a.status)
		}
		if a := ask(t, s, "POST", "/_sandbox"+customer+"/cards", card); a.status != http.StatusBadRequest {
			t.Errorf("card %s: %d", card, a.status)
		}
	}
	if s.ids.made != before {
		t.Errorf("a refused call made %d ids", s.ids.made-before)
	}
}
