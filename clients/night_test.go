package clients

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/omise/omise-go"
	"github.com/omise/omise-go/operations"
)

// morning is what a shop made: ids.
type morning struct {
	Paid       string `json:"paid"`       // 2,048.42 THB
	Refund     string `json:"refund"`     // of it, 48.42 THB
	Authorized string `json:"authorized"` // 1,000.00 THB, not captured
	Failed     string `json:"failed"`     // 500.00 THB
	Customer   string `json:"customer"`
	Card       string `json:"card"` // of the customer
}

// TestNight lets the nightly job report what a client made the morning before.
func TestNight(t *testing.T) {
	for name, shop := range map[string]func(*testing.T, string, time.Time) morning{"go": shopInGo, "node": shopInNode} {
		t.Run(name, func(t *testing.T) {
			url := startSandbox(t)
			night := time.Now().In(bangkok()) // the job compares clocks, and would warn of another one
			y, m, d := night.Date()
			nine := time.Date(y, m, d-1, 9, 0, 0, 0, bangkok())
			expires := time.Date(y, m+1, 0, 0, 0, 0, 0, bangkok()) // the last day of the night's month
			setClock(t, url, nine)
			made := shop(t, url, expires)
			setClock(t, url, night)
			reports := runNight(t, url, nine.Format(time.DateOnly))
			checkReports(t, reports, made, expires, newClient(t, url))
		})
	}
}

func shopInGo(t *testing.T, url string, expires time.Time) morning {
	c := newClient(t, url)
	paid := newCharge(t, c, operations.CreateCharge{Amount: 204_842})
	return morning{
		Paid:       paid.ID,
		Refund:     do[omise.Refund](t, c.Do)(&operations.CreateRefund{ChargeID: paid.ID, Amount: 4_842}).ID,
		Authorized: newCharge(t, c, operations.CreateCharge{Amount: 100_000, DontCapture: true}).ID,
		Failed:     do[omise.Charge](t, c.Do)(&operations.CreateCharge{Amount: 50_000, Currency: "thb", Card: newToken(t, c, brokeCard).ID}).ID,
	}.withCustomer(t, c, expires)
}

func (m morning) withCustomer(t *testing.T, c *omise.Client, expires time.Time) morning {
	token := do[omise.Token](t, c.Do)(&operations.CreateToken{
		Name: cardHolder, Number: goodCard, ExpirationMonth: expires.Month(), ExpirationYear: expires.Year(), SecurityCode: "123",
	})
	customer := do[omise.Customer](t, c.Do)(&operations.CreateCustomer{Email: "somchai@example.com", Card: token.ID})
	m.Customer, m.Card = customer.ID, customer.DefaultCard
	return m
}

func shopInNode(t *testing.T, url string, expires time.Time) morning {
	var m morning
	if err := json.Unmarshal(runNode(t, "shop.js", append([]string{url}, expiryArgs(expires)...)...), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// runNight runs the job as cron would, with the five lines of config that the README shows, and
// gives the folder of its reports.
func runNight(t *testing.T, url, day string) string {
	t.Helper()
	dir := t.TempDir()
	config := "ledger: ./reconcile.db\naccounts:\n  - name: main\n    secret_key_env: OMISE_SECRET_KEY\n" +
		"    timezone: Asia/Bangkok\n    base_url: " + url + "\n"
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), reconcile, "run", "--from", day, "--to", day, "--out", filepath.Join(dir, "reports"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "OMISE_SECRET_KEY="+secretKey)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the nightly run: %v\n%s", err, out)
	}
	return filepath.Join(dir, "reports")
}

func checkReports(t *testing.T, dir string, made morning, expires time.Time, c *omise.Client) {
	held := do[omise.Charge](t, c.Do)(&operations.RetrieveCharge{ChargeID: made.Authorized})
	readReport(t, dir, "charges.csv", "charge_id", 3).
		has(made.Paid, "status=successful", "payment_method=visa", "currency=THB", "amount=2048.42", "captured=2048.42", "refunded=48.42").
		has(made.Authorized, "status=pending", "amount=1000.00", "captured=0.00", "paid_at=").
		has(made.Failed, "status=failed", "amount=500.00", "captured=0.00")
	readReport(t, dir, "refunds.csv", "refund_id", 1).
		has(made.Refund, "charge_id="+made.Paid, "amount=48.42", "currency=THB", "kind=partial", "charge_captured=2048.42", "charge_refunded=48.42")
	readReport(t, dir, "capture_deadlines.csv", "charge_id", 1).
		has(made.Authorized, "authorized_amount=1000.00", "currency=THB", "basis=expires_at", "capture_by="+held.ExpiresAt.In(bangkok()).Format(time.RFC3339))
	readReport(t, dir, "expiring_cards.csv", "card_id", 1).
		has(made.Card, "customer_id="+made.Customer, "customer_email=somchai@example.com", "last_digits=4242", "expires_on="+expires.Format(time.DateOnly))
}

// report is a CSV file, its rows by the id in one of their columns.
type report struct {
	t    *testing.T
	name string
	rows map[string]map[string]string
}

func readReport(t *testing.T, dir, name, id string, count int) report {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(lines)-1 != count {
		t.Errorf("%s has %d rows, want %d:\n%s", name, len(lines)-1, count, raw)
	}
	rep := report{t, name, map[string]map[string]string{}}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, column := range lines[0] {
			row[column] = line[i]
		}
		rep.rows[row[id]] = row
	}
	return rep
}

// has wants "column=text" of a row.
func (r report) has(id string, wants ...string) report {
	r.t.Helper()
	for _, want := range wants {
		column, text, _ := strings.Cut(want, "=")
		if got, ok := r.rows[id][column]; !ok || got != text {
			r.t.Errorf("%s: %s of %s is %q, want %q", r.name, column, id, got, text)
		}
	}
	return r
}
