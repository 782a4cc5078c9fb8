package sandbox

import (
	"fmt"
	"testing"
	"time"
)

func TestEventsShowTheObjectAsItWas(t *testing.T) {
	s := newServer(t, options())
	id := addCharge(t, s, ChargeSpec{Status: "authorized"})
	s.Advance(time.Hour)
	must(t, s.Capture(id, 40_000))
	s.Advance(time.Hour)
	_, err := s.Refund(id, 1_000)
	must(t, err)
	got := rows(t, object(t, s, "/charges/"+id+"/events"))
	want := []struct{ key, object, status string }{
		{"charge.create", "charge", "pending"}, {"charge.capture", "charge", "successful"}, {"refund.create", "refund", "closed"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d events", len(got))
	}
	for i, w := range want {
		data := got[i]["data"].(map[string]any)
		if got[i]["key"] != w.key || data["object"] != w.object || data["status"] != w.status {
			t.Errorf("event %d is %v of %v %v", i, got[i]["key"], data["object"], data["status"])
		}
		if one := object(t, s, place(got[i])); one["id"] != got[i]["id"] {
			t.Errorf("%v leads to %v", got[i]["location"], one["id"])
		}
	}
	check(t, got[1]["data"].(map[string]any), map[string]any{"refunded_amount": 0, "captured_amount": 40_000})
}

// TestEventsOfACharge holds each write to the event that tells of it, with the charge as it was then.
func TestEventsOfACharge(t *testing.T) {
	s := newServer(t, options())
	path := authorized(t, s, "&authorization_type=pre_auth")
	do(t, s, "PATCH "+path, "description=changed")
	do(t, s, "POST "+path+"/capture", "capture_amount=60000")
	do(t, s, "POST "+path+"/refunds", "amount=10000")
	var got []string
	for _, e := range rows(t, object(t, s, path+"/events")) {
		data := e["data"].(map[string]any)
		got = append(got, e["key"].(string))
		switch e["key"] {
		case "charge.create":
			check(t, data, map[string]any{"status": "pending", "paid": false, "description": nil, "captured_amount": 100_000})
		case "charge.update":
			check(t, data, map[string]any{"status": "pending", "description": "changed"})
		case "charge.capture":
			check(t, data, map[string]any{"status": "successful", "captured_amount": 60_000, "refunded_amount": 0})
		}
	}
	if want := "[charge.create charge.update charge.capture refund.create]"; fmt.Sprint(got) != want {
		t.Errorf("events are %v, want %s", got, want)
	}
}

// The links in an event lead where the one who made it reached the sandbox.
func TestLinksOfEvents(t *testing.T) {
	s := newServer(t, options())
	made := do(t, s, "POST /charges", "amount=50000&currency=thb&source[type]=internet_banking_bay&return_uri=https://shop.example.com")
	told := rows(t, object(t, s, place(made)+"/events"))[0]["data"].(map[string]any)
	check(t, told, map[string]any{"id": made["id"], "authorize_uri": made["authorize_uri"]})
}
