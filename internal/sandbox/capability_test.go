package sandbox

import (
	"net/http"
	"strings"
	"testing"
)

func TestCapability(t *testing.T) {
	for code, want := range map[string]struct{ currency, has, lacks string }{
		"TH": {"THB", "promptpay alipay installment_bay truemoney", "paynow econtext fpx"},
		"JP": {"JPY", "econtext paypay wechat_pay", "promptpay paynow"},
		"SG": {"SGD", "paynow grabpay", "promptpay fpx"},
		"MY": {"MYR", "fpx touch_n_go installment_mbb", "promptpay econtext"},
	} {
		t.Run(code, func(t *testing.T) {
			o := options()
			o.Country = code
			s := newServer(t, o)
			c := get(t, s, "/capability", withPublicKey).decode(t)
			check(t, c, map[string]any{"object": "capability", "location": "/capability", "country": code, "zero_interest_installments": false})
			least := c["limits"].(map[string]any)["transfer_amount"].(map[string]any)["min"]
			if fee := object(t, s, "/account")["transfer_config"].(map[string]any)["min_transfer_amount"]; mainUnits(int64(least.(float64)), want.currency) != fee {
				t.Errorf("%s: the least transfer is %v, in the account %v", code, least, fee)
			}
			able := map[string]map[string]any{}
			for _, m := range c["payment_methods"].([]any) {
				m := m.(map[string]any)
				able[m["name"].(string)] = m
			}
			if able["card"]["currencies"].([]any)[0] != want.currency || able["card"]["card_brands"] == nil {
				t.Errorf("%s: card is %v", code, able["card"])
			}
			for _, name := range strings.Fields(want.has) {
				if able[name] == nil || able[name]["currencies"].([]any)[0] != want.currency {
					t.Errorf("%s: %s is %v", code, name, able[name])
				}
			}
			for _, name := range strings.Fields(want.lacks) {
				if able[name] != nil {
					t.Errorf("%s has %s", code, name)
				}
			}
		})
	}
}

// What capability offers can be charged for, with nothing but what its type needs.
func TestCapabilityIsTrue(t *testing.T) {
	s := newServer(t, options())
	for _, m := range get(t, s, "/capability").decode(t)["payment_methods"].([]any) {
		m := m.(map[string]any)
		name := m["name"].(string)
		if name == "card" {
			continue
		}
		params := sourceParams(methodByName[name])
		for _, currency := range m["currencies"].([]any) {
			params["currency"] = currency.(string)
			if terms, ok := m["installment_terms"].([]any); ok {
				params["installment_term"] = jsonOf(t, terms[0])
			}
			if a := ask(t, s, http.MethodPost, "/sources", formOf(params)); a.status != 200 {
				t.Errorf("%s in %s: %s", name, currency, a.body)
			}
		}
	}
}
