package sandbox

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// aDay is a merchant's day that uses every endpoint that writes. A line is a request; `name =` keeps
// the id of its answer for {name}, and `! key` says which event tells of it.
const aDay = `
tok = POST /tokens card[name]=Somchai+Prasert&card[number]=4242424242424242&card[security_code]=123&card[expiration_month]=12&card[expiration_year]=2030
cust = POST /customers {"email":"a@example.com","description":"ลูกค้า","metadata":{"n":1.50,"deep":{"a":[1,"2",null,true]}},"card":"{tok}"} ! customer.create
tok2 = POST /tokens {"card":{"name":"B","number":"5555555555554444","expiration_month":1,"expiration_year":2031,"postal_code":10320}}
PATCH /customers/{cust} {"card":"{tok2}"} ! customer.update.card
PATCH /customers/{cust} description=b ! customer.update
paid = POST /charges amount=100000&currency=thb&customer={cust} ! charge.create
PATCH /charges/{paid} {"description":"two","metadata":{"x":[{}]}} ! charge.update
part = POST /charges/{paid}/refunds amount=2000 ! refund.create
POST /charges/{paid}/refunds {"amount":98000} ! refund.create
tok3 = POST /tokens {"card":{"name":"C","number":"4111111111140011","expiration_month":1,"expiration_year":2031}}
POST /charges {"amount":100000,"currency":"THB","card":"{tok3}"} ! charge.create
held = POST /charges {"amount":70000,"currency":"THB","customer":"{cust}","capture":false,"authorization_type":"pre_auth"} ! charge.create
POST /charges/{held}/capture {"capture_amount":60000} ! charge.capture
held2 = POST /charges amount=70000&currency=thb&customer={cust}&capture=0 ! charge.create
POST /charges/{held2}/reverse ! charge.reverse
src = POST /sources amount=50000&currency=thb&type=promptpay
wait = POST /charges {"amount":50000,"currency":"thb","source":"{src}"} ! charge.create
POST /charges/{wait}/mark_as_paid ! charge.complete
wait2 = POST /charges amount=50000&currency=thb&source[type]=internet_banking_bay&return_uri=https://shop.example.com ! charge.create
POST /charges/{wait2}/mark_as_failed {"failure_code":"timeout"} ! charge.complete
wait3 = POST /charges amount=50000&currency=thb&source[type]=alipay_cn&return_uri=https://shop.example.com ! charge.create
POST /charges/{wait3}/expire {} ! charge.expire
wait4 = POST /charges amount=50000&currency=thb&source[type]=promptpay ! charge.create
POST /_sandbox/charges/{wait4}/pay ! charge.complete
wait5 = POST /charges amount=50000&currency=thb&source[type]=promptpay ! charge.create
POST /_sandbox/charges/{wait5}/cancel ! charge.complete
card = POST /_sandbox/customers/{cust}/cards {"number":4242424242424242} ! customer.update.card
PATCH /customers/{cust}/cards/{card} {"name":"D","expiration_month":2} ! card.update
GET /customers/{cust}/cards/{card}
GET /customers/{cust}/cards
GET /customers/{cust}
GET /customers/{cust}/linked_accounts
GET /customers/{cust}/schedules
GET /tokens/{tok}
DELETE /customers/{cust}/cards/{card} ! card.destroy
POST /_sandbox/clock {"advance":"26h"}
link = POST /links amount=20000&currency=thb&title=Shirt&description=Blue ! link.create
POST /_sandbox/links/{link}/pay ! charge.create
link2 = POST /links {"amount":20000,"currency":"thb","title":"T","description":"D","multiple":true} ! link.create
DELETE /links/{link2} ! link.destroy
tok4 = POST /tokens {"card":{"name":"E","number":"4242424242424242","expiration_month":1,"expiration_year":2031}}
sold = POST /charges {"amount":90000,"currency":"THB","card":"{tok4}"} ! charge.create
dspt = POST /charges/{sold}/disputes ! dispute.create
docu = POST /disputes/{dspt}/documents {"file":"receipt.pdf"} ! dispute.update
GET /disputes/{dspt}/documents/{docu}
GET /disputes/{dspt}/documents
DELETE /disputes/{dspt}/documents/{docu} ! dispute.update
PATCH /disputes/{dspt} {"message":"it was sent","metadata":{"a":"b"}} ! dispute.update
tok5 = POST /tokens {"card":{"name":"F","number":"4242424242424242","expiration_month":1,"expiration_year":2031}}
sold2 = POST /charges {"amount":90000,"currency":"THB","card":"{tok5}"} ! charge.create
dspt2 = POST /charges/{sold2}/disputes ! dispute.create
PATCH /disputes/{dspt2}/accept ! dispute.accept
POST /_sandbox/disputes/{dspt}/close {"won":true} ! dispute.close
recp = POST /recipients {"name":"S","type":"individual","bank_account":{"brand":"bbl","number":"1234567890","name":"S"}} ! recipient.create
PATCH /recipients/{recp} email=s@example.com ! recipient.update
PATCH /recipients/{recp}/verify
recp2 = POST /recipients name=T&type=individual&bank_account[brand]=bbl&bank_account[number]=1234567890&bank_account[name]=T ! recipient.create
POST /_sandbox/clock {"advance":"72h"}
trsf = POST /transfers amount=10000 ! transfer.create
PATCH /transfers/{trsf} amount=12000 ! transfer.update
POST /transfers/{trsf}/mark_as_sent ! transfer.send
POST /transfers/{trsf}/mark_as_paid ! transfer.pay
trsf2 = POST /transfers {"amount":10000,"recipient":"{recp}"}
DELETE /transfers/{trsf2} ! transfer.destroy
DELETE /recipients/{recp} ! recipient.destroy
PATCH /account {"metadata_export_keys":{"charge":["order"]}}
DELETE /customers/{cust} ! customer.destroy
GET /charges/{paid}
GET /charges/{paid}/refunds
GET /charges/{paid}/refunds/{part}
GET /charges/{paid}/events
GET /links/{link}
GET /links/{link}/charges
GET /sources/{src}
GET /disputes/{dspt}
GET /transfers/{trsf}
GET /recipients/{recp2}/schedules
GET /recipients/{recp2}
GET /forex/USD
`

// unanswered are the routes that no request is answered by with an object.
var unanswered = []string{
	"POST /schedules", "GET /schedules/{id}", "DELETE /schedules/{id}", "GET /schedules/{id}/occurrences",
	"GET /occurrences/{id}", "GET /receipts/{id}",
}

// played is a server with all that a script has asked of it and got.
type played struct {
	t        *testing.T
	s        *Server
	ids      map[string]string
	told     map[string]bool // ids of events
	answered map[string]bool // method and pattern of the routes that gave 200
	text     strings.Builder
}

var (
	scriptLine  = regexp.MustCompile(`^(?:(\w+) = )?([A-Z]+) (\S+)(?: (.*?))?(?: ! (\S+))?$`)
	placeholder = regexp.MustCompile(`\{\w+\}`)
)

// playDay plays the script on a new server, while others ask for the paths all the time.
func playDay(t *testing.T, o Options, busy ...string) *played {
	t.Helper()
	p := &played{t: t, s: newServer(t, o), ids: map[string]string{}, told: map[string]bool{}, answered: map[string]bool{}}
	defer p.busy(busy)()
	for line := range strings.SplitSeq(strings.TrimSpace(aDay), "\n") {
		m := scriptLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("script: %s", line)
		}
		p.step(m[1], m[2], p.fill(m[3]), p.fill(m[4]))
		if m[5] != "" {
			p.event(line, m[5])
		}
	}
	return p
}

// busy begins to ask for the paths, until the function that it gives is called.
func (p *played) busy(paths []string) (stop func()) {
	var over atomic.Bool
	var readers sync.WaitGroup
	for _, path := range paths {
		readers.Go(func() {
			for !over.Load() {
				get(p.t, p.s, path)
			}
		})
	}
	return func() { over.Store(true); readers.Wait() }
}

func (p *played) fill(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(name string) string {
		if id := p.ids[strings.Trim(name, "{}")]; id != "" {
			return id
		}
		return name
	})
}

func (p *played) step(name, method, path, body string) {
	p.t.Helper()
	headers := []string{"Content-Type: application/json"}
	if !strings.HasPrefix(body, "{") {
		headers[0] = "Content-Type: application/x-www-form-urlencoded"
	}
	if strings.HasPrefix(path, "/tokens") {
		headers = append(headers, withPublicKey)
	}
	a := ask(p.t, p.s, method, path, body, headers...)
	if a.status != http.StatusOK {
		p.t.Fatalf("%s %s %s: %d %s", method, path, body, a.status, a.body)
	}
	fmt.Fprintf(&p.text, "%s %s %s\n%s\n", method, path, body, a.body)
	if rt, _, err := p.s.find(method, path); err == nil {
		p.answered[rt.method+" "+rt.pattern] = true
	}
	if name != "" {
		p.ids[name], _ = a.decode(p.t)["id"].(string)
	}
}

// event holds the latest event, which must be a new one.
func (p *played) event(line, key string) {
	p.t.Helper()
	e := rows(p.t, object(p.t, p.s, "/events?order=reverse_chronological&limit=1"))[0]
	if id := e["id"].(string); e["key"] != key || p.told[id] {
		p.t.Errorf("%s\ngave no %s", line, key)
	} else {
		p.told[id] = true
	}
}

// lists are the answers of all routes without a placeholder that read.
func (p *played) lists() string {
	p.t.Helper()
	var all strings.Builder
	for _, rt := range p.s.routes() {
		if rt.method != http.MethodGet || strings.Contains(rt.pattern, "{") {
			continue
		}
		path := rt.pattern
		if path == "/search" {
			path += "?scope=charge&query=two"
		}
		a := get(p.t, p.s, path)
		if a.status == http.StatusOK {
			p.answered["GET "+rt.pattern] = true
		}
		fmt.Fprintf(&all, "%s\n%s\n", path, a.body)
	}
	return all.String()
}

func still(o Options) Options {
	o.Charges, o.Customers, o.Clock = 40, 8, testNow
	return o
}

// Every endpoint that changes something works on a merchant's day, tells it in an event, and all of
// them are there.
func TestDayUsesEveryRoute(t *testing.T) {
	p := playDay(t, still(options()))
	p.lists()
	first := rows(t, object(t, p.s, "/transactions"))[0]["id"].(string)
	p.step("", "GET", "/transactions/"+first, "")
	p.step("", "GET", "/events/"+rows(t, object(t, p.s, "/events"))[0]["id"].(string), "")
	for _, rt := range p.s.routes() {
		name := rt.method + " " + rt.pattern
		if !p.answered[name] && !slices.Contains(unanswered, name) {
			t.Errorf("the script does not get an answer of %s", name)
		}
	}
}

// One seed, one clock and one script give the same bytes, whoever else reads meanwhile.
func TestEqualScriptsGiveEqualBytes(t *testing.T) {
	alone := playDay(t, still(options()))
	o := still(options())
	o.Data = filepath.Join(t.TempDir(), "data")
	watched := playDay(t, o, "/events", "/charges?limit=100", "/balance", "/customers")
	if alone.text.String() != watched.text.String() {
		t.Error("answers differ:\n" + firstDifference(alone.text.String(), watched.text.String()))
	}
	want := alone.lists()
	if got := watched.lists(); got != want {
		t.Error("lists differ:\n" + firstDifference(want, got))
	}
	closed(t, watched.s)
	watched.s = newServer(t, o)
	defer closed(t, watched.s)
	if got := watched.lists(); got != want {
		t.Error("lists after another start differ:\n" + firstDifference(want, got))
	}
	o.Seed++
	if o.Data = ""; playDay(t, o).text.String() == alone.text.String() {
		t.Error("another seed gives the same")
	}
}

func firstDifference(a, b string) string {
	la, lb := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(la), len(lb)) {
		if la[i] != lb[i] {
			return la[i] + "\n" + lb[i]
		}
	}
	return fmt.Sprintf("%d and %d lines", len(la), len(lb))
}
