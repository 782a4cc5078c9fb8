package sandbox

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// sourceFlows are all types of source by what the shopper goes through.
var sourceFlows = map[string]string{
	flowRedirect: `alipay boost direct_debit_bay direct_debit_kbank direct_debit_ktb direct_debit_scb duitnow_obw duitnow_qr
		fpx grabpay grabpay_rms installment_bay installment_bbl installment_citi installment_ezypay installment_first_choice
		installment_kbank installment_ktc installment_mbb installment_scb installment_ttb installment_uob installment_wlb_bay
		installment_wlb_bbl installment_wlb_first_choice installment_wlb_kbank installment_wlb_ktc installment_wlb_scb
		installment_wlb_ttb installment_wlb_uob internet_banking_bay internet_banking_bbl internet_banking_ktb
		internet_banking_scb maybank_qr points_citi rabbit_linepay shopeepay truemoney`,
	flowAppRedirect: `alipay_cn alipay_hk atome dana gcash kakaopay mobile_banking_bay mobile_banking_bbl mobile_banking_kbank
		mobile_banking_ktb mobile_banking_ocbc mobile_banking_ocbc_pao mobile_banking_scb paypay shopeepay_jumpapp touch_n_go
		truemoney_jumpapp wechat_pay`,
	flowOffline: `alipayplus_mpm alipayplus_upm atome_qr barcode_alipay barcode_wechat bill_payment_tesco_lotus econtext paynow
		promptpay qr_code_upi truemoney_qr wechat_pay_mpm wechat_pay_upm`,
}

func flowOf(t *testing.T, kind string) string {
	t.Helper()
	for flow, kinds := range sourceFlows {
		if slices.Contains(strings.Fields(kinds), kind) {
			return flow
		}
	}
	t.Fatalf("nobody has said which flow %s has", kind)
	return ""
}

// sourceParams are the parameters of a source that has all that its type needs.
func sourceParams(m method) map[string]string {
	all := map[string]string{
		"barcode": "1234567890", "bank": "cimb", "name": "ヤマダ", "email": "yamada@example.com",
		"phone_number": "0812345678", "installment_term": "6",
	}
	params := map[string]string{"type": m.name, "amount": "500000", "currency": "thb"}
	if m.currencies != nil {
		params["currency"] = strings.ToLower(m.currencies[0])
	}
	for _, name := range m.needs {
		params[name] = all[name]
	}
	return params
}

func formOf(params map[string]string) string {
	form := url.Values{}
	for k, v := range params {
		form.Set(k, v)
	}
	return form.Encode()
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	must(t, err)
	return string(text)
}

func countryFor(currency string) string {
	return map[string]string{"thb": "TH", "jpy": "JP", "sgd": "SG", "myr": "MY"}[currency]
}

// serverFor gives the sandbox of a country, one for a whole test.
func serverFor(t *testing.T) func(currency string) *Server {
	all := map[string]*Server{}
	return func(currency string) *Server {
		if all[currency] == nil {
			o := options()
			o.Country = countryFor(currency)
			all[currency] = newServer(t, o)
		}
		return all[currency]
	}
}

func TestEverySourceType(t *testing.T) {
	server := serverFor(t)
	for _, m := range methods {
		t.Run(m.name, func(t *testing.T) {
			params := sourceParams(m)
			s := server(params["currency"])
			a := ask(t, s, http.MethodPost, "/sources", formOf(params), withPublicKey)
			if a.status != http.StatusOK {
				t.Fatalf("%s: %d %s", m.name, a.status, a.body)
			}
			x := a.decode(t)
			check(t, x, map[string]any{
				"object": "source", "type": m.name, "flow": flowOf(t, m.name), "amount": 500_000, "currency": strings.ToUpper(params["currency"]),
				"charge_status": "unknown", "references": nil, "scannable_code": nil, "livemode": false, "created_at": "2026-11-21T05:30:00Z",
			})
			same := do(t, s, "POST /sources", jsonOf(t, params))
			for _, own := range []string{"id", "location"} {
				delete(x, own)
				delete(same, own)
			}
			if jsonOf(t, x) != jsonOf(t, same) {
				t.Errorf("%s: as a form\n%v, as JSON\n%v", m.name, x, same)
			}
			for _, name := range append([]string{"type", "amount", "currency"}, m.needs...) {
				lacking := maps.Clone(params)
				delete(lacking, name)
				if a := ask(t, s, http.MethodPost, "/sources", formOf(lacking)); a.status != 400 || !strings.Contains(a.body, name+" is missing") {
					t.Errorf("%s without %s: %d %s", m.name, name, a.status, a.body)
				}
			}
		})
	}
}

// noRefunds and wholeRefunds are the types whose payments are never given back, or not in part.
const (
	noRefunds = `bill_payment_tesco_lotus boost direct_debit_bay direct_debit_kbank direct_debit_ktb direct_debit_scb
		duitnow_obw duitnow_qr econtext fpx installment_bay installment_bbl installment_citi installment_ezypay
		installment_first_choice installment_kbank installment_ktc installment_mbb installment_scb installment_ttb
		installment_uob installment_wlb_bay installment_wlb_bbl installment_wlb_first_choice installment_wlb_kbank
		installment_wlb_ktc installment_wlb_scb installment_wlb_ttb installment_wlb_uob internet_banking_bay
		internet_banking_bbl internet_banking_ktb internet_banking_scb maybank_qr mobile_banking_bay mobile_banking_bbl
		mobile_banking_kbank mobile_banking_ktb mobile_banking_ocbc mobile_banking_ocbc_pao mobile_banking_scb points_citi
		wechat_pay`
	wholeRefunds = `truemoney truemoney_jumpapp`
)

func TestRefundsOfEverySourceType(t *testing.T) {
	server := serverFor(t)
	for _, m := range methods {
		currency := sourceParams(m)["currency"]
		s := server(currency)
		paid := addCharge(t, s, ChargeSpec{Source: m.name, Currency: strings.ToUpper(currency), Status: "successful"})
		whole := !slices.Contains(strings.Fields(noRefunds), m.name)
		part := whole && !slices.Contains(strings.Fields(wholeRefunds), m.name)
		t.Run(m.name, func(t *testing.T) {
			check(t, object(t, s, "/charges/"+paid), map[string]any{"refundable": whole, "partially_refundable": part, "disputable": false})
		})
	}
}

// A day is what shoppers have, but for these types.
func TestTimeToPayOfEverySourceType(t *testing.T) {
	server := serverFor(t)
	other := map[string]time.Duration{"paypay": time.Hour, "touch_n_go": time.Hour, "econtext": 72 * time.Hour, "wechat_pay": 7 * 24 * time.Hour}
	for _, m := range methods {
		currency := sourceParams(m)["currency"]
		s := server(currency)
		want := cmp.Or(other[m.name], 24*time.Hour)
		if strings.HasPrefix(m.name, "installment_") && currency == "thb" {
			want += 5 * time.Minute // on the bank's page
		}
		t.Run(m.name, func(t *testing.T) {
			waiting := addCharge(t, s, ChargeSpec{Source: m.name, Currency: strings.ToUpper(currency)})
			check(t, object(t, s, "/charges/"+waiting), map[string]any{"expires_at": testNow.Add(want).Format(time.RFC3339)})
		})
	}
}
