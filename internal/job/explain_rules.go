package job

import (
	"fmt"
	"slices"
	"strings"

	"reconcile/internal/ledger"
)

// compared is what the books say of the charges of a dossier.
type compared struct {
	books       bool   // the account has books
	historyFrom string // business date from which charges are compared; "": none are
	records     []ledger.Record
	charges     []ledger.Charge // with the other charges of their orders
	of          func(charge string) ledger.Comparison
	breaks      []ledger.Break // that stand
}

// ruleFacts names the rule by which a charge was compared with the books.
func (t teller) ruleFacts(c ledger.Charge, k compared) Facts {
	found := k.of(c.ID)
	return Facts{
		{"charge_id", c.ID},
		{"result", string(found.Result)},
		{"record_ref", found.RecordRef},
		{"rule", t.rule(c, found, k)},
	}
}

func (t teller) rule(c ledger.Charge, found ledger.Comparison, k compared) string {
	switch {
	case found.Result == ledger.InBreak:
		return k.broken(c)
	case !k.books:
		return "Not compared: the config names no records for this account."
	case found.Result == ledger.Matched:
		return k.matched(c, found)
	case found.Result == ledger.NotNeeded:
		return notNeeded(c, found)
	case found.Result == ledger.Expected:
		return "Waits for the books: what happened is later than they reach, their grace taken off."
	}
	return t.notCompared(c, k)
}

func (k compared) broken(c ledger.Charge) string {
	var named []string
	for _, b := range k.breaks {
		if b.Charge == c.ID || slices.Contains(rivals(b), c.ID) {
			named = append(named, fmt.Sprintf("%s (%s)", b.ID, b.Kind))
		}
	}
	if len(named) == 0 {
		return "Part of a difference that the next run's reports will name."
	}
	return "Part of break " + strings.Join(named, " and ") + "."
}

// rivals are the charges among which an ambiguous record could not choose.
func rivals(b ledger.Break) []string {
	if b.Kind != ledger.BreakAmbiguous {
		return nil
	}
	return strings.Split(b.OmiseValue, ";")
}

// matched tells by what the record and the charge found each other.
func (k compared) matched(c ledger.Charge, found ledger.Comparison) string {
	r, ok := k.record(c, found.RecordRef)
	if found.RecordRef == "" || !ok {
		return "Matched, without a record of its own: it belongs to a schedule or to an order that has its record."
	}
	if n, sum := k.parts(found.RecordRef); n > 1 && r.Amount != nil && *r.Amount == sum {
		return fmt.Sprintf("Matched as a split payment: %d charges of order %s add up to its record of source %s.", n, printable(r.Ref()), r.Source)
	}
	switch {
	case r.Charge == c.ID:
		return fmt.Sprintf("Matched by charge id: record %s of source %s names this charge.", printable(r.Ref()), r.Source)
	case r.Charge != "" && r.Charge == c.Transaction:
		return fmt.Sprintf("Matched by transaction: record %s of source %s names %s.", printable(r.Ref()), r.Source, r.Charge)
	case r.Charge != "":
		return fmt.Sprintf("Matched by order reference %s: the record of source %s names %s, which did not take the money, and this charge of the same order did.", printable(r.Ref()), r.Source, r.Charge)
	}
	return fmt.Sprintf("Matched by order reference %s: the record of source %s names no charge, and this is the one of the order.", printable(r.Ref()), r.Source)
}

// record finds the record that a comparison names, first of all one that names
// the charge itself.
func (k compared) record(c ledger.Charge, ref string) (ledger.Record, bool) {
	var found []ledger.Record
	for _, r := range k.records {
		if r.Ref() == ref && !r.Gone {
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		return ledger.Record{}, false
	}
	naming := slices.IndexFunc(found, func(r ledger.Record) bool {
		return r.Charge == c.ID || (r.Charge != "" && r.Charge == c.Transaction)
	})
	return found[max(naming, 0)], true
}

// parts is how many charges were matched with one record, and what was captured
// of them in all.
func (k compared) parts(ref string) (n int, sum int64) {
	for _, c := range k.charges {
		if found := k.of(c.ID); found.Result == ledger.Matched && found.RecordRef == ref && c.Status == ledger.StatusSuccessful {
			n++
			sum += c.Captured()
		}
	}
	return n, sum
}

func notNeeded(c ledger.Charge, found ledger.Comparison) string {
	if found.RecordRef != "" {
		return fmt.Sprintf("Needs no record of its own: another charge answers for order %s.", printable(found.RecordRef))
	}
	return fmt.Sprintf("Needs no record: no money was captured or is held, the charge is %s.", printable(c.Status))
}

func (t teller) notCompared(c ledger.Charge, k compared) string {
	switch {
	case !c.KnownStatus():
		return "Not compared: its status is none that Omise's documents know."
	case k.historyFrom == "":
		return "Not compared: no history of charges and refunds is proven yet."
	case c.CreatedAt < startOf(k.historyFrom, t.zone):
		return fmt.Sprintf("Not compared: it was made before %s, the first day that is proven without a gap; `reconcile backfill` reads older days.", k.historyFrom)
	}
	return "Not compared: it was made before the books begin, or one of them has not been read yet; `reconcile records` shows them."
}
