package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reconcile/internal/fetch"
	"reconcile/internal/ledger"
	"reconcile/internal/sandbox"
)

func TestFirstNight(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 3, Charges: 600, Customers: 80})
	progress := newTally()
	result := s.night(func(o *fetch.Options) { o.Progress = progress })

	first := time.Date(2026, 10, 17, 0, 0, 0, 0, bangkok()) // 35 business days before the start's
	want := map[string]bool{}
	named := map[string]bool{} // by a refund or a dispute of these days: read by id
	for _, c := range s.api.Charges() {
		if !c.CreatedAt.Before(first) {
			want[c.ID] = true
		}
	}
	for _, table := range []string{"refunds", "disputes"} {
		for id, row := range s.rows(table) {
			if charge := row["charge"].(string); !want[charge] {
				named[charge] = true
			} else if row["created_at"].(int64) < first.Unix()-1 {
				t.Errorf("%s is older than 35 days", id)
			}
		}
	}
	if len(want) < 300 || len(named) == 0 {
		t.Fatalf("the shop has too little to show: %d charges, %d named", len(want), len(named))
	}
	got := s.rows("charges")
	for id := range want {
		if got[id] == nil {
			t.Errorf("%s is missing", id)
		}
	}
	for id := range named {
		if got[id] == nil || len(s.asked("/charges/"+id)) != 1 {
			t.Errorf("%s was read by id %d times", id, len(s.asked("/charges/"+id)))
		}
	}
	if len(got) != len(want)+len(named) {
		t.Errorf("%d charges, want %d in the window and %d by id", len(got), len(want), len(named))
	}
	wantAsAtOmise(t, s, got)
	wantCards(t, s)
	if n := result.Changes[ledger.ChargeObject]; n.Added != len(got) || n.Changed != 0 {
		t.Errorf("changes %+v, %d charges", n, len(got))
	}
	if result.Account == nil || result.Account.Country != "TH" || result.Account.Currency != "THB" {
		t.Errorf("account %+v", result.Account)
	}
	if list := ledger.Charges; progress.expect[list] == 0 || progress.expect[list] != progress.read[list] {
		t.Errorf("progress of charges: %d of %d", progress.read[list], progress.expect[list])
	}
}

// wantAsAtOmise holds rows against what the sandbox says of its own charges.
func wantAsAtOmise(t *testing.T, s *stage, rows map[string]map[string]any) {
	t.Helper()
	flag := map[bool]int64{true: 1}
	for id, row := range rows {
		c, err := s.api.Charge(id)
		must(t, err)
		want := map[string]any{
			"status": c.Status, "amount": c.Amount, "currency": c.Currency, "refunded_amount": c.Refunded, "paid": flag[c.Paid],
			"authorized": flag[c.Authorized], "created_at": c.CreatedAt.Unix(), "metadata": string(c.Metadata), "description": c.Description,
			"customer": c.Customer, "dispute": c.Dispute, "dispute_status": c.DisputeStatus,
		}
		for column, v := range want {
			if row[column] != v {
				t.Errorf("%s %s: %v, at Omise %v", id, column, row[column], v)
			}
		}
	}
}

// wantCards checks customers and cards, and that only those with more cards
// than Omise embeds were paged.
func wantCards(t *testing.T, s *stage) {
	t.Helper()
	var want []string
	customers := s.api.Customers()
	paged := 0
	for _, c := range customers {
		want = append(want, c.Cards...)
		n := len(s.asked("/customers/" + c.ID + "/cards"))
		if len(c.Cards) > 20 != (n > 0) {
			t.Errorf("%s has %d cards, paged %d times", c.ID, len(c.Cards), n)
		}
		paged += min(n, 1)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, keys(s.rows("cards"))); diff != "" {
		t.Errorf("cards (-at Omise +read):\n%s", diff)
	}
	if got := s.rows("customers"); len(got) != len(customers) || paged == 0 {
		t.Errorf("%d of %d customers, %d paged", len(got), len(customers), paged)
	}
}

func TestEveryPageIsAskedForAsTheIssueSays(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 3, Charges: 250, Customers: 20})
	s.night()
	for _, uri := range s.asked("/") {
		path, query, isList := strings.Cut(uri, "?")
		if !isList {
			continue
		}
		if !strings.Contains(query, "order=chronological") || !strings.Contains(query, "limit=100") && !strings.Contains(query, "limit=1&") {
			t.Error(uri)
		}
		if strings.HasSuffix(path, "/cards") {
			continue
		}
		if span := spanOf(t, uri); span.To.Time().After(start) || span.To-span.From > 31*86400 && !strings.Contains(query, "limit=1&") {
			t.Errorf("%s: a window from %s to %s", path, span.From.Time(), span.To.Time())
		}
	}
	if first := s.asked("/")[0]; first != "/account" {
		t.Errorf("the first request is %s", first)
	}
}

// The second night lists from the end of the proofs or the look-back,
// whichever is earlier, and reads the rest only where it can have changed.
func TestSecondNightReadsTheTail(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	for i := range 130 {
		s.addCharge(sandbox.ChargeSpec{Amount: 10_000, CreatedAt: ago(time.Duration(i) * 6 * time.Hour)})
	}
	s.night()
	if len(s.rows("charges")) != 130 {
		t.Fatalf("%d charges", len(s.rows("charges")))
	}
	s.tomorrow()
	fresh := s.addCharge(sandbox.ChargeSpec{Amount: 20_000, CreatedAt: s.clock.Now().Add(-time.Hour)})
	result := s.night()
	for _, list := range []string{"/charges?", "/refunds?", "/disputes?"} {
		for _, uri := range s.asked(list) {
			if from := spanOf(t, uri).From.Time(); from.Before(s.clock.Now().Add(-3*day - time.Second)) {
				t.Errorf("%s", uri)
			}
		}
	}
	if n := len(s.asked("/charges")); n != 1 {
		t.Errorf("%d requests for charges: %v", n, s.asked("/charges"))
	}
	if n := result.Changes[ledger.ChargeObject]; n.Added != 1 || s.rows("charges")[fresh] == nil {
		t.Errorf("%+v", n)
	}
}

// After nights that were missed the tail begins where the proofs end.
func TestTailAfterMissedNights(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	s.night()
	for range 10 {
		s.tomorrow()
	}
	made := s.addCharge(sandbox.ChargeSpec{Amount: 20_000, CreatedAt: start.Add(30 * time.Hour)})
	s.night()
	if s.rows("charges")[made] == nil {
		t.Error("a charge of a missed night was not read")
	}
	if from := spanOf(t, s.asked("/charges?")[0]).From; from != ledger.InstantOf(start)-1 {
		t.Errorf("the tail begins at %s", from.Time())
	}
}

func TestOpenChargesByIDOrByTheirDay(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	open := func(age time.Duration, n int) (ids []string) {
		for range n {
			ids = append(ids, s.addCharge(sandbox.ChargeSpec{
				Amount: 10_000, Status: "authorized", CreatedAt: ago(age), ExpiresAt: start.Add(20 * day),
			}))
		}
		return ids
	}
	done := func(age time.Duration, n int) {
		for range n {
			s.addCharge(sandbox.ChargeSpec{Amount: 10_000, CreatedAt: ago(age)})
		}
	}
	alone := open(20*day, 1) // one request either way: by id
	many := open(15*day, 5)  // one page lists all five
	crowd := open(10*day, 2) // two among 150 rows are two pages: by id
	done(10*day, 148)
	waits := s.addCharge(sandbox.ChargeSpec{Amount: 10_000, Source: "promptpay", CreatedAt: ago(25 * day), ExpiresAt: start.Add(20 * day)})
	recent := open(day, 3) // in the look-back: listed anyway
	done(18*day, 3)        // a day on which nothing is open
	s.night()
	s.tomorrow()
	for _, id := range slices.Concat(alone, many[:2], crowd, recent) {
		must(t, s.api.Capture(id, 0))
	}
	must(t, s.api.Pay(waits))
	s.night()

	var byID []string
	for _, uri := range s.asked("/charges/") {
		byID = append(byID, strings.TrimPrefix(uri, "/charges/"))
	}
	slices.Sort(byID)
	want := slices.Sorted(slices.Values(slices.Concat(alone, crowd, []string{waits})))
	if diff := cmp.Diff(want, byID); diff != "" {
		t.Errorf("read by id (-want +got):\n%s", diff)
	}
	if n := len(s.asked("/charges?")); n != 2 {
		t.Errorf("%d pages listed, want the tail and one day: %v", n, s.asked("/charges?"))
	}
	wantAsAtOmise(t, s, s.rows("charges"))
}

func TestRefundOnAnOldCharge(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	known := s.addCharge(sandbox.ChargeSpec{Amount: 50_000, CreatedAt: ago(30 * day)})
	unknown := s.addCharge(sandbox.ChargeSpec{Amount: 70_000, CreatedAt: ago(200 * day)})
	s.night()
	if s.rows("charges")[unknown] != nil {
		t.Fatal("a charge of 200 days ago was read")
	}
	for _, id := range []string{known, unknown} {
		_, err := s.api.Refund(id, 20_000)
		must(t, err)
	}
	s.tomorrow()
	s.night()
	wantAsAtOmise(t, s, s.rows("charges"))
	if n := len(s.asked("/charges/")); n != 2 {
		t.Errorf("read by id: %v", s.asked("/charges/"))
	}
	for _, id := range []string{known, unknown} {
		row := s.rows("charges")[id]
		if row["refunded_amount"] != int64(20_000) || !strings.Contains(row["refunds"].(string), `"amount":20000`) {
			t.Errorf("%s: refunded %v, refunds %v", id, row["refunded_amount"], row["refunds"])
		}
	}
	s.tomorrow()
	s.night() // the refund is listed again, unchanged: its charge is not
	if again := s.asked("/charges/"); len(again) != 0 {
		t.Errorf("read by id once more: %v", again)
	}
}

func TestDisputesAreFollowed(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	charge := s.addCharge(sandbox.ChargeSpec{Amount: 50_000, CreatedAt: ago(30 * day)})
	dispute, err := s.api.OpenDispute(charge)
	must(t, err)
	s.night()
	for range 6 {
		s.tomorrow()
	}
	s.night()
	if got := s.rows("disputes")[dispute]["status"]; got != "open" {
		t.Fatalf("status %v", got)
	}
	must(t, s.api.CloseDispute(dispute, false))
	s.tomorrow()
	s.night()
	if got := s.rows("disputes")[dispute]["status"]; got != "lost" || len(s.asked("/disputes/"+dispute)) != 1 {
		t.Errorf("status %v, requests %v", got, s.asked("/disputes"))
	}
	if row := s.rows("charges")[charge]; row["dispute_status"] != "lost" || len(s.asked("/charges/"+charge)) != 1 {
		t.Errorf("the charge says %v, requests %v", row["dispute_status"], s.asked("/charges"))
	}
	s.tomorrow()
	s.night()
	if again := s.asked("/disputes/"); len(again) != 0 {
		t.Errorf("a decided dispute was read by id: %v", again)
	}
}

func TestCardsThatChangeAndVanish(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	var customers []string
	for i := range 4 {
		customers = append(customers, s.addCustomer(sandbox.CustomerSpec{Email: fmt.Sprint(i), CreatedAt: ago(time.Duration(100-i) * day), Cards: cards(2)}))
	}
	wallet := s.addCustomer(sandbox.CustomerSpec{Email: "many", CreatedAt: ago(50 * day), Cards: cards(125)})
	s.night()
	before := map[string][]string{}
	for _, c := range s.api.Customers() {
		before[c.ID] = c.Cards
	}
	if n := len(s.asked("/customers/" + wallet + "/cards")); n != 2 {
		t.Errorf("125 cards in %d pages", n)
	}
	must(t, s.api.UpdateCard(customers[0], before[customers[0]][0], 5, 2033))
	must(t, s.api.DeleteCard(customers[1], before[customers[1]][0]))
	must(t, s.api.DeleteCard(wallet, before[wallet][110]))
	must(t, s.api.DeleteCustomer(customers[2]))
	must(t, s.api.DeleteCustomer(customers[0])) // the earliest: it says where the walk begins
	s.tomorrow()
	result := s.night()

	gone := map[string]bool{}
	for id, row := range s.rows("cards") {
		if row["deleted"] == int64(1) {
			gone[id] = true
		}
	}
	for _, id := range []string{before[customers[1]][0], before[wallet][110]} {
		if !gone[id] {
			t.Errorf("card %s is not marked as deleted", id)
		}
	}
	if len(s.rows("cards")) != 4*2+125 || len(s.rows("customers")) != 5 {
		t.Error("rows were removed")
	}
	for i, id := range customers {
		if deleted := s.rows("customers")[id]["deleted"] == int64(1); deleted != (i == 0 || i == 2) {
			t.Errorf("customer %d deleted: %t", i, deleted)
		}
	}
	if n := result.Changes[ledger.CustomerObject]; n.Changed != 3 { // one has another default card
		t.Errorf("customers %+v", n)
	}
}

func TestCardExpiryChangesInPlace(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	customer := s.addCustomer(sandbox.CustomerSpec{CreatedAt: ago(300 * day), Cards: cards(1)})
	card := s.api.Customers()[0].Cards[0]
	s.night()
	must(t, s.api.UpdateCard(customer, card, 5, 2033))
	s.tomorrow()
	result := s.night()
	row := s.rows("cards")[card]
	if row["expiration_month"] != int64(5) || row["expiration_year"] != int64(2033) || result.Changes[ledger.CardObject].Changed != 1 {
		t.Errorf("%v, %+v", row, result.Changes)
	}
}

// Customers of a window that has several pages come with the pages' overlap.
func TestManyCustomersInOneWindow(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	for i := range 250 {
		s.addCustomer(sandbox.CustomerSpec{CreatedAt: ago(5*day - time.Duration(i)*time.Minute), Cards: cards(i % 3)})
	}
	s.addCustomer(sandbox.CustomerSpec{CreatedAt: ago(4 * day), Cards: cards(23)})
	s.night()
	wantCards(t, s)
	if n := len(s.asked("/customers?")); n != 2+3 { // two probes: the first one, and that none is older
		t.Errorf("%d requests: %v", n, s.asked("/customers?"))
	}
}

// The sweep proves the stretch again whose proof is the oldest.
func TestSweep(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	old := s.addCharge(sandbox.ChargeSpec{Amount: 10_000, CreatedAt: ago(33 * day)})
	s.night()
	seen := map[ledger.Instant]bool{}
	for range 6 {
		s.tomorrow()
		s.night(func(o *fetch.Options) { o.Sweep = 10 * day })
		for _, uri := range s.asked("/charges?") {
			seen[spanOf(t, uri).From] = true
		}
	}
	if len(seen) < 6 {
		t.Errorf("six nights began at %d places", len(seen))
	}
	if s.rows("charges")[old] == nil {
		t.Error("the charge is lost")
	}
}

func TestPeriodIsProvenOnce(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 1, Charges: 300, Customers: 3, Days: 200})
	period := ledger.Span{From: ledger.InstantOf(ago(120 * day)), To: ledger.InstantOf(ago(90 * day))}
	with := func(o *fetch.Options) { o.Period = &period }
	s.night(with)
	listed := func() bool {
		return slices.ContainsFunc(s.asked("/charges?"), func(uri string) bool { return spanOf(t, uri).From < period.To-86400 })
	}
	if !listed() {
		t.Error("the period was not read")
	}
	proven, err := s.ledger.ProvenSpans(context.Background(), "main", ledger.Refunds, 0)
	must(t, err)
	if !slices.ContainsFunc(proven, func(p ledger.Span) bool { return p.Contains(period) }) {
		t.Errorf("proven: %v", proven)
	}
	s.tomorrow()
	s.night(with)
	if listed() {
		t.Error("the period was read again")
	}
}

func TestBackfillReadsThePeriodAlone(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 1, Charges: 300, Customers: 30, Days: 200})
	period := ledger.Span{From: ledger.InstantOf(ago(180 * day)), To: ledger.InstantOf(ago(60 * day))}
	progress := newTally()
	s.night(func(o *fetch.Options) { o.Period, o.Backfill, o.Progress = &period, true, progress })
	for _, uri := range s.asked("/") {
		if strings.Contains(uri, "?") && !strings.Contains(uri, "/cards?") {
			if span := spanOf(t, uri); span.From < period.From-1 || span.To > period.To {
				t.Errorf("outside the period: %s", uri)
			}
		}
	}
	for _, list := range []ledger.List{ledger.Charges, ledger.Customers} {
		if progress.expect[list] == 0 || progress.read[list] != progress.expect[list] {
			t.Errorf("progress of %s: %d of %d", list, progress.read[list], progress.expect[list])
		}
	}
	s.night(func(o *fetch.Options) { o.Period, o.Backfill = &period, true })
	if again := s.asked("/"); len(again) != 1 {
		t.Errorf("a second backfill asked for %v", again)
	}
}

func TestPauseAndGoOn(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 5, Charges: 400, Customers: 10})
	var opened atomic.Int32
	result, err := s.sync(context.Background(), func(o *fetch.Options) {
		o.Workers, o.Pause = 1, func() bool { return opened.Add(1) > 2 }
	})
	if err != nil || !result.Paused || result.Err != nil {
		t.Fatalf("%+v, %v", result, err)
	}
	planned, err := s.ledger.PlannedWindows(context.Background(), s.run, "main")
	must(t, err)
	if len(planned) == 0 {
		t.Fatal("nothing is left to do")
	}
	first := s.asked("/")
	cut := s.run
	s.night(func(o *fetch.Options) { o.Resume, o.ResumeSince = cut, o.Started })
	for _, uri := range s.asked("/") {
		if strings.Contains(uri, "limit=100") && slices.Contains(first, uri) {
			t.Errorf("read twice: %s", uri)
		}
	}
	got := s.dump()
	s.newLedger()
	s.night()
	if diff := cmp.Diff(s.dump(), got); diff != "" {
		t.Errorf("(-at one go +paused):\n%s", diff)
	}
}

// A run that was cut short is gone on with: what was in flight has been kept,
// and at most a page per worker is asked for twice.
func TestCancelAndResume(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 5, Charges: 900, Customers: 10})
	s.night()
	want := s.dump()
	for _, after := range []int32{1, 4} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			s.newLedger()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var pages atomic.Int32
			s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/charges" && pages.Add(1) == after {
					cancel()
				}
				api.ServeHTTP(w, r)
			})
			if _, err := s.sync(ctx); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			first, cut := s.asked("/charges?"), s.run
			if kept := s.keptPages(); kept != len(first) {
				t.Errorf("%d pages were asked for, %d kept", len(first), kept)
			}
			s.setWrap(nil)
			s.night(func(o *fetch.Options) { o.Resume, o.ResumeSince = cut, o.Started })
			repeated := 0
			for _, uri := range s.asked("/charges?") {
				if slices.Contains(first, uri) {
					repeated++
				}
			}
			if repeated > 4 {
				t.Errorf("%d pages were read twice with 4 workers", repeated)
			}
			if diff := cmp.Diff(want, s.dump()); diff != "" {
				t.Errorf("(-at one go +resumed):\n%s", diff)
			}
		})
	}
}

// keptPages counts the pages of charges that wait in the ledger or have gone
// into a proof.
func (s *stage) keptPages() int {
	s.t.Helper()
	ctx := context.Background()
	planned, err := s.ledger.PlannedWindows(ctx, s.run, "main")
	must(s.t, err)
	kept := 0
	for _, w := range planned {
		if w.List != ledger.Charges {
			continue
		}
		pages, err := s.ledger.Pages(ctx, w)
		must(s.t, err)
		kept += len(pages)
	}
	proofs, err := s.ledger.Proofs(ctx, "main", ledger.Charges, s.run)
	must(s.t, err)
	for _, p := range proofs {
		kept += max(1, (p.Total+99)/100)
	}
	return kept
}

func TestFaultsLeaveTheSameRows(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 9, Charges: 300, Customers: 30})
	s.night()
	want := s.dump()
	for _, spec := range []string{
		"429=5%:1,500=5%,502=5%,503=5%,slow=5%:5ms,cut=5%,reset=5%,html=5%,error200=5%,torn=5%",
		"429=30%:3,html=20%,torn=20%",
		"ignore_params=10%",
	} {
		t.Run(spec, func(t *testing.T) {
			must(t, s.api.SetFaults(spec))
			s.newLedger()
			s.night()
			if diff := cmp.Diff(want, s.dump()); diff != "" {
				t.Errorf("(-without faults +with):\n%s", diff)
			}
		})
	}
}

// With rows made and deleted between pages the shop itself changes: charges,
// refunds and disputes of the windows are the same, customers are those that
// were there all the time, and the next quiet night sets the rest right.
func TestAllFaults(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 9, Charges: 300, Customers: 30})
	s.night()
	want := s.dump()
	for _, spec := range []string{"all=5%", "insert=50%,delete=50%"} {
		must(t, s.api.SetFaults(spec))
		s.newLedger()
		s.night()
		got := s.dump()
		must(t, s.api.SetFaults(""))
		for _, table := range []string{"refunds", "disputes"} {
			if diff := cmp.Diff(want[table], got[table]); diff != "" {
				t.Errorf("%s: %s (-without faults +with):\n%s", spec, table, diff)
			}
		}
		for id := range want["charges"] {
			if got["charges"][id] == nil {
				t.Errorf("%s: %s is missing", spec, id)
			}
		}
		for _, c := range s.api.Customers() {
			if got["customers"][c.ID] == nil && want["customers"][c.ID] != nil {
				t.Errorf("%s: customer %s is missing", spec, c.ID)
			}
		}
		s.night()
		after := s.dump()
		s.newLedger()
		s.night()
		for _, table := range tables {
			for id, row := range s.rows(table) {
				if diff := cmp.Diff(row, after[table][id]); diff != "" {
					t.Errorf("%s: after a quiet night %s (-at Omise +ledger):\n%s", spec, id, diff)
				}
			}
		}
	}
}

// The same shop in the shape of 2017-11-02, which an account may be pinned to.
func TestShapeOf2017(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 4, Charges: 400, Customers: 40})
	s.night()
	old := map[string][]string{ // columns that had no key in 2017
		"charges": {"authorized_amount", "captured_amount", "fee", "fee_vat", "interest", "interest_vat", "net", "authorized_at", "authorization_type", "refunds"},
		"refunds": {"funding_amount", "funding_currency", "status"},
	}
	want := map[string]map[string]map[string]any{}
	for _, table := range tables {
		want[table] = s.rows(table, old[table]...)
	}
	s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Omise-Version", "2017-11-02")
		api.ServeHTTP(w, r)
	})
	s.newLedger()
	s.night()
	refunded := 0
	for _, table := range tables {
		got := s.rows(table, old[table]...)
		if diff := cmp.Diff(want[table], got); diff != "" || len(got) == 0 {
			t.Errorf("%d %s (-2019 +2017):\n%s", len(got), table, diff)
		}
		for _, row := range got {
			if n, ok := row["refunded_amount"].(int64); ok && n > 0 {
				refunded++
			}
		}
	}
	if refunded == 0 {
		t.Error("no charge was refunded, so refunded was not looked at")
	}
}

// A row that cannot be read does not sink its page: the others are kept, it is
// named, and the window is not proven.
func TestBadElement(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	for i := range 150 {
		s.addCharge(sandbox.ChargeSpec{Amount: 10_000, CreatedAt: ago(time.Duration(i) * 30 * time.Minute)})
	}
	must(t, s.api.SetFaults("bad_element"))
	result, err := s.sync(context.Background())
	if err != nil || result.Err != nil {
		t.Fatal(err, result.Err)
	}
	failed := s.failed()
	if len(failed) != 1 || failed[0].List != ledger.Charges || !strings.Contains(failed[0].Reason, "of which 2 could not be read") {
		t.Errorf("%+v", failed)
	}
	unreadable, err := s.ledger.UnreadableIn(context.Background(), s.run)
	must(t, err)
	for _, u := range unreadable {
		if u.Object != ledger.ChargeObject || !strings.HasPrefix(u.ID, "chrg_test_") || !strings.Contains(u.Reason, "amount") {
			t.Errorf("%+v", u)
		}
	}
	if rows := s.rows("charges"); len(unreadable) != 2 || len(rows) != 148 {
		t.Errorf("%d named, %d kept of 150", len(unreadable), len(rows))
	}
	must(t, s.api.SetFaults(""))
	s.tomorrow()
	s.night() // what was not proven is read again
	if rows := s.rows("charges"); len(rows) != 150 {
		t.Errorf("%d charges after the cure", len(rows))
	}
}

// Servers that lie: nothing is proven, the reason says why, and it ends soon.
func TestLiesAreNotProven(t *testing.T) {
	for _, c := range []struct {
		spec, reason string
		most         int // requests
	}{
		{"repeat_page", "the same page at several offsets", 30},
		{"wrong_total", "and gave", 40},
		{"ignore_params", "the server ignores parameters", 60},
	} {
		t.Run(c.spec, func(t *testing.T) {
			s := newStage(t, sandbox.Options{})
			for i := range 250 {
				s.addCharge(sandbox.ChargeSpec{Amount: 10_000, CreatedAt: ago(time.Duration(i) * 20 * time.Minute)})
			}
			must(t, s.api.SetFaults(c.spec))
			s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("limit") == "1" { // the probe for the first customer comes through
					fmt.Fprintf(w, `{"object":"list","data":[],"total":0,"limit":1,"offset":0,"from":%q,"to":%q}`, r.URL.Query().Get("from"), r.URL.Query().Get("to"))
					return
				}
				api.ServeHTTP(w, r)
			})
			result, err := s.sync(context.Background())
			if err != nil || result.Err != nil {
				t.Fatal(err, result.Err)
			}
			seen := false
			for _, w := range s.failed() {
				seen = seen || w.List == ledger.Charges && strings.Contains(w.Reason, c.reason)
			}
			if !seen {
				t.Errorf("%+v", s.failed())
			}
			proofs, err := s.ledger.Proofs(context.Background(), "main", ledger.Charges, s.run)
			must(t, err)
			for _, p := range proofs {
				if p.Total > 20 {
					t.Errorf("proven: %+v", p)
				}
			}
			if n := len(s.asked("/")); n > c.most {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestRefusedKey(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 2, Charges: 500, Customers: 20})
	must(t, s.api.SetFaults("refuse"))
	result, err := s.sync(context.Background())
	if err != nil || !errors.Is(result.Err, fetch.ErrRefused) || result.Account != nil || len(s.asked("/")) != 1 {
		t.Errorf("%+v, %v, asked %v", result, err, s.asked("/"))
	}
}

// A key that is rolled while a run reads: at most the pages in flight are
// still asked for, and what was planned is named as not proven.
func TestKeyRefusedBetweenPages(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 2, Charges: 800, Customers: 20})
	s.setWrap(refusing("/charges"))
	result, err := s.sync(context.Background())
	if err != nil || !errors.Is(result.Err, fetch.ErrRefused) || result.Account == nil {
		t.Fatalf("%+v, %v", result, err)
	}
	// /account, the first customer, and what each of the four workers may have
	// sent before the refusal came: two requests, if its first was answered faster.
	if n := len(s.asked("/")); n > 2+2*4 {
		t.Errorf("%d requests: %v", n, s.asked("/"))
	}
	failed := s.failed()
	if len(failed) == 0 {
		t.Fatal("no window is named")
	}
	for _, w := range failed {
		if !strings.Contains(w.Reason, "refused") {
			t.Errorf("%+v", w)
		}
	}
}

func TestUnreachable(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 2, Charges: 300})
	must(t, s.api.SetFaults("503"))
	result, err := s.sync(context.Background())
	if err != nil || !errors.Is(result.Err, fetch.ErrUnreachable) {
		t.Errorf("%+v, %v", result, err)
	}
	// Three requests in a row have used up their ten minutes.
	if took := s.clock.Now().Sub(start); took < 25*time.Minute || took > 30*time.Minute {
		t.Errorf("it took %s", took)
	}
}

func TestUnreachableAfterTheAccount(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 2, Charges: 300, Customers: 3})
	s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("limit") == "100" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		api.ServeHTTP(w, r)
	})
	result, err := s.sync(context.Background())
	if err != nil || !errors.Is(result.Err, fetch.ErrUnreachable) || len(s.failed()) < 4 {
		t.Errorf("%+v, %v, %d windows named", result, err, len(s.failed()))
	}
}

// An object that is gone or cannot be read by id is named and not asked for
// for ever.
func TestDueObjectsThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		body    string
		problem string // "": it is among the unreadable
		left    int    // due afterwards
	}{
		"404":        {404, `{"object":"error","code":"not_found","message":"charge was not found"}`, "is not at Omise (404)", 0},
		"403":        {403, `{"object":"error","code":"forbidden","message":"no"}`, "was not read", 1},
		"unreadable": {200, `{"object":"charge","amount":"abc"}`, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, sandbox.Options{})
			old := s.addCharge(sandbox.ChargeSpec{Amount: 50_000, CreatedAt: ago(200 * day)})
			_, err := s.api.Refund(old, 0)
			must(t, err)
			s.tomorrow()
			s.setWrap(replying("/charges/", c.status, c.body))
			result, err := s.sync(context.Background())
			if err != nil || result.Err != nil {
				t.Fatal(err, result.Err)
			}
			if n := len(s.asked("/charges/")); n != 1 {
				t.Errorf("asked %d times", n)
			}
			if all := strings.Join(result.Problems, "\n"); c.problem == "" != (all == "") || !strings.Contains(all, c.problem) {
				t.Errorf("problems: %q", all)
			}
			unreadable, err := s.ledger.UnreadableIn(context.Background(), s.run)
			must(t, err)
			if (len(unreadable) == 1) != (c.problem == "") {
				t.Errorf("unreadable: %v", unreadable)
			}
			due, err := s.ledger.DueNow(context.Background(), "main", 0)
			must(t, err)
			if len(due) != c.left {
				t.Errorf("still due: %v", due)
			}
		})
	}
}

// An object of the other mode is never stored.
func TestOtherModeIsNeverStored(t *testing.T) {
	s := newStage(t, sandbox.Options{Seed: 2, Charges: 30, Customers: 3})
	s.setWrap(func(api http.Handler, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/account" {
			api.ServeHTTP(w, r)
			return
		}
		r.Header.Del("Accept-Encoding")
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, r)
		w.WriteHeader(answer.Code)
		fmt.Fprint(w, strings.ReplaceAll(answer.Body.String(), `"livemode":false`, `"livemode":true`))
	})
	if _, err := s.sync(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if rows := s.rows(table); len(rows) != 0 {
			t.Errorf("%d %s of the other mode", len(rows), table)
		}
	}
	if len(s.failed()) == 0 {
		t.Error("and nobody was told")
	}
}

func TestLedgerOfTheOtherMode(t *testing.T) {
	s := newStage(t, sandbox.Options{})
	must(t, s.ledger.SaveAccount(context.Background(), 0, ledger.Account{Name: "live", OmiseID: "account_1", Livemode: true, Country: "TH"}))
	if _, err := s.sync(context.Background()); !errors.Is(err, ledger.ErrMode) || len(s.asked("/")) != 1 {
		t.Errorf("%v after %v", err, s.asked("/"))
	}
}
