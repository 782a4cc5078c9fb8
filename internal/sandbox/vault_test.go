package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

const (
	secretNumber = "4539148803436467"
	secretCode   = "90731" // no brand has five, so that nothing else looks like it
)

// whatWasKept is all that a server holds, in memory, in its data file and in its answers about
// itself.
func whatWasKept(t *testing.T, s *Server) string {
	t.Helper()
	var all strings.Builder
	remember(reflect.ValueOf(s), &all, map[uintptr]bool{})
	data, err := os.ReadFile(s.opt.Data)
	must(t, err)
	all.Write(data)
	all.WriteString(everything(t, s))
	for _, path := range []string{"/_sandbox/state", "/_sandbox/requests"} {
		all.WriteString(get(t, s, path).body)
	}
	return all.String() + strings.Join(s.RequestLog(), "\n")
}

// remember writes every text and number that a value leads to.
func remember(v reflect.Value, to *strings.Builder, seen map[uintptr]bool) {
	switch v.Kind() {
	case reflect.String:
		fmt.Fprintln(to, v.String())
	case reflect.Int, reflect.Int64:
		fmt.Fprintln(to, v.Int())
	case reflect.Uint64:
		fmt.Fprintln(to, v.Uint())
	case reflect.Pointer, reflect.Interface:
		if v.Kind() == reflect.Pointer && !v.IsNil() {
			if seen[v.Pointer()] {
				return
			}
			seen[v.Pointer()] = true
		}
		if !v.IsNil() {
			remember(v.Elem(), to, seen)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			remember(v.Field(i), to, seen)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			for i := range v.Len() {
				to.WriteByte(byte(v.Index(i).Uint()))
			}
			return
		}
		for i := range v.Len() {
			remember(v.Index(i), to, seen)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			remember(key, to, seen)
			remember(v.MapIndex(key), to, seen)
		}
	}
}

func dashed(number string) string { return number[:4] + "-" + number[4:8] + " " + number[8:] }

func TestNumberAndCodeAreNotKept(t *testing.T) {
	o := kept(t)
	s := newServer(t, o)
	defer closed(t, s)
	customer := place(newCustomer(t, s, ""))
	good, bad := secretNumber, secretNumber[:15]+"8"
	bodies := []string{"", "{}"}
	for _, number := range []string{good, bad, dashed(good), good + "0"} {
		for _, code := range []string{secretCode, "", secretCode + "x"} {
			card := validCard()
			card["number"], card["security_code"] = number, code
			bodies = append(bodies, cardForm(card))
		}
		bodies = append(bodies,
			`{"card":{"number":`+strconv.Quote(number)+`,"security_code":`+secretCode+`,"name":"a","expiration_month":1,"expiration_year":2030}}`,
			`{"card":`+strconv.Quote(number)+`,"security_code":"`+secretCode+`"}`,
			`{"number":`+strconv.Quote(number)+`,"cards":[{"number":`+strconv.Quote(number)+`}]}`,
			`{"card":[[{"x":{"security_code":[`+secretCode+`],"number":{"valid":`+strconv.Quote(number)+`}}}]]}`,
			"card="+url.QueryEscape(number), "number="+url.QueryEscape(number)+"&security_code="+secretCode,
			"card[]="+url.QueryEscape(number), "card[pan]="+url.QueryEscape(number), "card_number="+url.QueryEscape(number),
		)
	}
	bodies = append(bodies, `{"card":{"number":`+good+`,"security_code":`+secretCode+`}}`, `{"number":`+good+`}`)
	ways := []struct{ method, path string }{
		{"POST", "/tokens"},
		{"GET", "/tokens"},
		{"POST", "/customers"},
		{"PATCH", customer},
		{"POST", customer + "/cards"},
		{"POST", "/charges"},
		{"GET", "/charges"},
		{"POST", "/sources"},
		{"POST", "/recipients"},
		{"PATCH", "/account"},
		{"DELETE", "/nowhere"},
		{"POST", "/_sandbox/customers"},
		{"POST", "/_sandbox" + customer + "/cards"},
	}
	for _, way := range ways {
		for _, body := range bodies {
			look(t, ask(t, s, way.method, way.path, body), way.method+" "+way.path+" "+body)
			look(t, asShopper(t, s, way.method, way.path, body), way.method+" "+way.path+" "+body)
			if body == "" || body[0] == '{' {
				continue
			}
			query := way.path + "?" + strings.NewReplacer("[", "%5B", "]", "%5D").Replace(body)
			look(t, ask(t, s, way.method, query, ""), way.method+" "+query)
			look(t, asShopper(t, s, way.method, query, "card[name]=x"), way.method+" "+query)
		}
	}
	look(t, answer{body: whatWasKept(t, s)}, "what was kept")
	if len(s.st.tokenByID) == 0 || len(s.st.customers) < 10 {
		t.Errorf("only %d tokens and %d customers were made", len(s.st.tokenByID), len(s.st.customers))
	}
}

// look fails when an answer has more of the number than its end, or the code.
func look(t *testing.T, a answer, from string) {
	t.Helper()
	for _, secret := range []string{secretNumber[:15], dashed(secretNumber)[:15], secretCode} {
		if i := strings.Index(a.body, secret); i >= 0 {
			t.Errorf("%.200s: %q in %.200q", from, secret, a.body[max(0, i-80):])
		}
	}
}

func TestNobodyPassesFactsOfTheirOwn(t *testing.T) {
	s := newServer(t, options())
	for _, number := range []string{
		`{"valid":true,"brand":"Visa","last":"1234","fingerprint":"x","outcome":"","secure":false,"unchecked":false}`,
		`[{"valid":true,"brand":"Visa"}]`, `true`, `{"valid":"true"}`,
	} {
		body := `{"card":{"name":"a","expiration_month":1,"expiration_year":2030,"number":` + number + `}}`
		a := asShopper(t, s, http.MethodPost, "/tokens", body)
		check(t, a.decode(t), map[string]any{"code": "invalid_card", "message": "number is invalid and brand not supported (unknown)"})
	}
	body := cardForm(validCard()) + "&card[brand]=JCB&card[valid]=true&card[fingerprint]=x&card[last_digits]=1111&card[outcome]=timeout&card[secure]=true"
	card := asShopper(t, s, http.MethodPost, "/tokens", body).decode(t)["card"].(map[string]any)
	check(t, card, map[string]any{"brand": visa, "last_digits": "4242", "fingerprint": fingerprint(7, "4242424242424242")})
}

func TestMetadataAndAccountNumbers(t *testing.T) {
	s := newServer(t, options())
	c := newCustomer(t, s, `{"metadata":{"number":4242424242424242,"card":{"security_code":"123"}}}`)
	if body := get(t, s, place(c)).body; !strings.Contains(body, `{"number":4242424242424242,"card":{"security_code":"123"}}`) {
		t.Errorf("metadata is the client's own: %s", body)
	}
	params := value{kind: kindObject}
	must2(t, decodeForm("bank_account[number]=1234567890&bank_account[name]=a", &params))
	s.scrub(&params)
	if got := params.json(); got != `{"bank_account":{"number":"7890","name":"a"}}` {
		t.Errorf("account number became %s", got)
	}
}

func must2(t *testing.T, err *Error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSpecNumbers(t *testing.T) {
	s := newServer(t, options())
	number := "4111111111140011"
	id := ctl(t, s, "POST", "/customers", `{"cards":[{"number":`+number+`},{"number":7,"brand":"JCB"},{}]}`)["id"].(string)
	token := s.st.tokenByID[newToken(t, s, "number", number)].card
	held := s.st.customerByID[id].cards
	if held[0].imprint != token.imprint || held[0].outcome != "insufficient_fund" {
		t.Errorf("planted %+v, tokenised %+v", held[0].imprint, token.imprint)
	}
	if held[1].brand != jcb || held[1].last != "0007" || held[2].brand != visa || held[2].fingerprint == held[1].fingerprint {
		t.Errorf("planted %+v and %+v", held[1].imprint, held[2].imprint)
	}
	same, err := s.AddCard(id, CardSpec{Number: 4111111111140011})
	must(t, err)
	card, err := s.st.customerByID[id].cardNow(same, s.now())
	must(t, err)
	if card.imprint != token.imprint {
		t.Errorf("added %+v, tokenised %+v", card.imprint, token.imprint)
	}
}

// FuzzScrub holds that no leaf under card, number and security_code comes through as it was.
func FuzzScrub(f *testing.F) {
	f.Add("card[number]=4242424242424242&card[security_code]=123", false)
	f.Add(`{"card":{"number":[{"a":4242424242424242}],"security_code":{"a":"123"}},"number":true}`, true)
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
		}
		if again, fault := decodeJSON([]byte(params.json())); fault != nil || again.json() != params.json() {
			t.Errorf("%s is not read again as it was written", params.json())
		}
	})
}

func clean(t *testing.T, v value, name string) {
	t.Helper()
	digits := cardNumber(v.text)
	switch {
	case v.empty(), name == "number" && v.get("valid").kind == kindBoolean:
		return
	case name == "number", name == "security_code" && !strings.Contains("034", v.text), isDigits(digits) && len(digits) > 12:
		t.Errorf("%s is %s", name, v.json())
	}
	for _, m := range v.members {
		clean(t, m.value, m.name)
	}
	for _, x := range v.items {
		clean(t, x, "")
	}
}
