package job

import (
	"context"
	"errors"
	"fmt"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

// Verification is what Verify found: damage, which is what somebody or
// something altered behind the tool's back, and notes, which are not.
type Verification struct {
	Damage  []Damage
	Notes   []string
	Checked []string // what was looked at, in words
}

// Verify checks the ledger, and the written reports against their manifests;
// with a workbook, its cells against what the ledger says instead. It writes
// nothing and needs no lock: a run may be writing meanwhile.
func Verify(ctx context.Context, env Env, workbook string) (Verification, error) {
	var v Verification
	path := env.Config.LedgerPath()
	damage, notes, err := ledger.Verify(ctx, path)
	v.addLedger(damage, notes)
	if err != nil {
		return v, err
	}
	v.Checked = append(v.Checked, "ledger "+path)
	if len(damage) > 0 && damage[0].Where == ledger.Broken {
		return v, nil // nothing that it says can be compared with
	}
	db, old, err := ledger.OpenShared(ctx, path)
	if err != nil {
		return v, err
	}
	if old && workbook != "" {
		return v, fmt.Errorf("workbook %s cannot be compared before the next `reconcile run` upgrades the ledger", workbook)
	}
	if old {
		return v, nil
	}
	defer db.Close()
	if err := v.runs(ctx, db); err != nil {
		return v, err
	}
	if workbook != "" {
		err = v.workbook(ctx, env, db, workbook)
	} else {
		err = v.reports(ctx, env, db)
	}
	return v, err
}

func (v *Verification) addLedger(damage []ledger.Damage, notes []string) {
	for _, d := range damage {
		v.Damage = append(v.Damage, Damage(d))
	}
	v.Notes = append(v.Notes, notes...)
}

func (v *Verification) workbook(ctx context.Context, env Env, db *ledger.Ledger, file string) error {
	found, err := VerifyWorkbook(ctx, env, db, file)
	if err != nil {
		return err
	}
	v.add(found, "workbook "+file)
	return nil
}

func (v *Verification) reports(ctx context.Context, env Env, db *ledger.Ledger) error {
	found, err := VerifyReports(ctx, env, db)
	if err != nil {
		return err
	}
	v.add(found, "reports in "+env.Config.ReportsPath())
	return nil
}

func (v *Verification) add(found ReportsCheck, what string) {
	v.Damage = append(v.Damage, found.Damage...)
	v.Notes = append(v.Notes, found.Notes...)
	v.Checked = append(v.Checked, what)
}

// runs holds the proofs that each run named in its reports against those that
// the ledger has: a report is worth what its proofs are.
func (v *Verification) runs(ctx context.Context, db *ledger.Ledger) error {
	runs, err := db.Runs(ctx)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if r.Result == "" {
			continue
		}
		f, err := decodeFacts(&r)
		if err != nil {
			v.Damage = append(v.Damage, Damage{fmt.Sprintf("run %d", r.ID), err.Error()})
			continue
		}
		for _, p := range f.Proofs {
			wrong, err := db.CheckProof(ctx, p.ledgerProof())
			if err != nil {
				return errors.Join(fmt.Errorf("run %d: check its proofs", r.ID), err)
			}
			if wrong != "" {
				where := fmt.Sprintf("run %d, %s %s from %s", r.ID, p.Account, p.List, p.From.Time().Format("2006-01-02T15:04:05Z"))
				v.Damage = append(v.Damage, Damage{where, wrong})
			}
		}
	}
	return nil
}

func (p proof) ledgerProof() ledger.Proof {
	sums := map[money.Currency]int64{}
	for c, sum := range p.Sums {
		sums[money.Currency(c)] = sum
	}
	return ledger.Proof{
		Window: ledger.Window{Account: p.Account, List: p.List, Span: ledger.Span{From: p.From, To: p.To}},
		Total:  p.Total, Rows: p.Rows, Sums: sums, ProvenAt: p.ProvenAt,
	}
}
