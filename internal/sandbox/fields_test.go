package sandbox

import (
	"strings"
	"testing"
	"time"
)

func fieldsOf(t *testing.T, body string) *fields {
	t.Helper()
	v, err := decode(request("POST", "", "", body))
	if err != nil {
		t.Fatal(err)
	}
	return newFields(v)
}

func TestIntegers(t *testing.T) {
	for body, want := range map[string]int64{
		`{"n":100000}`: 100_000, `{"n":"100000"}`: 100_000, `n=100000`: 100_000, `n=007`: 7,
		`{"n":-1}`: -1, `{"n":9223372036854775807}`: 1<<63 - 1,
		`{}`: 0, `{"n":null}`: 0, `{"n":""}`: 0, `n=`: 0,
	} {
		f := fieldsOf(t, body)
		if got := f.integer("n"); got != want || f.err() != nil {
			t.Errorf("%s: %d, %v", body, got, f.err())
		}
	}
	for _, body := range []string{
		`{"n":1.5}`, `{"n":1e3}`, `{"n":true}`, `{"n":{}}`, `{"n":[1]}`, `{"n":"x"}`, `{"n":9223372036854775808}`,
		`n=1.0`, `n=+`, `n=1_000`, `n[]=1`, `n[a]=1`, `n=%201`, `{"n":"0x10"}`,
	} {
		f := fieldsOf(t, body)
		if got := f.integer("n"); got != 0 || f.err() == nil {
			t.Errorf("%s: %d was taken", body, got)
		}
	}
}

func TestBooleans(t *testing.T) {
	for body, want := range map[string]bool{
		`{"b":true}`: true, `{"b":1}`: true, `{"b":"1"}`: true, `{"b":"true"}`: true, `b=1`: true, `b=true`: true,
		`{"b":false}`: false, `{"b":0}`: false, `{"b":"0"}`: false, `{"b":"false"}`: false, `b=0`: false, `b=false`: false,
	} {
		f := fieldsOf(t, body)
		if got := f.boolean("b", !want); got != want || f.err() != nil {
			t.Errorf("%s: %v, %v", body, got, f.err())
		}
	}
	for _, body := range []string{`{}`, `{"b":null}`, `b=`} {
		if f := fieldsOf(t, body); !f.boolean("b", true) || f.boolean("b", false) || f.err() != nil {
			t.Errorf("%s is not absent: %v", body, f.err())
		}
	}
	for _, body := range []string{`b=yes`, `{"b":2}`, `{"b":{}}`, `{"b":[]}`, `b[]=1`} {
		if f := fieldsOf(t, body); !f.boolean("b", true) || f.err() == nil {
			t.Errorf("%s was taken", body)
		}
	}
}

func TestInstants(t *testing.T) {
	at := time.Date(2026, 11, 20, 20, 50, 9, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-11-20T20:50:09Z":                at,
		"2026-11-21T03:50:09+07:00":           at,
		"2026-11-21T03:50:09 07:00":           at, // its + was not escaped
		"2026-11-21T03:50:09+0700":            at, // DateTime::ISO8601 of PHP
		"2026-11-20T20:50:09":                 at,
		"2026-11-21 03:50:09 +0700":           at, // Time#to_s of Ruby
		"2026-11-20 20:50:09 UTC":             at,
		"2026-11-21T03:50:09.751833+07:00":    at.Add(751833 * time.Microsecond),
		"2026-11-20T20:50:09.123456789Z":      at.Add(123456789),
		"2026-11-20T20:50:09.123456789-00:00": at.Add(123456789),
		"2026-11-20":                          at.Truncate(24 * time.Hour),
	} {
		f := newFields(value{kind: kindObject, members: []member{{"t", textValue(text)}}})
		if got, ok := f.instant("t"); !ok || !got.Equal(want) || f.err() != nil {
			t.Errorf("%s: %v, %v", text, got, f.err())
		}
	}
	for _, text := range []string{"yesterday", "2026-13-01", "2026-11-21T25:00:00Z", "1795213809", "2026-11-20T20:50", "20:50", "2026-11-20 20:50:09", "2026-11-20 20:50:09 ICT"} {
		f := newFields(value{kind: kindObject, members: []member{{"t", textValue(text)}}})
		if got, ok := f.instant("t"); ok || f.err() == nil {
			t.Errorf("%s was taken as %v", text, got)
		}
	}
}

func TestGroupsAndObjects(t *testing.T) {
	for _, body := range []string{`{}`, `{"g":null}`, `{"g":""}`, `{"g":[]}`, `{"g":{}}`, `g=`} {
		f := fieldsOf(t, body)
		if g := f.group("g"); g.has("a") || f.object("g") != "{}" || f.err() != nil {
			t.Errorf("%s: %v", body, f.err())
		}
	}
	for _, body := range []string{`{"g":1}`, `{"g":[1]}`, `{"g":"x"}`, `g=x`, `g[]=x`} {
		f, o := fieldsOf(t, body), fieldsOf(t, body)
		if f.group("g"); f.err() == nil {
			t.Errorf("%s was taken as a group", body)
		}
		if o.object("g"); o.err() == nil {
			t.Errorf("%s was taken as an object", body)
		}
	}
}

// TestFaultsNameTheirParameter also shows that the first fault is kept, wherever it lay.
func TestFaultsNameTheirParameter(t *testing.T) {
	f := fieldsOf(t, `card[expiration_month]=x&amount=y`)
	f.group("card").integer("expiration_month")
	f.integer("amount")
	f.require("currency")
	if err := f.err(); err == nil || !strings.Contains(err.Error(), "card[expiration_month] is not an integer") {
		t.Errorf("got %v", err)
	}
	f = fieldsOf(t, `{}`)
	f.group("source").require("type")
	if err := f.err(); err == nil || !strings.Contains(err.Error(), "source[type] is missing") {
		t.Errorf("got %v", err)
	}
	f = fieldsOf(t, `{"50%d":{"x":1}}`)
	f.text("50%d")
	if err := f.err(); err == nil || !strings.Contains(err.Error(), "50%d is not a text") {
		t.Errorf("got %v", err)
	}
	f = fieldsOf(t, `{"order":"desc"}`)
	f.oneOf("order", "asc")
	if err := f.err(); err == nil || !strings.Contains(err.Error(), `"desc" is none of asc`) {
		t.Errorf("got %v", err)
	}
}

func TestLists(t *testing.T) {
	for _, body := range []string{`t[]=a&t[]=b`, `t[0]=a&t[1]=b`, `{"t":["a","b"]}`, `{"t":{"0":"a","1":"b"}}`} {
		items := fieldsOf(t, body).get("t").list()
		if len(items) != 2 || items[0].text != "a" || items[1].text != "b" {
			t.Errorf("%s: %v", body, items)
		}
	}
	for body, want := range map[string]int{`t=a`: 1, `{"t":{"x":"a"}}`: 1, `{"t":null}`: 0, `t=`: 0, `{"t":[]}`: 0, `t[1]=a`: 1} {
		if got := len(fieldsOf(t, body).get("t").list()); got != want {
			t.Errorf("%s: %d items", body, got)
		}
	}
}
