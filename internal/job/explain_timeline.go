package job

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// Moment is what a run noticed of one object: that it exists, or what changed.
type Moment struct {
	Run       int64         `json:"run"`
	NoticedAt time.Time     `json:"noticed_at"` // the start of that run
	Object    ledger.Object `json:"object"`
	ID        string        `json:"id"`
	First     bool          `json:"first"` // it was not known before
	State     string        `json:"state"` // in a few words
	Changes   []Change      `json:"changes"`
}

// Change is a field that differs from the version before. Before and After are
// as in Fact. What shops write about people changes without being told.
type Change struct {
	Field  string `json:"field"`
	Before any    `json:"before"`
	After  any    `json:"after"`
}

// timeline puts every version of every object into the order in which runs
// noticed them.
func (t teller) timeline(d *dossier, started map[int64]ledger.Instant) []Moment {
	all := slices.Concat(
		moments(t, started, ledger.ChargeObject, d.charges, func(c ledger.Charge) version {
			return version{c.ID, words(c.Status, Amount{c.Amount, c.Currency}.String()), c.Currency, c.FundingCurrency}
		}),
		moments(t, started, ledger.RefundObject, d.refunds, func(r ledger.Refund) version {
			return version{r.ID, words(Amount{r.Amount, r.Currency}.String(), r.Status), r.Currency, r.FundingCurrency}
		}),
		moments(t, started, ledger.DisputeObject, d.disputes, func(d ledger.Dispute) version {
			return version{d.ID, words(d.Status, Amount{d.Amount, d.Currency}.String()), d.Currency, d.FundingCurrency}
		}),
		moments(t, started, ledger.CustomerObject, d.customers, func(c ledger.Customer) version { return version{id: c.ID} }),
		moments(t, started, ledger.CardObject, d.cards, func(c ledger.Card) version {
			return version{id: c.ID, state: words(c.Brand, "expires on "+expiresOn(c))}
		}),
		moments(t, started, ledger.RecordObject, d.records, recordVersion),
		moments(t, started, ledger.BreakObject, d.breaks, func(b ledger.Break) version { return version{b.ID, string(b.Kind), b.Currency, ""} }),
	)
	slices.SortStableFunc(all, func(a, b Moment) int { return cmp.Compare(a.Run, b.Run) })
	return all
}

// version is what a moment tells of a state beside its changes.
type version struct {
	id, state         string
	currency, funding money.Currency
}

func recordVersion(r ledger.Record) version {
	amount := ""
	if r.Amount != nil {
		amount = Amount{*r.Amount, r.Currency}.String()
	}
	return version{r.Source + " " + r.Ref(), words(amount, string(r.Status)), r.Currency, ""}
}

func words(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(word string) bool { return word == "" }), ", ")
}

func moments[T any](t teller, started map[int64]ledger.Instant, object ledger.Object, all []ledger.History[T], tell func(T) version) []Moment {
	var found []Moment
	for _, h := range all {
		for i, state := range h {
			v := tell(state.State)
			m := Moment{Run: state.Since, NoticedAt: started[state.Since].In(t.zone), Object: object, ID: v.id, First: i == 0, State: v.state}
			m.Changes = t.changes(state.Changes, v)
			if m.First || len(m.Changes) > 0 {
				found = append(found, m)
			}
		}
	}
	return found
}

func (t teller) changes(fields []ledger.FieldChange, v version) []Change {
	all := []Change{}
	for _, f := range fields {
		switch {
		case untold(f.Field):
		case private(f.Field):
			all = append(all, Change{Field: f.Field})
		default:
			all = append(all, Change{f.Field, t.value(f.Field, f.Before, v), t.value(f.Field, f.After, v)})
		}
	}
	return all
}

// untold are columns that repeat others (the refunds inside a charge stand as
// objects of their own, a break's words follow from its values) or that Omise
// flips by itself as time passes, as in changes.csv.
func untold(field string) bool {
	return slices.Contains([]string{
		"refunds", "explanation", "opened", "happened_at",
		"expired_at", "capturable", "refundable", "partially_refundable", "can_perform_void",
	}, field)
}

// private are columns with a shop's own text, or by which a person could be
// known again. That they changed is all that is told.
func private(field string) bool {
	return slices.Contains([]string{"description", "metadata", "fingerprint", "card_fingerprint"}, field)
}

// value turns a column's value into one that a Fact may have.
func (t teller) value(field string, value any, v version) any {
	switch x := value.(type) {
	case ledger.Instant:
		return x.In(t.zone)
	case int64:
		if slices.Contains([]string{"funding_amount", "fee", "fee_vat", "interest", "interest_vat", "net"}, field) {
			return Amount{x, v.funding}
		}
		return Amount{x, v.currency}
	case money.Currency:
		return string(x)
	case ledger.RecordStatus:
		return string(x)
	case ledger.BreakKind:
		return string(x)
	}
	return value
}
