package fetch

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reconcile/internal/ledger"
	"reconcile/internal/money"
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
