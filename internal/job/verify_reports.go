package job

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/report"
)

// Damage is something that is not as reconcile wrote it.
type Damage struct {
	Where string // file, and sheet and cell of a workbook
	What  string
}

// ReportsCheck is what came out of checking reports that were written.
type ReportsCheck struct {
	Damage []Damage
	Notes  []string // what is different and no damage
}

func (c *ReportsCheck) damage(where, format string, args ...any) {
	c.Damage = append(c.Damage, Damage{where, fmt.Sprintf(format, args...)})
}

func (c *ReportsCheck) note(format string, args ...any) {
	c.Notes = append(c.Notes, fmt.Sprintf(format, args...))
}

// errNoRun says that a workbook names a run that is not in the ledger.
var errNoRun = errors.New("which this ledger does not have")

// VerifyReports holds every report folder that the ledger knows of, and every
// other one beside them, against its manifest. A workbook that was saved again
// is compared cell by cell with what the ledger says.
func VerifyReports(ctx context.Context, env Env, db *ledger.Ledger) (ReportsCheck, error) {
	var check ReportsCheck
	dirs, gone, err := env.reportFolders(ctx, db)
	if err != nil {
		return check, err
	}
	if len(gone) > 0 {
		check.note("%d report folder(s) of earlier runs are not there any more: %s", len(gone), some(gone))
	}
	var folders []report.Inspected
	for _, dir := range dirs {
		if err := ctx.Err(); err != nil {
			return check, err
		}
		in, err := report.Inspect(dir)
		if err != nil {
			check.damage(dir, "it cannot be read: %v", err)
			continue
		}
		folders = append(folders, in)
	}
	report.TellMixed(folders)
	for _, in := range folders {
		for _, f := range in.Findings {
			check.damage(filepath.Join(in.Dir, f.File), "%s", f.What)
		}
		for _, name := range in.Edited {
			if err := env.checkEdited(ctx, db, &check, filepath.Join(in.Dir, name), in.Stamp); err != nil {
				return check, err
			}
		}
	}
	return check, nil
}

// reportFolders lists the folders that runs wrote to and those in the reports
// folder, by name; gone are the ones of runs that finance has moved since.
func (e Env) reportFolders(ctx context.Context, db *ledger.Ledger) (dirs, gone []string, err error) {
	runs, err := db.Runs(ctx)
	if err != nil {
		return nil, nil, err
	}
	found := map[string]bool{}
	for _, r := range runs {
		if !r.Reported || r.Folder == "" {
			continue
		}
		_, err := os.Stat(r.Folder)
		found[r.Folder] = !errors.Is(err, fs.ErrNotExist)
	}
	root, err := filepath.Abs(e.Config.ReportsPath()) // runs note their folders so
	if err != nil {
		return nil, nil, err
	}
	entries, err := os.ReadDir(root)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	for _, entry := range entries {
		dir := filepath.Join(root, entry.Name())
		unfinished := strings.HasPrefix(entry.Name(), ".") // the next run finishes or removes it
		if entry.IsDir() && !unfinished && report.IsFolder(dir) {
			found[dir] = true
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(found)) {
		if found[dir] {
			dirs = append(dirs, dir)
		} else {
			gone = append(gone, dir)
		}
	}
	return dirs, gone, nil
}

// checkEdited compares a workbook of a report folder that was saved again.
// That it cannot be compared is damage too: its bytes are not ours any more.
func (e Env) checkEdited(ctx context.Context, db *ledger.Ledger, check *ReportsCheck, file string, stamp report.Stamp) error {
	stamps, err := stampsOf(file)
	if err != nil {
		stamps = []report.Stamp{stamp} // its Audit sheet is of no use, its manifest is
	}
	err = e.checkWorkbook(ctx, db, check, file, stamps)
	if errors.Is(err, errNoRun) {
		check.note("%s was saved again and cannot be compared: %v", file, err)
		return nil
	}
	if err != nil && ctx.Err() == nil {
		check.damage(file, "it is not as it was written, and cannot be compared: %v", err)
		return nil
	}
	return err
}

// VerifyWorkbook finds out which run wrote a workbook, writes it again from the
// ledger to a place of its own, and names the cells that differ. The file may
// have another name and another place by now.
func VerifyWorkbook(ctx context.Context, env Env, db *ledger.Ledger, file string) (ReportsCheck, error) {
	var check ReportsCheck
	file, err := filepath.Abs(file)
	if err != nil {
		return check, err
	}
	stamps, err := stampsOf(file)
	if err != nil {
		return check, err
	}
	return check, env.checkWorkbook(ctx, db, &check, file, stamps)
}

// stampsOf is what is said of a workbook's origin, by itself and by a manifest
// beside it. They differ when one of them was edited or belongs elsewhere.
func stampsOf(file string) ([]report.Stamp, error) {
	var stamps []report.Stamp
	own, err := report.ReadStamp(file)
	if err != nil && !errors.Is(err, report.ErrNotOurs) {
		return nil, err
	}
	if err == nil {
		stamps = append(stamps, own)
	}
	if beside, other := report.StampBeside(file); other == nil && !sameOrigin(own, beside) {
		stamps = append(stamps, beside)
	}
	if len(stamps) == 0 {
		return nil, fmt.Errorf("%w; if it is a report of ours, put it back beside its manifest.json", err)
	}
	return stamps, nil
}

func sameOrigin(a, b report.Stamp) bool {
	return a.Run == b.Run && a.Version == b.Version && a.AsOf.Equal(b.AsOf) && maps.Equal(a.Days, b.Days)
}

// checkWorkbook compares a workbook with everything that it may have been
// written from, and believes what fits best: an edited Audit sheet must not
// make every other cell look wrong.
func (e Env) checkWorkbook(ctx context.Context, db *ledger.Ledger, check *ReportsCheck, file string, stamps []report.Stamp) error {
	var best *origin
	var closest report.Comparison
	var failed error
	for _, stamp := range stamps {
		origins, err := e.originsOf(ctx, db, stamp)
		failed = errors.Join(failed, err)
		for _, o := range origins {
			if best != nil && closest.Count() == 0 {
				break
			}
			found, err := o.compare(ctx, db, file)
			if err != nil {
				return err
			}
			if best == nil || found.Count() < closest.Count() {
				best, closest = &o, found
			}
		}
	}
	if best == nil {
		return failed
	}
	check.addEdits(file, closest)
	best.notes(e, check, file, closest)
	return nil
}

func (c *ReportsCheck) addEdits(file string, found report.Comparison) {
	for _, edit := range found.Edits {
		c.damage(file+": "+edit.Place(), "%s", edit.What)
	}
	if found.More > 0 {
		c.damage(file, "%d more edits are not listed", found.More)
	}
	for _, n := range found.Notes {
		c.note("%s: %s", file, n)
	}
}

// origin is everything that a workbook was written from.
type origin struct {
	cfg    *config.Config
	run    ledger.Run
	facts  facts
	asOf   ledger.Instant
	stored bool // from what a run stored; else by `report`, from a state of the ledger
}

// originsOf is what a stamp may mean: the reports of a run, or a later report
// of the state that the run left. Where both are possible, only a comparison
// tells them apart.
func (e Env) originsOf(ctx context.Context, db *ledger.Ledger, stamp report.Stamp) ([]origin, error) {
	run, err := db.RunByID(ctx, stamp.Run)
	if err != nil {
		return nil, err
	}
	if run == nil {
		return nil, fmt.Errorf("it says that run %d wrote it, %w: a copy was restored since, or it belongs to another ledger", stamp.Run, errNoRun)
	}
	var found []origin
	if run.Reported {
		o, err := originOfRun(*run)
		if err != nil {
			return nil, err
		}
		if o.fits(stamp) {
			found = append(found, o)
		}
	}
	states, err := e.originsOfState(ctx, db, *run, stamp)
	if err != nil && len(found) == 0 {
		return nil, err
	}
	return append(found, states...), nil
}

// fits says whether a stamp may be the run's. One of its two marks is enough:
// the other may have been edited.
func (o origin) fits(stamp report.Stamp) bool {
	return ledger.InstantOf(stamp.AsOf) == o.asOf || maps.Equal(o.days(), stamp.Days)
}

func (o origin) days() map[string][2]string {
	days := map[string][2]string{}
	for _, a := range o.facts.Accounts {
		days[a.Name] = [2]string{a.Period.From, a.Period.To}
	}
	return days
}

func originOfRun(run ledger.Run) (origin, error) {
	cfg, f, err := stored(&run)
	if err != nil {
		return origin{}, err
	}
	o := origin{cfg: cfg, run: run, facts: f, asOf: run.AsOf, stored: true}
	o.withWorkbook(slices.Contains(cfg.Reports.Formats, report.FormatCSV))
	return o, nil
}

// originsOfState is what `report` wrote: the state that a run left, seen at
// another instant or for other days. Nothing stores the settings that it went
// by; those of today are used, in the workbook's own language. Changes count
// from the run's own baseline, or from that of the days shown.
func (e Env) originsOfState(ctx context.Context, db *ledger.Ledger, run ledger.Run, stamp report.Stamp) ([]origin, error) {
	cfg, err := e.configFor(stamp)
	if err != nil {
		return nil, err
	}
	covers := map[string]Period{}
	for account, days := range stamp.Days {
		covers[account] = Period{days[0], days[1]}
		if _, err := (Days{From: days[0], To: days[1]}).period(); err != nil {
			return nil, fmt.Errorf("its period of account %s: %w", account, err)
		}
	}
	shown := run
	shown.Version = stamp.Version
	baseline, err := baselineOf(ctx, db, cfg, covers, stamp, run.ID+1)
	if err != nil {
		return nil, err
	}
	baselines := []int64{baseline}
	if run.Reported && run.Baseline != baseline {
		baselines = []int64{run.Baseline, baseline}
	}
	var found []origin
	for _, shown.Baseline = range baselines {
		o, err := stateOrigin(ctx, db, cfg, shown, covers, stamp)
		if err != nil {
			return nil, err
		}
		found = append(found, o)
	}
	return found, nil
}

func stateOrigin(ctx context.Context, db *ledger.Ledger, cfg *config.Config, run ledger.Run, covers map[string]Period, stamp report.Stamp) (origin, error) {
	asOf := ledger.InstantOf(stamp.AsOf)
	f, err := stateFacts(ctx, db, cfg, &run, covers, asOf)
	if err != nil {
		return origin{}, err
	}
	if stamp.Notes > 0 {
		f.Notes = stamp.Notes
	}
	o := origin{cfg: cfg, run: run, facts: f, asOf: asOf}
	o.withWorkbook(stamp.CSV)
	return o, nil
}

// configFor is today's config for the accounts of a workbook.
func (e Env) configFor(stamp report.Stamp) (*config.Config, error) {
	cfg := *e.Config
	cfg.Accounts = slices.DeleteFunc(slices.Clone(cfg.Accounts), func(a config.Account) bool {
		_, shown := stamp.Days[a.Name]
		return !shown
	})
	if len(cfg.Accounts) != len(stamp.Days) {
		return nil, fmt.Errorf("it shows the account(s) %s, which the config does not all have", strings.Join(slices.Sorted(maps.Keys(stamp.Days)), ", "))
	}
	if stamp.Language != "" {
		cfg.Reports.Language, cfg.Reports.Calendar = stamp.Language, stamp.Calendar
	}
	return &cfg, nil
}

// baselineOf is the run from which changes count in a report of a state that
// no run has reported.
func baselineOf(ctx context.Context, db *ledger.Ledger, cfg *config.Config, covers map[string]Period, stamp report.Stamp, next int64) (int64, error) {
	plain, baseline, err := periods(ctx, db, cfg, Days{}, stamp.AsOf, next)
	if err != nil || maps.Equal(plain, covers) {
		return baseline, err
	}
	last, err := db.LastReported(ctx, next)
	return idOf(last), err
}

// withWorkbook has a workbook written, and CSV files too where the Audit sheet
// has their checksums.
func (o *origin) withWorkbook(csv bool) {
	cfg := *o.cfg
	cfg.Reports.Formats = []string{report.FormatXLSX}
	if csv {
		cfg.Reports.Formats = []string{report.FormatCSV, report.FormatXLSX}
	}
	o.cfg = &cfg
}

// compare writes the workbook again, to a place of its own, and compares.
func (o origin) compare(ctx context.Context, db *ledger.Ledger, file string) (_ report.Comparison, err error) {
	dir, err := os.MkdirTemp("", "reconcile-verify-")
	if err != nil {
		return report.Comparison{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	books, err := compare(ctx, db, o.cfg, o.facts, o.run)
	if err != nil {
		return report.Comparison{}, err
	}
	w := writing{db: db, cfg: o.cfg, run: o.run, facts: o.facts, asOf: o.asOf, books: books}
	written, _, err := w.write(ctx, filepath.Join(dir, "recomputed"))
	if err != nil {
		return report.Comparison{}, err
	}
	return report.Compare(file, filepath.Join(written.Dir, written.Workbook))
}

// notes says what may explain a difference that nobody typed.
func (o origin) notes(e Env, check *ReportsCheck, file string, found report.Comparison) {
	if o.run.Version != e.Version {
		check.note("%s was written by version %s, this is %s: it may say the same in another form", file, o.run.Version, e.Version)
	}
	if o.stored || found.Count() == 0 {
		return
	}
	if now, err := e.Config.Effective(); err != nil || string(now) != o.run.Config {
		check.note("%s was written by `reconcile report`, which keeps no settings: those of today were used, and the config has changed since run %d", file, o.run.ID)
	}
}
