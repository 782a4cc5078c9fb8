package job

import (
	"time"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/report"
)

// book dresses the facts of a run for the report room.
func (f facts) book(cfg *config.Config, run ledger.Run, asOf ledger.Instant) report.Book {
	b := report.Book{Run: run.ID, Version: run.Version, Complete: f.Complete(), AsOf: asOf.In(cfg.Reports.Zone), Replaces: f.Replaces, Notes: f.Notes}
	for _, a := range f.Accounts {
		zone := zoneOf(cfg, a.Name)
		span := a.Period.span(zone)
		account := report.Account{
			Name: a.Name, Timezone: zone.String(), From: a.Period.From, To: a.Period.To,
			FromUTC: span.From.Time(), ToUTC: span.To.Time(), HistoryFrom: a.HistoryFrom,
		}
		if a.DataAsOf != nil {
			account.DataAsOf = a.DataAsOf.In(zone)
		}
		b.Accounts = append(b.Accounts, account)
	}
	for _, p := range f.Proofs {
		b.Proofs = append(b.Proofs, report.Proof{
			Account: p.Account, List: string(p.List), From: p.From.Time(), To: p.To.Time(),
			Total: int64(p.Total), Rows: int64(p.Rows), Sums: currencies(p.Sums), ProvenAt: p.ProvenAt.Time(),
		})
	}
	for _, u := range f.Unproven {
		b.Unproven = append(b.Unproven, report.Unproven(u))
	}
	b.Notices = append(append(b.Notices, f.Stopped...), f.Unread...)
	return b
}

func zoneOf(cfg *config.Config, account string) *time.Location {
	for _, a := range cfg.Accounts {
		if a.Name == account {
			return a.Zone
		}
	}
	return time.UTC
}
