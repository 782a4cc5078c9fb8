package sandbox

import (
	"fmt"
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
	bodies := []string{"", "{}", good, url.QueryEscape(dashed(good)) + "=x", "card[" + good + "]=x"}
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
	for _, group := range []string{"source", "customer", "default_card", "Card", "payment_method_data", "source[card]", "tokens[][card]", "card[phone_number]"} {
		bodies = append(bodies, group+"[number]="+good+"&"+group+"[security_code]="+secretCode, group+"[NUMBER]="+good)
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
			look(t, ask(t, s, way.method, way.path, body, withPublicKey), way.method+" "+way.path+" "+body)
			if body == "" || body[0] == '{' {
				continue
			}
			query := way.path + "?" + strings.NewReplacer("[", "%5B", "]", "%5D").Replace(body)
			look(t, ask(t, s, way.method, query, ""), way.method+" "+query)
			look(t, ask(t, s, way.method, query, "card[name]=x", withPublicKey), way.method+" "+query)
		}
	}
	for _, number := range []string{good, bad, url.PathEscape(dashed(good)), good + "0"} {
		for _, way := range misplaced(number, customer) {
			look(t, ask(t, s, way.method, way.path, way.body), way.method+" "+way.path+" "+way.body)
			look(t, ask(t, s, way.method, way.path, way.body, withPublicKey), way.method+" "+way.path+" "+way.body)
		}
	}
	look(t, answer{body: whatWasKept(t, s)}, "what was kept")
	if len(s.st.tokens.byID) == 0 || len(s.st.customers.rows) < 10 {
		t.Errorf("only %d tokens and %d customers were made", len(s.st.tokens.byID), len(s.st.customers.rows))
	}
}

// misplaced are requests with a number where it has no business.
func misplaced(number, customer string) []struct{ method, path, body string } {
	return []struct{ method, path, body string }{
		{"GET", "/tokens/" + number, ""},
		{"GET", "/" + number, ""},
		{"GET", "/charges/" + number + "/", ""},
		{"PUT", "/charges/" + number, ""},
		{"POST", "/charges/" + number + "/capture", ""},
		{"PATCH", customer + "/cards/" + number, "name=a"},
		{"PATCH", customer, "default_card=" + number},
		{"POST", "/charges", "amount=10000&currency=thb&customer=" + number},
		{"POST", "/charges", "amount=10000&currency=thb&source=" + number},
		{"POST", "/transfers", "amount=10000&recipient=" + number},
		{"GET", "/charges?order=" + number, ""},
		{"GET", "/charges?" + number + "=%zz", ""},
		{"GET", "/charges?from=" + number, ""},
		{"POST", "/_sandbox/charges/" + number + "/pay", ""},
		{"POST", "/_sandbox/faults", `{"spec":"` + number + `"}`},
		{"POST", "/_sandbox/clock", `{"advance":"` + number + `"}`},
		{"GET", "/payments/" + number + "/authorize", ""},
		{"POST", "/pay/links/" + number, ""},
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
