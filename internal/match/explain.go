package match

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// Every explanation is a sentence or two that a bookkeeper understands, with
// what to do next. Of people they hold nothing but ids and references.

// name is how an explanation calls a record.
func (m *Matcher) name(r *record) string {
	if r.order != none {
		return "order " + m.texts.text(r.order)
	}
	return "the record of " + m.texts.text(r.id)
}

// first makes a sentence of words that may stand at its beginning.
func first(words string) string { return strings.ToUpper(words[:1]) + words[1:] }

// amountOf writes minor units as people do: 1,234.50 THB.
func amountOf(minor int64, c money.Currency) string {
	return strings.TrimRight(money.Grouped(minor, c)+" "+string(c), " ")
}

// amountSaid is a record's amount as an explanation names it, "" without one.
func (m *Matcher) amountSaid(r *record) string {
	if !r.has(hasAmount) {
		return ""
	}
	return amountOf(r.amount, m.currencies[r.currency])
}

// explainUnreadable goes on with the row's own reason, which has no subject.
func explainUnreadable(row ledger.UnreadableRow, times int) string {
	place := fmt.Sprintf("Row %d", row.Row)
	if row.File != "" {
		place += " of " + filepath.Base(row.File)
	}
	if times > 1 {
		place += fmt.Sprintf(" (one of %d rows with this text)", times)
	}
	if row.Field != "" {
		place += ": its " + strings.ReplaceAll(row.Field, "_", " ")
	}
	return place + " " + strings.TrimRight(row.Reason, ".") + "."
}

func explainWord(word string, rows int) string {
	return fmt.Sprintf("The status %q stands in %s and means nothing to this program, so their statuses are not compared. Say what it means under `statuses` in the config.",
		word, count(rows, "row"))
}

func explainAmbiguous(record string, rivals int) string {
	return fmt.Sprintf("%s may be any of %s at Omise, and the amounts do not tell which. Write the right charge id into the record; if the customer paid twice, refund one.",
		first(record), count(rivals, "charge"))
}

func explainMissing(orderRef, amount string, c *charge) string {
	whose := "without an order reference"
	if orderRef != "" {
		whose = "for order " + orderRef
	}
	switch {
	case c.role == further && c.state == authorized:
		return fmt.Sprintf("Omise holds an authorisation of %s %s, but the record in the books stands for another charge. Reverse this one, or add a record of it before the money is captured.", amount, whose)
	case c.role == further:
		return fmt.Sprintf("Omise captured %s %s, but the record in the books stands for another charge. Add a record of this one, or refund the customer.", amount, whose)
	case c.state == authorized:
		return fmt.Sprintf("Omise holds an authorisation of %s %s, and the books have no such record. Add the record before the money is captured, or reverse the authorisation.", amount, whose)
	case c.refundedInFull():
		return fmt.Sprintf("Omise captured %s %s and refunded all of it, and the books have no such record. Add the record with its refund.", amount, whose)
	}
	return fmt.Sprintf("Omise captured %s %s, and the books have no such record. Find out what was sold and add the record, or refund the customer.", amount, whose)
}

func explainAbsent(record, id, amount string, r *record) string {
	says := "is in the books"
	if status := r.status.status(); status != "" {
		says = "says " + word(status)
	}
	if amount != "" {
		says += " (" + amount + ")"
	}
	if r.role == absent {
		return fmt.Sprintf("%s %s, but Omise does not know its charge %s. Check the charge id, and whether it belongs to this Omise account.", first(record), says, id)
	}
	if id != "" {
		return fmt.Sprintf("%s %s, but no charge at Omise has its transaction %s or its order reference. Check both; if it was not paid through Omise, take the id out of the record.", first(record), says, id)
	}
	return fmt.Sprintf("%s %s, but Omise has no charge for it. Check how it was paid: if by other means, leave it out with `where` in the config; if not at all, correct the order.", first(record), says)
}

func explainCurrency(record, omise, books string) string {
	return fmt.Sprintf("Omise charged in %s, %s is in %s, so the amounts cannot be compared. Check which is right; where the file has no currency column, the config's `currency` decides.", omise, record, books)
}

func explainStatus(record string, p pair, amount string) string {
	says := fmt.Sprintf("%s says %s", first(record), word(p.says()))
	switch p.c.state {
	case successful:
		return says + explainPaid(p, amount)
	case authorized:
		if p.says().MovedMoney() {
			return fmt.Sprintf("%s, but Omise only holds %s: it is not captured yet. Capture it before its deadline, or correct the order.", says, amount)
		}
		return fmt.Sprintf("%s, but Omise still holds %s of the customer's money. Reverse the authorisation, or correct the order.", says, amount)
	case pending:
		return fmt.Sprintf("%s, but at Omise the customer has not paid the %s yet. Do not deliver on it; correct the order if the payment does not come.", says, amount)
	}
	what := map[state]string{failed: "failed", expiredState: "expired", reversed: "was reversed"}[p.c.state]
	return fmt.Sprintf("%s, but its charge of %s %s at Omise and no money came. Ask the customer to pay again, or correct the order.", says, amount, what)
}

func explainPaid(p pair, amount string) string {
	switch says := p.says(); {
	case p.inFull(p.refunded):
		return fmt.Sprintf(", but Omise captured %s and refunded all of it. Mark the order as refunded.", amount)
	case says == ledger.RecordFailed || says == ledger.RecordCancelled:
		return fmt.Sprintf(", but Omise captured %s. Refund the customer, or mark the order as paid.", amount)
	}
	return fmt.Sprintf(", but Omise captured %s. Mark the order as paid, or refund the customer.", amount)
}

func explainAmount(record string, p pair, c money.Currency) string {
	did := map[state]string{successful: "captured", authorized: "holds"}[p.c.state]
	omise := fmt.Sprintf("Omise %s %s", cmp.Or(did, "was asked for"), amountOf(p.amount, c))
	if len(p.charges) > 1 {
		omise += fmt.Sprintf(" in %d charges", len(p.charges))
	}
	said := fmt.Sprintf("%s, %s says %s", omise, record, amountOf(p.r.amount, c))
	switch {
	case p.c.state == successful && p.amount < p.r.amount:
		return said + ": the order was edited after payment, or only part was captured. Check the order; if part was captured, correct its total."
	case p.c.state == successful:
		return said + ": the order was edited after payment, or too much was captured. Check the order; refund what was too much, or correct its total."
	case p.c.state == authorized:
		return said + ": the order was edited after it was authorised. Check the order before the money is captured."
	}
	return said + ": the order was edited after the payment was begun. Check the order."
}

func explainRefund(record string, p pair, c money.Currency) string {
	amount, known := p.recordRefunded()
	omise := fmt.Sprintf("Omise refunded %s of %s", amountOf(p.refunded, c), amountOf(p.amount, c))
	switch {
	case p.refunded == 0:
		omise = fmt.Sprintf("Omise captured %s and refunded nothing", amountOf(p.amount, c))
	case p.inFull(p.refunded):
		omise = fmt.Sprintf("Omise refunded all of %s", amountOf(p.amount, c))
	}
	switch {
	case known && amount == p.refunded:
		return fmt.Sprintf("%s, and %s says so too but is still %s. Mark the order as refunded.", omise, record, word(p.says()))
	case !known && p.refunded == 0:
		return fmt.Sprintf("%s, %s is partially refunded. Make the refund at Omise, or correct the order.", omise, record)
	case !known:
		return fmt.Sprintf("%s, %s is %s and names no refund. Enter the refund in the books.", omise, record, word(p.says()))
	case amount == 0:
		return fmt.Sprintf("%s, %s shows no refund. Enter the refund in the books.", omise, record)
	case amount > p.refunded:
		return fmt.Sprintf("%s, %s says that %s was refunded. Make the missing refund at Omise, or correct the order.", omise, record, amountOf(amount, c))
	}
	return fmt.Sprintf("%s, %s says that %s was refunded. Enter the missing refund in the books.", omise, record, amountOf(amount, c))
}

func explainRepeated(record, charge, rightful, source, rightfulSource string) string {
	if source != rightfulSource {
		rightful += " in " + rightfulSource
	}
	return fmt.Sprintf("%s leads to the charge %s, and so does %s. One payment cannot settle both: take out the record that is wrong, or correct its charge id.", first(record), charge, rightful)
}

func explainSurplus(record, amount, rightful string) string {
	return fmt.Sprintf("Omise captured %s more for %s, which is paid by %s already. Refund this charge if the customer paid twice; if it is another sale, add its record.", amount, record, rightful)
}

func explainRefundSum(refunded string, sums refundSums, c money.Currency) string {
	adds := amountOf(sums.all, c)
	if sums.withoutVoids != sums.all {
		adds += " with voids and " + amountOf(sums.withoutVoids, c) + " without"
	}
	if len(sums.open) > 0 {
		adds += ", not counting what is not settled yet (" + strings.Join(sums.open, ", ") + ")"
	}
	return fmt.Sprintf("Omise says that %s of this charge was refunded, but its refunds add up to %s. Look at the charge in the Omise dashboard; if it stays so, ask Omise's support.", refunded, adds)
}

func explainOverRefunded(refunded, captured string) string {
	return fmt.Sprintf("Omise refunded %s of a charge that captured %s. Look at the charge in the Omise dashboard, and ask Omise's support how it came about.", refunded, captured)
}

func word(s ledger.RecordStatus) string { return strings.ReplaceAll(string(s), "_", " ") }

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
