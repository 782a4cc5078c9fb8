package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// FuzzRequest sends anything at all. Whatever comes, the answer is an object in JSON, never a 5xx,
// and a request that is refused changes nothing.
func FuzzRequest(f *testing.F) {
	for _, w := range wireRequests() {
		f.Add(w.method, w.path, w.query, w.contentType, w.body, w.public)
	}
	w := newWorld(f)
	for _, rt := range w.routes() {
		f.Add(rt.method, rt.pattern, "", jsonType, `{}`, rt.key == publicKey)
		f.Add(rt.method, rt.pattern, "limit=-1", formType, `amount=x&card[number]=1&metadata=`, rt.key == publicKey)
	}
	f.Fuzz(func(t *testing.T, method, path, query, contentType, body string, public bool) {
		if strings.HasPrefix(path, "/_sandbox/") || strings.HasPrefix(path, "/pay") {
			return // neither is Omise's: pages answer HTML
		}
		w.refresh(t)
		w.mustAnswer(t, wireRequest{method: method, path: path, query: query, contentType: contentType, body: body, public: public})
	})
}

// TestOddParameters takes the requests of the journey and puts odd values among their parameters.
func TestOddParameters(t *testing.T) {
	w := newWorld(t)
	steps := journey()
	rapid.Check(t, func(t *rapid.T) {
		w.refresh(t)
		q := rapid.SampledFrom(steps).Draw(t, "request").wireRequest
		q.body = withOdd(t, q.body)
		q.version = rapid.SampledFrom([]string{"", "2019-05-29", "2017-11-02", "2014-07-27", "1999-01-01"}).Draw(t, "version")
		w.mustAnswer(t, q)
	})
}

// withOdd changes a few members of a JSON body, its groups included.
func withOdd(t *rapid.T, body string) string {
	v, err := decodeJSON([]byte(body))
	if err != nil {
		return body
	}
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		group := &v
		if i := slices.IndexFunc(v.members, func(m member) bool { return m.kind == kindObject }); i >= 0 && rapid.Bool().Draw(t, "within") {
			group = &v.members[i].value
		}
		names := parameterNames()
		for _, m := range group.members {
			names = append(names, m.name, m.name, m.name, m.name, m.name)
		}
		odd, err := decodeJSON([]byte(`{"odd":` + rapid.SampledFrom(oddValues()).Draw(t, "value") + `}`))
		if err != nil {
			t.Fatal(err)
		}
		group.set(rapid.SampledFrom(names).Draw(t, "name"), odd.get("odd"))
	}
	return v.json()
}

func oddValues() []string {
	return strings.Fields(`null true false 0 1 -1 5000 100000 1.5 1e400 9223372036854775807 9223372036854775808
		"" "0" "1" "x" "thb" "JPY" "usd" "false" "\u0000" "5000" "pre_auth" "promptpay" "alipay" "truemoney" "installment_bay"
		"charge" "customer" "refund" "{token}" "{customer}" "{card}" "{charge}" "{held}" "{source}" "{refund}" "{link}" "{recipient}"
		"4242424242424242" "4111111111140011" "378282246310005" 12 2030 "2026-11-21" "2026-12-01T00:00:00+07:00"
		"9999-12-31T23:59:59.999999999Z" "0000-01-01" "1..9" "..5" "5.." "http://127.0.0.1:1/x" "https://example.com" "::1" "<b>"
		[] {} [null] ["a","b","c"] [{}] {"a":{"b":[1]}} {"amount":"1..9"} {"type":"promptpay"} {"number":"4242424242424242"}`)
}

func parameterNames() []string {
	return strings.Fields(`amount currency card customer source capture capture_amount authorization_type description metadata ip
		return_uri expires_at webhook_endpoints offsite type phone_number mobile_number barcode name email default_card number
		expiration_month expiration_year security_code country city title multiple recipient bank_account brand bank_code account_number
		fail_fast message void limit offset order from to scope query filters page per_page webhook_uri chain_enabled chain_return_uri
		auto_activate_recipients metadata_export_keys installment_term zero_interest_installments platform_fee linked_account failure_code
		store_id platform_type file status created id`)
}

// world is a server with an object of every kind, whose ids stand in for the {names} of paths and
// bodies.
type world struct {
	*Server
	asked int // requests since it was new
	known map[string]string
}

func newWorld(t testing.TB) *world {
	w := &world{}
	w.renew(t)
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// refresh begins anew every hundred requests, so that what they make does not pile up.
func (w *world) refresh(t failer) {
	if w.asked++; w.asked%100 == 0 {
		_ = w.Close() // its webhooks stop
		w.renew(t)
	}
}

func (w *world) renew(t failer) {
	t.Helper()
	s, err := New(options())
	if err != nil {
		t.Fatalf("%v", err)
	}
	w.Server, w.known = s, map[string]string{}
	for _, step := range journey() {
		if step.method == http.MethodDelete {
			continue
		}
		a := w.send(step.wireRequest)
		if step.keep == "" {
			continue
		}
		if made, err := decodeJSON([]byte(a.body)); err == nil {
			keepID(w.known, step.keep, made)
		}
	}
}

// mustAnswer holds an answer against what all answers are.
func (w *world) mustAnswer(t failer, q wireRequest) {
	before := w.count()
	a := w.send(q)
	var object struct{ Object string }
	if err := json.Unmarshal([]byte(a.body), &object); err != nil || object.Object == "" {
		t.Fatalf("%s %s: %d %v: %s", q.method, q.path, a.status, err, a.body)
	}
	if a.status >= 500 || (a.status == http.StatusOK) == (object.Object == "error") {
		t.Fatalf("%s %s: %d %s", q.method, q.path, a.status, a.body)
	}
	if after := w.count(); a.status != http.StatusOK && before != after {
		t.Fatalf("%s %s: refused with %d, yet %d things became %d: %s", q.method, q.path, a.status, before, after, a.body)
	}
}

// failer is a test, or one of rapid's.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// count grows with whatever is made.
func (w *world) count() int { return w.ids.made + len(w.st.events.rows) }

// send makes a request of anything, also of what no client could write.
func (w *world) send(q wireRequest) answer {
	r := &http.Request{
		Method: q.method, Host: "sandbox.test", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		URL:    &url.URL{Path: fillIn(q.path, w.known), RawQuery: q.query},
		Header: http.Header{"Content-Type": {q.contentType}, "Omise-Version": {q.version}, "Authorization": {"Basic " + q.credentials()}},
		Body:   io.NopCloser(strings.NewReader(fillIn(q.body, w.known))),
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return answer{rec.Code, rec.Header(), rec.Body.String()}
}
