package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestAnySequenceKeepsChargesConsistent plays any writes in any order, many of them refused, and
// holds every charge against itself after each of them.
func TestAnySequenceKeepsChargesConsistent(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := &merchant{t: t, r: r, s: newServer(t, options())}
		for range rapid.IntRange(1, 25).Draw(r, "writes") {
			if request, body := m.write(); request != "" {
				m.send(request, body)
			}
			for _, path := range m.charges {
				holdTogether(r, get(t, m.s, path).body)
			}
		}
	})
}

// merchant writes whatever comes to mind, on few charges, so that much happens to each.
type merchant struct {
	t       *testing.T
	r       *rapid.T
	s       *Server
	charges []string // their paths
}

func (m *merchant) write() (request, body string) {
	if len(m.charges) < 3 && one(m, "new", true, false, false) {
		return "POST /charges", m.newCharge()
	}
	path := one(m, "charge", append(m.charges, "/charges/chrg_test_none")...)
	switch write := one(m, "write", "capture", "capture", "reverse", "expire", "mark_as_paid", "mark_as_failed", "refunds", "refunds", "refunds", "disputes", "", "wait"); write {
	case "wait":
		m.s.Advance(time.Duration(one(m, "seconds", 1, 600, 7_200, 86_400, 8*86_400)) * time.Second)
		return "", ""
	case "":
		return "PATCH " + path, "description=x"
	case "capture":
		return "POST " + path + "/capture", one(m, "part", "", "capture_amount="+m.amount())
	case "refunds":
		return "POST " + path + "/refunds", "amount=" + m.amount() + one(m, "void", "", "", "&void=true")
	default:
		return "POST " + path + "/" + write, ""
	}
}

func (m *merchant) newCharge() string {
	paidBy := one(
		m, "paid by", "card", "card", "card", "source[type]=promptpay", "source[type]=paypay", "source[type]=wechat_pay",
		"source[type]=truemoney&source[phone_number]=1", "source[type]=installment_bay&source[installment_term]=3&zero_interest_installments=1",
	)
	if paidBy == "card" {
		paidBy = "card=" + newToken(m.t, m.s, "number", one(m, "number", plainCard, "4111111111140011", "4111111111130004", "3530111333300000"))
	}
	return "return_uri=https://a.example.com/&amount=" + m.amount() + "&currency=" + one(m, "currency", "thb", "THB", "usd", "jpy") +
		one(m, "capture", "", "&capture=false", "&capture=false&authorization_type=pre_auth") + "&" + paidBy
}

func (m *merchant) amount() string {
	return one(m, "amount", "300000", "300000", "200000", "150000", "100000", "99999", "300001", "666605", "-1")
}

func one[T any](m *merchant, label string, from ...T) T {
	return rapid.SampledFrom(from).Draw(m.r, label)
}

// send holds an answer that is a charge to what a later request gives.
func (m *merchant) send(request, body string) {
	method, path, _ := strings.Cut(request, " ")
	a := ask(m.t, m.s, method, path, body)
	if a.status != http.StatusOK && a.status != http.StatusBadRequest && a.status != http.StatusNotFound {
		m.r.Fatalf("%s %s: %d %s", request, body, a.status, a.body)
	}
	c := a.decode(m.t)
	if a.status != http.StatusOK || c["object"] != "charge" {
		return
	}
	location := place(c)
	if later := get(m.t, m.s, location).body; later != a.body {
		m.r.Fatalf("%s %s answered\n%s\nand later it is\n%s", request, body, a.body, later)
	}
	if path == "/charges" {
		m.charges = append(m.charges, location)
	}
}

// figures are what a charge says of itself.
type figures struct {
	ID, Status                                      string
	Amount                                          int64
	Authorized                                      int64 `json:"authorized_amount"`
	Captured                                        int64 `json:"captured_amount"`
	Refunded                                        int64 `json:"refunded_amount"`
	Funding                                         int64 `json:"funding_amount"`
	Net, Fee, Interest                              int64
	FeeVAT                                          int64 `json:"fee_vat"`
	InterestVAT                                     int64 `json:"interest_vat"`
	Refunds                                         struct{ Data []struct{ Amount int64 } }
	Paid, Reversed, Capturable, Reversible, Expired bool
	Refundable, Voided, Disputable                  bool
	Partially                                       bool    `json:"partially_refundable"`
	CanVoid                                         bool    `json:"can_perform_void"`
	Transaction                                     *string `json:"transaction"`
	FailureCode                                     *string `json:"failure_code"`
	PaidAt                                          *string `json:"paid_at"`
	ReversedAt                                      *string `json:"reversed_at"`
	Dispute                                         *struct{ Status string }
}

func holdTogether(r *rapid.T, body string) {
	var c figures
	if err := json.Unmarshal([]byte(body), &c); err != nil {
		r.Fatalf("%v: %s", err, body)
	}
	var refunded int64
	for _, f := range c.Refunds.Data {
		refunded += f.Amount
	}
	for rule, kept := range map[string]bool{
		"one of five statuses":             slices.Contains([]string{"pending", "successful", "failed", "expired", "reversed"}, c.Status),
		"refunded, captured, authorised":   c.Refunded <= c.Captured && c.Captured <= c.Authorized && c.Authorized == c.Amount,
		"refunds add up":                   refunded == c.Refunded,
		"parts of the funding amount":      c.Net+c.Fee+c.FeeVAT+c.Interest+c.InterestVAT == c.Funding,
		"paid is successful":               c.Paid == (c.Status == "successful") && c.Paid == (c.PaidAt != nil) && c.Paid == (c.Transaction != nil),
		"reversed":                         c.Reversed == (c.Status == "reversed") && c.Reversed == (c.ReversedAt != nil),
		"failed has a code":                (c.FailureCode != nil) == (c.Status == "failed"),
		"capturable is pending":            c.Capturable == c.Reversible && (!c.Capturable || c.Status == "pending"),
		"expired is not paid":              (c.Status != "expired" || c.Expired) && (!c.Expired || !c.Paid),
		"refundable is paid, with a rest":  !c.Refundable || c.Paid && c.Refunded < c.Captured,
		"refundable in part is refundable": !c.Partially || c.Refundable,
		"a void is of the whole":           !c.CanVoid || c.Refundable && c.Refunded == 0,
		"voided is refunded whole":         !c.Voided || c.Refunded == c.Captured && len(c.Refunds.Data) == 1,
		"disputed or disputable":           !c.Disputable || c.Paid && c.Dispute == nil,
		"refunds are of what was paid":     c.Refunded == 0 || c.Paid,
	} {
		if !kept {
			r.Fatalf("not kept: %s: %s", rule, body)
		}
	}
}
