package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	"go.yaml.in/yaml/v3"

	"reconcile/internal/money"
)

const (
	defaultZone = "Asia/Bangkok"
	defaultBase = "https://api.omise.co"
	// longDays bounds what is counted in days or hours, far beyond any use.
	longDays = 36500
)

var (
	accountName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)
	envName     = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

func defaults() *Config {
	return &Config{
		Fetch: Fetch{
			Workers: 4, RequestsPerSecond: 10, Lookback: 3 * day, Sweep: 30 * day,
			Timeout: 30 * time.Second, RetryFor: 10 * time.Minute, RunFor: 2 * time.Hour,
		},
		Reports: Reports{
			Dir: "./reports", Formats: []string{"csv", "xlsx"}, Language: "en", Calendar: "gregorian", CSVBOM: true,
			OrderRef:        []string{"metadata.order_id", "metadata.x_reference", "description"},
			OrderRefPattern: regexp.MustCompile(`(?i)\border (?:id |no\.? )?#?([A-Za-z-]*[0-9][0-9A-Za-z-]*)$`),
			CardExpiryDays:  60, CardExpiredDays: 90, CaptureWarningDays: 3, ChargeExpiryHours: 48,
			Severity: Severity{
				High:   Threshold{Amounts: map[money.Currency]int64{"THB": 1000000, "JPY": 50000}, Days: 7},
				Medium: Threshold{Amounts: map[money.Currency]int64{"THB": 100000, "JPY": 5000}, Days: 3},
			},
		},
		Schedule: Schedule{Cron: "0 3 * * *"},
	}
}

// Keys lists every key that a config may hold, dotted: fetch.workers,
// accounts[].name.
func Keys() []string { return keysOf(rootFields()) }

// Parse checks the config in data; path stands in the messages, and relative
// paths start at its folder. The error, if any, is a *Problems.
func Parse(path string, data []byte) (*Config, error) {
	problems := &Problems{File: path}
	c := defaults()
	c.Folder = folder(path)
	root, err := parse(data)
	problems.scan(root, data)
	if err != nil {
		problems.syntax(err, data)
		return nil, problems.sorted()
	}
	top := value{to: problems, node: root}
	found := section(top, c, rootFields())
	if top.empty() || root.Kind == yaml.MappingNode {
		c.complete(top, found)
	}
	if len(problems.List) > 0 {
		return nil, problems.sorted()
	}
	return c, nil
}

// complete reports what must be there, and fills in what follows from other keys.
func (c *Config) complete(top value, found map[string]value) {
	if _, ok := found["ledger"]; !ok {
		top.to.add(1, "ledger", "is missing; name the SQLite file, e.g. ledger: ./reconcile.db")
	}
	if _, ok := found["accounts"]; !ok {
		top.to.add(1, "accounts", "is missing; it needs at least one account")
	}
	if records, ok := found["records"]; ok {
		c.readRecords(records)
	}
	if c.Reports.Zone == nil && len(c.Accounts) > 0 {
		c.Reports.Timezone, c.Reports.Zone = c.Accounts[0].Timezone, c.Accounts[0].Zone
	}
	if c.Schedule.Zone == nil {
		c.Schedule.Timezone, c.Schedule.Zone = c.Reports.Timezone, c.Reports.Zone
	}
}

func rootFields() []field[Config] {
	accounts, records := listed(accountFields()), listed(recordFields())
	return []field[Config]{
		{
			key:   "ledger",
			read:  func(c *Config, v value) { v.path(&c.Ledger) },
			write: func(c *Config) any { return c.Ledger },
		},
		{
			key: "accounts", inner: accounts,
			read:  readAccounts,
			write: func(c *Config) any { return writeAll(c.Accounts, accountFields()) },
		},
		{
			key: "fetch", inner: keysOf(fetchFields()),
			read:  func(c *Config, v value) { section(v, &c.Fetch, fetchFields()) },
			write: func(c *Config) any { return write(&c.Fetch, fetchFields()) },
		},
		{
			key: "records", inner: records,
			read: func(*Config, value) {}, // in complete, once the accounts are known
			write: func(c *Config) any {
				if len(c.Records) == 0 {
					return nil
				}
				return writeAll(c.Records, recordFields())
			},
		},
		{
			key: "reports", inner: keysOf(reportFields()),
			read:  func(c *Config, v value) { section(v, &c.Reports, reportFields()) },
			write: func(c *Config) any { return write(&c.Reports, reportFields()) },
		},
		{
			key: "keep", inner: keysOf(keepFields()),
			read:  func(c *Config, v value) { section(v, &c.Keep, keepFields()) },
			write: func(c *Config) any { return write(&c.Keep, keepFields()) },
		},
		{
			key: "schedule", inner: keysOf(scheduleFields()),
			read:  func(c *Config, v value) { section(v, &c.Schedule, scheduleFields()) },
			write: func(c *Config) any { return write(&c.Schedule, scheduleFields()) },
		},
	}
}

// listed lists the keys of a table whose section is a list.
func listed[T any](fields []field[T]) []string {
	keys := keysOf(fields)
	for i, key := range keys {
		keys[i] = "[]." + key
	}
	return keys
}

func readAccounts(c *Config, v value) {
	items := v.items()
	if len(items) == 0 && (v.empty() || v.node.Kind == yaml.SequenceNode) {
		v.refuse("needs at least one account")
	}
	first := map[string]int{}
	for _, item := range items {
		a := Account{Timezone: defaultZone, BaseURL: defaultBase}
		found := section(item, &a, accountFields())
		if item.empty() || item.node.Kind == yaml.MappingNode {
			a.complete(item, found)
		}
		if line, twice := first[a.Name]; twice && a.Name != "" {
			found["name"].refuse("%s is already the account of line %d; give each its own name", show(a.Name), line)
		} else if a.Name != "" {
			first[a.Name] = found["name"].node.Line
		}
		c.Accounts = append(c.Accounts, a)
	}
}

func (a *Account) complete(v value, found map[string]value) {
	if _, ok := found["name"]; !ok {
		v.refuse("has no name; add e.g. name: main")
	}
	_, env := found["secret_key_env"]
	file, inFile := found["secret_key_file"]
	switch {
	case env && inFile:
		file.refuse("stands beside secret_key_env; keep one of the two")
	case !env && !inFile:
		v.refuse("says nothing of its key; add secret_key_env with the name of an environment variable, or secret_key_file")
	}
	if _, ok := found["timezone"]; !ok {
		var err error
		if a.Zone, err = time.LoadLocation(defaultZone); err != nil {
			v.refuse("timezone is left out and %s is not known on this machine; install the time zone data", defaultZone)
		}
	}
}

func accountFields() []field[Account] {
	return []field[Account]{
		{
			key: "name",
			read: func(a *Account, v value) {
				v.matching(&a.Name, accountName, "begin with a letter or digit and hold only letters, digits, _ . -")
			},
			write: func(a *Account) any { return a.Name },
		},
		{
			key: "secret_key_env",
			read: func(a *Account, v value) {
				v.matching(&a.SecretKeyEnv, envName, "be the name of an environment variable, e.g. OMISE_SECRET_KEY")
			},
			write: func(a *Account) any { return orNil(a.SecretKeyEnv) },
		},
		{
			key:   "secret_key_file",
			read:  func(a *Account, v value) { v.text(&a.SecretKeyFile) },
			write: func(a *Account) any { return orNil(a.SecretKeyFile) },
		},
		{
			key:   "timezone",
			read:  func(a *Account, v value) { v.zone(&a.Timezone, &a.Zone) },
			write: func(a *Account) any { return a.Timezone },
		},
		{
			key:   "base_url",
			read:  func(a *Account, v value) { v.baseURL(&a.BaseURL) },
			write: func(a *Account) any { return a.BaseURL },
		},
		{
			key:  "capture_window",
			read: func(a *Account, v value) { v.span(&a.CaptureWindow, true) },
			write: func(a *Account) any {
				if a.CaptureWindow == 0 {
					return nil
				}
				return FormatDuration(a.CaptureWindow)
			},
		},
	}
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func fetchFields() []field[Fetch] {
	return []field[Fetch]{
		{
			key: "workers",
			read: func(f *Fetch, v value) {
				v.whole(&f.Workers, 1, 10, "Omise advises no more than 10 parallel requests")
			},
			write: func(f *Fetch) any { return f.Workers },
		},
		{
			key:   "requests_per_second",
			read:  func(f *Fetch, v value) { v.rate(&f.RequestsPerSecond) },
			write: func(f *Fetch) any { return f.RequestsPerSecond },
		},
		spanField("lookback", false, func(f *Fetch) *time.Duration { return &f.Lookback }),
		spanField("sweep", false, func(f *Fetch) *time.Duration { return &f.Sweep }),
		spanField("timeout", true, func(f *Fetch) *time.Duration { return &f.Timeout }),
		spanField("retry_for", false, func(f *Fetch) *time.Duration { return &f.RetryFor }),
		spanField("run_for", true, func(f *Fetch) *time.Duration { return &f.RunFor }),
	}
}

func spanField[T any](key string, above bool, of func(*T) *time.Duration) field[T] {
	return field[T]{
		key:   key,
		read:  func(dst *T, v value) { v.span(of(dst), above) },
		write: func(src *T) any { return FormatDuration(*of(src)) },
	}
}

func wholeField[T any](key string, low int, of func(*T) *int) field[T] {
	return field[T]{
		key:   key,
		read:  func(dst *T, v value) { v.whole(of(dst), low, longDays, "") },
		write: func(src *T) any { return *of(src) },
	}
}

func reportFields() []field[Reports] {
	return []field[Reports]{
		{
			key:   "dir",
			read:  func(r *Reports, v value) { v.text(&r.Dir) },
			write: func(r *Reports) any { return r.Dir },
		},
		{
			key: "formats",
			read: func(r *Reports, v value) {
				v.words(&r.Formats, func(v value, s *string) bool { return v.choice(s, "csv", "xlsx") })
			},
			write: func(r *Reports) any { return r.Formats },
		},
		{
			key:   "timezone",
			read:  func(r *Reports, v value) { v.zone(&r.Timezone, &r.Zone) },
			write: func(r *Reports) any { return r.Timezone },
		},
		{
			key:   "language",
			read:  func(r *Reports, v value) { v.choice(&r.Language, "en", "ja", "th") },
			write: func(r *Reports) any { return r.Language },
		},
		{
			key:   "calendar",
			read:  func(r *Reports, v value) { v.choice(&r.Calendar, "gregorian", "buddhist") },
			write: func(r *Reports) any { return r.Calendar },
		},
		{
			key:   "csv_bom",
			read:  func(r *Reports, v value) { v.yesNo(&r.CSVBOM) },
			write: func(r *Reports) any { return r.CSVBOM },
		},
		{
			key:   "order_ref",
			read:  func(r *Reports, v value) { v.words(&r.OrderRef, value.orderRef) },
			write: func(r *Reports) any { return r.OrderRef },
		},
		{
			key:   "order_ref_pattern",
			read:  func(r *Reports, v value) { v.pattern(&r.OrderRefPattern) },
			write: func(r *Reports) any { return r.OrderRefPattern.String() },
		},
		wholeField("card_expiry_days", 0, func(r *Reports) *int { return &r.CardExpiryDays }),
		wholeField("card_expired_days", 0, func(r *Reports) *int { return &r.CardExpiredDays }),
		wholeField("capture_warning_days", 0, func(r *Reports) *int { return &r.CaptureWarningDays }),
		wholeField("charge_expiry_hours", 0, func(r *Reports) *int { return &r.ChargeExpiryHours }),
		{
			key: "severity", inner: keysOf(severityFields()),
			read:  func(r *Reports, v value) { section(v, &r.Severity, severityFields()) },
			write: func(r *Reports) any { return write(&r.Severity, severityFields()) },
		},
	}
}

func severityFields() []field[Severity] {
	level := func(key string, of func(*Severity) *Threshold) field[Severity] {
		return field[Severity]{
			key: key, inner: []string{"CURRENCY", "days"},
			read:  func(s *Severity, v value) { of(s).read(v) },
			write: func(s *Severity) any { return of(s).write() },
		}
	}
	return []field[Severity]{
		level("high", func(s *Severity) *Threshold { return &s.High }),
		level("medium", func(s *Severity) *Threshold { return &s.Medium }),
	}
}

// read takes the days and any currency; what the file leaves out keeps its
// default, as everywhere.
func (t *Threshold) read(v value) {
	seen := map[money.Currency]int{}
	v.pairs(func(key *yaml.Node, inner value) {
		if key.Value == "days" {
			inner.whole(&t.Days, 1, longDays, "")
			return
		}
		currency, err := money.ParseCurrency(key.Value)
		if err != nil {
			v.to.add(key.Line, shownKey(inner.key), "unknown key; write days or a currency that Omise has, e.g. THB")
			return
		}
		if line, twice := seen[currency]; twice {
			v.to.add(key.Line, shownKey(inner.key), fmt.Sprintf("is already set on line %d; keep one", line))
			return
		}
		seen[currency] = key.Line
		text, ok := inner.scalar("an amount such as 1000", "!!int", "!!float")
		if !ok {
			return
		}
		amount, err := money.Parse(text, currency)
		switch {
		case err != nil:
			inner.refuse("%v", err)
		case amount <= 0:
			inner.refuse("%s must be above 0", show(text))
		default:
			t.Amounts[currency] = amount
		}
	})
}

func (t *Threshold) write() any {
	var o object
	codes := make([]money.Currency, 0, len(t.Amounts))
	for currency := range t.Amounts {
		codes = append(codes, currency)
	}
	slices.Sort(codes)
	for _, currency := range codes {
		o = append(o, member{string(currency), json.Number(money.Format(t.Amounts[currency], currency))})
	}
	return append(o, member{"days", t.Days})
}

func keepFields() []field[Keep] {
	later := func(key string, of func(*Keep) *time.Duration) field[Keep] {
		f := spanField(key, false, of)
		f.read = func(k *Keep, v value) {
			v.span(of(k), false)
			if *of(k) != 0 {
				v.refuse("not yet: this version keeps everything; write 0 or remove the line")
			}
		}
		return f
	}
	return []field[Keep]{
		later("reports", func(k *Keep) *time.Duration { return &k.Reports }),
		later("people", func(k *Keep) *time.Duration { return &k.People }),
	}
}

func scheduleFields() []field[Schedule] {
	return []field[Schedule]{
		{
			key:   "cron",
			read:  func(s *Schedule, v value) { v.cron(&s.Cron) },
			write: func(s *Schedule) any { return s.Cron },
		},
		{
			key:   "timezone",
			read:  func(s *Schedule, v value) { v.zone(&s.Timezone, &s.Zone) },
			write: func(s *Schedule) any { return s.Timezone },
		},
	}
}

// path reads the name of the ledger, which SQLite must not take for something
// else than a file.
func (v value) path(dst *string) {
	var s string
	if !v.text(&s) {
		return
	}
	if s == ":memory:" || strings.HasPrefix(s, "file:") {
		v.refuse("%s must be a plain file name, e.g. ./reconcile.db", show(s))
		return
	}
	*dst = s
}

func (v value) matching(dst *string, pattern *regexp.Regexp, must string) {
	var s string
	if !v.text(&s) {
		return
	}
	if !pattern.MatchString(s) {
		v.refuse("%s must %s", show(s), must)
		return
	}
	*dst = s
}

// words reads a list of different words, at least one.
func (v value) words(dst *[]string, read func(value, *string) bool) {
	items := v.items()
	if len(items) == 0 && (v.empty() || v.node.Kind == yaml.SequenceNode) {
		v.refuse("is empty; write at least one entry or remove the line")
	}
	var list []string
	for _, item := range items {
		var s string
		switch {
		case !read(item, &s):
		case slices.Contains(list, s):
			item.refuse("%s stands there twice; keep one", show(s))
		default:
			list = append(list, s)
		}
	}
	*dst = list
}

func (v value) orderRef(dst *string) bool {
	var s string
	if !v.text(&s) {
		return false
	}
	if name, ok := strings.CutPrefix(s, "metadata."); s != "description" && (!ok || strings.TrimSpace(name) == "") {
		v.refuse("%s is not known; write description or metadata.KEY", show(s))
		return false
	}
	*dst = s
	return true
}

func (v value) pattern(dst **regexp.Regexp) {
	var s string
	if !v.text(&s) {
		return
	}
	re, err := regexp.Compile(s)
	switch {
	case err != nil:
		reason := "unknown reason"
		if e, ok := errors.AsType[*syntax.Error](err); ok {
			reason = string(e.Code)
		}
		v.refuse("is not a regular expression (%s); see https://pkg.go.dev/regexp/syntax", reason)
	case re.NumSubexp() == 0:
		v.refuse("has no group; put ( ) around the part that is the order reference")
	default:
		*dst = re
	}
}

// baseURL lets http through to this machine only, and nothing that could carry
// a secret.
func (v value) baseURL(dst *string) {
	var s string
	if !v.text(&s) {
		return
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "":
		v.refuse("is not a URL; write e.g. " + defaultBase)
	case u.User != nil:
		v.refuse("must not hold a user or a password; the key comes from secret_key_env")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		v.refuse("must not have a query or a fragment; write e.g. " + defaultBase)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		v.refuse("%s would send the key unencrypted; write https:// (http:// is only for this machine)", show(s))
	case u.Scheme != "https" && u.Scheme != "http":
		v.refuse("%s must begin with https://", show(s))
	default:
		*dst = strings.TrimRight(s, "/#")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// cron reads five fields; a zone in front is refused because it has its own key
// (and because cron panics on "TZ=").
func (v value) cron(dst *string) {
	var s string
	if !v.text(&s) {
		return
	}
	trimmed := strings.TrimSpace(s)
	if strings.HasPrefix(trimmed, "TZ=") || strings.HasPrefix(trimmed, "CRON_TZ=") {
		v.refuse("%s must not name a zone; use schedule.timezone", show(s))
		return
	}
	spec, err := cron.ParseStandard(trimmed)
	if err != nil {
		v.refuse("%s is not a schedule; write minute hour day month weekday, e.g. \"0 3 * * *\"", show(s))
		return
	}
	if spec.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		v.refuse("%s never comes; write minute hour day month weekday, e.g. \"0 3 * * *\"", show(s))
		return
	}
	*dst = trimmed
}
