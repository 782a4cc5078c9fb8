package sandbox

import (
	"net/http"
	"testing"
	"time"
)

const coffee = `{"amount":99900,"currency":"thb","title":"Hot Latte","description":"A warm cup"}`

func TestLink(t *testing.T) {
	s := newServer(t, options())
	l := do(t, s, "POST /links", coffee)
	path, id := place(l), idOf(l)
	check(t, l, map[string]any{
		"amount": 99_900, "currency": "THB", "title": "Hot Latte", "multiple": false, "used": false, "used_at": nil,
		"payment_uri": "http://example.com/pay" + path, "deleted": false,
	})
	s.Advance(time.Hour)
	chargeID, err := s.payLink(id)
	must(t, err)
	l = object(t, s, path)
	check(t, l, map[string]any{"used": true, "used_at": "2026-11-21T06:30:00Z"})
	if paid := rows(t, l["charges"].(map[string]any)); ids(paid) != chargeID {
		t.Errorf("charges of the link: %s, want %s", ids(paid), chargeID)
	}
	for used, want := range map[string]string{"yes": id, "no": ""} {
		if got := ids(rows(t, object(t, s, "/search?scope=link&filters[used]="+used))); got != want {
			t.Errorf("links used %s: %s", used, got)
		}
	}
	if own := object(t, s, path+"/charges"); ids(rows(t, own)) != chargeID {
		t.Errorf("list of the link's charges: %v", own)
	}
	check(t, object(t, s, "/charges/"+chargeID), map[string]any{
		"amount": 99_900, "link": id, "status": "successful", "description": "A warm cup",
	})
	if _, err := s.payLink(id); code(err) != "invalid_link" {
		t.Errorf("second payment: %v", err)
	}
	if n := len(s.Charges()); n != 1 {
		t.Errorf("%d charges", n)
	}
	check(t, do(t, s, "DELETE "+path, ""), map[string]any{"deleted": true, "deleted_at": "2026-11-21T06:30:00Z"})
	if a := get(t, s, path); a.status != http.StatusNotFound {
		t.Errorf("deleted link: %d", a.status)
	}
	if _, err := s.payLink(id); code(err) != "not_found" {
		t.Errorf("payment of a deleted link: %v", err)
	}
	if got := eventKeys(t, s); got != "link.create charge.create link.destroy" {
		t.Errorf("events %s", got)
	}
	s.Advance(-time.Minute)
	check(t, object(t, s, path), map[string]any{"deleted": false, "deleted_at": nil})
}

func TestLinkForMany(t *testing.T) {
	s := newServer(t, options())
	l := do(t, s, "POST /links", "amount=99900&currency=THB&title=a&description=b&multiple=1")
	for range 22 {
		_, err := s.payLink(idOf(l))
		must(t, err)
	}
	charges := object(t, s, place(l))["charges"].(map[string]any)
	if charges["total"] != 22.0 || len(rows(t, charges)) != 20 {
		t.Errorf("%v charges, %d of them shown", charges["total"], len(rows(t, charges)))
	}
	old := do(t, s, "GET "+place(l), "", "Omise-Version: 2017-11-02")
	check(t, old, map[string]any{"currency": "thb", "created": l["created_at"], "used": true, "created_at": nil})
}

// A charge that fails does not use its link up.
func TestLinkTriedInVain(t *testing.T) {
	s := newServer(t, options())
	id := idOf(do(t, s, "POST /links", coffee))
	addCharge(t, s, ChargeSpec{Link: id, Status: statusFailed})
	check(t, object(t, s, "/links/"+id), map[string]any{"used": false})
	_, err := s.payLink(id)
	must(t, err)
	addCharge(t, s, ChargeSpec{Link: id, Status: statusFailed})
	check(t, object(t, s, "/links/"+id), map[string]any{"used": true})
}

// An amount that fails does so through a link as well, and leaves it open.
func TestLinkOfAFailingAmount(t *testing.T) {
	s := newServer(t, options())
	l := do(t, s, "POST /links", "amount=666605&currency=thb&title=a&description=b")
	for range 2 {
		id, err := s.payLink(idOf(l))
		must(t, err)
		check(t, object(t, s, "/charges/"+id), map[string]any{"status": "failed", "failure_code": "insufficient_fund", "link": l["id"], "paid": false})
	}
	check(t, object(t, s, place(l)), map[string]any{"used": false})
}

func TestLinkIsRefused(t *testing.T) {
	s := newServer(t, options())
	for body, want := range map[string]string{
		`{"currency":"thb","title":"a","description":"b"}`:                                "bad_request",
		`{"amount":99900,"title":"a","description":"b"}`:                                  "bad_request",
		`{"amount":99900,"currency":"thb","description":"b"}`:                             "bad_request",
		`{"amount":"x","currency":"thb","title":"a","description":"b"}`:                   "bad_request",
		`{"amount":99900,"currency":"thb","title":"a","description":"b","multiple":"no"}`: "bad_request",
		`{"amount":1,"currency":"thb","title":"a","description":"b"}`:                     "invalid_charge",
		`{"amount":99900,"currency":"btc","title":"a","description":"b"}`:                 "invalid_charge",
	} {
		refuse(t, s, "POST /links", body, want)
	}
	if n := object(t, s, "/links")["total"]; n != 0.0 {
		t.Errorf("%v links", n)
	}
}

func TestChargesOfALink(t *testing.T) {
	s := newServer(t, options())
	l := idOf(do(t, s, "POST /links", "amount=100000&currency=thb&title=t&description=d&multiple=true"))
	first := addCharge(t, s, ChargeSpec{Link: l})
	s.Advance(time.Second)
	second := addCharge(t, s, ChargeSpec{Link: l, Amount: 50_000})
	addCharge(t, s, ChargeSpec{})
	page := object(t, s, "/links/"+l+"/charges?order=reverse_chronological")
	check(t, page, map[string]any{"object": "list", "total": 2, "location": "/links/" + l + "/charges"})
	if got := ids(rows(t, page)); got != second+" "+first {
		t.Errorf("charges of the link are %s", got)
	}
	check(t, rows(t, page)[0], map[string]any{"link": l})
	refuse(t, s, "GET /links/link_test_none/charges", "", "not_found")
}

// A link was used when it was first paid, whichever of its charges that was.
func TestLinkIsUsedByItsFirstPayment(t *testing.T) {
	for _, tt := range []struct {
		name          string
		first, second time.Duration // from now to the payment
		want          string
	}{
		{"in order", time.Hour, 3 * time.Hour, "2026-11-21T06:30:00Z"},
		{"the later charge first", 3 * time.Hour, time.Hour, "2026-11-21T06:30:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t, options())
			l := do(t, s, "POST /links", "amount=100000&currency=thb&title=t&description=d&multiple=true")
			for i, after := range []time.Duration{tt.first, tt.second} {
				addCharge(t, s, ChargeSpec{Link: idOf(l), CreatedAt: testNow.Add(time.Duration(i) * time.Minute), PaidAt: testNow.Add(after)})
			}
			s.Advance(59 * time.Minute)
			check(t, object(t, s, place(l)), map[string]any{"used": false, "used_at": nil})
			s.Advance(24 * time.Hour)
			check(t, object(t, s, place(l)), map[string]any{"used": true, "used_at": tt.want})
		})
	}
}
