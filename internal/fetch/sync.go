package fetch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"reconcile/internal/ledger"
)

// Sink is where the pages go: the ledger, as fetch needs it.
type Sink interface {
	SaveAccount(ctx context.Context, run int64, a ledger.Account) error
	SavePlan(ctx context.Context, run int64, account string, p ledger.Plan) ([]ledger.Window, error)
	PlannedWindows(ctx context.Context, run int64, account string) ([]ledger.Window, error)
	UnprovenSpans(ctx context.Context, account string, list ledger.List) ([]ledger.Span, error)
	ProvenSpans(ctx context.Context, account string, list ledger.List, since ledger.Instant) ([]ledger.Span, error)
	Readings(ctx context.Context, account string, list ledger.List) ([]ledger.Reading, error)
	Pages(ctx context.Context, w ledger.Window) ([]ledger.Page, error)
	SavePage(ctx context.Context, w ledger.Window, p ledger.Page, batch ledger.Batch) error
	Rows(ctx context.Context, w ledger.Window) (int, error)
	EmptyWindow(ctx context.Context, w ledger.Window) error
	ProveWindow(ctx context.Context, w ledger.Window, total int, at ledger.Instant) (ledger.Changes, error)
	FailWindow(ctx context.Context, w ledger.Window, reason string, keep bool) (ledger.Changes, error)
	FailedWindows(ctx context.Context, run int64) ([]ledger.Window, error)
	SplitWindow(ctx context.Context, w ledger.Window, pieces []ledger.Span) ([]ledger.Window, error)
	EarliestCustomer(ctx context.Context, account string) (*ledger.Instant, error)
	OpenDays(ctx context.Context, account string, before ledger.Instant, zone *time.Location) ([]ledger.OpenDay, error)
	OpenRefundDays(ctx context.Context, account string, from, before ledger.Instant, zone *time.Location) ([]ledger.Span, error)
	OpenDisputeDays(ctx context.Context, account string, before ledger.Instant, zone *time.Location) ([]ledger.OpenDay, error)
	DueNow(ctx context.Context, account string, since ledger.Instant) ([]ledger.Due, error)
	NoteMissing(ctx context.Context, account string, d ledger.Due, run int64) (last bool, err error)
	StrikeDue(ctx context.Context, account string, d ledger.Due) error
	SaveObjects(ctx context.Context, run int64, batch ledger.Batch) (ledger.Changes, error)
	SaveUnreadable(ctx context.Context, run int64, elements []ledger.Unreadable) error
}

// Progress is told how much there is to read and how much has been read, in
// rows of a list. It is called from several goroutines.
type Progress interface {
	Expect(list ledger.List, rows int)
	Read(list ledger.List, rows int)
}

// Options says what a sync reads of one account.
type Options struct {
	Account  string         // its name in the config
	KeyTest  bool           // the key is of test mode
	Zone     *time.Location // of its business days
	Run      int64
	Started  ledger.Instant // windows end here or by Omise's clock, whatever is created meanwhile
	Workers  int
	Lookback time.Duration
	Sweep    time.Duration
	// Period is what must be proven for the reports, or read by a backfill.
	Period *ledger.Span
	// Backfill reads the period alone: nothing newer, nothing again.
	Backfill bool
	// Estimate spends a few requests on telling the progress in advance how
	// much there will be.
	Estimate bool
	// Resume is the run that was cut short after it had planned this account,
	// 0 if none; what was proven since ResumeSince need not be read again.
	Resume      int64
	ResumeSince ledger.Instant
	Pause       func() bool // asked before a window is opened; nil: never
	Now         func() time.Time
	Log         *slog.Logger
	Progress    Progress
}

// Result is what a sync came to. Windows that it could not prove are in the
// ledger with their reasons.
type Result struct {
	Account  *ledger.Account // nil when /account was not reached
	Changes  ledger.Changes
	Paused   bool
	Problems []string // why it is not all fresh: objects that could not be read by id, a clock that is ahead
	Notices  []string // what somebody should know all the same
	Err      error    // what ended the fetch early: ErrRefused, ErrUnreachable, ErrTimeUp
}

// session is the reading of one account by one run.
type session struct {
	o        Options
	client   *Client
	sink     Sink
	account  ledger.Account
	t        translator
	progress Progress
	to       ledger.Instant       // where windows end: the start, by the earlier of both clocks
	expected map[ledger.List]bool // lists whose rows the progress knows in advance
	notices  []string

	mu       sync.Mutex
	changes  ledger.Changes
	problems []string
}

// Sync reads what the options ask for. The error is one of the ledger, of the
// config (a key of the other mode: ledger.ErrMode) or ctx's own; whatever
// Omise did is in the Result.
func Sync(ctx context.Context, client *Client, sink Sink, o Options) (Result, error) {
	s := &session{o: o, client: client, sink: sink, to: o.Started, progress: o.Progress, changes: ledger.Changes{}, expected: map[ledger.List]bool{}, t: translator{account: o.Account}}
	s.account.Name = o.Account
	paused, err := s.sync(ctx)
	result := Result{Changes: s.changes, Paused: paused, Problems: s.problems, Notices: s.notices}
	if s.account.OmiseID != "" {
		result.Account = &s.account
	}
	if errors.Is(err, errStopped) {
		return result, err // planned windows and their pages wait for the next run
	}
	if ends(err) {
		result.Err = err
		err = s.giveUpRest(ctx, err)
	}
	return result, err
}

func (s *session) sync(ctx context.Context) (paused bool, err error) {
	if err := s.readAccount(ctx); err != nil {
		return false, err
	}
	windows, err := s.plan(ctx)
	if err != nil {
		return false, err
	}
	if paused, err = s.walkAll(ctx, windows, s.o.Pause); paused || err != nil {
		return paused, err
	}
	return false, s.readDue(ctx)
}

// readAccount asks /account first: it shows that the key works, which mode it
// is of, and the country that decides how long an authorisation lives. While
// Omise cannot be reached it is asked again until that is certain.
func (s *session) readAccount(ctx context.Context) error {
	for {
		account, skew, err := s.client.Account(ctx, s.o.Account, s.o.KeyTest)
		s.account = account
		s.account.Name = s.o.Account
		var api *APIError
		switch {
		case err == nil:
			s.t.livemode = s.account.Livemode
			s.setClock(skew)
			return s.sink.SaveAccount(ctx, s.o.Run, s.account)
		case ends(err):
			return err
		case errors.As(err, &api) && api.Status == http.StatusForbidden:
			return fmt.Errorf("%w: %w", ErrRefused, err)
		case !errors.Is(err, errGaveUp):
			return fmt.Errorf("%w: %w", ErrUnreachable, err)
		}
	}
}

// MaxSkew is how far this machine's clock may be from Omise's before it is
// worth a word.
const MaxSkew = time.Minute

// setClock keeps windows from ending in Omise's future: what is created there
// would be missing from a window that counts as read. A clock that is ahead
// also moves deadlines, so the run is not fresh then.
func (s *session) setClock(skew time.Duration) {
	if ahead := (skew + time.Second - 1).Truncate(time.Second); ahead > time.Second { // the answer's date is cut to the second
		s.to = s.o.Started.Add(-ahead)
	}
	switch {
	case skew > MaxSkew:
		s.problems = append(s.problems, fmt.Sprintf("this machine's clock is %s ahead of Omise's: nothing is read beyond %s, and deadlines count from the wrong time; set the clock right",
			skew.Round(time.Second), s.to.Time().Format(time.RFC3339)))
	case skew < -MaxSkew:
		s.notices = append(s.notices, fmt.Sprintf("this machine's clock is %s behind Omise's: deadlines count from the wrong time; set the clock right", -skew.Round(time.Second)))
	}
}

// readDue reads single objects by id until none is due: what a refund or a
// dispute names may make another one due.
func (s *session) readDue(ctx context.Context) error {
	since := s.o.Started
	if s.o.Resume != 0 {
		since = s.o.ResumeSince
	}
	tried := map[ledger.Due]bool{}
	for {
		due, err := s.sink.DueNow(ctx, s.account.Name, since)
		if err != nil {
			return err
		}
		workers, until := errgroup.WithContext(ctx) // what ends the fetch ends it for all
		workers.SetLimit(s.o.Workers)
		fresh := 0
		for _, d := range due {
			if tried[d] {
				continue
			}
			tried[d] = true
			fresh++
			workers.Go(func() error {
				err := s.readOne(until, d, s.noteMissing)
				if err != nil && !ends(err) {
					return s.problem(err)
				}
				return err
			})
		}
		if err := workers.Wait(); err != nil || fresh == 0 {
			return err
		}
	}
}

// ledgerError marks an error of the sink among those of Omise.
type ledgerError struct{ error }

func (e ledgerError) Unwrap() error { return e.error }

// problem notes what went wrong with one object; an error of the ledger is
// not a problem of the object and is handed back.
func (s *session) problem(err error) error {
	if errors.As(err, new(ledgerError)) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, err.Error())
	return nil
}

// readOne reads one object by id; absent is called when Omise does not know it.
func (s *session) readOne(ctx context.Context, d ledger.Due, absent func(context.Context, ledger.Due) error) error {
	if !idShape.MatchString(d.ID) { // "..", say, would lead elsewhere, escaped or not
		if err := s.sink.StrikeDue(context.WithoutCancel(ctx), s.account.Name, d); err != nil {
			return ledgerError{err}
		}
		return fmt.Errorf("%s %q was not asked for: that is no id of Omise's", d.Object, cut(d.ID))
	}
	body, err := s.ask(ctx, d)
	safe := context.WithoutCancel(ctx)
	if missing(err) {
		return absent(safe, d)
	}
	if err != nil {
		return fmt.Errorf("%s %s was not read: %w", d.Object, d.ID, err)
	}
	var p page
	if d.Object == ledger.ChargeObject {
		keep(s, &p, d.Object, body, s.t.charge, &p.batch.Charges)
	} else {
		keep(s, &p, d.Object, body, s.t.dispute, &p.batch.Disputes)
	}
	if len(p.unreadable) > 0 {
		if err := errors.Join(s.sink.SaveUnreadable(safe, s.o.Run, p.unreadable), s.sink.StrikeDue(safe, s.account.Name, d)); err != nil {
			return ledgerError{err}
		}
		return nil
	}
	changes, err := s.sink.SaveObjects(safe, s.o.Run, p.batch)
	s.noteChanges(changes)
	if err != nil {
		return ledgerError{err}
	}
	return nil
}

// ask reads the JSON of one object, and refuses that of another one.
func (s *session) ask(ctx context.Context, d ledger.Due) (body []byte, err error) {
	path := map[ledger.Object]string{ledger.ChargeObject: "/charges/", ledger.DisputeObject: "/disputes/"}[d.Object] + url.PathEscape(d.ID)
	err = s.client.get(ctx, path, nil, func(b []byte) error {
		var head wireHead
		if err := decode(b, &head, &head); err != nil {
			return err
		}
		if id := idOf(b); id != "" && id != d.ID {
			return doubt{fmt.Errorf("asked for %s, the answer is %s", d.ID, cut(id))}
		}
		body = b
		return nil
	})
	return body, err
}

func (s *session) noteMissing(ctx context.Context, d ledger.Due) error {
	last, err := s.sink.NoteMissing(ctx, s.account.Name, d, s.o.Run)
	switch {
	case err != nil:
		return ledgerError{err}
	case last:
		return fmt.Errorf("%s %s is not at Omise (404), again: it is asked for no more until a list shows it", d.Object, d.ID)
	}
	return fmt.Errorf("%s %s is not at Omise (404)", d.Object, d.ID)
}

// giveUpRest marks every window that the run did not reach as not proven.
func (s *session) giveUpRest(ctx context.Context, cause error) error {
	left, err := s.sink.FailedWindows(ctx, s.o.Run)
	if err != nil {
		return err
	}
	for _, w := range left {
		if w.Account != s.account.Name || w.Reason != "" {
			continue
		}
		changes, err := s.sink.FailWindow(ctx, w, cause.Error(), true)
		s.noteChanges(changes)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *session) noteChanges(changes ledger.Changes) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes.Merge(changes)
}
