package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"reconcile/internal/sandbox"
)

// documentedSandbox is a Thai shop on the day of the scripts.
func documentedSandbox(t *testing.T) *sandbox.Server {
	t.Helper()
	start, err := time.Parse(time.RFC3339, scriptStart)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sandbox.New(sandbox.Options{Seed: 1, Clock: start, Now: func() time.Time { return start }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func askSandbox(t *testing.T, s *sandbox.Server, method, path, key, body string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.SetBasicAuth(key, "")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Code, answer
}

func TestReferenceHasEveryControlCall(t *testing.T) {
	_, answer := askSandbox(t, documentedSandbox(t), "GET", "/_sandbox/", "", "")
	var has []string
	for _, call := range answer["calls"].([]any) {
		has = append(has, call.(string))
	}
	sameSet(t, "control calls", oneTable(t, document(t, "docs/reference.md"), "call").first(), has)
}

// Every number and amount of the README's table does what it says.
func TestReadmeHasPaymentsThatFail(t *testing.T) {
	s := documentedSandbox(t)
	for _, row := range oneTable(t, document(t, "README.md"), "failure code").rows[1:] {
		code, secure := code(row[0]), strings.HasPrefix(row[0], "3-D Secure, then")
		if strings.HasSuffix(row[0], "then paid") {
			code = ""
		}
		for _, number := range row[1:4] {
			holdFailure(t, s, "amount=100000&card="+makeToken(t, s, number), code, secure)
		}
		if amount := row[4]; amount != "" {
			holdFailure(t, s, "amount="+amount+"&card="+makeToken(t, s, "4242424242424242"), code, false)
			holdFailure(t, s, "amount="+amount+"&source[type]=promptpay", code, true)
		}
	}
}

func makeToken(t *testing.T, s *sandbox.Server, number string) string {
	t.Helper()
	status, token := askSandbox(t, s, "POST", "/tokens", "pkey_test_1",
		"card[name]=Somchai&card[security_code]=123&card[expiration_month]=12&card[expiration_year]=2030&card[number]="+number)
	if status != http.StatusOK {
		t.Fatalf("%s: %v", number, token)
	}
	return token["id"].(string)
}

// holdFailure charges, lets the shopper pay what waits for that, and holds what became of it.
func holdFailure(t *testing.T, s *sandbox.Server, how, code string, waits bool) {
	t.Helper()
	status, charge := askSandbox(t, s, "POST", "/charges", scriptKey, "currency=thb&return_uri=https://shop.example.com/&"+how)
	if status != http.StatusOK || (charge["status"] == "pending") != waits {
		t.Fatalf("%s: %v", how, charge)
	}
	id := charge["id"].(string)
	if waits {
		askSandbox(t, s, "POST", "/_sandbox/charges/"+id+"/pay", "", "")
		_, charge = askSandbox(t, s, "GET", "/charges/"+id, scriptKey, "")
	}
	want, wantCode := "failed", any(code)
	if code == "" {
		want, wantCode = "successful", nil
	}
	if charge["status"] != want || charge["failure_code"] != wantCode {
		t.Errorf("%s: %v %v, want %v %v", how, charge["status"], charge["failure_code"], want, wantCode)
	}
}
