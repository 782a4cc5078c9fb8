package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestAnySequenceKeepsChargesConsistent plays any writes in any order, many of them refused, and
// holds every charge against itself after each of them.
func TestAnySequenceKeepsChargesConsistent(t *testing.T) {
	numbers := []string{plainCard, "4111111111140011", "4111111111130004", "3530111333300000"}
	kinds := []string{"promptpay", "paypay", "truemoney&source[phone_number]=1", "wechat_pay", "installment_bay&source[installment_term]=3&zero_interest_installments=1"}
	rapid.Check(t, func(r *rapid.T) {
		s := newServer(t, options())
		var paths []string
		amount := func(name string) int64 {
			return rapid.OneOf(rapid.Int64Range(-1, 400_000), rapid.SampledFrom([]int64{150_000, 300_000, 666_605})).Draw(r, name)
		}
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			path := "/charges/chrg_test_none"
			if len(paths) > 0 {
				path = rapid.SampledFrom(paths).Draw(r, "charge")
			}
			method, body := http.MethodPost, ""
			switch step := rapid.SampledFrom([]string{
				"card", "card", "source", "capture", "capture", "reverse", "expire", "mark_as_paid", "mark_as_paid", "mark_as_failed",
				"refunds", "refunds", "refunds", "disputes", "patch", "wait",
			}).Draw(r, "step"); step {
			case "card":
				path = "/charges"
				body = fmt.Sprintf("amount=%d&currency=%s&capture=%v&return_uri=https://a.example.com/&card=%s", amount("amount"),
					rapid.SampledFrom([]string{"thb", "THB", "usd", "jpy"}).Draw(r, "currency"), rapid.Bool().Draw(r, "capture"),
					tokenFor(t, s, rapid.SampledFrom(numbers).Draw(r, "number")))
			case "source":
				path = "/charges"
				body = fmt.Sprintf("amount=%d&currency=thb&return_uri=https://a.example.com/&source[type]=%s", amount("amount"), rapid.SampledFrom(kinds).Draw(r, "kind"))
			case "capture":
				path += "/capture"
				if rapid.Bool().Draw(r, "part") {
					body = fmt.Sprintf("capture_amount=%d", amount("amount"))
				}
			case "refunds":
				path += "/refunds"
				body = fmt.Sprintf("amount=%d&void=%v", amount("amount"), rapid.SampledFrom([]bool{false, false, true}).Draw(r, "void"))
			case "patch":
				method, body = http.MethodPatch, "description=x"
			case "wait":
				s.Advance(time.Duration(rapid.SampledFrom([]int{1, 600, 7200, 86_400, 8 * 86_400}).Draw(r, "seconds")) * time.Second)
				path = ""
			default:
				path += "/" + step
			}
			if path != "" {
				a := ask(t, s, method, path, body)
				if a.status != http.StatusOK && a.status != http.StatusBadRequest && a.status != http.StatusNotFound {
					r.Fatalf("%s %s: %d %s", path, body, a.status, a.body)
				}
				if c := a.decode(t); a.status == http.StatusOK && c["object"] == "charge" {
					location := c["location"].(string)
					if later := get(t, s, location).body; later != a.body {
						r.Fatalf("%s %s answered\n%s\nand later it is\n%s", path, body, a.body, later)
					}
					if path == "/charges" {
						paths = append(paths, location)
					}
				}
			}
			for _, p := range paths {
				holdTogether(r, get(t, s, p).body)
			}
		}
	})
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
		"expired is not paid":              (c.Status != "expired" || c.Expired) && !(c.Expired && c.Paid),
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
