package clients

import (
	"testing"

	"github.com/omise/omise-go"
	"github.com/omise/omise-go/operations"
	"github.com/omise/omise-go/schedule"
)

func TestAccount(t *testing.T) {
	c := newClient(t, startSandbox(t))
	account := do[omise.Account](t, c.Do)(&operations.RetrieveAccount{})
	equal(t, "object", account.Object, "account")
	capability := do[omise.Capability](t, c.Do)(&operations.RetrieveCapability{})
	equal(t, "object", capability.Object, "capability")
	equal(t, "country", capability.Country, "TH")
	methods := map[string]bool{}
	for _, m := range capability.PaymentMethods {
		methods[m.Name] = true
	}
	equal(t, "cards", methods["card"], true)
	equal(t, "promptpay", methods["promptpay"], true)
}

// TestBalance follows a payment to the bank: the charge's transaction, the balance, a transfer.
func TestBalance(t *testing.T) {
	url := startSandbox(t)
	c := newClient(t, url)
	balance := func() *omise.Balance { return do[omise.Balance](t, c.Do)(&operations.RetrieveBalance{}) }
	equal(t, "balance", balance().Total, 0)

	charge := newCharge(t, c, operations.CreateCharge{Amount: 1_000_000})
	line := do[omise.Transaction](t, c.Do)(&operations.RetrieveTransaction{TransactionID: charge.Transaction})
	net := int64(1_000_000 - 36_500 - 2_555) // 3.65 % and 7 % tax on that
	equal(t, "net", line.Amount, net)
	equal(t, "currency", line.Currency, "THB")
	equal(t, "balance", balance().Total, net)

	play(t, url, "/clock", `{"advance":"240h"}`)
	equal(t, "transferable", balance().Transferable, net)
	do[omise.Refund](t, c.Do)(&operations.CreateRefund{ChargeID: charge.ID, Amount: 100_000})
	lines := do[omise.TransactionList](t, c.Do)(&operations.ListTransactions{List: operations.List{Limit: 100}})
	equal(t, "transactions", lines.Total, 2)
	equal(t, "transaction", lines.Find(charge.Transaction).Amount, net)
	left := balance().Transferable
	if left >= net {
		t.Errorf("%d are left of %d after a refund", left, net)
	}

	transfer := do[omise.Transfer](t, c.Do)(&operations.CreateTransfer{Amount: 500_000, Metadata: map[string]any{"week": "47"}})
	equal(t, "transfer", transfer.Amount, 500_000)
	equal(t, "sent", transfer.Sent, false)
	equal(t, "found", do[omise.Transfer](t, c.Do)(&operations.RetrieveTransfer{TransferID: transfer.ID}).Metadata["week"], any("47"))
	equal(t, "transfers", do[omise.TransferList](t, c.Do)(&operations.ListTransfers{}).Find(transfer.ID).Amount, 500_000)
	refuse(t, c.Do(nil, &operations.CreateTransfer{Amount: 5_000_000}), 400, "invalid_amount")
	equal(t, "deleted", do[omise.Deletion](t, c.Do)(&operations.DestroyTransfer{TransferID: transfer.ID}).Deleted, true)
	equal(t, "transferable", balance().Transferable, left)
}

func TestRecipients(t *testing.T) {
	c := newClient(t, startSandbox(t))
	account := &omise.BankAccountRequest{Brand: "bbl", Number: "1234567890", Name: "SOMCHAI PRASERT"}
	made := do[omise.Recipient](t, c.Do)(&operations.CreateRecipient{
		Name: cardHolder, Email: "somchai@example.com", Type: omise.Individual, BankAccount: account,
	})
	equal(t, "name", made.Name, cardHolder)
	equal(t, "last digits", made.BankAccount.LastDigits, "7890")
	equal(t, "found", do[omise.Recipient](t, c.Do)(&operations.RetrieveRecipient{RecipientID: made.ID}).Email, "somchai@example.com")
	changed := do[omise.Recipient](t, c.Do)(&operations.UpdateRecipient{
		RecipientID: made.ID, Name: "Malee Prasert", Email: "malee@example.com", Type: omise.Individual, BankAccount: account,
	})
	equal(t, "name", changed.Name, "Malee Prasert")
	equal(t, "listed", do[omise.RecipientList](t, c.Do)(&operations.ListRecipients{}).Find(made.ID).Name, "Malee Prasert")
	equal(t, "schedules", do[omise.ScheduleList](t, c.Do)(&operations.ListRecipientTransferSchedules{RecipientID: made.ID}).Total, 0)
	equal(t, "deleted", do[omise.Deletion](t, c.Do)(&operations.DestroyRecipient{RecipientID: made.ID}).Deleted, true)
	refuse(t, c.Do(nil, &operations.RetrieveRecipient{RecipientID: made.ID}), 404, "not_found")
}

func TestLinks(t *testing.T) {
	url := startSandbox(t)
	c := newClient(t, url)
	link := do[omise.Link](t, c.Do)(&operations.CreateLink{Amount: 100_000, Currency: "thb", Title: "Shirt", Description: "blue, size M"})
	equal(t, "amount", link.Amount, 100_000)
	equal(t, "used", link.Used, false)
	if link.PaymentURI == "" {
		t.Error("the link leads nowhere")
	}
	play(t, url, "/links/"+link.ID+"/pay", "")
	found := do[omise.Link](t, c.Do)(&operations.RetrieveLink{LinkID: link.ID})
	equal(t, "used", found.Used, true)
	equal(t, "charges", found.Charges.Total, 1)
	equal(t, "charge", found.Charges.Data[0].Amount, 100_000)
	equal(t, "links", do[omise.LinkList](t, c.Do)(&operations.ListLinks{}).Find(link.ID).Title, "Shirt")
}

func TestDisputes(t *testing.T) {
	url := startSandbox(t)
	c := newClient(t, url)
	charge := newCharge(t, c, operations.CreateCharge{Amount: 100_000})
	play(t, url, "/charges/"+charge.ID+"/dispute", "")
	list := func(state omise.DisputeStatus) []*omise.Dispute {
		return do[omise.DisputeList](t, c.Do)(&operations.ListDisputes{State: state}).Data
	}
	equal(t, "open disputes", len(list(omise.Open)), 1)
	dispute := list("")[0]
	equal(t, "amount", dispute.Amount, 100_000)
	equal(t, "charge", dispute.Charge, charge.ID)
	equal(t, "in the charge", do[omise.Charge](t, c.Do)(&operations.RetrieveCharge{ChargeID: charge.ID}).Dispute.ID, dispute.ID)

	answered := do[omise.Dispute](t, c.Do)(&operations.UpdateDispute{DisputeID: dispute.ID, Message: "it was delivered", Metadata: map[string]any{"slip": "17"}})
	equal(t, "message", answered.Message, "it was delivered")
	equal(t, "found", do[omise.Dispute](t, c.Do)(&operations.RetrieveDispute{DisputeID: dispute.ID}).Metadata["slip"], any("17"))
	play(t, url, "/disputes/"+dispute.ID+"/close", `{"won":true}`)
	equal(t, "open disputes", len(list(omise.Open)), 0)
	equal(t, "closed", list(omise.Closed)[0].Status, omise.Won)
	equal(t, "pending disputes", len(list(omise.Pending)), 0)
}

func TestEvents(t *testing.T) {
	c := newClient(t, startSandbox(t))
	charge := newCharge(t, c, operations.CreateCharge{Amount: 100_000, DontCapture: true})
	do[omise.Charge](t, c.Do)(&operations.CaptureCharge{ChargeID: charge.ID})
	do[omise.Refund](t, c.Do)(&operations.CreateRefund{ChargeID: charge.ID, Amount: 100})
	customer := do[omise.Customer](t, c.Do)(&operations.CreateCustomer{Card: newToken(t, c, goodCard).ID})
	do[omise.Deletion](t, c.Do)(&operations.DestroyCustomer{CustomerID: customer.ID})

	list := do[omise.EventList](t, c.Do)(&operations.ListEvents{List: operations.List{Limit: 100}})
	first := map[string]*omise.Event{}
	for _, e := range list.Data {
		first[e.Key] = e
	}
	for _, key := range []string{"charge.create", "charge.capture", "refund.create", "customer.create", "customer.destroy"} {
		if first[key] == nil {
			t.Fatalf("no event %s among %d", key, list.Total)
		}
	}
	created := do[omise.Event](t, c.Do)(&operations.RetrieveEvent{EventID: first["charge.create"].ID})
	equal(t, "status when created", created.Data.(*omise.Charge).Status, omise.ChargePending)
	equal(t, "status when captured", first["charge.capture"].Data.(*omise.Charge).Status, omise.ChargeSuccessful)
	equal(t, "refund", first["refund.create"].Data.(*omise.Refund).Amount, 100)
	equal(t, "deleted", first["customer.destroy"].Data.(*omise.Deletion).Deleted, true)
}

func TestSearch(t *testing.T) {
	c := newClient(t, startSandbox(t))
	newCharge(t, c, operations.CreateCharge{Amount: 100_000, Description: "a blue shirt"})
	red := newCharge(t, c, operations.CreateCharge{Amount: 250_050, Description: "a red shirt"})
	search := func(op operations.Search) *omise.ChargeSearchResult {
		op.Scope = omise.ChargeScope
		return do[omise.ChargeSearchResult](t, c.Do)(&op)
	}
	equal(t, "by text", search(operations.Search{Query: "red"}).Data[0].ID, red.ID)
	equal(t, "by amount", search(operations.Search{Filters: map[string]string{"amount": "2500.50"}}).Total, 1)
	page := search(operations.Search{Query: "shirt", PerPage: 1, Page: 2, Order: omise.Chronological})
	equal(t, "total", page.Total, 2)
	equal(t, "pages", page.TotalPages, 2)
	equal(t, "second page", page.Data[0].ID, red.ID)
	equal(t, "customers", do[omise.CustomerSearchResult](t, c.Do)(&operations.Search{Scope: omise.CustomerScope}).Total, 0)
}

// TestNotImitated asks for schedules and receipts, which the sandbox does not have: lists are empty,
// and nothing is made.
func TestNotImitated(t *testing.T) {
	c := newClient(t, startSandbox(t))
	customer := do[omise.Customer](t, c.Do)(&operations.CreateCustomer{Email: "somchai@example.com"})
	equal(t, "schedules", do[omise.ScheduleList](t, c.Do)(&operations.ListSchedules{}).Total, 0)
	equal(t, "charge schedules", do[omise.ScheduleList](t, c.Do)(&operations.ListChargeSchedules{}).Total, 0)
	equal(t, "transfer schedules", do[omise.ScheduleList](t, c.Do)(&operations.ListTransferSchedules{}).Total, 0)
	equal(t, "customer schedules", do[omise.ScheduleList](t, c.Do)(&operations.ListCustomerChargeSchedules{CustomerID: customer.ID}).Total, 0)
	equal(t, "receipts", do[omise.ReceiptList](t, c.Do)(&operations.ListReceipts{}).Total, 0)

	refuse(t, c.Do(nil, &operations.CreateChargeSchedule{
		Every: 1, Period: schedule.PeriodDay, EndDate: "2099-01-01", Customer: customer.ID, Amount: 100_000,
	}), 400, "bad_request")
	refuse(t, c.Do(nil, &operations.CreateTransferSchedule{
		Every: 1, Period: schedule.PeriodDay, EndDate: "2099-01-01", Recipient: "recp_test_none", Amount: 100_000,
	}), 400, "bad_request")
	refuse(t, c.Do(nil, &operations.RetrieveSchedule{ScheduleID: "schd_test_none"}), 404, "not_found")
	refuse(t, c.Do(nil, &operations.DestroySchedule{ScheduleID: "schd_test_none"}), 404, "not_found")
	refuse(t, c.Do(nil, &operations.ListScheduleOccurrences{ScheduleID: "schd_test_none"}), 404, "not_found")
	refuse(t, c.Do(nil, &operations.RetrieveOccurrence{OccurrenceID: "occu_test_none"}), 404, "not_found")
	refuse(t, c.Do(nil, &operations.RetrieveReceipt{ReceiptID: "rcpt_test_none"}), 404, "not_found")
}
