package job

import (
	"testing"

	"reconcile/internal/ledger"
)

// seen is the history of an object whose states were each seen by a run.
func seen[T any](states ...ledger.Kept[T]) []ledger.History[T] { return []ledger.History[T]{states} }

// paidCharge is one that was paid in the second run and refunded in the third.
func paidCharge(t *testing.T) ledger.History[ledger.Charge] {
	pending := ledger.Charge{
		Account: "main", ID: "chrg_test_1", CreatedAt: instant(t, "2026-11-17 10:00"), Status: "pending", Amount: 125050, Currency: "THB", Capture: true,
		SourceType: "promptpay", Transaction: "", Metadata: `{"order_id":"000123"}`, ExpiresAt: new(instant(t, "2026-11-18 10:00")),
	}
	paid := pending
	paid.Status, paid.Paid, paid.Authorized, paid.PaidAt, paid.Transaction = "successful", true, true, new(instant(t, "2026-11-17 10:05")), "trxn_test_1"
	paid.FundingAmount, paid.FundingCurrency = new(int64(125050)), "THB"
	paid.Fee, paid.FeeVAT, paid.Interest, paid.InterestVAT, paid.Net = new(int64(2063)), new(int64(144)), new(int64(0)), new(int64(0)), new(int64(122843))
	refunded := paid
	refunded.RefundedAmount = 20050
	return ledger.History[ledger.Charge]{
		{State: pending, Since: 1, Until: 2},
		{State: paid, Since: 2, Until: 3, Changes: []ledger.FieldChange{
			{Field: "status", Before: "pending", After: "successful"},
			{Field: "paid", Before: false, After: true},
			{Field: "paid_at", Before: nil, After: *paid.PaidAt},
			{Field: "fee", Before: nil, After: int64(2063)},
			{Field: "metadata", Before: "{}", After: `{"order_id":"000123"}`},
		}},
		{State: refunded, Since: 3, Changes: []ledger.FieldChange{
			{Field: "refunded_amount", Before: int64(0), After: int64(20050)},
			{Field: "refunds", Before: "[]", After: "[{}]"},
		}},
	}
}

// started is when the three runs began.
func started(t *testing.T) map[int64]ledger.Instant {
	return map[int64]ledger.Instant{1: instant(t, "2026-11-18 03:00"), 2: instant(t, "2026-11-19 03:00"), 3: instant(t, "2026-11-20 03:00")}
}

func chargeDossier(t *testing.T) *dossier {
	charge := paidCharge(t)
	record := ledger.Record{
		Account: "main", ID: ledger.RecordID("orders", "chrg_test_1", "000123"), Source: "orders", OrderRef: "000123", Charge: "chrg_test_1",
		Amount: new(int64(125050)), Currency: "THB", Status: ledger.RecordPaid, CreatedAt: new(instant(t, "2026-11-17 09:58")),
	}
	b := ledger.Break{
		Account: "main", ID: "brk_0123456789abcdef", Kind: ledger.BreakRefund, Source: "orders", RecordRef: "000123", Charge: "chrg_test_1", Field: "refunded",
		OmiseValue: "200.50", Amount: new(int64(20050)), Currency: "THB", Opened: 3,
		Explanation: "Omise refunded 200.50 THB of chrg_test_1, and order 000123 knows no refund. Enter the refund in the order.",
	}
	return &dossier{
		account: "main", object: ledger.ChargeObject, id: "chrg_test_1",
		charges: []ledger.History[ledger.Charge]{charge},
		siblings: seen(ledger.Kept[ledger.Charge]{Since: 1, State: ledger.Charge{
			Account: "main", ID: "chrg_test_0", CreatedAt: instant(t, "2026-11-17 09:59"), Status: "failed", Amount: 125050, Currency: "THB",
		}}),
		refunds: seen(ledger.Kept[ledger.Refund]{Since: 3, State: ledger.Refund{
			Account: "main", ID: "rfnd_test_1", Charge: "chrg_test_1", CreatedAt: instant(t, "2026-11-19 15:00"), Amount: 20050, Currency: "THB", Status: "closed", Transaction: "trxn_test_2",
		}}),
		records: seen(ledger.Kept[ledger.Record]{Since: 2, State: record}),
		breaks:  seen(ledger.Kept[ledger.Break]{Since: 3, State: b}),
		places:  map[string]recordPlace{record.ID: {"/srv/shop/books/orders-2026-11.csv", 17}},
		listed: map[string]ledger.ListedBreak{b.ID: {
			Break: b, State: "new", FirstSeen: instant(t, "2026-11-20 03:00"), Owner: "Somchai", Resolution: "open", Note: "asked the shop",
		}},
		compared: compared{
			books: true, historyFrom: "2026-10-01", records: []ledger.Record{record}, breaks: []ledger.Break{b},
			of: func(string) ledger.Comparison { return ledger.Comparison{Result: ledger.InBreak, RecordRef: "000123"} },
		},
	}
}

// orderDossier is an order that was paid in two parts, of which one is
// disputed. Its record was accepted once, and has changed since.
func orderDossier(t *testing.T) *dossier {
	part := func(id string, amount int64) ledger.Charge {
		return ledger.Charge{
			Account: "main", ID: id, CreatedAt: instant(t, "2026-11-17 10:00"), Status: "successful", Amount: amount, Currency: "JPY", Paid: true, Authorized: true,
			PaidAt: new(instant(t, "2026-11-17 10:05")), CardBrand: "Visa", Metadata: `{"order_id":"注文-7"}`, Customer: "cust_test_1",
		}
	}
	first, second := part("chrg_test_1", 120000), part("chrg_test_2", 5000)
	first.Dispute, first.DisputeStatus = "dspt_test_1", "pending"
	record := ledger.Record{Account: "main", ID: "books\n\n注文-7", Source: "books", OrderRef: "注文-7", Amount: new(int64(125000)), Currency: "JPY", Status: ledger.RecordPaid}
	before := record
	before.Amount = new(int64(120000))
	b := ledger.Break{
		Account: "main", ID: "brk_00000000000000aa", Kind: ledger.BreakAmount, Source: "books", RecordRef: "注文-7", Field: "amount", RecordValue: "120000", OmiseValue: "125000",
		Difference: new(int64(5000)), Currency: "JPY", Opened: 1, Explanation: "Omise captured 125,000 JPY, order 注文-7 says 120,000 JPY.",
	}
	cured := b
	cured.Cured = true
	note := ledger.Note{
		Account: "main", Break: b.ID, Run: 2, Field: "resolution", Value: "accepted", RecordValue: "120000", OmiseValue: "125000",
		Path: "/srv/reports/2026-11-18/reconciliation-2026-11-18.xlsx", SavedAt: instant(t, "2026-11-18 14:00"), Held: true,
	}
	late := note
	late.Value, late.Held = "open", false
	k := compared{
		books: true, historyFrom: "2026-10-01", records: []ledger.Record{record}, charges: []ledger.Charge{first, second},
		of: func(string) ledger.Comparison {
			return ledger.Comparison{Result: ledger.Matched, RecordRef: "注文-7"}
		},
	}
	return &dossier{
		account: "main", object: orderObject, id: "注文-7",
		charges: append(seen(ledger.Kept[ledger.Charge]{Since: 1, State: first}), seen(ledger.Kept[ledger.Charge]{Since: 1, State: second})...),
		disputes: seen(ledger.Kept[ledger.Dispute]{Since: 2, State: ledger.Dispute{
			Account: "main", ID: "dspt_test_1", Charge: "chrg_test_1", CreatedAt: instant(t, "2026-11-18 12:00"), Status: "pending", ReasonCode: "goods_or_services_not_provided", Amount: 120000, Currency: "JPY",
		}}),
		records: seen(
			ledger.Kept[ledger.Record]{Since: 1, Until: 3, State: before},
			ledger.Kept[ledger.Record]{Since: 3, State: record, Changes: []ledger.FieldChange{{Field: "amount", Before: int64(120000), After: int64(125000)}}},
		),
		breaks: seen(
			ledger.Kept[ledger.Break]{Since: 1, Until: 3, State: b},
			ledger.Kept[ledger.Break]{Since: 3, State: cured, Changes: []ledger.FieldChange{{Field: "cured", Before: false, After: true}}},
		),
		places: map[string]recordPlace{record.ID: {"", 41}}, notes: []ledger.Note{note, late}, compared: k,
	}
}

// heldDossier is an authorisation that somebody must capture.
func heldDossier(t *testing.T) *dossier {
	held := ledger.Charge{
		Account: "main", ID: "chrg_test_3", CreatedAt: instant(t, "2026-11-19 10:00"), Status: "pending", Amount: 1000000, Currency: "THB", Authorized: true,
		CardBrand: "MasterCard", Description: "Tickets for two", ExpiresAt: new(instant(t, "2026-11-26 10:00")),
	}
	return &dossier{
		account: "main", object: ledger.ChargeObject, id: held.ID,
		charges:  seen(ledger.Kept[ledger.Charge]{Since: 3, State: held}),
		compared: compared{of: func(string) ledger.Comparison { return ledger.Comparison{Result: ledger.NotCompared} }},
	}
}

// cardDossier is a card that was renewed, with its customer.
func cardDossier(t *testing.T) *dossier {
	old := ledger.Card{
		Account: "main", ID: "card_test_1", Customer: "cust_test_1", CreatedAt: instant(t, "2025-02-01 12:00"), Brand: "Visa", LastDigits: "4242", Name: "山田 太郎", Bank: "三井住友",
		Country: "jp", ExpirationMonth: 12, ExpirationYear: 2026,
	}
	renewed := old
	renewed.ExpirationMonth, renewed.ExpirationYear, renewed.Fingerprint = 2, 2028, "abc"
	return &dossier{
		account: "main", object: ledger.CardObject, id: old.ID,
		cards: seen(
			ledger.Kept[ledger.Card]{Since: 1, Until: 2, State: old},
			ledger.Kept[ledger.Card]{Since: 2, State: renewed, Changes: []ledger.FieldChange{
				{Field: "expiration_month", Before: 12, After: 2},
				{Field: "expiration_year", Before: 2026, After: 2028},
				{Field: "fingerprint", Before: "", After: "abc"},
			}},
		),
		customers: seen(ledger.Kept[ledger.Customer]{Since: 1, State: ledger.Customer{
			Account: "main", ID: "cust_test_1", CreatedAt: instant(t, "2025-02-01 12:00"), Email: "taro@example.com", DefaultCard: "card_test_1",
		}}),
	}
}

// unknownDossier is a charge that only the books name.
func unknownDossier(*testing.T) *dossier {
	record := ledger.Record{Account: "main", ID: "books\nchrg_test_9\n9", Source: "books", OrderRef: "9", Charge: "chrg_test_9", Word: "ชำระแล้ว"}
	return &dossier{
		account: "main", object: ledger.ChargeObject, id: "chrg_test_9",
		records: seen(ledger.Kept[ledger.Record]{Since: 2, State: record}),
		places:  map[string]recordPlace{record.ID: {"/srv/shop/books.csv", 3}},
	}
}
