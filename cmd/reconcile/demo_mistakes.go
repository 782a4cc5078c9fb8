package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

// mistake is one thing that goes wrong between a shop and Omise. It changes
// the books and says what should be found because of it.
type mistake struct {
	charge string // the payment concerned, "" for none
	change func(s *merchant, m mistake, orders []order) ([]order, []planted)
	only   int // the night on which it is there; 0: both
}

func (m mistake) in(s *merchant, orders []order, plants []planted) ([]order, []planted) {
	if (m.only == 1 && s.second) || (m.only == 2 && !s.second) {
		return orders, plants
	}
	orders, found := m.change(s, m, orders)
	return orders, append(plants, found...)
}

// blunder makes a mistake of every kind, each with a payment of its own. What
// Omise itself has wrong is played to the sandbox at once.
func (s *merchant) blunder() error {
	paid, partly, fully := s.calm()
	if len(paid) < 7 || len(partly) < 2 || len(fully) < 1 {
		return fmt.Errorf("demo: the sandbox has too few quiet payments: %d, %d and %d", len(paid), len(partly), len(fully))
	}
	s.wrong = []mistake{
		{paid[1], dropRow, 1},
		{"", orderOfNothing, 0},
		{paid[2], otherCurrency, 0},
		{paid[3], stillPending, 0},
		{paid[4], editedAmount, 1},
		{partly[0], forgottenRefund, 0},
		{paid[5], claimedTwice, 0},
		{paid[6], refundOfNothing, 2},
	}
	if err := s.paidTwiceUnequal(); err != nil {
		return err
	}
	if err := s.omiseMiscounts(partly[1], fully[0]); err != nil {
		return err
	}
	s.wrong = append(s.wrong, mistake{paid[0], spoilRow, 0}) // last, because it knows its row
	return nil
}

// calm is payments that nothing else happens to: alone with their order, and
// older than the grace that books get; never refunded, in part, and in full.
func (s *merchant) calm() (paid, partly, fully []string) {
	old := s.server.Clock().Add(-5 * 24 * time.Hour)
	for _, group := range s.byOrder() {
		c := group[0]
		if len(group) > 1 || !c.Paid || c.PaidAt.After(old) || c.Dispute != "" {
			continue
		}
		switch {
		case c.Refunded == 0:
			paid = append(paid, c.ID)
		case c.Refunded < c.Captured:
			partly = append(partly, c.ID)
		default:
			fully = append(fully, c.ID)
		}
	}
	slices.Reverse(paid) // the oldest are left to what happens by day
	return paid, partly, fully
}

func find(orders []order, charge string) int {
	return slices.IndexFunc(orders, func(o order) bool { return o.transaction == charge })
}

// spoilRow types one digit too many: baht have two decimals.
func spoilRow(_ *merchant, m mistake, orders []order) ([]order, []planted) {
	i := find(orders, m.charge)
	orders[i].total += "5"
	return orders, []planted{{ledger.BreakUnreadable, "", fmt.Sprintf("orders:%d", i+2)}}
}

// dropRow loses an order on its way into the export.
func dropRow(_ *merchant, m mistake, orders []order) ([]order, []planted) {
	i := find(orders, m.charge)
	return slices.Delete(orders, i, i+1), []planted{{ledger.BreakMissingInRecords, m.charge, ""}}
}

// orderOfNothing marks an order as paid that nobody ever paid.
func orderOfNothing(s *merchant, _ mistake, orders []order) ([]order, []planted) {
	o := order{number: "ออเดอร์-4711", status: "wc-processing", date: s.server.Clock().Add(-9 * 24 * time.Hour).In(s.zone).Format(time.DateTime), total: "990.00", currency: "THB", method: "omise"}
	return append(orders, o), []planted{{ledger.BreakMissingAtOmise, "", o.number}}
}

// otherCurrency keeps an order in a currency that the customer did not pay in.
func otherCurrency(_ *merchant, m mistake, orders []order) ([]order, []planted) {
	i := find(orders, m.charge)
	orders[i].currency = "SGD"
	return orders, []planted{{ledger.BreakCurrency, m.charge, orders[i].number}}
}

// stillPending never heard that the customer has paid.
func stillPending(_ *merchant, m mistake, orders []order) ([]order, []planted) {
	i := find(orders, m.charge)
	orders[i].status = "wc-pending"
	return orders, []planted{{ledger.BreakStatus, m.charge, orders[i].number}}
}

// editedAmount changes an order after it was paid.
func editedAmount(_ *merchant, m mistake, orders []order) ([]order, []planted) {
	i := find(orders, m.charge)
	orders[i].total = "1" + orders[i].total
	return orders, []planted{{ledger.BreakAmount, m.charge, orders[i].number}}
}

// forgottenRefund was made at Omise by hand; the shop's system never knew.
func forgottenRefund(_ *merchant, m mistake, orders []order) ([]order, []planted) {
	i := find(orders, m.charge)
	orders[i].refunded = ""
	return orders, []planted{{ledger.BreakRefund, m.charge, orders[i].number}}
}

// refundOfNothing says that the customer has the money back. Omise has it.
func refundOfNothing(_ *merchant, m mistake, orders []order) ([]order, []planted) {
	i := find(orders, m.charge)
	orders[i].status, orders[i].refunded = "wc-refunded", orders[i].total
	return orders, []planted{{ledger.BreakRefund, m.charge, orders[i].number}}
}

// claimedTwice books one payment on two orders.
func claimedTwice(_ *merchant, m mistake, orders []order) ([]order, []planted) {
	second := orders[find(orders, m.charge)]
	second.number += "-2"
	return append(orders, second), []planted{{ledger.BreakDuplicateRecord, m.charge, second.number}}
}

// undecided is an order that two payments may belong to.
const undecided = "注文-9001"

// paidTwiceUnequal lets a customer pay an order in two attempts whose amounts
// fit neither alone nor together. The shop kept no charge id.
func (s *merchant) paidTwiceUnequal() error {
	const number = undecided
	at := s.server.Clock().Add(-6 * 24 * time.Hour)
	var rivals []string
	for i, amount := range []int64{70000, 45000} {
		id, err := s.server.AddCharge(sandbox.ChargeSpec{Amount: amount, CreatedAt: at.Add(time.Duration(i) * time.Hour), Metadata: metadata(number), Description: "ご注文 9001"})
		if err != nil {
			return err
		}
		rivals = append(rivals, id)
	}
	s.wrong = append(s.wrong, mistake{rivals[0], func(_ *merchant, _ mistake, orders []order) ([]order, []planted) {
		i := slices.IndexFunc(orders, func(o order) bool { return o.number == number })
		orders[i].transaction, orders[i].total = "", "900.00"
		return orders, []planted{{ledger.BreakAmbiguous, "", number}}
	}, 0})
	return nil
}

// omiseMiscounts makes two charges whose refunded amount contradicts their own
// refunds, one of them beyond what was ever captured.
func (s *merchant) omiseMiscounts(partly, fully string) error {
	if err := errors.Join(s.server.Misstate(partly, 1), s.server.Misstate(fully, 100)); err != nil {
		return err
	}
	s.wrong = append(s.wrong, mistake{partly, func(_ *merchant, _ mistake, orders []order) ([]order, []planted) {
		return orders, []planted{
			{ledger.BreakRefundSum, partly, ""}, {ledger.BreakRefundSum, fully, ""}, {ledger.BreakOverRefunded, fully, ""},
		}
	}, 0})
	return nil
}
