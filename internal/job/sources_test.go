package job

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/config"
	"reconcile/internal/ledger"
	"reconcile/internal/records"
)

func sourceEnv(t *testing.T, source string, environment map[string]string) (Env, config.Records) {
	t.Helper()
	c, err := config.Parse(filepath.Join(t.TempDir(), "config.yaml"), []byte("ledger: a.db\naccounts: [{name: main, secret_key_env: KEY}]\nrecords: ["+source+"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	return Env{Config: c, Getenv: func(name string) string { return environment[name] }}, c.Records[0]
}

// Every field and every status that records knows can be written in a config,
// and arrives.
func TestRecordSourceTakesEveryWord(t *testing.T) {
	statuses := []ledger.RecordStatus{
		ledger.RecordPaid, ledger.RecordAuthorized, ledger.RecordPending, ledger.RecordOnHold,
		ledger.RecordFailed, ledger.RecordCancelled, ledger.RecordRefunded, ledger.RecordPartiallyRefunded,
	}
	columns, words := map[records.Field]string{}, map[string]ledger.RecordStatus{}
	var text strings.Builder
	text.WriteString("{name: orders, path: '*.csv', currency: THB, statuses: {")
	for _, status := range statuses {
		words["x"+string(status)] = status
		text.WriteString("x" + string(status) + ": " + string(status) + ", ")
	}
	text.WriteString("}, columns: {")
	for _, field := range records.Fields() {
		columns[field] = "my " + string(field)
		text.WriteString(string(field) + ": my " + string(field) + ", ")
	}
	env, r := sourceEnv(t, text.String()+"}}", nil)
	got, err := env.recordSource(context.Background(), nil, r)
	if err != nil {
		t.Fatal(err)
	}
	want := records.Source{
		Account: "main", Name: "orders", Path: filepath.Join(env.Config.Folder, "*.csv"), Currency: "THB",
		Zone: r.Zone, Encoding: "utf-8", Columns: columns, Statuses: words,
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The ledger knows the account best, then its key; the config's currency stands
// above the account's.
func TestRecordSourceFitsTheAccount(t *testing.T) {
	const plain = "{name: orders, path: a.csv}"
	for _, tt := range []struct {
		name, source, key string
		known             bool
		live              string
		currency          string
	}{
		{name: "nothing known", source: plain, live: "unknown"},
		{name: "test key", source: plain, key: "skey_test_5abcdef", live: "test"},
		{name: "live key", source: plain, key: "skey_5abcdef", live: "live"},
		{name: "no key", source: plain, key: "nonsense", live: "unknown"},
		{name: "ledger", source: plain, key: "skey_test_5abcdef", known: true, live: "live", currency: "JPY"},
		{name: "currency", source: "{name: orders, path: a.csv, currency: thb}", known: true, live: "live", currency: "THB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env, r := sourceEnv(t, tt.source, map[string]string{"KEY": tt.key})
			var l *ledger.Ledger
			if tt.known {
				l = ledgerWithAccount(t, env.Config.LedgerPath())
			}
			s, err := env.recordSource(context.Background(), l, r)
			if err != nil {
				t.Fatal(err)
			}
			live := "unknown"
			if s.Live != nil {
				live = map[bool]string{true: "live", false: "test"}[*s.Live]
			}
			if live != tt.live || string(s.Currency) != tt.currency {
				t.Errorf("mode %s, currency %q; want %s, %q", live, s.Currency, tt.live, tt.currency)
			}
		})
	}
}

func ledgerWithAccount(t *testing.T, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	run, err := l.BeginRun(context.Background(), ledger.Run{Kind: ledger.KindRun})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.SaveAccount(context.Background(), run.ID, ledger.Account{Name: "main", OmiseID: "account_5", Livemode: true, Country: "JP", Currency: "JPY"}); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestRecordSourceOfAQuery(t *testing.T) {
	env, r := sourceEnv(t, "{name: db, driver: sqlite, dsn_env: SHOP, query: SELECT 1}", map[string]string{"SHOP": "shop.db"})
	s, err := env.recordSource(context.Background(), nil, r)
	if want := filepath.Join(env.Config.Folder, "shop.db"); err != nil || s.DSN != want || s.Query != "SELECT 1" || s.Path != "" {
		t.Errorf("%+v, %v; want the DSN %s", s, err, want)
	}
	env.Getenv = func(string) string { return "" }
	_, err = env.recordSource(context.Background(), nil, r)
	if want := "records db: environment variable SHOP is not set; set it to the DSN of the sqlite database"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Whatever decides how rows are read changes the mapping; writing the same
// config in another way does not.
func TestMapping(t *testing.T) {
	seen := []string{}
	for _, source := range []string{
		"{name: a, path: a.csv}", "{name: a, path: a.csv, amount_unit: minor}", "{name: a, path: a.csv, currency: THB}",
		"{name: a, path: a.csv, timezone: UTC}", "{name: a, path: a.csv, date_format: 02/01/2006}", "{name: a, path: a.csv, buddhist: true}",
		"{name: a, path: a.csv, where: {x: y}}", "{name: a, path: a.csv, columns: {amount: x}}", "{name: a, path: a.csv, statuses: {x: paid}}",
		"{name: a, path: a.csv, encoding: shift_jis}", "{name: a, path: a.csv, covers: all}", "{name: a, path: a.csv, sheet: x}",
	} {
		_, r := sourceEnv(t, source, nil)
		got := mapping(r)
		if len(got) != 64 || slices.Contains(seen, got) {
			t.Errorf("%s: mapping %q, before it %q", source, got, seen)
		}
		seen = append(seen, got)
	}
	_, r := sourceEnv(t, "{path: a.csv, grace: 24h, account: main, name: a}", nil)
	if got := mapping(r); got != seen[0] {
		t.Errorf("written in another way: %s, want %s", got, seen[0])
	}
}
