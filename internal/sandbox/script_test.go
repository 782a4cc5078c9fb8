package sandbox

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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

func still(o Options) Options {
	o.Charges, o.Customers, o.Clock = 40, 8, testNow
	return o
}

// Every endpoint that changes something works on a merchant's day, tells it in an event, and all of
// them are there.
func TestDayUsesEveryRoute(t *testing.T) {
	p := playDay(t, still(options()))
	p.lists()
	first := idOf(rows(t, object(t, p.s, "/transactions"))[0])
	p.step("", "GET", "/transactions/"+first, "")
	p.step("", "GET", "/events/"+idOf(rows(t, object(t, p.s, "/events"))[0]), "")
	scanned := p.ids["wait4"]
	p.step("", "GET", "/charges/"+scanned+"/documents/"+p.s.st.charges.byID[scanned].source.codeID(), "")
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

// refusals are mistakes that clients make all day long.
const refusals = `
POST /tokens card[name]=S&card[number]=4242424242424241&card[expiration_month]=12&card[expiration_year]=2030
POST /charges amount=1&currency=thb&source[type]=promptpay
POST /charges amount=100000&currency=thb&source[type]=promptpay&metadata=none
POST /charges amount=100000&currency=thb&card=tokn_test_none
POST /charges amount=100000&currency=thb&customer=cust_test_none
POST /charges {"amount":100000,"currency":"thb","source":{"type":"truemoney"}}
POST /charges/{paid}/refunds amount=99999999
POST /charges/{paid}/capture
POST /charges/{paid}/reverse
POST /charges/{paid}/expire
POST /charges/{paid}/mark_as_failed
PATCH /charges/{paid} {"metadata":[1]}
POST /customers {"email":"a@example.com","card":"tokn_test_none"}
PATCH /customers/{cust} {"default_card":"card_test_none"}
POST /sources amount=50000&currency=thb&type=none
POST /links amount=1&currency=thb&title=T&description=D
POST /transfers amount=99999999999
POST /recipients name=
PATCH /account {"webhook_uri":"none"}
POST /schedules {}
POST /_sandbox/charges/{paid}/pay
POST /_sandbox/charges {"amount":5,"status":"odd"}
POST /_sandbox/clock {"advance":"soon"}`

func (p *played) refuse() {
	p.t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(refusals), "\n") {
		m := scriptLine.FindStringSubmatch(line)
		if a := p.ask(m[2], p.fill(m[3]), p.fill(m[4])); a.status < 400 || a.status >= 500 {
			p.t.Errorf("%s: %d %s", line, a.status, a.body)
		}
	}
}

// A refused request leaves no trace: no object, no event, no id drawn.
func TestRefusalsChangeNothing(t *testing.T) {
	alone, erring := playDay(t, still(options())), playDayAnd(t, still(options()), (*played).refuse)
	if alone.text.String() != erring.text.String() {
		t.Error("answers differ:\n" + firstDifference(alone.text.String(), erring.text.String()))
	}
	if a, b := alone.lists(), erring.lists(); a != b {
		t.Error("lists differ:\n" + firstDifference(a, b))
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
