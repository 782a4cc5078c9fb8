package job

import (
	"context"
	"slices"

	"reconcile/internal/ledger"
)

// addBooks adds to a dossier where its records stand, how its breaks are
// listed, what finance noted, and by which rules its charges were compared.
func (x *explainer) addBooks(ctx context.Context, d *dossier) (err error) {
	d.places = map[string]recordPlace{}
	for _, r := range newest(d.records) {
		var p recordPlace
		if p.file, p.row, err = x.db.Place(ctx, d.account, r.ID); err != nil {
			return err
		}
		d.places[r.ID] = p
	}
	if err := x.addNotes(ctx, d); err != nil || len(d.charges) == 0 {
		return err
	}
	return x.addCompared(ctx, d)
}

func (x *explainer) addNotes(ctx context.Context, d *dossier) error {
	for _, b := range newest(d.breaks) {
		notes, err := x.db.NoteHistory(ctx, d.account, b.ID)
		if err != nil {
			return err
		}
		d.notes = append(d.notes, notes...)
	}
	if len(d.breaks) == 0 {
		return nil
	}
	upTo, err := x.db.NotesSoFar(ctx)
	if err != nil {
		return err
	}
	d.listed = map[string]ledger.ListedBreak{}
	for b, err := range x.snapshot.Breaks(ctx, upTo) {
		if err != nil {
			return err
		}
		if b.Account == d.account {
			d.listed[b.ID] = b
		}
	}
	return nil
}

// addCompared says how the charges compare with the books, as the newest run
// that has ended knows both.
func (x *explainer) addCompared(ctx context.Context, d *dossier) error {
	f, err := stateFacts(ctx, x.db, x.Config, &x.run, nil, x.run.StartedAt)
	if err != nil {
		return err
	}
	d.compared = compared{
		records: newest(d.records), charges: newest(slices.Concat(d.charges, d.siblings)),
		breaks: slices.DeleteFunc(newest(d.breaks), func(b ledger.Break) bool { return b.Cured }),
		of:     func(string) ledger.Comparison { return ledger.Comparison{Result: ledger.NotCompared} },
	}
	i := slices.IndexFunc(f.Accounts, func(a accountFacts) bool { return a.Name == d.account })
	if i < 0 {
		return nil // the config no longer has the account
	}
	account := f.Accounts[i]
	rules, err := matchRules(ctx, x.db, x.snapshot, x.Config, f, account, x.run)
	if err != nil {
		return err
	}
	outcome, err := x.match(ctx, d, account, rules)
	if err != nil {
		return err
	}
	d.compared.books, d.compared.historyFrom, d.compared.of = len(rules.Sources) > 0, account.HistoryFrom, outcome.Charge
	return nil
}
