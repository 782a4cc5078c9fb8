package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkTraffic is what a busy shop's clients ask, over real connections: a payment made of a
// token and a charge, looked up, refunded in part; an authorisation, captured; lists, the balance.
// An operation is one request.
func BenchmarkTraffic(b *testing.B) {
	for _, charges := range []int{500, 20_000} {
		b.Run(fmt.Sprintf("charges=%d", charges), func(b *testing.B) { traffic(b, charges, "") })
		b.Run(fmt.Sprintf("charges=%d/data", charges), func(b *testing.B) {
			traffic(b, charges, filepath.Join(b.TempDir(), "data"))
		})
	}
}

func traffic(b *testing.B, charges int, data string) {
	o := options()
	o.Charges, o.Customers, o.Data = charges, charges/10, data
	s, err := New(o)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	web := httptest.NewServer(s)
	defer web.Close()
	b.ResetTimer()
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		c := shopClient{b: b, url: web.URL, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}}
		for step := 0; pb.Next(); step++ {
			c.next(step)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

// shopClient goes through the steps of a payment.
type shopClient struct {
	b             *testing.B
	url           string
	http          *http.Client
	token, charge string
}

func (c *shopClient) next(step int) {
	switch step % 12 {
	case 0, 5:
		c.token = c.do("POST", "/tokens", "pkey_test_1", "card[name]=Somchai&card[number]=4242424242424242&card[expiration_month]=12&card[expiration_year]=2030")
	case 1:
		c.charge = c.do("POST", "/charges", testKey, "amount=100000&currency=thb&card="+c.token)
	case 2, 4, 8:
		c.do("GET", "/charges/"+c.charge, testKey, "")
	case 3:
		c.do("POST", "/charges/"+c.charge+"/refunds", testKey, "amount=2000")
	case 6:
		c.charge = c.do("POST", "/charges", testKey, "amount=100000&currency=thb&capture=false&card="+c.token)
	case 7:
		c.do("POST", "/charges/"+c.charge+"/capture", testKey, "")
	case 9:
		c.do("GET", "/charges?order=reverse_chronological", testKey, "")
	case 10:
		c.do("GET", "/events?order=reverse_chronological", testKey, "")
	case 11:
		c.do("GET", "/balance", testKey, "")
	}
}

func (c *shopClient) do(method, path, key, body string) (id string) {
	r, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.b.Fatal(err)
	}
	r.SetBasicAuth(key, "")
	answer, err := c.http.Do(r)
	if err != nil {
		c.b.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		c.b.Errorf("%s %s: %d %s", method, path, answer.StatusCode, raw)
	}
	if method != http.MethodPost {
		return ""
	}
	var made struct{ ID string }
	if err := json.Unmarshal(raw, &made); err != nil {
		c.b.Error(err)
	}
	return made.ID
}

// BenchmarkStart plays a data file of 10,000 writes.
func BenchmarkStart(b *testing.B) {
	o := options()
	o.Data = filepath.Join(b.TempDir(), "data")
	s, err := New(o)
	if err != nil {
		b.Fatal(err)
	}
	for range 10_000 {
		if err := s.play("http://sandbox.test", "/customers", nil); err != nil {
			b.Fatal(err)
		}
	}
	_ = s.Close()
	for b.Loop() {
		if s, err = New(o); err != nil {
			b.Fatal(err)
		}
		_ = s.Close()
	}
}

func BenchmarkPage(b *testing.B) {
	o := options()
	o.Charges = 20_000
	s, err := New(o)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		q := &query{now: s.now(), in: newFields(value{kind: kindObject, members: []member{{"limit", textValue("100")}, {"offset", textValue("12000")}}})}
		if _, err := list(q, "/charges", s.st.charges.rows, (*render).charge); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeed200k(b *testing.B) {
	for b.Loop() {
		o := options()
		o.Charges, o.Customers = 200_000, 5_000
		if _, err := New(o); err != nil {
			b.Fatal(err)
		}
	}
}
