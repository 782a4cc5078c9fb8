package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Options say what a sandbox holds and how it behaves.
type Options struct {
	// Seed decides everything random: the same Seed, Now and calls give the same bytes.
	Seed int64
	// Charges and Customers are the numbers of seeded objects, 0 for none.
	Charges   int
	Customers int
	// Country of the account, "TH" (default), "JP", "SG" or "MY": its currency, zone, tax, and
	// the lifetime of authorisations (JP 30 days, others 7).
	Country string
	// Livemode false: ids carry _test_ and keys must be skey_test_...
	Livemode bool
	// Key is the secret key accepted; "" accepts any well-formed one of the right mode.
	Key string
	// BaseURL is where clients reach the sandbox, for absolute links such as authorize_uri; default
	// the Host that each request names.
	BaseURL string
	// Now is required. The sandbox's clock is Now plus an offset moved by SetClock and Advance.
	Now func() time.Time
	// Fixtures is a folder of recorded answers, served instead of seeded state.
	Fixtures string
	// Faults is a fault spec, see SetFaults.
	Faults string
	// Days before Now over which the seeded charges are spread, default 60.
	Days int
	// Lifetime of authorisations that nobody captures, default 30 days for JP, 7 elsewhere.
	Lifetime time.Duration
	// Clock is where the sandbox's clock stands until it is moved; zero: it runs like Now.
	Clock time.Time
	// Data is a file that keeps what was written over the network between starts, "" for none. New
	// refuses options that are not those it was begun with, see Kept.
	Data string
	// RetryAfter are the pauses before a webhook that failed is sent again, default 1, 3 and 9
	// seconds.
	RetryAfter []time.Duration
	// Log gets what no caller can be told; nil: nobody.
	Log *slog.Logger
}

// complete puts the defaults in and refuses what cannot be.
func (o *Options) complete() error {
	if o.Now == nil {
		return errors.New("sandbox: Options.Now is required")
	}
	o.Country = cmp.Or(o.Country, "TH")
	if o.Days <= 0 {
		o.Days = 60
	}
	if o.RetryAfter == nil {
		o.RetryAfter = []time.Duration{time.Second, 3 * time.Second, 9 * time.Second}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	switch {
	case o.Key != "" && keyKindOf(o.Key, o.Livemode) != secretKey:
		return errors.New("sandbox: Options.Key is not a secret key of the sandbox's mode")
	case o.Fixtures != "" && o.Data != "":
		return errors.New("sandbox: recorded answers do not change, there is no data to keep of them")
	case o.Lifetime < 0:
		return fmt.Errorf("sandbox: an authorisation cannot live for %s", o.Lifetime)
	}
	if !o.Clock.IsZero() {
		if err := checkYear(o.Clock); err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
	}
	return o.planting().check()
}
