package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const plainCard = "4242424242424242"

// tokenFor makes a token of a card number, with a card that is good for years.
func tokenFor(t *testing.T, s *Server, number string) string {
	t.Helper()
	year := itoa(s.Clock().Year() + 3)
	card := "card[name]=Somchai&card[number]=" + number + "&card[expiration_month]=12&card[expiration_year]=" + year
	return withKey(s, "pkey_test_5s4ndb0x", http.MethodPost, "/tokens", card).decode(t)["id"].(string)
}

func withKey(s *Server, key, method, path, body string) answer {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.SetBasicAuth(key, "")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

// do asks for a write that is granted and gives the object it answers with.
func do(t *testing.T, s *Server, request, body string) map[string]any {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	a := ask(t, s, method, path, body)
	if a.status != http.StatusOK {
		t.Fatalf("%s %s: %d %s", request, body, a.status, a.body)
	}
	return a.decode(t)
}

// refuse asks for a write that is not granted, and that leaves everything as it was.
func refuse(t *testing.T, s *Server, request, body, code string) {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	newest := func(list string) string { return get(t, s, list+"?limit=100&order=reverse_chronological").body }
	before, made := newest("/events")+newest("/charges"), s.ids.made
	a := ask(t, s, method, path, body)
	status := http.StatusBadRequest
	if code == "not_found" {
		status = http.StatusNotFound
	}
	if got := a.decode(t); a.status != status || got["code"] != code || got["object"] != "error" {
		t.Errorf("%s %s: %d %s, want %s", request, body, a.status, a.body, code)
	}
	if newest("/events")+newest("/charges") != before || s.ids.made != made {
		t.Errorf("%s %s was refused, and changed something", request, body)
	}
}

// ofSource makes a charge of a source that is described in the same request.
func ofSource(t *testing.T, s *Server, kind, more string) map[string]any {
	t.Helper()
	return do(t, s, "POST /charges", "amount=300000&currency=thb&return_uri=https://shop.example.com/&source[type]="+kind+more)
}
