package job

import (
	"context"
	"fmt"
	"time"

	"reconcile/internal/config"
	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
)

const day = 24 * time.Hour

// Turns says, for each account that has history, how long it takes until the
// sweep has read all of it again: what changed there without a word from Omise
// is found by then.
func Turns(ctx context.Context, db *ledger.Ledger, cfg *config.Config) ([]string, error) {
	var turns []string
	for _, account := range cfg.Accounts {
		days, err := historyDays(ctx, db, account.Name)
		if err != nil {
			return nil, err
		}
		switch {
		case days == 0:
		case cfg.Fetch.Sweep == 0:
			turns = append(turns, fmt.Sprintf("account %s: %d days of history, which are not read again (fetch.sweep is 0)", account.Name, days))
		default:
			turns = append(turns, fmt.Sprintf("account %s: %d days of history, each read again within %d night(s)",
				account.Name, days, fetch.Turn(time.Duration(days)*day, cfg.Fetch.Sweep)))
		}
	}
	return turns, nil
}

// historyDays is how many days of the longest list are proven.
func historyDays(ctx context.Context, db *ledger.Ledger, account string) (int, error) {
	longest := 0
	for _, list := range []ledger.List{ledger.Charges, ledger.Refunds, ledger.Disputes} {
		spans, err := db.ProvenSpans(ctx, account, list, 0)
		if err != nil {
			return 0, err
		}
		var length ledger.Instant
		for _, s := range spans {
			length += s.To - s.From
		}
		length = max(0, length-1) // the first window reaches back a second
		const daySeconds = ledger.Instant(day / time.Second)
		longest = max(longest, int((length+daySeconds-1)/daySeconds))
	}
	return longest, nil
}
