package match_test

import (
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

func TestOwnFigures(t *testing.T) {
	const sum, over = "refund_sum chrg_a ", "over_refunded chrg_a "
	for name, c := range map[string]struct {
		captured, refunded int64
		refunds            string
		want               []string
		difference         int64
	}{
		"none":                                {100, 0, `[]`, nil, 0},
		"adds up":                             {100, 50, `[{"id":"r1","amount":20},{"id":"r2","amount":30,"status":"closed"}]`, nil, 0},
		"adds up with voids":                  {100, 50, `[{"id":"r1","amount":20,"voided":true},{"id":"r2","amount":30}]`, nil, 0},
		"adds up without voids":               {100, 30, `[{"id":"r1","amount":20,"voided":true},{"id":"r2","amount":30}]`, nil, 0},
		"does not add up":                     {100, 60, `[{"id":"r1","amount":20},{"id":"r2","amount":30}]`, []string{sum}, 10},
		"the nearer sum counts: with voids":   {100, 52, `[{"id":"r1","amount":20,"voided":true},{"id":"r2","amount":30}]`, []string{sum}, 2},
		"the nearer sum counts: without":      {100, 29, `[{"id":"r1","amount":20,"voided":true},{"id":"r2","amount":30}]`, []string{sum}, -1},
		"refunds and no refunded":             {100, 0, `[{"id":"r1","amount":20}]`, []string{sum}, -20},
		"refunded and no refunds":             {100, 20, `[]`, []string{sum}, 20},
		"not settled yet is not summed":       {100, 20, `[{"id":"r1","amount":20},{"id":"r2","amount":30,"status":"pending"}]`, nil, 0},
		"not settled yet, and refunded":       {100, 50, `[{"id":"r1","amount":20},{"id":"r2","amount":30,"status":"pending"}]`, []string{sum}, 30},
		"an amount that cannot be read":       {100, 20, `[{"id":"r1"},{"id":"r2","amount":"x"}]`, []string{sum}, 20},
		"not known":                           {100, 20, ``, nil, 0},
		"no list":                             {100, 20, `{`, nil, 0},
		"a sum too large":                     {100, 20, `[{"id":"r1","amount":9223372036854775807},{"id":"r2","amount":9223372036854775807}]`, []string{sum}, 20 - 9223372036854775807},
		"more than captured":                  {100, 101, `[{"id":"r1","amount":101}]`, []string{over}, 1},
		"more than captured, and not adds up": {100, 110, `[{"id":"r1","amount":105}]`, []string{over, sum}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			o := newBooks().charge("a", "", c.captured, func(of *ledger.Charge) {
				of.RefundedAmount, of.Refunds = c.refunded, c.refunds
			}).with(func(r *match.Rules) { r.Sources = nil }).finds(t, c.want...)
			if len(c.want) == 0 {
				results(t, o, map[string]ledger.Result{"a": notCompared})
				return
			}
			results(t, o, map[string]ledger.Result{"a": inBreak})
			b := o.Breaks()[0]
			if b.Difference == nil || *b.Difference != c.difference || b.Field != "refunded" || b.RecordValue != "" || *b.HappenedAt != begin+10*day+hour {
				t.Errorf("got %+v with a difference of %v, want %d", b, b.Difference, c.difference)
			}
		})
	}
	t.Run("never captured", func(t *testing.T) {
		newBooks().charge("a", "", 100, unpaid(ledger.StatusReversed)).refunded("a", 100, begin+20*day).finds(t, over)
	})
}
