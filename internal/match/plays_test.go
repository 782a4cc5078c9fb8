package match_test

import (
	"fmt"
	"maps"

	"pgregory.net/rapid"

	"reconcile/internal/ledger"
)

// plays is every story, by its name.
func plays() map[string]func(*shop, play) {
	all := quietPlays()
	maps.Copy(all, brokenPlays())
	return all
}

// quietPlays is stories of which nothing must be found.
func quietPlays() map[string]func(*shop, play) {
	return map[string]func(*shop, play){
		"sold": func(s *shop, p play) {
			s.pay(p, 'a', p.total, matched)
			s.book(p, p.total)
		},
		"authorised": func(s *shop, p play) {
			s.pay(p, 'a', p.total, matched, holds, func(c *ledger.Charge) { c.Transaction = "" })
			p.by = ""
			s.book(p, p.total, says(ledger.RecordAuthorized))
		},
		"retried after failures": func(s *shop, p play) {
			s.pay(p, 'a', p.total, notNeeded, unpaid(ledger.StatusFailed))
			s.pay(p, 'b', p.total, notNeeded, unpaid(ledger.StatusExpired))
			s.pay(p, 'c', p.total, matched)
			s.book(p, p.total)
		},
		"given up": func(s *shop, p play) {
			s.pay(p, 'a', p.total, matched, unpaid(ledger.StatusFailed))
			s.book(p, p.total+1, says(ledger.RecordCancelled))
		},
		"paid in parts": func(s *shop, p play) {
			part := p.total/2 + 7
			first, second := s.pay(p, 'a', p.total-part, matched), s.pay(p, 'b', part, matched)
			s.parts[first], s.parts[second] = true, true
			s.book(p, p.total)
		},
		"subscribed, each month in the books": func(s *shop, p play) {
			s.shared[p.ref] = true
			for _, letter := range "ab" {
				s.record(p.ref, s.pay(p, letter, p.total, matched, bySchedule), p.total, of(p.from), dated(p.when))
			}
		},
		"refunded in part": func(s *shop, p play) {
			s.pay(p, 'a', p.total, matched)
			s.refunded(p.id+"a", p.total/3, p.when+day)
			s.book(p, p.total, refunds(p.total/3))
		},
		"voided": func(s *shop, p play) {
			s.pay(p, 'a', p.total, matched)
			s.refunded(p.id+"a", p.total, p.when+hour)
			s.book(p, p.total, says(ledger.RecordCancelled))
		},
		"paid twice, one refunded": func(s *shop, p play) {
			p.by = ""
			s.pay(p, 'a', p.total, notNeeded)
			s.refunded(p.id+"a", p.total, p.when+day)
			s.pay(p, 'b', p.total, matched)
			s.book(p, p.total)
		},
		"lost in a dispute": func(s *shop, p play) {
			s.pay(p, 'a', p.total, matched, func(c *ledger.Charge) { c.DisputeStatus = "lost" })
			s.book(p, p.total, says(ledger.RecordRefunded))
		},
		"sold too late for the books": func(s *shop, p play) {
			p.when = cut
			s.pay(p, 'a', p.total, expected)
		},
		"refunded too late for the books": func(s *shop, p play) {
			s.pay(p, 'a', p.total, expected)
			s.refunded(p.id+"a", p.total/2, cut+hour)
			s.book(p, p.total)
		},
		"paid by other means": func(s *shop, p play) {
			p.by, p.from = "", "erp"
			s.book(p, p.total)
		},
		"of before the books": func(s *shop, p play) {
			p.when = begin - 5*day
			s.pay(p, 'a', p.total, notCompared)
		},
		"ordered before the books, paid since": func(s *shop, p play) {
			s.pay(p, 'a', p.total, matched)
			p.when = begin - 3*day
			s.book(p, p.total)
		},
		"paid before the books, named since": func(s *shop, p play) {
			p.by = "chrg_"
			booked := dated(p.when)
			p.when = begin - 40*day
			s.pay(p, 'a', p.total, matched)
			s.book(p, p.total, booked)
		},
		"paid by a coupon": func(s *shop, p play) {
			p.by, p.from = "", "shop"
			s.book(p, 0)
		},
		"begun and never paid": func(s *shop, p play) {
			p.by = "chrg_"
			s.rules.NotAtOmise["chrg_"+p.id+"a"] = true
			s.pay(p, 'b', p.total, matched, unpaid(ledger.StatusFailed))
			s.book(p, p.total, says(ledger.RecordPending))
		},
	}
}

// brokenPlays is stories with at least one break.
func brokenPlays() map[string]func(*shop, play) {
	return map[string]func(*shop, play){
		"not in the books": func(s *shop, p play) {
			s.plant(ledger.BreakMissingInRecords, s.pay(p, 'a', p.total, inBreak), "")
		},
		"held and not in the books": func(s *shop, p play) {
			s.plant(ledger.BreakMissingInRecords, s.pay(p, 'a', p.total, inBreak, holds), "")
		},
		"not at Omise": func(s *shop, p play) {
			p.by, p.from = "", "shop"
			s.plant(ledger.BreakMissingAtOmise, "", p.ref)
			s.book(p, p.total)
		},
		"its id is not at Omise": func(s *shop, p play) {
			p.by = "chrg_"
			s.rules.NotAtOmise["chrg_"+p.id+"a"] = true
			s.plant(ledger.BreakMissingAtOmise, "chrg_"+p.id+"a", p.ref)
			s.plant(ledger.BreakMissingInRecords, s.pay(p, 'b', p.total, inBreak), "")
			s.book(p, p.total)
		},
		"ambiguous": func(s *shop, p play) {
			p.by = ""
			s.pay(p, 'a', p.total-1, inBreak)
			s.pay(p, 'b', p.total-2, inBreak)
			s.plant(ledger.BreakAmbiguous, "", p.ref)
			s.book(p, p.total)
		},
		"other currency": func(s *shop, p play) {
			s.plant(ledger.BreakCurrency, s.pay(p, 'a', p.total, inBreak, inYen), p.ref)
			s.book(p, p.total)
		},
		"cancelled but captured": func(s *shop, p play) {
			s.plant(ledger.BreakStatus, s.pay(p, 'a', p.total, inBreak), p.ref)
			s.book(p, p.total, says(ledger.RecordCancelled))
		},
		"paid but failed": func(s *shop, p play) {
			s.plant(ledger.BreakStatus, s.pay(p, 'a', p.total, inBreak, unpaid(ledger.StatusFailed)), p.ref)
			s.book(p, p.total)
		},
		"edited after payment": func(s *shop, p play) {
			s.plant(ledger.BreakAmount, s.pay(p, 'a', p.total, inBreak), p.ref)
			s.book(p, p.total+50)
		},
		"refund not in the books": func(s *shop, p play) {
			s.plant(ledger.BreakRefund, s.pay(p, 'a', p.total, inBreak), p.ref)
			s.refunded(p.id+"a", p.total/2, p.when+day)
			s.book(p, p.total)
		},
		"refund not at Omise, and edited": func(s *shop, p play) {
			charge := s.pay(p, 'a', p.total, inBreak)
			s.plant(ledger.BreakRefund, charge, p.ref)
			s.plant(ledger.BreakAmount, charge, p.ref)
			s.book(p, p.total+50, says(ledger.RecordRefunded))
		},
		"in two books": func(s *shop, p play) {
			s.plant(ledger.BreakDuplicateRecord, s.pay(p, 'a', p.total, inBreak), p.ref)
			p.from = "shop"
			s.book(p, p.total)
			p.from = "erp"
			s.book(p, p.total)
		},
		"two orders with one charge": func(s *shop, p play) {
			p.by = "chrg_"
			s.plant(ledger.BreakDuplicateRecord, s.pay(p, 'a', p.total, inBreak), p.ref+"-copy")
			s.book(p, p.total)
			p.ref += "-copy"
			s.book(p, p.total)
		},
		"paid twice": func(s *shop, p play) {
			s.pay(p, 'a', p.total, matched)
			s.plant(ledger.BreakDuplicateCharge, s.pay(p, 'b', p.total, inBreak), p.ref)
			s.book(p, p.total)
		},
		"refunds that do not add up": func(s *shop, p play) {
			charge := s.pay(p, 'a', p.total, inBreak, func(c *ledger.Charge) {
				c.RefundedAmount, c.Refunds = 50, `[{"id":"rfnd_1","amount":49}]`
			})
			s.plant(ledger.BreakRefundSum, charge, "")
			s.book(p, p.total, refunds(50))
		},
		"refunded more than captured": func(s *shop, p play) {
			charge := s.pay(p, 'a', p.total, inBreak)
			s.refunded(p.id+"a", p.total+1, p.when+day)
			s.plant(ledger.BreakOverRefunded, charge, "")
			s.book(p, p.total, says(ledger.RecordRefunded), refunds(p.total+1))
		},
		"begun, paid, and its id is not at Omise": func(s *shop, p play) {
			p.by = "chrg_"
			s.rules.NotAtOmise["chrg_"+p.id+"a"] = true
			s.plant(ledger.BreakStatus, s.pay(p, 'b', p.total, inBreak), p.ref)
			s.book(p, p.total, says(ledger.RecordPending))
		},
		"held once more": func(s *shop, p play) {
			s.pay(p, 'a', p.total, matched)
			s.plant(ledger.BreakMissingInRecords, s.pay(p, 'b', p.total, inBreak, holds), "")
			s.book(p, p.total)
		},
		"subscribed, the second month not in the books": func(s *shop, p play) {
			s.pay(p, 'a', p.total, matched, bySchedule)
			s.plant(ledger.BreakMissingInRecords, s.pay(p, 'b', p.total, inBreak, bySchedule), "")
			s.book(p, p.total)
		},
		"in two books, paid twice, and one of them edited": func(s *shop, p play) {
			p.by, s.shared[p.ref] = "", true
			s.pay(p, 'a', p.total, matched)
			s.plant(ledger.BreakAmount, s.pay(p, 'b', p.total+1, inBreak), p.ref)
			p.from = "shop"
			s.book(p, p.total)
			p.from = "erp"
			s.book(p, p.total-1)
		},
		"unreadable": func(s *shop, p play) {
			s.plantUnreadable(p, "", "")
		},
		"unreadable, and it names a charge": func(s *shop, p play) {
			s.plantUnreadable(p, s.pay(p, 'a', p.total, inBreak), rapid.SampledFrom([]string{p.ref, "chrg_" + p.id + "a", "trxn_" + p.id + "a"}).Draw(s.t, "row names"))
		},
		"unreadable, of an order that paid twice": func(s *shop, p play) {
			s.pay(p, 'a', p.total, inBreak)
			s.pay(p, 'b', p.total, inBreak)
			s.plantUnreadable(p, "", p.ref)
		},
	}
}

// plantUnreadable adds a row whose amount cannot be read. It names ref, and
// charge is the one that it means, if any.
func (s *shop) plantUnreadable(p play, charge, ref string) {
	s.rules.Unreadable = append(s.rules.Unreadable, ledger.UnreadableRow{
		Source: p.from, File: "a.csv", Row: s.n, Ref: ref, Hash: p.id, Field: "amount", Value: "1.234", Reason: "has three decimals; correct the row",
	})
	s.plant(ledger.BreakUnreadable, charge, fmt.Sprintf("%s:%d", p.from, s.n))
}
