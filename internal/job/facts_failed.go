package job

import (
	"cmp"
	"fmt"
	"slices"

	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
)

// addFetched notes what became of an account's fetch, and what of it could not
// be read.
func (f *facts) addFetched(a *accountFacts, fetched fetch.Result, unreadable []ledger.Unreadable) {
	for _, u := range unreadable {
		if u.Account == a.Name {
			f.Unread = append(f.Unread, fmt.Sprintf("account %s: %s %s could not be read: %s", u.Account, u.Object, cmp.Or(u.ID, "without an id"), u.Reason))
			a.Whole = false
		}
	}
	for _, notice := range fetched.Notices {
		f.Stopped = append(f.Stopped, fmt.Sprintf("account %s: %s", a.Name, notice))
	}
	for _, problem := range fetched.Problems {
		f.Stopped = append(f.Stopped, fmt.Sprintf("account %s: %s", a.Name, problem))
		a.Whole = false
	}
	a.Fresh = fetched.Err == nil
	if fetched.Err != nil {
		f.Stopped = append(f.Stopped, fmt.Sprintf("account %s: %s", a.Name, fetched.Err))
		a.Whole = false
	}
}

// addBooks notes the sources of records; an account whose books could not be
// read is not wholly compared.
func (f *facts) addBooks(books []bookFacts) {
	f.Books = books
	for _, b := range books {
		if b.Problem == "" {
			continue
		}
		f.Stopped = append(f.Stopped, b.Problem)
		for i := range f.Accounts {
			if f.Accounts[i].Name == b.Account {
				f.Accounts[i].Whole = false
			}
		}
	}
}

// addFailed names the windows that the run could not prove. They speak for
// the gaps of the period inside them.
func (f *facts) addFailed(failed []ledger.Window) {
	var gaps []Unproven
	for _, u := range f.Unproven {
		gap := ledger.Span{From: ledger.InstantOf(u.From), To: ledger.InstantOf(u.To)}
		for _, left := range ledger.Subtract([]ledger.Span{gap}, spansOf(failed, u.Account, u.List)) {
			u.From, u.To = left.From.Time(), left.To.Time()
			gaps = append(gaps, u)
		}
	}
	for _, w := range failed {
		gaps = append(gaps, Unproven{
			Account: w.Account, List: string(w.List), From: w.Span.From.Time(), To: w.Span.To.Time(), Reason: cmp.Or(w.Reason, "it was not reached"),
		})
		for i := range f.Accounts {
			if f.Accounts[i].Name == w.Account {
				f.Accounts[i].Whole = false
			}
		}
	}
	slices.SortStableFunc(gaps, func(a, b Unproven) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(place(a.List), place(b.List)), a.From.Compare(b.From), a.To.Compare(b.To))
	})
	f.Unproven = append([]Unproven{}, gaps...)
}

func spansOf(windows []ledger.Window, account, list string) []ledger.Span {
	var spans []ledger.Span
	for _, w := range windows {
		if w.Account == account && string(w.List) == list {
			spans = append(spans, w.Span)
		}
	}
	return spans
}
