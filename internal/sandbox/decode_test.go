package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// TestDecode holds the tree of parameters, written as JSON, against bodies of every format.
func TestDecode(t *testing.T) {
	for _, tt := range []struct {
		name, contentType, body, query, want string
	}{
		{name: "nothing", want: `{}`},
		{name: "empty JSON", contentType: jsonType, want: `{}`},
		{name: "white space", contentType: jsonType, body: " \r\n", want: `{}`},
		{name: "empty object", contentType: jsonType, body: `{}`, want: `{}`},
		{name: "an empty map of PHP", contentType: jsonType, body: `[]`, want: `{}`},
		{name: "null", contentType: jsonType, body: `null`, want: `{}`},
		{
			name: "JSON keeps types, order and numbers as written", contentType: jsonType,
			body: `{"z":1.50,"a":"1","n":null,"t":true,"f":false,"o":{"b":{},"a":[]},"l":[1,"x",null,[2]]}`,
			want: `{"z":1.50,"a":"1","n":null,"t":true,"f":false,"o":{"b":{},"a":[]},"l":[1,"x",null,[2]]}`,
		},
		{name: "the last of a name", contentType: jsonType, body: `{"a":1,"b":2,"a":3}`, want: `{"a":3,"b":2}`},
		{name: "escapes", contentType: jsonType, body: `{"a":"\u0e01\ud83d\ude00\n\"\\\u0000"}`, want: `{"a":"ก😀\u000a\"\\\u0000"}`},
		{name: "half a surrogate", contentType: jsonType, body: `{"a":"\ud83d"}`, want: `{"a":"` + "\uFFFD" + `"}`},
		{name: "invalid UTF-8 in JSON", contentType: jsonType, body: "{\"a\":\"\xff\"}", want: `{"a":"` + "\uFFFD" + `"}`},
		{name: "JSON that says it is a form", contentType: formType, body: `{"a":1}`, want: `{"a":1}`},
		{name: "JSON that says nothing", body: `{"a":1}`, want: `{"a":1}`},
		{name: "JSON with a charset", contentType: "application/json; charset=utf-8", body: `{"a":1}`, want: `{"a":1}`},

		{name: "form", contentType: formType, body: `amount=100000&currency=thb`, want: `{"amount":"100000","currency":"thb"}`},
		{name: "a form that says nothing", body: `capture=0`, want: `{"capture":"0"}`},
		{name: "literal brackets", body: `card[name]=A+B&card[city]=`, want: `{"card":{"name":"A B","city":""}}`},
		{name: "escaped brackets", body: `card%5Bname%5D=A%20B&card%5bcity%5d=`, want: `{"card":{"name":"A B","city":""}}`},
		{name: "groups in groups", body: `m[a][b]=1&m[a][c]=2&m[d]=3`, want: `{"m":{"a":{"b":"1","c":"2"},"d":"3"}}`},
		{name: "a group come back to", body: `m[a]=1&x=2&m[b]=3`, want: `{"m":{"a":"1","b":"3"},"x":"2"}`},
		{name: "array", body: `m[tags][]=x&m[tags][]=y`, want: `{"m":{"tags":["x","y"]}}`},
		{name: "numbered array", body: `tags[0]=x&tags[1]=y`, want: `{"tags":{"0":"x","1":"y"}}`},
		{
			name: "array of objects", body: `items[][name]=a&items[][price]=1&items[][name]=b&items[][price]=2`,
			want: `{"items":[{"name":"a","price":"1"},{"name":"b","price":"2"}]}`,
		},
		{name: "array of arrays", body: `a[][]=1&a[][]=2`, want: `{"a":[["1"],["2"]]}`},
		{name: "the last of a form's name", body: `a=1&b=2&a=3`, want: `{"a":"3","b":"2"}`},
		{name: "a group after nothing", body: `card=&card[name]=x`, want: `{"card":{"name":"x"}}`},
		{name: "brackets that do not pair", body: `a[b=1&c]=2&[d]=3&e[f]g[h]=4&i[j[k]]=5`, want: `{"a[b":"1","c]":"2","[d]":"3","e[f]g[h]":"4","i[j[k]]":"5"}`},
		{name: "empty pairs and names", body: `&&a=1&&=x&b`, want: `{"a":"1","b":""}`},
		{name: "an equals sign in a value", body: `a=b=c`, want: `{"a":"b=c"}`},
		{name: "a line feed after a form", body: "a=1\n", want: `{"a":"1"}`},
		{name: "invalid UTF-8 in a form", body: `a%ff=%fe`, want: `{"a` + "\uFFFD" + `":"` + "\uFFFD" + `"}`},
		{name: "NUL", body: `a%00=%00`, want: `{"a\u0000":"\u0000"}`},

		{name: "query", query: `limit=2&order=`, want: `{"limit":"2","order":""}`},
		{name: "the query wins", query: `limit=2`, body: `{"limit":1,"offset":3}`, want: `{"limit":"2","offset":3}`},
		{name: "query beside a form", query: `card[city]=x`, body: `card[name]=y`, want: `{"card":{"name":"y","city":"x"}}`},
		{
			name: "multipart", contentType: "multipart/form-data; boundary=b",
			body: "--b\r\nContent-Disposition: form-data; name=\"card[name]\"\r\n\r\nA B\r\n" +
				"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"slip.png\"\r\n\r\n\x89PNG\r\n--b--\r\n",
			want: `{"card":{"name":"A B"},"file":"slip.png"}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(request(http.MethodPost, tt.query, tt.contentType, tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if got.json() != tt.want {
				t.Errorf("got  %s\nwant %s", got.json(), tt.want)
			}
		})
	}
}

func request(method, query, contentType, body string) *http.Request {
	r := httptest.NewRequest(method, "/charges", strings.NewReader(body))
	r.URL.RawQuery = query
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

func TestDecodeRefuses(t *testing.T) {
	deepJSON := strings.Repeat(`{"a":`, maxDepth+1) + "1" + strings.Repeat("}", maxDepth+1)
	for name, tt := range map[string]struct{ contentType, body, query, want string }{
		"torn JSON":             {body: `{"a":`, want: "malformed"},
		"comma too many":        {body: `{"a":1,}`, want: "malformed"},
		"brackets of two kinds": {body: `{"a":[1}`, want: "malformed"},
		"name without quotes":   {body: `{a:1}`, want: "malformed"},
		"word as JSON":          {contentType: jsonType, body: `amount=1`, want: "malformed"},
		"number":                {contentType: jsonType, body: `1`, want: "not an object"},
		"text":                  {contentType: jsonType, body: `"a"`, want: "not an object"},
		"array":                 {body: `[1]`, want: "not an object"},
		"two objects":           {body: `{}{}`, want: "goes on"},
		"rest after the object": {body: `{}]`, want: "goes on"},
		"deep JSON":             {body: deepJSON, want: "deeper"},
		"deep form":             {body: "a" + strings.Repeat("[a]", maxDepth) + "=1", want: "deeper"},
		"deep array":            {body: "a" + strings.Repeat("[]", maxDepth) + "=1", want: "deeper"},
		"escape in a name":      {body: `a%zz=1`, want: "malformed"},
		"escape in a value":     {body: `a=%`, want: "malformed"},
		"escape in the query":   {query: `a=%`, want: "malformed"},
		"value, then group":     {body: `a=1&a[b]=2`, want: "both"},
		"group, then value":     {body: `a[b]=2&a=1`, want: "both"},
		"value, then array":     {body: `a=1&a[]=2`, want: "both"},
		"array, then group":     {body: `a[]=1&a[b]=2`, want: "both"},
		"group, then array":     {body: `a[b]=1&a[]=2`, want: "both"},
		"query against body":    {body: `{"a":{"b":1}}`, query: `a=1`, want: "both"},
		"no boundary":           {contentType: "multipart/form-data", body: "--b", want: "boundary"},
		"another boundary":      {contentType: "multipart/form-data; boundary=b", body: "--c--", want: "boundary"},
		"torn multipart":        {contentType: "multipart/form-data; boundary=b", body: "--b\r\nContent", want: "malformed"},
		"2 MB of JSON":          {body: `{"a":"` + strings.Repeat("x", 2<<20) + `"}`, want: "longer"},
		"2 MB of form":          {body: "a=" + strings.Repeat("x", 2<<20), want: "longer"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decode(request(http.MethodPost, tt.query, tt.contentType, tt.body))
			if err == nil || err.Status != http.StatusBadRequest || !strings.Contains(err.Message, tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestDecodeFromTheWire sends what net/http clients hardly can: bodies of GET and DELETE, chunked
// ones, and a POST that names neither a length nor a type.
func TestDecodeFromTheWire(t *testing.T) {
	for _, tt := range []struct{ name, head, body, want string }{
		{"GET with JSON", "GET / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 11", `{"limit":1}`, `{"limit":1}`},
		{"GET with a form", "GET /?offset=2 HTTP/1.1\r\nContent-Length: 7", `limit=1`, `{"limit":"1","offset":"2"}`},
		{"DELETE with JSON", "DELETE / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2", `{}`, `{}`},
		{"POST without length", "POST / HTTP/1.1", "", `{}`},
		{"POST of length 0", "POST / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 0", "", `{}`},
		{"chunked", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked", "4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n", `{"a":1}`},
		{"chunks that end too soon", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked", "4\r\n{\"a\"\r\n", "bad_request: body could not be read"},
		{"fewer bytes than announced", "POST / HTTP/1.1\r\nContent-Length: 9", `{"a":1}`, "bad_request: body could not be read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(readRequest(t, tt.head+"\r\nHost: x\r\n\r\n"+tt.body))
			text := got.json()
			if err != nil {
				text = err.Error()
			}
			if text != tt.want {
				t.Errorf("got  %s\nwant %s", text, tt.want)
			}
		})
	}
}

// TestDecodeManyNames fills a body with names: each must be found without a walk along all.
func TestDecodeManyNames(t *testing.T) {
	const n = 20_000
	var form, json strings.Builder
	for i := range n {
		fmt.Fprintf(&form, "m[%d]=&", i)
		fmt.Fprintf(&json, `"%d":1,`, i)
	}
	for _, body := range []string{form.String(), `{"m":{` + strings.TrimSuffix(json.String(), ",") + `}}`} {
		v, err := decode(request(http.MethodPost, "", "", body))
		if err != nil {
			t.Fatal(err)
		}
		if got := len(v.get("m").members); got != n {
			t.Errorf("%d members of %d", got, n)
		}
	}
}

func TestMembersStayFoundByName(t *testing.T) {
	v := value{kind: kindObject}
	for i := range 100 {
		v.set(fmt.Sprint(i), textValue("a"))
	}
	for i := range 50 {
		v.remove(fmt.Sprint(2 * i))
		v.set(fmt.Sprint(2*i+1), textValue(fmt.Sprint(2*i+1)))
	}
	for i := range 100 {
		want := ""
		if i%2 == 1 {
			want = fmt.Sprint(i)
		}
		if got := v.get(fmt.Sprint(i)).text; got != want {
			t.Errorf("%d is %q, want %q", i, got, want)
		}
	}
}

func TestBodyThatFails(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/charges", io.MultiReader(strings.NewReader("a=1"), failing{}))
	if _, err := decode(r); err == nil || err.Status != http.StatusBadRequest {
		t.Errorf("got %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
