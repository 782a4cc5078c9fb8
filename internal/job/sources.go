package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/records"
)

// recordSource says how a source of records is read. The mode of its ids, and
// the currency of amounts that have none, are those of the account as far as
// l knows it; l may be nil.
func (e Env) recordSource(ctx context.Context, l *ledger.Ledger, r config.Records) (records.Source, error) {
	s := records.Source{
		Account: r.Account, Name: r.Name, Sheet: r.Sheet, Driver: r.Driver, Query: r.Query,
		Where: r.Where, Minor: r.Minor, Currency: r.Currency, Zone: r.Zone, DateFormat: r.DateFormat, Buddhist: r.Buddhist, Encoding: r.Encoding,
		Columns: map[records.Field]string{}, Statuses: map[string]ledger.RecordStatus{},
	}
	for field, header := range r.Columns {
		s.Columns[records.Field(field)] = header
	}
	for word, status := range r.Statuses {
		s.Statuses[word] = ledger.RecordStatus(status)
	}
	if err := e.fitAccount(ctx, l, &s); err != nil {
		return s, err
	}
	return s, e.placeSource(&s, r)
}

func (e Env) placeSource(s *records.Source, r config.Records) error {
	if r.Path != "" {
		s.Path = e.Config.RecordsPath(r)
		return nil
	}
	var err error
	if s.DSN, err = e.Config.DSN(r, e.Getenv); err != nil {
		return fmt.Errorf("records %s: %w", r.Name, err)
	}
	return nil
}

// fitAccount takes the mode from the key where the ledger does not know the
// account yet. Without a key ids of both modes are taken.
func (e Env) fitAccount(ctx context.Context, l *ledger.Ledger, s *records.Source) error {
	known, err := e.knownAccount(ctx, l, s.Account)
	if err != nil || known == nil {
		return err
	}
	s.Live = &known.Livemode
	if s.Currency == "" {
		s.Currency = known.Currency
	}
	return nil
}

func (e Env) knownAccount(ctx context.Context, l *ledger.Ledger, name string) (*ledger.Account, error) {
	if l != nil {
		if known, err := l.Account(ctx, name); err != nil || known != nil {
			return known, err
		}
	}
	for _, account := range e.Config.Accounts {
		if account.Name != name {
			continue
		}
		if key, err := e.Config.SecretKey(account, e.Getenv); err == nil {
			return &ledger.Account{Name: name, Livemode: !key.Test()}, nil
		}
	}
	return nil, nil
}

// readingForm is raised by a version that reads rows otherwise than the one
// before, so that every file is read again.
const readingForm = "1\n"

// mapping stands for all of the config that decides how a source is read:
// where it changes, files that were read before are read again.
func mapping(r config.Records) string {
	text, err := r.Effective()
	if err != nil {
		return "" // words and numbers always have a JSON form
	}
	sum := sha256.Sum256(append([]byte(readingForm), text...))
	return hex.EncodeToString(sum[:])
}
