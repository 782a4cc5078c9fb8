package sandbox

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

// shopWith has a balance of one card payment of an amount of satang.
func shopWith(t *testing.T, amount int64) *Server {
	t.Helper()
	s := newServer(t, options())
	_, err := s.AddCharge(ChargeSpec{Amount: amount})
	must(t, err)
	return s
}

func TestTransfer(t *testing.T) {
	s := shopWith(t, 100_000)
	left := object(t, s, "/balance")["total"].(float64)
	x := do(t, s, "POST /transfers", `{"amount":50000,"metadata":{"note":"ค่าเช่า"}}`)
	path := place(x)
	check(t, x, map[string]any{
		"amount": 50_000, "fee": 2_804, "fee_vat": 196, "total_fee": 3_000, "net": 47_000, "currency": "THB",
		"sent": false, "paid": false, "sendable": true, "deleted": false,
	})
	check(t, object(t, s, "/balance"), map[string]any{"total": left, "on_hold": 50_000, "transferable": left - 50_000})

	check(t, do(t, s, "PATCH "+path, "amount=60000"), map[string]any{"amount": 60_000, "net": 57_000})
	sent := do(t, s, "POST "+path+"/mark_as_sent", "")
	check(t, sent, map[string]any{"sent": true, "paid": false, "sendable": false, "sent_at": "2026-11-21T05:30:00Z"})
	check(t, object(t, s, "/balance"), map[string]any{"total": left - 60_000, "on_hold": 0, "transferable": left - 60_000})

	for _, late := range []string{http.MethodPatch, http.MethodDelete} {
		refuse(t, s, late+" "+path, "amount=5000", "bad_request")
	}
	check(t, do(t, s, "POST "+path+"/mark_as_paid", ""), map[string]any{"paid": true, "paid_at": "2026-11-21T05:30:00Z"})
	refuse(t, s, "POST "+path+"/mark_as_paid", "", "bad_request")
	old := do(t, s, "GET "+path, "", "Omise-Version: 2017-11-02")
	line := do(t, s, "GET /transactions/"+old["transaction"].(string), "", "Omise-Version: 2017-11-02")
	check(t, line, map[string]any{"type": "debit", "source": old["id"], "currency": "thb", "amount": 60_000, "transferable": line["created"]})
	if got := eventKeys(t, s); got != "charge.create transfer.create transfer.update transfer.send transfer.pay" {
		t.Errorf("events %s", got)
	}
}

// Within a second, transactions stand in the order in which the money moved.
func TestNewestTransaction(t *testing.T) {
	s := shopWith(t, 100_000)
	newest := func() any {
		return rows(t, object(t, s, "/transactions?order=reverse_chronological&limit=1"))[0]["origin"]
	}
	x := do(t, s, "POST /transfers", "amount=5000")
	charge := addCharge(t, s, ChargeSpec{})
	if got := newest(); got != charge {
		t.Errorf("after a payment %v, want %s", got, charge)
	}
	do(t, s, "POST "+place(x)+"/mark_as_sent", "")
	if got := newest(); got != x["id"] {
		t.Errorf("after a transfer %v, want %v", got, x["id"])
	}
	dispute, err := s.OpenDispute(charge)
	must(t, err)
	addCharge(t, s, ChargeSpec{})
	must(t, s.CloseDispute(dispute, true))
	if got := newest(); got != dispute {
		t.Errorf("after a dispute is won %v, want %s", got, dispute)
	}
}

func TestTransferOfEverything(t *testing.T) {
	s := shopWith(t, 100_000)
	left := object(t, s, "/balance")["transferable"]
	x := do(t, s, "POST /transfers", "")
	check(t, x, map[string]any{"amount": left})
	refuse(t, s, "POST /transfers", "", "invalid_amount")
	path := place(x)
	check(t, do(t, s, "DELETE "+path, ""), map[string]any{"deleted": true, "id": x["id"]})
	check(t, object(t, s, "/balance"), map[string]any{"transferable": left, "on_hold": 0})
	if a := get(t, s, path); a.status != http.StatusNotFound {
		t.Errorf("deleted transfer: %d", a.status)
	}
	if page := object(t, s, "/transfers"); page["total"] != 0.0 {
		t.Errorf("deleted transfer is listed: %v", page)
	}
	stub := place(do(t, s, "POST /transfers", ""))
	gone := do(t, s, "DELETE "+stub, "", "Omise-Version: 2017-11-02")
	if len(gone) != 4 || gone["deleted"] != true {
		t.Errorf("deletion of 2017: %v", gone)
	}
}

func TestTransferIsRefused(t *testing.T) {
	s := shopWith(t, 100_000)
	before := get(t, s, "/balance").body
	for body, code := range map[string]string{
		`{"amount":3000}`:    "invalid_amount", // the fee takes it all
		`{"amount":0}`:       "invalid_amount",
		`{"amount":-5000}`:   "invalid_amount",
		`{"amount":100000}`:  "invalid_amount",
		`{"amount":"much"}`:  "bad_request",
		`{"amount":5000.5}`:  "bad_request",
		`{"metadata":"a"}`:   "bad_request",
		`{"fail_fast":"so"}`: "bad_request",
		`{"amount":5000,"recipient":"recp_test_nobody"}`: "not_found",
	} {
		refuse(t, s, "POST /transfers", body, code)
	}
	if got := get(t, s, "/balance").body; got != before {
		t.Errorf("a refused transfer changed the balance: %s, before %s", got, before)
	}
	o := options()
	o.Livemode = true
	live := newServer(t, o)
	_, err := live.AddCharge(ChargeSpec{Amount: 100_000})
	must(t, err)
	path := place(do(t, live, "POST /transfers", "amount=9000", withKey("skey_live")))
	if a := ask(t, live, http.MethodPost, path+"/mark_as_sent", "", withKey("skey_live")); a.status != http.StatusBadRequest {
		t.Errorf("live mark_as_sent: %d", a.status)
	}
}

// A transfer can grow by what is left beside it, and is sent once.
func TestTransferThatIsChanged(t *testing.T) {
	s := shopWith(t, 100_000)
	all := int64(object(t, s, "/balance")["transferable"].(float64))
	path := place(do(t, s, "POST /transfers", "amount=50000"))
	refuse(t, s, "PATCH "+path, "amount="+strconv.FormatInt(all+1, 10), "invalid_amount")
	check(t, do(t, s, "PATCH "+path, "amount="+strconv.FormatInt(all, 10)), map[string]any{"amount": float64(all)})
	old := do(t, s, "GET "+path, "", "Omise-Version: 2017-11-02")
	check(t, old, map[string]any{"transaction": nil})
	sent := do(t, s, "POST "+path+"/mark_as_sent", "")
	s.Advance(time.Hour)
	paid := do(t, s, "POST "+path+"/mark_as_paid", "")
	check(t, paid, map[string]any{"sent_at": sent["sent_at"], "paid_at": "2026-11-21T06:30:00Z"})
	if a, b := ids(rows(t, map[string]any{"data": sent["transactions"]})), ids(rows(t, map[string]any{"data": paid["transactions"]})); a != b {
		t.Errorf("sent by %s, when it was paid by %s", a, b)
	}
	for filter, want := range map[string]any{"sent": paid["id"], "paid": paid["id"]} {
		if got := ids(rows(t, object(t, s, "/search?scope=transfer&filters["+filter+"]=yes"))); got != want {
			t.Errorf("%s: %s", filter, got)
		}
	}
}
