package sandbox

import "testing"

// TestAmendmentsAreSilent holds what the staff of Omise change to two things:
// the object shows it, and nothing else names it.
func TestAmendmentsAreSilent(t *testing.T) {
	s := newServer(t, options())
	paid, declined := addCharge(t, s, ChargeSpec{}), addCharge(t, s, ChargeSpec{Status: "failed"})
	partly, disputed := addCharge(t, s, ChargeSpec{}), addCharge(t, s, ChargeSpec{})
	refund, err := s.Refund(partly, 30_000)
	must(t, err)
	dispute, err := s.OpenDispute(disputed)
	must(t, err)
	if code(s.AmendDispute(dispute)) != "invalid_dispute" {
		t.Error("an open dispute was decided the other way")
	}
	must(t, s.CloseDispute(dispute, true))
	before := object(t, s, "/events")["total"]

	must(t, s.Amend(paid, Amendment{Amount: 70_000, Metadata: []byte(`{"order_id": "A-7"}`)}))
	check(t, object(t, s, "/charges/"+paid), map[string]any{"status": "successful", "amount": 70_000, "captured_amount": 70_000, "net": 67_266})
	must(t, s.Amend(paid, Amendment{Status: "failed"}))
	check(t, object(t, s, "/charges/"+paid), map[string]any{"status": "failed", "paid": false, "paid_at": nil, "failure_code": "payment_rejected"})
	must(t, s.Amend(declined, Amendment{Status: "successful"}))
	check(t, object(t, s, "/charges/"+declined), map[string]any{"status": "successful", "paid": true, "captured_amount": 100_000, "failure_code": nil})
	must(t, s.AmendRefund(refund, "failed"))
	check(t, object(t, s, "/charges/"+partly+"/refunds/"+refund), map[string]any{"status": "failed", "amount": 30_000})
	must(t, s.AmendDispute(dispute))
	check(t, object(t, s, "/disputes/"+dispute), map[string]any{"status": "lost"})

	if after := object(t, s, "/events")["total"]; after != before {
		t.Errorf("%v events, %v before: an amendment is silent", after, before)
	}
	for _, bad := range []Amendment{{Status: "odd"}, {Amount: -1}, {Metadata: []byte("[]")}} {
		if s.Amend(paid, bad) == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
	if code(s.AmendRefund("rfnd_test_none", "failed")) != "not_found" {
		t.Error("a refund that is not there was amended")
	}
}
