package sandbox

import (
	"strings"
	"testing"
)

// TestDocumentedAttributes looks for every key of the documents' examples and tables of attributes,
// in the version that each document describes.
func TestDocumentedAttributes(t *testing.T) {
	s := newServer(t, options())
	ids := map[string]string{}
	for _, made := range []journeyStep{
		leg("pkey POST /tokens", goodCard, "token", ""),
		leg("POST /customers", `{"card":"{token}"}`, "customer", ""),
		leg("POST /charges", `{"amount":12345,"currency":"thb","customer":"{customer}"}`, "charge", ""),
		leg("pkey POST /sources", `{"amount":12345,"currency":"thb","type":"barcode_alipay","barcode":"1234567890","store_id":"store_1","store_name":"store 1","terminal_id":"POS-01"}`, "source", ""),
	} {
		made.send(t, s, ids)
	}
	const card = "object id livemode security_code_check expiration_month expiration_year bank brand city country financing " +
		"fingerprint first_digits last_digits name phone_number postal_code state street1 street2 tokenization_method"
	for _, tt := range []struct{ line, version, under, keys string }{
		{"GET /customers/{customer}/cards/{card}", "2019-05-29", "", card + " location deleted created_at"},
		{"pkey GET /tokens/{token}", "2017-11-02", "", "object id livemode location card charge_status used created"},
		{"GET /charges/{charge}", "2017-11-02", "card", card + " created"},
		{"GET /charges/{charge}", "2017-11-02", "refunds", "object data limit offset total location order from to"},
		{"GET /charges/{charge}", "2017-11-02", "transaction_fees", "fee_flat fee_rate vat_rate"},
		{
			"GET /charges/{charge}", "2017-11-02", "", "object id location amount funding_amount refunded transaction_fees currency " +
				"funding_currency ip refunds link description metadata card schedule customer dispute transaction failure_code " +
				"failure_message status offline offsite source_of_fund reference authorize_uri return_uri created paid_at " +
				"expires_at expired_at reversed_at branch terminal device authorized capturable capture disputable livemode " +
				"refundable partially_refundable reversed reversible voided paid expired can_perform_void " +
				"linked_account acquirer_reference_number approval_code merchant_name merchant_uid unmanaged_payment",
		},
		{
			"GET /charges/{charge}", "2019-05-29", "", "acquirer_reference_number approval_code authorization_type authorized_amount " +
				"captured_amount created_at linked_account refunded_amount source",
		},
		{
			"pkey GET /sources/{source}", "2019-05-29", "", "object id livemode location created_at type flow amount currency mobile_number " +
				"phone_number references name email barcode store_id store_name terminal_id installment_term " +
				"zero_interest_installments scannable_code",
		},
	} {
		q := jsonCall(tt.line, "")
		q.version = tt.version
		object := journeyStep{wireRequest: q}.send(t, s, ids)
		if tt.under != "" {
			object = object.get(tt.under)
		}
		for key := range strings.FieldsSeq(tt.keys) {
			if object.index(key) < 0 {
				t.Errorf("%s %s of %s has no %s", tt.line, tt.under, tt.version, key)
			}
		}
	}
}

// send gives the answer of a step that has to work.
func (step journeyStep) send(t *testing.T, s *Server, ids map[string]string) value {
	t.Helper()
	a := s.sendRaw(t, step.wireRequest, ids)
	object, err := decodeJSON([]byte(a.body))
	if err != nil || a.status != 200 {
		t.Fatalf("%s %s: %d %s", step.method, step.path, a.status, a.body)
	}
	keepID(ids, step.keep, object)
	return object
}
