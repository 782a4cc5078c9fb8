package config_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/config"
	"reconcile/internal/money"
)

const minimal = "ledger: a.db\naccounts: [{name: main, secret_key_env: KEY}]\n"

var comparers = cmp.Options{
	cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
	cmp.Comparer(func(a, b *regexp.Regexp) bool { return a.String() == b.String() }),
}

func mustParse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("config.yaml", []byte(text))
	if err != nil {
		t.Fatalf("Parse:\n%v", err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Bangkok")
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Config{
		Folder: ".",
		Ledger: "a.db",
		Accounts: []config.Account{{
			Name: "main", SecretKeyEnv: "KEY", Timezone: "Asia/Bangkok", Zone: zone, BaseURL: "https://api.omise.co",
		}},
		Fetch: config.Fetch{
			Workers: 4, RequestsPerSecond: 10, Lookback: 72 * time.Hour, Sweep: 720 * time.Hour,
			Timeout: 30 * time.Second, RetryFor: 10 * time.Minute, RunFor: 2 * time.Hour,
		},
		Reports: config.Reports{
			Dir: "./reports", Formats: []string{"csv", "xlsx"}, Timezone: "Asia/Bangkok", Zone: zone,
			Language: "en", Calendar: "gregorian", CSVBOM: true,
			OrderRef:        []string{"metadata.order_id", "metadata.x_reference", "description"},
			OrderRefPattern: regexp.MustCompile(`(?i)\border (?:id |no\.? )?#?([A-Za-z-]*[0-9][0-9A-Za-z-]*)$`),
			CardExpiryDays:  60, CardExpiredDays: 90, CaptureWarningDays: 3, ChargeExpiryHours: 48,
			Severity: config.Severity{
				High:   config.Threshold{Amounts: map[money.Currency]int64{"THB": 10000_00, "JPY": 50000}, Days: 7},
				Medium: config.Threshold{Amounts: map[money.Currency]int64{"THB": 1000_00, "JPY": 5000}, Days: 3},
			},
		},
		Schedule: config.Schedule{Cron: "0 3 * * *", Timezone: "Asia/Bangkok", Zone: zone},
	}
	if diff := cmp.Diff(want, mustParse(t, minimal), comparers); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	empty := minimal + "fetch:\nrecords: []\nreports:\nkeep:\nschedule:\n"
	if diff := cmp.Diff(want, mustParse(t, empty), comparers); diff != "" {
		t.Errorf("empty sections (-want +got):\n%s", diff)
	}
}

// The example shows each default, so it must mean the same as leaving it out.
func TestExample(t *testing.T) {
	got, err := config.Load("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := mustParse(t, "ledger: ./reconcile.db\naccounts: [{name: main, secret_key_env: OMISE_SECRET_KEY}]\n")
	want.Folder = "../.."
	if diff := cmp.Diff(want, got, comparers); diff != "" {
		t.Errorf("config.example.yaml (-defaults +example):\n%s", diff)
	}
	text, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range config.Keys() {
		last := key[strings.LastIndexByte(key, '.')+1:]
		if last != "CURRENCY" && !regexp.MustCompile(`(?m)\b`+last+`:`).Match(text) {
			t.Errorf("config.example.yaml does not show %s", key)
		}
	}
}

func TestEverything(t *testing.T) {
	c := mustParse(t, `
ledger: /var/lib/reconcile/ledger.db
accounts:
  - name: th-1
    secret_key_file: keys/th
    timezone: Asia/Tokyo
    base_url: http://127.0.0.1:8080/
    capture_window: 1d12h
  - &second
    name: jp.live
    secret_key_env: JP_KEY
    base_url: https://api.omise.co
fetch: {workers: 10, requests_per_second: 0.5, lookback: 0, sweep: 0, timeout: 5s, retry_for: 0s, run_for: 36h}
reports:
  dir: out
  formats: [xlsx]
  language: th
  calendar: buddhist
  csv_bom: false
  order_ref: [description, metadata.order id]
  order_ref_pattern: '#([0-9]+)'
  card_expiry_days: 0
  severity: {high: {thb: 500.50, SGD: 3}, medium: {days: 1}}
schedule: {cron: "@daily", timezone: UTC}
`)
	a := c.Accounts[0]
	if a.Zone.String() != "Asia/Tokyo" || a.BaseURL != "http://127.0.0.1:8080" || a.CaptureWindow != 36*time.Hour {
		t.Errorf("account: %+v", a)
	}
	if c.Reports.Timezone != "Asia/Tokyo" || c.Schedule.Timezone != "UTC" {
		t.Errorf("zones: reports %s, schedule %s", c.Reports.Timezone, c.Schedule.Timezone)
	}
	high := map[money.Currency]int64{"THB": 50050, "JPY": 50000, "SGD": 300}
	if diff := cmp.Diff(high, c.Reports.Severity.High.Amounts); diff != "" {
		t.Error(diff)
	}
	if c.Reports.Severity.Medium.Days != 1 || c.Reports.Severity.High.Days != 7 {
		t.Errorf("severity: %+v", c.Reports.Severity)
	}
	if c.Reports.HasFormat("csv") || !c.Reports.HasFormat("xlsx") {
		t.Errorf("formats: %v", c.Reports.Formats)
	}
	if c.LedgerPath() != "/var/lib/reconcile/ledger.db" || c.ReportsPath() != "out" {
		t.Errorf("paths: %s, %s", c.LedgerPath(), c.ReportsPath())
	}
	c.Folder = "/etc/reconcile"
	if c.ReportsPath() != "/etc/reconcile/out" {
		t.Errorf("reports path: %s", c.ReportsPath())
	}
}

func TestProblems(t *testing.T) {
	const more = "; known here: "
	const key = "holds an Omise key; keys do not belong into the config: name an environment variable with secret_key_env, and make a new key if others could read this one"
	account := func(line string) string {
		return "ledger: a.db\naccounts:\n  - name: main\n    secret_key_env: KEY\n    " + line + "\n"
	}
	in := func(section, line string) string { return minimal + section + ":\n  " + line + "\n" }
	for _, tt := range []struct{ name, text, want string }{
		// The whole file.
		{"empty", "", "c.yaml:1: ledger: is missing; name the SQLite file, e.g. ledger: ./reconcile.db\nc.yaml:1: accounts: is missing; it needs at least one account"},
		{"only comments", "# nothing\n", "c.yaml:1: ledger: is missing; name the SQLite file, e.g. ledger: ./reconcile.db\nc.yaml:1: accounts: is missing; it needs at least one account"},
		{"list", "- a\n", "c.yaml:1: must be a section of `key: value` lines"},
		{"syntax", "ledger: [a\naccounts: b\n", "c.yaml:1: is not YAML: did not find expected ',' or ']'"},
		{"tab", "fetch:\n\tworkers: 3\n", "c.yaml:2: is not YAML: found character that cannot start any token; indent with blanks, not tabs, and quote values that begin with @ or `"},
		{"anchor", "a: *skey_test_1\n", "c.yaml:1: is not YAML: unknown anchor 'skey_***' referenced"},
		{"two documents", minimal + "---\na: b\n", "c.yaml:3: is not YAML: a second document (---) follows; keep one"},
		{"not UTF-8", "# x\nledger: \xff\n", "c.yaml:2: is not YAML: invalid leading UTF-8 octet"},
		{"raw control character", "# x\nledger: \x01\n", "c.yaml:2: is not YAML: control characters are not allowed"},
		{"unknown key", minimal + "fecth: {}\n", "c.yaml:3: fecth: unknown key" + more + "ledger, accounts, fetch, records, reports, keep, schedule"},
		{"merge key", minimal + "fetch: {<<: {workers: 3}}\n", "c.yaml:3: fetch.<<: unknown key" + more + "workers, requests_per_second, lookback, sweep, timeout, retry_for, run_for"},
		{"twice", minimal + "ledger: b.db\n", "c.yaml:3: ledger: is already set on line 1; keep one"},
		{"odd key", minimal + "[a]: b\n", "c.yaml:3: has a key that is not a word; write `key: value`"},
		{"control character", minimal + "reports: {dir: \"a\\tb\"}\n", "c.yaml:3: reports.dir: holds a control character; remove it"},

		// Keys where none belong.
		{"key as variable", "ledger: a.db\naccounts:\n  - name: main\n    secret_key_env: skey_test_4xs8breq32civvobx15\n", "c.yaml:4: accounts[0].secret_key_env: " + key},
		{"short key", account("timezone: pkey_1"), "c.yaml:5: accounts[0].timezone: " + key},
		{"secret_key", account("secret_key: skey_4xs8breq32civvobx15"), "c.yaml:5: accounts[0].secret_key: " + key +
			"\nc.yaml:5: accounts[0].secret_key: unknown key" + more + "name, secret_key_env, secret_key_file, timezone, base_url, capture_window"},
		{"in a comment", minimal + "# pkey_test_4xs8breq32civvobx15\n", "c.yaml:3: " + key},
		{"as a key", minimal + "skey_test_4xs8breq32civvobx15: 1\n", "c.yaml:3: " + key +
			"\nc.yaml:3: skey_***: unknown key" + more + "ledger, accounts, fetch, records, reports, keep, schedule"},
		{"beside bad syntax", "a: [skey_test_4xs8breq32civvobx15\nb: c\n", "c.yaml:1: " + key + "\nc.yaml:1: is not YAML: did not find expected ',' or ']'"},

		// ledger
		{"ledger blank", "ledger: ' '\naccounts: [{name: main, secret_key_env: KEY}]\n", "c.yaml:1: ledger: is blank; write a text or remove the line"},
		{"ledger number", "ledger: 1\naccounts: [{name: main, secret_key_env: KEY}]\n", "c.yaml:1: ledger: \"1\" must be a text; put it in quotes"},
		{"ledger in memory", "ledger: ':memory:'\naccounts: [{name: main, secret_key_env: KEY}]\n", "c.yaml:1: ledger: \":memory:\" must be a plain file name, e.g. ./reconcile.db"},
		{"ledger list", "ledger: [a]\naccounts: [{name: main, secret_key_env: KEY}]\n", "c.yaml:1: ledger: must be a text, not a list or a section"},

		// accounts
		{"no accounts", "ledger: a.db\naccounts: []\n", "c.yaml:2: accounts: needs at least one account"},
		{"accounts no list", "ledger: a.db\naccounts: {name: main}\n", "c.yaml:2: accounts: must be a list; write [a, b] or one `- entry` per line"},
		{"empty account", "ledger: a.db\naccounts:\n  - {}\n", "c.yaml:3: accounts[0]: has no name; add e.g. name: main\nc.yaml:3: accounts[0]: says nothing of its key; add secret_key_env with the name of an environment variable, or secret_key_file"},
		{"account a text", "ledger: a.db\naccounts: [main]\n", "c.yaml:2: accounts[0]: must be a section of `key: value` lines"},
		{"both keys", account("secret_key_file: k"), "c.yaml:5: accounts[0].secret_key_file: stands beside secret_key_env; keep one of the two"},
		{"bad name", "ledger: a.db\naccounts: [{name: my shop, secret_key_env: KEY}]\n", "c.yaml:2: accounts[0].name: \"my shop\" must begin with a letter or digit and hold only letters, digits, _ . -"},
		{"same name", "ledger: a.db\naccounts:\n  - {name: main, secret_key_env: KEY}\n  - {name: main, secret_key_env: KEY}\n", "c.yaml:4: accounts[1].name: \"main\" is already the account of line 3; give each its own name"},
		{"bad variable", "ledger: a.db\naccounts: [{name: main, secret_key_env: $KEY}]\n", "c.yaml:2: accounts[0].secret_key_env: \"$KEY\" must be the name of an environment variable, e.g. OMISE_SECRET_KEY"},
		{"wrong zone", account("timezone: Asia/Atlantis"), "c.yaml:5: accounts[0].timezone: \"Asia/Atlantis\" is not a known time zone; write a name such as Asia/Bangkok"},
		{"local zone", account("timezone: Local"), "c.yaml:5: accounts[0].timezone: \"Local\" differs from machine to machine; write a name such as Asia/Bangkok"},
		{"empty zone", account("timezone: ''"), "c.yaml:5: accounts[0].timezone: is blank; write a text or remove the line"},
		{"no zone", account("timezone:"), "c.yaml:5: accounts[0].timezone: has no value; write a text or remove the line"},
		{"plain http", account("base_url: http://api.omise.co"), "c.yaml:5: accounts[0].base_url: \"http://api.omise.co\" would send the key unencrypted; write https:// (http:// is only for this machine)"},
		{"other scheme", account("base_url: ftp://localhost"), "c.yaml:5: accounts[0].base_url: \"ftp://localhost\" must begin with https://"},
		{"no scheme", account("base_url: api.omise.co"), "c.yaml:5: accounts[0].base_url: is not a URL; write e.g. https://api.omise.co"},
		{"user in URL", account("base_url: https://me:hunter2@api.omise.co"), "c.yaml:5: accounts[0].base_url: must not hold a user or a password; the key comes from secret_key_env"},
		{"query in URL", account("base_url: https://api.omise.co/?a=b"), "c.yaml:5: accounts[0].base_url: must not have a query or a fragment; write e.g. https://api.omise.co"},
		{"capture window", account("capture_window: 0d"), "c.yaml:5: accounts[0].capture_window: must be longer than 0"},

		// fetch
		{"fetch a text", minimal + "fetch: fast\n", "c.yaml:3: fetch: must be a section of `key: value` lines"},
		{"workers 11", in("fetch", "workers: 11"), "c.yaml:4: fetch.workers: 11 is more than 10, Omise advises no more than 10 parallel requests"},
		{"workers 0", in("fetch", "workers: 0"), "c.yaml:4: fetch.workers: 0 is less than 1"},
		{"workers text", in("fetch", "workers: ten"), "c.yaml:4: fetch.workers: \"ten\" must be a whole number"},
		{"workers float", in("fetch", "workers: 4.0"), "c.yaml:4: fetch.workers: \"4.0\" must be a whole number"},
		{"workers huge", in("fetch", "workers: 18446744073709551615"), "c.yaml:4: fetch.workers: \"18446744073709551615\" must be a whole number from 1 to 10"},
		{"workers list", in("fetch", "workers: [1]"), "c.yaml:4: fetch.workers: must be a whole number, not a list or a section"},
		{"rate 0", in("fetch", "requests_per_second: 0"), "c.yaml:4: fetch.requests_per_second: \"0\" must be a number above 0"},
		{"rate infinite", in("fetch", "requests_per_second: .inf"), "c.yaml:4: fetch.requests_per_second: \".inf\" must be a number above 0"},
		{"rate text", in("fetch", "requests_per_second: many"), "c.yaml:4: fetch.requests_per_second: \"many\" must be a number above 0"},
		{"negative span", in("fetch", "lookback: -3d"), "c.yaml:4: fetch.lookback: \"-3d\" is negative"},
		{"bare number", in("fetch", "sweep: 30"), "c.yaml:4: fetch.sweep: \"30\" has no unit; write e.g. 30s, 30m, 30h or 30d"},
		{"no span", in("fetch", "timeout: soon"), "c.yaml:4: fetch.timeout: \"soon\" is not a duration; write e.g. 30s, 10m, 2h30m, 3d or 1d12h"},
		{"zero timeout", in("fetch", "timeout: 0s"), "c.yaml:4: fetch.timeout: must be longer than 0"},
		{"zero run", in("fetch", "run_for: 0"), "c.yaml:4: fetch.run_for: must be longer than 0"},
		{"span true", in("fetch", "retry_for: true"), "c.yaml:4: fetch.retry_for: \"true\" must be a duration (30s, 10m, 2h, 3d)"},

		// reports
		{"format", in("reports", "formats: [csv, pdf]"), "c.yaml:4: reports.formats[1]: \"pdf\" is not known; write csv or xlsx"},
		{"format twice", in("reports", "formats: [csv, csv]"), "c.yaml:4: reports.formats[1]: \"csv\" stands there twice; keep one"},
		{"no format", in("reports", "formats: []"), "c.yaml:4: reports.formats: is empty; write at least one entry or remove the line"},
		{"format a text", in("reports", "formats: csv"), "c.yaml:4: reports.formats: must be a list; write [a, b] or one `- entry` per line"},
		{"language", in("reports", "language: de"), "c.yaml:4: reports.language: \"de\" is not known; write en or ja or th"},
		{"calendar", in("reports", "calendar: lunar"), "c.yaml:4: reports.calendar: \"lunar\" is not known; write gregorian or buddhist"},
		{"bom", in("reports", "csv_bom: yes"), "c.yaml:4: reports.csv_bom: \"yes\" must be true or false"},
		{"order ref", in("reports", "order_ref: [order_id]"), "c.yaml:4: reports.order_ref[0]: \"order_id\" is not known; write description or metadata.KEY"},
		{"order ref key", in("reports", "order_ref: [metadata.]"), "c.yaml:4: reports.order_ref[0]: \"metadata.\" is not known; write description or metadata.KEY"},
		{"pattern", in("reports", "order_ref_pattern: '(a'"), "c.yaml:4: reports.order_ref_pattern: is not a regular expression (missing closing )); see https://pkg.go.dev/regexp/syntax"},
		{"pattern group", in("reports", "order_ref_pattern: 'a'"), "c.yaml:4: reports.order_ref_pattern: has no group; put ( ) around the part that is the order reference"},
		{"days", in("reports", "card_expiry_days: -1"), "c.yaml:4: reports.card_expiry_days: -1 is less than 0"},
		{"many hours", in("reports", "charge_expiry_hours: 40000"), "c.yaml:4: reports.charge_expiry_hours: 40000 is more than 36500"},
		{"long value", in("reports", "language: "+strings.Repeat("x", 50)), "c.yaml:4: reports.language: a text of 50 characters is not known; write en or ja or th"},
		{"severity level", in("reports", "severity: {low: {THB: 1}}"), "c.yaml:4: reports.severity.low: unknown key" + more + "high, medium"},
		{"severity currency", in("reports", "severity: {high: {XXX: 1}}"), "c.yaml:4: reports.severity.high.XXX: unknown key; write days or a currency that Omise has, e.g. THB"},
		{"severity twice", in("reports", "severity: {high: {THB: 1, thb: 2}}"), "c.yaml:4: reports.severity.high.thb: is already set on line 4; keep one"},
		{"severity digits", in("reports", "severity: {high: {JPY: 1.5}}"), "c.yaml:4: reports.severity.high.JPY: amount \"1.5\": JPY has 0 decimal places"},
		{"severity amount", in("reports", "severity: {high: {THB: 0}}"), "c.yaml:4: reports.severity.high.THB: \"0\" must be above 0"},
		{"severity text", in("reports", "severity: {high: {THB: lots}}"), "c.yaml:4: reports.severity.high.THB: \"lots\" must be an amount such as 1000"},
		{"severity days", in("reports", "severity: {high: {days: 0}}"), "c.yaml:4: reports.severity.high.days: 0 is less than 1"},

		// What comes later, and the schedule.
		{"keep", in("keep", "reports: 400d"), "c.yaml:4: keep.reports: not yet: this version keeps everything; write 0 or remove the line"},
		{"cron", in("schedule", "cron: nightly"), "c.yaml:4: schedule.cron: \"nightly\" is not a schedule; write minute hour day month weekday, e.g. \"0 3 * * *\""},
		{"cron zone", in("schedule", "cron: TZ="), "c.yaml:4: schedule.cron: \"TZ=\" must not name a zone; use schedule.timezone"},
		{"cron zone 2", in("schedule", "cron: CRON_TZ=UTC 0 3 * * *"), "c.yaml:4: schedule.cron: \"CRON_TZ=UTC 0 3 * * *\" must not name a zone; use schedule.timezone"},
		{"cron never", in("schedule", "cron: 0 3 31 2 *"), "c.yaml:4: schedule.cron: \"0 3 31 2 *\" never comes; write minute hour day month weekday, e.g. \"0 3 * * *\""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := config.Parse("c.yaml", []byte(tt.text))
			if err == nil {
				t.Fatalf("no problem; want\n%s", tt.want)
			}
			if c != nil {
				t.Error("a config beside the problems")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Every section has something wrong, and the order of the file is kept.
func TestAllProblemsInLineOrder(t *testing.T) {
	_, err := config.Parse("c.yaml", []byte(`ledger: 7
schedule:
  timezone: Mars
  cron: never
accounts:
  - name: a b
    secret_key_env: skey_test_4xs8breq32civvobx15
    colour: red
fetch:
  workers: 11
  timeout: 0
reports: {language: xx, csv_bom: 3}
`))
	var problems *config.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("error is %T", err)
	}
	var got []string
	for _, p := range problems.List {
		got = append(got, p.Key)
	}
	want := []string{
		"ledger", "schedule.timezone", "schedule.cron", "accounts[0].name", "accounts[0].secret_key_env",
		"accounts[0].colour", "fetch.workers", "fetch.timeout", "reports.language", "reports.csv_bom",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%v", diff, err)
	}
	if !slices.IsSortedFunc(problems.List, func(a, b config.Problem) int { return a.Line - b.Line }) {
		t.Error("not in line order")
	}
	if strings.Contains(err.Error(), "4xs8") {
		t.Error("the key is shown")
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "none.yaml")
	_, err := config.Load(missing)
	want := missing + ": cannot be read: no such file or directory; copy config.example.yaml and edit it, or name another file with --config"
	if err == nil || err.Error() != want || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	large := filepath.Join(dir, "large.yaml")
	if err := os.WriteFile(large, bytes.Repeat([]byte("# a comment\n"), 100_000), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = config.Load(large)
	want = large + ": cannot be read: larger than 1 MiB; check the path given with --config or $RECONCILE_CONFIG"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	good := filepath.Join(dir, "good.yaml")
	if err := os.WriteFile(good, []byte(minimal), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(good)
	if err != nil || c.LedgerPath() != filepath.Join(dir, "a.db") {
		t.Errorf("%v, %v", c, err)
	}
}

func TestEffective(t *testing.T) {
	c := mustParse(t, minimal+"fetch: {requests_per_second: 0.5, sweep: 1d12h}\nreports: {severity: {high: {USD: 9.99}}}\n")
	got, err := c.Effective()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"ledger":"a.db",` +
		`"accounts":[{"name":"main","secret_key_env":"KEY","timezone":"Asia/Bangkok","base_url":"https://api.omise.co"}],` +
		`"fetch":{"workers":4,"requests_per_second":0.5,"lookback":"3d","sweep":"1d12h","timeout":"30s","retry_for":"10m","run_for":"2h"},` +
		`"reports":{"dir":"./reports","formats":["csv","xlsx"],"timezone":"Asia/Bangkok","language":"en","calendar":"gregorian","csv_bom":true,` +
		`"order_ref":["metadata.order_id","metadata.x_reference","description"],` +
		`"order_ref_pattern":"(?i)\\border (?:id |no\\.? )?#?([A-Za-z-]*[0-9][0-9A-Za-z-]*)$",` +
		`"card_expiry_days":60,"card_expired_days":90,"capture_warning_days":3,"charge_expiry_hours":48,` +
		`"severity":{"high":{"JPY":50000,"THB":10000.00,"USD":9.99,"days":7},"medium":{"JPY":5000,"THB":1000.00,"days":3}}},` +
		`"keep":{"reports":"0","people":"0"},` +
		`"schedule":{"cron":"0 3 * * *","timezone":"Asia/Bangkok"}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	roundTrip(t, c)
}

func roundTrip(t *testing.T, c *config.Config) {
	t.Helper()
	text, err := c.Effective()
	if err != nil {
		t.Fatal(err)
	}
	back, err := config.ParseEffective(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	back.Folder = c.Folder
	if diff := cmp.Diff(c, back, comparers); diff != "" {
		t.Errorf("round trip (-before +after):\n%s\n%s", diff, text)
	}
	again, err := back.Effective()
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("not canonical: %v\n%s\n%s", err, text, again)
	}
}

func TestKeys(t *testing.T) {
	want := []string{
		"ledger",
		"accounts[].name", "accounts[].secret_key_env", "accounts[].secret_key_file", "accounts[].timezone", "accounts[].base_url", "accounts[].capture_window",
		"fetch.workers", "fetch.requests_per_second", "fetch.lookback", "fetch.sweep", "fetch.timeout", "fetch.retry_for", "fetch.run_for",
		"records[].name", "records[].account", "records[].path", "records[].sheet", "records[].driver", "records[].dsn_env", "records[].query",
		"records[].covers", "records[].since", "records[].where", "records[].all_omise", "records[].amount_unit", "records[].currency",
		"records[].timezone", "records[].date_format", "records[].buddhist", "records[].encoding", "records[].grace", "records[].max_age",
		"records[].optional", "records[].columns", "records[].statuses",
		"reports.dir", "reports.formats", "reports.timezone", "reports.language", "reports.calendar", "reports.csv_bom",
		"reports.order_ref", "reports.order_ref_pattern", "reports.card_expiry_days", "reports.card_expired_days",
		"reports.capture_warning_days", "reports.charge_expiry_hours",
		"reports.severity.high.CURRENCY", "reports.severity.high.days", "reports.severity.medium.CURRENCY", "reports.severity.medium.days",
		"keep.reports", "keep.people",
		"schedule.cron", "schedule.timezone",
	}
	if diff := cmp.Diff(want, config.Keys()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzParse: no input panics, shows a key or yields a config that cannot be
// stored and read back.
func FuzzParse(f *testing.F) {
	example, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example)
	f.Add([]byte(minimal))
	f.Add([]byte(minimal + "schedule: {cron: 'TZ=UTC'}\n"))
	f.Add([]byte("a: &a [*a]\nledger: *a\naccounts: *a\n"))
	f.Add([]byte(minimal + "reports: {severity: {high: {THB: 1e3, days: 0x10}}}\n"))
	f.Add([]byte(minimal + "records: [{name: a, path: b, where: {c: d}, statuses: {1: paid}, columns: {amount: e}, since: 2026-01-01}]\n"))
	f.Add([]byte(minimal + "records: [{name: a, driver: sqlite, dsn_env: D, query: \"a\\nb\", date_format: 02/01/06}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse("c.yaml", data)
		if err == nil {
			roundTrip(t, c)
			return
		}
		var problems *config.Problems
		if !errors.As(err, &problems) || len(problems.List) == 0 || c != nil {
			t.Fatalf("error %T %v, config %v", err, err, c)
		}
		if regexp.MustCompile(`[sp]key_[0-9a-zA-Z]{12}`).MatchString(err.Error()) {
			t.Errorf("shows a key: %v", err)
		}
	})
}
