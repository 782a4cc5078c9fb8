package job_test

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"reconcile/internal/job"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

const day = 24 * time.Hour

var bangkok = time.FixedZone("", 7*3600)

// row is a line of a CSV file: column to cell.
type row map[string]string

func table(t *testing.T, dir, name string) []row {
	t.Helper()
	content, ok := files(t, dir)[name]
	if !ok {
		t.Fatalf("%s has no %s", dir, name)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(content, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var rows []row
	for _, line := range lines[1:] {
		r := row{}
		for i, column := range lines[0] {
			r[column] = line[i]
		}
		rows = append(rows, r)
	}
	return rows
}

// column gives one cell of each row, sorted.
func column(rows []row, name string) []string {
	cells := []string{}
	for _, r := range rows {
		cells = append(cells, r[name])
	}
	slices.Sort(cells)
	return cells
}

func with(rows []row, name, value string) []row {
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r[name] != value })
}

// only finds the one row of an object and fails unless there is exactly one.
func only(t *testing.T, dir, name, key, id string) row {
	t.Helper()
	found := with(table(t, dir, name), key, id)
	if len(found) != 1 {
		t.Errorf("%s has %d rows of %s, want 1", name, len(found), id)
		return row{}
	}
	return found[0]
}

// change is a row of changes.csv without who noticed it and when.
type change struct{ object, id, field, before, after string }

func changes(t *testing.T, dir string) []change {
	t.Helper()
	return sorted(listed(t, dir))
}

// listed reads what several reports list, as they list it.
func listed(t *testing.T, dirs ...string) []change {
	t.Helper()
	var all []change
	for _, dir := range dirs {
		for _, r := range table(t, dir, "changes.csv") {
			all = append(all, change{r["object"], r["id"], r["field"], r["before"], r["after"]})
		}
	}
	return all
}

// composed makes one change of those that follow each other on a field. A
// change that is listed twice, or one that is missing between two others,
// does not fit its neighbour.
func composed(t *testing.T, all []change) []change {
	t.Helper()
	type place struct{ object, id, field string }
	whole := map[place]change{}
	for _, c := range all {
		at := place{c.object, c.id, c.field}
		first, known := whole[at]
		if known && first.after != c.before {
			t.Errorf("%s of %s goes from %q to %q, and before that to %q", c.field, c.id, c.before, c.after, first.after)
		}
		if known {
			c.before = first.before
		}
		whole[at] = c
	}
	var kept []change
	for _, c := range whole {
		if c.before != c.after {
			kept = append(kept, c)
		}
	}
	return sorted(kept)
}

func sorted(all []change) []change {
	slices.SortFunc(all, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.object, b.object), cmp.Compare(a.id, b.id), cmp.Compare(a.field, b.field), cmp.Compare(a.after, b.after))
	})
	return all
}

// of keeps the changes of some objects.
func of(all []change, ids ...string) []change {
	var some []change
	for _, c := range all {
		if slices.Contains(ids, c.id) {
			some = append(some, c)
		}
	}
	return some
}

// picture is what the sandbox's charges look like at one moment.
type picture map[string]sandbox.ChargeInfo

func (s *shop) picture() picture {
	p := picture{}
	for _, c := range s.server.Charges() {
		p[c.ID] = c
	}
	return p
}

// since works out what changes.csv must say of charges and disputes that were
// known when the picture before was taken.
func (p picture) since(before picture) []change {
	var all []change
	for id, old := range before {
		now := p[id]
		was, is := cells(old), cells(now)
		for field := range is {
			if was[field] != is[field] {
				all = append(all, change{"charge", id, field, was[field], is[field]})
			}
		}
		if old.Dispute != "" && old.DisputeStatus != now.DisputeStatus {
			all = append(all, change{"dispute", old.Dispute, "status", old.DisputeStatus, now.DisputeStatus})
		}
	}
	return sorted(all)
}

// cells are the fields of a charge as changes.csv writes them; whether it was
// voided a picture does not say.
func cells(c sandbox.ChargeInfo) map[string]string {
	return map[string]string{
		"status": c.Status, "amount": money(c.Amount, c.Currency), "authorized": yes(c.Authorized), "paid": yes(c.Paid), "paid_at": local(c.PaidAt),
		"captured": money(c.Captured, c.Currency), "refunded": money(c.Refunded, c.Currency), "reversed": yes(c.Status == "reversed"),
		"dispute": c.DisputeStatus, "expires_at": local(c.ExpiresAt),
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func local(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(bangkok).Format(time.RFC3339)
}

func money(minor int64, currency string) string {
	if currency == "JPY" {
		return strconv.FormatInt(minor, 10)
	}
	return fmt.Sprintf("%d.%02d", minor/100, minor%100)
}

// minor reads an amount back.
func minor(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(strings.Replace(text, ".", "", 1), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// pictured keeps the changes that pictures can tell.
func pictured(all []change) []change {
	return slices.DeleteFunc(slices.Clone(all), func(c change) bool {
		return c.object != "charge" && c.object != "dispute" || c.field == "voided"
	})
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(change{}, total{})); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func (s *shop) charge(spec sandbox.ChargeSpec) string {
	s.t.Helper()
	spec.Amount = cmp.Or(spec.Amount, 120_000)
	id, err := s.server.AddCharge(spec)
	s.do(err)
	return id
}

func (s *shop) refund(charge string, amount int64) string {
	s.t.Helper()
	id, err := s.server.Refund(charge, amount)
	s.do(err)
	return id
}

func (s *shop) dispute(charge string) string {
	s.t.Helper()
	id, err := s.server.OpenDispute(charge)
	s.do(err)
	return id
}

// customer adds a customer with a card for each year of expiry, all in December.
func (s *shop) customer(years ...int) (id string, cards []string) {
	s.t.Helper()
	spec := sandbox.CustomerSpec{Email: "somchai@example.com", CreatedAt: start.Add(-40 * day)}
	for i, year := range years {
		spec.Cards = append(spec.Cards, sandbox.CardSpec{ExpirationMonth: 12, ExpirationYear: year, CreatedAt: spec.CreatedAt.Add(time.Duration(i) * time.Minute)})
	}
	id, err := s.server.AddCustomer(spec)
	s.do(err)
	for _, c := range s.server.Customers() {
		if c.ID == id {
			cards = c.Cards
		}
	}
	return id, cards
}

// asked counts the requests so far whose path begins with prefix.
func (s *shop) asked(prefix string) int {
	n := 0
	for path, times := range s.server.RequestsByPath() {
		if strings.HasPrefix(path, prefix) {
			n += times
		}
	}
	return n
}

func (s *shop) do(errs ...error) {
	s.t.Helper()
	for _, err := range errs {
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *shop) backfill(from, to string) job.Result {
	s.t.Helper()
	result, err := job.Backfill(context.Background(), s.env, job.BackfillOptions{From: from, To: to})
	if err != nil || result.Status != ledger.Complete {
		s.t.Fatalf("backfill %s to %s: %s, %v, %v", from, to, result.Status, result.Unproven, err)
	}
	return result
}

// night is a plain run that must be complete.
func (s *shop) night() job.Result {
	s.t.Helper()
	result := s.run(job.RunOptions{})
	if result.Status != ledger.Complete || result.Exit != job.ExitDone {
		s.t.Fatalf("run %d: %s, exit %d: %v %v", result.Run, result.Status, result.Exit, result.Unproven, result.Errors)
	}
	return result
}

// first gives the n oldest charges that fit.
func (s *shop) first(n int, fits func(c sandbox.ChargeInfo) bool) []sandbox.ChargeInfo {
	var found []sandbox.ChargeInfo
	for _, c := range s.server.Charges() {
		if len(found) < n && fits(c) {
			found = append(found, c)
		}
	}
	return found
}

func openHold(c sandbox.ChargeInfo) bool { return c.Capturable }
func waiting(c sandbox.ChargeInfo) bool  { return c.Status == "pending" && !c.Authorized }
func clean(c sandbox.ChargeInfo) bool {
	return c.PaymentMethod == "Visa" && c.Currency == "THB" && c.Paid && c.Refunded == 0 && c.Dispute == ""
}

func contested(status string) func(sandbox.ChargeInfo) bool {
	return func(c sandbox.ChargeInfo) bool { return c.DisputeStatus == status }
}

// aDay lets a day pass, from ten in the morning to ten, in which a bit of
// everything happens. It gives the picture at midnight, where the business day ends.
func (s *shop) aDay() (midnight picture) {
	s.server.Advance(time.Hour)
	for _, spec := range []sandbox.ChargeSpec{
		{Status: "authorized"},
		{Status: "authorized", AuthorizationType: "pre_auth"},
		{Status: "authorized", Lapse: "expired"},
		{},
		{Currency: "JPY"},
		{Amount: 45_025},
		{Status: "failed"},
		{Source: "promptpay"},
		{Source: "promptpay"},
		{Source: "promptpay", Amount: 7_700},
	} {
		s.charge(spec)
	}
	s.server.Advance(2 * time.Hour)
	s.afternoon()
	s.cards()
	s.server.Advance(11 * time.Hour)
	midnight = s.picture()
	s.server.Advance(6 * time.Hour)
	for _, c := range s.first(1, clean) {
		s.refund(c.ID, c.Captured/4)
	}
	for _, c := range s.first(1, openHold) {
		s.do(s.server.Capture(c.ID, 0))
	}
	s.server.Advance(4 * time.Hour)
	return midnight
}

func (s *shop) afternoon() {
	for i, c := range s.first(3, openHold) {
		switch i {
		case 0:
			s.do(s.server.Capture(c.ID, 0))
		case 1:
			s.do(s.server.Capture(c.ID, c.Amount/2))
		default:
			s.do(s.server.Reverse(c.ID))
		}
	}
	for i, c := range s.first(2, waiting) {
		s.do([]func(string) error{s.server.Pay, s.server.Fail}[i](c.ID))
	}
	for i, c := range s.first(3, clean) {
		if i == 2 {
			s.dispute(c.ID)
			continue
		}
		s.refund(c.ID, []int64{c.Captured / 2, 0}[i])
	}
	today := func(c sandbox.ChargeInfo) bool { return clean(c) && s.server.Clock().Sub(c.PaidAt) < 3*time.Hour }
	for _, c := range s.first(1, today) {
		s.refund(c.ID, 0)
	}
	for i, c := range s.first(2, contested("pending")) {
		s.do(s.server.CloseDispute(c.Dispute, i == 0))
	}
	for _, c := range s.first(1, contested("open")) {
		s.do(s.server.AnswerDispute(c.Dispute))
	}
}

func (s *shop) cards() {
	id, cards := s.customer(2026, 2031)
	s.customer(2027)
	s.do(s.server.SetDefaultCard(id, cards[1]))
	all := s.server.Customers()
	for i := range min(3, len(all)) {
		c := all[i]
		switch {
		case i == 0:
			s.do(s.server.DeleteCustomer(c.ID))
		case len(c.Cards) == 0:
		case i == 1:
			s.do(s.server.DeleteCard(c.ID, c.Cards[0]))
		default:
			s.do(s.server.UpdateCard(c.ID, c.Cards[0], 3, 2027+s.server.Clock().Day()%9))
		}
	}
}

// late is a shop with a year behind it, in which everything that can happen
// later is about to happen.
type late struct {
	*shop
	captured, partly, reversed, lapsed, expired      string // authorisations
	paid, failed, unpaid                             string // waiting for the customer
	refunded, emptied, voided, contested             string // paid
	lost, won                                        string // paid and disputed
	lostCase, wonCase                                string
	renewed, pruned, moved, gone, joined             string // customers
	renewedCard, prunedCard, nextCard, from, to, new string
}

func plantLate(s *shop) *late {
	ago := func(d time.Duration, spec sandbox.ChargeSpec) string {
		spec.CreatedAt = start.Add(-d)
		return s.charge(spec)
	}
	held := sandbox.ChargeSpec{Status: "authorized"}
	waits := sandbox.ChargeSpec{Source: "econtext", ExpiresAt: start.Add(5 * day)}
	l := &late{
		shop:     s,
		captured: ago(5*day, held), partly: ago(5*day, held), reversed: ago(4*day, held),
		lapsed: ago(6*day+12*time.Hour, held), expired: ago(6*day+13*time.Hour, sandbox.ChargeSpec{Status: "authorized", Lapse: "expired"}),
		paid: ago(10*day, waits), failed: ago(11*day, waits),
		unpaid:   ago(12*day, sandbox.ChargeSpec{Source: "econtext", ExpiresAt: start.Add(6 * time.Hour)}),
		refunded: ago(300*day, sandbox.ChargeSpec{}), emptied: ago(100*day, sandbox.ChargeSpec{}), voided: ago(time.Hour, sandbox.ChargeSpec{}),
		contested: ago(60*day, sandbox.ChargeSpec{}), lost: ago(90*day, sandbox.ChargeSpec{}), won: ago(200*day, sandbox.ChargeSpec{}),
	}
	l.lostCase, l.wonCase = s.dispute(l.lost), s.dispute(l.won)
	var cards []string
	l.renewed, cards = s.customer(2026)
	l.renewedCard = cards[0]
	l.pruned, cards = s.customer(2029, 2030)
	l.prunedCard, l.nextCard = cards[0], cards[1]
	l.moved, cards = s.customer(2029, 2030)
	l.from, l.to = cards[0], cards[1]
	l.gone, _ = s.customer(2026)
	l.joined, _ = s.customer(2029)
	return l
}

// play lets it all happen and gives the changes that must be listed.
func (l *late) play() []change {
	s := l.server
	at := local(s.Clock())
	l.do(
		s.Capture(l.captured, 0), s.Capture(l.partly, 50_000), s.Reverse(l.reversed), s.Pay(l.paid), s.Fail(l.failed),
		s.CloseDispute(l.lostCase, false), s.AnswerDispute(l.wonCase), s.CloseDispute(l.wonCase, true),
		s.UpdateCard(l.renewed, l.renewedCard, 1, 2031), s.DeleteCard(l.pruned, l.prunedCard), s.SetDefaultCard(l.moved, l.to), s.DeleteCustomer(l.gone),
	)
	l.refund(l.refunded, 40_000)
	l.refund(l.emptied, 0)
	l.refund(l.voided, 0)
	l.dispute(l.contested)
	var err error
	l.new, err = s.AddCard(l.joined, sandbox.CardSpec{ExpirationMonth: 12, ExpirationYear: 2026})
	l.do(err)
	of := func(id string, fields ...string) (all []change) {
		for i := 0; i < len(fields); i += 3 {
			all = append(all, change{"charge", id, fields[i], fields[i+1], fields[i+2]})
		}
		return all
	}
	return sorted(slices.Concat(
		of(l.captured, "status", "pending", "successful", "paid", "no", "yes", "paid_at", "", at, "captured", "0.00", "1200.00"),
		of(l.partly, "status", "pending", "successful", "paid", "no", "yes", "paid_at", "", at, "captured", "0.00", "500.00"),
		of(l.reversed, "status", "pending", "reversed", "reversed", "no", "yes"),
		of(l.lapsed, "status", "pending", "reversed", "reversed", "no", "yes"),
		of(l.expired, "status", "pending", "expired"),
		of(l.paid, "status", "pending", "successful", "authorized", "no", "yes", "paid", "no", "yes", "paid_at", "", at, "captured", "0.00", "1200.00"),
		of(l.failed, "status", "pending", "failed"),
		of(l.unpaid, "status", "pending", "expired"),
		of(l.refunded, "refunded", "0.00", "400.00"),
		of(l.emptied, "refunded", "0.00", "1200.00"),
		of(l.voided, "refunded", "0.00", "1200.00", "voided", "no", "yes"),
		of(l.contested, "dispute", "", "open"),
		of(l.lost, "dispute", "open", "lost"),
		of(l.won, "dispute", "open", "won"),
		[]change{
			{"dispute", l.lostCase, "status", "open", "lost"},
			{"dispute", l.wonCase, "status", "open", "won"},
			{"card", l.renewedCard, "expires_on", "2026-12-31", "2031-01-31"},
			{"card", l.prunedCard, "deleted", "no", "yes"},
			{"customer", l.pruned, "default_card", l.prunedCard, l.nextCard},
			{"customer", l.moved, "default_card", l.from, l.to},
			{"customer", l.gone, "deleted", "no", "yes"},
		},
	))
}

// reported holds each late event to the table that it belongs to.
func (l *late) reported(dir string) {
	for _, want := range []struct{ file, key, id, column, value string }{
		{"charges.csv", "charge_id", l.captured, "captured", "1200.00"},
		{"charges.csv", "charge_id", l.partly, "captured", "500.00"},
		{"charges.csv", "charge_id", l.paid, "captured", "1200.00"},
		{"charges.csv", "charge_id", l.voided, "refunded", "1200.00"},
		{"refunds.csv", "charge_id", l.refunded, "kind", "partial"},
		{"refunds.csv", "charge_id", l.emptied, "kind", "full"},
		{"refunds.csv", "charge_id", l.voided, "kind", "void"},
		{"disputes.csv", "charge_id", l.contested, "status", "open"},
		{"disputes.csv", "charge_id", l.lost, "status", "lost"},
		{"disputes.csv", "charge_id", l.won, "status", "won"},
		{"capture_deadlines.csv", "charge_id", l.lapsed, "state", "lapsed"},
		{"capture_deadlines.csv", "charge_id", l.expired, "state", "lapsed"},
		{"expiring_charges.csv", "charge_id", l.unpaid, "state", "expired"},
		{"expiring_cards.csv", "card_id", l.new, "state", "soon"},
	} {
		if got := only(l.t, dir, want.file, want.key, want.id)[want.column]; got != want.value {
			l.t.Errorf("%s of %s in %s is %q, want %q", want.column, want.id, want.file, got, want.value)
		}
	}
	for _, id := range []string{l.captured, l.partly, l.reversed} {
		if len(with(table(l.t, dir, "capture_deadlines.csv"), "charge_id", id)) > 0 {
			l.t.Errorf("%s is settled and still among the deadlines", id)
		}
	}
	for _, id := range []string{l.renewed, l.gone} {
		if len(with(table(l.t, dir, "expiring_cards.csv"), "customer_id", id)) > 0 {
			l.t.Errorf("a card of %s is listed that does not expire, or is gone", id)
		}
	}
}

// ids are those of everything planted.
func (l *late) ids() []string {
	return []string{
		l.captured, l.partly, l.reversed, l.lapsed, l.expired, l.paid, l.failed, l.unpaid, l.refunded, l.emptied, l.voided, l.contested, l.lost, l.won,
		l.lostCase, l.wonCase, l.renewed, l.pruned, l.moved, l.gone, l.joined, l.renewedCard, l.prunedCard, l.nextCard, l.from, l.to, l.new,
	}
}

// TestANightOfLateChanges plays everything that can happen late, at ages up to
// 300 days, among a year of other charges.
func TestANightOfLateChanges(t *testing.T) {
	t.Parallel()
	s := newShop(t, sandbox.Options{Seed: 11, Charges: 6000, Customers: 40, Days: 365}, "")
	l := plantLate(s)
	s.server.Advance(time.Hour) // nothing is as new as the run itself
	s.backfill("2025-11-20", "2026-11-19")
	full := s.asked("/charges")
	s.night()
	before := s.picture()
	s.server.Advance(30 * time.Minute)
	want := l.play()
	s.server.Advance(day - 90*time.Minute)
	asked := s.asked("/charges")
	night, after := s.night(), s.picture()
	asked = s.asked("/charges") - asked

	all := changes(t, night.Dir)
	same(t, "what changed on the planted objects", want, of(all, l.ids()...))
	same(t, "what changed on charges and disputes", after.since(before), pictured(all))
	l.reported(night.Dir)
	t.Logf("%d requests, %d for everything", asked, full)
	if asked*3 > full {
		t.Errorf("the night took %d requests for charges, reading all of them %d", asked, full)
	}

	before = after
	s.server.Advance(day)
	all = changes(t, s.night().Dir)
	same(t, "what the next night lists of the planted objects", []change(nil), of(all, l.ids()...))
	same(t, "what changed by the next night", s.picture().since(before), pictured(all))
}

// ago lets something happen before the shop's start.
func (s *shop) ago(d time.Duration, happen func()) {
	s.server.SetClock(start.Add(-d))
	happen()
	s.server.SetClock(start)
}

// silent is what staff at Omise change without a trace, one of each kind at
// several ages.
type silent struct {
	*shop
	failed, repaid, mended, renamed, refunds, cases, contested []string
}

func plantSilent(s *shop, ages ...time.Duration) *silent {
	q := &silent{shop: s}
	for _, age := range ages {
		s.ago(age, func() {
			q.failed = append(q.failed, s.charge(sandbox.ChargeSpec{}))
			q.repaid = append(q.repaid, s.charge(sandbox.ChargeSpec{Status: "failed"}))
			q.mended = append(q.mended, s.charge(sandbox.ChargeSpec{}))
			q.renamed = append(q.renamed, s.charge(sandbox.ChargeSpec{Metadata: []byte(`{"order_id": "before"}`)}))
			q.refunds = append(q.refunds, s.refund(s.charge(sandbox.ChargeSpec{}), 20_000))
			contested := s.charge(sandbox.ChargeSpec{})
			dispute := s.dispute(contested)
			s.do(s.server.CloseDispute(dispute, true))
			q.contested, q.cases = append(q.contested, contested), append(q.cases, dispute)
		})
	}
	return q
}

// play changes it all and gives what must be listed in the end.
func (q *silent) play() []change {
	var want []change
	at := local(q.server.Clock())
	each := func(object string, ids []string, amend func(id string) error, fields ...string) {
		for _, id := range ids {
			q.do(amend(id))
			for i := 0; i < len(fields); i += 3 {
				want = append(want, change{object, id, fields[i], fields[i+1], fields[i+2]})
			}
		}
	}
	amend := func(a sandbox.Amendment) func(string) error {
		return func(id string) error { return q.server.Amend(id, a) }
	}
	for _, id := range q.failed {
		c, err := q.server.Charge(id)
		q.do(err)
		want = append(want, change{"charge", id, "paid_at", local(c.PaidAt), ""})
	}
	each("charge", q.failed, amend(sandbox.Amendment{Status: "failed"}), "status", "successful", "failed", "paid", "yes", "no", "captured", "1200.00", "0.00")
	each("charge", q.repaid, amend(sandbox.Amendment{Status: "successful"}),
		"status", "failed", "successful", "authorized", "no", "yes", "paid", "no", "yes", "paid_at", "", at, "captured", "0.00", "1200.00")
	each("charge", q.mended, amend(sandbox.Amendment{Amount: 90_000}), "amount", "1200.00", "900.00", "captured", "1200.00", "900.00")
	each("charge", q.renamed, amend(sandbox.Amendment{Metadata: []byte(`{"order_id": "after"}`)}))
	each("refund", q.refunds, func(id string) error { return q.server.AmendRefund(id, "failed") }, "status", "closed", "failed")
	each("dispute", q.cases, q.server.AmendDispute, "status", "won", "lost")
	each("charge", q.contested, func(string) error { return nil }, "dispute", "won", "lost")
	return sorted(want)
}

func (q *silent) ids() []string {
	return slices.Concat(q.failed, q.repaid, q.mended, q.renamed, q.refunds, q.cases, q.contested)
}

// TestSilentChangesAreFoundWithinATurn changes what no list names. 115 days of
// history at 30 days a night are a turn of four nights.
func TestSilentChangesAreFoundWithinATurn(t *testing.T) {
	t.Parallel()
	const history, turn = 115 * day, 4
	s := newShop(t, sandbox.Options{Seed: 12, Charges: 200, Customers: 3, Days: 115}, "")
	q := plantSilent(s, 114*day, 80*day, 45*day, 8*day)
	s.backfill(start.Add(-history).Format(time.DateOnly), "2026-11-19")
	s.night()
	s.server.Advance(time.Hour)
	want := q.play()
	s.server.Advance(-time.Hour)
	var found []change
	for range turn {
		s.server.Advance(day)
		found = append(found, of(changes(t, s.night().Dir), q.ids()...)...)
	}
	same(t, "found within a turn", want, sorted(found))
	result, err := job.Report(context.Background(), s.env, job.ReportOptions{Days: job.Days{From: "2026-07-28", To: "2026-11-23"}})
	s.do(err)
	for _, id := range q.renamed {
		if got := only(t, result.Dir, "charges.csv", "charge_id", id)["order_ref"]; got != "after" {
			t.Errorf("order_ref of %s is %q after a turn, want the new one", id, got)
		}
	}
}

// kept is what a run wrote when it ran.
type kept struct {
	job.Result
	files map[string]string
}

// TestEveryRunIsWrittenAgain plays two weeks of nights, good and bad, under
// changing configs, and in the end writes each run's reports once more.
func TestEveryRunIsWrittenAgain(t *testing.T) {
	t.Parallel()
	s := newShop(t, sandbox.Options{Seed: 31, Charges: 120, Customers: 10, Days: 60}, "")
	url := s.env.Config.Accounts[0].BaseURL
	reconfigure := func(zone, reports string) {
		s.env = s.configured(fmt.Sprintf("ledger: ./ledger.db\naccounts:\n  - {name: main, secret_key_env: KEY, base_url: %q, timezone: %s}\nreports: {dir: ./reports%s}\n", url, zone, reports))
		s.timePasses()
	}
	s.timePasses()
	var all []kept
	run := func(o job.RunOptions) {
		r := s.run(o)
		all = append(all, kept{r, files(t, r.Dir)})
	}
	for night := range 13 {
		s.until(night)
		switch night {
		case 3:
			s.backfill("2026-09-25", "2026-10-14")
		case 5:
			reconfigure("Asia/Bangkok", ", language: ja, calendar: buddhist, order_ref: [description]")
		case 6:
			s.do(s.server.SetFaults("503"))
		case 7:
			s.do(s.server.SetFaults(""))
			run(job.RunOptions{Days: job.Days{From: "2026-11-21", To: "2026-11-24"}})
		case 8:
			reconfigure("Asia/Bangkok", ", card_expiry_days: 400, capture_warning_days: 6, csv_bom: false")
		case 10:
			s.aDay()
			continue // cron forgot this one
		}
		run(job.RunOptions{})
		s.aDay()
	}
	reconfigure("America/New_York", ", language: th, card_expiry_days: 1, order_ref: [metadata.none]")
	for _, k := range all {
		again, err := job.Report(context.Background(), s.env, job.ReportOptions{Run: k.Run})
		s.do(err)
		if again.Status != k.Status {
			t.Errorf("run %d: %s, it was %s", k.Run, again.Status, k.Status)
		}
		sameFiles(t, k, again)
	}
	if partial := all[6]; partial.Status != ledger.Partial {
		t.Errorf("the night without Omise was %s", partial.Status)
	}
}

// sameFiles holds a folder that was written again to the bytes of the first
// one. The workbook is named after its folder, and so is its key in the manifest.
func sameFiles(t *testing.T, want kept, again job.Result) {
	t.Helper()
	was, is := "reconciliation-"+filepath.Base(want.Dir), "reconciliation-"+filepath.Base(again.Dir)
	got := files(t, again.Dir)
	if len(got) != len(want.files) {
		t.Errorf("run %d has %d files, it had %d", want.Run, len(got), len(want.files))
	}
	for name, content := range want.files {
		other := got[strings.ReplaceAll(name, was, is)]
		if name == "manifest.json" {
			other = strings.ReplaceAll(other, is, was)
		}
		if other != content {
			t.Errorf("run %d: %s has other bytes", want.Run, name)
		}
	}
}

// total is one control total, in minor units.
type total struct{ count, amount int64 }

// totals are the control totals of what happened in some days, by currency and
// measure. Stocks, which belong to an instant, are not among them.
type totals map[[2]string]total

func (s totals) add(currency, measure string, count, amount int64) {
	at := [2]string{currency, measure}
	s[at] = total{s[at].count + count, s[at].amount + amount}
}

func (s totals) addReport(t *testing.T, dir string) {
	t.Helper()
	for _, r := range table(t, dir, "summary.csv") {
		if strings.HasSuffix(r["measure"], "_open") {
			continue
		}
		count, err := strconv.ParseInt(r["count"], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		s.add(r["currency"], r["measure"], count, minor(t, r["amount"]))
	}
}

// addCharge counts a charge, as a state of charges.csv has it, in the days
// from and to, to left out. A sign of -1 takes it off again.
func (s totals) addCharge(t *testing.T, c row, from, to string, sign int64) {
	t.Helper()
	within := func(at string) bool { return len(at) > 10 && from <= at[:10] && at[:10] < to }
	amount := sign * minor(t, c["amount"])
	if within(c["created_at"]) {
		s.add(c["currency"], "charges", sign, amount)
		if slices.Contains([]string{"successful", "failed", "pending"}, c["status"]) {
			s.add(c["currency"], c["status"], sign, amount)
		}
	}
	if within(c["paid_at"]) {
		captured := sign * minor(t, c["captured"])
		s.add(c["currency"], "captured", sign, captured)
		s.add(c["currency"], "net_captured", sign, captured) // refunds count by their own day
	}
}

// foundLater is by how much the totals of days reported before must move for
// what the nights' changes.csv list. It goes back from the last state of the
// charges, night by night.
func foundLater(t *testing.T, last []row, nights []job.Result) totals {
	t.Helper()
	moved, first := totals{}, nights[0].Period["main"].From
	for _, night := range slices.Backward(nights[1:]) {
		reported := night.Period["main"].From
		undone := changes(t, night.Dir)
		for _, c := range last {
			moved.addCharge(t, c, first, reported, 1)
			for _, u := range of(undone, c["charge_id"]) {
				c[u.field] = u.before
			}
			moved.addCharge(t, c, first, reported, -1)
		}
	}
	return moved
}

// TestControlTotalsAddUp holds the totals of consecutive periods, of one day
// and of several, to those of the whole: what is missing stands in changes.csv.
func TestControlTotalsAddUp(t *testing.T) {
	t.Parallel()
	s := csvShop(t, sandbox.Options{Seed: 32, Charges: 120, Customers: 4, Days: 33})
	nights := []job.Result{s.night()}
	for _, gap := range []int{1, 1, 3, 1, 1, 2} {
		for range gap {
			s.aDay()
		}
		s.putRight()
		nights = append(nights, s.night())
	}
	from, to := nights[0].Period["main"].From, nights[len(nights)-1].Period["main"].To
	whole, err := job.Report(context.Background(), s.env, job.ReportOptions{Days: job.Days{From: from, To: to}})
	s.do(err)
	want, got := totals{}, totals{}
	want.addReport(t, whole.Dir)
	for _, night := range nights {
		got.addReport(t, night.Dir)
	}
	moved := foundLater(t, table(t, whole.Dir, "charges.csv"), nights)
	for _, measure := range []string{"captured", "net_captured", "charges", "successful", "failed", "pending"} {
		if moved[[2]string{"THB", measure}] == (total{}) {
			t.Errorf("nothing was found later of %s: the test lost its teeth", measure)
		}
	}
	for at, more := range moved {
		got.add(at[0], at[1], more.count, more.amount)
	}
	same(t, "totals of the parts, with what was found later", want, got)
}

// putRight lets staff at Omise change money of the days before, silently.
func (s *shop) putRight() {
	s.server.Advance(-time.Hour)
	lately := func(c sandbox.ChargeInfo) bool { return clean(c) && s.server.Clock().Sub(c.CreatedAt) < 60*time.Hour }
	for i, c := range s.first(2, lately) {
		s.do(s.server.Amend(c.ID, []sandbox.Amendment{{Amount: c.Amount - 100}, {Status: "failed"}}[i]))
	}
	s.server.Advance(time.Hour)
}
