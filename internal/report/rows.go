package report

import (
	"time"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// optional is an amount that Omise may have left out.
func optional(minor *int64, c money.Currency) Cell {
	if minor == nil || c == "" {
		return Cell{}
	}
	return AmountCell(*minor, c)
}

// currencyOf is the currency of an optional amount, empty where that is.
func currencyOf(minor *int64, c money.Currency) Cell {
	if minor == nil {
		return Cell{}
	}
	return WordCell(string(c))
}

// charge is a row of charges.csv. Omise estimates the funding amount and the
// fees of charges that were never paid; those are not shown.
func (f filler) charge(c ledger.DisputedCharge) []Cell {
	var funding, fee, feeVAT, interest, interestVAT, net *int64
	if c.Paid {
		funding, fee, feeVAT, interest, interestVAT, net = c.FundingAmount, c.Fee, c.FeeVAT, c.Interest, c.InterestVAT, c.Net
	}
	in, books := c.FundingCurrency, f.compared(c.Account, c.ID)
	return []Cell{
		TextCell(c.Account), TextCell(c.ID), f.order(&c.Charge),
		f.time(c.Account, &c.CreatedAt), f.time(c.Account, c.PaidAt), TextCell(c.Status), TextCell(c.PaymentMethod()),
		WordCell(string(c.Currency)), AmountCell(c.Amount, c.Currency), AmountCell(c.Captured(), c.Currency), AmountCell(c.RefundedAmount, c.Currency),
		currencyOf(funding, in), optional(funding, in), optional(fee, in), optional(feeVAT, in), optional(interest, in), optional(interestVAT, in), optional(net, in),
		TextCell(c.Transaction), TextCell(c.Customer), TextCell(c.Disputed),
		TextCell(books.RecordRef), optional(books.RecordAmount, books.RecordCurrency), WordCell(string(books.Result)),
	}
}

// refund is a row of refunds.csv. What is compared stands on the charge's last
// row in the file only.
func (f filler) refund(r ledger.ChargeRefund) []Cell {
	var chargeAmount, captured, refunded, createdAt, method, customer, kind, inBooks, difference, result Cell
	books := f.compared(r.Account, r.Charge)
	if r.Voided {
		kind = WordCell("void")
	}
	if c := r.Of; c != nil {
		chargeAmount, captured, refunded = AmountCell(c.Amount, c.Currency), AmountCell(c.Captured(), c.Currency), AmountCell(c.RefundedAmount, c.Currency)
		createdAt, method, customer = f.time(c.Account, &c.CreatedAt), TextCell(c.PaymentMethod()), TextCell(c.Customer)
		kind = WordCell(refundKind(r.Refund, *c))
	}
	if r.Last {
		inBooks, difference = optional(books.RecordRefunded, books.RecordCurrency), optional(books.RefundDifference, books.RecordCurrency)
		result = WordCell(string(books.RefundResult))
	}
	return []Cell{
		TextCell(r.Account), TextCell(r.ID), TextCell(r.Charge), f.order(r.Of), f.time(r.Account, &r.CreatedAt),
		AmountCell(r.Amount, r.Currency), WordCell(string(r.Currency)), optional(r.FundingAmount, r.FundingCurrency), currencyOf(r.FundingAmount, r.FundingCurrency),
		kind, TextCell(r.Status), chargeAmount, captured, refunded, createdAt, method, customer,
		TextCell(books.RecordRef), inBooks, difference, result,
	}
}

func refundKind(r ledger.Refund, c ledger.Charge) string {
	switch {
	case r.Voided:
		return "void"
	case r.Currency == c.Currency && r.Amount == c.Captured():
		return "full"
	}
	return "partial"
}

// dispute is a row of disputes.csv.
func (f filler) dispute(d ledger.ChargeDispute) []Cell {
	books := f.compared(d.Account, d.Charge)
	return []Cell{
		TextCell(d.Account), TextCell(d.ID), TextCell(d.Charge), f.order(d.Of), f.time(d.Account, &d.CreatedAt), f.time(d.Account, d.ClosedAt),
		TextCell(d.Status), TextCell(d.ReasonCode), AmountCell(d.Amount, d.Currency), WordCell(string(d.Currency)),
		optional(d.FundingAmount, d.FundingCurrency), currencyOf(d.FundingAmount, d.FundingCurrency),
		TextCell(books.RecordRef), WordCell(string(books.RecordStatus)),
	}
}

// authorization is a row of capture_deadlines.csv.
func (f filler) authorization(a ledger.Authorization) []Cell {
	basis := "expires_at"
	if a.ExpiresAt == nil {
		basis = "window"
	}
	books := f.compared(a.Account, a.ID)
	return []Cell{
		TextCell(a.Account), TextCell(a.ID), f.order(&a.Charge), f.time(a.Account, &a.CreatedAt),
		AmountCell(a.Held(), a.Currency), WordCell(string(a.Currency)), f.time(a.Account, &a.CaptureBy), WordCell(basis),
		CountCell(f.daysLeft(a.Account, a.CaptureBy)), CountCell(f.hoursLeft(a.CaptureBy)), WordCell(f.captureState(a)),
		YesNoCell(a.Capture), TextCell(a.PaymentMethod()), TextCell(a.Customer),
		TextCell(books.RecordRef), WordCell(string(books.RecordStatus)),
	}
}

func (f filler) captureState(a ledger.Authorization) string {
	switch {
	case a.Lapsed:
		return "lapsed"
	case a.CaptureBy < f.AsOf:
		return "overdue"
	case a.CaptureBy <= f.AsOf.Add(f.CaptureWarning):
		return "urgent"
	}
	return "open"
}

// unpaid is a row of expiring_charges.csv. The status decides whether a charge
// expired, never expired_at.
func (f filler) unpaid(c ledger.Charge) []Cell {
	state, hours := "expired", Cell{}
	if c.ExpiresAt != nil {
		hours = CountCell(f.hoursLeft(*c.ExpiresAt))
	}
	switch {
	case c.Status != ledger.StatusPending:
	case *c.ExpiresAt < f.AsOf:
		state = "overdue"
	default:
		state = "soon"
	}
	books := f.compared(c.Account, c.ID)
	return []Cell{
		TextCell(c.Account), TextCell(c.ID), f.order(&c), f.time(c.Account, &c.CreatedAt), AmountCell(c.Amount, c.Currency), WordCell(string(c.Currency)),
		TextCell(c.PaymentMethod()), f.time(c.Account, c.ExpiresAt), hours, WordCell(state), TextCell(c.Customer),
		TextCell(books.RecordRef), WordCell(string(books.RecordStatus)),
	}
}

// card is a row of expiring_cards.csv. A card is good through the last day of
// the printed month.
func (f filler) card(k ledger.KeptCard) []Cell {
	rules := f.Accounts[k.Account]
	today := civil(f.AsOf.In(rules.Zone))
	expires := lastDay(k.Card)
	state := "soon"
	switch {
	case expires.Before(today):
		state = "expired"
	case expires.Year() == today.Year() && expires.Month() == today.Month():
		state = "this_month"
	}
	var charges Cell
	if rules.HistoryFrom != nil && *rules.HistoryFrom <= f.AsOf.Add(-90*24*time.Hour) {
		charges = CountCell(int64(k.Charges90d))
	}
	return []Cell{
		TextCell(k.Account), TextCell(k.Customer), TextCell(k.Email), TextCell(k.ID), TextCell(k.Brand), TextCell(k.LastDigits), TextCell(k.Name),
		TextCell(k.Bank), TextCell(k.Country), DateCell(expires.Date()), CountCell(int64(expires.Sub(today) / (24 * time.Hour))), WordCell(state),
		YesNoCell(k.Default), TextCell(k.ReplacedBy), f.time(k.Account, k.LastChargedAt), charges,
	}
}

func lastDay(k ledger.Card) time.Time {
	return time.Date(k.ExpirationYear, time.Month(k.ExpirationMonth)+1, 0, 0, 0, 0, 0, time.UTC)
}
