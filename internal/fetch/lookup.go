package fetch

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"reconcile/internal/ledger"
)

// MaxLookups bounds the charges that one run asks for because the merchant's
// books name them: a book with foreign ids must not use up the night.
const MaxLookups = 500

// Found is what came of asking for charges by id.
type Found struct {
	Changes  ledger.Changes
	Missing  []string // ids that Omise does not know (404), sorted
	Problems []string // ids that could not be asked for, each in a sentence
	Err      error    // what ended the asking early, see Result.Err
}

// Lookup asks for charges that the books name and no list has shown, and saves
// those that Omise has. The error is one of the ledger or ctx's own.
func Lookup(ctx context.Context, client *Client, sink Sink, o Options, account ledger.Account, ids []string) (Found, error) {
	s := &session{o: o, client: client, sink: sink, account: account, changes: ledger.Changes{}, t: translator{account: o.Account, livemode: account.Livemode}}
	var found Found
	workers, until := errgroup.WithContext(ctx)
	workers.SetLimit(o.Workers)
	for _, id := range ids {
		workers.Go(func() error {
			d := ledger.Due{Object: ledger.ChargeObject, ID: id}
			err := s.readOne(until, d, func(context.Context, ledger.Due) error {
				s.mu.Lock()
				defer s.mu.Unlock()
				found.Missing = append(found.Missing, id)
				return nil
			})
			if err != nil && !ends(err) {
				return s.problem(err)
			}
			return err
		})
	}
	err := workers.Wait()
	slices.Sort(found.Missing)
	found.Changes, found.Problems = s.changes, s.problems
	if ends(err) && !errors.Is(err, errStopped) {
		found.Err, err = err, nil
	}
	return found, err
}
