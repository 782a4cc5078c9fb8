package match_test

import (
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

const notCompared = ledger.NotCompared

func firstSource(change func(*match.Source)) func(*match.Rules) {
	return func(r *match.Rules) { change(&r.Sources[0]) }
}

func TestScope(t *testing.T) {
	type res = map[string]ledger.Result
	// An optional book that has no file is read and known, and holds nothing.
	withoutFile := func(r *match.Rules) {
		r.Sources = append(r.Sources, source("erp"))
		r.Sources[1].Since, r.Sources[1].ReadAt = at(begin-10*day), r.To
	}
	withoutSince := firstSource(func(s *match.Source) { s.Since = nil })
	for name, c := range map[string]struct {
		books *books
		want
	}{
		"no history": {
			newBooks().charge("a", "7", 100).record("7", "", 90).record("8", "", 100).with(func(r *match.Rules) { r.HistoryFrom = nil }),
			want{nil, res{"a": notCompared}},
		},
		"no books": {
			newBooks().charge("a", "7", 100).with(func(r *match.Rules) { r.Sources = nil }),
			want{nil, res{"a": notCompared}},
		},
		"an empty book says nothing of any charge": {
			newBooks().charge("a", "7", 100),
			want{nil, res{"a": notCompared}},
		},
		"an optional book without a file says nothing, and hides nothing": {
			newBooks().charge("a", "7", 100).charge("b", "9", 100, madeAt(begin-day)).record("8", "", 1, says(ledger.RecordPending)).with(withoutFile),
			want{[]string{"missing_in_records chrg_a "}, res{"a": inBreak, "b": notCompared}},
		},
		"an optional book without a file, and no other": {
			newBooks().charge("a", "7", 100).with(withoutFile),
			want{nil, res{"a": notCompared}},
		},
		"books that were never read": {
			newBooks().charge("a", "7", 100).record("8", "", 1, says(ledger.RecordPending)).
				with(func(r *match.Rules) {
					r.Sources = append(r.Sources, match.Source{Name: "erp", Grace: source("erp").Grace, ReadAt: now})
				}),
			want{nil, res{"a": notCompared}},
		},
		"a record of a source that is no longer configured": {
			newBooks().charge("a", "7", 100).record("7", "chrg_a", 100, of("old")).record("8", "", 1, says(ledger.RecordPending)),
			want{[]string{"missing_in_records chrg_a "}, res{"a": inBreak}},
		},
		"charges before since": {
			newBooks().charge("a", "7", 100, madeAt(begin-day)).charge("b", "8", 100, madeAt(begin)).record("8", "chrg_b", 100),
			want{nil, res{"a": notCompared, "b": matched}},
		},
		"a record that names a charge before since": {
			newBooks().charge("a", "7", 100, madeAt(begin-day)).record("7", "chrg_a", 90),
			want{[]string{"amount_mismatch chrg_a 7"}, res{"a": inBreak}},
		},
		"a record that names a charge before the history": {
			newBooks().charge("a", "7", 100, madeAt(begin-60*day)).record("7", "trxn_a", 100),
			want{nil, res{"a": matched}},
		},
		"an old record that names a charge before since": {
			newBooks().charge("a", "7", 100, madeAt(begin-day)).record("7", "chrg_a", 90, dated(begin-1)),
			want{nil, res{"a": notCompared}},
		},
		"a record without a time that names a charge before since": {
			newBooks().charge("a", "7", 100, madeAt(begin-day)).record("7", "chrg_a", 90, undated),
			want{nil, res{"a": notCompared}},
		},
		"a record whose order has a charge before since": {
			newBooks().charge("a", "7", 100, madeAt(begin-day)).record("7", "", 90),
			want{nil, res{"a": notCompared}},
		},
		"a record before since whose charge is in scope": {
			newBooks().charge("a", "7", 100).charge("b", "8", 100).record("7", "chrg_a", 90, dated(begin-day)).record("8", "", 90, dated(begin-1)),
			want{[]string{"amount_mismatch chrg_a 7", "amount_mismatch chrg_b 8"}, res{"a": inBreak, "b": inBreak}},
		},
		"a record before since, without a charge": {
			newBooks().record("8", "", 90, dated(begin-1)),
			want{nil, nil},
		},
		"a record before the history whose charge is in scope": {
			newBooks().charge("a", "7", 100).record("7", "chrg_a", 90, dated(begin-31*day)),
			want{nil, res{"a": notCompared}},
		},
		"what is before the history": {
			newBooks().charge("a", "7", 100).record("7", "", 90).record("8", "", 90, dated(begin+11*day)).
				with(func(r *match.Rules) { r.HistoryFrom = at(begin + 20*day) }),
			want{nil, res{"a": notCompared}},
		},
		"a charge without a record before the history": {
			newBooks().charge("a", "7", 100).record("8", "", 1, says(ledger.RecordPending)).with(func(r *match.Rules) { r.HistoryFrom = at(begin + 20*day) }),
			want{nil, res{"a": notCompared}},
		},
		"paid twice, and the record before the history": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100).record("7", "chrg_a", 100, dated(begin-31*day)),
			want{nil, res{"a": notCompared, "b": notCompared}},
		},
		"a second record before since": {
			newBooks().charge("a", "7", 100).record("7", "chrg_a", 100).record("6", "chrg_a", 100, dated(begin-day)),
			want{[]string{"duplicate_record chrg_a 6"}, res{"a": inBreak}},
		},
		"a second record before the history": {
			newBooks().charge("a", "7", 100).record("7", "chrg_a", 100).record("6", "chrg_a", 100, dated(begin-31*day)),
			want{nil, res{"a": matched}},
		},
		"a second record of a charge before since": {
			newBooks().charge("a", "7", 100, madeAt(begin-day)).record("7", "chrg_a", 100).record("6", "chrg_a", 100),
			want{[]string{"duplicate_record chrg_a 6"}, res{"a": inBreak}},
		},
		"ambiguous, and the record before the history": {
			newBooks().charge("a", "7", 90).charge("b", "7", 80).record("7", "", 100, dated(begin-31*day)),
			want{nil, res{"a": notCompared, "b": notCompared}},
		},
		"ambiguous, and a charge before since": {
			newBooks().charge("a", "7", 90).charge("b", "7", 80, madeAt(begin-day)).record("7", "", 100),
			want{nil, res{"a": notCompared, "b": notCompared}},
		},
		"since is the earliest of the sources": {
			newBooks().charge("a", "7", 100).charge("b", "8", 1, madeAt(begin+30*day)).record("8", "", 1, dated(begin+30*day)).record("9", "", 1, of("erp"), says(ledger.RecordPending), dated(begin+50*day)).
				with(func(r *match.Rules) {
					r.Sources = append(r.Sources, source("erp"))
					r.Sources[0].Since, r.Sources[1].Since = at(begin+20*day), at(begin+40*day)
				}),
			want{nil, res{"a": notCompared, "b": matched}},
		},
		"since by the earliest record": {
			newBooks().charge("a", "7", 100).charge("b", "8", 100, madeAt(begin+20*day)).record("6", "", 1, says(ledger.RecordPending), dated(begin+15*day)).with(withoutSince),
			want{[]string{"missing_in_records chrg_b "}, res{"a": notCompared, "b": inBreak}},
		},
		"since by the earliest charge of records without a time": {
			newBooks().charge("a", "7", 100).charge("b", "8", 100, madeAt(begin+20*day)).charge("c", "9", 100, madeAt(begin+30*day)).record("8", "chrg_b", 100, undated).with(withoutSince),
			want{[]string{"missing_in_records chrg_c "}, res{"a": notCompared, "b": matched, "c": inBreak}},
		},
		"the same by order reference": {
			newBooks().charge("a", "7", 100).charge("b", "8", 100, madeAt(begin+20*day)).record("8", "", 100, undated).with(withoutSince),
			want{nil, res{"a": notCompared, "b": matched}},
		},
		"nothing tells since": {
			newBooks().charge("a", "7", 100).record("8", "", 100, undated).with(withoutSince),
			want{nil, res{"a": notCompared}},
		},
	} {
		t.Run(name, func(t *testing.T) { c.of(t, c.books) })
	}
}

func TestMissingAtOmise(t *testing.T) {
	const missing = "missing_at_omise chrg_x 7"
	lacks := func(r *match.Rules) { r.NotAtOmise = map[string]bool{"chrg_x": true} }
	notWhole := firstSource(func(s *match.Source) { s.Whole = false })
	gap := func(r *match.Rules) {
		r.Proven = []ledger.Span{{From: begin - 30*day, To: begin + 5*day}, {From: begin + 5*day + 1, To: now}}
	}
	for name, c := range map[string]struct {
		books *books
		want  []string
	}{
		"paid":                             {newBooks().record("7", "", 100), []string{"missing_at_omise  7"}},
		"authorized":                       {newBooks().record("7", "", 100, says(ledger.RecordAuthorized)), []string{"missing_at_omise  7"}},
		"refunded":                         {newBooks().record("7", "", 100, says(ledger.RecordRefunded)), []string{"missing_at_omise  7"}},
		"partially refunded":               {newBooks().record("7", "", 100, says(ledger.RecordPartiallyRefunded)), []string{"missing_at_omise  7"}},
		"pending needs no charge":          {newBooks().record("7", "", 100, says(ledger.RecordPending)), nil},
		"on hold needs none":               {newBooks().record("7", "", 100, says(ledger.RecordOnHold)), nil},
		"failed needs none":                {newBooks().record("7", "", 100, says(ledger.RecordFailed)), nil},
		"cancelled needs none":             {newBooks().record("7", "", 100, says(ledger.RecordCancelled)), nil},
		"status unknown":                   {newBooks().record("7", "", 100, says("")), nil},
		"not every row is Omise's":         {newBooks().record("7", "", 100).with(notWhole), nil},
		"but a transaction is":             {newBooks().record("7", "trxn_x", 100).with(notWhole), []string{"missing_at_omise trxn_x 7"}},
		"a window before it is not proven": {newBooks().record("7", "", 100, dated(begin+6*day)).with(gap), nil},
		"its windows are proven":           {newBooks().record("7", "", 100, dated(begin+6*day+1)).with(gap), []string{"missing_at_omise  7"}},
		"it was made too late":             {newBooks().record("7", "", 100, dated(cut+1)), nil},
		"it was made just in time":         {newBooks().record("7", "", 100, dated(cut)), []string{"missing_at_omise  7"}},
		"without a time, all proven":       {newBooks().record("7", "", 100, undated), []string{"missing_at_omise  7"}},
		"without a time, a gap":            {newBooks().record("7", "", 100, undated).with(gap), nil},
		"without a time, and nothing tells since": {
			newBooks().record("7", "", 100, undated).record("8", "", 1, of("erp"), says(ledger.RecordPending)).with(func(r *match.Rules) {
				r.Sources = append(r.Sources, source("erp"))
				r.Sources[0].Since, r.Proven = nil, []ledger.Span{{From: -day, To: now}}
			}), nil,
		},
		"Omise does not know its charge":  {newBooks().record("7", "chrg_x", 100).with(lacks), []string{missing}},
		"the same, not every row Omise's": {newBooks().record("7", "chrg_x", 100).with(lacks).with(notWhole), []string{missing}},
		"the same, windows not proven":    {newBooks().record("7", "chrg_x", 100).with(lacks).with(func(r *match.Rules) { r.Proven = nil }), []string{missing}},
		"the same, made too late":         {newBooks().record("7", "chrg_x", 100, dated(cut+1)).with(lacks), nil},
		"the same, before since":          {newBooks().record("7", "chrg_x", 100, dated(begin-1)).with(lacks), nil},
		"the same, status unknown":        {newBooks().record("7", "chrg_x", 100, says("")).with(lacks), []string{missing}},
		"the same, pending":               {newBooks().record("7", "chrg_x", 100, says(ledger.RecordPending)).with(lacks), nil},
		"the same, on hold":               {newBooks().record("7", "chrg_x", 100, says(ledger.RecordOnHold)).with(lacks), nil},
		"the same, failed":                {newBooks().record("7", "chrg_x", 100, says(ledger.RecordFailed)).with(lacks), nil},
		"the same, cancelled":             {newBooks().record("7", "chrg_x", 100, says(ledger.RecordCancelled)).with(lacks), nil},
		"the ledger lacks it, not asked":  {newBooks().record("7", "chrg_y", 100).with(lacks), nil},
		"the same, of nought":             {newBooks().record("7", "chrg_x", 0).with(lacks), []string{missing}},
		"its order's charge has no record": {
			newBooks().charge("a", "7", 100).charge("b", "7", 100, unpaid(ledger.StatusFailed)).record("7", "chrg_x", 100).with(lacks),
			[]string{missing, "missing_in_records chrg_a "},
		},
		"the same, pending: by order reference": {
			newBooks().charge("a", "7", 100).record("7", "chrg_x", 100, says(ledger.RecordPending)).with(lacks), []string{"status_mismatch chrg_a 7"},
		},
		"the same, on hold: by order reference": {
			newBooks().charge("a", "7", 100, holds).record("7", "chrg_x", 100, says(ledger.RecordOnHold)).with(lacks), nil,
		},
		"the same, failed: by order reference": {
			newBooks().charge("a", "7", 100, unpaid(ledger.StatusFailed)).record("7", "chrg_x", 100, says(ledger.RecordFailed)).with(lacks), nil,
		},
		"the same, cancelled: by order reference": {
			newBooks().charge("a", "7", 100).refunded("a", 100, begin+11*day).record("7", "chrg_x", 100, says(ledger.RecordCancelled)).with(lacks), nil,
		},
		"an order of nought needs none":     {newBooks().record("7", "", 0), nil},
		"nor with a transaction":            {newBooks().record("7", "trxn_x", 0), nil},
		"but one of an unknown amount does": {newBooks().record("7", "", 0, withoutAmount), []string{"missing_at_omise  7"}},
	} {
		t.Run(name, func(t *testing.T) { c.books.finds(t, c.want...) })
	}
}

func TestSkipped(t *testing.T) {
	o := newBooks().charge("a", "6", 100).
		record("6", "", 100).record("7", "", 100).record("8", "", 100, says(ledger.RecordPending)).record("9", "trxn_x", 100, says(ledger.RecordFailed)).
		with(firstSource(func(s *match.Source) { s.Whole = false })).finds(t)
	if got := o.Skipped(); len(got) != 1 || got["shop"] != 2 {
		t.Errorf("skipped %v, want 2 of shop", got)
	}
}
