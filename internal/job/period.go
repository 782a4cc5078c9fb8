package job

import (
	"context"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
)

// Days is which business days the caller asked for: From and To, or Month, or
// none of them for a plain run.
type Days struct {
	From, To string // YYYY-MM-DD, both included
	Month    string // YYYY-MM
}

// plain reports whether no days were asked for.
func (d Days) plain() bool { return d == Days{} }

// period gives the days as asked, after checking them.
func (d Days) period() (Period, error) {
	if d.Month != "" {
		if d.From != "" || d.To != "" {
			return Period{}, usage("--month goes without --from and --to")
		}
		first, err := time.Parse("2006-01", d.Month)
		if err != nil {
			return Period{}, usage("--month %q is not a month such as 2026-11", d.Month)
		}
		return Period{first.Format(time.DateOnly), first.AddDate(0, 1, -1).Format(time.DateOnly)}, nil
	}
	if d.From == "" || d.To == "" {
		return Period{}, usage("--from and --to go together, such as --from 2026-11-01 --to 2026-11-30")
	}
	for flag, day := range map[string]string{"--from": d.From, "--to": d.To} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return Period{}, usage("%s %q is not a date such as 2026-11-30", flag, day)
		}
	}
	if d.From > d.To {
		return Period{}, usage("--from %s is after --to %s", d.From, d.To)
	}
	return Period{d.From, d.To}, nil
}

// dayOf is the business date of t in zone.
func dayOf(t time.Time, zone *time.Location) string { return t.In(zone).Format(time.DateOnly) }

// shift moves a business date by days.
func shift(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// startOf is the first instant of a business date in zone.
func startOf(day string, zone *time.Location) ledger.Instant {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0
	}
	return ledger.InstantOf(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone))
}

// span is the period as instants: To is the first one after it.
func (p Period) span(zone *time.Location) ledger.Span {
	return ledger.Span{From: startOf(p.From, zone), To: startOf(shift(p.To, 1), zone)}
}

// periods works out what each account's reports cover, and the run from which
// changes count. A plain run covers the days after the mark up to yesterday;
// on a date that has a complete plain run already, that one's days again.
func periods(ctx context.Context, db *ledger.Ledger, cfg *config.Config, days Days, now time.Time, run int64) (map[string]Period, int64, error) {
	asked := map[string]Period{}
	baseline, err := db.LastReported(ctx, run)
	if err != nil {
		return nil, 0, err
	}
	if !days.plain() {
		period, err := days.period()
		for _, account := range cfg.Accounts {
			asked[account.Name] = period
		}
		return asked, idOf(baseline), err
	}
	today, err := db.PlainOn(ctx, dayOf(now, cfg.Reports.Zone), run)
	if err != nil {
		return nil, 0, err
	}
	covered, complete, err := coveredToday(today)
	if err != nil {
		return nil, 0, err
	}
	switch {
	case complete != 0:
		baseline, err = db.LastComplete(ctx, complete)
	case len(today) > 0: // their folder is written over: what it listed is listed again
		baseline, err = db.RunByID(ctx, today[0].Baseline)
	}
	if err != nil {
		return nil, 0, err
	}
	for _, account := range cfg.Accounts {
		if period, ok := covered[account.Name]; ok {
			asked[account.Name] = period
			continue
		}
		mark, err := db.Mark(ctx, account.Name, run)
		if err != nil {
			return nil, 0, err
		}
		asked[account.Name] = sinceMark(mark, shift(dayOf(now, account.Zone), -1))
	}
	return asked, idOf(baseline), nil
}

// coveredToday is what the plain runs of a business date, oldest first, have
// covered completely, each account by itself, and the first run that was
// complete as a whole; 0 when none was.
func coveredToday(runs []ledger.Run) (covered map[string]Period, complete int64, err error) {
	covered = map[string]Period{}
	for _, r := range runs {
		f, err := decodeFacts(&r)
		if err != nil {
			return nil, 0, err
		}
		for _, a := range f.Accounts {
			if _, known := covered[a.Name]; !known && a.Whole {
				covered[a.Name] = a.Period
			}
		}
		if complete == 0 && r.Status == ledger.Complete {
			complete = r.ID
		}
	}
	return covered, complete, nil
}

// sinceMark is the days after the mark up to yesterday; yesterday alone when
// there is no mark, or when it lies there already.
func sinceMark(mark, yesterday string) Period {
	if mark == "" || mark >= yesterday {
		return Period{yesterday, yesterday}
	}
	return Period{shift(mark, 1), yesterday}
}

func idOf(r *ledger.Run) int64 {
	if r == nil {
		return 0
	}
	return r.ID
}
