package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

func TestTokensOutliveTheSandbox(t *testing.T) {
	o := kept(t)
	s := newServer(t, o)
	free, used := newToken(t, s, "number", "4111111111140011"), newToken(t, s)
	newCustomer(t, s, "card="+used)
	read := func(s *Server) string {
		return get(t, s, "/tokens/"+free, withPublicKey).body + get(t, s, "/tokens/"+used, withPublicKey).body + everything(t, s)
	}
	before := read(s)
	closed(t, s)
	s = newServer(t, o)
	defer closed(t, s)
	if after := read(s); after != before {
		t.Errorf("after a new start %s, before it %s", after, before)
	}
	if outcome := s.st.tokens.byID[free].card.outcome; outcome != "insufficient_fund" {
		t.Errorf("the test card brings %q", outcome)
	}
}

func TestNobodyPassesFactsOfTheirOwn(t *testing.T) {
	s := newServer(t, options())
	for _, number := range []string{
		`{"valid":true,"brand":"Visa","last":"1234","fingerprint":"x","outcome":"","secure":false,"unchecked":false}`,
		`[{"valid":true,"brand":"Visa"}]`, `true`, `{"valid":"true"}`,
	} {
		body := `{"card":{"name":"a","expiration_month":1,"expiration_year":2030,"number":` + number + `}}`
		a := ask(t, s, http.MethodPost, "/tokens", body, withPublicKey)
		check(t, a.decode(t), map[string]any{"code": "invalid_card", "message": "number is invalid and brand not supported (unknown)"})
	}
	body := cardForm(validCard()) + "&card[brand]=JCB&card[valid]=true&card[fingerprint]=x&card[last_digits]=1111&card[outcome]=timeout&card[secure]=true"
	card := ask(t, s, http.MethodPost, "/tokens", body, withPublicKey).decode(t)["card"].(map[string]any)
	check(t, card, map[string]any{"brand": visa, "last_digits": "4242", "fingerprint": fingerprint(7, "4242424242424242")})
}

func TestMetadataAndAccountNumbers(t *testing.T) {
	s := newServer(t, options())
	c := newCustomer(t, s, `{"metadata":{"number":4242424242424242,"card":{"security_code":"123"}}}`)
	if body := get(t, s, place(c)).body; !strings.Contains(body, `{"number":4242424242424242,"card":{"security_code":"123"}}`) {
		t.Errorf("metadata is the client's own: %s", body)
	}
	params := value{kind: kindObject}
	if fault := decodeForm("bank_account[number]=1234567890&bank_account[name]=a", &params); fault != nil {
		t.Fatal(fault)
	}
	s.scrub(&params)
	if got := params.json(); got != `{"bank_account":{"number":"1234567890","name":"a"}}` {
		t.Errorf("account number became %s", got)
	}
}

func TestTelephoneNumberIsNoCardNumber(t *testing.T) {
	s := newServer(t, options())
	for _, phone := range []string{"0812345678", "+66 81-234-5678", "8613812345678", "491511234567890"} {
		card := validCard()
		card["phone_number"] = phone
		a := ask(t, s, http.MethodPost, "/tokens", cardForm(card), withPublicKey).decode(t)
		check(t, a["card"].(map[string]any), map[string]any{"phone_number": phone})
	}
}

// FuzzScrub holds that no leaf under card, number and security_code comes through as it was.
func FuzzScrub(f *testing.F) {
	f.Add("card[number]=4242424242424242&card[security_code]=123", false)
	f.Add(`{"card":{"number":[{"a":4242424242424242}],"security_code":{"a":"123"}},"number":true}`, true)
	f.Add("source[number]=4242424242424242&source[security_code]=123", false)
	f.Add(`{"card":["4242 4242 4242 4242",{"card":{"number":"4242-4242"}}]}`, true)
	s, err := New(options())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string, isJSON bool) {
		contentType := ""
		if isJSON {
			contentType = "application/json"
		}
		params, fault := decodeBody([]byte(body), contentType)
		if fault != nil {
			return
		}
		s.scrub(&params)
		for _, m := range params.members {
			if m.name == "number" || m.name == "security_code" || strings.HasPrefix(m.name, "card") {
				clean(t, m.value, m.name)
			}
			if m.name == "source" {
				clean(t, m.get("number"), "number")
				clean(t, m.get("security_code"), "security_code")
			}
		}
		if again, fault := decodeJSON([]byte(params.json())); fault != nil || again.json() != params.json() {
			t.Errorf("%s is not read again as it was written", params.json())
		}
	})
}

func clean(t *testing.T, v value, name string) {
	t.Helper()
	switch {
	case v.empty(), name == "number" && v.get("valid").kind == kindBoolean:
		return
	case name == "number", name == "security_code" && !strings.Contains("034", v.text), likeNumber(v.text), likeNumber(name):
		t.Errorf("%s is %s", name, v.json())
	}
	for _, m := range v.members {
		clean(t, m.value, m.name)
	}
	for _, x := range v.items {
		clean(t, x, "")
	}
}
