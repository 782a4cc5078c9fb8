package job

import (
	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// recordFacts is what a record says, and where.
func (t teller) recordFacts(r ledger.Record, at recordPlace) Facts {
	return Facts{
		{"record_ref", r.Ref()},
		{"source", r.Source},
		{"file", at.file},
		{"row", rowOf(at.row)},
		{"order_ref", r.OrderRef},
		{"charge_id", r.Charge},
		{"amount", amountOf(r.Amount, r.Currency)},
		{"currency", string(r.Currency)},
		{"status", string(r.Status)},
		{"status_word", r.Word},
		{"refunded", amountOf(r.Refunded, r.Currency)},
		{"created_at", timeOf(r.CreatedAt, t.zone)},
		{"gone", r.Gone},
	}
}

func rowOf(row int) any {
	if row == 0 {
		return nil
	}
	return row
}

// valueOf is one side of a break: money where it is written as such, else the
// status, currency or ids that it is.
func valueOf(text string, b ledger.Break) any {
	if b.Field == "status" || b.Field == "currency" || b.Currency == "" {
		return text
	}
	minor, err := money.Parse(text, b.Currency)
	if err != nil || money.Format(minor, b.Currency) != text {
		return text
	}
	return Amount{minor, b.Currency}
}

// breakFacts has the names of breaks.csv. listed is nil for a break that was
// cured before the last reports.
func (t teller) breakFacts(b ledger.Break, listed *ledger.ListedBreak) Facts {
	facts := Facts{
		{"break_id", b.ID},
		{"kind", string(b.Kind)},
		{"state", "cured"},
		{"record_ref", b.RecordRef},
		{"charge_id", b.Charge},
		{"refund_id", b.Refund},
		{"field", b.Field},
		{"record_value", valueOf(b.RecordValue, b)},
		{"omise_value", valueOf(b.OmiseValue, b)},
		{"difference", amountOf(b.Difference, b.Currency)},
		{"currency", string(b.Currency)},
		{"explanation", b.Explanation},
	}
	if listed == nil {
		return append(facts, Fact{"first_seen", nil}, Fact{"age_days", nil}, Fact{"closed_period", nil}, Fact{"owner", nil}, Fact{"resolution", nil}, Fact{"note", nil})
	}
	facts[2].Value = listed.State
	seen := listed.FirstSeen.In(t.zone)
	return append(facts,
		Fact{"first_seen", seen},
		Fact{"age_days", daysBetween(seen, t.now.In(t.zone))},
		Fact{"closed_period", listed.ClosedPeriod},
		Fact{"owner", listed.Owner},
		Fact{"resolution", listed.Resolution},
		Fact{"note", listed.Note},
	)
}

func (t teller) noteFacts(n ledger.Note) Facts {
	return Facts{
		{"break_id", n.Break},
		{"field", n.Field},
		{"value", n.Value},
		{"workbook", n.Path},
		{"saved_at", n.SavedAt.In(t.zone)},
		{"run", int(n.Run)},
		{"held", n.Held},
	}
}
