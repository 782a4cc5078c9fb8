package clients

import (
	"testing"
	"time"

	"github.com/omise/omise-go"
	"github.com/omise/omise-go/operations"
)

func TestCharges(t *testing.T) {
	c := newClient(t, startSandbox(t))
	began := time.Now()
	paid := newCharge(t, c, operations.CreateCharge{
		Amount: 204_842, Description: "two shirts", Ip: "203.0.113.1",
		Metadata: map[string]any{"order_id": "ORDER-1", "size": map[string]any{"collar": 41.0}},
	})
	equal(t, "status", paid.Status, omise.ChargeSuccessful)
	equal(t, "amount", paid.Amount, 204_842)
	equal(t, "captured", paid.CapturedAmount, 204_842)
	equal(t, "currency", paid.Currency, "THB")
	equal(t, "paid", paid.Paid, true)
	equal(t, "ip", *paid.IP, "203.0.113.1")
	equal(t, "collar", paid.Metadata["size"].(map[string]any)["collar"], any(41.0))
	if paid.Transaction == "" || paid.FailureCode != nil || paid.CreatedAt.Before(began.Truncate(time.Second)) {
		t.Errorf("paid charge is %+v", paid)
	}

	changed := do[omise.Charge](t, c.Do)(&operations.UpdateCharge{ChargeID: paid.ID, Description: "one shirt", Metadata: map[string]any{"order_id": "ORDER-2"}})
	equal(t, "description", *changed.Description, "one shirt")
	found := do[omise.Charge](t, c.Do)(&operations.RetrieveCharge{ChargeID: paid.ID})
	equal(t, "description", *found.Description, "one shirt")
	equal(t, "order", found.Metadata["order_id"], any("ORDER-2"))
	equal(t, "metadata", len(found.Metadata), 1)

	failed := do[omise.Charge](t, c.Do)(&operations.CreateCharge{Amount: 50_000, Currency: "thb", Card: newToken(t, c, brokeCard).ID})
	equal(t, "status", failed.Status, omise.ChargeFailed)
	equal(t, "failure", *failed.FailureCode, "insufficient_fund")

	list := do[omise.ChargeList](t, c.Do)(&operations.ListCharges{List: operations.List{
		From: began.Add(-time.Second), To: began.Add(time.Hour), Limit: 1, Offset: 1, Order: omise.Chronological,
	}})
	equal(t, "total", list.Total, 2)
	equal(t, "limit", list.Limit, 1)
	equal(t, "offset", list.Offset, 1)
	equal(t, "rows", len(list.Data), 1)
	equal(t, "second charge", list.Data[0].ID, failed.ID)
	equal(t, "charges before today", do[omise.ChargeList](t, c.Do)(&operations.ListCharges{List: operations.List{To: began.Add(-time.Hour)}}).Total, 0)

	refuse(t, c.Do(nil, &operations.CreateCharge{Amount: 50_000, Currency: "thb"}), 400, "missing_card")
	refuse(t, c.Do(nil, &operations.RetrieveCharge{ChargeID: "chrg_test_none"}), 404, "not_found")
}

func TestManualCapture(t *testing.T) {
	url := startSandbox(t)
	c := newClient(t, url)
	authorize := func(kind omise.AuthorizationType) *omise.Charge {
		charge := newCharge(t, c, operations.CreateCharge{Amount: 100_000, DontCapture: true, AuthorizationType: kind})
		equal(t, "status", charge.Status, omise.ChargePending)
		equal(t, "authorized", charge.Authorized, true)
		equal(t, "paid", charge.Paid, false)
		return charge
	}
	whole := do[omise.Charge](t, c.Do)(&operations.CaptureCharge{ChargeID: authorize("").ID})
	equal(t, "status", whole.Status, omise.ChargeSuccessful)
	equal(t, "captured", whole.CapturedAmount, 100_000)
	refuse(t, c.Do(nil, &operations.CaptureCharge{ChargeID: whole.ID}), 400, "failed_capture")

	part := do[omise.Charge](t, c.Do)(&operations.CaptureCharge{ChargeID: authorize(omise.PreAuth).ID, CaptureAmount: 40_000})
	equal(t, "amount", part.Amount, 100_000)
	equal(t, "authorised", part.AuthorizedAmount, 100_000)
	equal(t, "captured", part.CapturedAmount, 40_000)

	reversed := do[omise.Charge](t, c.Do)(&operations.ReverseCharge{ChargeID: authorize("").ID})
	equal(t, "status", reversed.Status, omise.ChargeReversed)
	equal(t, "reversed", reversed.Reversed, true)
	refuse(t, c.Do(nil, &operations.CaptureCharge{ChargeID: reversed.ID}), 400, "failed_capture")

	late := authorize("")
	equal(t, "lifetime", late.ExpiresAt.Sub(late.CreatedAt), 7*24*time.Hour)
	play(t, url, "/clock", `{"advance":"168h"}`)
	refuse(t, c.Do(nil, &operations.CaptureCharge{ChargeID: late.ID}), 400, "expired_charge")
}

func TestRefunds(t *testing.T) {
	c := newClient(t, startSandbox(t, atNoon()))
	charge := newCharge(t, c, operations.CreateCharge{Amount: 100_000})
	refund := do[omise.Refund](t, c.Do)(&operations.CreateRefund{ChargeID: charge.ID, Amount: 30_000, Metadata: map[string]any{"why": "size"}})
	equal(t, "amount", refund.Amount, 30_000)
	equal(t, "charge", refund.Charge, charge.ID)
	equal(t, "voided", refund.Voided, false)
	equal(t, "why", refund.Metadata["why"], any("size"))
	equal(t, "found", do[omise.Refund](t, c.Do)(&operations.RetrieveRefund{ChargeID: charge.ID, RefundID: refund.ID}).Amount, 30_000)

	do[omise.Refund](t, c.Do)(&operations.CreateRefund{ChargeID: charge.ID, Amount: 70_000})
	list := do[omise.RefundList](t, c.Do)(&operations.ListRefunds{ChargeID: charge.ID, List: operations.List{Limit: 100}})
	equal(t, "refunds", list.Total, 2)
	equal(t, "refund", list.Find(refund.ID).Amount, 30_000)
	found := do[omise.Charge](t, c.Do)(&operations.RetrieveCharge{ChargeID: charge.ID})
	equal(t, "refunded", found.RefundedAmount, 100_000)
	equal(t, "embedded refunds", found.Refunds.Total, 2)
	refuse(t, c.Do(nil, &operations.CreateRefund{ChargeID: charge.ID, Amount: 1}), 400, "failed_refund")

	void := newCharge(t, c, operations.CreateCharge{Amount: 100_000})
	equal(t, "voided", do[omise.Refund](t, c.Do)(&operations.CreateRefund{ChargeID: void.ID, Amount: 100_000, Void: true}).Voided, true)
}

func TestSources(t *testing.T) {
	url := startSandbox(t)
	c := newClient(t, url)
	source := do[omise.Source](t, c.Do)(&operations.CreateSource{Type: "promptpay", Amount: 100_000, Currency: "thb"})
	equal(t, "type", source.Type, "promptpay")
	equal(t, "flow", source.Flow, "offline")
	equal(t, "currency", source.Currency, "THB")
	equal(t, "found", do[omise.Source](t, c.Do)(&operations.RetrieveSource{SourceID: source.ID}).Amount, 100_000)

	charge := do[omise.Charge](t, c.Do)(&operations.CreateCharge{Amount: 100_000, Currency: "thb", Source: source.ID})
	equal(t, "status", charge.Status, omise.ChargePending)
	equal(t, "paid", charge.Paid, false)
	equal(t, "source", charge.Source.ID, source.ID)
	if code := charge.Source.ScannableCode; code == nil || code.Image.DownloadURI == "" {
		t.Errorf("no code to scan: %+v", code)
	}
	play(t, url, "/charges/"+charge.ID+"/pay", "")
	equal(t, "status", do[omise.Charge](t, c.Do)(&operations.RetrieveCharge{ChargeID: charge.ID}).Status, omise.ChargeSuccessful)

	source = do[omise.Source](t, c.Do)(&operations.CreateSource{Type: "alipay", Amount: 100_000, Currency: "thb"})
	charge = do[omise.Charge](t, c.Do)(&operations.CreateCharge{
		Amount: 100_000, Currency: "thb", Source: source.ID, ReturnURI: "https://shop.example.com/done",
	})
	equal(t, "return uri", charge.ReturnURI, "https://shop.example.com/done")
	if charge.AuthorizeURI == "" {
		t.Error("a redirect charge leads nowhere")
	}
}
