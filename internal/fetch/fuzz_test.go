package fetch

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
)

const (
	dispute2019 = `{"object":"dispute","id":"dspt_test_1","livemode":false,"created_at":"2026-11-20T10:00:00Z","closed_at":null,"charge":"chrg_test_1",
		"amount":20000,"currency":"THB","funding_amount":20000,"funding_currency":"THB","status":"open","reason_code":"other","documents":{"object":"list","data":[]}}`
	card2019 = `{"object":"card","id":"card_test_1","livemode":false,"created_at":"2026-11-20T10:00:00Z","brand":"Visa","last_digits":"0042","name":"A B",
		"bank":"C","country":"th","expiration_month":2,"expiration_year":2027,"fingerprint":"fp=","deleted":false}`
)

// seed gives a fuzz target its samples and every object of a kind in the
// recorded answers.
func seed(f *testing.F, kind string, samples ...string) {
	for _, s := range samples {
		f.Add([]byte(s))
	}
	dir, ok := fixtures()
	if !ok {
		return
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		text, err := os.ReadFile(path)
		objectsIn(text, func(k string, raw json.RawMessage) {
			if k == kind {
				f.Add([]byte(raw))
			}
		})
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
}

// wantSound checks what any object that was read must have.
func wantSound(t *testing.T, id, prefix string, created ledger.Instant, currencies ...money.Currency) {
	t.Helper()
	if !strings.HasPrefix(id, prefix) || !idShape.MatchString(id) {
		t.Errorf("id %q", id)
	}
	if y := created.Time().Year(); y < 0 || y > 9999 {
		t.Errorf("created in the year %d", y)
	}
	for _, c := range currencies {
		if c == "" {
			continue
		}
		if known, err := money.ParseCurrency(string(c)); err != nil || known != c {
			t.Errorf("currency %q", c)
		}
	}
}

func FuzzCharge(f *testing.F) {
	seed(f, "charge", charge2019, charge2017, charge2014, `{}`, `null`, `[]`)
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := toTest.charge(raw)
		if err != nil {
			if err.Error() == "" {
				t.Error("refused without a reason")
			}
			return
		}
		wantSound(t, c.ID, "chrg_", c.CreatedAt, c.Currency, c.FundingCurrency)
		if c.Currency == "" || c.Status == "" || c.Account != "main" {
			t.Errorf("%+v", c)
		}
		if c.Metadata != "" && !json.Valid([]byte(c.Metadata)) || !json.Valid([]byte(c.Refunds)) {
			t.Errorf("metadata %q, refunds %q", c.Metadata, c.Refunds)
		}
		again, err := toTest.charge(raw)
		if err != nil || again.Refunds != c.Refunds || again.Metadata != c.Metadata {
			t.Error("read differently a second time")
		}
	})
}

func FuzzRefund(f *testing.F) {
	seed(f, "refund", refund2019, `{}`, `"rfnd_1"`)
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := toTest.refund(raw)
		if err != nil {
			return
		}
		wantSound(t, r.ID, "rfnd_", r.CreatedAt, r.Currency, r.FundingCurrency)
		if r.Currency == "" || r.Charge == "" {
			t.Errorf("%+v", r)
		}
	})
}

func FuzzDispute(f *testing.F) {
	seed(f, "dispute", dispute2019, strings.Replace(dispute2019, `"chrg_test_1"`, `{"object":"charge","id":"chrg_test_1"}`, 1), `{}`, `[{}]`)
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := toTest.dispute(raw)
		if err != nil {
			return
		}
		wantSound(t, d.ID, "dspt_", d.CreatedAt, d.Currency, d.FundingCurrency)
		if d.Currency == "" || d.Account != "main" {
			t.Errorf("%+v", d)
		}
	})
}

func FuzzCard(f *testing.F) {
	seed(f, "card", card2019, strings.Replace(card2019, `2027`, `"2027"`, 1), `{"id":"card_1","created":"2017-01-17T10:12:46+07:00","expiration_month":13}`)
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := toTest.card(raw, "cust_1")
		if err != nil {
			return
		}
		wantSound(t, c.ID, "card_", c.CreatedAt)
		if c.ExpirationMonth < 1 || c.ExpirationMonth > 12 || c.ExpirationYear < 1970 || c.ExpirationYear > 9999 || c.Customer != "cust_1" {
			t.Errorf("%+v", c)
		}
	})
}

// FuzzAccount reads what decides on the mode of the ledger and on deadlines.
func FuzzAccount(f *testing.F) {
	seed(f, "account", accountJSON, `{"object":"account","id":"account_1","livemode":null,"country":"jp"}`, `{"object":"error","code":"x"}`)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var w wireAccount
		if decode(raw, &w, &w.wireHead) != nil {
			return
		}
		a, err := toTest.accountObject(w, true)
		if err != nil {
			return
		}
		if a.OmiseID == "" || a.Name != "main" || a.Country != strings.ToUpper(a.Country) {
			t.Errorf("%+v", a)
		}
		if known, err := money.ParseCurrency(string(a.Currency)); a.Currency != "" && (err != nil || known != a.Currency) {
			t.Errorf("currency %q", a.Currency)
		}
	})
}

// FuzzError reads answers that are not 200: whatever they say, the error is one
// short line, and its kind follows from the status.
func FuzzError(f *testing.F) {
	seed(f, "error", `{"object":"error","location":"x","code":"not_found","message":"charge chrg_1 was not found"}`, `<html>`, ``)
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, status := range []int{302, 401, 404, 429, 503} {
			err := statusError(&http.Response{StatusCode: status}, raw, start)
			if said := err.Error(); len(said) > 2000 || strings.ContainsAny(said, "\r\n\x00\x1b") {
				t.Errorf("%d: %q", status, said)
			}
			if refused(err) != (status == 401) || missing(err) != (status == 404) {
				t.Errorf("%d is taken for another kind: %v", status, err)
			}
		}
	})
}

// Every kind of object that the recordings hold has a fuzz target, or is none
// of ours.
func TestEveryRecordedKindIsFuzzed(t *testing.T) {
	dir, ok := fixtures()
	if !ok {
		t.Skip("the recordings are not beside this checkout")
	}
	recorded := recordedKinds(t, dir)
	fuzzed := []string{"account", "card", "charge", "customer", "dispute", "error", "list", "refund"}
	for _, kind := range fuzzed {
		if !recorded[kind] {
			t.Errorf("no recording seeds the target of the kind %q", kind)
		}
		delete(recorded, kind)
	}
	for kind := range recorded {
		if !slices.Contains(notOurs(), kind) {
			t.Errorf("no fuzz target reads the kind %q", kind)
		}
	}
}

// notOurs are kinds that no report needs, or of which only an id is read.
func notOurs() []string {
	return []string{
		"balance", "bank_account", "barcode", "capability", "document", "event", "forex", "link", "occurrence", "payment_method", "receipt", "receipt_list", "recipient",
		"schedule", "scheduled_charge", "search", "source", "token", "transaction", "transfer", "webhook_delivery", "chain",
	}
}

func recordedKinds(t *testing.T, dir string) map[string]bool {
	t.Helper()
	kinds := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		text, err := os.ReadFile(path)
		objectsIn(text, func(kind string, _ json.RawMessage) { kinds[kind] = true })
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

func FuzzCustomer(f *testing.F) {
	seed(f, "customer", customer2019, `{"id":"cust_1","created":"2017-01-17T10:12:46+07:00","cards":{"data":[null,1,{}]}}`)
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, embedded, err := toTest.customer(raw)
		if err != nil {
			return
		}
		wantSound(t, c.ID, "cust_", c.CreatedAt)
		for _, element := range embedded.Data {
			card, err := toTest.card(element, c.ID)
			if err != nil {
				continue
			}
			wantSound(t, card.ID, "card_", card.CreatedAt)
			if card.ExpirationMonth < 1 || card.ExpirationMonth > 12 || card.Customer != c.ID {
				t.Errorf("%+v", card)
			}
		}
	})
}

// FuzzList reads pages: one that fits its question has all that a walk needs.
func FuzzList(f *testing.F) {
	seed(f, "list", good, strings.Replace(good, `[]`, `[`+charge2019+`]`, 1), `{"object":"list"}`, `null`)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var answer wireList
		if err := decode(raw, &answer, &answer.wireHead); err != nil || pageQuestion.fits(answer) != nil {
			return
		}
		if answer.Object != "list" || *answer.Total < 0 || *answer.Offset != pageQuestion.offset || len(answer.Data) > pageLimit {
			t.Errorf("%+v", answer)
		}
		var p page
		for _, element := range answer.Data {
			keep(&session{client: &Client{hide: strings.NewReplacer()}, account: ledger.Account{Name: "main"}}, &p, ledger.ChargeObject, json.RawMessage(element), toTest.charge, &p.batch.Charges)
		}
		if len(p.batch.Charges)+len(p.unreadable) != len(answer.Data) {
			t.Errorf("%d rows: %d read, %d named", len(answer.Data), len(p.batch.Charges), len(p.unreadable))
		}
		for _, u := range p.unreadable {
			if u.Reason == "" {
				t.Error("named without a reason")
			}
		}
	})
}
