package job

import (
	"cmp"
	"context"
	"slices"

	"reconcile/internal/ledger"
	"reconcile/internal/match"
)

// match compares the charges of a dossier with the books. The matcher decides
// order by order, and a dossier holds everything that bears on its charges; what
// depends on all of a source is from when it is compared, which its earliest
// record tells. So these are enough, and a million others need not be read. Where
// the earliest record has no date, the whole account is compared.
func (x *explainer) match(ctx context.Context, d *dossier, account accountFacts, rules match.Rules) (*match.Outcome, error) {
	earliest, err := x.snapshot.EarliestRecords(ctx, d.account)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(earliest, func(r ledger.Record) bool { return undated(r, rules) }) {
		return matching{x.snapshot, account, zoneOf(x.Config, d.account), rules, x.orderRef}.match(ctx)
	}
	matcher := match.New(rules, 0, 0)
	for _, h := range slices.Concat(d.charges, d.siblings) {
		if c, known := h.At(x.run.ID); known {
			if err := x.feed(ctx, matcher, c); err != nil {
				return nil, err
			}
		}
	}
	for _, r := range x.recordsOf(d, earliest) {
		matcher.AddRecord(&r)
	}
	return matcher.Match(), nil
}

// feed hands the matcher a charge with its refunds and the status of its
// newest dispute, which is newer than the copy inside the charge.
func (x *explainer) feed(ctx context.Context, matcher *match.Matcher, c ledger.Charge) error {
	refunds, err := x.snapshot.RefundHistory(ctx, c.Account, ledger.ByCharge, c.ID)
	if err != nil {
		return err
	}
	for _, h := range refunds {
		if r, known := h.At(x.run.ID); known {
			matcher.AddRefund(&r)
		}
	}
	disputes, err := x.snapshot.DisputeHistory(ctx, c.Account, ledger.ByCharge, c.ID)
	if err != nil {
		return err
	}
	if newest := newestDispute(disputes, x.run.ID); newest != nil {
		c.DisputeStatus = newest.Status
	}
	ref, matches := x.orderRef.Of(c)
	if !matches {
		ref = ""
	}
	matcher.AddCharge(&c, ref)
	return nil
}

// newestDispute goes by creation, of equals by id; nil when the run knew none.
func newestDispute(all []ledger.History[ledger.Dispute], run int64) *ledger.Dispute {
	var newest *ledger.Dispute
	for _, h := range all {
		d, known := h.At(run)
		if known && (newest == nil || cmp.Or(cmp.Compare(d.CreatedAt, newest.CreatedAt), cmp.Compare(d.ID, newest.ID)) > 0) {
			newest = &d
		}
	}
	return newest
}

// recordsOf is the records of the dossier as the run knew them, and the
// earliest of each source.
func (x *explainer) recordsOf(d *dossier, earliest []ledger.Record) []ledger.Record {
	var all []ledger.Record
	for _, h := range d.records {
		if r, known := h.At(x.run.ID); known && !r.Gone {
			all = append(all, r)
		}
	}
	for _, r := range earliest {
		if !slices.ContainsFunc(all, func(known ledger.Record) bool { return known.ID == r.ID }) {
			all = append(all, r)
		}
	}
	return all
}

// undated reports whether a source's beginning is not told by its earliest
// record, nor by the config.
func undated(r ledger.Record, rules match.Rules) bool {
	return r.CreatedAt == nil && slices.ContainsFunc(rules.Sources, func(s match.Source) bool { return s.Name == r.Source && s.Since == nil })
}
