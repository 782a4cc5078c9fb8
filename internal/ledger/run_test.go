package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/ledger"
)

func end(t testing.TB, l *ledger.Ledger, r ledger.Run, edit func(*ledger.Run), marks map[string]string) {
	t.Helper()
	r.EndedAt, r.Status, r.Exit, r.Reported = new(r.StartedAt+60), ledger.Complete, new(0), true
	if edit != nil {
		edit(&r)
	}
	check(l.EndRun(t.Context(), r, marks))
}

func TestRunIsWrittenDown(t *testing.T) {
	l := open(t)
	if r := must(l.LastRun(t.Context())); r != nil {
		t.Errorf("a new ledger has run %v", r)
	}
	r := begin(t, l, func(r *ledger.Run) { r.Baseline, r.Plain, r.Kind, r.Config = 3, false, ledger.KindBackfill, `{"a":1}` })
	if diff := cmp.Diff(&r, must(l.RunByID(t.Context(), r.ID))); diff != "" || r.Status != ledger.Running {
		t.Errorf("begun (-given +stored):\n%s", diff)
	}
	r.EndedAt, r.Status, r.Exit, r.Folder, r.Reported, r.Result, r.Error = new(at("2026-11-21 03:05:00")), ledger.Partial, new(3), "/reports/x", true, `{"b":2}`, "why"
	check(l.EndRun(t.Context(), r, nil))
	if diff := cmp.Diff(&r, must(l.RunByID(t.Context(), r.ID))); diff != "" {
		t.Errorf("ended (-given +stored):\n%s", diff)
	}
	if none := must(l.RunByID(t.Context(), 99)); none != nil {
		t.Errorf("run 99: %v", none)
	}
	second := begin(t, l)
	if got := must(l.Runs(t.Context())); len(got) != 2 || got[0].ID != second.ID || second.ID != r.ID+1 {
		t.Errorf("runs %v", got)
	}
	if _, err := l.BeginRun(t.Context(), ledger.Run{Kind: "stroll"}); err == nil || !strings.HasPrefix(err.Error(), "begin run: ") {
		t.Errorf("a run of no kind: %v", err)
	}
}

// Whoever holds the lock may call every other run dead.
func TestBeginRunBuriesTheDead(t *testing.T) {
	l := open(t)
	dead, ended := begin(t, l), begin(t, l)
	end(t, l, ended, nil, nil)
	begin(t, l)
	got := must(l.RunByID(t.Context(), dead.ID))
	if got.Status != ledger.Failed || got.EndedAt != nil || got.Error == "" {
		t.Errorf("the dead run: %+v", got)
	}
	if got := must(l.RunByID(t.Context(), ended.ID)); got.Status != ledger.Complete || got.Error != "" {
		t.Errorf("the ended run: %+v", got)
	}
}

func TestFindingRuns(t *testing.T) {
	l := open(t)
	day := func(date string, plain bool) func(*ledger.Run) {
		return func(r *ledger.Run) { r.BusinessDate, r.Plain = date, plain }
	}
	ended := func(at ledger.Instant, status string, reported bool) func(*ledger.Run) {
		return func(r *ledger.Run) { r.EndedAt, r.Status, r.Reported = new(at), status, reported }
	}
	end(t, l, begin(t, l, day("2026-11-20", true)), ended(100, ledger.Complete, true), nil)                                                        // 1
	end(t, l, begin(t, l, day("2026-11-21", false)), ended(200, ledger.Complete, true), nil)                                                       // 2: not plain
	end(t, l, begin(t, l, day("2026-11-21", true)), ended(300, ledger.Partial, true), nil)                                                         // 3: not complete
	end(t, l, begin(t, l, day("2026-11-21", true), func(r *ledger.Run) { r.Kind = ledger.KindBackfill }), ended(400, ledger.Complete, false), nil) // 4: a backfill
	end(t, l, begin(t, l, day("2026-11-21", true)), ended(500, ledger.Complete, true), nil)                                                        // 5
	end(t, l, begin(t, l, day("2026-11-21", true)), ended(600, ledger.Complete, true), nil)                                                        // 6: again
	end(t, l, begin(t, l, day("2026-11-22", true)), ended(700, ledger.Interrupted, false), nil)                                                    // 7
	begin(t, l, day("2026-11-22", true))                                                                                                           // 8: running

	id := func(r *ledger.Run, err error) int64 {
		if must(r, err) == nil {
			return 0
		}
		return r.ID
	}
	ctx := t.Context()
	for what, pair := range map[string][2]int64{
		"last reported":          {id(l.LastReported(ctx, 9)), 6},
		"last reported before 6": {id(l.LastReported(ctx, 6)), 5},
		"last reported before 5": {id(l.LastReported(ctx, 5)), 3},
		"last reported before 1": {id(l.LastReported(ctx, 1)), 0},
		"last complete":          {id(l.LastComplete(ctx, 9)), 6},
		"last complete before 5": {id(l.LastComplete(ctx, 5)), 2},
		"last complete before 1": {id(l.LastComplete(ctx, 1)), 0},
		"last ended by 99":       {id(l.LastEnded(ctx, 99)), 0},
		"last ended by 100":      {id(l.LastEnded(ctx, 100)), 1},
		"last ended by 499":      {id(l.LastEnded(ctx, 499)), 4},
		"last ended by now":      {id(l.LastEnded(ctx, 10000)), 7},
		"last plain":             {id(l.LastPlain(ctx)), 6},
		"last run":               {id(l.LastRun(ctx)), 8},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: run %d, want %d", what, pair[0], pair[1])
		}
	}
}

func TestPlainRunsOfADate(t *testing.T) {
	l := open(t)
	add := func(edit func(*ledger.Run), reported bool) {
		end(t, l, begin(t, l, edit), func(r *ledger.Run) { r.Reported = reported }, nil)
	}
	on := func(date string) func(*ledger.Run) { return func(r *ledger.Run) { r.BusinessDate = date } }
	add(on("2026-11-20"), true)
	add(on("2026-11-21"), true)
	add(on("2026-11-21"), false)
	add(func(r *ledger.Run) { r.Plain = false }, true)
	add(func(r *ledger.Run) { r.Kind = ledger.KindBackfill }, true)
	add(on("2026-11-21"), true)
	for before, want := range map[int64]string{9: "[2 6]", 6: "[2]", 2: "[]"} {
		ids := []int64{}
		for _, r := range must(l.PlainOn(t.Context(), "2026-11-21", before)) {
			ids = append(ids, r.ID)
		}
		if got := fmt.Sprint(ids); got != want {
			t.Errorf("before run %d: %s, want %s", before, got, want)
		}
	}
}

func TestMarks(t *testing.T) {
	l := open(t)
	first := begin(t, l)
	end(t, l, first, nil, map[string]string{"main": "2026-11-19", "other": "2026-11-18"})
	second := begin(t, l)
	end(t, l, second, nil, map[string]string{"main": "2026-11-20"})
	for _, tc := range []struct {
		account string
		before  int64
		want    string
	}{
		{"main", first.ID, ""},
		{"main", second.ID, "2026-11-19"},
		{"main", second.ID + 1, "2026-11-20"},
		{"other", second.ID + 1, "2026-11-18"},
		{"unknown", 99, ""},
	} {
		if got := must(l.Mark(t.Context(), tc.account, tc.before)); got != tc.want {
			t.Errorf("%s before run %d: %q, want %q", tc.account, tc.before, got, tc.want)
		}
	}
	third := begin(t, l)
	must(l.DB().Exec("CREATE TRIGGER broken BEFORE INSERT ON marks BEGIN SELECT raise(ABORT, 'power cut'); END"))
	third.Status = ledger.Complete
	if err := l.EndRun(t.Context(), third, map[string]string{"main": "2026-11-21"}); err == nil {
		t.Error("no error")
	}
	if got := must(l.RunByID(t.Context(), third.ID)); got.Status != ledger.Running {
		t.Errorf("ended as %s without its mark", got.Status)
	}
}

func TestSaveAccount(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	if a := must(l.Account(t.Context(), "main")); a != nil {
		t.Errorf("known before its first run: %v", a)
	}
	a := ledger.Account{Name: "main", OmiseID: "acct_1", Country: "TH", Currency: "THB"}
	check(l.SaveAccount(t.Context(), run.ID, a))
	check(l.SaveAccount(t.Context(), run.ID, a))
	a.Country, a.Currency = "JP", "JPY"
	check(l.SaveAccount(t.Context(), run.ID, a))
	if diff := cmp.Diff(&a, must(l.Account(t.Context(), "main"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for says, b := range map[string]ledger.Account{
		"holds test data and this is a live key": {Name: "shop", OmiseID: "acct_2", Livemode: true, Country: "TH", Currency: "THB"},
		"has been acct_1 in this ledger":         {Name: "main", OmiseID: "acct_2", Country: "TH", Currency: "THB"},
	} {
		if err := l.SaveAccount(t.Context(), run.ID, b); !errors.Is(err, ledger.ErrMode) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v", b, err)
		}
	}
	check(l.SaveAccount(t.Context(), run.ID, ledger.Account{Name: "shop", OmiseID: "acct_2", Country: "TH", Currency: "THB"}))
	check(l.CheckMode(t.Context(), false))
	live := open(t)
	check(live.CheckMode(t.Context(), true))
	check(live.CheckMode(t.Context(), false))
	check(live.SaveAccount(t.Context(), begin(t, live).ID, ledger.Account{Name: "main", OmiseID: "acct_1", Livemode: true, Currency: "THB"}))
	if err := live.CheckMode(t.Context(), false); !errors.Is(err, ledger.ErrMode) || !strings.Contains(err.Error(), "holds live data and this is a test key") {
		t.Errorf("a test key on a live ledger: %v", err)
	}
}

func TestUnreadable(t *testing.T) {
	l := open(t)
	run := begin(t, l)
	bad := []ledger.Unreadable{
		{Account: "main", Object: ledger.CardObject, ID: "card_1", Reason: "created_at: null"},
		{Account: "main", Object: ledger.ChargeObject, ID: "", Reason: "no id"},
		{Account: "main", Object: ledger.ChargeObject, ID: "chrg_1", Reason: "amount: text"},
	}
	check(l.SaveUnreadable(t.Context(), run.ID, []ledger.Unreadable{bad[2], bad[0]}))
	check(l.SaveUnreadable(t.Context(), run.ID, []ledger.Unreadable{bad[1], bad[0]}))
	if diff := cmp.Diff(bad, must(l.UnreadableIn(t.Context(), run.ID))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := must(l.UnreadableIn(t.Context(), run.ID+1)); got != nil {
		t.Errorf("of another run: %v", got)
	}
}

// A charge that was named and could not be read stays as it was last known.
func TestUnreadableLeavesTheKnownState(t *testing.T) {
	l := open(t)
	first := begin(t, l)
	save(t, l, first.ID, ledger.Batch{Charges: []ledger.Charge{charge("c1")}})
	before := dump(t, l, "charges", "charges_versions")
	second := begin(t, l)
	check(l.SaveUnreadable(t.Context(), second.ID, []ledger.Unreadable{{Account: "main", Object: ledger.ChargeObject, ID: "c1", Reason: "x"}}))
	if diff := cmp.Diff(before, dump(t, l, "charges", "charges_versions")); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}
