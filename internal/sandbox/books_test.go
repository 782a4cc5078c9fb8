package sandbox

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestBooks lets a shop live for a while and then holds the balance against the transactions, and
// those against the charges, refunds, disputes and transfers that they come from, at the end and at
// instants before and after it.
func TestBooks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := options()
		o.Charges = 21 // one of each story
		o.Seed = rapid.Int64Range(1, 1_000).Draw(rt, "seed")
		s := newServer(t, o)
		for range rapid.IntRange(0, 20).Draw(rt, "steps") {
			step := rapid.SampledFrom(bookSteps).Draw(rt, "step")
			step(s, rt)
		}
		end := s.Clock()
		for _, hours := range []int{0, -20, 48} {
			s.SetClock(end.Add(time.Duration(hours) * time.Hour))
			checkBooks(rt, s)
		}
	})
}

type bookStep func(s *Server, rt *rapid.T)

// Steps may be refused: what matters is that the books follow what was done.
var bookSteps = []bookStep{
	func(s *Server, rt *rapid.T) {
		capture := rapid.Bool().Draw(rt, "capture")
		_, _ = s.AddCharge(ChargeSpec{
			Amount:   rapid.Int64Range(2_000, 500_000).Draw(rt, "amount"),
			Currency: rapid.SampledFrom([]string{"THB", "JPY", "USD", "AUD"}).Draw(rt, "currency"),
			Capture:  &capture, PaidAt: s.Clock().Add(time.Duration(rapid.IntRange(0, 50).Draw(rt, "hours")) * time.Hour),
		})
	},
	onAnyCharge(func(s *Server, id string, rt *rapid.T) {
		_ = s.Capture(id, rapid.SampledFrom([]int64{0, 1_000, 20_000}).Draw(rt, "part"))
	}),
	onAnyCharge(func(s *Server, id string, rt *rapid.T) {
		_, _ = s.Refund(id, rapid.SampledFrom([]int64{0, 100, 5_000}).Draw(rt, "part"))
	}),
	onAnyCharge(func(s *Server, id string, _ *rapid.T) { _ = s.Reverse(id) }),
	onAnyCharge(func(s *Server, id string, _ *rapid.T) { _ = s.Pay(id) }),
	onAnyCharge(func(s *Server, id string, rt *rapid.T) {
		status := rapid.SampledFrom([]string{"failed", "successful"}).Draw(rt, "status")
		_ = s.Amend(id, Amendment{Status: status, Amount: rapid.SampledFrom([]int64{0, 33_300}).Draw(rt, "amount")})
	}),
	onAnyCharge(func(s *Server, id string, rt *rapid.T) {
		dispute, err := s.OpenDispute(id)
		if err == nil && rapid.Bool().Draw(rt, "close") {
			_ = s.CloseDispute(dispute, rapid.Bool().Draw(rt, "won"))
		}
		if rapid.Bool().Draw(rt, "amend") {
			_ = s.AmendDispute(dispute)
		}
	}),
	func(s *Server, rt *rapid.T) {
		ask(rt, s, http.MethodPost, "/transfers", fmt.Sprintf(`{"amount":%d}`, rapid.Int64Range(2_000, 900_000).Draw(rt, "amount")))
	},
	onAnyTransfer(http.MethodPatch, "", "amount=4321"),
	onAnyTransfer(http.MethodPost, "/mark_as_sent", ""),
	onAnyTransfer(http.MethodPost, "/mark_as_paid", ""),
	onAnyTransfer(http.MethodDelete, "", ""),
	func(s *Server, rt *rapid.T) {
		s.Advance(time.Duration(rapid.IntRange(1, 48).Draw(rt, "hours")) * time.Hour)
	},
}

func onAnyCharge(act func(s *Server, id string, rt *rapid.T)) bookStep {
	return func(s *Server, rt *rapid.T) {
		act(s, rapid.SampledFrom(s.Charges()).Draw(rt, "charge").ID, rt)
	}
}

func onAnyTransfer(method, action, body string) bookStep {
	return func(s *Server, rt *rapid.T) {
		if made := walk(rt, s, "/transfers"); len(made) > 0 {
			ask(rt, s, method, place(rapid.SampledFrom(made).Draw(rt, "transfer"))+action, body)
		}
	}
}

// checkBooks reads everything over the API, at the clock.
func checkBooks(t rapid.TB, s *Server) {
	t.Helper()
	lines := map[string]map[string]any{}
	var total float64
	for _, x := range walk(t, s, "/transactions") {
		lines[idOf(x)] = x
		total += x["amount"].(float64) * map[any]float64{"credit": 1, "debit": -1}[x["direction"]]
	}
	b := object(t, s, "/balance")
	if b["total"] != total || b["transferable"].(float64)+b["on_hold"].(float64)+b["reserve"].(float64) != total {
		t.Fatalf("transactions add up to %v, the balance is %v", total, b)
	}
	if held := checkTransfers(t, s, lines); b["on_hold"] != held {
		t.Fatalf("transfers hold %v, the balance is %v", held, b)
	}
	checkCharges(t, s, lines)
	checkDisputes(t, s, lines)
	for _, x := range lines {
		t.Fatalf("transaction of nothing: %v", x)
	}
}

// take holds a transaction against its origin and crosses it out.
func take(t rapid.TB, lines map[string]map[string]any, id any, key string, origin map[string]any, amount any) {
	t.Helper()
	x := lines[id.(string)]
	if x == nil || x["key"] != key || x["origin"] != origin["id"] || x["amount"] != amount {
		t.Fatalf("transaction %v is %v, want %s of %v over %v", id, x, key, origin["id"], amount)
	}
	delete(lines, id.(string))
}

func checkCharges(t rapid.TB, s *Server, lines map[string]map[string]any) {
	t.Helper()
	net := map[any]any{}
	for _, c := range walk(t, s, "/charges") {
		net[c["id"]] = c["net"]
		if c["paid"] != (c["transaction"] != nil) {
			t.Fatalf("charge %v: paid %v, transaction %v", c["id"], c["paid"], c["transaction"])
		}
		if c["paid"] == true {
			take(t, lines, c["transaction"], "charge.captured.net", c, c["net"])
		}
	}
	for _, f := range walk(t, s, "/refunds") {
		if f["voided"] == true {
			take(t, lines, f["transaction"], "refund.voided.debit", f, net[f["charge"]])
			continue
		}
		take(t, lines, f["transaction"], "refund.created.debit", f, f["funding_amount"])
	}
}

func checkDisputes(t rapid.TB, s *Server, lines map[string]map[string]any) {
	t.Helper()
	for _, d := range walk(t, s, "/disputes") {
		own := d["transactions"].([]any)
		if want := map[bool]int{true: 2, false: 1}[d["status"] == disputeWon]; len(own) != want {
			t.Fatalf("dispute %v is %v and has transactions %v", d["id"], d["status"], own)
		}
		keys := []string{"dispute.started.debit", "dispute.won.credit"}
		for i, x := range own {
			take(t, lines, x.(map[string]any)["id"], keys[i], d, d["funding_amount"])
		}
	}
}

// checkTransfers gives what is asked for and not sent.
func checkTransfers(t rapid.TB, s *Server, lines map[string]map[string]any) (held float64) {
	t.Helper()
	for _, x := range walk(t, s, "/transfers") {
		own := x["transactions"].([]any)
		if x["sent"] == false {
			held += x["amount"].(float64)
			continue
		}
		take(t, lines, own[0].(map[string]any)["id"], "transfer.sent.debit", x, x["amount"])
	}
	return held
}
